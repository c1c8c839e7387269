//! A bundle as it came: the files that its sums name, and who vouches for the sums.

use std::collections::BTreeMap;

use plugin_host_core::bundle::{SIGNATURE, SUMS, Sums};
use toolchain::bundle::{MANIFEST, sha256};

use super::error::{InstallError, of_sums};
use super::signature::{Trust, key_id};

/// Files by their paths in a bundle.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The most bytes that a bundle's files may have in all.
pub const MOST_BYTES: u64 = 128 << 20;
/// The most files that are looked at.
pub const MOST_FILES: usize = 2000;

/// Who vouches for a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The public key.
    pub key: String,
    /// What the signature says besides, and covers.
    pub comment: String,
}

/// A bundle whose files are those that its sums name.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The SHA-256 of the sums, which stand for all the files.
    pub digest: String,
    /// Who vouches for it, if somebody does.
    pub signed: Option<Signed>,
    /// The files, with the sums and their signature.
    pub files: Files,
}

impl Sealed {
    /// Checks the signature first, then the files. What the sums do not name is left out. `what` is where they come
    /// from, for errors.
    ///
    /// # Errors
    /// If nobody who is trusted has signed the sums, or a file is missing or another one.
    pub fn of(mut files: Files, trust: &Trust, what: &str) -> Result<Self, InstallError> {
        let sums = files.remove(SUMS);
        let sums = sums.ok_or_else(|| InstallError::incomplete(what, format!("it has no {SUMS}")))?;
        let signature = files.remove(SIGNATURE);
        let signed = signed(signature.as_deref(), &sums, trust, what)?;
        let named = Sums::parse(&sums).map_err(of_sums(what))?;
        let mut kept = Files::new();
        for path in named.paths() {
            let Some(content) = files.remove(path) else {
                return Err(InstallError::incomplete(what, format!("{path} is missing, which {SUMS} names")));
            };
            named.check(path, &content).map_err(of_sums(what))?;
            kept.insert(path.to_owned(), content);
        }
        if !kept.contains_key(MANIFEST) {
            return Err(InstallError::incomplete(what, format!("{SUMS} names no {MANIFEST}")));
        }
        let digest = sha256(&sums);
        kept.insert(SUMS.to_owned(), sums);
        kept.extend(signature.map(|signature| (SIGNATURE.to_owned(), signature)));
        Ok(Self { digest, signed, files: kept })
    }

    /// The digest as it is written down and shown.
    pub fn shown_digest(&self) -> String {
        format!("sha256:{}", self.digest)
    }
}

fn signed(signature: Option<&[u8]>, sums: &[u8], trust: &Trust, what: &str) -> Result<Option<Signed>, InstallError> {
    let Some(signature) = signature else {
        return if trust.allow_unsigned { Ok(None) } else { Err(InstallError::Unsigned { what: what.to_owned() }) };
    };
    let wrong = |why: String| InstallError::Signature { what: what.to_owned(), why };
    match trust.keys.signer(signature, sums).map_err(wrong)? {
        Some((key, comment)) => Ok(Some(Signed { key, comment })),
        None if trust.allow_unsigned => Ok(None),
        None => {
            let id = key_id(signature).unwrap_or_default();
            Err(InstallError::UnknownKey { what: what.to_owned(), id })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::signature::Keys;

    fn files(content: &[(&str, &str)]) -> Files {
        content.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_owned())).collect()
    }

    fn bundle() -> Files {
        let mut files = files(&[("extism.json", "{}"), ("i18n/ru.json", "{}")]);
        let sums = files.iter().map(|(path, content)| format!("{}  {path}\n", sha256(content))).collect::<String>();
        files.insert(SUMS.to_owned(), sums.into_bytes());
        files
    }

    fn unsigned() -> Trust {
        Trust { keys: Keys::default(), allow_unsigned: true }
    }

    #[test]
    fn a_bundle_is_all_that_its_sums_name_and_nothing_else() {
        let mut more = bundle();
        more.insert("evil.sh".to_owned(), Vec::new());
        let sealed = Sealed::of(more, &unsigned(), "it").unwrap();
        assert_eq!(sealed.files.keys().collect::<Vec<_>>(), ["SHA256SUMS", "extism.json", "i18n/ru.json"]);
        assert_eq!((sealed.digest.as_str(), sealed.signed), (sha256(&bundle()[SUMS]).as_str(), None));
        let refusal = |change: &dyn Fn(&mut Files)| {
            let mut files = bundle();
            change(&mut files);
            Sealed::of(files, &unsigned(), "it").unwrap_err().to_string()
        };
        assert!(refusal(&|files| drop(files.remove(SUMS))).contains("it has no SHA256SUMS"));
        assert!(refusal(&|files| drop(files.remove("i18n/ru.json"))).contains("i18n/ru.json is missing"));
        assert!(refusal(&|files| files.get_mut("extism.json").unwrap().push(b' ')).contains("extism.json is not what"));
        let outside = format!("{}  ../a\n", sha256(b""));
        assert!(refusal(&|files| files.get_mut(SUMS).unwrap().extend(outside.bytes())).contains("no path within"));
        assert!(refusal(&|files| *files.get_mut(SUMS).unwrap() = Vec::new()).contains("names no extism.json"));
    }

    #[test]
    fn what_nobody_vouches_for_is_refused_unless_that_is_allowed() {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let other = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let mut signed = bundle();
        let signature = minisign::sign(None, &pair.sk, signed[SUMS].as_slice(), Some("mine"), None).unwrap();
        signed.insert(SIGNATURE.to_owned(), signature.into_string().into_bytes());
        let trusting = |pair: &minisign::KeyPair, allow_unsigned| Trust {
            keys: Keys::given(&pair.pk.to_base64()).unwrap(),
            allow_unsigned,
        };
        let sealed = Sealed::of(signed.clone(), &trusting(&pair, false), "it").unwrap();
        assert_eq!(sealed.signed.unwrap(), Signed { key: pair.pk.to_base64(), comment: "mine".to_owned() });
        assert!(sealed.files.contains_key(SIGNATURE));
        let of = |files: &Files, trust: Trust| Sealed::of(files.clone(), &trust, "it");
        assert!(matches!(of(&bundle(), trusting(&pair, false)), Err(InstallError::Unsigned { .. })));
        assert!(matches!(of(&signed, trusting(&other, false)), Err(InstallError::UnknownKey { .. })));
        assert_eq!(of(&signed, trusting(&other, true)).unwrap().signed, None);
        // Somebody who is trusted has signed something else: nothing allows that.
        signed.get_mut(SUMS).unwrap().extend(b"\n");
        assert!(matches!(of(&signed, trusting(&pair, true)), Err(InstallError::Signature { .. })));
    }
}
