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
    let cut = |name: &String| match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.clone(),
    };
    let told: Vec<_> = names.iter().take(MOST).map(cut).collect();
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
    fn names_are_told_on_one_line_and_cut_where_nobody_reads_on() {
        assert_eq!(on_one_line(" Order\r\nnumber\u{a0}\t(new)\u{0} "), "Order number (new)");
        assert_eq!(on_one_line(""), "");
        let names = |count: usize| (0..count).map(|name| name.to_string()).collect::<Vec<_>>();
        assert_eq!((list(&[]), list(&names(2))), ("none".to_owned(), "0, 1".to_owned()));
        assert!(list(&names(52)).ends_with(", 48, 49 and 2 more"));
        assert_eq!(list(&["я".repeat(81)]), format!("{}…", "я".repeat(80)));
    }
}
