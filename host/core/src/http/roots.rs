//! Whom to trust over TLS: Mozilla's roots, and the system's or those of a given file.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::error::LoadError;

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
        let pem = fs::read(path).map_err(|error| LoadError(format!("can't read {}: {error}", path.display())))?;
        let certificates: Vec<_> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(LoadError(format!("{} holds no certificate in PEM form", path.display())));
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
        assert!(Roots::from_file(file.path()).unwrap_err().0.contains("holds no certificate"));
        assert!(Roots::from_file(Path::new("nowhere.pem")).unwrap_err().0.contains("nowhere.pem"));
    }
}
