//! What the commands that listen for HTTP share: who may call, and connections that can't be held up.

pub mod admission;
pub mod args;
pub mod body;
pub mod guard;
pub mod listen;
pub mod server;
pub mod tokens;
pub mod unread_body;
