//! Who calls a server.

use std::fmt;
use std::sync::{Arc, LazyLock};

use sha2::{Digest, Sha256};

use super::scope::{Lack, Scope};
use crate::audit::Who;

/// What a caller without a name is called, where tokens are asked for.
pub const UNNAMED: &str = "unnamed";

/// Tells callers apart, for what is kept of their calls: a hash of the caller's name, or of the token where
/// it has none; zeros where no token is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CallerId(pub [u8; 32]);

impl CallerId {
    /// Of a name.
    pub fn named(name: &str) -> Self {
        // No token has a NUL in it, so no token's hash is a name's.
        Self(Sha256::new_with_prefix(b"name\0").chain_update(name).finalize().into())
    }
}

/// A caller. Cloning it is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    id: CallerId,
    name: Option<Arc<str>>,
    scope: Arc<Scope>,
}

/// A caller asks for something that its token is not for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfScope {
    token: Arc<str>,
    lack: Lack,
}

impl Caller {
    /// Whoever calls where no token is asked for.
    pub fn anybody() -> Self {
        Self { id: CallerId::default(), name: None, scope: everything() }
    }

    /// Who shows a token without a name, of this hash.
    pub fn unnamed(hash: [u8; 32]) -> Self {
        Self { id: CallerId(hash), name: Some(UNNAMED.into()), scope: everything() }
    }

    /// Who shows a token of this name.
    pub fn named(name: &str, scope: Option<Arc<Scope>>) -> Self {
        Self { id: CallerId::named(name), name: Some(name.into()), scope: scope.unwrap_or_else(everything) }
    }

    /// Tells it from others.
    pub fn id(&self) -> CallerId {
        self.id
    }

    /// Its name, as the operator wrote it; none where no token is asked for.
    pub fn name(&self) -> Option<&Arc<str>> {
        self.name.as_ref()
    }

    /// Who that is, for the audit.
    pub fn who(&self) -> Who {
        self.name.clone().map_or(Who::Anybody, Who::Caller)
    }

    /// What it may do.
    pub fn scope(&self) -> &Arc<Scope> {
        &self.scope
    }

    /// Holds it to its scope.
    ///
    /// # Errors
    /// If that lacks something.
    pub fn may(&self, asked: impl FnOnce(&Scope) -> Result<(), Lack>) -> Result<(), OutOfScope> {
        let token = || self.name.clone().unwrap_or_else(|| UNNAMED.into());
        asked(&self.scope).map_err(|lack| OutOfScope { token: token(), lack })
    }
}

impl fmt::Display for OutOfScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The token \"{}\" is not for {}.", self.token, self.lack)
    }
}

impl OutOfScope {
    /// The word for it, of RFC 6750.
    pub const WORD: &str = "insufficient_scope";
    /// The value of `WWW-Authenticate` (RFC 6750).
    pub const CHALLENGE: &str = "Bearer realm=\"plugin-host\", error=\"insufficient_scope\"";
}

fn everything() -> Arc<Scope> {
    static EVERYTHING: LazyLock<Arc<Scope>> = LazyLock::new(Arc::default);
    EVERYTHING.clone()
}
