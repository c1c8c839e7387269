//! What a plugin may reach.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use url::{Host, Position, Url};

use super::special::is_public;

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: Host,
    port: u16,
}

impl Origin {
    /// The origin of a request's address, if that is http or https without a user name or password.
    ///
    /// The client connects where the same `Uri` says: nothing can be read in two ways.
    pub fn of(uri: &Uri) -> Option<Self> {
        let (scheme, host) = (uri.scheme_str()?, uri.host()?);
        let default = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        // A user name would stand before the host.
        let port = match uri.authority()?.as_str().strip_prefix(host)? {
            "" => default,
            // A number may have a sign, a port may not.
            port => port.strip_prefix(':').filter(|port| !port.starts_with('+'))?.parse().ok()?,
        };
        // Most hosts are written as they are read, and need no look at Unicode's tables.
        let host = match host.parse() {
            Ok(address) => Host::Ipv4(address),
            Err(_) => Host::parse(host).ok()?,
        };
        Some(Self { scheme: scheme.to_owned(), host, port })
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// The host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the host is this machine, by name or by address.
    pub fn is_this_machine(&self) -> bool {
        match &self.host {
            Host::Domain(name) => is_localhost(name),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.to_canonical().is_loopback(),
        }
    }

    /// Whether the host is an address, or this machine by name.
    pub fn names_address(&self) -> bool {
        match &self.host {
            Host::Domain(name) => is_localhost(name),
            Host::Ipv4(_) | Host::Ipv6(_) => true,
        }
    }
}

/// A text is no http or https address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an http or https address")]
pub struct InvalidOrigin(String);

/// A text is no rule of an allow-list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRule {
    /// It names no origin.
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    /// What is said to have sub-domains is no domain.
    #[error("\"{0}\" is not a domain with sub-domains")]
    NoDomain(String),
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    /// Reads what people write: anything after the origin is left out.
    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let url = Url::parse(text).ok();
        let uri = url.and_then(|url| url[..Position::AfterPort].parse().ok());
        uri.as_ref().and_then(Self::of).ok_or_else(|| InvalidOrigin(text.to_owned()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        let default = if self.is_https() { 443 } else { 80 };
        if self.port == default { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// An entry of an allow-list: an origin, or `https://*.domain` for a domain's sub-domains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// This origin alone.
    Exact(Origin),
    /// The sub-domains of a domain with this scheme and port, but not the domain itself.
    SubDomains(Origin),
}

impl Rule {
    fn matches(&self, origin: &Origin) -> bool {
        match self {
            Self::Exact(exact) => exact == origin,
            Self::SubDomains(parent) => {
                let (Host::Domain(parent_name), Host::Domain(name)) = (&parent.host, &origin.host) else {
                    return false;
                };
                parent.scheme == origin.scheme
                    && parent.port == origin.port
                    && name.strip_suffix(parent_name.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
        }
    }
}

impl FromStr for Rule {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        match text.split_once("://*.") {
            None => Ok(Self::Exact(text.parse()?)),
            Some((scheme, domain)) => {
                let origin: Origin = format!("{scheme}://{domain}").parse()?;
                if matches!(origin.host, Host::Domain(_)) {
                    Ok(Self::SubDomains(origin))
                } else {
                    Err(InvalidRule::NoDomain(text.to_owned()))
                }
            }
        }
    }
}

/// What the calls of one connection may reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// The connection's own origins.
    pub origins: Vec<Origin>,
    /// What the operator lets every connection reach besides.
    pub allowed: Vec<Rule>,
}

impl Policy {
    /// Whether a request may go there: to one of the connection's own origins or one that the
    /// operator named, wherever else the plugin would like to.
    pub fn allows(&self, origin: &Origin) -> bool {
        self.origins.contains(origin) || self.allowed.iter().any(|rule| rule.matches(origin))
    }
}

/// What a host lets any plugin reach that is not on the public internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivateAccess {
    /// The private or loopback origins that may be reached.
    pub allowed: Vec<Rule>,
}

impl PrivateAccess {
    /// Whether a rule names this origin.
    pub fn names(&self, origin: &Origin) -> bool {
        self.allowed.iter().any(|rule| rule.matches(origin))
    }

    /// Whether `address`, to which the name of `origin` resolved, may be connected to.
    pub fn allows(&self, origin: &Origin, address: IpAddr) -> bool {
        is_public(address) || self.names(origin)
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap()
    }

    #[test]
    fn scheme_host_and_port_all_count() {
        let policy = Policy { origins: vec![origin("https://a.example/shop")], ..Policy::default() };
        assert!(policy.allows(&origin("https://A.example:443/api")));
        for other in ["http://a.example", "https://a.example:444", "https://b.a.example", "https://a.example.evil"] {
            assert!(!policy.allows(&origin(other)), "{other}");
        }
    }

    #[test]
    fn what_the_operator_names_is_allowed_besides() {
        let allowed = vec!["https://*.b.example".parse().unwrap()];
        let policy = Policy { origins: vec![origin("https://a.example")], allowed };
        assert!(policy.allows(&origin("https://a.example")) && policy.allows(&origin("https://x.b.example")));
        assert!(!policy.allows(&origin("https://b.example")));
    }

    #[test]
    fn a_star_means_sub_domains_and_nothing_else() {
        let rule: Rule = "https://*.example.com".parse().unwrap();
        for inside in ["https://a.example.com", "https://a.b.example.com"] {
            assert!(rule.matches(&origin(inside)), "{inside}");
        }
        for outside in
            ["https://example.com", "https://evilexample.com", "http://a.example.com", "https://a.example.com:8443"]
        {
            assert!(!rule.matches(&origin(outside)), "{outside}");
        }
        assert!("https://*.127.0.0.1".parse::<Rule>().is_err());
    }

    #[test]
    fn an_origin_is_http_or_https_without_a_password() {
        for text in [
            "ftp://a.example",
            "a.example",
            "https://user:pw@a.example",
            "https://",
            "file:///etc/passwd",
            "mailto:a@b.example",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_request_goes_to_the_origin_that_people_would_read() {
        let of = |uri: &str| uri.parse::<Uri>().ok().as_ref().and_then(Origin::of);
        for uri in ["https://A.example/x?y", "https://a.example:443/", "HTTPS://a.example", "https://a.example?@b"] {
            assert_eq!(of(uri), Some(origin("https://a.example")), "{uri}");
        }
        let read = |uri| of(uri).map(|origin| (origin.host().to_string(), origin.port()));
        assert_eq!(read("http://[::1]:8080/"), Some(("[::1]".to_owned(), 8080)));
        assert_eq!(read("http://2130706433/"), Some(("127.0.0.1".to_owned(), 80)));
        for uri in [
            "https://user@a.example/",
            "https://user:pw@a.example/",
            "https://a.example@b.example/",
            "https://a.example:443@b.example/",
            "https://a.example\\@b.example/",
            "https://a.example:/",
            "https://a.example:99999/",
            "https://a.example:+80/",
            "ftp://a.example/",
            "a.example:80",
            "/path",
        ] {
            assert_eq!(of(uri), None, "{uri}");
        }
    }

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        for written in ["http://2130706433", "http://127.1", "http://0x7f000001", "http://0177.0.0.1"] {
            assert_eq!(origin(written), origin("http://127.0.0.1"), "{written}");
        }
    }

    #[test]
    fn a_private_address_needs_a_rule_that_names_its_origin() {
        let access = PrivateAccess { allowed: vec!["http://127.0.0.1:8080".parse().unwrap()] };
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        assert!(access.allows(&origin("http://127.0.0.1:8080"), loopback));
        assert!(!access.allows(&origin("http://127.0.0.1:8081"), loopback));
        assert!(!access.allows(&origin("http://rebound.example:8080"), loopback));
    }
}
