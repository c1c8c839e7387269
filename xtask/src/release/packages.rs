//! A plugin's packages for all platforms, made by `plugin-host package` as anybody makes them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use toolchain::archive::{self, Entry};
use toolchain::process;
use toolchain::ui::say;

use super::files;
use super::signing::Signer;

/// What is made of a plugin.
const KINDS: [&str; 7] = ["archive", "oci", "n8n", "node-red", "zapier", "python", "mcpb"];

/// The bundle's own sums, and their signature.
const SUMS: &str = "SHA256SUMS";
const SIGNATURE: &str = "SHA256SUMS.minisig";

/// Makes all packages of a bundle in `out`, with this program. `work` is a folder for what is in between.
///
/// # Errors
/// When one can't be made.
pub fn make(
    program: &Path,
    bundle: &Path,
    signer: Option<&Signer>,
    comment: &str,
    work: &Path,
    out: &Path,
) -> Result<()> {
    let bundle = match signer {
        Some(signer) => signed(bundle, signer, comment, &work.join("signed"))?,
        None => bundle.to_owned(),
    };
    for kind in KINDS {
        say(format!("release: {comment} for {kind}"));
        let made = work.join(kind);
        let mut command = Command::new(program);
        command.args(["package", kind]).arg(&bundle).arg("--out").arg(&made);
        process::output(&format!("plugin-host package {kind}"), &mut command)?;
        for path in files::within(&made)? {
            take(&path, comment, out)?;
        }
    }
    Ok(())
}

/// A copy of what a bundle's sums name, with their signature.
fn signed(bundle: &Path, signer: &Signer, comment: &str, folder: &Path) -> Result<PathBuf> {
    let sums = files::read(&bundle.join(SUMS))?;
    let text = String::from_utf8_lossy(&sums).into_owned();
    for name in text.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name) {
        files::write(&folder.join(name), &files::read(&bundle.join(name))?)?;
    }
    files::write(&folder.join(SUMS), &sums)?;
    files::write(&folder.join(SIGNATURE), signer.sign(&sums, comment)?.as_bytes())?;
    Ok(folder.to_owned())
}

/// Takes what was made to the files of the release: a folder as an archive, and what every plugin's package calls the
/// same by the plugin's own name.
fn take(path: &Path, comment: &str, out: &Path) -> Result<()> {
    let name = path.file_name().context("a package has a name")?.to_string_lossy();
    let (plugin, version) = comment.split_once(' ').context("a plugin has a version")?;
    if path.is_dir() {
        return files::write(&out.join(format!("{name}-{version}.tar.gz")), &packed(path, &name)?);
    }
    let name = if name == "server.json" { format!("{plugin}-{version}.server.json") } else { name.into_owned() };
    files::write(&out.join(name), &files::read(path)?)
}

/// A folder with its name, packed.
fn packed(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let mut contents = Vec::new();
    for path in files::below(folder)? {
        let inside = path.strip_prefix(folder).context("a file is below its folder")?;
        contents.push((format!("{name}/{}", inside.display()), fs::read(&path)?));
    }
    let entries = contents.iter().map(|(path, content)| Entry { path, content, is_program: false });
    archive::tar_gz(entries).context("can't pack a folder")
}
