//! A Rust program made for this call: typed all through, and with the same HTTP library and the same
//! checks of the reply as the plugin in its host.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use md5::{Digest, Md5};
use serde::Deserialize;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::caller::Caller;
use crate::sample::{API_KEY, DONE, LOGIN, ORDER};
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

#[derive(Deserialize)]
struct Reply {
    error_code: i64,
    error_text: String,
    hash: String,
}

impl Caller for Native {
    fn call(&mut self) -> Result<()> {
        // `*` is what the form encoding and PHP's differ in.
        let form = serde_urlencoded::to_string(ORDER)?.replace('*', "%2A");
        let hash = md5_hex(&[&form, "::", LOGIN, "::", API_KEY]);
        let mut response = self
            .agent
            .post(&self.url)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("user-agent", "native")
            .send(format!("{form}&hash={hash}"))?;
        ensure!(response.status() == 200, "HTTP status {}", response.status());
        let body = response.body_mut().with_config().limit(1 << 20).read_to_vec()?;
        let Reply { error_code, error_text, hash } = serde_json::from_slice(&body)?;
        let expected = md5_hex(&[&error_code.to_string(), "::", &error_text, "::", API_KEY]);
        ensure!(equal(&expected, &hash.to_ascii_lowercase()), "the reply's hash is wrong");
        ensure!(error_code == 0 && error_text == DONE, "code {error_code}: {error_text}");
        Ok(())
    }
}

/// In the same time wherever they differ.
fn equal(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |differences, (a, b)| differences | (a ^ b));
    one.len() == other.len() && differences == 0
}

fn md5_hex(parts: &[&str]) -> String {
    let mut digest = Md5::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().iter().fold(String::with_capacity(32), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
