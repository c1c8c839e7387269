//! Web pages that come instead of an answer.

use std::borrow::Cow;

use crate::text::split;

/// A text without its tags, its scripts and its lines, if it has any tag: a page as people read it.
#[cold]
#[inline(never)]
pub fn readable(text: &str) -> Cow<'_, str> {
    if next_tag(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = next_tag(rest) {
        let (before, tag) = split(rest, place);
        words.push_str(before);
        let (tag, after) = split(tag, end_of(tag));
        rest = after;
        // A word with a tag in it stays a word.
        if !["<b>", "</b>", "<i>", "</i>"].contains(&tag) {
            words.push(' ');
        }
    }
    words.push_str(rest);
    let mut line = String::with_capacity(words.len());
    for word in words.split_ascii_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    Cow::Owned(line)
}

/// Whether it is a web page.
#[cold]
#[inline(never)]
pub fn is_html(text: &str) -> bool {
    ["<!doctype html", "<html", "<body"].iter().any(|tag| find_ignoring_case(text, tag).is_some())
}

/// Where the next tag or comment begins. `<` alone is none.
#[inline(never)]
fn next_tag(text: &str) -> Option<usize> {
    text.as_bytes()
        .windows(2)
        .position(|pair| pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || matches!(pair[1], b'/' | b'!' | b'?')))
}

/// How long the tag is at the beginning of a text, with what is for programs alone: a comment, a
/// script, a style. One that does not end is all of the text.
#[inline(never)]
fn end_of(tag: &str) -> usize {
    let end = [("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>")]
        .iter()
        .find(|(begin, _)| tag.as_bytes().get(..begin.len()).is_some_and(|b| b.eq_ignore_ascii_case(begin.as_bytes())))
        .map_or(">", |(_, end)| end);
    find_ignoring_case(tag, end).map_or(tag.len(), |place| place + end.len())
}

/// Where an ASCII text stands in another, in capitals or not.
#[inline(never)]
fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes().windows(wanted.len()).position(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_without_its_tags() {
        for (page, text) in [
            ("<h1>Out of\r\n order</h1>", "Out of order"),
            ("<HTML><head><Style>h1 { a > b }</sTyle><script>if (a < b) {}</script></head><p>A<p>B", "A B"),
            ("<!-- a > b -->x<?php echo 1 ?>", "x"),
            (
                "<br />\n<b>Warning</b>:  a() in <b>/www/a.php</b> on line <b>7</b><br />\n{}",
                "Warning: a() in /www/a.php on line 7 {}",
            ),
            ("a <b", "a"),
            ("<!-- never ends", ""),
        ] {
            assert_eq!(readable(page), text, "{page}");
        }
        for text in ["", "a < b > c", "5<6", "{\"a\":1}\n", "<", "я <3"] {
            assert_eq!(readable(text), text);
        }
    }

    #[test]
    fn a_page_is_known_as_such() {
        assert!(is_html("\n<!DOCTYPE HTML><p>") && is_html("<Html lang=\"ru\">") && !is_html("{\"html\":1}"));
    }
}
