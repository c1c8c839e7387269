//! A source text taken apart: names and signs, without comments, texts and what is for tests alone.

/// The names, `::`, and single signs of a source text.
pub fn of(source: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            '"' => text(rest),
            '\'' => character(rest),
            'r' | 'b' | 'c' if prefixed_text(rest).is_some() => prefixed_text(rest).unwrap_or(1),
            ':' if rest.starts_with("::") => {
                tokens.push("::");
                2
            }
            first if is_of_name(first) => {
                let length = rest.find(|other| !is_of_name(other)).unwrap_or(rest.len());
                tokens.push(&rest[..length]);
                length
            }
            first => {
                if !first.is_whitespace() {
                    tokens.push(&rest[..first.len_utf8()]);
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    without_tests(&tokens)
}

/// Whether a token is a name, a keyword or a number.
pub fn is_name(token: &str) -> bool {
    token.starts_with(is_of_name)
}

fn is_of_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// The length of a comment between signs, which may hold others.
fn comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    text.len()
}

/// The length of a text in quotation marks.
fn text(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a text with letters before its quotation mark, which may be a raw one.
fn prefixed_text(source: &str) -> Option<usize> {
    let letters = source.find(|char| !matches!(char, 'r' | 'b' | 'c'))?;
    let rest = &source[letters..];
    let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
    if letters > 2 || !rest[hashes..].starts_with('"') {
        return None;
    }
    if !source[..letters].contains('r') {
        return (hashes == 0).then(|| letters + text(rest));
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = letters + hashes + 1;
    Some(source[begin..].find(&end).map_or(source.len(), |at| begin + at + end.len()))
}

/// The length of a character, or of the sign before a lifetime's name.
fn character(source: &str) -> usize {
    let mut chars = source.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            chars.next();
            source[3..].find('\'').map_or(source.len(), |at| 3 + at + 1)
        }
        Some(_) if matches!(chars.next(), Some((_, '\''))) => chars.next().map_or(source.len(), |(at, _)| at),
        _ => 1,
    }
}

/// Leaves out each item under `#[cfg(test)]`.
fn without_tests<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut rest) = (Vec::new(), tokens);
    while let Some((first, after)) = rest.split_first() {
        if let Some(item) = rest.strip_prefix(MARK.as_slice()) {
            rest = &item[item_length(item)..];
        } else {
            kept.push(*first);
            rest = after;
        }
    }
    kept
}

/// How many tokens an item has: up to its semicolon, or the end of its block.
fn item_length(tokens: &[&str]) -> usize {
    let is_import = tokens.iter().take_while(|token| **token != "{").any(|token| *token == "use");
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 && (*token == ";" || (*token == "}" && !is_import)) {
            return at + 1;
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_signs_outside_of_comments_and_texts_are_left() {
        for (source, left) in [
            ("a::b; // c::d\ne", "a :: b ; e"),
            ("a /* b /* c */ d */ e", "a e"),
            (r#"a("b \" c", 'd', '\'', '\u{7}', '"') e"#, "a ( , , , , ) e"),
            ("a(r\"b\\\", br#\"c\"d\"#, b\"e\", b'f', r#type) g", "a ( , , , b , r # type ) g"),
            ("fn a<'b>(c: &'b str) {}", "fn a < b > ( c : & b str ) { }"),
            ("rustls::b brb", "rustls :: b brb"),
        ] {
            assert_eq!(of(source).join(" "), left, "{source}");
        }
    }

    #[test]
    fn what_is_for_tests_alone_is_left_out() {
        for (source, left) in [
            ("a #[cfg(test)] mod tests { use b; fn c() { d(); } } e", "a e"),
            ("#[cfg(test)] mod tests; a", "a"),
            ("#[cfg(test)] #[path = \"x.rs\"] mod tests; a", "a"),
            ("#[cfg(test)] use b::{c, d}; a", "a"),
            ("#[cfg(test)] pub fn b(c: [u8; 2]) -> d { e; } a", "a"),
            ("#[cfg(unix)] a", "# [ cfg ( unix ) ] a"),
        ] {
            assert_eq!(of(source).join(" "), left, "{source}");
        }
    }
}
