//! A bundle as an OCI artifact, as ORAS has it: what registries keep, by its media types.
//!
//! An image manifest with an artifact type, an empty config, and a layer for each file of the bundle, whose
//! title is the file's path. So `oras pull` gives the bundle's folder. docs/bundles.md says the same.

use serde_json::{Value, json};

use crate::bundle::sha256;

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The artifact type of a bundle.
pub const ARTIFACT: &str = "application/vnd.plugin-host.bundle.v1";
/// The media type of the config, which says nothing.
pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// The config: an empty JSON object.
pub const EMPTY_CONFIG: &[u8] = b"{}";
/// The annotation of a layer that is its file's path in the bundle, with `/` between its parts.
pub const TITLE: &str = "org.opencontainers.image.title";
/// The annotation of a manifest in an index that is its tag.
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// The media type of a bundle's file, by its path.
pub fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("md") => "text/markdown",
        // With its signature, which minisign writes as text.
        Some("txt" | "minisig") => "text/plain",
        None if path == "SHA256SUMS" || path.starts_with("LICENSE") => "text/plain",
        _ => "application/octet-stream",
    }
}

/// The digest of bytes, as OCI writes it.
pub fn digest(content: &[u8]) -> String {
    format!("sha256:{}", sha256(content))
}

/// The manifest of a bundle with these files, in this order, with annotations of its own.
pub fn manifest(files: &[(&str, &[u8])], annotations: &[(&str, &str)]) -> String {
    let layers: Vec<_> = files
        .iter()
        .map(|(path, content)| {
            let mut layer = descriptor(media_type(path), content);
            layer["annotations"] = json!({ TITLE: path });
            layer
        })
        .collect();
    let annotations: Value = annotations.iter().map(|(name, value)| (*name, *value)).collect();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": ARTIFACT,
        "config": descriptor(EMPTY, EMPTY_CONFIG),
        "layers": layers,
        "annotations": annotations,
    });
    manifest.to_string()
}

/// The files of an OCI image layout that holds a bundle under one tag, by their paths.
pub fn layout(files: &[(&str, &[u8])], tag: &str, annotations: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let manifest = manifest(files, annotations);
    let mut named = descriptor(MANIFEST, manifest.as_bytes());
    named["artifactType"] = ARTIFACT.into();
    named["annotations"] = json!({ REF_NAME: tag });
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [named] });
    let blobs = files.iter().map(|(_, content)| *content).chain([EMPTY_CONFIG, manifest.as_bytes()]);
    let mut written: Vec<_> =
        blobs.map(|content| (format!("blobs/sha256/{}", sha256(content)), content.to_owned())).collect();
    // Files with the same content are one blob.
    written.sort();
    written.dedup();
    written.push(("index.json".to_owned(), index.to_string().into_bytes()));
    written.push(("oci-layout".to_owned(), json!({ "imageLayoutVersion": "1.0.0" }).to_string().into_bytes()));
    written
}

/// A version as a tag, in which there is no `+`.
pub fn tag(version: &str) -> String {
    version.replace('+', "_")
}

fn descriptor(media_type: &str, content: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": digest(content), "size": content.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [(&str, &[u8]); 3] = [("extism.json", b"{}"), ("i18n/ru.json", b"[]"), ("shop.wasm", b"\0asm")];

    #[test]
    fn a_manifest_names_each_file_by_its_path_size_and_digest() {
        let manifest: Value = serde_json::from_str(&manifest(&FILES, &[("a.b", "c")])).unwrap();
        assert_eq!((&manifest["artifactType"], &manifest["config"]["mediaType"]), (&json!(ARTIFACT), &json!(EMPTY)));
        assert_eq!(manifest["annotations"], json!({ "a.b": "c" }));
        let layer = &manifest["layers"][2];
        assert_eq!((&layer["mediaType"], &layer["size"]), (&json!("application/wasm"), &json!(4)));
        assert_eq!(layer["annotations"][TITLE], "shop.wasm");
        assert_eq!(layer["digest"], digest(b"\0asm"));
        assert_eq!(manifest["layers"][1]["annotations"][TITLE], "i18n/ru.json");
    }

    #[test]
    fn a_layout_holds_each_blob_once_under_its_digest() {
        let layout = layout(&FILES, &tag("1.0.0+7"), &[]);
        // The empty config and extism.json have the same bytes here.
        let blobs: Vec<_> =
            layout.iter().filter_map(|(path, content)| Some((path.strip_prefix("blobs/sha256/")?, content))).collect();
        assert_eq!(blobs.len(), 4);
        assert!(blobs.iter().all(|(name, content)| *name == sha256(content)));
        let index = layout.iter().find(|(path, _)| path == "index.json").unwrap();
        let index: Value = serde_json::from_slice(&index.1).unwrap();
        let named = &index["manifests"][0];
        assert_eq!(named["annotations"][REF_NAME], "1.0.0_7");
        assert_eq!(named["digest"], digest(manifest(&FILES, &[]).as_bytes()));
        assert!(layout.iter().any(|(path, _)| path == "oci-layout"));
    }

    #[test]
    fn a_file_s_kind_is_told_by_its_name() {
        for (path, kind) in [
            ("a.wasm", "application/wasm"),
            ("icon.dark.svg", "image/svg+xml"),
            ("SHA256SUMS", "text/plain"),
            ("SHA256SUMS.minisig", "text/plain"),
            ("LICENSE-MIT", "text/plain"),
            ("wasm", "application/octet-stream"),
        ] {
            assert_eq!(media_type(path), kind, "{path}");
        }
    }
}
