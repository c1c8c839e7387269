//! `package n8n`, `package node-red`, `package zapier`: packages for platforms in JavaScript.
//!
//! What such a package is the platform's own script knows, which is written and tested with the platform's shell and
//! travels with it in this program. Here it is given a bundle, and what it makes is held against what a package may be.

use std::collections::BTreeMap;
use std::io::Read as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::json;
use toolchain::bundle::{PUBLISHER, sha256};

use super::bundle::NOTICES;
use super::{Bundle, File, Made, PackageError, archive, check, script};

/// What scripts take of a bundle beside its module and description, where it is there.
const BESIDE: [&str; 6] = [NOTICES, "automations.json", "icon.dark.svg", "icon.svg", "listing.json", PUBLISHER];

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// n8n: an npm package of nodes.
    N8n,
    /// Node-RED: an npm package of nodes.
    NodeRed,
    /// Zapier: a folder that its command line takes.
    Zapier,
}

/// What a script answers.
#[derive(Deserialize)]
struct Answer {
    /// What the package is called.
    name: String,
    version: String,
    /// How it is installed, with `{path}` in place of where it is.
    next: String,
    /// Texts by their paths in the package.
    files: BTreeMap<String, String>,
    /// Those JSON objects that others write into, too.
    #[serde(default)]
    shared: Vec<String>,
}

impl Platform {
    /// What its script is called.
    fn name(self) -> &'static str {
        match self {
            Self::N8n => "n8n",
            Self::NodeRed => "node-red",
            Self::Zapier => "zapier",
        }
    }

    /// Whether its packages are installed by npm, as one file.
    fn takes_archives(self) -> bool {
        self != Self::Zapier
    }
}

/// The package of a plugin: an archive as npm takes it, or a folder where the platform wants one or `unpacked` is given.
///
/// # Errors
/// If the shells are not in this program, or the bundle is nothing to make a package of.
pub fn package(bundle: &Bundle, platform: Platform, unpacked: bool) -> Result<Made, PackageError> {
    let answered = script::run(&maker(platform)?, &given(bundle)?).map_err(|why| bundle.unfit(why))?;
    let answer: Answer = serde_json::from_str(&answered).map_err(|error| bundle.unfit(error.to_string()))?;
    let is_shared = |path: &String| answer.shared.contains(path);
    let files = answer.files.iter();
    let files: Vec<_> = files
        .map(|(path, content)| File { is_shared: is_shared(path), ..File::new(path, content.as_bytes()) })
        .collect();
    check(&files).map_err(|why| bundle.unfit(why))?;
    let (name, next) = (&answer.name, &answer.next);
    if unpacked || !platform.takes_archives() {
        let files = files.iter().map(|file| file.within(name)).collect();
        return Ok(Made { root: Some(name.clone()), ..Made::new(files, next) });
    }
    let files: Vec<_> = files.iter().map(|file| file.within("package")).collect();
    let packed = archive::tar_gz(&files).map_err(|error| bundle.unfit(error.to_string()))?;
    let file = format!("{name}-{}.tgz", answer.version);
    Ok(Made { root: Some(file.clone()), ..Made::new(vec![File::new(file, packed)], next) })
}

/// The script of a platform.
fn maker(platform: Platform) -> Result<String, PackageError> {
    let missing = || PackageError::NoShells { platform: platform.name() };
    let mut text = String::new();
    GzDecoder::new(plugin_host_shells::SHELLS).read_to_string(&mut text).map_err(|_| missing())?;
    let mut scripts: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|_| missing())?;
    scripts.remove(platform.name()).ok_or_else(missing)
}

/// A bundle as scripts take it.
fn given(bundle: &Bundle) -> Result<String, PackageError> {
    let text = |file: &File| {
        let text = String::from_utf8(file.content.clone());
        text.map_err(|_| bundle.unfit(format!("{} is not UTF-8", file.path)))
    };
    let mut files = BTreeMap::new();
    for name in BESIDE {
        if let Some(file) = bundle.file(name)? {
            files.insert(name, text(&file)?);
        }
    }
    let wasm = &bundle.module.content;
    let given = json!({
        "wasm": BASE64_STANDARD.encode(wasm),
        "sha256": sha256(wasm),
        "describe": text(&bundle.describe)?,
        "files": files,
    });
    Ok(given.to_string())
}
