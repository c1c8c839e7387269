//! Name resolution that refuses addresses a plugin must not reach.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::Timeout;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::{Authority, Scheme};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::policy::{Origin, PrivateAccess};

/// How long an answer is used again: shorter than the life of most names' addresses.
const FRESH: Duration = Duration::from_secs(5);

/// How long to look for the address of a name that a proxy is going to look up itself.
const QUICK: Duration = Duration::from_secs(2);

/// How long it is remembered that a name has no address here.
const UNKNOWN: Duration = Duration::from_secs(60);

/// Origins whose answers are remembered.
const ORIGINS: usize = 1024;

/// Resolves as the system does, then leaves out what is not allowed. What it returns is what is
/// connected to: a name can't resolve to one address when it is checked and to another afterwards.
///
/// The client asks before every request, also where it has a connection already, so what is allowed
/// is remembered for some seconds: each answer takes the system some time, and a thread, as there is
/// a time limit. What is allowed does not change as long as the resolver lives.
#[derive(Debug)]
pub struct GuardedResolver {
    inner: DefaultResolver,
    access: Arc<PrivateAccess>,
    allowed: Mutex<HashMap<Key, (Instant, ResolvedSocketAddrs)>>,
}

/// An origin as it is written.
type Key = (Scheme, Authority);

impl GuardedResolver {
    pub fn new(access: PrivateAccess) -> Self {
        Self { inner: DefaultResolver::default(), access: Arc::new(access), allowed: Mutex::default() }
    }

    /// Whether a proxy may be asked for a connection to an origin: where its address is known here,
    /// what is refused without a proxy is refused with one. A name without an address here is left
    /// to the proxy, which may well be the only one to know it.
    pub fn lets_through_proxy(&self, uri: &Uri, origin: &Origin) -> bool {
        let Some(key) = key(uri) else {
            return false;
        };
        if let Some((since, found)) = self.remembered().get(&key) {
            let fresh = if found.is_empty() { UNKNOWN } else { FRESH };
            if since.elapsed() < fresh {
                return true;
            }
        }
        let timeout = NextTimeout {
            after: ureq::unversioned::transport::time::Duration::Exact(QUICK),
            reason: Timeout::Resolve,
            ..NextTimeout::default()
        };
        let found = match self.find(uri, Some(origin), &Config::default(), timeout) {
            Ok(found) => found,
            Err(_) if origin.is_this_machine() => return self.access.names(origin),
            Err(_) => self.empty(),
        };
        // The proxy may take any of them.
        let allowed = found.iter().all(|address| self.access.allows(origin, address.ip()));
        if allowed {
            self.remember(key, found);
        }
        allowed
    }

    /// All addresses, allowed or not.
    fn find(
        &self,
        uri: &Uri,
        origin: Option<&Origin>,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if let Some(address) = origin.and_then(Origin::address) {
            let mut found = self.empty();
            found.push(address);
            return Ok(found);
        }
        self.inner.resolve(uri, config, timeout).map_err(|error| match error {
            // The system's words for a name without an address vary.
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })
    }

    fn remember(&self, key: Key, allowed: ResolvedSocketAddrs) {
        let mut remembered = self.remembered();
        if remembered.len() >= ORIGINS {
            remembered.retain(|_, (since, _)| since.elapsed() < FRESH);
        }
        if remembered.len() < ORIGINS {
            remembered.insert(key, (Instant::now(), allowed));
        }
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<Key, (Instant, ResolvedSocketAddrs)>> {
        self.allowed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(uri: &Uri) -> Option<Key> {
    uri.scheme().cloned().zip(uri.authority().cloned())
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
        let key = key(uri);
        if let Some((since, allowed)) = key.as_ref().and_then(|key| self.remembered().get(key).cloned())
            && since.elapsed() < FRESH
        {
            return Ok(allowed);
        }
        // A proxy's name is resolved here too. The operator chose it, so it may be anywhere.
        let is_proxy = config.proxy().is_some_and(|proxy| uri.host() == Some(proxy.host()));
        let origin = Origin::of(uri);
        let mut allowed = self.empty();
        for address in self.find(uri, origin.as_ref(), config, timeout)?.iter() {
            if is_proxy || origin.as_ref().is_some_and(|origin| self.access.allows(origin, address.ip())) {
                allowed.push(*address);
            }
        }
        if allowed.is_empty() {
            return Err(ureq::Error::Other(Box::new(Forbidden)));
        }
        if let Some(key) = key {
            self.remember(key, allowed.clone());
        }
        Ok(allowed)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::*;

    fn resolve(resolver: &GuardedResolver, uri: &str) -> Result<Vec<String>, ureq::Error> {
        let found = resolver.resolve(&uri.parse().unwrap(), &Config::default(), NextTimeout::default())?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    /// As if the system had had this answer then, for a name that it does not know.
    fn remember(resolver: &GuardedResolver, uri: &str, address: Ipv4Addr, since: Instant) {
        let mut found = resolver.empty();
        found.push(SocketAddr::from((address, 443)));
        resolver.remembered().insert(key(&uri.parse().unwrap()).unwrap(), (since, found));
    }

    #[test]
    fn an_answer_is_used_again_for_a_while_for_the_same_origin() {
        let resolver = GuardedResolver::new(PrivateAccess::default());
        remember(&resolver, "https://shop.invalid/", Ipv4Addr::new(8, 8, 8, 8), Instant::now());
        assert_eq!(resolve(&resolver, "https://Shop.invalid/other").unwrap(), ["8.8.8.8:443"]);
        for other in ["http://shop.invalid/", "https://shop.invalid:8443/", "https://www.shop.invalid/"] {
            assert!(matches!(resolve(&resolver, other), Err(ureq::Error::HostNotFound)), "{other}");
        }
        if let Some(past) = Instant::now().checked_sub(FRESH) {
            remember(&resolver, "https://shop.invalid/", Ipv4Addr::new(8, 8, 8, 8), past);
            assert!(matches!(resolve(&resolver, "https://shop.invalid/"), Err(ureq::Error::HostNotFound)));
        }
    }

    #[test]
    fn what_is_refused_is_refused_again() {
        let resolver = GuardedResolver::new(PrivateAccess::default());
        for _ in 0..2 {
            let refused = resolve(&resolver, "https://10.0.0.1/").unwrap_err();
            assert!(matches!(refused, ureq::Error::Other(why) if why.is::<Forbidden>()));
        }
        assert!(resolver.remembered().is_empty());
    }

    #[test]
    fn a_proxy_is_asked_for_nothing_that_is_refused_without_one() {
        let access = PrivateAccess { allowed: vec!["http://10.0.0.1".parse().unwrap()] };
        let resolver = GuardedResolver::new(access);
        let lets = |uri: &str| {
            let uri: Uri = uri.parse().unwrap();
            resolver.lets_through_proxy(&uri, &Origin::of(&uri).unwrap())
        };
        assert!(lets("https://8.8.8.8/") && lets("http://10.0.0.1/"));
        for refused in ["http://10.0.0.2/", "http://127.0.0.1/", "http://localhost/", "http://[::ffff:10.0.0.1]/"] {
            assert!(!lets(refused), "{refused}");
        }
        // RFC 6761: no name under .invalid has an address. The second answer is remembered.
        assert!(lets("https://shop.invalid/") && lets("https://shop.invalid/"));
    }

    #[test]
    fn an_address_is_its_own_answer() {
        let access = PrivateAccess { allowed: vec!["http://[::1]:8080".parse().unwrap()] };
        let resolver = GuardedResolver::new(access);
        for (uri, address) in [("http://[::1]:8080/", "[::1]:8080"), ("https://8.8.8.8/", "8.8.8.8:443")] {
            assert_eq!(resolve(&resolver, uri).unwrap(), [address]);
        }
        assert!(resolve(&resolver, "http://127.0.0.1/").is_err());
    }
}
