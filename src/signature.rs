//! How requests are signed and replies verified.
//!
//! Source: the service's help pages on `UpdateOrderStatus` (functions `GetHash` and `CheckHash` of
//! its PHP example).

use md5::{Digest, Md5};

use plugin_kit::{Secret, signature};

/// The hash of a request: MD5 over `{form}::{login}::{key}` as lower-case hex, where `form` is the
/// encoded body without the hash. Without parameters the text is `::{login}::{key}`.
pub fn sign(form: &str, login: &str, key: &Secret) -> String {
    md5_hex(&[form, "::", login, "::", key.expose()])
}

/// Whether `claimed` is the hash of a reply: MD5 over `{error_code}::{error_text}::{key}`.
///
/// `code` is the code as the service printed it, `text` the decoded text. The comparison takes the
/// same time wherever the hashes differ; PHP's `==` of the service's example would also take two
/// different hashes of the form `0e…` for equal numbers.
pub fn verify(code: &str, text: &str, key: &Secret, claimed: &str) -> bool {
    signature::same_hex(claimed, &md5_hex(&[code, "::", text, "::", key.expose()]))
}

/// The hash of a notification: MD5 over `{id}{email}{time}{key}`, as the service's help pages on
/// notifications say. Nothing stands between the parts.
pub fn notification(id: &str, email: &str, time: &str, key: &Secret) -> String {
    md5_hex(&[id, email, time, key.expose()])
}

/// MD5 over the parts, as lower-case hex.
pub fn md5_hex(parts: &[&str]) -> String {
    let mut hasher = Md5::new();
    for part in parts {
        hasher.update(part);
    }
    signature::hex(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_key() -> Secret {
        Secret::new("X".repeat(40))
    }

    #[test]
    fn requests_hash_to_the_known_answers() {
        let form = "bill_id=100000&status=sent&date=1362254400&rpo=10000000000000";
        assert_eq!(sign(form, "username", &sample_key()), "92cea5ba30b463b8c3b234e3d2945e65");
        assert_eq!(sign("", "username", &sample_key()), "53de7e1144de71c41d1cb06887f4b179");
    }

    #[test]
    fn notifications_hash_to_the_known_answers() {
        for (time, hash) in [
            ("1362254400", "974c143c93b45a21be071d7ab814e521"),
            ("1362340800", "4b1ef3a3cccfcc28451f8941bb592e53"),
            ("", "0d9602d6724387a9eba42334b67e406f"),
        ] {
            assert_eq!(notification("123", "client@email.com", time, &sample_key()), hash);
        }
    }

    #[test]
    fn replies_hash_to_the_known_answers() {
        for (code, text, hash) in [
            ("0", "OK", "cf2b10a8fd707c6d14f496e19503b0a1"),
            ("4", "Incorrect hash", "b65427c45515bf2ed64b2149156e103b"),
            ("200", "Nonexistent order", "e95a8dcc9368519482412470b53d392f"),
        ] {
            assert!(verify(code, text, &sample_key(), hash));
            assert!(verify(code, text, &sample_key(), &hash.to_uppercase()));
        }
    }

    #[test]
    fn a_hash_that_differs_in_any_place_or_in_length_does_not_verify() {
        let hash = "cf2b10a8fd707c6d14f496e19503b0a1";
        for place in 0..hash.len() {
            let mut forged = hash.to_owned();
            forged.replace_range(place..=place, if &hash[place..=place] == "0" { "1" } else { "0" });
            assert!(!verify("0", "OK", &sample_key(), &forged), "{forged}");
        }
        for forged in ["", "0", "cf2b10a8fd707c6d14f496e19503b0a", "cf2b10a8fd707c6d14f496e19503b0a10"] {
            assert!(!verify("0", "OK", &sample_key(), forged), "{forged}");
        }
    }

    #[test]
    fn two_hashes_that_php_takes_for_equal_numbers_are_different() {
        // md5("240610708") is 0e462097431906509019562988736854, a number for PHP's `==`.
        let key = Secret::new("k".to_owned());
        assert!(!verify("0", "t", &key, "0e462097431906509019562988736854"));
    }
}
