//! Where things are: the project's folders, as cargo sees them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use toolchain::process;

/// Where tests find the bundle: an absolute path.
pub const DIST: &str = "JUSTCLICK_DIST";

/// The project's folders. All paths are absolute.
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Asks cargo, so that `CARGO_TARGET_DIR` and cargo's configuration files count. The project is the one that this
    /// program is run from by cargo, or else the one that it was built of.
    ///
    /// # Errors
    /// When cargo can't read the workspace.
    pub fn find() -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let manifest = Path::new(&own).join("Cargo.toml");
        let mut command = Command::new(cargo);
        command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(manifest);
        let answer = process::output("reading the workspace", &mut command)?;
        let metadata: serde_json::Value = serde_json::from_str(&answer).context("cargo metadata printed no JSON")?;
        let folder = |key: &str| {
            let path = metadata[key].as_str().with_context(|| format!("cargo metadata names no {key}"))?;
            anyhow::Ok(PathBuf::from(path))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")? })
    }

    /// The workspace's root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's output folder.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The bundle's folder.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where chores keep what they download: one folder a tool.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The folder of one of them.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.tools().join(name)
    }

    /// A program built in the dev profile.
    pub fn program(&self, name: &str) -> PathBuf {
        self.built("debug", name)
    }

    /// A program built in the release profile.
    pub fn released(&self, name: &str) -> PathBuf {
        self.built("release", name)
    }

    fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// `path` as a person in the project's root would type it.
    pub fn typed<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}
