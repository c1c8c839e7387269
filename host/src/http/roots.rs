//! Whom to trust over TLS: Mozilla's roots, and the system's or those of a given file.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::error::LoadError;
use crate::json::{self, Malformed};

/// Certificate authorities to trust beside Mozilla's.
#[derive(Clone, Default)]
pub enum Roots {
    /// Those of the system, as far as they can be read. They are read at the first https request.
    #[default]
    System,
    /// These.
    Given(Arc<Vec<Certificate<'static>>>),
}

impl Roots {
    /// The certificates in a PEM file.
    ///
    /// # Errors
    /// If the file can't be read, or holds no certificate.
    pub fn from_file(path: &Path) -> Result<Self, LoadError> {
        let shown = path.display();
        let bytes = fs::read(path).map_err(|error| LoadError(format!("can't read {shown}: {error}")))?;
        // Notes beside certificates may be of any encoding, but not all of the file.
        if let Err(Malformed::Encoding(name)) = json::text(&bytes) {
            return Err(LoadError(format!("{shown} is {name}: save it as UTF-8")));
        }
        // With the mark before it, the first certificate would be passed over.
        let certificates: Vec<_> = parse_pem(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(LoadError(format!("{shown} holds no certificate in PEM form")));
        }
        Ok(Self::Given(Arc::new(certificates)))
    }

    /// The client's TLS settings. Verification is never off.
    pub(super) fn tls_config(&self) -> TlsConfig {
        let mozilla =
            webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| Certificate::from_der(root).to_owned());
        let roots: Vec<_> = match self {
            Self::System => {
                // What can't be read is as if it were not there: Mozilla's roots remain.
                let system = rustls_native_certs::load_native_certs().certs;
                mozilla.chain(system.iter().map(|root| Certificate::from_der(root).to_owned())).collect()
            }
            Self::Given(given) => mozilla.chain(given.iter().cloned()).collect(),
        };
        TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(roots))).build()
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
        assert!(Roots::from_file(file.path()).unwrap_err().0.contains("holds no certificate"));
        let utf16: Vec<u8> = "\u{feff}-----BEGIN".encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(file.path(), utf16).unwrap();
        assert!(Roots::from_file(file.path()).unwrap_err().0.contains("is UTF-16: save it as UTF-8"));
        assert!(Roots::from_file(Path::new("nowhere.pem")).unwrap_err().0.contains("nowhere.pem"));
    }
}
