//! Why a plugin is not installed.

use std::io;
use std::path::PathBuf;

use plugin_host_core::LoadError;
use plugin_host_core::bundle::{BundleError, SIGNATURE, SUMS, SumsError};

/// Why a plugin is not installed, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// A locator is none.
    #[error("the locator {locator:?} {why}")]
    Locator {
        /// What was given.
        locator: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something would be fetched where anybody on the way could change it.
    #[error("{0} is plain http, which anybody on the way could change: it has to be https, but on this machine")]
    PlainHttp(String),
    /// Nothing came from an address.
    #[error("nothing came from {url}: {why}")]
    NoAnswer {
        /// The address, without its query.
        url: String,
        /// Why not.
        why: String,
    },
    /// An address answered something else.
    #[error("{url} answered {status}: {next}")]
    Status {
        /// The address, without its query.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What that means here.
        next: &'static str,
    },
    /// An address leads elsewhere, where nothing is fetched from.
    #[error("{url} {why}")]
    Redirect {
        /// The address, without its query.
        url: String,
        /// What is wrong with where it leads.
        why: String,
    },
    /// What an artifact is called there is not one of this project's.
    #[error("{reference} is no plugin's bundle: {why}")]
    NotABundle {
        /// Its reference.
        reference: String,
        /// How that shows.
        why: String,
    },
    /// What came is not what was asked for.
    #[error(
        "{what} is not the one that is expected: its digest is {found}, not {expected}. Whoever serves it has changed or damaged it; nothing was installed"
    )]
    Digest {
        /// What it is.
        what: String,
        /// Its digest.
        found: String,
        /// The one that it has to have.
        expected: String,
    },
    /// An archive can't be unpacked.
    #[error("{what} is no bundle in a .tar.gz: {why}")]
    Archive {
        /// Where it comes from.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// Files are no bundle.
    #[error("{what} is no whole bundle: {why}")]
    Incomplete {
        /// Where they come from.
        what: String,
        /// What is missing or wrong.
        why: String,
    },
    /// A bundle has more than any has.
    #[error("{what} has more than the {} MiB that a bundle may have", most >> 20)]
    TooLarge {
        /// Where it comes from.
        what: String,
        /// So many bytes.
        most: u64,
    },
    /// Nobody vouches for a bundle.
    #[error(
        "{what} is not signed: there is no {SIGNATURE} beside its {SUMS}. Ask who publishes it for a signed one, or take it as it is with --allow-unsigned"
    )]
    Unsigned {
        /// Where it comes from.
        what: String,
    },
    /// A bundle is signed by somebody whom nobody has said to trust.
    #[error(
        "{what} is signed with the key {id}, which is not one that is trusted: get the public key from who publishes the plugin, by another way than the bundle, and give it with --key"
    )]
    UnknownKey {
        /// Where it comes from.
        what: String,
        /// The key's id, as minisign shows it.
        id: String,
    },
    /// An update is not signed by whom the plugin is from.
    #[error(
        "{what} is not signed with the key that {plugin} was installed with: if its publisher has another key now, give that with --key"
    )]
    OtherKey {
        /// Where it comes from.
        what: String,
        /// The plugin.
        plugin: String,
    },
    /// A signature is not that of the sums.
    #[error("the signature of {what} is wrong: {why}. Its files are not those that were signed; nothing was installed")]
    Signature {
        /// Where it comes from.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// What is to be a public key is none.
    #[error(
        "{what} is no public key of minisign: it begins with RW and has 56 characters, or is a file with such a line"
    )]
    Key {
        /// What was given.
        what: String,
    },
    /// A plugin can't be loaded.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A plugin can't be run.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A plugin of this name is there.
    #[error(
        "{name} is installed already, {version} from {locator}: update it with `plugin-host update {name}`, or first remove it with `plugin-host remove {name}`"
    )]
    Installed {
        /// Its name.
        name: String,
        /// The version that is there.
        version: String,
        /// Where that is from.
        locator: String,
    },
    /// There is no such plugin.
    #[error("there is no installed plugin {name}; there are: {there}")]
    NotInstalled {
        /// The name.
        name: String,
        /// Those that there are.
        there: String,
    },
    /// An update is another plugin.
    #[error("{locator} is the plugin {found} now, and no longer {name}: nothing was changed")]
    OtherPlugin {
        /// Where it comes from.
        locator: String,
        /// What it is called.
        found: String,
        /// What it was called.
        name: String,
    },
    /// An update is older than what is there.
    #[error(
        "{locator} is {name} {found} now, which is older than the {version} that is installed: if that is meant, say --allow-downgrade"
    )]
    Older {
        /// Where it comes from.
        locator: String,
        /// The plugin.
        name: String,
        /// The version that would be installed.
        found: String,
        /// The one that is.
        version: String,
    },
    /// A plugin wants more than the lock grants.
    #[error("{name} wants more than plugins.lock grants: {}. Grant it with `plugin-host update {name}`", more.join(", "))]
    NotGranted {
        /// The plugin.
        name: String,
        /// What it wants besides.
        more: Vec<String>,
    },
    /// The lock can't be read.
    #[error("{} is no list of installed plugins that this version can read: {why}", path.display())]
    Lock {
        /// Its path.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another process installs.
    #[error("another plugin-host changes {} now: wait until it has ended", folder.display())]
    Busy {
        /// The folder of installed plugins.
        folder: PathBuf,
    },
    /// There is no place.
    #[error(
        "there is no home folder to keep plugins in: name a folder with --plugins FOLDER, or in PLUGIN_HOST_PLUGINS"
    )]
    NoFolder,
    /// A file can't be read or written.
    #[error("can't {doing} {}: {source}", path.display())]
    Io {
        /// What was tried: read, write.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl InstallError {
    /// Something that can't be read or written.
    pub fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    /// Files that are no bundle.
    pub fn incomplete(what: &str, why: impl ToString) -> Self {
        Self::Incomplete { what: what.to_owned(), why: why.to_string() }
    }

    /// Whether it is about what was asked for, and not about what was found.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Locator { .. } | Self::PlainHttp(_) | Self::Key { .. } | Self::NotInstalled { .. } | Self::NoFolder
        )
    }
}

/// Sums that are none, of a bundle from somewhere.
pub fn of_sums(what: &str) -> impl Fn(SumsError) -> InstallError {
    move |error| InstallError::incomplete(what, error)
}
