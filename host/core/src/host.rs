//! What all plugins of a process share: the engine that compiles and runs their modules, the clock of
//! their calls, and the HTTP client with its connections.

mod settings;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::bundle::Bundle;
use crate::description::Description;
use crate::engine::{Instance, LoadError, Module, Runtime};
use crate::http::Client;
use crate::resting::AllResting;
pub use settings::Settings;

/// What all plugins of a process share. Cloning it is cheap.
#[derive(Clone)]
pub struct Host {
    runtime: Runtime,
    loaded: Arc<Mutex<HashMap<Key, Weak<Loaded>>>>,
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    client: Client,
    places: Arc<Semaphore>,
    resting: Arc<AllResting<Instance>>,
}

/// By what a module is known that is compiled already: its bytes with what they are described in beside them, and
/// what its bundle asks for.
type Key = ([u8; 32], Option<u32>, Option<u64>);

/// A plugin that has described itself. Cloning it is cheap.
#[derive(Clone)]
pub struct Plugin(Arc<Loaded>);

struct Loaded {
    module: Module,
    description: Description,
}

impl Plugin {
    /// Its compiled module.
    pub fn module(&self) -> &Module {
        &self.0.module
    }

    /// What it says of itself.
    pub fn description(&self) -> &Description {
        &self.0.description
    }
}

impl Host {
    /// A host with no plugin yet.
    ///
    /// # Errors
    /// If the system has no thread for its clock.
    pub fn new(settings: Settings) -> Result<Self, LoadError> {
        let (runtime, loaded) = (Runtime::new()?, Arc::default());
        Ok(Self { runtime, loaded, shared: Arc::new(Shared::new(settings)) })
    }

    /// The same host, its compiled modules included, with other settings and a client of its own.
    /// What runs on the old one goes on as it was.
    #[must_use]
    pub fn with(&self, settings: Settings) -> Self {
        Self { shared: Arc::new(Shared::new(settings)), ..self.clone() }
    }

    /// Loads a plugin and asks it what it can do. A module that is in use already is not compiled
    /// again.
    ///
    /// # Errors
    /// If the module can't be run or does not follow the contract.
    pub fn load(&self, bundle: &Bundle) -> Result<Plugin, LoadError> {
        let mut hash = Sha256::new_with_prefix(&bundle.wasm);
        hash.update(serde_json::to_vec(&bundle.languages).unwrap_or_default());
        let key = (hash.finalize().into(), bundle.max_pages, bundle.max_http_response_bytes);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = loaded.get(&key).and_then(Weak::upgrade) {
            return Ok(Plugin(known));
        }
        let module = self.runtime.compile(bundle)?;
        let description = module.describe(&bundle.languages)?;
        let new = Arc::new(Loaded { module, description });
        loaded.retain(|_, plugin| plugin.strong_count() > 0);
        loaded.insert(key, Arc::downgrade(&new));
        Ok(Plugin(new))
    }

    /// What it lets plugins do.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The places in which instances wait for their services.
    pub(crate) fn places(&self) -> Arc<Semaphore> {
        self.shared.places.clone()
    }

    /// The instances that wait for the next call of their connection.
    pub(crate) fn resting(&self) -> &Arc<AllResting<Instance>> {
        &self.shared.resting
    }

    /// The client behind all requests.
    pub fn client(&self) -> &Client {
        &self.shared.client
    }
}

impl Shared {
    fn new(settings: Settings) -> Self {
        let Settings { limits, allow, allow_private, roots, proxies, .. } = settings.clone();
        let client = Client::new(limits, [allow_private, allow].concat(), roots, proxies);
        let places = Arc::new(Semaphore::new(settings.waiting_instances.min(Semaphore::MAX_PERMITS)));
        let resting = AllResting::new(settings.idle_instances);
        Self { settings, client, places, resting }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(name: &str) -> Bundle {
        let text = format!(
            r#"{{"contract":1,"name":"{name}","title":"t","version":"1","actions":[],"connection":{{"check":"c","schema":{{"properties":{{}}}}}}}}"#
        );
        let escaped = text.replace('"', "\\\"");
        let bytes = (0..text.len())
            .map(|at| format!("(call $store (i64.add (local.get 0) (i64.const {at})) (i32.load8_u (i32.const {at})))"));
        let wat = format!(
            r#"(module (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
            (import "extism:host/env" "output_set" (func $output (param i64 i64)))
            (memory 1) (data (i32.const 0) "{escaped}") (func (export "c"))
            (func (export "describe") (local i64) (local.set 0 (call $alloc (i64.const {length})))
            {bytes} (call $output (local.get 0) (i64.const {length}))))"#,
            length = text.len(),
            bytes = bytes.collect::<String>()
        );
        Bundle {
            wasm: wat::parse_str(wat).unwrap(),
            max_pages: None,
            max_http_response_bytes: None,
            languages: <_>::default(),
        }
    }

    #[test]
    fn a_module_that_is_in_use_is_not_compiled_again_and_is_gone_with_its_last_user() {
        let host = Host::new(Settings::default()).unwrap();
        let (one, again) =
            (host.load(&bundle("one")).unwrap(), host.with(Settings::default()).load(&bundle("one")).unwrap());
        assert!(Arc::ptr_eq(&one.0, &again.0));
        let other = host.load(&bundle("other")).unwrap();
        assert_eq!((one.description().name.as_str(), other.description().name.as_str()), ("one", "other"));
        let gone = Arc::downgrade(&one.0);
        drop((one, again));
        assert_eq!(gone.strong_count(), 0);
    }
}
