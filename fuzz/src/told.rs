//! What holds for whatever is told of bytes that can't be used: one line, and no secret in it.

/// What no text may have: it stands in all connections of the targets.
pub const SECRET: &str = "s3cr3t-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

/// Fails unless a text is one line for people.
#[track_caller]
pub fn one_line(text: &str) {
    assert!(!text.is_empty(), "an error without a word");
    assert!(!text.contains(['\n', '\r']), "more than one line: {text:?}");
}

/// Fails if a text holds the secret that the connections have: not even where it came from outside.
#[track_caller]
pub fn no_secret(text: &str) {
    assert!(!text.contains(SECRET), "a secret in {text:?}");
}
