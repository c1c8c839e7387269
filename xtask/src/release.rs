//! `cargo xtask release`: everything that is handed out, in one folder, with sums and a signature.
//!
//! What is made of the same commit is the same, byte for byte, but for signatures. docs/releasing.md tells what there is
//! and how to check it.

mod bills;
mod committed;
mod files;
mod options;
mod packages;
mod program;
mod sbom;
mod signing;
mod tree;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use toolchain::bundle::{Staging, checksums};
use toolchain::crates;
use toolchain::ui::say;
use toolchain::{Toolchain, WASM_TARGET, process};

use crate::plugins::{JUSTCLICK, Plugin};
use crate::project::Project;
use crate::{dist, needed};
use bills::Materials;
use committed::Committed;
use options::Options;
use program::Program;
use sbom::Checksums;
use signing::{KEY_FILE, Signer};

/// What is released: the plugin that this project is named after. The made-up shop is for tests, and Redmine's is a
/// proof of the contract that nobody has promised to keep up with Redmine.
const RELEASED: [&Plugin; 1] = [&JUSTCLICK];

const SUMS: &str = "SHA256SUMS";

/// Makes the files.
///
/// # Errors
/// When the tree holds what is in no commit, or a step fails.
pub fn chore(project: &Project, arguments: &[String]) -> Result<()> {
    let options = Options::read(arguments, project.target().join("release-files"))?;
    if !options.allow_dirty {
        tree::check_is_clean(project.root())?;
    }
    let signer = Signer::of_environment()?;
    let toolchain = needed::toolchain()?;
    dist::build(project, &toolchain)?;
    let compiler = Compiler::of(&toolchain)?;
    let inside = crates::linked(toolchain.cargo(), project.root(), program::NAME, &compiler.target)?;
    let program = Program::build(project, &toolchain, options.profile, &inside)?;
    let version = version(&program)?;
    let lock = project.root().join("Cargo.lock");
    let sums = Checksums::read(&String::from_utf8_lossy(&files::read(&lock)?));
    let materials = Materials { version: &version, rust: &compiler.version, sums, program: &inside };

    let parent = options.out.parent().context("the files need a folder")?;
    std::fs::create_dir_all(parent).with_context(|| format!("can't make {}", parent.display()))?;
    let staging = Staging::new(parent)?;
    // Elsewhere than the files, as both are called the same.
    let work = Staging::new(&project.target().join("release"))?;
    for plugin in RELEASED {
        let bundle = plugin.dist(project);
        check_version(&bundle, &version)?;
        let name = format!("{} {version}", plugin.name);
        packages::make(&program.path(), &bundle, signer.as_ref(), &name, work.path(), staging.path())?;
        let inside = crates::linked(toolchain.cargo(), project.root(), plugin.package, WASM_TARGET)?;
        materials.of_plugin(plugin.name, &bundle.join(plugin.module()), &inside, &program.path(), staging.path())?;
    }
    say("release: plugin-host");
    program.pack(&version, &compiler.target, staging.path())?;
    materials.of_program(&compiler.target, &program.path(), staging.path())?;
    program.debian(project, &toolchain, &version, &Committed::of(project)?, staging.path())?;
    sign(staging.path(), &version, signer.as_ref())?;
    staging.replace(&options.out)?;
    tell(project, &options.out, signer.is_some())
}

/// What the compiler says of itself.
struct Compiler {
    target: String,
    version: String,
}

impl Compiler {
    fn of(toolchain: &Toolchain) -> Result<Self> {
        let about = process::output("rustc", toolchain.rustc().arg("-vV"))?;
        let field = |name: &str| {
            let value = about.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.map(str::to_owned).with_context(|| format!("rustc names no {name}"))
        };
        Ok(Self { target: field("host")?, version: field("release")? })
    }
}

/// The version of all that is released: the program says it.
fn version(program: &Program) -> Result<String> {
    let said = process::output("plugin-host", Command::new(program.path()).arg("--version"))?;
    Ok(said.trim().rsplit(' ').next().unwrap_or_default().to_owned())
}

fn check_version(bundle: &Path, version: &str) -> Result<()> {
    let description: Value = serde_json::from_slice(&files::read(&bundle.join("describe.json"))?)?;
    if description["version"] != version {
        bail!(
            "all that is released has one version, {version}, and {} has {}",
            bundle.display(),
            description["version"]
        );
    }
    Ok(())
}

/// Writes the sums of all files, and their signature.
fn sign(folder: &Path, version: &str, signer: Option<&Signer>) -> Result<()> {
    let mut contents = Vec::new();
    for path in files::within(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        contents.push((name, files::read(&path)?));
    }
    let sums = checksums(contents.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
    files::write(&folder.join(SUMS), sums.as_bytes())?;
    if let Some(signer) = signer {
        let signature = signer.sign(sums.as_bytes(), &format!("plugin-host {version}, {SUMS}"))?;
        files::write(&folder.join(format!("{SUMS}.minisig")), signature.as_bytes())?;
    }
    Ok(())
}

fn tell(project: &Project, out: &Path, is_signed: bool) -> Result<()> {
    for path in files::within(out)? {
        println!("{:>11}  {}", path.metadata()?.len(), project.typed(&path).display());
    }
    if !is_signed {
        say(format!("NOT SIGNED: {KEY_FILE} names no key. docs/releasing.md says how one is made"));
    }
    Ok(())
}
