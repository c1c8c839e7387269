//! Compiled modules and their instances, on wasmtime.
//!
//! The functions that a plugin imports are Extism's by name and meaning, and this host's own: a
//! failed request is an answer with status 0 instead of a trap, all connections share one compiled
//! module, all modules share one engine, and a call costs what the plugin computes and little else. The stock host spends more on
//! a call than this plugin does: it wakes a timer's thread twice, looks its own functions up by name
//! each time, and counts time besides fuel. `benches/README.md` has the figures.

mod blocks;
mod caps;
mod context;
mod error;
mod exchange;
mod functions;
mod limiter;
mod log;
mod pending;
mod replay;
mod state;
mod ticker;

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as Waiter, Poll};
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::{Cache, Config, ExternType, InstancePre, Linker, Store, Trap, TypedFunc, UpdateDeadline, WasmFeatures};

use crate::bundle::{Bundle, Languages};
use crate::description::Description;
use crate::http::{Client, Limits, Proxies, Roots, run_blocking};
use caps::MOST_RESPONSE_BYTES;
use exchange::Sender;
use pending::{PendingRequest, Question};
use state::State;
use ticker::Ticker;

pub use caps::{CALL_TIME, Cap, DEFAULT_PAGES, FUEL, PAGE};
pub use context::Context;
pub use error::LoadError;
pub use exchange::{Answers, Exchange};
pub use log::LogLine;

/// What compiles and runs the modules of a process: one for all of them. Cloning it is cheap.
#[derive(Clone)]
pub struct Runtime(Arc<Shared>);

struct Shared {
    linker: Linker<State>,
    ticker: Ticker,
}

/// A module, compiled once.
pub struct Module {
    instance: InstancePre<State>,
    runtime: Runtime,
    bytes: usize,
    max_pages: Option<u32>,
    max_http_response_bytes: Option<u64>,
    /// Whether all that a call leaves behind is its output.
    is_pure: bool,
}

/// One instance of the module. It runs one call at a time.
pub struct Instance {
    store: Store<State>,
    instance: wasmtime::Instance,
    runtime: Runtime,
    is_pure: bool,
    /// Those exports that were called: looking one up takes longer than calling it.
    exports: HashMap<String, Export>,
    /// What the last call returned.
    code: Option<i32>,
}

/// A function that ends with a code, or with none.
#[derive(Clone)]
enum Export {
    Code(TypedFunc<(), i32>),
    Nothing(TypedFunc<(), ()>),
}

/// What can be seen of the call that an instance made last, beside how it ended.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The code that its export returned: 0 for an export that returns nothing; none if it trapped.
    pub code: Option<i32>,
    /// Whether it set an error.
    pub set_error: bool,
    /// The fuel that it took.
    pub fuel: u64,
    /// The bytes of memory that the instance has.
    pub memory: usize,
}

/// How a call ended.
pub enum Outcome {
    /// With this output.
    Output(String),
    /// With this error text, which the plugin set.
    Error(String),
    /// In the middle, and why: the instance is not to be used again.
    Trap(String),
}

/// How a run of a call ended.
pub(crate) struct Run {
    pub outcome: Outcome,
    /// The request that it did not wait for: then the outcome does not count.
    pub left: Option<Question>,
}

impl Runtime {
    /// A runtime, with a clock for all calls and wasmtime's cache on disk where there is one.
    ///
    /// # Errors
    /// If the system has no thread for the clock.
    pub fn new() -> Result<Self, LoadError> {
        // A cache folder that can't be written must not keep anyone from running a plugin.
        let engine = Cache::from_file(None)
            .and_then(|cache| engine(Some(cache)))
            .or_else(|_| engine(None))
            .map_err(|error| LoadError::Compile(one_line(&error)))?;
        let mut linker = Linker::new(&engine);
        functions::link(&mut linker).map_err(|error| LoadError::Link(one_line(&error)))?;
        let ticker = Ticker::start(engine).map_err(LoadError::NoThread)?;
        Ok(Self(Arc::new(Shared { linker, ticker })))
    }

    /// Compiles the bundle's module.
    ///
    /// # Errors
    /// If it is not a WebAssembly module, or wants more than Extism's functions.
    pub fn compile(&self, bundle: &Bundle) -> Result<Module, LoadError> {
        let module = wasmtime::Module::from_binary(self.0.linker.engine(), &bundle.wasm);
        let module = module.map_err(|error| LoadError::Compile(one_line(&error)))?;
        let instance = self.0.linker.instantiate_pre(&module);
        let instance = instance.map_err(|error| LoadError::Link(one_line(&error)))?;
        let Bundle { max_pages, max_http_response_bytes, .. } = *bundle;
        let bytes = bundle.wasm.len();
        // Variables would be of whichever instance a call is run on next.
        let is_pure = !module.imports().any(|import| import.name() == "var_set");
        Ok(Module { instance, runtime: self.clone(), bytes, max_pages, max_http_response_bytes, is_pure })
    }
}

impl Module {
    /// Asks the plugin what it can do; it can reach nothing meanwhile. These languages, of its bundle, are
    /// added to its own.
    ///
    /// # Errors
    /// If it does not follow the contract.
    pub fn describe(&self, languages: &Languages) -> Result<Description, LoadError> {
        let exports = self.exports();
        if !exports.contains(&"describe") {
            return Err(LoadError::NoDescribe);
        }
        let client = Client::new(Limits::default(), Vec::new(), Roots::default(), Proxies::default());
        let exchange = Exchange::new(<_>::default(), client);
        match self.instance(CALL_TIME)?.call("describe", "", exchange).0 {
            Outcome::Output(text) => Ok(Description::check_with(text, languages, &exports)?),
            Outcome::Error(why) | Outcome::Trap(why) => Err(LoadError::Describe(why)),
        }
    }

    /// The names of the functions that the module exports and that can be called: they take nothing,
    /// and return an `i32` or nothing.
    pub fn exports(&self) -> Vec<&str> {
        let callable = |ty: ExternType| {
            ty.func().is_some_and(|ty| {
                ty.params().len() == 0 && ty.results().len() <= 1 && ty.results().all(|result| result.is_i32())
            })
        };
        self.instance.module().exports().filter(|export| callable(export.ty())).map(|export| export.name()).collect()
    }

    /// The functions that the module imports, as `namespace::name`.
    pub fn imports(&self) -> Vec<String> {
        self.instance.module().imports().map(|import| format!("{}::{}", import.module(), import.name())).collect()
    }

    /// How many bytes the module has.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many bytes of memory an instance may have.
    pub fn memory_bytes(&self) -> usize {
        caps::memory(self.max_pages)
    }

    /// The largest response in bytes that the bundle asks for, as far as it may choose it.
    pub fn response_bytes(&self) -> Option<u64> {
        self.max_http_response_bytes.map(|bytes| bytes.min(MOST_RESPONSE_BYTES))
    }

    /// A new instance, whose calls may take so long in all, their requests included.
    ///
    /// # Errors
    /// If memory is exhausted, or what the module does to begin with fails.
    pub fn instance(&self, call_time: Duration) -> Result<Instance, LoadError> {
        run_blocking(self.instance_async(call_time))
    }

    /// The same, on a thread that others wait on, too.
    ///
    /// # Errors
    /// If memory is exhausted, or what the module does to begin with fails.
    pub async fn instance_async(&self, call_time: Duration) -> Result<Instance, LoadError> {
        let mut store = Store::new(self.instance.module().engine(), State::new(self.max_pages, call_time));
        let instance = self.instantiate(&mut store).await;
        let instance = instance.map_err(|error| LoadError::Instantiate(cause(&error, store.data())))?;
        let (runtime, is_pure) = (self.runtime.clone(), self.is_pure);
        Ok(Instance { store, instance, runtime, is_pure, exports: HashMap::new(), code: None })
    }

    async fn instantiate(&self, store: &mut Store<State>) -> Result<wasmtime::Instance, wasmtime::Error> {
        let _under_way = self.runtime.0.ticker.begin();
        store.limiter(|state| &mut state.limiter);
        store.epoch_deadline_callback(|store| {
            store.data().in_time()?;
            // Whoever waits on the same thread has its turn.
            Ok(UpdateDeadline::Yield(1))
        });
        store.set_epoch_deadline(1);
        store.set_fuel(FUEL)?;
        let instance = self.instance.instantiate_async(&mut *store).await?;
        // What some languages run before anything else.
        if let Ok(initialize) = instance.get_typed_func::<(), ()>(&mut *store, "_initialize") {
            initialize.call_async(&mut *store, ()).await?;
        }
        Ok(instance)
    }
}

/// Kinds of memory that nothing here would bound.
const UNBOUNDED: [WasmFeatures; 3] = [WasmFeatures::THREADS, WasmFeatures::GC, WasmFeatures::EXCEPTIONS];

fn engine(cache: Option<Cache>) -> Result<wasmtime::Engine, wasmtime::Error> {
    let mut config = Config::new();
    config.cache(cache).consume_fuel(true).epoch_interruption(true);
    for features in UNBOUNDED {
        config.wasm_features(features, false);
    }
    wasmtime::Engine::new(&config)
}

impl Instance {
    /// Calls an export, whose exchange is not on Tokio.
    pub fn call(&mut self, export: &str, input: &str, exchange: Exchange) -> (Outcome, Exchange) {
        run_blocking(self.call_async(export, input, exchange))
    }

    /// Calls an export. Where its exchange is not on Tokio, its requests block their thread, and nothing
    /// is pending but to give others their turn.
    pub async fn call_async(&mut self, export: &str, input: &str, exchange: Exchange) -> (Outcome, Exchange) {
        let (run, exchange) = self.run(export, input, exchange, None).await;
        (run.outcome, exchange)
    }

    /// The same, which may end before its time where it would have to wait on Tokio and too many instances
    /// do: then it is to be run again, on any instance, when the request has its answer.
    pub(crate) async fn run_once(&mut self, export: &str, input: &str, exchange: Exchange) -> (Run, Exchange) {
        let places = exchange.places().filter(|_| self.is_pure);
        self.run(export, input, exchange, places).await
    }

    async fn run(
        &mut self,
        export: &str,
        input: &str,
        exchange: Exchange,
        places: Option<Arc<Semaphore>>,
    ) -> (Run, Exchange) {
        let sender = exchange.sender();
        self.store.data_mut().exchange = Some(exchange);
        let mut left = None;
        let returned = match self.export(export) {
            Ok(function) => self.returned(&function, input, &sender, places.as_deref(), &mut left).await,
            Err(error) => Err(error),
        };
        self.code = returned.as_ref().ok().copied();
        let outcome = self.outcome(returned);
        let exchange = self.store.data_mut().exchange.take().expect("it was put there when the call began");
        (Run { outcome, left }, exchange)
    }

    /// What can be seen of the last call.
    pub fn seen(&self) -> Seen {
        let State { limiter, error, .. } = self.store.data();
        let fuel = FUEL - self.store.get_fuel().unwrap_or(FUEL).min(FUEL);
        Seen { code: self.code, set_error: *error != 0, fuel, memory: limiter.memory_taken() }
    }

    /// Returns what the export does, 0 if that is nothing.
    async fn returned(
        &mut self,
        function: &Export,
        input: &str,
        sender: &Sender,
        places: Option<&Semaphore>,
        left: &mut Option<Question>,
    ) -> Result<i32, wasmtime::Error> {
        let _under_way = self.runtime.0.ticker.begin();
        self.store.data_mut().begin(input)?;
        self.store.set_fuel(FUEL)?;
        let pending = self.store.data().pending.clone();
        let store = &mut self.store;
        let mut call = pin!(async move {
            match function {
                Export::Code(function) => function.call_async(store, ()).await,
                Export::Nothing(function) => function.call_async(store, ()).await.map(|()| 0),
            }
        });
        // Whoever has a place to wait in keeps it to the end.
        let mut place = None;
        loop {
            let question = match poll_fn(|waiter| step(call.as_mut(), &pending, waiter)).await {
                Step::Ended(returned) => return returned,
                Step::Asked(question) => question,
            };
            if place.is_none() {
                place = places.and_then(|places| places.try_acquire().ok());
            }
            if places.is_none() || place.is_some() {
                pending.answer(Some(sender.send(question).await));
            } else {
                *left = Some(question);
                pending.answer(None);
            }
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
            Err(error) => Outcome::Trap(cause(&error, self.store.data())),
            Ok(code) if code != 0 || *error != 0 => Outcome::Error(text(blocks.get(*error))),
            Ok(_) => Outcome::Output(text(blocks.bytes_at(output.0, output.1))),
        }
    }
}

/// What a call has come to.
enum Step {
    Ended(Result<i32, wasmtime::Error>),
    Asked(Question),
}

/// Goes on with a call until it ends, asks, or waits for its turn.
fn step(
    call: Pin<&mut impl Future<Output = Result<i32, wasmtime::Error>>>,
    pending: &PendingRequest,
    waiter: &mut Waiter<'_>,
) -> Poll<Step> {
    match call.poll(waiter) {
        Poll::Ready(returned) => Poll::Ready(Step::Ended(returned)),
        Poll::Pending => pending.question().map_or(Poll::Pending, |question| Poll::Ready(Step::Asked(question))),
    }
}

/// Why a call ended that panicked; what the panic says, a plugin logs.
pub const PANICKED: &str = "it panicked (wasm: unreachable)";

/// Why, in one line: what stands above it in wasmtime's errors is a backtrace of nameless functions.
fn cause(error: &wasmtime::Error, state: &State) -> String {
    let no_memory = || Cap::Memory(state.limiter.memory()).to_string();
    if let Some(cap) = error.downcast_ref::<Cap>() {
        return cap.to_string();
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Cap::Fuel.to_string(),
        Some(Trap::StackOverflow) => "its functions called each other too deep (cap \"stack\": 512 KiB)".to_owned(),
        // What ends most programs that get no memory.
        Some(Trap::UnreachableCodeReached) if state.limiter.refused_memory() => no_memory(),
        Some(Trap::UnreachableCodeReached) => PANICKED.to_owned(),
        None if state.limiter.refused_memory() => no_memory(),
        _ => one_line(error),
    }
}

/// The innermost reason.
fn one_line(error: &wasmtime::Error) -> String {
    error.root_cause().to_string().lines().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_called_is_no_export() {
        let wasm = wat::parse_str(
            r#"(module (func (export "a") (result i32) i32.const 0) (func (export "b")) (memory (export "m") 1)
            (func (export "c") (param i32)) (func (export "d") (result i64) i64.const 0)
            (func (export "e") (result i32 i32) i32.const 0 i32.const 0))"#,
        );
        let bundle =
            Bundle { wasm: wasm.unwrap(), max_pages: None, max_http_response_bytes: None, languages: Languages::new() };
        let module = Runtime::new().unwrap().compile(&bundle).unwrap();
        assert_eq!(module.exports(), ["a", "b"]);
        assert!(module.describe(&Languages::new()).unwrap_err().to_string().contains("no export describe"));
    }
}
