//! The outbox: what takes events in, keeps them, and hands them on. SQLite is the real one.

#[path = "../../../host/src/events/deliver.rs"]
pub mod deliver;
#[path = "../../../host/src/events/due.rs"]
pub mod due;
#[path = "../../../host/src/events/outcome.rs"]
mod outcome;
#[path = "../../../host/src/events/patience.rs"]
pub mod patience;
pub mod receiver;
#[path = "../../../host/src/events/store.rs"]
pub mod store;
