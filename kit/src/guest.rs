//! The plugin as a WebAssembly module: its exports, and Extism behind the traits of the other rooms.
//!
//! The exports are written without `#[plugin_fn]`: it turns every error into an `anyhow::Error`,
//! and the PDK's `http::request` imports `http_headers`, which hosts older than libextism 1.8 and
//! the JavaScript SDK 1.0 lack.
#![expect(unsafe_code, reason = "the host's functions are imports")]

mod heap;

use extism_pdk::{Memory, extism};

use crate::error::{Error, Kind};
use crate::http::{Request, Response, Transport};
use crate::plugin::Plugin;
use crate::{describe as description, tools};

/// The export `describe`.
pub fn describe(plugin: &Plugin) -> i32 {
    export(|| Ok(description::description(plugin)))
}

/// The export `list_tools`.
pub fn list_tools(plugin: &Plugin) -> i32 {
    export(|| Ok(tools::list(plugin)))
}

/// The export `call_tool`.
pub fn call_tool(plugin: &Plugin) -> i32 {
    export(|| Ok(tools::call(plugin, &input(), &config, &Host)))
}

/// The export that proves a connection.
pub fn check_connection(plugin: &Plugin) -> i32 {
    export(|| plugin.check_connection(&config, &Host))
}

/// The export of the action of that name.
pub fn run(plugin: &Plugin, name: &str) -> i32 {
    export(|| plugin.run(name, &input(), &config, &Host).unwrap_or_else(nameless))
}

/// The export of the trigger of that name.
pub fn deliver(plugin: &Plugin, name: &str) -> i32 {
    export(|| plugin.deliver(name, &input(), &config, &Host).unwrap_or_else(nameless))
}

/// The export by which the trigger of that name is subscribed to.
pub fn subscribe(plugin: &Plugin, name: &str) -> i32 {
    export(|| plugin.subscribe(name, &input(), &config, &Host).unwrap_or_else(nameless))
}

/// The export by which such a subscription ends.
pub fn unsubscribe(plugin: &Plugin, name: &str) -> i32 {
    export(|| plugin.unsubscribe(name, &input(), &config, &Host).unwrap_or_else(nameless))
}

/// The macro names nothing that is not in the plugin.
#[cold]
fn nameless() -> Result<String, Error> {
    Err(Error::new(Kind::Internal, "There is none of that name."))
}

fn input() -> Vec<u8> {
    // SAFETY: the host's functions read its own input, whose length they tell.
    unsafe { extism::load_input() }
}

/// One call: does the work and hands the outcome to the host. An error is both set and returned as a
/// code: some SDKs heed only the one, some only the other.
fn export(work: impl FnOnce() -> Result<String, Error>) -> i32 {
    begin();
    finish(work())
}

// Neither is inlined: there is an export for each action.
#[inline(never)]
fn begin() {
    if heap::begin_call() {
        std::panic::set_hook(Box::new(tell_panic));
    }
}

#[inline(never)]
fn finish(outcome: Result<String, Error>) -> i32 {
    match outcome {
        Ok(output) => {
            let block = store(output.as_bytes());
            // SAFETY: the block was just allocated with that length.
            unsafe { extism::output_set(block.offset(), block.len() as u64) };
            0
        }
        Err(error) => {
            let block = store(error.to_json().as_bytes());
            // SAFETY: the block was just allocated.
            unsafe { extism::error_set(block.offset()) };
            1
        }
    }
}

/// What a panic says goes into the host's log, before the module stops. Not where it was: a module
/// that names files would carry the paths of the machine that built it.
fn tell_panic(panic: &std::panic::PanicHookInfo) {
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    let block = store(text.unwrap_or("The plugin stopped.").as_bytes());
    // SAFETY: the block was just allocated.
    unsafe { extism::log_error(block.offset()) };
}

/// A value of the host's configuration. Unlike the PDK's, this one does not panic on bytes that are
/// not UTF-8.
fn config(key: &str) -> Option<Vec<u8>> {
    let key = store(key.as_bytes());
    // SAFETY: the key is a live block; the answer is a block or 0.
    load(unsafe { extism::config_get(key.offset()) })
}

/// Copies bytes into the host's memory. Nothing here frees a block: hosts free those they are
/// handed, so that a second free could hit a block made since, and all are gone after the call.
fn store(bytes: &[u8]) -> Memory {
    let length = bytes.len() as u64;
    // SAFETY: the block is as long as what is stored in it.
    let offset = unsafe {
        let offset = extism::alloc(length);
        extism::store(offset, bytes);
        offset
    };
    Memory(extism_pdk::MemoryHandle { offset, length })
}

/// Copies a block of the host's memory; `None` for 0, which the JavaScript SDKs give a length, and
/// for an empty one.
fn load(offset: u64) -> Option<Vec<u8>> {
    let block = (offset != 0).then(|| Memory::find(offset))?;
    block.map(|block| block.to_vec())
}

/// The host's HTTP.
struct Host;

impl Transport for Host {
    fn send(&self, request: &Request) -> Response {
        let head = store(request.head().as_bytes());
        // Without a body, hosts send none.
        let body = if request.body.is_empty() { 0 } else { store(request.body.as_bytes()).offset() };
        // SAFETY: both are live blocks, or 0; the answer is a block or 0.
        let (answer, status) = unsafe { (extism::http_request(head.offset(), body), extism::http_status_code()) };
        Response { status: u16::try_from(status).unwrap_or(0), body: load(answer).unwrap_or_default() }
    }
}
