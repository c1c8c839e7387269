//! `plugin-host batch` as a merchant runs it on shipping day: the real command, against the sandbox.

mod bytes;
#[path = "../common/mod.rs"]
mod common;
mod crash;
mod dates;
mod disk;
mod encodings;
mod failures;
mod input;
mod json;
mod layout;
mod order;
mod repeats;
mod results;
mod resume;
mod scale;
mod secrecy;
#[cfg(unix)]
mod signals;
mod support;
mod values;
mod workbook;
