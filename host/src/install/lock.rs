//! `plugins.lock`: which plugins are installed, which bytes each of them is, and what it may do.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use plugin_host_core::{file, text};
use serde::{Deserialize, Serialize};

use super::disk::{NEW, for_all, sync};
use super::error::InstallError;
use super::locator::is_digest;
use super::permissions::Permissions;

/// What it is called.
pub const FILE: &str = "plugins.lock";

/// Which version of the file this is.
const VERSION: u32 = 1;

const HEAD: &str = "# Written by plugin-host install, update and remove. `plugin-host install` fetches what is listed here and not there.\n\n";

/// The installed plugins by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Lock {
    version: u32,
    /// By name.
    #[serde(default, rename = "plugin")]
    pub plugins: BTreeMap<String, Locked>,
}

/// An installed plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Locked {
    /// The plugin's version.
    pub version: String,
    /// Where it comes from.
    pub locator: String,
    /// `sha256:` and the SHA-256 of the bundle's sums, which stand for all its files.
    pub digest: String,
    /// The digest of the manifest in a registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// The public key that has signed it, if it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What the signature says besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What it may do.
    pub granted: Permissions,
}

impl Default for Lock {
    fn default() -> Self {
        Self { version: VERSION, plugins: BTreeMap::new() }
    }
}

impl Locked {
    /// The SHA-256 of the sums, in hex.
    pub fn sha256(&self) -> &str {
        self.digest.strip_prefix("sha256:").unwrap_or_default()
    }
}

impl Lock {
    /// Reads the lock of a folder; an empty one if there is none.
    ///
    /// # Errors
    /// If it is not one that this version can read.
    pub fn read(folder: &Path) -> Result<Self, InstallError> {
        let path = folder.join(FILE);
        let refused = |why: String| InstallError::Lock { path: path.clone(), why };
        if path.symlink_metadata().is_err() {
            return Ok(Self::default());
        }
        let text = file::read(&path).map_err(refused)?;
        let read: Self = file::toml(&text).map_err(|line| refused(format!("look at line {line}")))?;
        if read.version != VERSION {
            return Err(refused(format!("it is of version {}, and this one reads {VERSION}", read.version)));
        }
        // Where the files are follows from the digest.
        match read.plugins.iter().find(|(_, plugin)| !is_digest(&plugin.digest)) {
            Some((name, _)) => Err(refused(format!("the digest of {name} is none"))),
            None => Ok(read),
        }
    }

    /// Writes it in the place of the one that is there, or not at all.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write(&self, folder: &Path) -> Result<(), InstallError> {
        let path = folder.join(FILE);
        let text =
            toml::to_string(self).map_err(|error| InstallError::Lock { path: path.clone(), why: error.to_string() })?;
        let written = || {
            let mut file = tempfile::Builder::new().prefix(NEW).tempfile_in(folder)?;
            file.write_all((HEAD.to_owned() + &text).as_bytes())?;
            for_all(file.as_file())?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            sync(folder)
        };
        written().map_err(InstallError::io("write", &path))
    }

    /// The plugin of a name.
    ///
    /// # Errors
    /// If there is none.
    pub fn get(&self, name: &str) -> Result<&Locked, InstallError> {
        self.plugins.get(name).ok_or_else(|| {
            let names: Vec<_> = self.plugins.keys().cloned().collect();
            InstallError::NotInstalled { name: name.to_owned(), there: text::list(&names) }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn locked() -> Locked {
        let digest = format!("sha256:{}", "0a".repeat(32));
        Locked {
            version: "1.0.0".to_owned(),
            locator: "oci:a.example/b:1".to_owned(),
            manifest: Some(digest.clone()),
            digest,
            key: None,
            comment: None,
            granted: Permissions::default(),
        }
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Lock::read(folder.path()).unwrap(), Lock::default());
        let mut lock = Lock::default();
        lock.plugins.insert("shop".to_owned(), locked());
        lock.plugins.insert("a.b c".to_owned(), Locked { key: Some("RW".to_owned()), ..locked() });
        lock.write(folder.path()).unwrap();
        assert_eq!(Lock::read(folder.path()).unwrap(), lock);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
        assert_eq!(lock.get("shop").unwrap().sha256(), "0a".repeat(32));
        assert!(lock.get("crm").unwrap_err().to_string().ends_with("there are: a.b c, shop"));
    }

    #[test]
    fn a_lock_that_would_be_misread_is_refused_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = |text: &str| {
            fs::write(folder.path().join(FILE), text).unwrap();
            Lock::read(folder.path()).unwrap_err().to_string()
        };
        assert!(refusal("version = 1\nother = 1").contains("look at line 2"));
        assert!(refusal("version = 2").contains("it is of version 2"));
        assert!(refusal("").contains("look at line 1"));
        let mut lock = Lock::default();
        lock.plugins.insert("shop".to_owned(), Locked { digest: "sha256:../..".to_owned(), ..locked() });
        assert!(refusal(&toml::to_string(&lock).unwrap()).contains("the digest of shop is none"));
    }
}
