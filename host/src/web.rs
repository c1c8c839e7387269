//! What the commands that listen for HTTP share: who may call, and connections that can't be held up.

pub mod guard;
pub mod listen;
pub mod signal;
pub mod tokens;
