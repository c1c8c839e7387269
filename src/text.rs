//! What all texts have in common.

/// Takes the white space off both ends: what `\s` means in a JSON Schema, which follows ECMAScript.
/// It is Unicode's white space without U+0085, a control character, and with the byte order mark.
pub fn trim(text: &str) -> &str {
    // Most texts show at once that there is none.
    if let (Some(b'!'..=b'~'), Some(b'!'..=b'~')) = (text.as_bytes().first(), text.as_bytes().last()) {
        return text;
    }
    text.trim_matches(|c: char| (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}')
}

/// Whether there is a control character.
pub fn has_control(text: &str) -> bool {
    // Most texts are ASCII, whose bytes are looked at sooner than characters.
    !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && text.chars().any(char::is_control)
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
    fn white_space_is_what_a_json_schema_takes_for_it() {
        assert_eq!(trim("\u{feff} \t\u{a0}a b\u{2028}\n"), "a b");
        assert_eq!(trim("\u{85}a\u{85}"), "\u{85}a\u{85}");
        for text in ["", "a", "a b", "я", "~!"] {
            assert_eq!(trim(text), text);
        }
        assert_eq!((trim(" \u{feff}"), trim("я "), trim(" a")), ("", "я", "a"));
    }

    #[test]
    fn control_characters_are_those_of_unicode() {
        for text in ["a\n", "\u{7f}", "a\u{85}b", "\0"] {
            assert!(has_control(text), "{text:?}");
        }
        for text in ["", "a ~!", "я\u{a0}\u{feff}"] {
            assert!(!has_control(text), "{text:?}");
        }
    }

    #[test]
    fn a_text_is_split_where_a_character_begins_and_nowhere_else() {
        assert_eq!(split("яb", 2), ("я", "b"));
        for nowhere in [1, 4, usize::MAX] {
            assert_eq!(split("яb", nowhere), ("яb", ""));
        }
    }
}
