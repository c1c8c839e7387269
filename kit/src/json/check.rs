//! The proof that a text is JSON (RFC 8259), however deeply nested.

use crate::text::find_byte;

/// A member of an object: its name and its value, each as it was written.
type Member<'a> = (&'a str, &'a str);

/// Checks that a text is one JSON value, and gives the members of that value if it is an object.
///
/// # Errors
/// The place of the first byte that can't stand where it stands.
pub(super) fn members(json: &str) -> Result<Vec<Member<'_>>, usize> {
    let mut reader = Reader { json, place: 0 };
    let mut members = Vec::new();
    match reader.read(&mut members) {
        Some(()) => Ok(members),
        None => Err(reader.place),
    }
}

/// A text that is read from its beginning; `None` means that it is no JSON at the place reached.
struct Reader<'a> {
    json: &'a str,
    place: usize,
}

impl<'a> Reader<'a> {
    fn read(&mut self, members: &mut Vec<Member<'a>>) -> Option<()> {
        // The closing brackets of what is open.
        let mut open = Vec::new();
        // The name of the outermost object's member, and where its value begins.
        let (mut name, mut from) = ("", 0);
        loop {
            let first = self.next()?;
            if open.len() == 1 {
                from = self.place;
            }
            match first {
                bracket @ (b'{' | b'[') => {
                    let is_object = bracket == b'{';
                    let close = if is_object { b'}' } else { b']' };
                    self.place += 1;
                    open.push(close);
                    if self.next()? != close {
                        if is_object {
                            let inner = self.name()?;
                            name = if open.len() == 1 { inner } else { name };
                        }
                        continue;
                    }
                    self.place += 1;
                    open.pop();
                }
                b'"' => self.string()?,
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                _ => self.number()?,
            }
            // A value is over, and with it what it may have been the last of.
            loop {
                let Some(close) = open.last().copied() else {
                    return if self.next().is_none() { Some(()) } else { None };
                };
                let is_member = close == b'}';
                if is_member && open.len() == 1 {
                    members.push((name, self.json.get(from..self.place)?));
                }
                match self.next()? {
                    b',' => {
                        self.place += 1;
                        if is_member {
                            let inner = self.name()?;
                            name = if open.len() == 1 { inner } else { name };
                        }
                        break;
                    }
                    byte if byte == close => {
                        self.place += 1;
                        open.pop();
                    }
                    _ => return None,
                }
            }
        }
    }

    /// The next byte that is no white space.
    #[inline(never)]
    fn next(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.place += 1;
        }
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.json.as_bytes().get(self.place).copied()
    }

    /// A member's name, and its colon.
    #[inline(never)]
    fn name(&mut self) -> Option<&'a str> {
        self.next()?;
        let from = self.place;
        self.string()?;
        let name = self.json.get(from..self.place);
        self.next().filter(|byte| *byte == b':')?;
        self.place += 1;
        name
    }

    #[inline(never)]
    fn string(&mut self) -> Option<()> {
        self.one(b'"')?;
        loop {
            let rest = self.json.get(self.place..)?;
            let end = find_byte(rest, |byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
            self.place += end.unwrap_or(rest.len());
            match self.byte()? {
                b'"' => {
                    self.place += 1;
                    return Some(());
                }
                b'\\' => {
                    self.place += 1;
                    match self.byte()? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.place += 1,
                        b'u' => {
                            self.place += 1;
                            for _ in 0..4 {
                                self.byte().filter(u8::is_ascii_hexdigit)?;
                                self.place += 1;
                            }
                        }
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        word.bytes().try_for_each(|byte| self.one(byte))
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.one(b'-');
        if self.one(b'0').is_none() {
            self.digits()?;
        }
        if self.one(b'.').is_some() {
            self.digits()?;
        }
        if self.one(b'e').or_else(|| self.one(b'E')).is_some() {
            let _ = self.one(b'+').or_else(|| self.one(b'-'));
            self.digits()?;
        }
        Some(())
    }

    /// One digit or more.
    #[inline(never)]
    fn digits(&mut self) -> Option<()> {
        self.byte().filter(u8::is_ascii_digit)?;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.place += 1;
        }
        Some(())
    }

    /// This byte.
    #[inline(never)]
    fn one(&mut self, byte: u8) -> Option<()> {
        self.byte().filter(|next| *next == byte)?;
        self.place += 1;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    fn check(json: &str) -> Result<(), usize> {
        members(json).map(drop)
    }

    fn serde_takes(json: &str) -> bool {
        serde_json::from_str::<IgnoredAny>(json).is_ok()
    }

    #[test]
    fn what_is_no_json_is_told_by_its_place() {
        for (json, place) in [
            ("", 0),
            ("  ", 2),
            ("{\"a\":}", 5),
            ("[1,]", 3),
            ("{} x", 3),
            ("01", 1),
            ("[1.]", 3),
            ("\"\\x\"", 2),
            ("\"\\u12g4\"", 5),
            ("\"a\nb\"", 2),
            ("\"a", 2),
            ("nul", 3),
            ("[1}", 2),
            ("{\"a\" 1}", 5),
            ("{'a':1}", 1),
            ("{\"a\":1,}", 7),
        ] {
            assert_eq!(check(json), Err(place), "{json}");
            assert!(!serde_takes(json), "{json}");
        }
    }

    #[test]
    fn the_members_of_the_outermost_object_are_given() {
        let json = r#" { "a" : {"b":[1,{"c":2}], "d":{}} , "e":[] ,"f" : {} , "g":"}" } "#;
        let found =
            [(r#""a""#, r#"{"b":[1,{"c":2}], "d":{}}"#), (r#""e""#, "[]"), (r#""f""#, "{}"), (r#""g""#, r#""}""#)];
        assert_eq!(members(json).as_deref(), Ok(&found[..]));
        for none in ["{}", "[{\"a\":1}]", "1", " [] "] {
            assert_eq!(members(none), Ok(Vec::new()), "{none}");
        }
    }

    #[test]
    fn no_depth_is_too_deep() {
        let deep = |depth: usize| ["[{\"a\":".repeat(depth), "}]".repeat(depth)].join("0");
        for depth in [1, 100, 100_000] {
            assert_eq!(check(&deep(depth)), Ok(()), "{depth}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_another_reader_takes_is_taken_and_nothing_else(
            json in "[\\[\\]{}\",:\\\\ 01.eE+\\-truefalsn\u{7f}\\n\u{b}я/bu]{0,16}"
        ) {
            prop_assert_eq!(check(&json).is_ok(), serde_takes(&json), "{}", json);
        }

        #[test]
        fn a_change_of_one_character_is_seen_as_others_see_it(place in 0usize..70, with in "[\\[\\]{}\",:\\\\ 0.e\\-tx\\t]?") {
            let mut json: Vec<char> = r#" {"a": [1, -0.5e+10, "\u00e9\\\"", true, false, null, {}, []], "b": {"c": ""}} "#.chars().collect();
            let place = place % json.len();
            json.splice(place..=place, with.chars());
            let json: String = json.into_iter().collect();
            prop_assert_eq!(check(&json).is_ok(), serde_takes(&json), "{}", json);
        }
    }
}
