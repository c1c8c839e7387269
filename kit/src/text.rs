//! What all texts have in common: what stands around them, and what can't be seen in them.

/// Takes off both ends what nobody sees there: white space, and the characters without a width that
/// come along when a text is copied.
pub fn trim(text: &str) -> &str {
    // Most texts show at once that there is none.
    if let (Some(b'!'..=b'~'), Some(b'!'..=b'~')) = (text.as_bytes().first(), text.as_bytes().last()) {
        return text;
    }
    // What makes an emoji of the character before it is a part of the text.
    let is_part = |c: char| matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e01ef}');
    let is_around = |c: char| c == ' ' || (is_hidden(c) && (c.is_whitespace() || !c.is_control()) && !is_part(c));
    text.trim_matches(is_around)
}

/// The first character of a text that people can't see, or that looks like a blank and is none.
pub fn hidden(text: &str) -> Option<char> {
    // Most texts are ASCII, whose bytes are looked at sooner than characters.
    if !any_byte(text, |byte| !matches!(byte, b' '..=b'~')) {
        return None;
    }
    text.chars().find(|c| is_hidden(*c))
}

/// Whether people can't see a character, or take it for a blank that it is not.
// Not inlined, here and elsewhere: the module would grow with each place that calls it.
#[inline(never)]
fn is_hidden(c: char) -> bool {
    c.is_control() || has_no_width(c) || (c.is_whitespace() && c != ' ')
}

/// The place of the first byte that is looked for. It is inlined with its test, wherever code is made
/// small: most of what a call computes is such a loop.
#[inline(always)]
pub(crate) fn find_byte(text: &str, test: impl Fn(u8) -> bool) -> Option<usize> {
    for (place, byte) in text.as_bytes().iter().enumerate() {
        if test(*byte) {
            return Some(place);
        }
    }
    None
}

/// Whether there is a byte that is looked for.
#[inline(always)]
pub(crate) fn any_byte(text: &str, test: impl Fn(u8) -> bool) -> bool {
    find_byte(text, test).is_some()
}

/// Whether a part stands in a text. The standard library's search is made for long texts, and would
/// be a thirtieth of the module.
#[inline(never)]
pub fn contains(text: &str, part: &str) -> bool {
    let part = part.as_bytes();
    (0..text.len()).any(|place| text.as_bytes().get(place..).is_some_and(|rest| rest.starts_with(part)))
}

/// A whole number of digits, maybe with a sign before them. The standard library's reading of numbers is
/// a part of the module once more for each crate and type that calls it.
#[inline(never)]
pub fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Whether a character shows nothing by itself: Unicode's format characters, but for the Arabic and
/// Egyptian ones that are seen, what else it lets a font leave out, the blank of Braille, and the
/// byte order mark read backwards.
fn has_no_width(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// How a character is called that can't be shown: `U+200B`.
#[cold]
#[inline(never)]
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// A text whose hidden characters are shown: `1<U+200B>2`.
#[cold]
#[inline(never)]
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.push('<');
            shown.push_str(&code_point(c));
            shown.push('>');
        } else {
            shown.push(c);
        }
    }
    shown
}

/// What is before a place, and what is from there on; all of it is before a place that is within no
/// text or character.
///
/// The standard library's `split_at` and slices panic there instead. With a message that shows the
/// character, for which the module would be a twentieth larger.
pub fn split(text: &str, place: usize) -> (&str, &str) {
    text.split_at_checked(place).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_around_a_text_is_taken_off() {
        assert_eq!(trim("\u{feff} \t\u{a0}\u{200b}a b\u{2028}\u{2060}\u{85}\n"), "a b");
        for text in ["", "a", "a b", "я", "~!", "\0a\0"] {
            assert_eq!(trim(text), text);
        }
        assert_eq!((trim(" \u{feff}"), trim("я "), trim(" a")), ("", "я", "a"));
    }

    #[test]
    fn a_character_that_nobody_sees_is_found() {
        for c in [
            '\n',
            '\0',
            '\u{7f}',
            '\u{85}',
            '\u{a0}',
            '\u{ad}',
            '\u{200b}',
            '\u{200e}',
            '\u{202e}',
            '\u{202f}',
            '\u{2028}',
            '\u{2060}',
            '\u{3000}',
            '\u{feff}',
            '\u{fffe}',
            '\u{e0041}',
        ] {
            assert_eq!(hidden(&format!("я{c}b")), Some(c), "{}", code_point(c));
        }
        for text in ["", "a ~!", "я", "№ 5 «Ё»", "e\u{301}", "🦔", "\u{fffd}"] {
            assert_eq!(hidden(text), None, "{text}");
        }
    }

    #[test]
    fn hidden_characters_are_shown_by_their_number() {
        assert_eq!(shown("1\u{200b}2\n\u{e0041}я 3"), "1<U+200B>2<U+000A><U+E0041>я 3");
    }

    #[test]
    fn a_text_is_split_where_a_character_begins_and_nowhere_else() {
        assert_eq!(split("яb", 2), ("я", "b"));
        for nowhere in [1, 4, usize::MAX] {
            assert_eq!(split("яb", nowhere), ("яb", ""));
        }
    }
}
