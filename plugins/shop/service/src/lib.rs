//! The made-up shop's service: a stand-in over plain HTTP that keeps everything in memory, records what
//! it was asked, and misbehaves when told to. What tests do with it stands under `/control` and in
//! [`Service`]; a client sees the rest alone.
//!
//! ```
//! use shop_service::{Misbehaviour, Service};
//!
//! let service = Service::start()?;
//! assert!(service.base_url().starts_with("http://127.0.0.1:"));
//! service.misbehave([Misbehaviour::LoseAnswer, Misbehaviour::Throttle(7)]);
//! assert!(service.orders().is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```

mod answer;
mod api;
mod control;
mod misbehaviour;
mod orders;
mod record;
mod sample;
mod serve;
mod service;
mod shop;
mod state;
mod webhook;

pub use misbehaviour::Misbehaviour;
pub use orders::{Delivery, Line, NewOrder, Order};
pub use record::Recorded;
pub use service::{SAMPLE_TOKEN, Service};
pub use webhook::{Sent, Webhook};
