//! Signatures by minisign, with the maintainer's key.

use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minisign::{PublicKey, SecretKey, SecretKeyBox};

/// The variable that names the file of the secret key, as `minisign -G` makes it.
pub const KEY_FILE: &str = "RELEASE_KEY_FILE";
/// The variable that holds the key's password. If it has one that is not there, it is asked for.
pub const PASSWORD: &str = "RELEASE_KEY_PASSWORD";

/// Who signs.
pub struct Signer {
    key: SecretKey,
    shared: PublicKey,
}

impl Signer {
    /// The one whose key the environment names; none if it names none.
    ///
    /// # Errors
    /// If the key can't be used.
    pub fn of_environment() -> Result<Option<Self>> {
        let Some(file) = std::env::var_os(KEY_FILE) else { return Ok(None) };
        let file = Path::new(&file);
        let key =
            std::fs::read_to_string(file).with_context(|| format!("{KEY_FILE}: can't read {}", file.display()))?;
        let signer = Self::new(&key, std::env::var(PASSWORD).ok());
        signer.map(Some).with_context(|| format!("{KEY_FILE}: {} is no secret key that can be used", file.display()))
    }

    fn new(key: &str, password: Option<String>) -> Result<Self> {
        let key = match unprotected(key) {
            Some(key) => key,
            None => SecretKeyBox::from_string(key)?.into_secret_key(password)?,
        };
        Ok(Self { shared: PublicKey::from_secret_key(&key)?, key })
    }

    /// The signature of bytes, as `minisign -V` reads it. `comment` is signed along with them.
    ///
    /// # Errors
    /// If the key makes none that its public part takes.
    pub fn sign(&self, content: &[u8], comment: &str) -> Result<String> {
        let signature = minisign::sign(Some(&self.shared), &self.key, content, Some(comment), None)
            .context("can't sign: the key is damaged")?;
        Ok(signature.into_string())
    }
}

/// A key without a password. minisign 0.11 writes none of the sums into it by which the library would know it.
fn unprotected(key: &str) -> Option<SecretKey> {
    let bytes = BASE64_STANDARD.decode(key.lines().nth(1)?.trim()).ok()?;
    // After two bytes that name the signature's algorithm, two that name the password's: none.
    let is_unprotected = bytes.get(2..4) == Some(&[0, 0]);
    SecretKey::from_bytes(&bytes).ok().filter(|_| is_unprotected)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use minisign::{KeyPair, SignatureBox};

    use super::*;

    /// The signature of `content` by a key in such a box, and whether it is one of `other`.
    fn is_signed(pair: &KeyPair, password: Option<&str>, content: &str, other: &str) -> bool {
        let key = pair.sk.to_box(None).unwrap().into_string();
        let signature = Signer::new(&key, password.map(str::to_owned)).unwrap();
        let signature = SignatureBox::from_string(&signature.sign(content.as_bytes(), "a 1.0.0").unwrap()).unwrap();
        assert_eq!(signature.trusted_comment().unwrap(), "a 1.0.0");
        minisign::verify(&pair.pk, &signature, Cursor::new(other), true, false, false).is_ok()
    }

    #[test]
    fn what_is_signed_is_what_is_verified_and_nothing_else() {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        assert!(is_signed(&pair, None, "sums", "sums"));
        assert!(!is_signed(&pair, None, "sums", "other sums"));
    }

    #[test]
    fn a_key_without_sums_is_one_and_a_damaged_one_signs_nothing() {
        // The last 32 bytes are the sums, and what is before them the public half.
        let changed = |at: usize, length: usize| {
            let mut bytes = KeyPair::generate_unencrypted_keypair().unwrap().sk.to_bytes();
            let end = bytes.len() - at;
            bytes[end - length..end].fill(0);
            Signer::new(&format!("untrusted comment: a key\n{}\n", BASE64_STANDARD.encode(bytes)), None).unwrap()
        };
        assert!(changed(0, 32).sign(b"sums", "a 1.0.0").is_ok());
        assert!(changed(32, 32).sign(b"sums", "a 1.0.0").is_err());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(Signer::new("", None).is_err() && Signer::new("untrusted comment: x\nAAAA\n", None).is_err());
    }
}
