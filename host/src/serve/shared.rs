//! What those share who answer requests.

use std::sync::Arc;
use std::time::Duration;

use super::calls::Calls;

/// What the handlers share.
pub struct Api {
    /// What runs calls.
    pub calls: Arc<Calls>,
    /// The largest body, in bytes.
    pub largest_body: usize,
    /// The largest body of what a service tells.
    pub largest_webhook: usize,
    /// How long a client may take to send one.
    pub patience: Duration,
    /// What the addresses of webhooks begin with, if not with that at which the server is asked for them.
    pub public_url: Option<String>,
}
