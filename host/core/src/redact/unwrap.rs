//! Taking a wrapping off a text: percent-encoding, and the escapes of JSON and HTML.

use std::ops::Range;

/// Kinds of wrapping to take off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    percent: bool,
    /// Forms write a blank as `+`.
    plus: bool,
    escape: bool,
    entity: bool,
}

impl Kinds {
    const NONE: Self = Self { percent: false, plus: false, escape: false, entity: false };

    /// Each for itself.
    pub const EACH: [Self; 4] = [
        Self { percent: true, ..Self::NONE },
        Self { percent: true, plus: true, ..Self::NONE },
        Self { escape: true, ..Self::NONE },
        Self { entity: true, ..Self::NONE },
    ];

    /// All at once, which is quicker and does not tell apart whose escapes are whose.
    pub const ALL: Self = Self { percent: true, plus: false, escape: true, entity: true };
}

/// A text without one layer of wrapping, and where each byte of it came from.
pub struct Unwrapped {
    pub text: Vec<u8>,
    /// For each byte, where its writing begins and ends in the text that was given first.
    from: Vec<Range<u32>>,
}

/// Whether there is anything to take off.
pub fn is_wrapped(text: &[u8], plus: bool) -> bool {
    memchr::memchr3(b'%', b'\\', b'&', text).is_some() || (plus && memchr::memchr(b'+', text).is_some())
}

impl Unwrapped {
    /// The text without a layer; nothing if it has none.
    pub fn of(text: &[u8], kinds: Kinds) -> Option<Self> {
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        unwrap(text, kinds, |at| position(at.start)..position(at.end))
    }

    /// The same once more.
    pub fn again(&self, kinds: Kinds) -> Option<Self> {
        unwrap(&self.text, kinds, |at| self.from[at.start].start..self.from[at.end - 1].end)
    }

    /// Where bytes of it stand in the text that was given first.
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        self.from[range.start].start as usize..self.from[range.end - 1].end as usize
    }
}

fn unwrap(text: &[u8], kinds: Kinds, source: impl Fn(Range<usize>) -> Range<u32>) -> Option<Unwrapped> {
    if !is_wrapped(text, kinds.plus) {
        return None;
    }
    let (mut bytes, mut from) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let (mut at, mut changed) = (0, false);
    while at < text.len() {
        let rest = &text[at..];
        let (written, length) = match rest[0] {
            b'%' if kinds.percent => percent(rest),
            b'\\' if kinds.escape => escape(rest),
            b'&' if kinds.entity => entity(rest),
            b'+' if kinds.plus => Some((Written::Byte(b' '), 1)),
            _ => None,
        }
        .inspect(|_| changed = true)
        .unwrap_or((Written::Byte(rest[0]), 1));
        let place = source(at..at + length);
        let mut room = [0; 4];
        let written = match written {
            Written::Byte(byte) => {
                room[0] = byte;
                &room[..1]
            }
            Written::Char(c) => c.encode_utf8(&mut room).as_bytes(),
        };
        bytes.extend_from_slice(written);
        from.extend(written.iter().map(|_| place.clone()));
        at += length;
    }
    changed.then_some(Unwrapped { text: bytes, from })
}

enum Written {
    Byte(u8),
    Char(char),
}

/// `%41`.
fn percent(text: &[u8]) -> Option<(Written, usize)> {
    let byte = hex(text.get(1..3)?)?;
    Some((Written::Byte(u8::try_from(byte).ok()?), 3))
}

/// `\"`, `\n`, `\u0041`, and two of the last for a character beyond 16 bits.
fn escape(text: &[u8]) -> Option<(Written, usize)> {
    let plain = match text.get(1)? {
        b'u' => {
            let unit = hex(text.get(2..6)?)?;
            if let Some(c) = char::from_u32(unit) {
                return Some((Written::Char(c), 6));
            }
            let low = text.get(6..8).filter(|next| *next == b"\\u").and_then(|_| hex(text.get(8..12)?))?;
            let c = char::decode_utf16([u16::try_from(unit).ok()?, u16::try_from(low).ok()?]).next()?.ok()?;
            return Some((Written::Char(c), 12));
        }
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        plain @ (b'"' | b'\'' | b'\\' | b'/') => *plain,
        _ => return None,
    };
    Some((Written::Byte(plain), 2))
}

/// `&amp;`, `&#65;`, `&#x41;`.
fn entity(text: &[u8]) -> Option<(Written, usize)> {
    const LONGEST: usize = 10;
    let end = text.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&text[1..end]).ok()?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((Written::Char(c), end + 1))
}

fn hex(digits: &[u8]) -> Option<u32> {
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(text: &str) -> Option<String> {
        Unwrapped::of(text.as_bytes(), Kinds::ALL).map(|unwrapped| String::from_utf8(unwrapped.text).unwrap())
    }

    #[test]
    fn one_layer_is_taken_off() {
        for (wrapped, plain) in [
            ("a%41%c3%A9", "aAé"),
            (r#"\"\\\/\n\u00e9\ud83d\ude00"#, "\"\\/\né😀"),
            ("&lt;&#65;&#x42;&quot;&amp;amp;", "<AB\"&amp;"),
            ("%2541", "%41"),
        ] {
            assert_eq!(unwrapped(wrapped).as_deref(), Some(plain), "{wrapped}");
        }
    }

    #[test]
    fn what_is_no_wrapping_stays() {
        for text in ["plain", "100 %", "%zz", "\\", "\\q", "&", "&none;", "\\ud83d", "\\u12", "a+b"] {
            assert_eq!(unwrapped(text), None, "{text}");
        }
    }

    #[test]
    fn it_is_known_where_things_came_from() {
        let text = br"x\u0041%42y";
        let unwrapped = Unwrapped::of(text, Kinds::ALL).unwrap();
        assert_eq!(unwrapped.text, b"xABy");
        assert_eq!(unwrapped.source(1..3), 1..10);
        let twice = Unwrapped::of(b"a%2541b", Kinds::ALL).unwrap().again(Kinds::ALL).unwrap();
        assert_eq!((twice.text.as_slice(), twice.source(1..2)), (&b"aAb"[..], 1..6));
    }
}
