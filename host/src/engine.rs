//! The compiled module and its instances.
//!
//! Extism's own `http_request` opens a connection for every request, traps where there is no
//! response, and follows redirects unchecked. Extism links functions of the host after its own and
//! lets them take their place, so `http_request`, `http_status_code`, `http_headers` and
//! `config_get` are the ones below: they answer from the call at hand. That way all connections
//! share one compiled module, and a failure is an answer with status 0 instead of a trap.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use extism::{
    CompiledPlugin, CurrentPlugin, Function, Manifest, PTR, Plugin, PluginBuilder, UserData, Val, ValType, Wasm,
};
use serde::Serialize;

use crate::bundle::Bundle;
use crate::connection::Connection;
use crate::description::Description;
use crate::error::LoadError;
use crate::http::{Client, Limits, Policy, Request, Roots};

/// The namespace in which Extism's functions live.
const NAMESPACE: &str = "extism:host/env";

/// What one call may spend: some seconds of computing, thousands of times what an action needs.
/// Unlike a timeout it ends this call alone, and never one whose request was already answered.
const FUEL: u64 = 2_000_000_000;

/// A module, compiled once.
pub struct Engine {
    compiled: CompiledPlugin,
    max_http_response_bytes: Option<u64>,
}

/// One instance of the module. It runs one call at a time.
pub struct Instance(Plugin);

/// What a call may use, and what it did with it.
pub struct Exchange {
    /// The config values.
    pub connection: Arc<Connection>,
    /// What may be reached.
    pub policy: Arc<Policy>,
    /// Through what.
    pub client: Client,
    /// How many requests were let through to the client.
    pub requests: u32,
    /// The first request, if none may be sent.
    pub dry_run: Option<DryRun>,
    /// When the last server to answer would like to be asked again.
    pub retry_after_s: Option<u64>,
    status: u16,
    headers: BTreeMap<String, String>,
}

/// Keeps the first request instead of sending it.
#[derive(Debug, Default)]
pub struct DryRun(pub Option<Unsent>);

/// A request that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsent {
    /// The method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
    /// The body, as text.
    pub body: String,
}

impl Exchange {
    /// An exchange that has not begun.
    pub fn new(connection: Arc<Connection>, policy: Arc<Policy>, client: Client) -> Self {
        Self {
            connection,
            policy,
            client,
            requests: 0,
            dry_run: None,
            retry_after_s: None,
            status: 0,
            headers: BTreeMap::new(),
        }
    }
}

/// How a call ended.
pub enum Outcome {
    /// With this output.
    Output(String),
    /// With this error text, which the plugin set.
    Error(String),
    /// In the middle: the instance is not to be used again.
    Trap(String),
}

impl Engine {
    /// Compiles the bundle's module, from wasmtime's cache on disk where there is one.
    ///
    /// # Errors
    /// If it is not a WebAssembly module, or wants more than Extism's functions.
    pub fn new(bundle: &Bundle) -> Result<Self, LoadError> {
        let mut manifest = Manifest::new([Wasm::data(bundle.wasm.clone())]);
        manifest.memory.max_pages = bundle.max_pages;
        let builder =
            PluginBuilder::new(manifest).with_wasi(false).with_functions(host_functions()).with_fuel_limit(FUEL);
        // A cache folder that can't be written must not keep anyone from running a plugin.
        let compiled = builder.clone().compile().or_else(|_| builder.with_cache_disabled().compile());
        let compiled =
            compiled.map_err(|error| LoadError(format!("the module can't be compiled: {}", cause(&error))))?;
        Ok(Self { compiled, max_http_response_bytes: bundle.max_http_response_bytes })
    }

    /// Asks the plugin what it can do; it can reach nothing meanwhile.
    ///
    /// # Errors
    /// If it does not follow the contract.
    pub fn describe(&self) -> Result<Description, LoadError> {
        let client = Client::new(Limits::default(), Vec::new(), Roots::default());
        let exchange = Exchange::new(Arc::default(), Arc::default(), client);
        match self.instance()?.call("describe", "", exchange).0 {
            Outcome::Output(text) => Description::parse(text),
            Outcome::Error(why) | Outcome::Trap(why) => {
                Err(LoadError(format!("the plugin can't describe itself: {why}")))
            }
        }
    }

    /// The limits with the bundle's own cap on responses.
    pub fn limit(&self, limits: Limits) -> Limits {
        Limits { response_bytes: self.max_http_response_bytes.unwrap_or(limits.response_bytes), ..limits }
    }

    /// A new instance.
    ///
    /// # Errors
    /// If the module imports what this host does not have, or memory is exhausted.
    pub fn instance(&self) -> Result<Instance, LoadError> {
        Plugin::new_from_compiled(&self.compiled)
            .map(Instance)
            .map_err(|error| LoadError(format!("the module can't be instantiated: {}", cause(&error))))
    }
}

impl Instance {
    /// Calls an export.
    pub fn call(&mut self, export: &str, input: &str, exchange: Exchange) -> (Outcome, Exchange) {
        CALL.set(Some(exchange));
        let result = self.0.call_get_error_code::<&str, String>(export, input);
        let exchange = CALL.take().expect("the call was put there above and host functions put it back");
        let outcome = match result {
            Ok(output) => Outcome::Output(output),
            // A trap has no code, or that of an abort.
            Err((error, -1 | 134)) => Outcome::Trap(cause(&error)),
            Err((error, _)) => Outcome::Error(error.to_string()),
        };
        (outcome, exchange)
    }
}

thread_local! {
    // A call lives on one thread from beginning to end. Extism's own place for per-call data would
    // cost a garbage-collected reference for every call.
    static CALL: RefCell<Option<Exchange>> = const { RefCell::new(None) };
}

fn with_call<T>(work: impl FnOnce(&mut Exchange) -> T) -> Result<T, extism::Error> {
    CALL.with_borrow_mut(|call| call.as_mut().map(work)).ok_or_else(|| extism::Error::msg("no call is under way"))
}

/// Why, in one line: what stands above it in wasmtime's errors is a backtrace of nameless functions.
fn cause(error: &extism::Error) -> String {
    error.root_cause().to_string().lines().collect::<Vec<_>>().join(" ")
}

fn host_functions() -> [Function; 4] {
    let function = |name, params: &[ValType], results: &[ValType], work: HostFunction| {
        let params = params.to_vec();
        Function::new(name, params, results.to_vec(), UserData::new(()), move |plugin, inputs, outputs, _| {
            work(plugin, inputs, outputs)
        })
        .with_namespace(NAMESPACE)
    };
    [
        function("http_request", &[PTR, PTR], &[PTR], http_request),
        function("http_status_code", &[], &[ValType::I32], http_status_code),
        function("http_headers", &[], &[PTR], http_headers),
        function("config_get", &[PTR], &[PTR], config_get),
    ]
}

type HostFunction = fn(&mut CurrentPlugin, &[Val], &mut [Val]) -> Result<(), extism::Error>;

fn http_request(plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val]) -> Result<(), extism::Error> {
    let request = serde_json::from_slice::<Request>(block(plugin, &inputs[0])?);
    let body = block(plugin, &inputs[1])?;
    let answer = with_call(|call| {
        (call.status, call.headers, call.retry_after_s) = (0, BTreeMap::new(), None);
        let Ok(request) = request else {
            return b"not_allowed".to_vec();
        };
        if let Some(DryRun(first)) = &mut call.dry_run {
            let Request { url, method, headers } = request;
            let (method, body) =
                (method.unwrap_or_else(|| "GET".to_owned()), String::from_utf8_lossy(body).into_owned());
            first.get_or_insert(Unsent { method, url, headers, body });
            return b"not_sent".to_vec();
        }
        call.requests += 1;
        match call.client.send(&request, body, &call.policy) {
            Ok(response) => {
                (call.status, call.headers) = (response.status, response.headers);
                call.retry_after_s = response.retry_after_s;
                response.body
            }
            Err(failure) => failure.as_str().as_bytes().to_vec(),
        }
    })?;
    free(plugin, inputs)?;
    answer_with(plugin, &answer, outputs)
}

fn http_status_code(_: &mut CurrentPlugin, _: &[Val], outputs: &mut [Val]) -> Result<(), extism::Error> {
    outputs[0] = Val::I32(with_call(|call| call.status)?.into());
    Ok(())
}

fn http_headers(plugin: &mut CurrentPlugin, _: &[Val], outputs: &mut [Val]) -> Result<(), extism::Error> {
    let headers = with_call(|call| serde_json::to_vec(&call.headers))??;
    answer_with(plugin, &headers, outputs)
}

fn config_get(plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val]) -> Result<(), extism::Error> {
    let key = String::from_utf8_lossy(block(plugin, &inputs[0])?).into_owned();
    let value = with_call(|call| call.connection.get(&key).unwrap_or_default().as_bytes().to_vec())?;
    free(plugin, inputs)?;
    answer_with(plugin, &value, outputs)
}

/// The block of memory that the plugin handed over; nothing for 0.
fn block<'a>(plugin: &'a mut CurrentPlugin, offset: &Val) -> Result<&'a [u8], extism::Error> {
    match plugin.memory_from_val(offset) {
        Some(handle) => plugin.memory_bytes(handle),
        None => Ok(&[]),
    }
}

/// Frees the blocks that the plugin handed over, as Extism's own functions do.
fn free(plugin: &mut CurrentPlugin, blocks: &[Val]) -> Result<(), extism::Error> {
    for offset in blocks {
        if let Some(handle) = plugin.memory_from_val(offset) {
            plugin.memory_free(handle)?;
        }
    }
    Ok(())
}

/// Puts an answer into the plugin's memory; 0 stands for an empty one.
fn answer_with(plugin: &mut CurrentPlugin, answer: &[u8], outputs: &mut [Val]) -> Result<(), extism::Error> {
    outputs[0] = if answer.is_empty() {
        Val::I64(0)
    } else {
        let handle = plugin.memory_new(answer)?;
        plugin.memory_to_val(handle)
    };
    Ok(())
}
