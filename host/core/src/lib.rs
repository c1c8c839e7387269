//! Runs Extism action plugins, any that follow the contract in `docs/contract.md`, inside another
//! program.
//!
//! The layers, lowest first: [`http`] (what a plugin may reach, and the pooled client behind its
//! requests) → [`engine`] (compiled modules and their instances) → [`host`] (what all plugins of a
//! process share) → [`runner`] (actions and connections) → [`queue`] (the order, rate and number of
//! calls). Nothing here knows a rule of any one plugin: what there is to do, and with which connection,
//! the plugin describes. The command `plugin-host` stands on this crate, and everything it does is here
//! but its ways in: arguments, files of rows, servers.
//!
//! A call that blocks, tried once:
//!
//! ```no_run
//! use plugin_host_core::bundle::Bundle;
//! use plugin_host_core::runner::Settings;
//! use plugin_host_core::{Connection, Runner};
//!
//! let runner = Runner::load(&Bundle::load("dist/extism.json".as_ref())?, Settings::default())?;
//! let shop = Connection::new([
//!     ("login", "username"),
//!     ("api_key", &std::env::var("JUSTCLICK_API_KEY")?),
//!     ("base_url", "https://username.justclick.ru"),
//! ]);
//! let output = runner.connect(shop).call("update_order_status", r#"{"bill_id": "100000", "status": "cancel"}"#)?;
//! println!("{output}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Several plugins share a [`Host`]: its engine, its compiled modules and its HTTP client.
//!
//! ```no_run
//! use plugin_host_core::bundle::Bundle;
//! use plugin_host_core::host::Settings;
//! use plugin_host_core::{Host, Runner};
//!
//! let host = Host::new(Settings::default())?;
//! let load = |path: &str| -> Result<Runner, Box<dyn std::error::Error>> {
//!     Ok(Runner::new(&host, &host.load(&Bundle::load(path.as_ref())?)?)?)
//! };
//! let (shop, crm) = (load("plugins/shop/extism.json")?, load("plugins/crm/extism.json")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Many calls on Tokio, each as soon as its order, its rate and the number under way allow it, and
//! repeated where its error allows that:
//!
//! ```no_run
//! use plugin_host_core::queue::{Queue, Slots};
//! use plugin_host_core::retry::Backoff;
//! use plugin_host_core::runner::Connected;
//! use tokio_util::sync::CancellationToken;
//!
//! async fn cancel_all(shop: Connected, orders: Vec<String>) -> Result<(), Box<dyn std::error::Error>> {
//!     let backoff = Backoff::default().retries(4);
//!     let queue = Queue::new(shop, Slots::new(32), Some("10/s".parse()?), backoff);
//!     let stop = CancellationToken::new();
//!     let cancel = |bill_id| serde_json::json!({ "bill_id": bill_id, "status": "cancel" }).to_string();
//!     let call = |order| tokio::spawn(queue.call("update_order_status", cancel(order), stop.clone()));
//!     for call in orders.iter().map(call).collect::<Vec<_>>() {
//!         println!("{}", call.await??);
//!     }
//!     Ok(())
//! }
//! ```

/// Methods that change one member each, for settings that may get more of them.
macro_rules! setters {
    ($($name:ident: $type:ty),* $(,)?) => {$(
        #[doc = concat!("The same, with another `", stringify!($name), "`.")]
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.$name = $name;
            self
        }
    )*};
}

pub mod account;
pub mod bundle;
pub mod cloud_event;
pub mod conformance;
pub mod connection;
pub mod connections;
pub mod description;
pub mod engine;
pub mod error;
pub mod file;
pub mod host;
pub mod http;
pub mod idempotency;
pub mod json;
pub mod key;
pub mod language;
pub mod observe;
pub mod options;
pub mod pages;
pub mod path;
pub mod plugins;
pub mod queue;
pub mod queues;
pub mod redact;
mod resting;
pub mod retry;
pub mod runner;
pub mod schema;
pub mod shares;
pub mod slip;
pub mod sources;
pub mod subject;
mod sync;
pub mod text;
pub mod trace;
pub mod trial;
pub mod trigger;
pub mod verify;

pub use connection::Connection;
pub use engine::LoadError;
pub use error::ActionError;
pub use host::Host;
pub use queue::Queue;
pub use queues::Queues;
pub use runner::Runner;
pub use subject::Subject;
