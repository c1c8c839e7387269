//! Name resolution that refuses addresses a plugin must not reach.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::policy::{Origin, PrivateAccess};

/// How long an answer of the system is used again. It is checked each time, and shorter than the
/// life of most names' addresses.
const FRESH: Duration = Duration::from_secs(5);

/// Names whose addresses are remembered.
const NAMES: usize = 1024;

/// Resolves as the system does, then leaves out what is not allowed. What it returns is what is
/// connected to: a name can't resolve to one address when it is checked and to another afterwards.
///
/// The client asks before every request, also where it has a connection already, so answers are
/// kept for some seconds: each takes the system some time, and a thread, as there is a time limit.
#[derive(Debug)]
pub struct GuardedResolver {
    inner: DefaultResolver,
    access: Arc<PrivateAccess>,
    found: Mutex<HashMap<String, (Instant, ResolvedSocketAddrs)>>,
}

impl GuardedResolver {
    pub fn new(access: PrivateAccess) -> Self {
        Self { inner: DefaultResolver::default(), access: Arc::new(access), found: Mutex::default() }
    }

    /// All addresses, allowed or not.
    fn find(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let (Some(host), Some(port)) = (uri.host(), port(uri)) else {
            return self.inner.resolve(uri, config, timeout);
        };
        if let Ok(address) = host.trim_matches(['[', ']']).parse() {
            let mut found = self.empty();
            found.push(SocketAddr::new(address, port));
            return Ok(found);
        }
        let name = format!("{host}:{port}");
        if let Some((since, found)) = self.remembered().get(&name)
            && since.elapsed() < FRESH
        {
            return Ok(found.clone());
        }
        let found = self.inner.resolve(uri, config, timeout)?;
        let mut remembered = self.remembered();
        if remembered.len() >= NAMES {
            remembered.retain(|_, (since, _)| since.elapsed() < FRESH);
        }
        if remembered.len() < NAMES {
            remembered.insert(name, (Instant::now(), found.clone()));
        }
        Ok(found)
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<String, (Instant, ResolvedSocketAddrs)>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16().or(match uri.scheme_str()? {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    })
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
        let found = self.find(uri, config, timeout).map_err(|error| match error {
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    /// Resolves a name that the system does not know, of which this address is remembered.
    fn resolve(address: Ipv4Addr, since: Instant) -> Result<Vec<SocketAddr>, ureq::Error> {
        let resolver = GuardedResolver::new(PrivateAccess::default());
        let mut found = resolver.empty();
        found.push(SocketAddr::from((address, 443)));
        resolver.remembered().insert("shop.invalid:443".to_owned(), (since, found));
        let uri = "https://shop.invalid/".parse().unwrap();
        let found = resolver.resolve(&uri, &Config::default(), NextTimeout::default())?;
        Ok(found.iter().copied().collect())
    }

    #[test]
    fn an_answer_is_used_again_for_a_while_and_checked_each_time() {
        let (public, private) = (Ipv4Addr::new(8, 8, 8, 8), Ipv4Addr::new(10, 0, 0, 1));
        assert_eq!(resolve(public, Instant::now()).unwrap(), [SocketAddr::from((public, 443))]);
        let refused = resolve(private, Instant::now()).unwrap_err();
        assert!(matches!(refused, ureq::Error::Other(why) if why.is::<Forbidden>()));
        if let Some(past) = Instant::now().checked_sub(FRESH) {
            assert!(matches!(resolve(public, past), Err(ureq::Error::HostNotFound)));
        }
    }

    #[test]
    fn an_address_is_its_own_answer() {
        let access = PrivateAccess { allowed: vec!["http://[::1]:8080".parse().unwrap()] };
        let resolver = GuardedResolver::new(access);
        let ask = |uri: &str| resolver.resolve(&uri.parse().unwrap(), &Config::default(), NextTimeout::default());
        assert_eq!(ask("http://[::1]:8080/").unwrap().first().unwrap().to_string(), "[::1]:8080");
        assert_eq!(ask("https://8.8.8.8/").unwrap().first().unwrap().to_string(), "8.8.8.8:443");
        assert!(ask("http://127.0.0.1/").is_err());
        assert!(resolver.remembered().is_empty());
    }
}
