//! Artifacts in a registry, by OCI's distribution specification: reading alone.

mod auth;
mod docker;
mod manifest;

use plugin_host_core::http::Response;
use toolchain::oci::{MANIFEST, digest};

use super::bundle::Files;
use super::error::InstallError;
use super::http::{Header, Outside, Web, ok};
use super::locator::Reference;
use auth::Access;
use manifest::Manifest;

/// The largest manifest, in bytes.
const LARGEST_MANIFEST: u64 = 4 << 20;

/// An artifact's files, and the digest of its manifest.
///
/// # Errors
/// If it is not there, is no bundle, or anything of it is not what its digest says.
pub fn fetch(reference: &Reference, outside: &Outside) -> Result<(Files, String), InstallError> {
    let base = reference.base();
    let origin = base.parse().map_err(|_| refused(reference, "its host is none"))?;
    let mut registry = Registry { web: Web::new(outside, origin), base, reference, access: Access::default() };
    let (manifest, digest) = registry.manifest()?;
    let mut files = Files::new();
    for layer in manifest.layers {
        let what = format!("{} of {reference}", layer.path);
        let url = format!("{}/v2/{}/blobs/{}", registry.base, reference.path(), layer.digest);
        let content = registry.get(&url, &[], layer.size)?.body;
        is_of(&content, &layer.digest, &what)?;
        files.insert(layer.path, content);
    }
    Ok((files, digest))
}

struct Registry<'r> {
    web: Web,
    base: String,
    reference: &'r Reference,
    access: Access,
}

impl Registry<'_> {
    /// The manifest, and its digest, which is checked if the reference has one.
    fn manifest(&mut self) -> Result<(Manifest, String), InstallError> {
        let reference = self.reference;
        let name = reference.digest.as_ref().or(reference.tag.as_ref()).map_or("latest", String::as_str);
        let url = format!("{}/v2/{}/manifests/{name}", self.base, reference.path());
        let response = self.get(&url, &[("accept", MANIFEST)], LARGEST_MANIFEST)?;
        let found = digest(&response.body);
        if let Some(expected) = &reference.digest {
            is_of(&response.body, expected, &format!("the manifest of {reference}"))?;
        }
        let its_type = response.headers.get("content-type").map(String::as_str).unwrap_or_default();
        let its_type = its_type.split(';').next().unwrap_or_default().trim();
        if its_type != MANIFEST {
            return Err(refused(
                reference,
                &format!("what stands there is of the media type {its_type:?}, not {MANIFEST}"),
            ));
        }
        let manifest = Manifest::parse(&response.body).map_err(|why| refused(reference, &why))?;
        Ok((manifest, found))
    }

    /// What stands at an address of the registry. Where it wants to know who asks, it is told once.
    fn get(&mut self, url: &str, headers: &[Header<'_>], most: u64) -> Result<Response, InstallError> {
        let response = self.web.get(url, headers, self.access.header(), most)?;
        let response = match self.access.challenged(&response, &self.web, self.reference)? {
            true => self.web.get(url, headers, self.access.header(), most)?,
            false => response,
        };
        ok(url, response)
    }
}

fn is_of(content: &[u8], expected: &str, what: &str) -> Result<(), InstallError> {
    let found = digest(content);
    if found == expected {
        return Ok(());
    }
    Err(InstallError::Digest { what: what.to_owned(), found, expected: expected.to_owned() })
}

fn refused(reference: &Reference, why: &str) -> InstallError {
    InstallError::NotABundle { reference: reference.to_string(), why: why.to_owned() }
}
