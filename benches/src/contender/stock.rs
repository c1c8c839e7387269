//! Extism's own host for Rust, as its documentation has it: the module compiled once, and an
//! instance for each thread, kept for as long as it works.

use std::cell::Cell;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use extism::{CompiledPlugin, CurrentPlugin, Manifest, PTR, Plugin, PluginBuilder, UserData, Val, ValType, Wasm};
use plugin_host_core::http::Request;
use ureq::Agent;
use ureq::http;
use ureq::tls::TlsConfig;

use super::native;
use crate::caller::Caller;
use crate::sample::{ACTION, DONE, INPUT, config};
use crate::service::Service;

/// Where Extism's own functions are, and a host may put others in their place.
const NAMESPACE: &str = "extism:host/env";

/// Callers with an instance each.
pub fn callers(service: &Service, bundle: &Path, in_flight: usize) -> Result<Vec<Box<dyn Caller>>> {
    let mut builder = PluginBuilder::new(manifest(service, bundle)?);
    if let Some(authority) = &service.authority {
        builder = trusting(builder, native::tls(Some(authority))?);
    }
    let compiled = compiled(builder)?;
    let caller = |_| Ok(Box::new(Stock(Plugin::new_from_compiled(&compiled)?)) as Box<dyn Caller>);
    (0..in_flight).map(caller).collect()
}

/// The bundle's manifest with the sample connection.
///
/// # Errors
/// When the bundle can't be read.
pub fn manifest(service: &Service, bundle: &Path) -> Result<Manifest> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("can't read {}", path.display()));
    let mut manifest: Manifest = serde_json::from_slice(&read(bundle)?)?;
    manifest.wasm = vec![Wasm::data(read(&bundle.with_file_name("justclick.wasm"))?)];
    manifest.config.extend(config(&service.base_url).map(|(key, value)| (key.to_owned(), value)));
    manifest.allowed_hosts = Some(vec!["127.0.0.1".to_owned()]);
    // With one, it starts a thread to resolve the host's name for every request.
    manifest.timeout_ms = None;
    Ok(manifest)
}

/// Compiles the module, anew.
///
/// # Errors
/// When it can't be compiled.
pub fn compiled(builder: PluginBuilder) -> Result<CompiledPlugin> {
    builder.with_cache_disabled().compile().context("stock Extism")
}

struct Stock(Plugin);

impl Caller for Stock {
    fn call(&mut self) -> Result<()> {
        let output = self.0.call::<_, String>(ACTION, INPUT)?;
        ensure!(output.contains(DONE), "{output}");
        Ok(())
    }
}

thread_local! {
    /// Of the last response; a plugin asks for it on the thread that sent its request.
    static STATUS: Cell<u16> = const { Cell::new(0) };
}

/// Extism's `http_request` trusts Mozilla's authorities and no other. Where the server's is another
/// one, this stands in for it and does as it does: a new client for each request.
fn trusting(builder: PluginBuilder, tls: TlsConfig) -> PluginBuilder {
    let request = move |plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val], _: UserData<()>| {
        let blocks: Vec<_> = inputs.iter().filter_map(|block| plugin.memory_from_val(block)).collect();
        let [request, body] = blocks[..] else { anyhow::bail!("http_request takes a request and a body") };
        let head = plugin.memory_bytes(request)?.to_vec();
        let answer = send(&head, plugin.memory_bytes(body)?, tls.clone())?;
        plugin.memory_free(request)?;
        plugin.memory_free(body)?;
        plugin.memory_set_val(&mut outputs[0], answer)
    };
    let status = |_: &mut CurrentPlugin, _: &[Val], outputs: &mut [Val], _: UserData<()>| {
        outputs[0] = Val::I32(STATUS.get().into());
        Ok(())
    };
    builder
        .with_function_in_namespace(NAMESPACE, "http_request", [PTR, PTR], [PTR], UserData::default(), request)
        .with_function_in_namespace(NAMESPACE, "http_status_code", [], [ValType::I32], UserData::default(), status)
}

fn send(request: &[u8], body: &[u8], tls: TlsConfig) -> Result<Vec<u8>> {
    let Request { url, method, headers, .. } = serde_json::from_slice(request)?;
    let mut builder = http::Request::builder().method(method.as_deref().unwrap_or("GET")).uri(url);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let agent: Agent = Agent::config_builder().http_status_as_error(false).tls_config(tls).build().into();
    let mut response = agent.run(builder.body(body)?)?;
    STATUS.set(response.status().as_u16());
    Ok(response.body_mut().read_to_vec()?)
}
