//! Texts as people paste and save them.

use std::borrow::Cow;

/// A text without the blanks around it, also those that nobody sees: byte order marks and
/// characters without a width.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_unseen)
}

/// Whether nobody sees a character: a blank, or one without a width.
pub fn is_unseen(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Whether a terminal would take a character for a command, or a reader would be shown another text than
/// stands there: control characters but line break and tab, and what turns the direction of text round.
pub fn is_deceptive(char: char) -> bool {
    match char {
        '\n' | '\t' => false,
        '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

/// A text from outside as it may be printed: what a terminal would take for a command is spelled out.
pub fn printable(text: &str) -> Cow<'_, str> {
    spelled_out(text, is_deceptive, |char| char.escape_unicode().to_string())
}

/// A name or a path from outside within a line: what would break the line is spelled out as well.
pub fn within_line(text: &str) -> Cow<'_, str> {
    let is_spelled = |char| matches!(char, '\n' | '\t') || is_deceptive(char);
    spelled_out(text, is_spelled, |char| char.escape_debug().to_string())
}

/// The same of JSON, which stays what it is: such characters stand in its texts alone, but for the line
/// break `\r`.
pub fn printable_json(text: &str) -> Cow<'_, str> {
    spelled_out(
        text,
        is_deceptive,
        |char| if char == '\r' { " ".to_owned() } else { format!("\\u{:04x}", u32::from(char)) },
    )
}

fn spelled_out(text: &str, is_spelled: impl Fn(char) -> bool, spelled: impl Fn(char) -> String) -> Cow<'_, str> {
    if !text.contains(&is_spelled) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if is_spelled(char) { shown.push_str(&spelled(char)) } else { shown.push(char) }
    }
    Cow::Owned(shown)
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

/// So many of something: `1 request`, `2 requests`.
pub fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// A name from outside on one line, as it is told.
pub fn on_one_line(name: &str) -> String {
    let plain = |char: char| if char.is_control() || char.is_whitespace() || is_deceptive(char) { ' ' } else { char };
    let name: String = name.chars().map(plain).collect();
    trim(&name).split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
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
    fn what_a_terminal_would_obey_is_spelled_out_and_json_stays_what_it_is() {
        assert_eq!(printable("a\x1b[2J\u{9b}31m\u{202e}b\tc\nd"), "a\\u{1b}[2J\\u{9b}31m\\u{202e}b\tc\nd");
        assert!(matches!(printable("Заказ № 7\n"), Cow::Borrowed(_)));
        assert_eq!(within_line("C:\\a  b\r\n\t\u{1b}\u{202e}ж"), "C:\\a  b\\r\\n\\t\\u{1b}\\u{202e}ж");
        let json = "{\"a\":\r\n\"x\u{9b}31m\u{7f}\u{202e}\"}";
        assert_eq!(printable_json(json), "{\"a\": \n\"x\\u009b31m\\u007f\\u202e\"}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&printable_json(json)), read(json));
    }

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
