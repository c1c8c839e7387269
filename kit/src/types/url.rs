//! Addresses of services.

use super::number::all_digits;
use super::{must_be, typed};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::Type;
use crate::given::Given;
use crate::json::Object;
use crate::text::{any_byte, integer, split};
use crate::values::Value;

/// The address of an account or a server: scheme, host, port and a plain path, without a slash at
/// its end. It is an origin that the plugin may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Url {
    example: &'static str,
    without: Option<&'static str>,
}

impl Url {
    /// An address such as `example`, which begins with `https://`.
    pub const fn new(example: &'static str) -> Self {
        Self { example, without: None }
    }

    /// The same without this part of a path and what follows it, which people copy along.
    #[must_use]
    pub const fn without(mut self, part: &'static str) -> Self {
        self.without = Some(part);
        self
    }

    /// Checks an address and takes the slashes off its end.
    ///
    /// The message continues "`field` …". A URL library would be a third of a module for what is
    /// needed here: to refuse everything but scheme, host, port and a plain path.
    fn check(&self, url: &str) -> Result<String, String> {
        let (scheme, rest) = url
            .split_once(':')
            .and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix("//")?)))
            .ok_or_else(|| ["must begin with https://, such as ", self.example].concat())?;
        let https = scheme.eq_ignore_ascii_case("https");
        if !https && !scheme.eq_ignore_ascii_case("http") {
            return Err("must begin with https://".to_owned());
        }
        let rest = rest.trim_end_matches('/');
        let (authority, path) = split(rest, rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err("must not hold a user name or password".to_owned());
        }
        if any_byte(rest, |byte| matches!(byte, b' ' | b'?' | b'#')) {
            return Err(
                "must not have a blank, \"?\" or \"#\" in it: leave off everything after the address".to_owned()
            );
        }
        host_of(authority, self.example)?;
        let odd = |byte: u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/'));
        if any_byte(path, odd) || path.split('/').any(|part| part == "." || part == "..") {
            return Err("has odd characters in its path: leave it off".to_owned());
        }
        if let Some(without) = self.without.filter(|without| path.split('/').any(|part| part == *without)) {
            return Err(["must be the address alone: leave off /", without, " and what follows"].concat());
        }
        let mut address = [if https { "https://" } else { "http://" }, authority].concat();
        address.make_ascii_lowercase();
        address.push_str(path);
        Ok(address)
    }
}

impl Type for Url {
    fn read(&self, given: Given) -> Result<Value, String> {
        match given {
            Given::Text(text) => self.check(&text).map(Value::Text),
            other => Err(must_be("an address", &other)),
        }
    }

    fn schema(&self, schema: Object, optional: bool) -> Object {
        const ADDRESS: &str = r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^\s/@?#]+(/[^\s@?#]*)?\s*$";
        let blank = if optional { r"^\s*$|" } else { "" };
        typed(schema, r#""string""#, optional).text("format", "uri").text("pattern", &[blank, ADDRESS].concat())
    }

    fn is_origin(&self) -> bool {
        true
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[
            Refused(r#""ftp://example.com""#, "http or https"),
            Refused(r#""example.com""#, "with https before it"),
            Refused(r#""https://""#, "with a host"),
            Refused(r#""https://user:pass@example.com""#, "without who calls"),
            Refused(r#""https://example.com?a=b""#, "the address alone"),
        ]
    }
}

/// Whether anyone on the way could read and change what is sent to a checked address: it is plain
/// http, and not to this machine.
pub(crate) fn is_exposed(address: &str) -> bool {
    address.strip_prefix("http://").is_some_and(|rest| {
        let (authority, _) = split(rest, rest.find('/').unwrap_or(rest.len()));
        !host_of(authority, "").is_ok_and(is_loopback)
    })
}

/// The host of an authority, without brackets and port.
fn host_of<'u>(authority: &'u str, example: &str) -> Result<&'u str, String> {
    let name = example.strip_prefix("https://").unwrap_or(example);
    let malformed = || ["does not have a well-formed host name, such as ", name].concat();
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']').ok_or_else(malformed)?;
        if address.is_empty() || !address.bytes().all(|b| b.is_ascii_hexdigit() || b":.".contains(&b)) {
            return Err(malformed());
        }
        (address, port)
    } else {
        let (host, port) = split(authority, authority.find(':').unwrap_or(authority.len()));
        if !host.is_ascii() {
            return Err("has letters outside a to z in its host name: write the name in its xn-- form".to_owned());
        }
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && !any_byte(label, |byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')))
        };
        if host.len() > 253 || !host.split('.').all(label) {
            return Err(malformed());
        }
        (host, port)
    };
    let port_is_fine = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => all_digits(digits) && integer(digits).is_some_and(|port| (1..=65_535).contains(&port)),
    };
    if port_is_fine { Ok(host) } else { Err("does not have a well-formed port: a number from 1 to 65535".to_owned()) }
}

fn is_loopback(host: &str) -> bool {
    // Four numbers, of which the first is 127: anything shorter is read in another way by some.
    let is_number =
        |part: &str| part.len() <= 3 && all_digits(part) && integer(part).is_some_and(|number| number <= 255);
    let mut rest = host.strip_prefix("127.").unwrap_or_default().split('.');
    let is_127 = rest.by_ref().take(3).filter(|part| is_number(part)).count() == 3 && rest.next().is_none();
    host.eq_ignore_ascii_case("localhost") || host == "::1" || is_127
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_without_what_does_not_belong_to_it() {
        let check = |url| Url::new("https://LOGIN.example.com").without("api").check(url);
        for (url, address) in [
            ("https://Shop.Example.com/", "https://shop.example.com"),
            ("HTTP://127.0.0.1:8080//", "http://127.0.0.1:8080"),
            ("https://[::1]:1/A_b/~c", "https://[::1]:1/A_b/~c"),
        ] {
            assert_eq!(check(url), Ok(address.to_owned()));
        }
        for (url, words) in [
            ("shop.example.com", "must begin with https://, such as https://LOGIN.example.com"),
            ("ftp://a.b", "must begin with https://"),
            ("https://u:p@a.b", "user name or password"),
            ("https://a.b?c", "leave off everything"),
            ("https://a.b https://a.b", "a blank"),
            ("https://", "well-formed host name, such as LOGIN.example.com"),
            ("https://a..b", "well-formed host name"),
            ("https://шоп.рф", "in its xn-- form"),
            ("https://a.b:0", "a well-formed port"),
            ("https://a.b/c%d", "odd characters in its path"),
            ("https://a.b/../c", "odd characters in its path"),
            ("https://a.b/api/Orders", "leave off /api"),
        ] {
            assert!(check(url).unwrap_err().contains(words), "{url}");
        }
    }

    #[test]
    fn plain_http_is_exposed_unless_it_stays_on_this_machine() {
        for url in ["http://a.b", "http://127.0.0.1.example.com/x", "http://localhost.example.com", "http://127.1"] {
            assert!(is_exposed(url), "{url}");
        }
        for url in ["https://a.b", "http://localhost:8080", "http://127.8.9.1/x", "http://[::1]:65535"] {
            assert!(!is_exposed(url), "{url}");
        }
    }
}
