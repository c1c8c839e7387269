//! Builds a plugin of its sources: the module, and the bundle.

use std::fs;
use std::path::{Path, PathBuf};

use plugin_host_core::Runner;
use plugin_host_core::bundle::Bundle;
use plugin_host_core::host::Settings;
use plugin_kit::manifest;
use serde_json::{Map, Value, json};
use toolchain::bundle::{self, MANIFEST, NOTICES, PUBLISHER, Staging};
use toolchain::ui::say;
use toolchain::{Needs, Toolchain, Version, WASM_TARGET, crates, notices, wasm_opt};

/// What a plugin takes to be built: what the kit does.
const NEEDS: Needs = Needs { oldest: Version { major: 1, minor: 88 }, variable: "PLUGIN_TOOLCHAIN" };

/// The manifest for stock hosts of a plugin that has none: it reaches nothing there.
const NO_MANIFEST: &[u8] = br#"{"wasm":[{"name":"main"}],"allowed_hosts":[]}"#;

/// Why there is no bundle.
#[derive(Debug)]
pub enum BuildError {
    /// Cargo has said it.
    Told,
    /// What is wrong, and what to do.
    Why(String),
}

/// How a module is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As it is released.
    Release,
    /// As fast as it can be.
    Dev,
}

/// A plugin's sources.
pub struct Source {
    folder: PathBuf,
    package: String,
    library: String,
    /// Who publishes it, as its `Cargo.toml` says.
    publisher: Value,
    target: PathBuf,
    toolchain: Toolchain,
}

fn why(error: impl std::fmt::Display) -> BuildError {
    BuildError::Why(format!("{error:#}"))
}

/// What a package of Cargo's says of who publishes it.
fn publisher(package: &Value) -> Value {
    let mut publisher = Map::new();
    for key in ["license", "repository"] {
        if let Some(said) = package[key].as_str() {
            publisher.insert(key.to_owned(), said.into());
        }
    }
    if let Some(author) = package["authors"][0].as_str() {
        // As Cargo has it: the name, and the address in angle brackets.
        let (name, email) = author.split_once('<').unwrap_or((author, ""));
        let mut told = json!({ "name": name.trim() });
        if !email.is_empty() {
            told["email"] = email.trim_end_matches('>').trim().into();
        }
        publisher.insert("author".to_owned(), told);
    }
    publisher.into()
}

/// Whether a folder holds a plugin's sources.
pub fn is_source(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file()
}

/// Where the bundle of a plugin's sources is.
pub fn dist(folder: &Path) -> PathBuf {
    folder.join("dist")
}

impl Source {
    /// The sources in a folder, with what builds them, which is set up if need be.
    ///
    /// # Errors
    /// If they are none, or nothing can be had to build them.
    pub fn open(folder: &Path) -> Result<Self, BuildError> {
        if !is_source(folder) {
            return Err(why(format!("{} holds no plugin's sources: there is no Cargo.toml", folder.display())));
        }
        let folder = folder.canonicalize().map_err(why)?;
        let found = Toolchain::find_or_set_up(&NEEDS).map_err(why)?;
        let toolchain = found.ok_or_else(|| {
            why(format!("there is no Rust compiler {} or later with a standard library for {WASM_TARGET}, and none could be set up: install rustup (https://rustup.rs), then run: rustup target add {WASM_TARGET}", NEEDS.oldest))
        })?;
        let mut cargo = toolchain.cargo();
        let said = cargo.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&folder).output();
        let said = said.map_err(why)?;
        if !said.status.success() {
            eprint!("{}", String::from_utf8_lossy(&said.stderr));
            return Err(BuildError::Told);
        }
        let metadata: Value = serde_json::from_slice(&said.stdout).map_err(why)?;
        let own = folder.join("Cargo.toml");
        let mut packages = metadata["packages"].as_array().into_iter().flatten();
        let package =
            packages.find(|package| package["manifest_path"].as_str().is_some_and(|path| Path::new(path) == own));
        let package = package.ok_or_else(|| why(format!("{} is no package: name the folder of one", own.display())))?;
        let is_module =
            |target: &&Value| target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|it| it == "cdylib"));
        let library = package["targets"].as_array().into_iter().flatten().find(is_module);
        let library = library.ok_or_else(|| {
            why(format!("{} makes no module: put crate-type = [\"cdylib\", \"rlib\"] under [lib]", own.display()))
        })?;
        let publisher = publisher(package);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (package, library) = (text(&package["name"]), text(&library["name"]).replace('-', "_"));
        let target = text(&metadata["target_directory"]).into();
        Ok(Self { folder, package, library, publisher, target, toolchain })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where modules that are tried out are put.
    pub fn trial(&self) -> PathBuf {
        self.target.join("plugin-host").join(MANIFEST)
    }

    /// Compiles the module; what the compiler has to say is on standard error.
    ///
    /// # Errors
    /// If that fails.
    pub fn compile(&self, profile: Profile) -> Result<PathBuf, BuildError> {
        let mut cargo = self.toolchain.wasm_cargo("build");
        cargo.args(["--lib", "--package", &self.package]).current_dir(&self.folder);
        let built = match profile {
            Profile::Release => {
                cargo.arg("--release");
                "release"
            }
            Profile::Dev => {
                // What only debuggers read would have to be loaded at each change.
                cargo.arg("--quiet").env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
                cargo.env("CARGO_PROFILE_DEV_INCREMENTAL", "true");
                "debug"
            }
        };
        match cargo.status() {
            Ok(status) if status.success() => {
                Ok(self.target.join(WASM_TARGET).join(built).join(format!("{}.wasm", self.library)))
            }
            Ok(_) => Err(BuildError::Told),
            Err(error) => Err(why(format!("can't run cargo: {error}"))),
        }
    }

    /// Makes the bundle, in `dist` of the folder, and tells its manifest.
    ///
    /// # Errors
    /// If the module can't be built, or is no plugin.
    pub fn bundle(&self) -> Result<PathBuf, BuildError> {
        let compiled = self.compile(Profile::Release)?;
        let small = wasm_opt::optimised(&compiled, &self.target.join("tools")).unwrap_or_else(|error| {
            say(format!("{error:#}"));
            None
        });
        let module = match small {
            Some(module) => module,
            None => {
                say("no wasm-opt here, which comes with Node and npm: the module stays larger than it could be");
                fs::read(&compiled).map_err(why)?
            }
        };
        let staging = Staging::new(&self.folder).map_err(why)?;
        let (name, described) = self.described(&module, staging.path())?;
        let mut bundle = bundle::Bundle::new(&name, &module, &self.template()?).map_err(why)?;
        for (path, text) in described {
            bundle.add_described(&path, text);
        }
        bundle.add_listing(&self.folder).map_err(why)?;
        if !self.folder.join(PUBLISHER).is_file() {
            bundle.add(PUBLISHER, format!("{:#}\n", self.publisher));
        }
        let linked = crates::linked(self.toolchain.cargo(), &self.folder, &self.package, WASM_TARGET).map_err(why)?;
        bundle.add(NOTICES, notices::of(&linked));
        let dist = dist(&self.folder);
        bundle.write(staging.path()).and_then(|()| staging.replace(&dist)).map_err(why)?;
        say(format!("{}: {} bytes", dist.join(format!("{name}.wasm")).display(), module.len()));
        Ok(dist.join(MANIFEST))
    }

    /// Puts a compiled module where it can be loaded, and nothing else.
    ///
    /// # Errors
    /// If that can't be written.
    pub fn stage(&self, compiled: &Path) -> Result<PathBuf, BuildError> {
        let manifest = self.trial();
        let module = fs::read(compiled).map_err(why)?;
        let bundle = bundle::Bundle::new(&self.library, &module, &self.template()?).map_err(why)?;
        bundle.write(manifest.parent().unwrap_or(&self.target)).map_err(why)?;
        Ok(manifest)
    }

    /// The module's own name, and the files that tell of it. It is asked in a folder that is to be a bundle.
    fn described(&self, module: &[u8], staging: &Path) -> Result<(String, Vec<(String, String)>), BuildError> {
        let asked = staging.join("asked");
        bundle::Bundle::new("asked", module, &self.template()?).and_then(|bundle| bundle.write(&asked)).map_err(why)?;
        let loaded = Bundle::load(&asked.join(MANIFEST)).map_err(why)?;
        let runner = Runner::load(&loaded, Settings::default()).map_err(why)?;
        let description = runner.description();
        let folder = self.folder.join(bundle::LANGUAGES);
        let languages = manifest::languages(&folder).map_err(why)?;
        let files = manifest::of_description(&description.text, &languages).map_err(|faults| {
            why(format!("{} does not fit the plugin:\n  - {}", folder.display(), faults.join("\n  - ")))
        })?;
        fs::remove_dir_all(&asked).map_err(why)?;
        Ok((description.name.clone(), files))
    }

    fn template(&self) -> Result<Vec<u8>, BuildError> {
        let file = self.folder.join(MANIFEST);
        if file.is_file() { fs::read(file).map_err(why) } else { Ok(NO_MANIFEST.to_vec()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_publishes_is_said_in_cargo_s_manifest() {
        let package =
            json!({ "license": "MIT", "repository": null, "authors": ["Ann Baker <ann@example.com>", "Bob"] });
        let told = json!({ "license": "MIT", "author": { "name": "Ann Baker", "email": "ann@example.com" } });
        assert_eq!(publisher(&package), told);
        assert_eq!(publisher(&json!({ "authors": ["Ann"] })), json!({ "author": { "name": "Ann" } }));
        assert_eq!(publisher(&json!({ "authors": [] })), json!({}));
    }
}
