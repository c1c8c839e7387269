//! `plugin-host` as a library, as a program with threads of its own calls it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use plugin_host_core::bundle::Bundle;
use plugin_host_core::http::Roots;
use plugin_host_core::runner::{Connected, Settings};
use plugin_host_core::{Connection, Runner};

use crate::caller::Caller;
use crate::sample::{ACTION, DONE, INPUT, config};
use crate::service::Service;

/// Callers that share a connection.
pub fn callers(service: &Service, bundle: &Path, in_flight: usize) -> Result<Vec<Box<dyn Caller>>> {
    let connected = Arc::new(connected(service, bundle)?);
    Ok((0..in_flight).map(|_| Box::new(Host(connected.clone())) as Box<dyn Caller>).collect())
}

/// The plugin with the sample connection.
pub fn connected(service: &Service, bundle: &Path) -> Result<Connected> {
    let loopback = service.base_url.parse().map_err(anyhow::Error::msg)?;
    let roots = service.authority.as_deref().map(Roots::from_file).transpose()?.unwrap_or_default();
    let settings = Settings::default().allow_private(vec![loopback]).roots(roots);
    let runner = Runner::load(&Bundle::load(bundle)?, settings).context("plugin-host")?;
    Ok(runner.connect(Connection::new(config(&service.base_url))))
}

struct Host(Arc<Connected>);

impl Caller for Host {
    fn call(&mut self) -> Result<()> {
        let output = self.0.call(ACTION, INPUT)?;
        ensure!(output.contains(DONE), "{output}");
        Ok(())
    }
}
