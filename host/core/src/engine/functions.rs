//! The functions that a plugin can import: all of Extism's, and nothing else.
//!
//! What costs the host more than the call itself is paid in fuel: a unit for each byte that is
//! cleared, copied or sent.

use tracing::Level;
use wasmtime::{Caller, Error, Linker, Trap};

use super::caps::{LOOK_FUEL, REQUEST_FUEL, SERVICE_FUEL};
use super::state::{State, log_level};

/// The namespace in which they live.
const NAMESPACE: &str = "extism:host/env";

type Plugin<'a> = Caller<'a, State>;

/// Adds them.
///
/// # Errors
/// If one is there already.
pub fn link(linker: &mut Linker<State>) -> Result<(), Error> {
    memory(linker)?;
    input_and_output(linker)?;
    host(linker)?;
    variables(linker)?;
    logs(linker)
}

/// Takes fuel for work that the host does.
fn charge(plugin: &mut Plugin, fuel: u64) -> Result<(), Error> {
    let left = plugin.get_fuel()?;
    plugin.set_fuel(left.saturating_sub(fuel))?;
    if left < fuel { Err(Trap::OutOfFuel.into()) } else { Ok(()) }
}

/// Takes fuel for a service that handles these blocks.
fn charge_blocks(plugin: &mut Plugin, blocks: [u64; 2]) -> Result<(), Error> {
    let bytes = |block: u64| plugin.data().blocks.length(block);
    let fuel = SERVICE_FUEL + bytes(blocks[0]) + bytes(blocks[1]);
    charge(plugin, fuel)
}

/// Takes fuel for a block that the plugin is given.
fn paid(plugin: &mut Plugin, block: Result<u64, Error>) -> Result<u64, Error> {
    let block = block?;
    charge_blocks(plugin, [block, 0])?;
    Ok(block)
}

fn memory(linker: &mut Linker<State>) -> Result<(), Error> {
    linker
        .func_wrap(NAMESPACE, "alloc", |mut plugin: Plugin, length: u64| {
            // Else what can't be had would be told as too much work.
            plugin.data().blocks.could_hold(length)?;
            let looked_through = LOOK_FUEL * plugin.data().blocks.looked_through() as u64;
            charge(&mut plugin, SERVICE_FUEL + length + looked_through)?;
            Ok(plugin.data_mut().blocks.alloc(length)?)
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

fn input_and_output(linker: &mut Linker<State>) -> Result<(), Error> {
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
            Ok(plugin.data_mut().set_output(offset, length)?)
        })?
        .func_wrap(NAMESPACE, "error_set", |mut plugin: Plugin, block: u64| {
            Ok(plugin.data_mut().set_error(block)?)
        })?;
    Ok(())
}

/// Those that Extism leaves to its host. As there, a block that is handed over is freed.
fn host(linker: &mut Linker<State>) -> Result<(), Error> {
    linker
        .func_wrap_async(NAMESPACE, "http_request", |mut plugin: Plugin, (request, body): (u64, u64)| {
            Box::new(async move {
                charge(&mut plugin, REQUEST_FUEL)?;
                charge_blocks(&mut plugin, [request, body])?;
                let answer = plugin.data_mut().http_request(request, body).await;
                paid(&mut plugin, answer)
            })
        })?
        .func_wrap(NAMESPACE, "http_status_code", |plugin: Plugin| {
            plugin.data().exchange().map(|call| i32::from(call.status))
        })?
        .func_wrap(NAMESPACE, "http_headers", |mut plugin: Plugin| {
            let headers = plugin.data_mut().http_headers();
            paid(&mut plugin, headers)
        })?
        .func_wrap(NAMESPACE, "config_get", |mut plugin: Plugin, key: u64| {
            let value = plugin.data_mut().config_get(key);
            paid(&mut plugin, value)
        })?;
    Ok(())
}

fn variables(linker: &mut Linker<State>) -> Result<(), Error> {
    linker
        .func_wrap(NAMESPACE, "var_get", |mut plugin: Plugin, key: u64| {
            charge_blocks(&mut plugin, [key, 0])?;
            let value = plugin.data_mut().var_get(key);
            paid(&mut plugin, value)
        })?
        .func_wrap(NAMESPACE, "var_set", |mut plugin: Plugin, key: u64, value: u64| {
            charge_blocks(&mut plugin, [key, value])?;
            plugin.data_mut().var_set(key, value)
        })?;
    Ok(())
}

fn logs(linker: &mut Linker<State>) -> Result<(), Error> {
    for (name, level) in [
        ("log_error", Level::ERROR),
        ("log_warn", Level::WARN),
        ("log_info", Level::INFO),
        ("log_debug", Level::DEBUG),
        ("log_trace", Level::TRACE),
    ] {
        linker.func_wrap(NAMESPACE, name, move |mut plugin: Plugin, text: u64| {
            charge_blocks(&mut plugin, [text, 0])?;
            plugin.data_mut().log(level, text);
            Ok(())
        })?;
    }
    linker.func_wrap(NAMESPACE, "get_log_level", |plugin: Plugin| log_level(plugin.data()))?;
    Ok(())
}
