//! The Wasm room: the module's exports, and Extism behind the traits of the other rooms.
//!
//! The exports are written without `#[plugin_fn]`: it turns every error into an `anyhow::Error`,
//! and the PDK's `http::request` imports `http_headers`, which hosts older than libextism 1.8 and
//! the JavaScript SDK 1.0 lack.
#![expect(unsafe_code, reason = "the host's functions are imports")]

mod heap;

use extism_pdk::{Memory, extism};

use crate::error::Error;
use crate::json::Object;
use crate::transport::{HEADERS, Response, Transport};
use crate::{action, describe, tools};

/// Exports every action of the table under its name.
macro_rules! export_actions {
    ($($name:ident: $action:ident),*) => {
        #[expect(unsafe_code, reason = "an export needs a name that is not mangled")]
        mod exports {
            use $crate::wasm::{Host, config, export, input};
            $(
                #[unsafe(no_mangle)]
                extern "C" fn $name() -> i32 {
                    export(|| $crate::action::run::<super::$name::$action>(&input(), &config, &Host))
                }
            )*
        }
    };
}
pub(crate) use export_actions;

#[unsafe(no_mangle)]
extern "C" fn describe() -> i32 {
    export(|| Ok(describe::TEXT))
}

#[unsafe(no_mangle)]
extern "C" fn check_connection() -> i32 {
    export(|| action::check_connection(&config, &Host))
}

#[unsafe(no_mangle)]
extern "C" fn list_tools() -> i32 {
    export(|| Ok(tools::LIST))
}

#[unsafe(no_mangle)]
extern "C" fn call_tool() -> i32 {
    export(|| Ok(tools::call(&input(), &config, &Host)))
}

pub(crate) fn input() -> Vec<u8> {
    // SAFETY: the host's functions read its own input, whose length they tell.
    unsafe { extism::load_input() }
}

/// One call: does the work and hands the outcome to the host. An error is both set and returned as a
/// code: some SDKs heed only the one, some only the other.
pub(crate) fn export<T: AsRef<str>>(work: impl FnOnce() -> Result<T, Error>) -> i32 {
    heap::begin_call();
    match work() {
        Ok(output) => {
            let block = store(output.as_ref().as_bytes());
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

/// A value of the host's configuration. Unlike the PDK's, this one does not panic on bytes that are
/// not UTF-8.
pub(crate) fn config(key: &str) -> Option<Vec<u8>> {
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
pub(crate) struct Host;

impl Transport for Host {
    fn post(&self, url: &str, body: &str) -> Response {
        let headers = HEADERS.iter().fold(Object::new(), |headers, (name, value)| headers.text(name, value)).finish();
        let request = Object::new().text("url", url).text("method", "POST").json("headers", &headers).finish();
        let request = store(request.as_bytes());
        let body = store(body.as_bytes());
        // SAFETY: both are live blocks; the answer is a block or 0.
        let (answer, status) =
            unsafe { (extism::http_request(request.offset(), body.offset()), extism::http_status_code()) };
        Response { status: u16::try_from(status).unwrap_or(0), body: load(answer).unwrap_or_default() }
    }
}
