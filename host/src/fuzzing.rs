//! What reads bytes from outside and is of no interface, for the targets in `fuzz/`.

use std::path::Path;

use tokio_util::bytes::BytesMut;
use tokio_util::codec::Decoder;

use crate::mcp::lines::{Line, Lines};
use crate::mcp::message::Message;
use crate::serve::triggers::file;

/// A message of MCP, as far as it is read here.
pub struct Read {
    /// Its text, without a tool's arguments.
    pub text: String,
    /// The arguments as an input, or why they are none.
    pub arguments: Option<Result<String, String>>,
    /// What it asks for.
    pub method: String,
    /// Its id, as JSON.
    pub id: Option<String>,
}

/// Reads a message of MCP.
///
/// # Errors
/// If it is none: what is answered.
pub fn message(bytes: &[u8]) -> Result<Read, String> {
    let message = Message::read(bytes).map_err(|unreadable| unreadable.detail())?;
    let read = |arguments: crate::mcp::message::Arguments| {
        arguments.read().map(|object| object.to_string()).map_err(|error| error.message)
    };
    Ok(Read {
        text: message.text,
        arguments: message.arguments.map(read),
        method: message.method,
        id: message.id.and_then(|id| serde_json::to_string(&id).ok()),
    })
}

/// The lines of what comes in pieces of so many bytes; none in the place of one that is too long.
pub fn lines(bytes: &[u8], piece: usize, longest: usize) -> Vec<Option<Vec<u8>>> {
    let (mut decoder, mut buffer, mut found) = (Lines::new(longest), BytesMut::new(), Vec::new());
    let kept = |line| match line {
        Line::Whole(line) => Some(line.to_vec()),
        Line::TooLong => None,
    };
    for part in bytes.chunks(piece.max(1)) {
        buffer.extend_from_slice(part);
        while let Ok(Some(line)) = decoder.decode(&mut buffer) {
            found.push(kept(line));
        }
    }
    while let Ok(Some(line)) = decoder.decode_eof(&mut buffer) {
        found.push(kept(line));
    }
    found
}

/// Reads a file of triggers: how many there are.
///
/// # Errors
/// With what is wrong with it.
pub fn triggers(path: &Path) -> Result<usize, String> {
    file::read(path, &|_| None).map(|file| file.triggers.len())
}
