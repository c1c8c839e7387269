//! Whom to trust over TLS: Mozilla's roots, and the system's or those of a given file.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::json::{self, Malformed};

/// Certificate authorities to trust beside Mozilla's.
#[derive(Clone, Default)]
pub enum Roots {
    /// Those of the system, as far as they can be read. They are read at the first https request.
    #[default]
    System,
    /// These.
    Given(Arc<Vec<CertificateDer<'static>>>),
}

/// Why certificates can't be had from a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// The file can't be read.
    #[error("can't read {}: {source}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is written in another encoding.
    #[error("{} is {encoding}: save it as UTF-8", path.display())]
    NotUtf8 {
        /// Its path.
        path: PathBuf,
        /// In which.
        encoding: &'static str,
    },
    /// There is none in it.
    #[error("{} holds no certificate in PEM form", path.display())]
    NoCertificate {
        /// Its path.
        path: PathBuf,
    },
}

impl Roots {
    /// The certificates in a PEM file.
    ///
    /// # Errors
    /// If the file can't be read, or holds no certificate.
    pub fn from_file(path: &Path) -> Result<Self, RootsError> {
        let at = || path.to_owned();
        let bytes = fs::read(path).map_err(|source| RootsError::Unreadable { path: at(), source })?;
        // Notes beside certificates may be of any encoding, but not all of the file.
        if let Err(Malformed::Encoding(encoding)) = json::text(&bytes) {
            return Err(RootsError::NotUtf8 { path: at(), encoding });
        }
        // With the mark before it, the first certificate would be passed over.
        let pem = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect();
        if certificates.is_empty() {
            return Err(RootsError::NoCertificate { path: at() });
        }
        Ok(Self::Given(Arc::new(certificates)))
    }

    /// The client's TLS settings. Verification is never off.
    pub(super) fn tls_config(&self) -> ClientConfig {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
        match self {
            // What can't be read is as if it were not there: Mozilla's roots remain.
            Self::System => store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
            Self::Given(given) => store.add_parsable_certificates(given.iter().cloned()),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(rustls::ALL_VERSIONS);
        let config = config.expect("its provider knows both versions");
        config.with_root_certificates(store).with_no_client_auth()
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("System"),
            Self::Given(given) => write!(f, "Given({})", given.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_before_it_hides_no_certificate() {
        let pem = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem();
        let file = tempfile::NamedTempFile::new().unwrap();
        for text in [format!("\u{feff}{pem}{pem}"), format!("{pem}{pem}")] {
            fs::write(file.path(), text).unwrap();
            assert_eq!(format!("{:?}", Roots::from_file(file.path()).unwrap()), "Given(2)");
        }
    }

    #[test]
    fn a_file_without_a_certificate_is_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "not PEM").unwrap();
        let refusal = |path: &Path| Roots::from_file(path).unwrap_err().to_string();
        assert!(refusal(file.path()).contains("holds no certificate"));
        let utf16: Vec<u8> = "\u{feff}-----BEGIN".encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(file.path(), utf16).unwrap();
        assert!(refusal(file.path()).contains("is UTF-16: save it as UTF-8"));
        assert!(refusal(Path::new("nowhere.pem")).contains("nowhere.pem"));
    }
}
