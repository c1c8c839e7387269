//! Why a connection can't be had.

use std::path::PathBuf;

use crate::error::{ActionError, Effect, ErrorKind, Problem};
use crate::slip::HIDDEN;
use crate::text::within_line;

/// Why a connection can't be had. No value is shown, nor a key that is no name: any may be a secret. A name stands
/// within its line.
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
    #[error("{} has no connection {}. Its connections: {}", path.display(), within_line(name), within_line(&names.join(", ")))]
    Unknown {
        /// Its path.
        path: PathBuf,
        /// The name.
        name: String,
        /// The names that it has.
        names: Vec<String>,
    },
    /// A connection does not say which of several plugins it is for.
    #[error("{}: connection {} does not say which plugin it is for: put plugin = \"NAME\" into it, one of: {}", path.display(), within_line(name), plugins.join(", "))]
    NoPlugin {
        /// The file's path.
        path: PathBuf,
        /// The connection.
        name: String,
        /// The plugins that there are.
        plugins: Vec<String>,
    },
    /// A connection is for a plugin that is not there.
    #[error("{}: connection {} is for no plugin that is loaded: its plugin has to be one of: {}", path.display(), within_line(name), plugins.join(", "))]
    UnknownPlugin {
        /// The file's path.
        path: PathBuf,
        /// The connection.
        name: String,
        /// The plugins that there are.
        plugins: Vec<String>,
    },
    /// The file has no connection at all.
    #[error("{} has no connection: give it a table for each, such as [shop]", path.display())]
    Empty {
        /// Its path.
        path: PathBuf,
    },
    /// A value in the file stands in no connection.
    #[error("{}: {} belongs to no connection: put a line with its name above it, such as [shop]", path.display(), within_line(key))]
    NoTable {
        /// Its path.
        path: PathBuf,
        /// The value's key, as far as it is shown.
        key: String,
    },
    /// Its values are not what the plugin's schema asks for.
    #[error("{}:{}", within_line(from), problems.iter().map(|it| format!("\n  - {}", within_line(&it.message))).collect::<String>())]
    Invalid {
        /// Where they come from.
        from: String,
        /// Everything that is wrong with them.
        problems: Vec<Problem>,
    },
    /// None is given where a plugin needs one: the text says which ways there are to give it.
    #[error("{0}")]
    NotGiven(String),
    /// Several can't be had.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<ConnectionError>),
}

impl ConnectionError {
    /// The contract's error document of it: what the plugin would answer if it were asked with such a connection.
    pub fn document(&self) -> ActionError {
        let problems: Vec<Problem> = self.problems().into_iter().cloned().collect();
        let field = problems.first().map(|problem| problem.field.clone()).filter(|field| field != HIDDEN);
        let kind = ErrorKind::InvalidConnection;
        ActionError { kind, field, problems, ..ActionError::internal(self.to_string(), Effect::None) }
    }

    /// What is wrong with values, of all connections.
    fn problems(&self) -> Vec<&Problem> {
        match self {
            Self::Invalid { problems, .. } => problems.iter().collect(),
            Self::Several(errors) => errors.iter().flat_map(Self::problems).collect(),
            _ => Vec::new(),
        }
    }
}
