//! From a locator to a bundle's files.

use std::path::Path;

use plugin_host_core::file::read_bytes;
use plugin_host_core::http::{Proxies, Roots, Rule};

use super::archive::unpacked;
use super::bundle::Files;
use super::error::InstallError;
use super::folder;
use super::http::{Outside, Web, ok};
use super::locator::Locator;
use super::oci;

/// The largest archive, in bytes.
const LARGEST_ARCHIVE: u64 = 64 << 20;

/// What fetches bundles.
#[derive(Debug, Clone, Default)]
pub struct Fetcher {
    outside: Outside,
}

/// A bundle's files as they came, which nobody has looked at yet.
#[derive(Debug)]
pub struct Fetched {
    /// The files.
    pub files: Files,
    /// The digest of the manifest in a registry.
    pub manifest: Option<String>,
}

impl Fetcher {
    /// Requests trust these authorities, go through these proxies, and may be led to private addresses of these origins.
    pub fn new(roots: Roots, proxies: Proxies, allow: Vec<Rule>) -> Self {
        Self { outside: Outside { roots, proxies, allow } }
    }

    /// Fetches a bundle. `manifest` is the digest of its manifest in a registry, where that is known already: then a
    /// tag does not count.
    ///
    /// # Errors
    /// If it is not to be had, or is no bundle's files.
    pub fn fetch(&self, locator: &Locator, manifest: Option<&str>) -> Result<Fetched, InstallError> {
        let what = locator.shown();
        let files = match locator {
            Locator::File(path) if path.is_dir() => folder::read(path, &what)?,
            Locator::File(path) => unpacked(&read(path)?, &what)?,
            Locator::Http(url) => unpacked(&self.download(url)?, &what)?,
            Locator::Oci(reference) => {
                let mut reference = reference.clone();
                reference.digest = manifest.map(str::to_owned).or(reference.digest);
                let (files, manifest) = oci::fetch(&reference, &self.outside)?;
                return Ok(Fetched { files, manifest: Some(manifest) });
            }
        };
        Ok(Fetched { files, manifest: None })
    }

    fn download(&self, url: &str) -> Result<Vec<u8>, InstallError> {
        let refused = |_| InstallError::Locator { locator: "…".to_owned(), why: "is no address".to_owned() };
        let web = Web::new(&self.outside, url.parse().map_err(refused)?);
        Ok(ok(url, web.get(url, &[], None, LARGEST_ARCHIVE)?)?.body)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, InstallError> {
    read_bytes(path, LARGEST_ARCHIVE).map_err(InstallError::io("read", path))
}
