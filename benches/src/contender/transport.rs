//! The native client on `plugin-host`'s own way to the network: what is left between the two is the plugin.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use plugin_host_core::http::{Client, Limits, Policy, Proxies, Request, Roots};

use super::signed;
use crate::caller::Caller;
use crate::service::Service;

/// Callers that share a client and its connections.
pub fn callers(service: &Service, in_flight: usize) -> Result<Vec<Box<dyn Caller>>> {
    let rule = service.base_url.parse().map_err(anyhow::Error::msg)?;
    let roots = service.authority.as_deref().map(Roots::from_file).transpose()?.unwrap_or_default();
    let client = Client::new(Limits::default(), vec![rule], roots, Proxies::default());
    let origin = service.base_url.parse().context("the service's address")?;
    let policy = Arc::new(Policy { origins: vec![origin], allowed: Vec::new() });
    let headers: BTreeMap<_, _> =
        signed::HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let caller = || Transport {
        client: client.clone(),
        policy: policy.clone(),
        request: Request::new("POST", &service.url(), headers.clone()),
    };
    Ok((0..in_flight).map(|_| Box::new(caller()) as Box<dyn Caller>).collect())
}

struct Transport {
    client: Client,
    policy: Arc<Policy>,
    request: Request,
}

impl Caller for Transport {
    fn call(&mut self) -> Result<()> {
        let response = self.client.send(&self.request, signed::form()?.as_bytes(), &self.policy, None);
        let response = response.map_err(|error| anyhow::anyhow!("no response: {error:?}"))?;
        signed::check(response.status, &response.body)
    }
}
