//! The kinds of values that fields hold: each reads what was given and says the same as a schema.
//!
//! A rule's message continues "`field` …". A schema shows the canonical forms, and what is read is
//! more. Schemas that are optional also take `null` and blank texts, which count as absent.

mod moment;
mod number;
mod order_number;
mod tracking_number;

pub use moment::UnixSeconds;
pub use order_number::OrderNumber;
pub use tracking_number::TrackingNumber;
