//! The bundle under test.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use extism::Manifest;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The root of the workspace.
pub fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The files of the bundle that the tests need.
#[derive(Debug)]
pub struct Bundle {
    /// The folder they are in: `JUSTCLICK_DIST`, or `dist` in the workspace.
    pub folder: PathBuf,
    /// The module.
    pub wasm: Vec<u8>,
    /// `extism.json`, as it is.
    pub manifest: Manifest,
}

impl Bundle {
    /// The bundle, read once.
    ///
    /// # Panics
    /// With the command that mends it, when the bundle is missing or the module is not the one
    /// whose SHA-256 the manifest gives.
    pub fn get() -> &'static Self {
        static BUNDLE: OnceLock<Result<Bundle, String>> = OnceLock::new();
        match BUNDLE.get_or_init(Self::read) {
            Ok(bundle) => bundle,
            Err(why) => panic!("{why}; make the bundle: cargo xtask dist"),
        }
    }

    fn read() -> Result<Self, String> {
        let folder = std::env::var_os("JUSTCLICK_DIST").map_or_else(|| workspace().join("dist"), PathBuf::from);
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| format!("can't read {}: {error}", path.display()))
        };
        let wasm = read("justclick.wasm")?;
        let manifest = read("extism.json")?;
        let malformed = |error| format!("extism.json in {} is malformed: {error}", folder.display());
        let json: Value = serde_json::from_slice(&manifest).map_err(malformed)?;
        let manifest = serde_json::from_slice(&manifest).map_err(malformed)?;
        let digest: String = Sha256::digest(&wasm).iter().map(|byte| format!("{byte:02x}")).collect();
        if json.pointer("/wasm/0/hash").and_then(Value::as_str) != Some(&digest) {
            return Err(format!("justclick.wasm in {} is not the module of its extism.json", folder.display()));
        }
        Ok(Self { folder, wasm, manifest })
    }
}
