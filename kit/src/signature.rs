//! What signatures have in common, however they are made.

/// Whether two are the same. It takes the same time wherever they differ, so that nobody finds one out
/// byte by byte.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}

/// The same for hexadecimal digits in any case.
pub fn same_hex(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    let differences = pairs.fold(0, |all, (a, b)| all | (a.to_ascii_lowercase() ^ b.to_ascii_lowercase()));
    one.len() == other.len() && differences == 0
}

/// Bytes in hexadecimal digits, in small letters.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' - 10 + half };
    let mut hex = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        hex.extend([digit(byte >> 4), digit(byte & 0xf)]);
    }
    // Digits are text.
    String::from_utf8(hex).unwrap_or_default()
}

/// HMAC-SHA256 (RFC 2104) over parts, one after the other. With the feature `hmac-sha256`.
#[cfg(feature = "hmac-sha256")]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    use hmac::{KeyInit, Mac};
    // A key may have any length.
    let Ok(mut mac) = hmac::Hmac::<sha2::Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_or_one_in_length_makes_another() {
        assert!(same(b"", b"") && same(b"abc", b"abc"));
        for other in [&b"abd"[..], b"bbc", b"ab", b"abcd", b""] {
            assert!(!same(b"abc", other), "{other:?}");
        }
        assert!(same_hex("00aF", "00Af") && !same_hex("00af", "00ae") && !same_hex("00af", "00af0"));
        assert!(!same_hex("0e1", "0e2"));
    }

    #[test]
    fn bytes_are_two_digits_each() {
        assert_eq!(hex(&[0, 0xaf, 0xff]), "00afff");
    }

    /// RFC 4231, test case 2; and a key that is longer than a block, case 6.
    #[cfg(feature = "hmac-sha256")]
    #[test]
    fn hmacs_are_the_known_ones() {
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"])),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&hmac_sha256(&[0xaa; 131], &[b"Test Using Larger Than Block-Size Key - Hash Key First"])),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
