//! Texts between the module's memory and its host's.
//!
//! The PDK's own functions read and write eight bytes at addresses that need not be multiples of eight: Rust
//! leaves undefined what comes of that, and its checks stop a debug build there. So the eight bytes are made
//! of the text, and taken apart, here.
#![expect(unsafe_code, reason = "the host's functions are imports")]

use extism_pdk::extism;

/// A block of the host's memory. Nothing frees one: hosts free those they are handed, so that a second free
/// could hit a block made since, and all are gone after the call.
#[derive(Clone, Copy)]
pub struct Block {
    /// Its address; 0 is none.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
}

impl Block {
    /// What hosts take for no block.
    pub const NONE: Self = Self { offset: 0, length: 0 };
}

/// Copies a text into the host's memory.
pub fn store(text: &str) -> Block {
    let length = text.len() as u64;
    // SAFETY: takes no pointer.
    let offset = unsafe { extism::alloc(length) };
    let (words, rest) = text.as_bytes().as_chunks();
    let mut at = offset;
    for word in words {
        // SAFETY: the block is as long as what is stored in it.
        unsafe { extism::store_u64(at, u64::from_le_bytes(*word)) };
        at += 8;
    }
    for byte in rest {
        // SAFETY: as above.
        unsafe { extism::store_u8(at, *byte) };
        at += 1;
    }
    Block { offset, length }
}

/// Copies a block of the host's memory; `None` for 0, which the JavaScript SDKs give a length, and for an
/// empty one.
pub fn load(offset: u64) -> Option<Vec<u8>> {
    // SAFETY: takes no pointer; what is no block has no length.
    let length = if offset == 0 { 0 } else { unsafe { extism::length(offset) } };
    // SAFETY: the host reads its own block, of the length that it told.
    let copy =
        || copied(length, |at| unsafe { extism::load_u64(offset + at) }, |at| unsafe { extism::load_u8(offset + at) });
    (length > 0).then(copy)
}

/// Copies what the call was given.
pub fn input() -> Vec<u8> {
    // SAFETY: takes no pointer.
    let length = unsafe { extism::input_length() };
    // SAFETY: the host reads its own input, of the length that it told.
    copied(length, |at| unsafe { extism::input_load_u64(at) }, |at| unsafe { extism::input_load_u8(at) })
}

fn copied(length: u64, word: impl Fn(u64) -> u64, byte: impl Fn(u64) -> u8) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    let (words, rest) = bytes.as_chunks_mut();
    let mut at = 0;
    for place in words {
        *place = word(at).to_le_bytes();
        at += 8;
    }
    for place in rest {
        *place = byte(at);
        at += 1;
    }
    bytes
}
