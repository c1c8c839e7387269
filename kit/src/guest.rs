//! The plugin as a WebAssembly module: its exports, and Extism behind the traits of the other rooms.
//!
//! The exports are written without `#[plugin_fn]`: it turns every error into an `anyhow::Error`,
//! and the PDK's `http::request` imports `http_headers`, which hosts older than libextism 1.8 and
//! the JavaScript SDK 1.0 lack.
#![expect(unsafe_code, reason = "the host's functions are imports")]

mod heap;
mod memory;

use extism_pdk::extism;

use crate::error::{Error, Kind};
use crate::http::{Request, Response, Transport};
use crate::plugin::Plugin;
use crate::{describe as description, tools};

use memory::{Block, input, load, store};

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
            let block = store(&output);
            // SAFETY: the block was just allocated with that length.
            unsafe { extism::output_set(block.offset, block.length) };
            0
        }
        Err(error) => {
            let block = store(&error.to_json());
            // SAFETY: the block was just allocated.
            unsafe { extism::error_set(block.offset) };
            1
        }
    }
}

/// Says something in the host's log.
pub fn log(text: &str) {
    let block = store(text);
    // SAFETY: the block was just allocated.
    unsafe { extism::log_debug(block.offset) };
}

/// What a panic says goes into the host's log, before the module stops. Where it was is said in builds for the
/// author alone: a module that names files carries the paths of the machine that built it.
fn tell_panic(panic: &std::panic::PanicHookInfo) {
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("The plugin stopped.");
    #[cfg(debug_assertions)]
    let text = &match panic.location() {
        Some(place) => format!("{}:{}: {text}", place.file(), place.line()),
        None => text.to_owned(),
    };
    let block = store(text);
    // SAFETY: the block was just allocated.
    unsafe { extism::log_error(block.offset) };
}

/// A value of the host's configuration. Unlike the PDK's, this one does not panic on bytes that are
/// not UTF-8.
fn config(key: &str) -> Option<Vec<u8>> {
    let key = store(key);
    // SAFETY: the key is a live block; the answer is a block or 0.
    load(unsafe { extism::config_get(key.offset) })
}

/// The host's HTTP.
struct Host;

impl Transport for Host {
    fn send(&self, request: &Request) -> Response {
        let head = store(&request.head());
        // Without a body, hosts send none.
        let body = if request.body.is_empty() { Block::NONE } else { store(&request.body) };
        // SAFETY: both are live blocks, or 0; the answer is a block or 0.
        let (answer, status) = unsafe { (extism::http_request(head.offset, body.offset), extism::http_status_code()) };
        Response { status: u16::try_from(status).unwrap_or(0), body: load(answer).unwrap_or_default() }
    }
}
