//! The stock Extism host of the Rust SDK, and one with an HTTP of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use extism::{CompiledPlugin, CurrentPlugin, PTR, Plugin, PluginBuilder, UserData, Val, ValType, Wasm};
use serde_json::Value;

use crate::bundle::{Bundle, workspace};

/// What a host answers in place of an HTTP server: status and body.
pub type HttpAnswer = (u16, Vec<u8>);

type Http = Arc<dyn Fn() -> HttpAnswer + Send + Sync>;

/// How a call failed.
#[derive(Debug)]
pub enum CallError {
    /// The plugin set an error that is JSON.
    Contract {
        /// The error as it was set.
        text: String,
        /// The error, read.
        json: Value,
        /// What the exported function returned.
        rc: i32,
    },
    /// Anything else, with its causes: the host gave up on the plugin, or the plugin trapped.
    Trap(String),
}

/// A host that is being set up.
#[derive(Clone, Default)]
pub struct HostBuilder {
    config: Vec<(String, String)>,
    fuel: Option<u64>,
    timeout: Option<Duration>,
    http: Option<Http>,
}

impl HostBuilder {
    /// Sets a key of the plugin's configuration.
    #[must_use]
    pub fn config(mut self, key: &str, value: &str) -> Self {
        self.config.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Limits, and so counts, the fuel of a call.
    #[must_use]
    pub fn fuel(mut self, limit: u64) -> Self {
        self.fuel = Some(limit);
        self
    }

    /// Replaces the time a call may take, from the manifest.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Replaces the stock HTTP functions: every request is answered with what the function returns,
    /// and status 0 stands for "no HTTP response".
    #[must_use]
    pub fn http(mut self, answer: impl Fn() -> HttpAnswer + Send + Sync + 'static) -> Self {
        self.http = Some(Arc::new(answer));
        self
    }

    /// Makes an instance.
    ///
    /// # Panics
    /// When the bundle is missing or the module can't be loaded.
    pub fn build(self) -> Host {
        let bundle = Bundle::get();
        let mut manifest = bundle.manifest.clone();
        manifest.wasm = vec![Wasm::data(bundle.wasm.clone()).with_name("main")];
        let hosts = manifest.allowed_hosts.get_or_insert_default();
        hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(str::to_owned));
        manifest.config.extend(self.config);
        if let Some(timeout) = self.timeout {
            manifest.timeout_ms = u64::try_from(timeout.as_millis()).ok();
        }
        let mut builder = PluginBuilder::new(manifest).with_cache_config(compile_cache());
        if let Some(limit) = self.fuel {
            builder = builder.with_fuel_limit(limit);
        }
        if let Some(http) = self.http {
            builder = with_http(builder, http);
        }
        let compiled: CompiledPlugin = builder.compile().unwrap_or_else(|error| panic!("can't compile: {error:#}"));
        let plugin = Plugin::new_from_compiled(&compiled);
        Host(plugin.unwrap_or_else(|error| panic!("can't make an instance: {error:#}")))
    }
}

/// One instance of the plugin in the stock host.
#[derive(Debug)]
pub struct Host(Plugin);

impl Host {
    /// A host without any configuration.
    pub fn builder() -> HostBuilder {
        HostBuilder::default()
    }

    /// Calls an export.
    ///
    /// # Errors
    /// [`CallError`] when the call fails.
    ///
    /// # Panics
    /// When the call succeeds with an output that is not JSON.
    pub fn call(&mut self, export: &str, input: impl AsRef<[u8]>) -> Result<Value, CallError> {
        match self.0.call_get_error_code::<&[u8], Vec<u8>>(export, input.as_ref()) {
            Ok(output) => Ok(serde_json::from_slice(&output).unwrap_or_else(|error| {
                panic!("the output of {export} is not JSON ({error}): {}", String::from_utf8_lossy(&output))
            })),
            Err((error, rc)) => {
                let text = error.to_string();
                Err(match serde_json::from_str(&text) {
                    Ok(json) => CallError::Contract { text, json, rc },
                    Err(_) => CallError::Trap(format!("{error:#}")),
                })
            }
        }
    }

    /// The fuel of the last call, if it is counted.
    pub fn fuel_consumed(&self) -> Option<u64> {
        self.0.fuel_consumed()
    }
}

/// The configuration file of wasmtime's cache. The configuration of a plugin is part of what is
/// compiled, so a cache is what makes the module be compiled once for all tests.
fn compile_cache() -> PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    let make = || {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
        let folder = workspace().join(target).join("hosts-cache");
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("cache.toml");
        // Written whole under another name first: other test runs may be reading it.
        let draft = folder.join(format!("cache-{}.toml", std::process::id()));
        std::fs::write(&draft, format!("[cache]\ndirectory = {:?}\n", folder.join("modules")))?;
        std::fs::rename(&draft, &file)?;
        Ok::<_, std::io::Error>(file)
    };
    FILE.get_or_init(|| make().unwrap_or_else(|error| panic!("can't set up a cache for compiled modules: {error}")))
        .clone()
}

fn with_http(builder: PluginBuilder<'_>, http: Http) -> PluginBuilder<'_> {
    const ENVIRONMENT: &str = "extism:host/env";
    let status = Arc::new(AtomicU16::new(0));
    let last = Arc::clone(&status);
    let request = move |plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val], _: UserData<()>| {
        for block in inputs {
            if let Some(block) = plugin.memory_from_val(block) {
                plugin.memory_free(block)?;
            }
        }
        let (code, body) = http();
        status.store(code, Ordering::Relaxed);
        plugin.memory_set_val(&mut outputs[0], body)
    };
    let status_code = move |_: &mut CurrentPlugin, _: &[Val], outputs: &mut [Val], _: UserData<()>| {
        outputs[0] = Val::I32(last.load(Ordering::Relaxed).into());
        Ok(())
    };
    builder
        .with_function_in_namespace(ENVIRONMENT, "http_request", [PTR, PTR], [PTR], UserData::default(), request)
        .with_function_in_namespace(
            ENVIRONMENT,
            "http_status_code",
            [],
            [ValType::I32],
            UserData::default(),
            status_code,
        )
}
