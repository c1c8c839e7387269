//! Why a connection can't be had.

use std::path::PathBuf;

/// Why a connection can't be had. No value is shown: any may be a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The file can't be read: why, and which it is.
    #[error("{0}")]
    Unreadable(String),
    /// The file is not TOML.
    #[error("{} is not valid TOML: look at line {line}", path.display())]
    NotToml {
        /// Its path.
        path: PathBuf,
        /// Where that shows.
        line: usize,
    },
    /// The file has no connection of that name.
    #[error("{} has no connection {name}. Its connections: {}", path.display(), names.join(", "))]
    Unknown {
        /// Its path.
        path: PathBuf,
        /// The name.
        name: String,
        /// The names that it has.
        names: Vec<String>,
    },
    /// The file has no connection at all.
    #[error("{} has no connection: give it a table for each, such as [shop]", path.display())]
    Empty {
        /// Its path.
        path: PathBuf,
    },
    /// A value in the file stands in no connection.
    #[error("{}: {key} belongs to no connection: put a line with its name above it, such as [shop]", path.display())]
    NoTable {
        /// Its path.
        path: PathBuf,
        /// The value's key.
        key: String,
    },
    /// Its values are not what the plugin's schema asks for.
    #[error("{from}:\n  - {}", problems.join("\n  - "))]
    Invalid {
        /// Where they come from.
        from: String,
        /// Everything that is wrong with them.
        problems: Vec<String>,
    },
    /// Several can't be had.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<ConnectionError>),
}
