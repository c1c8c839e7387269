//! A stand-in for the JustClick API 1.0.
//!
//! It answers `UpdateOrderStatus` and `GetAllGroups` over plain HTTP, checks the signature of every
//! request on its own (it shares no code with the clients it is meant to test), keeps orders in
//! memory, records what it was asked, and misbehaves when told to.
//!
//! ```
//! use justclick_sandbox::{Order, Sandbox};
//!
//! let sandbox = Sandbox::builder().order(Order::new("100000")).start()?;
//! assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
//! assert_eq!(sandbox.order("100000").unwrap().status, "new");
//! # Ok::<(), justclick_sandbox::StartError>(())
//! ```

mod answer;
mod connection;
mod control;
mod filled;
mod form;
mod http;
mod misbehaviour;
mod orders;
mod orders_file;
mod record;
mod server;
mod service;
mod signature;
mod start_error;
mod state;

pub use filled::HUGE_BYTES;
pub use form::Form;
pub use misbehaviour::{Misbehaviour, UnknownMisbehaviour};
pub use orders::{Change, Order};
pub use record::{KEPT_REQUESTS, RECORDED_REPLY_BYTES, Recorded};
pub use server::{Builder, Sandbox};
pub use signature::{Account, SAMPLE_API_KEY, SAMPLE_LOGIN};
pub use start_error::StartError;
