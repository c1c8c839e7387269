//! Name resolution that refuses addresses a plugin must not reach.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;

use super::net::Net;
use super::policy::{Origin, PrivateAccess};
use super::pool::{Key, key};

/// How long an answer is used again: shorter than the life of most names' addresses.
const FRESH: Duration = Duration::from_secs(5);

/// How long to look for the address of a name that a proxy is going to look up itself.
const QUICK: Duration = Duration::from_secs(2);

/// How long it is remembered that a name has no address here.
const UNKNOWN: Duration = Duration::from_secs(60);

/// Origins whose answers are remembered.
const ORIGINS: usize = 1024;

/// Addresses of a name that are tried.
const ADDRESSES: usize = 16;

/// Resolves as the system does, then leaves out what is not allowed. What it returns is what is
/// connected to: a name can't resolve to one address when it is checked and to another afterwards.
///
/// The client asks before every request, also where it has a connection already, so what is allowed
/// is remembered for some seconds: each answer takes the system some time, and a thread. What is
/// allowed does not change as long as the resolver lives.
#[derive(Debug)]
pub struct GuardedResolver {
    access: PrivateAccess,
    allowed: Mutex<HashMap<Key, (Instant, Addresses)>>,
}

/// Addresses to connect to, the best first.
pub type Addresses = Arc<[SocketAddr]>;

/// Why there is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// The name has none, or the system did not tell it in time.
    Unknown,
    /// None that may be reached.
    Forbidden,
}

impl GuardedResolver {
    pub fn new(access: PrivateAccess) -> Self {
        Self { access, allowed: Mutex::default() }
    }

    /// The addresses at which an origin may be reached.
    ///
    /// # Errors
    /// If there is none.
    pub async fn resolve<N: Net>(&self, uri: &Uri, origin: &Origin, until: Instant) -> Result<Addresses, Unresolved> {
        let key = key(uri);
        if let Some((since, allowed)) = key.as_ref().and_then(|key| self.remembered().get(key).cloned())
            && since.elapsed() < FRESH
        {
            return Ok(allowed);
        }
        let mut found = find::<N>(origin, until).await?;
        found.retain(|address| self.access.allows(origin, address.ip()));
        if found.is_empty() {
            return Err(Unresolved::Forbidden);
        }
        let allowed = Addresses::from(found);
        if let Some(key) = key {
            self.remember(key, allowed.clone());
        }
        Ok(allowed)
    }

    /// Whether a proxy may be asked for a connection to an origin: where its address is known here,
    /// what is refused without a proxy is refused with one. A name without an address here is left
    /// to the proxy, which may well be the only one to know it.
    pub async fn lets_through_proxy<N: Net>(&self, uri: &Uri, origin: &Origin) -> bool {
        let Some(key) = key(uri) else {
            return false;
        };
        if let Some((since, found)) = self.remembered().get(&key) {
            let fresh = if found.is_empty() { UNKNOWN } else { FRESH };
            if since.elapsed() < fresh {
                return true;
            }
        }
        let found = match find::<N>(origin, Instant::now() + QUICK).await {
            Ok(found) => found,
            Err(_) if origin.is_this_machine() => return self.access.names(origin),
            Err(_) => Vec::new(),
        };
        // The proxy may take any of them.
        let allowed = found.iter().all(|address| self.access.allows(origin, address.ip()));
        if allowed {
            self.remember(key, found.into());
        }
        allowed
    }

    fn remember(&self, key: Key, allowed: Addresses) {
        let mut remembered = self.remembered();
        if remembered.len() >= ORIGINS {
            remembered.retain(|_, (since, _)| since.elapsed() < FRESH);
        }
        if remembered.len() < ORIGINS {
            remembered.insert(key, (Instant::now(), allowed));
        }
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<Key, (Instant, Addresses)>> {
        self.allowed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The addresses of a host that its operator chose, so that it may be anywhere.
///
/// # Errors
/// If it has none.
pub async fn addresses_of<N: Net>(host: &url::Host, port: u16, until: Instant) -> Result<Vec<SocketAddr>, Unresolved> {
    let name = match host {
        url::Host::Ipv4(address) => return Ok(vec![(*address, port).into()]),
        url::Host::Ipv6(address) => return Ok(vec![(*address, port).into()]),
        url::Host::Domain(name) => name.clone(),
    };
    // The system's words for a name without an address vary.
    let mut found = N::lookup(name, port, until).await.map_err(|_| Unresolved::Unknown)?;
    found.truncate(ADDRESSES);
    if found.is_empty() { Err(Unresolved::Unknown) } else { Ok(found) }
}

/// All addresses of an origin, allowed or not.
async fn find<N: Net>(origin: &Origin, until: Instant) -> Result<Vec<SocketAddr>, Unresolved> {
    addresses_of::<N>(origin.host(), origin.port(), until).await
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::super::net::{Blocking, run_blocking};
    use super::*;

    fn resolve(resolver: &GuardedResolver, uri: &str) -> Result<Vec<String>, Unresolved> {
        let uri: Uri = uri.parse().unwrap();
        let (origin, until) = (Origin::of(&uri).unwrap(), Instant::now() + QUICK * 5);
        let found = run_blocking(resolver.resolve::<Blocking>(&uri, &origin, until))?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    /// As if the system had had this answer then, for a name that it does not know.
    fn remember(resolver: &GuardedResolver, uri: &str, address: Ipv4Addr, since: Instant) {
        let found = Addresses::from([SocketAddr::from((address, 443))]);
        resolver.remembered().insert(key(&uri.parse().unwrap()).unwrap(), (since, found));
    }

    #[test]
    fn an_answer_is_used_again_for_a_while_for_the_same_origin() {
        let resolver = GuardedResolver::new(PrivateAccess::default());
        remember(&resolver, "https://shop.invalid/", Ipv4Addr::new(8, 8, 8, 8), Instant::now());
        assert_eq!(resolve(&resolver, "https://Shop.invalid/other").unwrap(), ["8.8.8.8:443"]);
        for other in ["http://shop.invalid/", "https://shop.invalid:8443/", "https://www.shop.invalid/"] {
            assert_eq!(resolve(&resolver, other), Err(Unresolved::Unknown), "{other}");
        }
        if let Some(past) = Instant::now().checked_sub(FRESH) {
            remember(&resolver, "https://shop.invalid/", Ipv4Addr::new(8, 8, 8, 8), past);
            assert_eq!(resolve(&resolver, "https://shop.invalid/"), Err(Unresolved::Unknown));
        }
    }

    #[test]
    fn what_is_refused_is_refused_again() {
        let resolver = GuardedResolver::new(PrivateAccess::default());
        for _ in 0..2 {
            assert_eq!(resolve(&resolver, "https://10.0.0.1/"), Err(Unresolved::Forbidden));
        }
        assert!(resolver.remembered().is_empty());
    }

    #[test]
    fn a_proxy_is_asked_for_nothing_that_is_refused_without_one() {
        let access = PrivateAccess { allowed: vec!["http://10.0.0.1".parse().unwrap()] };
        let resolver = GuardedResolver::new(access);
        let lets = |uri: &str| {
            let uri: Uri = uri.parse().unwrap();
            run_blocking(resolver.lets_through_proxy::<Blocking>(&uri, &Origin::of(&uri).unwrap()))
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
