//! Certificates made for one run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;

const AUTHORITY: &str = "authority.pem";
const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// A certificate authority and a server's certificate, in files that are gone when this value is.
pub struct Certificates(TempDir);

impl Certificates {
    /// Makes them, for a server on the loopback address.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn make() -> Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&key, &authority)?;
        let folder = tempfile::tempdir().context("can't make a folder for certificates")?;
        for (name, text) in [(AUTHORITY, authority.pem()), (CERTIFICATE, certificate.pem()), (KEY, key.serialize_pem())]
        {
            fs::write(folder.path().join(name), text).with_context(|| format!("can't write {name}"))?;
        }
        Ok(Self(folder))
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The authority's certificate, for clients.
    pub fn authority(&self) -> PathBuf {
        self.folder().join(AUTHORITY)
    }
}

/// The settings of a server whose certificate is in this folder.
///
/// # Errors
/// When it is not there.
pub fn server_config(folder: &Path) -> Result<Arc<ServerConfig>> {
    let certificate = CertificateDer::from_pem_file(folder.join(CERTIFICATE)).context("no certificate")?;
    let key = PrivateKeyDer::from_pem_file(folder.join(KEY)).context("no key")?;
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok(Arc::new(config))
}
