//! The plugins of a process, by name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::bundle::BundleError;
use crate::description::Description;
use crate::engine::LoadError;
use crate::host::{Host, Plugin};
use crate::sources::Source;

/// Plugins by name.
#[derive(Default)]
pub struct Plugins(BTreeMap<String, Entry>);

/// A plugin, and where it comes from.
pub struct Entry {
    /// The plugin.
    pub plugin: Plugin,
    /// Where it comes from.
    pub source: Source,
}

/// Why plugins can't be had, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PluginsError {
    /// A bundle can't be used.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The only plugin can't be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// One of several can't be loaded.
    #[error("{}: {error}", manifest.display())]
    LoadOf {
        /// Its manifest.
        manifest: PathBuf,
        /// Why not.
        #[source]
        error: LoadError,
    },
    /// The operator calls a plugin otherwise than it calls itself.
    #[error("{} is the plugin {name}, and is listed as {listed}: call its table [{name}], if it is the one that is meant", manifest.display())]
    OtherName {
        /// Its manifest.
        manifest: PathBuf,
        /// Its own name.
        name: String,
        /// What the operator calls it.
        listed: String,
    },
    /// Two plugins have one name.
    #[error("{} and {} are both the plugin {name}: leave one out", one.display(), other.display())]
    SameName {
        /// Their name.
        name: String,
        /// The manifest of one.
        one: PathBuf,
        /// That of the other.
        other: PathBuf,
    },
    /// There is no plugin of a name.
    #[error("there is no plugin {name}. The plugins: {}", names.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        names: Vec<String>,
    },
}

impl Plugins {
    /// Loads all of these into a host.
    ///
    /// # Errors
    /// If one can't be loaded, or is not the one that its source names, or if two have one name.
    pub fn load(host: &Host, sources: Vec<Source>) -> Result<Self, PluginsError> {
        let (several, mut plugins) = (sources.len() > 1, Self::default());
        for source in sources {
            let plugin = host.load(&source.bundle()?).map_err(|error| match several {
                true => PluginsError::LoadOf { manifest: source.manifest.clone(), error },
                false => PluginsError::Load(error),
            })?;
            plugins.add(Entry { plugin, source })?;
        }
        Ok(plugins)
    }

    /// Adds one that is loaded.
    ///
    /// # Errors
    /// If it is not the one that its source names, or there is one of its name.
    pub fn add(&mut self, entry: Entry) -> Result<(), PluginsError> {
        let name = entry.description().name.clone();
        let manifest = entry.source.manifest.clone();
        if let Some(listed) = entry.source.name.clone().filter(|listed| *listed != name) {
            return Err(PluginsError::OtherName { manifest, name, listed });
        }
        match self.0.insert(name.clone(), entry) {
            None => Ok(()),
            Some(first) => Err(PluginsError::SameName { name, one: first.source.manifest, other: manifest }),
        }
    }

    /// Their names, in order.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// The plugin of a name.
    ///
    /// # Errors
    /// If there is none.
    pub fn get(&self, name: &str) -> Result<&Entry, PluginsError> {
        self.0.get(name).ok_or_else(|| PluginsError::Unknown {
            name: name.to_owned(),
            names: self.names().into_iter().map(str::to_owned).collect(),
        })
    }

    /// The plugin, if there is just one, apart from the others.
    pub fn into_only(mut self) -> Option<Entry> {
        self.0.pop_last().map(|(_, entry)| entry).filter(|_| self.0.is_empty())
    }

    /// The plugin, if there is just one.
    pub fn only(&self) -> Option<&Entry> {
        self.0.values().next().filter(|_| self.0.len() == 1)
    }
}

impl Entry {
    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        self.plugin.description()
    }
}
