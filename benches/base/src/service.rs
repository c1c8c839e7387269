//! The service as a contender sees it.

use std::path::PathBuf;

/// Where to call, and whom to trust.
#[derive(Debug, Clone)]
pub struct Service {
    /// The account's address, as it stands in a connection.
    pub base_url: String,
    /// The certificate authority of an https service.
    pub authority: Option<PathBuf>,
}

impl Service {
    /// A service without TLS.
    pub fn plain(base_url: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), authority: None }
    }

    /// The function's whole address.
    pub fn url(&self) -> String {
        format!("{}/api/UpdateOrderStatus", self.base_url)
    }

    /// The same service at a path, where it behaves differently.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        Self { base_url: format!("{}/{path}", self.base_url), authority: self.authority.clone() }
    }
}
