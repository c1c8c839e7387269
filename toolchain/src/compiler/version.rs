//! Versions of rustc and LLVM, as tools print them.

use std::fmt;

/// A release of rustc; patch releases make no difference here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 1 of 1.96.
    pub major: u32,
    /// 96 of 1.96.
    pub minor: u32,
}

impl Version {
    /// Reads `1.96.0`, `1.97.0-nightly` or Debian's `1.96.0+dfsg1-1~deb12u2`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        Some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The value behind `key:` in what `rustc -vV` and `apt-cache policy` print.
pub fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(':')).map(str::trim)
}

/// The number before the first dot: `22` of `22.1.2`.
pub fn major(text: &str) -> Option<u32> {
    text.split('.').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_tools_print_them() {
        let expected = Some(Version { major: 1, minor: 96 });
        for text in ["1.96.0", "1.96.0-nightly", "1.96.0+dfsg1-1~deb12u2", "1.96"] {
            assert_eq!(Version::parse(text), expected, "{text}");
        }
        for text in ["", "(none)", "1", "x.y"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn versions_are_ordered_by_number_not_by_text() {
        assert!(Version::parse("1.100.0") > Version::parse("1.96.0"));
        assert!(Version::parse("1.9.0") < Version::parse("1.96.0"));
    }

    #[test]
    fn fields_are_found_by_their_key() {
        let text = "rustc 1.96.0\nrelease: 1.96.0\nLLVM version: 22.1.2\n";
        assert_eq!(field(text, "release"), Some("1.96.0"));
        assert_eq!(field(text, "LLVM version").and_then(major), Some(22));
        assert_eq!(field(text, "host"), None);
    }
}
