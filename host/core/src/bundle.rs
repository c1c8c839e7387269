//! The bundle on disk: an Extism manifest that names a module and its SHA-256.

mod sums;

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::text::within_line;
use crate::{file, json};
pub use sums::{SIGNATURE, SUMS, Sums, SumsError, check_path, is_sha256, sha256};

/// A module whose bytes are those that its publisher hashed.
#[non_exhaustive]
pub struct Bundle {
    /// The module.
    pub wasm: Vec<u8>,
    /// The pages of 64 KiB that an instance may have, if the manifest says.
    pub max_pages: Option<u32>,
    /// The largest HTTP response in bytes, if the manifest says.
    pub max_http_response_bytes: Option<u64>,
    /// The description's texts in other languages: by language, such as `ru`, and by JSON pointer.
    pub languages: Languages,
}

/// Texts by language and by JSON pointer.
pub type Languages = BTreeMap<String, BTreeMap<String, String>>;

/// The folder with a file for each language, `ru.json` for `ru`, beside the manifest.
const LANGUAGES: &str = "i18n";

/// The largest module: interpreters of other languages inside one have some tens of MiB.
pub const LARGEST_MODULE: u64 = 64 << 20;

/// The largest file with sums.
const LARGEST_SUMS: u64 = 1 << 20;

/// How many languages a bundle may have.
const MOST_LANGUAGES: usize = 200;

/// Why a bundle can't be used, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The manifest can't be read: why, and which it is.
    #[error(
        "{0}. Name the plugin's bundle with --bundle, which is the folder with its extism.json; `plugin-host build` makes one of a plugin's sources, and `plugin-host install` gets one."
    )]
    NoManifest(String),
    /// The manifest is none.
    #[error("{} is not an Extism manifest: {why}", manifest.display())]
    NotAManifest {
        /// Its path.
        manifest: PathBuf,
        /// What is wrong with it, and nothing of what stands there: it may be another file, with secrets.
        why: String,
    },
    /// The manifest names no module, or several.
    #[error("{} must name exactly one module", manifest.display())]
    NotOneModule {
        /// Its path.
        manifest: PathBuf,
    },
    /// The module would be read from elsewhere.
    #[error("{} names a module outside of its own folder: {}. A bundle's files stand together.", manifest.display(), within_line(module))]
    Elsewhere {
        /// The manifest's path.
        manifest: PathBuf,
        /// The module, as the manifest names it.
        module: String,
    },
    /// The module can't be read.
    #[error("can't read {}: {source}", within_line(&module.to_string_lossy()))]
    NoModule {
        /// Its path.
        module: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The manifest does not say which bytes the module has, or says it in another way than by their SHA-256.
    #[error("{} has no hash for {} that is a SHA-256, 64 hexadecimal digits: it can't be told whether the module is the published one. If you built it, put its SHA-256 there; if not, get the bundle again.", manifest.display(), within_line(module))]
    NoHash {
        /// The manifest's path.
        manifest: PathBuf,
        /// The module, as the manifest names it.
        module: String,
    },
    /// A file of `i18n` holds no texts.
    #[error("{} is no JSON object of texts by their JSON pointers: {why}", file.display())]
    NotALanguage {
        /// Its path.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The module is not the one that the manifest names.
    #[error("{} is not the module that {} names: its SHA-256 is {found}, not {expected}. If you built it, put its own SHA-256 into the manifest; if not, get the bundle again.", within_line(&module.to_string_lossy()), manifest.display())]
    OtherModule {
        /// Its path.
        module: PathBuf,
        /// The manifest's path.
        manifest: PathBuf,
        /// Its SHA-256, in hex.
        found: String,
        /// The one that the manifest names.
        expected: String,
    },
    /// The bundle is not the one that is expected.
    #[error("{} is not the bundle that was installed: {why}. Get it again: plugin-host install", folder.display())]
    OtherBundle {
        /// Its folder.
        folder: PathBuf,
        /// How that shows.
        why: String,
    },
}

#[derive(Deserialize)]
struct Manifest {
    wasm: Vec<Module>,
    #[serde(default)]
    memory: Memory,
}

#[derive(Deserialize)]
struct Module {
    path: String,
    hash: Option<String>,
}

#[derive(Deserialize, Default)]
struct Memory {
    max_pages: Option<u32>,
    max_http_response_bytes: Option<u64>,
}

impl Bundle {
    /// Reads an `extism.json` and the module it names, which stands beside it.
    ///
    /// # Errors
    /// If a file can't be read, the manifest is not one, or the module is not the one it names.
    pub fn load(manifest: &Path) -> Result<Self, BundleError> {
        Self::of(&Folder { path: manifest.parent().unwrap_or(Path::new("")), sums: None }, manifest)
    }

    /// The same of a bundle whose sums have this SHA-256: all that is read of it is what they say.
    ///
    /// # Errors
    /// As [`Bundle::load`], or if the bundle is another one.
    pub fn load_pinned(manifest: &Path, digest: &str) -> Result<Self, BundleError> {
        let path = manifest.parent().unwrap_or(Path::new(""));
        let other = |why: String| BundleError::OtherBundle { folder: path.to_owned(), why };
        let bytes = file::read_bytes(&path.join(SUMS), LARGEST_SUMS);
        let bytes = bytes.map_err(|error| other(format!("{SUMS} can't be read: {error}")))?;
        let found = sha256(&bytes);
        if found != digest {
            return Err(other(format!("the SHA-256 of its {SUMS} is {found}, not {digest}")));
        }
        let sums = Sums::parse(&bytes).map_err(|error| other(error.to_string()))?;
        Self::of(&Folder { path, sums: Some(sums) }, manifest)
    }

    fn of(folder: &Folder<'_>, manifest: &Path) -> Result<Self, BundleError> {
        let at = || manifest.to_owned();
        let text = folder.text(manifest, BundleError::NoManifest)?;
        let parsed: Manifest = serde_json::from_str(&text)
            .map_err(|error| BundleError::NotAManifest { manifest: at(), why: json::told(&error) })?;
        let [module] = parsed.wasm.as_slice() else {
            return Err(BundleError::NotOneModule { manifest: at() });
        };
        // Else a stranger's bundle would have its host look into any file, and tell its hash.
        if !Path::new(&module.path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(BundleError::Elsewhere { manifest: at(), module: module.path.clone() });
        }
        let path = folder.path.join(&module.path);
        let wasm = file::read_bytes(&path, LARGEST_MODULE)
            .map_err(|source| BundleError::NoModule { module: path.clone(), source })?;
        folder.check(&path, &wasm)?;
        // What is none is not told, as it may be anything.
        let Some(expected) = module.hash.as_ref().filter(|hash| is_sha256(hash)) else {
            return Err(BundleError::NoHash { manifest: at(), module: module.path.clone() });
        };
        let found = sha256(&wasm);
        if !expected.eq_ignore_ascii_case(&found) {
            return Err(BundleError::OtherModule { module: path, manifest: at(), found, expected: expected.clone() });
        }
        Ok(Self {
            wasm,
            max_pages: parsed.memory.max_pages,
            max_http_response_bytes: parsed.memory.max_http_response_bytes,
            languages: folder.languages()?,
        })
    }
}

/// A bundle's folder, and what its files have to be, if that is known.
struct Folder<'a> {
    path: &'a Path,
    sums: Option<Sums>,
}

impl Folder<'_> {
    /// A text of it.
    fn text(&self, file: &Path, unread: impl Fn(String) -> BundleError) -> Result<String, BundleError> {
        let text = file::read(file).map_err(unread)?;
        self.check_text(file, &text)?;
        Ok(text)
    }

    /// Holds a text against the sums. A mark before it is none of what is read.
    fn check_text(&self, file: &Path, text: &str) -> Result<(), BundleError> {
        match self.check(file, text.as_bytes()) {
            Err(_) if self.check(file, format!("\u{feff}{text}").as_bytes()).is_ok() => Ok(()),
            outcome => outcome,
        }
    }

    /// Holds a file's content against the sums.
    fn check(&self, file: &Path, content: &[u8]) -> Result<(), BundleError> {
        let Some(sums) = &self.sums else { return Ok(()) };
        let parts = file.strip_prefix(self.path).unwrap_or(file).components();
        let parts = parts.filter_map(|part| if let Component::Normal(part) = part { part.to_str() } else { None });
        let name = parts.collect::<Vec<_>>().join("/");
        let other =
            |error: SumsError| BundleError::OtherBundle { folder: self.path.to_owned(), why: error.to_string() };
        sums.check(&name, content).map_err(other)
    }

    /// The languages beside the manifest; none where there is no folder of them. What is no `.json` file is none
    /// of them, and neither is what sums do not name.
    fn languages(&self) -> Result<Languages, BundleError> {
        let mut languages = Languages::new();
        for file in self.files_of_languages() {
            let refused = |why: String| BundleError::NotALanguage { file: file.clone(), why };
            let text = self.text(&file, refused)?;
            let texts = serde_json::from_str(&text).map_err(|error| refused(json::told(&error)))?;
            if languages.len() == MOST_LANGUAGES {
                return Err(refused(format!("a bundle has at most {MOST_LANGUAGES} languages")));
            }
            languages.insert(file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), texts);
        }
        Ok(languages)
    }

    fn files_of_languages(&self) -> Vec<PathBuf> {
        let is_language = |path: &PathBuf| {
            path.extension().is_some_and(|it| it == "json") && path.parent() == Some(&self.path.join(LANGUAGES))
        };
        match &self.sums {
            Some(sums) => sums.paths().map(|name| self.path.join(name)).filter(is_language).collect(),
            None => {
                let entries = self.path.join(LANGUAGES).read_dir().into_iter().flatten().flatten();
                entries.map(|entry| entry.path()).filter(is_language).collect()
            }
        }
    }
}

/// A description with further languages. Where it has a text itself, that is the one.
pub fn with_languages(text: String, languages: &Languages) -> String {
    if languages.is_empty() {
        return text;
    }
    let Ok(mut description) = serde_json::from_str(&text) else { return text };
    if add_languages(&mut description, languages) { description.to_string() } else { text }
}

/// Adds languages to a description, and says whether it has changed. What is none is told by whoever reads it.
pub fn add_languages(description: &mut Value, languages: &Languages) -> bool {
    if languages.is_empty() {
        return false;
    }
    let Some(description) = description.as_object_mut() else { return false };
    let Some(all) = description.entry("i18n").or_insert_with(|| json!({})).as_object_mut() else { return false };
    for (language, texts) in languages {
        let Some(own) = all.entry(language).or_insert_with(|| json!({})).as_object_mut() else { continue };
        for (pointer, translated) in texts {
            own.entry(pointer).or_insert_with(|| translated.as_str().into());
        }
    }
    true
}

#[cfg(test)]
mod tests;
