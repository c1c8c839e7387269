//! The compiled module and its instances, on wasmtime.
//!
//! The functions that a plugin imports are Extism's by name and meaning, and this host's own: a
//! failed request is an answer with status 0 instead of a trap, all connections share one compiled
//! module, and a call costs what the plugin computes and little else. The stock host spends more on
//! a call than this plugin does: it wakes a timer's thread twice, looks its own functions up by name
//! each time, and counts time besides fuel. `benches/README.md` has the figures.

mod blocks;
mod exchange;
mod functions;
mod state;

use std::collections::HashMap;

use wasmtime::{Cache, Config, InstancePre, Linker, Module, Store, Trap, TypedFunc};

use crate::bundle::Bundle;
use crate::description::Description;
use crate::error::LoadError;
use crate::http::{Client, Limits, Roots};
use state::State;

pub use exchange::{DryRun, Exchange, Unsent};

/// What one call may spend: some seconds of computing, thousands of times what an action needs.
/// Unlike a timeout it ends this call alone, and never one whose request was already answered.
const FUEL: u64 = 2_000_000_000;

/// A module, compiled once.
pub struct Engine {
    module: InstancePre<State>,
    max_pages: Option<u32>,
    max_http_response_bytes: Option<u64>,
}

/// One instance of the module. It runs one call at a time.
pub struct Instance {
    store: Store<State>,
    instance: wasmtime::Instance,
    /// Those exports that were called: looking one up takes longer than calling it.
    exports: HashMap<String, Export>,
}

/// A function that ends with a code, or with none.
#[derive(Clone)]
enum Export {
    Code(TypedFunc<(), i32>),
    Nothing(TypedFunc<(), ()>),
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
        // A cache folder that can't be written must not keep anyone from running a plugin.
        let module = Cache::from_file(None)
            .and_then(|cache| compile(bundle, Some(cache)))
            .or_else(|_| compile(bundle, None))
            .map_err(|error| LoadError(format!("the module can't be compiled: {}", cause(&error))))?;
        let mut linker = Linker::new(module.engine());
        let linked = functions::link(&mut linker).and_then(|()| linker.instantiate_pre(&module));
        let module = linked.map_err(|error| LoadError(format!("the module can't be linked: {}", cause(&error))))?;
        let Bundle { max_pages, max_http_response_bytes, .. } = *bundle;
        Ok(Self { module, max_pages, max_http_response_bytes })
    }

    /// Asks the plugin what it can do; it can reach nothing meanwhile.
    ///
    /// # Errors
    /// If it does not follow the contract.
    pub fn describe(&self) -> Result<Description, LoadError> {
        let client = Client::new(Limits::default(), Vec::new(), Roots::default());
        let exchange = Exchange::new(<_>::default(), <_>::default(), client);
        match self.instance()?.call("describe", "", exchange).0 {
            Outcome::Output(text) => Description::check(text, &self.exports()),
            Outcome::Error(why) | Outcome::Trap(why) => {
                Err(LoadError(format!("the plugin can't describe itself: {why}")))
            }
        }
    }

    /// The names of the functions that the module exports.
    fn exports(&self) -> Vec<&str> {
        let exports = self.module.module().exports();
        exports.filter(|export| export.ty().func().is_some()).map(|export| export.name()).collect()
    }

    /// The limits with the bundle's own cap on responses.
    pub fn limit(&self, limits: Limits) -> Limits {
        Limits { response_bytes: self.max_http_response_bytes.unwrap_or(limits.response_bytes), ..limits }
    }

    /// A new instance.
    ///
    /// # Errors
    /// If memory is exhausted, or what the module does to begin with fails.
    pub fn instance(&self) -> Result<Instance, LoadError> {
        self.new_instance().map_err(|error| LoadError(format!("the module can't be instantiated: {}", cause(&error))))
    }

    fn new_instance(&self) -> Result<Instance, wasmtime::Error> {
        let mut store = Store::new(self.module.module().engine(), State::new(self.max_pages));
        store.limiter(|state| &mut state.limits);
        store.set_fuel(FUEL)?;
        let instance = self.module.instantiate(&mut store)?;
        // What some languages run before anything else.
        if let Ok(initialize) = instance.get_typed_func::<(), ()>(&mut store, "_initialize") {
            initialize.call(&mut store, ())?;
        }
        Ok(Instance { store, instance, exports: HashMap::new() })
    }
}

fn compile(bundle: &Bundle, cache: Option<Cache>) -> Result<Module, wasmtime::Error> {
    let mut config = Config::new();
    config.cache(cache).consume_fuel(true);
    Module::from_binary(&wasmtime::Engine::new(&config)?, &bundle.wasm)
}

impl Instance {
    /// Calls an export.
    pub fn call(&mut self, export: &str, input: &str, exchange: Exchange) -> (Outcome, Exchange) {
        self.store.data_mut().exchange = Some(exchange);
        let returned = self.run(export, input);
        let outcome = self.outcome(returned);
        let exchange = self.store.data_mut().exchange.take().expect("it was put there when the call began");
        (outcome, exchange)
    }

    /// Returns what the export does, 0 if that is nothing.
    fn run(&mut self, export: &str, input: &str) -> Result<i32, wasmtime::Error> {
        self.store.data_mut().begin(input)?;
        self.store.set_fuel(FUEL)?;
        match self.export(export)? {
            Export::Code(function) => function.call(&mut self.store, ()),
            Export::Nothing(function) => function.call(&mut self.store, ()).map(|()| 0),
        }
    }

    fn export(&mut self, name: &str) -> Result<Export, wasmtime::Error> {
        if let Some(export) = self.exports.get(name) {
            return Ok(export.clone());
        }
        let code = self.instance.get_typed_func(&mut self.store, name).map(Export::Code);
        let export = code.or_else(|_| self.instance.get_typed_func(&mut self.store, name).map(Export::Nothing))?;
        self.exports.insert(name.to_owned(), export.clone());
        Ok(export)
    }

    fn outcome(&self, returned: Result<i32, wasmtime::Error>) -> Outcome {
        let State { blocks, output, error, .. } = self.store.data();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match returned {
            Err(error) => Outcome::Trap(cause(&error)),
            Ok(code) if code != 0 || *error != 0 => Outcome::Error(text(blocks.get(*error))),
            Ok(_) => Outcome::Output(text(blocks.bytes_at(output.0, output.1))),
        }
    }
}

/// Why, in one line: what stands above it in wasmtime's errors is a backtrace of nameless functions.
fn cause(error: &wasmtime::Error) -> String {
    if matches!(error.downcast_ref::<Trap>(), Some(Trap::OutOfFuel)) {
        return "it ran out of fuel".to_owned();
    }
    error.root_cause().to_string().lines().collect::<Vec<_>>().join(" ")
}
