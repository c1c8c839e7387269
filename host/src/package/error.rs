//! Why there is no package.

use std::io;
use std::path::PathBuf;

/// Why there is no package, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The bundle can't be loaded.
    #[error(transparent)]
    Bundle(#[from] plugin_host_core::bundle::BundleError),
    /// The module can't be run, or its description would be misread.
    #[error(transparent)]
    Load(#[from] plugin_host_core::LoadError),
    /// The description breaks the contract.
    #[error("there can't be a package of {} before its description keeps the contract:{}", bundle.display(), faults.iter().map(|fault| format!("\n  - {fault}")).collect::<String>())]
    Faults {
        /// The bundle's folder.
        bundle: PathBuf,
        /// What is wrong with it.
        faults: Vec<plugin_host_core::description::Fault>,
    },
    /// A file of the bundle can't be read, or not be what it is.
    #[error("{}: {why}. Get the bundle again, or make it anew.", file.display())]
    File {
        /// Its path.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Something in the bundle can't be in such a package.
    #[error("there can't be such a package of {plugin}: {why}")]
    Unfit {
        /// The plugin's name.
        plugin: String,
        /// What, and what to do.
        why: String,
    },
    /// The shells of platforms in JavaScript are not in this program.
    #[error(
        "this plugin-host was built without the shells that a package for {platform} is made of: where Node is installed, build it again with `cargo xtask dist` before it, or use a released one"
    )]
    NoShells {
        /// The platform.
        platform: &'static str,
    },
    /// What stands where the package is to be was not written by this command, or has been changed since.
    #[error("{} is there already, and is not as an earlier package left it: name another folder, or say --force", path.display())]
    Foreign {
        /// Its path.
        path: PathBuf,
    },
    /// The package can't be written.
    #[error("can't write {}: {source}", path.display())]
    Unwritten {
        /// What was to be written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}
