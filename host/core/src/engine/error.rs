//! Why a plugin can't be loaded.

use std::io;

use crate::description::ContractError;

/// Why a plugin can't be loaded, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// It is no WebAssembly module, or one with features that this host does not take.
    #[error("the module can't be compiled: {0}")]
    Compile(String),
    /// It wants more than Extism's functions.
    #[error("the module can't be linked: {0}")]
    Link(String),
    /// There is no memory for an instance, or what the module does to begin with fails.
    #[error("the module can't be instantiated: {0}")]
    Instantiate(String),
    /// The system has no thread.
    #[error("the system has no thread for the plugin's clock: {0}")]
    NoThread(#[source] io::Error),
    /// It does not say what it can do.
    #[error("the module has no export describe: it is no plugin of the contract")]
    NoDescribe,
    /// It failed to say what it can do.
    #[error("the plugin can't describe itself: {0}")]
    Describe(String),
    /// It does not follow the contract.
    #[error(transparent)]
    Contract(#[from] ContractError),
}
