//! The README's lines for Rust, as a program.

include!("../../sdk/snippets/rust.rs");
