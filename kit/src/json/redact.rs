//! JSON passed on without its secrets.

use std::borrow::Cow;

use super::string;
use super::string_length;
use super::write::push_quoted;
use crate::secret::Secrets;
use crate::text::{find_byte, split};

/// How deeply what is passed on may be nested: less than the 128 levels at which common readers
/// give up.
const MAX_DEPTH: usize = 100;

/// Valid JSON as it was written, but for the secrets, which are taken out of every string; `None` if
/// it is nested too deeply to be passed on, or has a string that is no text.
pub fn redact(json: &str, secrets: &Secrets) -> Option<String> {
    let mut redacted = String::with_capacity(json.len());
    let mut depth = 0usize;
    let mut rest = json;
    while let Some(place) = find_byte(rest, |byte| matches!(byte, b'"' | b'[' | b'{' | b']' | b'}')) {
        let (before, from) = split(rest, place);
        redacted.push_str(before);
        let token = match from.as_bytes()[0] {
            b'"' => {
                let (token, _) = split(from, string_length(from));
                let text = string(token)?;
                let shown = secrets.redact(&text);
                // Unchanged strings keep their escapes, unless one reads like a secret together with what stands
                // behind it, as 0123456 does in \u0123456.
                if shown == text && (matches!(text, Cow::Borrowed(_)) || !secrets.are_in(token)) {
                    redacted.push_str(token);
                } else {
                    push_quoted(&mut redacted, &shown);
                }
                token
            }
            open_or_close => {
                depth = if matches!(open_or_close, b'[' | b'{') { depth + 1 } else { depth.saturating_sub(1) };
                redacted.push(char::from(open_or_close));
                split(from, 1).0
            }
        };
        if depth > MAX_DEPTH {
            return None;
        }
        (_, rest) = split(from, token.len());
    }
    redacted.push_str(rest);
    Some(redacted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn json_without_the_secret_is_passed_on_to_the_letter() {
        let secret = Secrets::from(Secret::new("hunter2".to_owned()));
        for json in [r#"{"a\u0041\"\\":[1.50,"\/",{"x":null}],"b":"{"}"#, "[]", "1e400", r#""""#] {
            assert_eq!(redact(json, &secret).as_deref(), Some(json));
        }
    }

    #[test]
    fn the_secret_is_taken_out_of_names_and_texts_however_it_is_escaped() {
        let secret = Secrets::from(Secret::new("hunter2".to_owned()));
        let json = r#"{"hunter2":["x hunter2","\u0068unter2"]}"#;
        assert_eq!(redact(json, &secret).as_deref(), Some(r#"{"***":["x ***","***"]}"#));
    }

    #[test]
    fn an_escape_and_what_stands_behind_it_do_not_read_like_the_secret() {
        let secret = Secrets::from(Secret::new("0123456".to_owned()));
        assert_eq!(redact(r#"["\u0123456","\n"]"#, &secret).as_deref(), Some(r#"["ģ456","\n"]"#));
    }

    #[test]
    fn what_is_nested_too_deeply_is_not_passed_on() {
        let secret = Secrets::from(Secret::new(String::new()));
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(redact(&nested(100), &secret).is_some());
        assert!(redact(&nested(101), &secret).is_none());
        assert!(redact(&nested(1_000_000), &secret).is_none());
    }
}
