//! What is measured, and with what.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// What processes are made of.
#[derive(Debug, Clone)]
pub struct Programs {
    /// This program, which can also be the server and every contender but PHP.
    pub benches: PathBuf,
    /// The command `plugin-host`.
    pub plugin_host: PathBuf,
    /// The plugin's manifest.
    pub bundle: PathBuf,
}

impl Programs {
    /// This program, the command beside it, and the bundle.
    ///
    /// # Errors
    /// When one of them is not there; the text says how to make it.
    pub fn find(benches: PathBuf) -> Result<Self> {
        let plugin_host = benches.with_file_name(format!("plugin-host{}", std::env::consts::EXE_SUFFIX));
        if !plugin_host.is_file() {
            bail!("there is no {}: build the package plugin-host in the same profile", plugin_host.display());
        }
        Ok(Self { benches, plugin_host, bundle: bundle()? })
    }
}

/// The bundle's manifest: in `JUSTCLICK_DIST`, or in `dist` in the workspace.
///
/// # Errors
/// When there is none; the text says how to make it.
fn bundle() -> Result<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(""));
    let folder = std::env::var_os("JUSTCLICK_DIST").map_or_else(|| workspace.join("dist"), PathBuf::from);
    let manifest = folder.join("extism.json");
    if !manifest.is_file() {
        bail!("there is no {}; make the bundle: cargo xtask dist", manifest.display());
    }
    Ok(manifest)
}
