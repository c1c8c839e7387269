//! Texts as people paste them.

/// A text without the blanks around it, also those that nobody sees: byte order marks and
/// characters without a width.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_unseen)
}

/// Whether nobody sees a character: a blank, or one without a width.
pub fn is_unseen(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_taken_off_also_those_that_nobody_sees() {
        assert_eq!(trim("\u{feff} \u{a0}a\u{200b}b\u{200b}\t\u{2060}"), "a\u{200b}b");
        assert_eq!(trim(" \u{feff} "), "");
    }
}
