//! What it takes to make a plugin of its sources: a compiler, found or set up; the module, made small; and
//! the bundle. For the chores of this repository and for `plugin-host build` alike.

pub mod archive;
pub mod bundle;
mod compiler;
pub mod crates;
pub mod environment;
pub mod icon;
pub mod node;
pub mod notices;
pub mod oci;
pub mod process;
pub mod ui;
pub mod wasm_opt;

pub use compiler::{Needs, Toolchain, Version, WASM_TARGET};
