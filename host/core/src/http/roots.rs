//! Whom to trust over TLS: Mozilla's roots, and the system's or those of a given file.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Certificate authorities to trust beside Mozilla's.
#[derive(Clone, Default)]
pub enum Roots {
    /// Those of the system, as far as they can be read. They are read at the first https request.
    #[default]
    System,
    /// These.
    Given(Arc<Vec<Certificate<'static>>>),
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
        let unreadable = |source| RootsError::Unreadable { path: path.to_owned(), source };
        let pem = fs::read(path).map_err(unreadable)?;
        let certificates: Vec<_> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(RootsError::NoCertificate { path: path.to_owned() });
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
    fn a_file_without_a_certificate_is_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "not PEM").unwrap();
        assert!(Roots::from_file(file.path()).unwrap_err().to_string().contains("holds no certificate"));
        assert!(Roots::from_file(Path::new("nowhere.pem")).unwrap_err().to_string().contains("nowhere.pem"));
    }
}
