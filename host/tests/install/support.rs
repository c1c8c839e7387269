//! Bundles to install, and a folder to install them in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use minisign::KeyPair;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::common::altered_bundle;

/// The bundle of a plugin with actions that read and actions that change something.
pub const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/plugins/shop/extism.json");

/// A folder of installed plugins, another for what is published, and the command.
pub struct World {
    folder: TempDir,
    /// Who publishes.
    pub pair: KeyPair,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// What it printed for machines.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It failed for the reason that is told.
    #[track_caller]
    pub fn refused(&self, code: i32, told: &str) {
        assert!(self.code == code && self.stderr.contains(told), "{code} {told}: {self:?}");
    }

    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("published")).unwrap();
        Self { folder, pair: KeyPair::generate_unencrypted_keypair().unwrap() }
    }

    /// The folder of installed plugins.
    pub fn plugins(&self) -> PathBuf {
        self.folder.path().join("plugins")
    }

    /// Where something is that is published.
    pub fn published(&self, name: &str) -> PathBuf {
        self.folder.path().join("published").join(name)
    }

    pub fn key(&self) -> String {
        self.pair.pk.to_base64()
    }

    /// Publishes the shop's plugin, signed, with these changes of its description. Gives the folder.
    pub fn publish(&self, name: &str, changes: &[(&str, Value)]) -> PathBuf {
        let folder = self.unsigned(name, changes);
        sign(&folder, &self.pair, &format!("{name} of the shop"));
        folder
    }

    /// The same, not signed. It takes the place of what was published there.
    pub fn unsigned(&self, name: &str, changes: &[(&str, Value)]) -> PathBuf {
        let folder = self.published(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        altered_bundle(Path::new(SHOP), &folder, changes);
        sum(&folder);
        folder
    }

    /// The command, which knows nothing but this folder.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PLUGIN_HOST_PLUGINS", self.plugins())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        ran(self.command().args(args))
    }

    /// Installs what nobody has to be asked for, by the publisher's key.
    pub fn install(&self, locator: &str) -> Ran {
        self.run(&["install", locator, "--key", &self.key(), "--yes"])
    }

    /// The installed plugins, for machines.
    pub fn list(&self) -> Value {
        self.run(&["--json", "list"]).done().json()
    }

    /// The names of what lies in the folder of installed plugins, but for what is always there.
    pub fn there(&self) -> Vec<String> {
        let entries = self.plugins().read_dir().into_iter().flatten().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> =
            entries.map(|name| name.into_string().unwrap()).filter(|name| name != ".busy").collect();
        names.sort();
        names
    }

    /// The folder of the only installed bundle.
    pub fn bundle(&self) -> PathBuf {
        let digest = self.list()[0]["digest"].as_str().unwrap().replace(':', "-");
        self.plugins().join(digest)
    }

    /// Whether an installed plugin loads.
    #[track_caller]
    pub fn loads(&self) {
        let described = self.run(&["--json", "describe"]).done().json();
        assert_eq!(described["name"], "shop");
    }
}

pub fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Writes the sums of the files in a folder.
pub fn sum(folder: &Path) {
    let mut names: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with("SHA256SUMS"));
    names.sort();
    let hash = |name: &String| {
        let hash = Sha256::digest(fs::read(folder.join(name)).unwrap());
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hex}  {name}\n")
    };
    fs::write(folder.join("SHA256SUMS"), names.iter().map(hash).collect::<String>()).unwrap();
}

/// Signs the sums in a folder.
pub fn sign(folder: &Path, pair: &KeyPair, comment: &str) {
    let sums = fs::read(folder.join("SHA256SUMS")).unwrap();
    let signature = minisign::sign(None, &pair.sk, sums.as_slice(), Some(comment), None).unwrap();
    fs::write(folder.join("SHA256SUMS.minisig"), signature.into_string()).unwrap();
}

/// Files by their paths in a bundle.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The files in a folder.
pub fn files(folder: &Path) -> Files {
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

/// The manifest of a bundle in a registry.
pub fn manifest(files: &Files) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect();
    toolchain::oci::manifest(&files, &[]).into_bytes()
}

/// A .tar.gz of a folder, in which it is the only one.
pub fn packed(folder: &Path) -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default()));
    builder.append_dir_all("shop-1.0.0", folder).unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}

/// A description's change that makes another version.
pub fn version(version: &str) -> (&'static str, Value) {
    ("/version", json!(version))
}
