//! `plugin-host batch` as a merchant runs it on shipping day: the real command, against the sandbox.

#[path = "../common/mod.rs"]
mod common;
mod crash;
mod disk;
mod failures;
mod input;
mod order;
mod repeats;
mod results;
mod resume;
mod scale;
mod secrecy;
#[cfg(unix)]
mod signals;
mod support;
