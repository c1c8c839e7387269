//! Texts as people paste and save them.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use crate::json::{self, Malformed};

/// A text without the blanks around it, also those that nobody sees: byte order marks and
/// characters without a width.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_unseen)
}

/// Whether nobody sees a character: a blank, or one without a width.
pub fn is_unseen(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The text of a file that a person wrote: UTF-8, without the byte order mark that some editors put
/// before it.
///
/// # Errors
/// If it can't be read, or is of another encoding; the message names the file and what to do.
pub fn read(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|error| format!("can't read {shown}: {error}"))?;
    match json::text(&bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(Malformed::Encoding(name)) => Err(format!("{shown} is {name}: save it as UTF-8")),
        Err(Malformed::NotUtf8(place)) => Err(format!("{shown} is not UTF-8 ({place}): save it as UTF-8")),
        Err(other) => Err(other.of(&shown.to_string())),
    }
}

/// The number of the line in which a place of a text stands.
pub fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// A text without the typographic quotation marks that a word processor put around it.
pub fn unquoted(text: &str) -> &str {
    const PAIRS: [(char, &str); 6] = [('“', "”"), ('„', "“”"), ('”', "”"), ('«', "»"), ('‘', "’"), ('\'', "'")];
    let inner = |(open, close): &(char, &str)| {
        text.strip_prefix(*open)?.strip_suffix(|last| close.contains(last)).filter(|it| !it.is_empty())
    };
    PAIRS.iter().find_map(inner).unwrap_or(text)
}

/// The beginning of a text, of so many characters at most; what is cut off is told by `…`.
pub fn cut(text: &str, chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// A name from outside on one line, as it is told.
pub fn on_one_line(name: &str) -> String {
    let plain = |char: char| if char.is_control() || char.is_whitespace() { ' ' } else { char };
    let name: String = trim(name).chars().map(plain).collect();
    name.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Names from outside, as many and as much of them as anybody reads.
pub fn list(names: &[String]) -> String {
    const MOST: usize = 50;
    const LONGEST: usize = 80;
    let told: Vec<_> = names.iter().take(MOST).map(|name| cut(name, LONGEST)).collect();
    match names.len().saturating_sub(MOST) {
        0 if names.is_empty() => "none".to_owned(),
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_taken_off_also_those_that_nobody_sees() {
        assert_eq!(trim("\u{feff} \u{a0}a\u{200b}b\u{200b}\t\u{2060}"), "a\u{200b}b");
        assert_eq!(trim(" \u{feff} "), "");
    }

    #[test]
    fn a_file_may_begin_with_a_mark_and_is_told_its_encoding_if_that_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read(&path)
        };
        assert_eq!(read(b"\xef\xbb\xbfa\n").as_deref(), Ok("a\n"));
        assert_eq!(read(b"").as_deref(), Ok(""));
        assert!(read(b"\xff\xfea\0").unwrap_err().ends_with("f is UTF-16: save it as UTF-8"));
        assert!(read(b"a\0b\0").unwrap_err().contains("is UTF-16"));
        assert!(read(b"a\nb\xff").unwrap_err().ends_with("f is not UTF-8 (line 2, column 2): save it as UTF-8"));
        assert!(super::read(folder.path()).unwrap_err().starts_with("can't read "));
    }

    #[test]
    fn names_are_told_on_one_line_and_cut_where_nobody_reads_on() {
        assert_eq!(on_one_line(" Order\r\nnumber\u{a0}\t(new)\u{0} "), "Order number (new)");
        assert_eq!(on_one_line(""), "");
        let names = |count: usize| (0..count).map(|name| name.to_string()).collect::<Vec<_>>();
        assert_eq!((list(&[]), list(&names(2))), ("none".to_owned(), "0, 1".to_owned()));
        assert!(list(&names(52)).ends_with(", 48, 49 and 2 more"));
        assert_eq!(list(&["я".repeat(81)]), format!("{}…", "я".repeat(80)));
    }

    #[test]
    fn typographic_quotation_marks_are_taken_off_in_pairs() {
        for text in ["“a”", "„a“", "«a»", "‘a’", "'a'", "”a”"] {
            assert_eq!(unquoted(text), "a");
        }
        for text in ["“a", "a”", "“", "", "“”", "\"a\""] {
            assert_eq!(unquoted(text), text);
        }
    }
}
