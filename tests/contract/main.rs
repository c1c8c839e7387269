//! The way from input to outcome, natively: every kind of error, and nothing that can crash it.

mod inputs;
mod properties;
mod replies;
mod support;
