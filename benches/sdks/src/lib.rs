//! What the packages in JavaScript and Python add to a call, beside programs made for it in the same language, and what
//! the node in n8n takes beside n8n's own.
//!
//! It needs neither `plugin-host` nor wasmtime, so that it is built in a minute. Contenders are processes that take
//! turns, as in `benches`.

pub mod contender;
pub mod environment;
pub mod measure;
pub mod n8n;
pub mod report;
