//! A Rust program made for this call: typed all through, and with the same HTTP library and the same
//! checks of the reply as the plugin in its host.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::signed;
use crate::caller::Caller;
use crate::service::Service;

/// Callers that share a client and its connections.
pub fn callers(service: &Service, in_flight: usize) -> Result<Vec<Box<dyn Caller>>> {
    let agent = agent(service, in_flight)?;
    let caller = || Box::new(Native { agent: agent.clone(), url: service.url() }) as Box<dyn Caller>;
    Ok((0..in_flight).map(|_| caller()).collect())
}

/// The library's own transport. Of its time limits those that keep a server from holding a call up
/// for ever; not `timeout_global`, for which it would start a thread with every request.
fn agent(service: &Service, in_flight: usize) -> Result<Agent> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(20)))
        .timeout_recv_body(Some(Duration::from_secs(10)))
        .max_idle_connections(in_flight)
        .max_idle_connections_per_host(in_flight)
        .tls_config(tls(service.authority.as_deref())?);
    Ok(config.build().new_agent())
}

/// Trusts this authority alone.
pub fn tls(authority: Option<&Path>) -> Result<TlsConfig> {
    let Some(path) = authority else {
        return Ok(TlsConfig::default());
    };
    let pem = fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
    let certificates = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    Ok(TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(certificates.collect()))).build())
}

struct Native {
    agent: Agent,
    url: String,
}

impl Caller for Native {
    fn call(&mut self) -> Result<()> {
        let request =
            signed::HEADERS.iter().fold(self.agent.post(&self.url), |to, (name, value)| to.header(*name, *value));
        let mut response = request.send(signed::form()?)?;
        let body = response.body_mut().with_config().limit(signed::MOST_BYTES).read_to_vec()?;
        signed::check(response.status().as_u16(), &body)
    }
}
