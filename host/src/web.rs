//! What the commands that listen for HTTP share: who may call, connections that can't be held up, and
//! what is replaced while it is served.

pub mod admission;
pub mod args;
pub mod body;
pub mod caller;
pub mod guard;
pub mod listen;
pub mod live;
pub mod metrics;
pub mod operator;
pub mod reload;
pub mod scope;
pub mod server;
pub mod tokens;
pub mod unread_body;
pub mod views;
