//! `cargo xtask audit`: what is known to be unsafe in what the project is made of, by the lists that RustSec, npm
//! and PyPI keep.
//!
//! They are somewhere else, so a check can't always ask them. What could not be asked is told as such, and never
//! as clean: `lint` goes on then, and this chore fails.

mod answers;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use toolchain::process;
use toolchain::ui::{Paint, say};

use crate::project::Project;
use answers::Answer;

/// What is listed and does no harm here, and why.
const EXCEPTIONS: [(&str, &str); 1] =
    [("RUSTSEC-2023-0071", "the timing of RSA's private operations, and Restate's library has a public key alone")];

/// Folders with a lock file of npm's.
const NPM: [&str; 5] =
    ["platforms/js", "platforms/n8n", "platforms/node-red", "platforms/zapier", "plugins/assemblyscript"];

/// Files that pin packages of PyPI's.
const PIP: [&str; 2] = ["platforms/python/e2e/constraints/airflow.txt", "platforms/python/e2e/constraints/prefect.txt"];

/// Asks all lists.
///
/// # Errors
/// With everything that is known to be unsafe, or if a list could not be asked.
pub fn chore(project: &Project) -> Result<()> {
    match look(project.root())? {
        0 => Ok(()),
        unasked => bail!("{unasked} lists could not be asked"),
    }
}

/// Asks all lists, and says of each what came of it. How many could not be asked.
///
/// # Errors
/// With everything that is known to be unsafe.
pub fn look(root: &Path) -> Result<usize> {
    let mut answers = vec![("crates (RustSec)".to_owned(), crates(root))];
    answers.extend(NPM.map(|folder| (format!("{folder} (npm)"), npm(&root.join(folder)))));
    answers.extend(PIP.map(|file| (format!("{file} (PyPI)"), pip(&root.join(file)))));
    let (mut unasked, mut wrong) = (0, Vec::new());
    for (what, answer) in answers {
        match answer {
            Answer::NotAsked(why) => {
                unasked += 1;
                say(format!("audit: {what}: {}: {why}", Paint::stderr().yellow("NOT ASKED")));
            }
            Answer::Listed(found) => {
                let excepted = |id: &String| EXCEPTIONS.iter().any(|(known, _)| known == id);
                let known = found.iter().filter(|(id, _)| excepted(id)).count();
                say(format!("audit: {what}: {} listed, {known} of them excepted", found.len()));
                wrong.extend(
                    found.into_iter().filter(|(id, _)| !excepted(id)).map(|(id, of)| format!("{what}: {id}: {of}")),
                );
            }
        }
    }
    if !wrong.is_empty() {
        bail!("known to be unsafe: update these, or say in xtask/src/audit.rs why not\n  {}", wrong.join("\n  "));
    }
    Ok(unasked)
}

fn crates(root: &Path) -> Answer {
    if process::find("cargo-audit").is_none() {
        return Answer::NotAsked("cargo-audit is missing: cargo install cargo-audit --locked".to_owned());
    }
    answers::of_cargo(&said(Command::new("cargo-audit").args(["audit", "--json"]).current_dir(root)))
}

fn npm(folder: &Path) -> Answer {
    let Some(npm) = process::find("npm") else { return Answer::NotAsked("npm is missing".to_owned()) };
    let arguments = ["audit", "--json", "--package-lock-only", "--fetch-retries=0", "--fetch-timeout=20000"];
    answers::of_npm(&said(Command::new(npm).args(arguments).current_dir(folder)))
}

fn pip(file: &Path) -> Answer {
    let Some(program) = process::find("pip-audit") else {
        return Answer::NotAsked("pip-audit is missing: pip install pip-audit".to_owned());
    };
    let arguments = ["--format", "json", "--progress-spinner", "off", "--disable-pip", "--no-deps", "--requirement"];
    answers::of_pip(&said(Command::new(program).args(arguments).arg(file)))
}

/// What a program prints, also if it fails: it does so where something is listed.
fn said(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match text(&output.stdout) {
        nothing if nothing.is_empty() => {
            Err(text(&output.stderr).lines().last().unwrap_or("it says nothing").to_owned())
        }
        said => Ok(said),
    }
}
