//! A bundle's sums: which files are its own, and what each of them hashes to.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// The list of a bundle's files with their SHA-256, in the format of `sha256sum`. It names neither itself nor its
/// signature.
pub const SUMS: &str = "SHA256SUMS";

/// The signature of that list, by minisign.
pub const SIGNATURE: &str = "SHA256SUMS.minisig";

/// More files are no bundle.
const MOST_FILES: usize = 2000;

/// The longest path in a bundle, in bytes: what every archive has room for.
const LONGEST_PATH: usize = 200;

/// What is wrong with sums, or with a file that they are of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SumsError {
    /// A line is not of the format.
    #[error("line {line} of {SUMS} is no SHA-256 with a path after two blanks")]
    Line {
        /// Its number.
        line: usize,
    },
    /// A path leads out of the bundle, or can't be on every system.
    #[error("{0}")]
    Path(String),
    /// A path stands there twice, or one that differs in its capitals alone.
    #[error("{SUMS} names {0} twice")]
    Twice(String),
    /// There are too many.
    #[error("{SUMS} names more than {MOST_FILES} files")]
    TooMany,
    /// A file is not in them.
    #[error("{SUMS} does not name {0}")]
    Unnamed(String),
    /// A file is another one.
    #[error("{0} is not what {SUMS} says")]
    Other(String),
}

/// What a bundle's files hash to, by their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums(BTreeMap<String, String>);

impl Sums {
    /// Reads the list.
    ///
    /// # Errors
    /// If a line is none, or a path can't be that of a bundle's file or stands there twice.
    pub fn parse(bytes: &[u8]) -> Result<Self, SumsError> {
        let (mut sums, mut folded) = (BTreeMap::new(), BTreeMap::new());
        for (place, line) in String::from_utf8_lossy(bytes).lines().enumerate() {
            let bad = SumsError::Line { line: place + 1 };
            // A star is a file that was read as bytes, which all are here.
            let (sum, path) = line.split_once("  ").or_else(|| line.split_once(" *")).ok_or(bad.clone())?;
            if !is_sha256(sum) {
                return Err(bad);
            }
            check_path(path).map_err(SumsError::Path)?;
            if folded.insert(path.to_lowercase(), ()).is_some() {
                return Err(SumsError::Twice(path.to_owned()));
            }
            if sums.len() == MOST_FILES {
                return Err(SumsError::TooMany);
            }
            sums.insert(path.to_owned(), sum.to_ascii_lowercase());
        }
        Ok(Self(sums))
    }

    /// The paths of the files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Holds a file against them.
    ///
    /// # Errors
    /// If they do not name it, or it is another one.
    pub fn check(&self, path: &str, content: &[u8]) -> Result<(), SumsError> {
        match self.0.get(path) {
            None => Err(SumsError::Unnamed(path.to_owned())),
            Some(sum) if *sum == sha256(content) => Ok(()),
            Some(_) => Err(SumsError::Other(path.to_owned())),
        }
    }
}

/// Whether a path stays within a bundle or a package, on every system.
///
/// # Errors
/// If it does not: one line.
pub fn check_path(path: &str) -> Result<(), String> {
    let is_plain = |part: &str| {
        !matches!(part, "" | "." | "..")
            && !part.ends_with(['.', ' '])
            && !part.contains(['\\', ':', '*', '?', '"', '<', '>', '|'])
            && !part.chars().any(char::is_control)
    };
    let is_sound = path.len() <= LONGEST_PATH && path.split('/').all(is_plain);
    if is_sound { Ok(()) } else { Err(format!("{path:?} is no path within a package")) }
}

/// The SHA-256 of bytes, in lower-case hex.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a text is a SHA-256 in hex, in capitals or not.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_sha256sum_and_what_is_none_is_told_by_its_line() {
        let sum = sha256(b"a");
        let sums = Sums::parse(format!("{sum}  a\r\n{} *i18n/b c.json\n", sum.to_uppercase()).as_bytes()).unwrap();
        assert_eq!(sums.paths().collect::<Vec<_>>(), ["a", "i18n/b c.json"]);
        assert_eq!(sums.check("i18n/b c.json", b"a"), Ok(()));
        assert_eq!(sums.check("a", b"b"), Err(SumsError::Other("a".to_owned())));
        assert_eq!(sums.check("b", b"b"), Err(SumsError::Unnamed("b".to_owned())));
        let refused = |text: String| Sums::parse(text.as_bytes()).unwrap_err();
        assert_eq!(refused(format!("{sum}  a\n\n{sum}  b\n")), SumsError::Line { line: 2 });
        assert_eq!(refused("abc  a".to_owned()), SumsError::Line { line: 1 });
        assert_eq!(refused(format!("{sum}  a\n{sum}  A\n")), SumsError::Twice("A".to_owned()));
        for path in ["../a", "/a", "a/../b", "c:a", "a\\b", ""] {
            assert!(matches!(refused(format!("{sum}  {path}")), SumsError::Path(_)), "{path}");
        }
        let many: String = (0..=MOST_FILES).map(|number| format!("{sum}  {number}\n")).collect();
        assert_eq!(refused(many), SumsError::TooMany);
    }
}
