//! A stand-in for the JustClick API 1.0.
//!
//! It answers all 20 functions over plain HTTP, checks the signature of every request on its own (it
//! shares no code with the clients it is meant to test), keeps the shop in memory, tells scripts what
//! happens in it, records what it was asked, and misbehaves when told to.
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
mod calendar;
mod call;
mod connection;
mod control;
mod deliveries;
mod filled;
mod form;
mod functions;
mod http;
mod misbehaviour;
mod money;
mod order_data;
mod order_object;
mod orders;
mod orders_file;
mod php;
mod post;
mod record;
mod reply;
mod server;
mod shop;
mod signature;
mod start_error;
mod state;
mod webhooks;
mod world;

pub use filled::HUGE_BYTES;
pub use form::Form;
pub use misbehaviour::{Misbehaviour, UnknownMisbehaviour};
pub use order_data::{Item, OrderData};
pub use orders::{Change, Order};
pub use record::{KEPT_REQUESTS, RECORDED_REPLY_BYTES, Recorded};
pub use server::{Builder, Sandbox};
pub use shop::{Contact, Group, Membership, Partner, Product, Shop};
pub use signature::{Account, SAMPLE_API_KEY, SAMPLE_LOGIN};
pub use start_error::StartError;
