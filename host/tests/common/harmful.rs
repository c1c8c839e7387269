//! A plugin whose action must not be made twice.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::common::BUNDLE;

/// The same plugin, but for its saying that its action must not be made twice: the path of a bundle
/// that is made in this folder.
pub fn harmful_bundle(folder: &Path) -> PathBuf {
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(BUNDLE).unwrap()).unwrap();
    let mut module = fs::read(Path::new(BUNDLE).with_file_name("justclick.wasm")).unwrap();
    let (says, instead) = (br#""idempotentHint":true"#, br#""idempotentHint":null"#);
    let places: Vec<_> = (0..module.len() - says.len()).filter(|&at| module[at..].starts_with(says)).collect();
    assert!(!places.is_empty(), "the module does not say that its action may be repeated");
    for at in places {
        module[at..at + says.len()].copy_from_slice(instead);
    }
    let hash = Sha256::digest(&module).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    manifest["wasm"][0]["hash"] = hash.into();
    fs::write(folder.join("justclick.wasm"), module).unwrap();
    let path = folder.join("extism.json");
    fs::write(&path, manifest.to_string()).unwrap();
    path
}
