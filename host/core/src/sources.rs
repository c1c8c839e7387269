//! Which plugins a host is to have: bundles by their paths, folders of them, or a file that lists them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::bundle::{Bundle, BundleError};
use crate::text::within_line;
use crate::{connections, file};

/// What a bundle's manifest is called.
const MANIFEST: &str = "extism.json";

/// Where a plugin comes from, and what its operator says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The bundle's Extism manifest.
    pub manifest: PathBuf,
    /// The name that the plugin has to have, where the operator has written it down.
    pub name: Option<String>,
    /// What the environment variables of its connection begin with.
    pub env_prefix: Option<String>,
    /// The SHA-256 of the bundle's sums, where one bundle and no other is meant.
    pub digest: Option<String>,
}

/// Why it can't be told which plugins are meant, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A file or folder can't be read: why, and which it is.
    #[error("{0}")]
    Unreadable(String),
    /// A folder holds no bundle.
    #[error("{} holds no bundle: neither {MANIFEST} nor a folder with one", folder.display())]
    NoBundle {
        /// Its path.
        folder: PathBuf,
    },
    /// The list is none.
    #[error("{} is no list of plugins: look at line {line}. Each has a table with its name, such as [shop], and in it bundle = \"PATH\", unless it is installed, and, if it has a connection in the environment, env_prefix = \"PREFIX\"", path.display())]
    NotAList {
        /// Its path.
        path: PathBuf,
        /// Where that shows.
        line: usize,
    },
    /// The list names no plugin.
    #[error("{} lists no plugin: give each a table with its name, such as [shop]", path.display())]
    Empty {
        /// Its path.
        path: PathBuf,
    },
    /// A plugin has no bundle in the list, and is not installed either.
    #[error("{}: [{}] has no bundle = \"PATH\", and {why}", path.display(), within_line(plugin))]
    NotInstalled {
        /// The list's path.
        path: PathBuf,
        /// Its name.
        plugin: String,
        /// Why there is no installed one.
        why: String,
    },
    /// A prefix can't be one.
    #[error("{}: env_prefix of {}: {why}", path.display(), within_line(plugin))]
    Prefix {
        /// The list's path.
        path: PathBuf,
        /// Whose it is.
        plugin: String,
        /// What is wrong with it.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    bundle: Option<PathBuf>,
    env_prefix: Option<String>,
}

impl Source {
    fn of(manifest: PathBuf) -> Self {
        Self { manifest, name: None, env_prefix: None, digest: None }
    }

    /// A plugin that was installed under its name: its bundle has sums of this SHA-256.
    pub fn pinned(manifest: PathBuf, name: &str, digest: &str) -> Self {
        Self { name: Some(name.to_owned()), digest: Some(digest.to_owned()), ..Self::of(manifest) }
    }

    /// Reads the bundle.
    ///
    /// # Errors
    /// If it can't be used, or is not the one that is meant.
    pub fn bundle(&self) -> Result<Bundle, BundleError> {
        match &self.digest {
            Some(digest) => Bundle::load_pinned(&self.manifest, digest),
            None => Bundle::load(&self.manifest),
        }
    }
}

/// The bundle at a path: its manifest, or the folder that holds it. Or all bundles in a folder: those of
/// its subfolders, and the files that end with `.extism.json`, by name.
///
/// # Errors
/// If a folder can't be read, or holds none. A manifest is not looked at yet.
pub fn at(path: &Path) -> Result<Vec<Source>, SourceError> {
    if !path.is_dir() {
        return Ok(vec![Source::of(path.to_owned())]);
    }
    let own = path.join(MANIFEST);
    if own.is_file() {
        return Ok(vec![Source::of(own)]);
    }
    let unread = |error| SourceError::Unreadable(format!("can't read {}: {error}", path.display()));
    let entries = fs::read_dir(path).map_err(unread)?.collect::<Result<Vec<_>, _>>().map_err(unread)?;
    let manifest = |path: PathBuf| {
        let is_manifest = path.to_string_lossy().ends_with(&format!(".{MANIFEST}"));
        let manifest = if path.is_dir() { path.join(MANIFEST) } else { path };
        (manifest.ends_with(MANIFEST) || is_manifest).then_some(manifest).filter(|manifest| manifest.is_file())
    };
    let mut manifests: Vec<_> = entries.into_iter().filter_map(|entry| manifest(entry.path())).collect();
    if manifests.is_empty() {
        return Err(SourceError::NoBundle { folder: path.to_owned() });
    }
    manifests.sort();
    Ok(manifests.into_iter().map(Source::of).collect())
}

/// The plugins of a TOML file with a table for each, called by the plugin's name. In it are `bundle`, the
/// path of a manifest or its folder from the file's own folder, and `env_prefix`. Without `bundle` it is the
/// installed plugin of that name, for which `installed` is asked.
///
/// # Errors
/// If it can't be read, or is no such file; or with what `installed` says.
pub fn listed(path: &Path, installed: impl Fn(&str) -> Result<Source, String>) -> Result<Vec<Source>, SourceError> {
    let text = file::read(path).map_err(SourceError::Unreadable)?;
    let not_a_list = |line| SourceError::NotAList { path: path.to_owned(), line };
    let listed: BTreeMap<String, Listed> = file::toml(&text).map_err(not_a_list)?;
    if listed.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    let source = |(name, Listed { bundle, env_prefix }): (String, Listed)| {
        let bundle = bundle.map(|bundle| path.parent().unwrap_or(Path::new("")).join(bundle));
        let source = match bundle {
            Some(bundle) => Ok(Source::of(if bundle.is_dir() { bundle.join(MANIFEST) } else { bundle })),
            None => installed(&name),
        };
        let not_installed = |why| SourceError::NotInstalled { path: path.to_owned(), plugin: name.clone(), why };
        let source = source.map_err(not_installed)?;
        let env_prefix = env_prefix.as_deref().map(connections::env_prefix).transpose();
        let env_prefix =
            env_prefix.map_err(|why| SourceError::Prefix { path: path.to_owned(), plugin: name.clone(), why })?;
        Ok(Source { name: Some(name), env_prefix, ..source })
    };
    listed.into_iter().map(source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(MANIFEST), "{}").unwrap();
    }

    fn manifests(sources: &[Source], folder: &Path) -> Vec<String> {
        let relative = |source: &Source| source.manifest.strip_prefix(folder).unwrap().display().to_string();
        sources.iter().map(relative).collect()
    }

    #[test]
    fn a_path_is_a_bundle_its_folder_or_a_folder_of_bundles() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert!(at(path).unwrap_err().to_string().contains("holds no bundle"));
        bundle(&path.join("shop"));
        bundle(&path.join("crm"));
        fs::create_dir(path.join("notes")).unwrap();
        fs::write(path.join("pay.extism.json"), "{}").unwrap();
        fs::write(path.join("describe.json"), "{}").unwrap();
        assert_eq!(manifests(&at(path).unwrap(), path), ["crm/extism.json", "pay.extism.json", "shop/extism.json"]);
        assert_eq!(manifests(&at(&path.join("shop")).unwrap(), path), ["shop/extism.json"]);
        assert_eq!(manifests(&at(&path.join("shop/extism.json")).unwrap(), path), ["shop/extism.json"]);
        // Whether it is there is told with what it is needed for.
        assert_eq!(manifests(&at(&path.join("nowhere.json")).unwrap(), path), ["nowhere.json"]);
    }

    #[test]
    fn a_list_names_plugins_with_their_bundles_and_prefixes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugins.toml");
        bundle(&folder.path().join("shop"));
        let listed = |text: &str| {
            fs::write(&path, text).unwrap();
            let installed = |name: &str| match name {
                "pay" => Ok(Source::pinned(folder.path().join("sha256-0a/extism.json"), name, "0a")),
                _ => Err("is not installed".to_owned()),
            };
            super::listed(&path, installed)
        };
        let pay = listed("[pay]\nenv_prefix = \"PAY\"").unwrap().remove(0);
        assert_eq!((pay.digest.as_deref(), pay.env_prefix.as_deref()), (Some("0a"), Some("PAY")));
        let sources =
            listed("[shop]\nbundle = \"shop\"\nenv_prefix = \"MY_SHOP_\"\n[crm]\nbundle = \"x/crm.json\"").unwrap();
        assert_eq!(manifests(&sources, folder.path()), ["x/crm.json", "shop/extism.json"]);
        let said: Vec<_> = sources.iter().map(|it| (it.name.as_deref(), it.env_prefix.as_deref())).collect();
        assert_eq!(said, [(Some("crm"), None), (Some("shop"), Some("MY_SHOP"))]);
        for (text, told) in [
            ("", "lists no plugin"),
            ("[shop]\nbundle = \"a\"\napi_key = \"hunter2\"", "look at line 3"),
            ("[shop]\n", "[shop] has no bundle = \"PATH\", and is not installed"),
            ("[shop]\nbundle = \"a\"\nenv_prefix = \"a b\"", "env_prefix of shop: it takes letters"),
        ] {
            let refusal = listed(text).unwrap_err().to_string();
            assert!(refusal.contains(told) && !refusal.contains("hunter2"), "{refusal}");
        }
    }
}
