//! The functions that a plugin can import: all of Extism's, and nothing else.

use wasmtime::{Caller, Linker};

use super::state::State;

/// The namespace in which they live.
const NAMESPACE: &str = "extism:host/env";

/// "No log level": Extism's number for loggers that are off.
const LOG_OFF: i32 = i32::MAX;

type Plugin<'a> = Caller<'a, State>;

/// Adds them.
///
/// # Errors
/// If one is there already.
pub fn link(linker: &mut Linker<State>) -> Result<(), wasmtime::Error> {
    memory(linker)?;
    input_and_output(linker)?;
    host(linker)?;
    variables(linker)?;
    logs(linker)
}

fn memory(linker: &mut Linker<State>) -> Result<(), wasmtime::Error> {
    linker
        .func_wrap(NAMESPACE, "alloc", |mut plugin: Plugin, length: u64| {
            match plugin.data_mut().blocks.alloc(length) {
                0 if length > 0 => Err(wasmtime::Error::msg("out of memory")),
                offset => Ok(offset),
            }
        })?
        .func_wrap(NAMESPACE, "free", |mut plugin: Plugin, block: u64| plugin.data_mut().blocks.free(block))?
        .func_wrap(NAMESPACE, "length", |plugin: Plugin, block: u64| plugin.data().blocks.length(block))?
        .func_wrap(NAMESPACE, "length_unsafe", |plugin: Plugin, block: u64| plugin.data().blocks.length(block))?
        .func_wrap(NAMESPACE, "load_u8", |plugin: Plugin, offset: u64| {
            u32::from(u8::from_le_bytes(plugin.data().blocks.load(offset)))
        })?
        .func_wrap(NAMESPACE, "load_u64", |plugin: Plugin, offset: u64| {
            u64::from_le_bytes(plugin.data().blocks.load(offset))
        })?
        .func_wrap(NAMESPACE, "store_u8", |mut plugin: Plugin, offset: u64, value: u32| {
            plugin.data_mut().blocks.store(offset, [value.to_le_bytes()[0]]);
        })?
        .func_wrap(NAMESPACE, "store_u64", |mut plugin: Plugin, offset: u64, value: u64| {
            plugin.data_mut().blocks.store(offset, value.to_le_bytes());
        })?;
    Ok(())
}

fn input_and_output(linker: &mut Linker<State>) -> Result<(), wasmtime::Error> {
    linker
        .func_wrap(NAMESPACE, "input_offset", |plugin: Plugin| plugin.data().input)?
        .func_wrap(NAMESPACE, "input_length", |plugin: Plugin| plugin.data().input_length())?
        .func_wrap(NAMESPACE, "input_load_u8", |plugin: Plugin, at: u64| {
            u32::from(u8::from_le_bytes(plugin.data().load_input(at)))
        })?
        .func_wrap(NAMESPACE, "input_load_u64", |plugin: Plugin, at: u64| {
            u64::from_le_bytes(plugin.data().load_input(at))
        })?
        .func_wrap(NAMESPACE, "output_set", |mut plugin: Plugin, offset: u64, length: u64| {
            plugin.data_mut().output = (offset, length);
        })?
        .func_wrap(NAMESPACE, "error_set", |mut plugin: Plugin, block: u64| plugin.data_mut().error = block)?;
    Ok(())
}

/// Those that Extism leaves to its host. As there, a block that is handed over is freed.
fn host(linker: &mut Linker<State>) -> Result<(), wasmtime::Error> {
    linker
        .func_wrap(NAMESPACE, "http_request", |mut plugin: Plugin, request: u64, body: u64| {
            plugin.data_mut().http_request(request, body)
        })?
        .func_wrap(NAMESPACE, "http_status_code", |plugin: Plugin| {
            plugin.data().exchange().map(|call| i32::from(call.status))
        })?
        .func_wrap(NAMESPACE, "http_headers", |mut plugin: Plugin| plugin.data_mut().http_headers())?
        .func_wrap(NAMESPACE, "config_get", |mut plugin: Plugin, key: u64| plugin.data_mut().config_get(key))?;
    Ok(())
}

fn variables(linker: &mut Linker<State>) -> Result<(), wasmtime::Error> {
    linker.func_wrap(NAMESPACE, "var_get", |mut plugin: Plugin, key: u64| plugin.data_mut().var_get(key))?.func_wrap(
        NAMESPACE,
        "var_set",
        |mut plugin: Plugin, key: u64, value: u64| plugin.data_mut().var_set(key, value),
    )?;
    Ok(())
}

/// What a plugin logs goes nowhere: it may hold the connection's secrets.
fn logs(linker: &mut Linker<State>) -> Result<(), wasmtime::Error> {
    for name in ["log_error", "log_warn", "log_info", "log_debug", "log_trace"] {
        linker.func_wrap(NAMESPACE, name, |mut plugin: Plugin, text: u64| plugin.data_mut().blocks.free(text))?;
    }
    linker.func_wrap(NAMESPACE, "get_log_level", || LOG_OFF)?;
    Ok(())
}
