//! The lines for Rust of docs/sdks.md, as a program.

include!("../../sdk/snippets/rust.rs");
