//! Conformance: whether a plugin, in whichever language it is written, keeps the contract.
//!
//! One way through: a [`bench`] calls the module with answers that nobody's service gave and watches
//! every call; the [`checks`] decide what is called and what has to come of it; what they find belongs
//! to a [`rule`], each with a page of its own; a [`report`] tells it to people and to programs.

pub mod bench;
pub mod case;
pub mod checks;
pub mod compat;
pub mod differences;
pub mod findings;
pub mod input;
pub mod record;
pub mod report;
pub mod rule;
pub mod scenario;
pub mod values;
