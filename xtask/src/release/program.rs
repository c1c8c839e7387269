//! `plugin-host` as it is handed out: stripped, with its pages and completions, as an archive and as a Debian package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use toolchain::archive::{self, Entry};
use toolchain::bundle::NOTICES;
use toolchain::crates::Crate;
use toolchain::ui::say;
use toolchain::{Toolchain, notices, process};

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

    /// The Debian package, as host/Cargo.toml says. Its times are that of `epoch`, in UNIX seconds.
    ///
    /// # Errors
    /// When cargo-deb can't be had or fails.
    pub fn debian(&self, project: &Project, toolchain: &Toolchain, epoch: &str, out: &Path) -> Result<()> {
        let cargo_deb = tools::find_or_build(project, &CARGO_DEB)?;
        let mut command = toolchain.cargo();
        let cargo = command.get_program().to_owned();
        command = Command::new(cargo_deb);
        toolchain::environment::clean(&mut command);
        command.env("CARGO", cargo).env("SOURCE_DATE_EPOCH", epoch);
        command.args(["--package", NAME, "--no-build", "--no-strip", "--no-dbgsym", "--deb-revision", "", "--locked"]);
        if self.profile == Profile::Dev {
            command.arg("--fast");
        }
        command.arg("--output").arg(out).current_dir(project.root());
        process::run("cargo-deb", &mut command)
    }
}
