//! Why a sandbox did not start.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a sandbox did not start. Each reads as one line with the next step.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The orders file can't be read or is not what it should be: mend the place it names.
    OrdersFile {
        /// The file, as it was given.
        path: PathBuf,
        /// What is wrong, with the line or the field.
        reason: String,
    },
    /// The address can't be listened on: take another port, or 0 for a free one.
    Listen {
        /// The address, as it was given.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no thread or no event loop: free some resources and try again.
    Runtime(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrdersFile { path, reason } => {
                write!(f, "orders file {}: {reason}; mend it or choose another", path.display())
            }
            Self::Listen { address, source } => {
                write!(f, "cannot listen on {address}: {source}; choose another port, or 0 for a free one")
            }
            Self::Runtime(source) => {
                write!(f, "cannot start a server thread: {source}; free some resources and try again")
            }
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::OrdersFile { .. } => None,
            Self::Listen { source, .. } | Self::Runtime(source) => Some(source),
        }
    }
}
