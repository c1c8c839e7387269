//! The built plugin in the stock Extism host of the Rust SDK, against the sandbox and against
//! servers that misbehave in ways the sandbox does not. One binary, so that the host is linked once.

mod actions;
mod config;
mod errors;
mod every;
mod fuel;
mod imports;
mod inputs;
mod robustness;
mod secrecy;
mod support;
mod tools;
