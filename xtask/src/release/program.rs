//! `plugin-host` as it is handed out: stripped, with its pages and completions, as an archive and as a Debian package.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use toolchain::archive::{self, Entry};
use toolchain::bundle::NOTICES;
use toolchain::crates::Crate;
use toolchain::ui::say;
use toolchain::{Toolchain, notices, process};

use super::committed::Committed;
use super::files;
use super::options::Profile;
use crate::programs;
use crate::project::Project;
use crate::tools::{self, Tool};

/// What the program is called, and its package.
pub const NAME: &str = "plugin-host";

/// What is written for packages of it, from the project's root.
const BESIDE: &str = "host/package";
/// What stands among the examples in an archive. In a Debian package each has a place of its own.
const EXAMPLES: [&str; 2] = ["connections.toml", "plugin-host.service"];
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
/// Shells, and what their completions are called.
const COMPLETIONS: [(&str, &str); 3] =
    [("bash", "plugin-host.bash"), ("zsh", "_plugin-host"), ("fish", "plugin-host.fish")];

const CARGO_DEB: Tool = Tool { name: "cargo-deb", version: "3.8.0", options: &[] };

/// The program with all that goes along, in one folder.
pub struct Program {
    folder: PathBuf,
    profile: Profile,
}

impl Program {
    /// Builds the program and puts it together where cargo-deb looks for it.
    ///
    /// # Errors
    /// When a step fails.
    pub fn build(project: &Project, toolchain: &Toolchain, profile: Profile, crates: &[Crate]) -> Result<Self> {
        let built = match profile {
            Profile::Dev => {
                programs::build(project, toolchain)?;
                project.program(NAME)
            }
            Profile::Release => {
                say("building plugin-host as it is released (this takes some ten minutes)");
                programs::build_released(project, toolchain, &[NAME])?;
                project.released(NAME)
            }
        };
        // host/Cargo.toml names it to cargo-deb, which knows no other profile's folder.
        let folder = project.target().join("release/package");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("can't empty {}", folder.display()))?;
        }
        let program = Self { folder, profile };
        program.fill(project, &built, crates)?;
        Ok(program)
    }

    /// The program itself.
    pub fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    fn fill(&self, project: &Project, built: &Path, crates: &[Crate]) -> Result<()> {
        let folder = &self.folder;
        fs::create_dir_all(folder.join("completions"))?;
        fs::copy(built, self.path()).with_context(|| format!("can't copy {}", built.display()))?;
        process::run("strip", Command::new("strip").arg(self.path()))?;
        let ask = |arguments: &[&str]| {
            process::output("plugin-host", Command::new(self.path()).args(arguments).env_remove("PLUGIN_BUNDLE"))
        };
        ask(&["man", "--dir", &folder.join("man").to_string_lossy()])?;
        for (shell, file) in COMPLETIONS {
            files::write(&folder.join("completions").join(file), ask(&["completions", shell])?.as_bytes())?;
        }
        let copy = |from: PathBuf, to: &str| files::write(&folder.join(to), &files::read(&from)?);
        for name in LICENCES {
            copy(project.root().join(name), name)?;
        }
        let beside = project.root().join(BESIDE);
        copy(beside.join("README.md"), "README.md")?;
        for name in EXAMPLES {
            copy(beside.join(name), &format!("examples/{name}"))?;
        }
        files::write(&folder.join(NOTICES), notices::of(crates).as_bytes())
    }

    /// All of it in one archive.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn pack(&self, version: &str, target: &str, out: &Path) -> Result<()> {
        let name = format!("{NAME}-{version}-{target}");
        let mut contents = Vec::new();
        for path in files::below(&self.folder)? {
            let inside = path.strip_prefix(&self.folder).context("a file is below its folder")?;
            contents.push((format!("{name}/{}", inside.display()), files::read(&path)?, path == self.path()));
        }
        let entries =
            contents.iter().map(|(path, content, is_program)| Entry { path, content, is_program: *is_program });
        let packed = archive::tar_gz(entries).context("can't pack plugin-host")?;
        files::write(&out.join(format!("{name}.tar.gz")), &packed)
    }

    /// The Debian package, as host/Cargo.toml says. Its times are those of the commit.
    ///
    /// # Errors
    /// When cargo-deb can't be had or fails.
    pub fn debian(
        &self,
        project: &Project,
        toolchain: &Toolchain,
        version: &str,
        committed: &Committed,
        out: &Path,
    ) -> Result<()> {
        self.fill_debian(project, version, committed)?;
        let cargo_deb = tools::find_or_build(project, &CARGO_DEB)?;
        let mut command = toolchain.cargo();
        let cargo = command.get_program().to_owned();
        command = Command::new(cargo_deb);
        toolchain::environment::clean(&mut command);
        command.env("CARGO", cargo).env("SOURCE_DATE_EPOCH", &committed.epoch);
        command.args(["--package", NAME, "--no-build", "--no-strip", "--no-dbgsym", "--deb-revision", "", "--locked"]);
        if self.profile == Profile::Dev {
            command.arg("--fast");
        }
        command.arg("--output").arg(out).current_dir(project.root());
        process::run("cargo-deb", &mut command)
    }

    /// What Debian wants packed: the manual pages, and a list of changes in its own form.
    fn fill_debian(&self, project: &Project, version: &str, committed: &Committed) -> Result<()> {
        let folder = project.target().join("release/debian");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("can't empty {}", folder.display()))?;
        }
        for page in files::below(&self.folder.join("man"))? {
            let name = page.file_name().unwrap_or_default().to_string_lossy();
            files::write(&folder.join(format!("{name}.gz")), &gzipped(&files::read(&page)?)?)?;
        }
        let manifest = files::read(&project.root().join("host/Cargo.toml"))?;
        let changes = changelog(version, maintainer(&String::from_utf8_lossy(&manifest))?, &committed.date);
        files::write(&folder.join("changelog.gz"), &gzipped(changes.as_bytes())?)
    }
}

/// As host/Cargo.toml names who looks after the package.
fn maintainer(manifest: &str) -> Result<&str> {
    let line = manifest.lines().find_map(|line| line.strip_prefix("maintainer = \""));
    line.and_then(|line| line.strip_suffix('"')).context("host/Cargo.toml names no maintainer of the Debian package")
}

/// Debian's list of changes, which leads to the project's own.
fn changelog(version: &str, maintainer: &str, date: &str) -> String {
    format!(
        "{NAME} ({version}) unstable; urgency=medium\n\n  * Release {version}: what has changed is in the project's CHANGELOG.md.\n\n -- {maintainer}  {date}\n"
    )
}

/// Without a name or a time, so that it is the same each time.
fn gzipped(content: &[u8]) -> Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content)?;
    Ok(packed.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changes_are_in_debians_form_and_by_the_packages_maintainer() {
        let manifest = include_str!("../../../host/Cargo.toml");
        let maintainer = maintainer(manifest).unwrap();
        let told = changelog("1.2.0", maintainer, "Sun, 29 Nov 2026 13:29:16 +0000");
        assert!(told.starts_with("plugin-host (1.2.0) unstable; urgency=medium\n\n  * Release 1.2.0: "), "{told}");
        assert!(told.ends_with(&format!("\n\n -- {maintainer}  Sun, 29 Nov 2026 13:29:16 +0000\n")), "{told}");
        assert!(maintainer.contains('<') && maintainer.ends_with('>'));
    }
}
