//! Headers that carry credentials.
//!
//! What a connection keeps secret is masked in them as everywhere. What else could open a door is hidden as
//! well, such as a token that the service gave for the secret, but told apart from it: whoever looks sees
//! whether the secret is sent at all, and in which way.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_PAD_INDIFFERENT as STANDARD, URL_SAFE_PAD_INDIFFERENT as URL_SAFE};

use super::mask::MASK;
use super::needles::bare;

/// What stands in the place of a credential that is no secret of the connection.
pub const HIDDEN: &str = "(hidden)";

/// The headers, in small letters.
const HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-api-key"];

/// The longest name of a way to authenticate: `AWS4-HMAC-SHA256`.
const LONGEST_SCHEME: usize = 24;

/// Whether a header of this name carries credentials.
pub fn is_one(name: &str) -> bool {
    HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The value of such a header as it may be shown: `Bearer ***`. `masked` is it without those secrets that
/// are found in any text; here those that are too short for that are found as well.
pub fn shown(masked: &str, secrets: &[String]) -> String {
    let secrets: Vec<&str> = secrets.iter().map(|secret| bare(secret)).filter(|secret| !secret.is_empty()).collect();
    let mut shown = String::with_capacity(masked.len());
    let mut rest = masked;
    while let Some(begin) = rest.find(|char| !is_between(char)) {
        let end = rest[begin..].find(is_between).map_or(rest.len(), |length| begin + length);
        let (between, word) = (&rest[..begin], &rest[begin..end]);
        shown.push_str(between);
        let is_scheme = shown.is_empty() && rest[end..].starts_with(' ') && is_scheme(word);
        if is_scheme {
            shown.push_str(word)
        } else {
            part(word, &secrets, &mut shown)
        }
        rest = &rest[end..];
    }
    shown + rest
}

/// A word of a header: a credential, or `name=credential`.
fn part(word: &str, secrets: &[&str], shown: &mut String) {
    // The end of base64 is no name's.
    let named = word.split_once('=').filter(|(_, value)| !value.trim_start_matches('=').is_empty());
    let value = match named {
        Some((name, value)) => {
            shown.push_str(name);
            shown.push('=');
            value
        }
        None => word,
    };
    let is_secret = |value: &str| secrets.contains(&bare(value)) || holds(value, secrets);
    shown.push_str(match value {
        _ if value.contains(MASK) => value,
        _ if is_secret(value) => MASK,
        _ => HIDDEN,
    });
}

/// Whether a text in base64 holds a secret, however short: `user:key`.
fn holds(value: &str, secrets: &[&str]) -> bool {
    let decoded = STANDARD.decode(value).or_else(|_| URL_SAFE.decode(value)).unwrap_or_default();
    secrets.iter().any(|secret| decoded.windows(secret.len()).any(|part| part == secret.as_bytes()))
}

fn is_between(char: char) -> bool {
    matches!(char, ' ' | '\t' | ',' | ';')
}

/// Whether a word may be the name of a way to authenticate, and no credential.
fn is_scheme(word: &str) -> bool {
    word.len() <= LONGEST_SCHEME && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::super::Redactor;
    use super::*;

    fn of(value: &str) -> String {
        let secrets = ["hunter2hunter2".to_owned(), "k7".to_owned(), " ".to_owned()];
        let redactor = Redactor::of(secrets.iter().map(String::as_str));
        shown(&redactor.text(value), &secrets)
    }

    #[test]
    fn a_header_tells_whether_the_secret_is_sent_and_in_which_way() {
        for (value, told) in [
            ("hunter2hunter2", "***"),
            ("token hunter2hunter2", "token ***"),
            ("token ", "token "),
            ("token", HIDDEN),
            ("", ""),
            ("token k7", "token ***"),
            ("Basic dTpodW50ZXIyaHVudGVyMg==", "Basic ***"), // u:hunter2hunter2
            ("Basic dTprNw==", "Basic ***"),                 // u:k7
            ("Basic dTprNw", "Basic ***"),
            ("Basic dTo=", "Basic (hidden)"), // u:
            ("session=abc; key=hunter2hunter2", "session=(hidden); key=***"),
        ] {
            assert_eq!(of(value), told, "{value}");
        }
    }

    #[test]
    fn what_else_could_open_a_door_is_not_shown() {
        for (value, told) in [
            ("Bearer of.something", "Bearer (hidden)"),
            ("of.something", HIDDEN),
            ("something else", "something (hidden)"),
            ("0123456789abcdef0123456789abcdef and more", "(hidden) (hidden) (hidden)"),
            (r#"Digest username="ann", response="0a4f""#, "Digest username=(hidden), response=(hidden)"),
            (
                "AWS4-HMAC-SHA256 Credential=hunter2hunter2/20261129/eu, Signature=0a4f",
                "AWS4-HMAC-SHA256 Credential=***/20261129/eu, Signature=(hidden)",
            ),
            ("é\u{1f600}=, ;=", "(hidden), ;(hidden)"),
        ] {
            assert_eq!(of(value), told, "{value}");
        }
    }
}
