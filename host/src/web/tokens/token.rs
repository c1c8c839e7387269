//! A token, as far as it is kept.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::web::caller::{Caller, UNNAMED};

/// Shorter ones can be guessed.
const SHORTEST: usize = 16;

/// Longer ones are no names.
const LONGEST_NAME: usize = 64;

/// A token that is let in.
#[derive(Clone)]
pub struct Token {
    /// Its SHA-256.
    pub hash: [u8; 32],
    /// Who shows it.
    pub caller: Caller,
    /// Until when.
    pub expires: Option<Timestamp>,
}

impl Token {
    /// When it expired, if it has.
    pub fn expired(&self) -> Option<Timestamp> {
        self.expires.filter(|at| Timestamp::now() >= *at)
    }
}

/// The hash of a token, if it may be one.
///
/// # Errors
/// If it may not; what is wrong with it, without it.
pub fn hash(token: &str) -> Result<[u8; 32], String> {
    if token.len() < SHORTEST {
        return Err(format!("is shorter than {SHORTEST} characters: make one with `plugin-host token NAME`"));
    }
    // What RFC 6750 allows in the header.
    if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)) {
        return Err("holds characters other than letters, digits and -._~+/=".to_owned());
    }
    Ok(Sha256::digest(token).into())
}

/// The name of a caller, if it may be one.
///
/// # Errors
/// If it may not: how it has to be.
pub fn checked_name(name: &str) -> Result<&str, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    match (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(allowed) {
        true if name == UNNAMED => Err(format!("is not to be {UNNAMED}, which those without one are called")),
        true => Ok(name),
        false => Err(format!("is not 1 to {LONGEST_NAME} letters, digits or ._-")),
    }
}
