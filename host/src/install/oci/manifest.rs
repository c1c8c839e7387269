//! The manifest of an artifact, read strictly: which files it has, and what each of them is.

use std::collections::BTreeSet;

use plugin_host_core::bundle::check_path;
use serde::Deserialize;
use serde_json::Value;
use toolchain::oci::{ARTIFACT, MANIFEST, TITLE};

use crate::install::bundle::{MOST_BYTES, MOST_FILES};
use crate::install::locator::is_digest;

/// What a bundle's manifest says.
#[derive(Debug)]
pub struct Manifest {
    /// Its files.
    pub layers: Vec<Layer>,
}

/// A file.
#[derive(Debug)]
pub struct Layer {
    /// Its path in the bundle.
    pub path: String,
    /// Its digest.
    pub digest: String,
    /// Its bytes.
    pub size: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    schema_version: u32,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    artifact_type: Option<String>,
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    size: u64,
    #[serde(default)]
    annotations: Value,
}

impl Manifest {
    /// Reads one.
    ///
    /// # Errors
    /// If it is no manifest of a bundle: how that shows.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let read: Read = serde_json::from_slice(bytes).map_err(|error| format!("its manifest is none: {error}"))?;
        if read.schema_version != 2 || read.media_type.as_deref().is_some_and(|it| it != MANIFEST) {
            return Err(format!("its manifest is not of the media type {MANIFEST}"));
        }
        if read.artifact_type.as_deref() != Some(ARTIFACT) {
            let found = read.artifact_type.map_or_else(|| "none".to_owned(), |it| format!("{it:?}"));
            return Err(format!("its artifactType is {found}, not {ARTIFACT}"));
        }
        if read.layers.len() > MOST_FILES {
            return Err(format!("it has more than {MOST_FILES} files"));
        }
        let (mut layers, mut paths, mut left) = (Vec::new(), BTreeSet::new(), MOST_BYTES);
        for Descriptor { digest, size, annotations } in read.layers {
            let path = annotations[TITLE].as_str().ok_or_else(|| format!("a file of it has no {TITLE}"))?.to_owned();
            check_path(&path)?;
            if !paths.insert(path.clone()) {
                return Err(format!("{path} is in it twice"));
            }
            if !is_digest(&digest) {
                return Err(format!("the digest of {path} is none of SHA-256"));
            }
            left = left.checked_sub(size).ok_or_else(|| format!("it has more than {} MiB", MOST_BYTES >> 20))?;
            layers.push(Layer { path, digest, size });
        }
        Ok(Self { layers })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use toolchain::oci::digest;

    use super::*;

    fn manifest(place: &str, value: Value) -> Result<Manifest, String> {
        let layer = json!({ "digest": digest(b"a"), "size": 1, "annotations": { TITLE: "i18n/ru.json" } });
        let mut whole =
            json!({ "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": ARTIFACT, "layers": [layer] });
        if let Some(there) = whole.pointer_mut(place) {
            *there = value;
        }
        Manifest::parse(whole.to_string().as_bytes())
    }

    #[test]
    fn a_manifest_names_files_and_what_they_are() {
        let read = manifest("", Value::Null).err().unwrap();
        assert!(read.contains("its manifest is none"), "{read}");
        let read = manifest("/nothing", Value::Null).unwrap();
        assert_eq!((read.layers[0].path.as_str(), read.layers[0].size), ("i18n/ru.json", 1));
        assert!(Manifest::parse(toolchain::oci::manifest(&[("a", b"b")], &[]).as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_bundle_of_this_kind_or_leads_out_of_one_is_refused() {
        let title = "/layers/0/annotations/org.opencontainers.image.title";
        for (place, value, told) in [
            ("/mediaType", json!("application/vnd.oci.image.index.v1+json"), "not of the media type"),
            ("/schemaVersion", json!(1), "not of the media type"),
            ("/artifactType", json!("application/vnd.wasm.config.v0+json"), "its artifactType is"),
            ("/artifactType", Value::Null, "its artifactType is none"),
            ("/layers/0/digest", json!("sha512:ab"), "none of SHA-256"),
            ("/layers/0/size", json!(1_u64 << 40), "more than 128 MiB"),
            ("/layers/0/size", json!(-1), "its manifest is none"),
            ("/layers/0/annotations", json!({}), "has no org.opencontainers.image.title"),
            (title, json!("../../etc/cron.d/x"), "no path within"),
            (title, json!("/etc/passwd"), "no path within"),
        ] {
            let refusal = manifest(place, value.clone()).err().unwrap_or_else(|| panic!("{place} {value}"));
            assert!(refusal.contains(told), "{place}: {refusal}");
        }
    }
}
