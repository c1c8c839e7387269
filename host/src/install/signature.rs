//! Signatures by minisign: whom a bundle's sums are from.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::{Error, PublicKey, Signature};
use plugin_host_core::{file, text};

use super::error::InstallError;

/// The largest file with keys.
const LARGEST_KEYS: u64 = 1 << 20;

/// Public keys.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<Key>);

#[derive(Debug, Clone)]
struct Key {
    text: String,
    key: PublicKey,
}

/// Whom to believe.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Those whose signature counts.
    pub keys: Keys,
    /// Whether what nobody has signed, or somebody unknown, is taken as well.
    pub allow_unsigned: bool,
}

impl Keys {
    /// A key as minisign prints it, or the keys of a file.
    ///
    /// # Errors
    /// If it is neither.
    pub fn given(text: &str) -> Result<Self, InstallError> {
        let text = text::trim(text);
        match Key::of(text) {
            Some(key) => Ok(Self(vec![key])),
            None if text.starts_with("RW") && !Path::new(text).exists() => {
                Err(InstallError::Key { what: text.to_owned() })
            }
            None => Self::of_file(Path::new(text)),
        }
    }

    /// The keys of a file: one on each line, but for empty lines, those that begin with `#`, and minisign's comments.
    ///
    /// # Errors
    /// If it can't be read, or a line is no key.
    pub fn of_file(path: &Path) -> Result<Self, InstallError> {
        let bytes = file::read_bytes(path, LARGEST_KEYS).map_err(InstallError::io("read", path))?;
        let text = String::from_utf8_lossy(&bytes);
        let is_key =
            |line: &&str| !line.is_empty() && !line.starts_with(['#']) && !line.starts_with("untrusted comment:");
        let lines = text.lines().map(text::trim).filter(is_key);
        let key = |line: &str| Key::of(line).ok_or_else(|| InstallError::Key { what: path.display().to_string() });
        let keys = lines.map(key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(InstallError::Key { what: path.display().to_string() });
        }
        Ok(Self(keys))
    }

    /// The keys of a file, or none if there is no such file.
    ///
    /// # Errors
    /// As [`Keys::of_file`].
    pub fn of_file_if_there(path: &Path) -> Result<Self, InstallError> {
        match fs::metadata(path) {
            Ok(_) => Self::of_file(path),
            Err(_) => Ok(Self::default()),
        }
    }

    /// Adds those of another list.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose signature of `signed` this is, and what it says of itself: the key, and the comment that it covers.
    /// Nothing if it is of none of these keys.
    ///
    /// # Errors
    /// If it is no signature, or one of these keys is said to have signed and has not: what is wrong.
    pub fn signer(&self, signature: &[u8], signed: &[u8]) -> Result<Option<(String, String)>, String> {
        let signature = decoded(signature)?;
        for Key { text, key } in &self.0 {
            match key.verify(signed, &signature, false) {
                Ok(()) => return Ok(Some((text.clone(), signature.trusted_comment().to_owned()))),
                Err(Error::UnexpectedKeyId) => {}
                Err(Error::UnsupportedLegacyMode) => {
                    return Err("it is of minisign's old kind, which is not taken: sign with a minisign from 0.10 on"
                        .to_owned());
                }
                Err(error) => return Err(lower(&error.to_string())),
            }
        }
        Ok(None)
    }
}

impl Key {
    fn of(text: &str) -> Option<Self> {
        Some(Self { text: text.to_owned(), key: PublicKey::from_base64(text).ok()? })
    }
}

/// The id of the key of a signature, as minisign shows it.
pub fn key_id(signature: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(signature).ok()?;
    let bytes = STANDARD.decode(text.lines().nth(1)?.trim()).ok()?;
    let id = u64::from_le_bytes(bytes.get(2..10)?.try_into().ok()?);
    Some(format!("{id:016X}"))
}

fn decoded(signature: &[u8]) -> Result<Signature, String> {
    let none = || "it is none of minisign's".to_owned();
    Signature::decode(std::str::from_utf8(signature).map_err(|_| none())?).map_err(|_| none())
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &[u8] = b"sums";

    fn signed(pair: &minisign::KeyPair, comment: &str) -> Vec<u8> {
        minisign::sign(None, &pair.sk, SIGNED, Some(comment), None).unwrap().into_string().into_bytes()
    }

    #[test]
    fn a_signature_is_its_keys_and_no_others() {
        let (own, other) = (pair(), pair());
        let keys = |pair: &minisign::KeyPair| Keys::given(&pair.pk.to_base64()).unwrap();
        let signature = signed(&own, "shop 1.0.0");
        let (key, comment) = keys(&own).signer(&signature, SIGNED).unwrap().unwrap();
        assert_eq!((key, comment.as_str()), (own.pk.to_base64(), "shop 1.0.0"));
        assert!(keys(&other).signer(&signature, SIGNED).unwrap().is_none());
        assert!(Keys::default().signer(&signature, SIGNED).unwrap().is_none());
        let mut both = keys(&other);
        both.extend(keys(&own));
        assert!(both.signer(&signature, SIGNED).unwrap().is_some());
        assert!(keys(&own).signer(&signature, b"Sums").is_err());
        // The comment is covered, too.
        let text = String::from_utf8(signature.clone()).unwrap().replace("shop 1.0.0", "shop 9.0.0");
        assert!(keys(&own).signer(text.as_bytes(), SIGNED).is_err());
        assert!(keys(&own).signer(b"no signature", SIGNED).unwrap_err().contains("none of minisign's"));
        let shown = own.pk.to_box().unwrap().to_string();
        let id = key_id(&signature).unwrap();
        assert!(shown.contains(&id), "{id} is not in {shown}");
    }

    #[test]
    fn keys_are_given_as_they_are_or_in_a_file() {
        let (one, two) = (pair(), pair());
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        fs::write(path, format!("# ours\n{}\n{}\n", one.pk.to_box().unwrap(), two.pk.to_base64())).unwrap();
        assert_eq!(Keys::given(path).unwrap().0.len(), 2);
        for wrong in ["", "# none\n", "RWQno key\n"] {
            fs::write(path, wrong).unwrap();
            assert!(matches!(Keys::given(path), Err(InstallError::Key { .. })), "{wrong:?}");
        }
        assert!(matches!(Keys::given("RWQhunter"), Err(InstallError::Key { .. })));
        assert!(Keys::given("nowhere.pub").unwrap_err().to_string().contains("nowhere.pub"));
        assert!(Keys::of_file_if_there(Path::new("nowhere.pub")).unwrap().is_empty());
    }

    fn pair() -> minisign::KeyPair {
        minisign::KeyPair::generate_unencrypted_keypair().unwrap()
    }
}
