//! A key by which a service knows the repeats of a call, and how fields take it.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// A key of 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 16]);

impl Key {
    /// A key that nothing else has: a UUID of version 4.
    ///
    /// # Panics
    /// If the system has no randomness to give.
    pub fn fresh() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system gives random bytes");
        Self::with_version(bytes, 4)
    }

    /// 256 bits that nobody guesses, for a secret of the host's own.
    ///
    /// # Panics
    /// If the system has no randomness to give.
    pub fn secret() -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the system gives random bytes");
        bytes
    }

    /// The key of what these texts name, the same each time: a UUID of version 8, of their SHA-256.
    pub fn derived<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.finalize()[..16]);
        Self::with_version(bytes, 8)
    }

    /// As RFC 9562 has it.
    fn with_version(mut bytes: [u8; 16], version: u8) -> Self {
        bytes[6] = bytes[6] & 0x0f | version << 4;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// In the first of these forms that a field of this schema takes: a UUID's text, 32 hexadecimal
    /// digits, 22 letters and digits, 39 digits. None of them loses anything of the key.
    pub fn text_for(self, field: &Value) -> Option<String> {
        let number = u128::from_be_bytes(self.0);
        let hex = format!("{number:032x}");
        let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
        let forms = [uuid, hex, in_letters(number), format!("{number:039}")];
        let validator = jsonschema::validator_for(field).ok()?;
        forms.into_iter().find(|form| validator.is_valid(&form.as_str().into()))
    }
}

/// A number in 22 letters and digits.
fn in_letters(mut number: u128) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = [0; 22];
    for place in text.iter_mut().rev() {
        *place = LETTERS[(number % 62) as usize];
        number /= 62;
    }
    text.iter().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_derived_key_is_the_same_each_time_and_a_fresh_one_never() {
        assert_eq!(Key::derived(["a", "b"]), Key::derived(["a", "b"]));
        assert_ne!(Key::derived(["a", "b"]), Key::derived(["ab", ""]));
        assert_ne!(Key::fresh(), Key::fresh());
        let text = Key::derived(["a"]).text_for(&json!({})).unwrap();
        assert_eq!((text.len(), &text[14..15]), (36, "8"), "{text}");
        assert_eq!(&Key::fresh().text_for(&json!({})).unwrap()[14..15], "4");
    }

    #[test]
    fn a_key_is_written_as_its_field_takes_it_or_not_at_all() {
        let key = Key::derived(["a"]);
        for (field, length) in [
            (json!({ "type": "string", "maxLength": 36 }), Some(36)),
            (json!({ "type": ["string", "null"], "maxLength": 35 }), Some(32)),
            (json!({ "maxLength": 31 }), Some(22)),
            (json!({ "pattern": "^[0-9]+$" }), Some(39)),
            (json!({ "maxLength": 21 }), None),
            (json!({ "type": "integer" }), None),
        ] {
            let text = key.text_for(&field);
            assert_eq!(text.map(|text| text.len()), length, "{field}");
        }
        assert_eq!(in_letters(u128::MAX).len(), 22);
        assert_ne!(in_letters(u128::MAX), in_letters(u128::MAX - 1));
    }
}
