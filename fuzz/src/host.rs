//! What the host reads: files of rows, journals, answers over HTTP, messages, what a plugin says, and files
//! that a person wrote.

mod answers;
mod description;
mod files;
mod functions;

mod http;
mod journal;
mod mcp;
mod outbox;
mod redact;
mod scratch;
mod table;
mod texts;
mod workbook;

use crate::target::Target;

/// All of them.
pub const TARGETS: [Target; 12] = [
    table::TARGET,
    workbook::TARGET,
    journal::TARGET,
    description::TARGET,
    answers::TARGET,
    mcp::TARGET,
    http::TARGET,
    functions::TARGET,
    files::TARGET,
    outbox::TARGET,
    redact::TARGET,
    texts::TARGET,
];
