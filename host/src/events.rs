//! What plugins tell of by themselves, from the service to whoever it is handed on to.
//!
//! One way: a webhook's request ([`intake`]) or a question from time to time → [`store`], on the disk →
//! made sure of → whoever the face hands it to. An event is there *at least once*, and once by its id.

pub mod addresses;
pub mod confirm;
pub mod deliver;
pub mod due;
pub mod error;
pub mod intake;
mod outcome;
pub mod patience;
pub mod poller;
pub mod receiver;
pub mod signing;
pub mod store;
pub mod subscriber;
