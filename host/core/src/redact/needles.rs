//! What to look for: a secret's text, and what base64 makes of it.

use std::ops::Range;

use crate::text::trim;

/// Secrets of fewer bytes can't be hidden: they stand in many a text by chance.
const SHORTEST: usize = 4;

/// Secrets of fewer bytes are not looked for inside base64, for the same reason.
const SHORTEST_IN_BASE64: usize = 8;

/// Lines of a secret, such as those of a key in PEM form, are secrets where they are so long.
const SHORTEST_LINE: usize = 16;

/// Something to look for.
#[derive(Debug)]
pub struct Needle {
    pub bytes: Vec<u8>,
    /// Whether it is a part of a text in base64, which is then hidden as a whole.
    pub base64: bool,
}

/// All there is to look for.
pub fn all<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Vec<Needle> {
    let mut needles: Vec<Needle> = Vec::new();
    let mut add = |bytes: &[u8], base64| {
        if bytes.len() >= SHORTEST && needles.iter().all(|needle| needle.bytes != bytes) {
            needles.push(Needle { bytes: bytes.to_vec(), base64 });
        }
    };
    for secret in secrets.into_iter().map(bare) {
        add(secret.as_bytes(), false);
        let lines = secret.lines().map(bare).filter(|line| line.len() >= SHORTEST_LINE && *line != secret);
        lines.for_each(|line| add(line.as_bytes(), false));
        if secret.len() >= SHORTEST_IN_BASE64 {
            for alphabet in [STANDARD, URL_SAFE] {
                (0..3).for_each(|shift| add(&inside_base64(secret.as_bytes(), shift, alphabet), true));
            }
        }
    }
    needles
}

/// A value without what people can't see around it, and without quotation marks.
pub fn bare(value: &str) -> &str {
    let value = trim(value);
    let unquoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    unquoted.map_or(value, trim)
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Those characters of a text in base64 that depend on the secret alone, where so many bytes before
/// it do not fill a group of three.
fn inside_base64(secret: &[u8], shift: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let bits = |at: usize| {
        // Six bits from there on, in the stream of bits that begins with the secret.
        let byte = |index: usize| u16::from(secret[index]);
        let (index, offset) = (at / 8, at % 8);
        let next = if offset > 2 { byte(index + 1) } else { 0 };
        usize::from(((byte(index) << 8 | next) >> (10 - offset)) & 0x3f)
    };
    // Characters begin at multiples of six bits of the whole.
    let first = (6 - (shift * 8) % 6) % 6;
    let starts = (first..).step_by(6).take_while(|at| at + 6 <= secret.len() * 8);
    starts.map(|at| alphabet[bits(at)]).collect()
}

/// The whole text in base64 of which this is a part.
pub fn base64_around(text: &[u8], part: Range<usize>) -> Range<usize> {
    let is_of_it = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let before = text[..part.start].iter().rev().take_while(is_of_it).count();
    let after = text[part.end..].iter().take_while(is_of_it).count();
    let end = part.end + after;
    let padding = text[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
    part.start - before..end + padding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_a_value_is_no_part_of_it() {
        for written in
            ["hunter2", " hunter2\n", "\u{feff}hunter2", "\u{200b}hunter2\u{a0}", "\"hunter2\"", " 'hunter2' "]
        {
            assert_eq!(bare(written), "hunter2", "{written:?}");
        }
        assert_eq!(bare("\"hun\"ter2"), "\"hun\"ter2");
    }

    #[test]
    fn the_part_of_base64_is_found_wherever_the_secret_begins() {
        for (shift, encoded) in [(0, "aHVudGVyMmh1bnRlcjI="), (1, "dTpodW50ZXIyaHVudGVyMg==")] {
            let shift = if shift == 0 { 0 } else { 2 };
            let part = inside_base64(b"hunter2hunter2", shift, STANDARD);
            let part = String::from_utf8(part).unwrap();
            assert!(encoded.contains(&part) && part.len() >= 17, "{part} in {encoded}");
        }
    }

    #[test]
    fn few_characters_are_no_needle() {
        assert!(all(["", "abc", " a "]).is_empty());
        assert_eq!(all(["abcd", "abcd "]).len(), 1);
    }
}
