//! Texts as people paste them.

/// A text without the blanks around it, also those that nobody sees: byte order marks and
/// characters without a width.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|char: char| {
        char.is_whitespace()
            || char.is_control()
            || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
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
