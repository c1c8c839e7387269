//! A stranger's texts, in files whose lines mean something.

/// Whether a letter shows what it is: no control character, no line end, nothing that turns the direction of a line.
pub fn is_seen(letter: char) -> bool {
    let turns = matches!(
        u32::from(letter),
        0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb
            | 0xe0000..=0xe007f
    );
    letter == ' ' || !(letter.is_control() || letter.is_whitespace() || turns)
}

/// A text in one line, without what can't be seen.
pub fn line(text: &str) -> String {
    let seen: String = text.chars().map(|letter| if is_seen(letter) { letter } else { ' ' }).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in one line of at most so many characters, cut behind a word.
pub fn shortened(text: &str, most: usize) -> String {
    let whole = line(text);
    if whole.chars().count() <= most {
        return whole;
    }
    let kept: String = whole.chars().take(most - 1).collect();
    let end = kept.rfind(' ').filter(|end| *end > 0).unwrap_or(kept.len());
    format!("{}…", kept[..end].trim_end_matches([' ', ',', ';', ':', '.']))
}

/// A text in one line that ends as a sentence does.
pub fn sentence(text: &str) -> String {
    let clean = line(text);
    if clean.is_empty() || clean.ends_with(['.', '?', '!', '…']) { clean } else { format!("{clean}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_whatever_is_in_it() {
        assert_eq!(line(" a\r\n\tb\u{0}c\u{2028}d\u{202e}e\u{7f} "), "a b c d e");
        assert_eq!(sentence("Sells"), "Sells.");
        assert_eq!(sentence("Sells?\n"), "Sells?");
    }

    #[test]
    fn a_long_text_is_cut_behind_a_word() {
        assert_eq!(shortened("one two three", 13), "one two three");
        assert_eq!(shortened("one two, three", 11), "one two…");
        assert_eq!(shortened("ééééééé", 4), "ééé…");
    }
}
