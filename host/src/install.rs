//! Plugins that are installed: fetched by a locator, checked, and kept in a folder with a lock file.
//!
//! Data goes one way: a locator → files of a bundle, from wherever they come → a bundle that is what its sums say,
//! and the sums what their signature says → the folder. What a plugin may do is asked in between, by whoever calls.

mod archive;
mod bundle;
mod disk;
mod error;
mod fetch;
mod folder;
mod http;
mod locator;
mod lock;
mod oci;
mod permissions;
mod signature;
mod store;

pub use bundle::{Files, Sealed, Signed};
pub use error::InstallError;
pub use fetch::{Fetched, Fetcher};
pub use locator::Locator;
pub use lock::{Lock, Locked};
pub use permissions::Permissions;
pub use signature::{Keys, Trust};
pub use store::{Staged, Store, fault, locked_key, sources, usual};
