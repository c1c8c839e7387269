//! Proxies: which request goes through which.

use std::fmt;
use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::policy::Origin;
use super::roundtrip::AGENT;

/// Which requests go through which proxy; none do by default.
///
/// As curl has it: a proxy for each scheme, another for what has none of its own, and names that
/// need none. What the environment says is never meant for this machine itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    http: Option<Via>,
    https: Option<Via>,
    direct: Vec<Direct>,
    /// Whether they come from the environment.
    environment: bool,
}

/// A proxy. Neither `Debug` nor its name shows its user or password.
#[derive(Clone, PartialEq, Eq)]
pub struct Via {
    host: Host,
    port: u16,
    /// Whether it is reached over TLS.
    https: bool,
    /// What proves to it who asks: the value of a header.
    credentials: Option<String>,
    source: String,
}

/// Why something names no proxy. Its value is not shown: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// It is a SOCKS proxy's.
    #[error(
        "{named_by} names a SOCKS proxy, and only HTTP proxies are supported: name one with --proxy URL, or go without with --proxy none"
    )]
    Socks {
        /// The variable or option.
        named_by: String,
    },
    /// It is no address.
    #[error(
        "{named_by} is not the address of a proxy: it looks like http://proxy.example:3128; or go without with --proxy none"
    )]
    NoAddress {
        /// The variable or option.
        named_by: String,
    },
}

/// What needs no proxy: an entry of `NO_PROXY`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Direct {
    Everything,
    /// A domain and all below it.
    Domain(String, Option<u16>),
    Net(IpNet, Option<u16>),
}

impl Proxies {
    /// Those of the environment: `http_proxy` for http (in lower case alone: servers hand a request's
    /// header `Proxy` to their programs as `HTTP_PROXY`), `https_proxy` or `HTTPS_PROXY` for https,
    /// `all_proxy` or `ALL_PROXY` for what has none, but for what `no_proxy` or `NO_PROXY` names.
    ///
    /// # Errors
    /// If one is no address of an HTTP proxy. Its value is not shown: it may hold a password.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ProxyError> {
        let of = |names: &[&str]| match first(&variable, names) {
            Some((name, value)) => Via::new(&value, &name).map(Some),
            None => Ok(None),
        };
        let http = of(&["http_proxy", "all_proxy", "ALL_PROXY"])?;
        let https = of(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])?;
        Ok(Self { http, https, direct: direct(variable), environment: true })
    }

    /// One for everything but what `no_proxy` or `NO_PROXY` names; `none` for none at all.
    ///
    /// # Errors
    /// If it is no address of an HTTP proxy.
    pub fn given(address: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ProxyError> {
        if address.eq_ignore_ascii_case("none") {
            return Ok(Self::default());
        }
        let via = Via::new(address, "--proxy")?;
        Ok(Self { http: Some(via.clone()), https: Some(via), direct: direct(variable), environment: false })
    }

    /// The proxy for requests to an origin, as people are shown it: where it is, and what names it.
    pub fn shown(&self, origin: &Origin) -> Option<String> {
        self.route(origin).map(ToString::to_string)
    }

    /// The proxy for requests to an origin.
    pub(super) fn route(&self, origin: &Origin) -> Option<&Via> {
        let via = if origin.is_https() { self.https.as_ref() } else { self.http.as_ref() };
        let is_direct = (self.environment && origin.is_this_machine())
            || self.direct.iter().any(|entry| entry.matches(origin.host(), origin.port()));
        via.filter(|_| !is_direct)
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies").field("http", &self.http).field("https", &self.https).finish_non_exhaustive()
    }
}

impl Via {
    fn new(address: &str, source: &str) -> Result<Self, ProxyError> {
        let address = address.trim();
        let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
        let scheme = scheme.to_ascii_lowercase();
        if scheme.starts_with("socks") {
            return Err(ProxyError::Socks { named_by: source.to_owned() });
        }
        let url = Url::parse(&format!("{scheme}://{rest}")).ok().filter(|_| scheme == "http" || scheme == "https");
        let parts = url.as_ref().and_then(|url| Some((url, url.host()?.to_owned(), url.port_or_known_default()?)));
        let (url, host, port) = parts.ok_or_else(|| ProxyError::NoAddress { named_by: source.to_owned() })?;
        Ok(Self { host, port, https: scheme == "https", credentials: credentials(url), source: source.to_owned() })
    }

    /// Where it is.
    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Whether the proxy itself is reached over TLS.
    pub(super) fn is_https(&self) -> bool {
        self.https
    }

    /// What it is asked for a tunnel to a host and port.
    pub(super) fn connect_message(&self, target: &str) -> String {
        let mut message = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {AGENT}\r\n");
        message.push_str("Proxy-Connection: Keep-Alive\r\n");
        if let Some(credentials) = &self.credentials {
            message.push_str(&format!("Proxy-Authorization: {credentials}\r\n"));
        }
        message.push_str("\r\n");
        message
    }
}

fn credentials(url: &Url) -> Option<String> {
    let (user, password) = (url.username(), url.password());
    if user.is_empty() && password.is_none() {
        return None;
    }
    let mut pair: Vec<u8> = percent_decode_str(user).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(password.unwrap_or_default()));
    Some(format!("Basic {}", BASE64_STANDARD.encode(pair)))
}

/// Where it is and who says so.
impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} ({})", self.host, self.port, self.source)
    }
}

impl fmt::Debug for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Direct {
    /// Reads an entry: `*`, a domain with or without a dot or `*.` before it, an address, or a block
    /// of addresses; each may end with a port. What is none of these matches nothing.
    fn read(entry: &str) -> Option<Self> {
        if entry == "*" {
            return Some(Self::Everything);
        }
        if let Some(net) = net(entry) {
            return Some(Self::Net(net, None));
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        if let Some(net) = net(host) {
            return Some(Self::Net(net, port));
        }
        let name = host.trim_start_matches('*').trim_start_matches('.').trim_end_matches('.').to_ascii_lowercase();
        (!name.is_empty()).then_some(Self::Domain(name, port))
    }

    fn matches(&self, host: &Host, port: u16) -> bool {
        let (is_host, own_port) = match (self, host) {
            (Self::Everything, _) => return true,
            (Self::Domain(domain, port), Host::Domain(name)) => {
                let rest = name.trim_end_matches('.').strip_suffix(domain.as_str());
                (rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.')), port)
            }
            (Self::Net(net, port), Host::Ipv4(address)) => (net.contains(&IpAddr::V4(*address)), port),
            (Self::Net(net, port), Host::Ipv6(address)) => (net.contains(&IpAddr::V6(*address)), port),
            _ => return false,
        };
        is_host && own_port.is_none_or(|own| own == port)
    }
}

/// A block of addresses, or a single one as its block.
fn net(text: &str) -> Option<IpNet> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| bare.parse::<IpAddr>().ok().map(IpNet::from))
}

fn direct(variable: impl Fn(&str) -> Option<String>) -> Vec<Direct> {
    let list = first(variable, &["no_proxy", "NO_PROXY"]).map(|(_, list)| list).unwrap_or_default();
    let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    entries.filter_map(Direct::read).collect()
}

/// The first of these variables that is set to something.
fn first(variable: impl Fn(&str) -> Option<String>, names: &[&str]) -> Option<(String, String)> {
    let set = |name: &&str| Some(((*name).to_owned(), variable(name).filter(|value| !value.trim().is_empty())?));
    names.iter().find_map(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(environment: &[(&str, &str)]) -> Result<Proxies, ProxyError> {
        Proxies::from_env(|name| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[track_caller]
    fn assert_route(environment: &[(&str, &str)], origin: &str, expected: Option<&str>) {
        let proxies = proxies(environment).unwrap();
        let via = proxies.route(&origin.parse().unwrap()).map(ToString::to_string);
        assert_eq!(via.as_deref(), expected, "{environment:?} {origin}");
    }

    #[test]
    fn each_scheme_has_its_own_proxy_and_all_the_rest_another() {
        const SECURE: (&str, &str) = ("HTTPS_PROXY", "http://p:1");
        const REST: (&str, &str) = ("ALL_PROXY", "http://q:2");
        assert_route(&[SECURE], "https://shop.example", Some("p:1 (HTTPS_PROXY)"));
        assert_route(&[SECURE], "http://shop.example", None);
        assert_route(&[SECURE, REST], "http://shop.example", Some("q:2 (ALL_PROXY)"));
        assert_route(&[SECURE, REST], "https://shop.example", Some("p:1 (HTTPS_PROXY)"));
        assert_route(&[("http_proxy", "http://p:1")], "http://shop.example", Some("p:1 (http_proxy)"));
        assert_route(&[("http_proxy", "http://p:1")], "https://shop.example", None);
        // A request's header could set this one in a program that a web server starts.
        assert_route(&[("HTTP_PROXY", "http://p:1")], "http://shop.example", None);
        assert_route(&[("https_proxy", "http://p:1"), SECURE], "https://shop.example", Some("p:1 (https_proxy)"));
        assert_route(&[("https_proxy", ""), REST], "https://shop.example", Some("q:2 (ALL_PROXY)"));
    }

    #[test]
    fn this_machine_is_not_reached_through_a_proxy_of_the_environment() {
        const ALL: (&str, &str) = ("ALL_PROXY", "p:1");
        for own in ["http://127.0.0.1:8080", "https://localhost", "http://[::1]:1", "http://shop.localhost"] {
            assert_route(&[ALL], own, None);
        }
        assert_route(&[ALL], "http://10.0.0.1", Some("p:1 (ALL_PROXY)"));
        let given = Proxies::given("p:1", |_| None).unwrap();
        assert!(given.route(&"http://127.0.0.1".parse().unwrap()).is_some());
    }

    #[test]
    fn names_addresses_blocks_and_ports_need_no_proxy_where_it_is_said() {
        for (list, near, far) in [
            ("*", "https://shop.example", None),
            ("shop.example", "https://shop.example", Some("https://myshop.example")),
            ("shop.example", "https://a.shop.example", Some("https://shop.example.evil")),
            (".shop.example", "https://shop.example", None),
            ("*.shop.example", "https://a.shop.example", None),
            ("Shop.Example.", "https://SHOP.example", None),
            ("other,  shop.example", "https://shop.example", Some("https://third.example")),
            ("other shop.example:8443", "https://shop.example:8443", Some("https://shop.example")),
            ("10.0.0.1", "https://10.0.0.1", Some("https://10.0.0.2")),
            ("10.0.0.0/8", "https://10.1.2.3", Some("https://11.0.0.1")),
            ("10.0.0.1:8080", "http://10.0.0.1:8080", Some("http://10.0.0.1")),
            ("2001:db8::/32", "https://[2001:db8::1]", Some("https://[2001:db9::1]")),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443", Some("https://[2001:db8::1]")),
        ] {
            let environment = [("ALL_PROXY", "http://p:1"), ("NO_PROXY", list)];
            assert_route(&environment, near, None);
            if let Some(far) = far {
                assert_route(&environment, far, Some("p:1 (ALL_PROXY)"));
            }
        }
    }

    #[test]
    fn without_a_scheme_it_is_http_and_a_password_is_never_shown() {
        for (address, shown) in [
            ("10.0.0.5:3128", "10.0.0.5:3128 (HTTPS_PROXY)"),
            ("proxy.example", "proxy.example:80 (HTTPS_PROXY)"),
            ("user:hunter2@proxy.example:3128/", "proxy.example:3128 (HTTPS_PROXY)"),
            ("https://user:hunter2@proxy.example", "proxy.example:443 (HTTPS_PROXY)"),
        ] {
            let proxies = proxies(&[("HTTPS_PROXY", address)]).unwrap();
            assert_eq!(proxies.route(&"https://shop.example".parse().unwrap()).unwrap().to_string(), shown);
            assert!(!format!("{proxies:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_is_no_http_proxy_is_refused_by_the_name_of_its_variable() {
        for (address, why) in [
            ("socks5://user:hunter2@127.0.0.1:9", "SOCKS"),
            ("SOCKS5H://p", "SOCKS"),
            ("ftp://hunter2", "is not the address"),
            ("http://", "is not the address"),
            ("http://hunter2 b", "is not the address"),
        ] {
            let refused = proxies(&[("ALL_PROXY", address)]).unwrap_err().to_string();
            assert!(refused.starts_with("ALL_PROXY ") && refused.contains(why), "{refused}");
            assert!(refused.contains("--proxy none") && !refused.contains("hunter2"), "{refused}");
        }
        assert_eq!(Proxies::given("none", |_| None).unwrap(), Proxies::default());
        assert!(Proxies::given("socks://p", |_| None).unwrap_err().to_string().starts_with("--proxy "));
    }
}
