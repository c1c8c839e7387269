//! Name resolution that refuses addresses a plugin must not reach.

use std::sync::Arc;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::policy::{Origin, PrivateAccess};

/// Resolves as the system does, then leaves out what is not allowed. What it returns is what is
/// connected to: a name can't resolve to one address when it is checked and to another afterwards.
#[derive(Debug)]
pub struct GuardedResolver {
    inner: DefaultResolver,
    access: Arc<PrivateAccess>,
}

impl GuardedResolver {
    pub fn new(access: PrivateAccess) -> Self {
        Self { inner: DefaultResolver::default(), access: Arc::new(access) }
    }
}

/// No address of the name may be reached.
#[derive(Debug)]
pub struct Forbidden;

impl std::fmt::Display for Forbidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the address is private and not on the allow-list")
    }
}

impl std::error::Error for Forbidden {}

impl Resolver for GuardedResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout).map_err(|error| match error {
            // The system's words for a name without an address vary.
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })?;
        // A proxy's name is resolved here too. The operator chose it, so it may be anywhere.
        let is_proxy = config.proxy().is_some_and(|proxy| uri.host() == Some(proxy.host()));
        let origin = uri.to_string().parse::<Origin>();
        let mut allowed = self.empty();
        for address in found.iter() {
            if is_proxy || origin.as_ref().is_ok_and(|origin| self.access.allows(origin, address.ip())) {
                allowed.push(*address);
            }
        }
        if allowed.is_empty() { Err(ureq::Error::Other(Box::new(Forbidden))) } else { Ok(allowed) }
    }
}
