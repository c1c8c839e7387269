//! Who calls, and where: the configuration of one account.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::action::Config;
use crate::error::{Error, Kind, Problem};
use crate::flaw::{Flaw, bare};
use crate::secret::Secret;
use crate::text::{code_point, split, trim};

/// A JustClick account that can be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The account's login.
    pub login: String,
    /// The account's key, which signs requests and replies.
    pub api_key: Secret,
    /// The account's address, without a slash at its end.
    pub base_url: String,
}

impl Connection {
    /// Reads the connection from the host's configuration; blank values count as absent. `secret` is
    /// that of the same configuration.
    ///
    /// # Errors
    /// [`Kind::InvalidConnection`] with every key that is missing or malformed.
    pub fn parse(config: Config, secret: &Secret) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let login = required(config, "login", "your JustClick login", &mut problems);
        let api_key =
            required(config, "api_key", "the key from the API section of your JustClick account", &mut problems);
        let base_url =
            required(config, "base_url", "your account's address, such as https://LOGIN.justclick.ru", &mut problems);
        let allow_http = allows_http(config, &mut problems);
        for (key, value) in [("login", &login), ("base_url", &base_url)] {
            if value.as_deref().is_some_and(|value| secret.is_within(value)) {
                problems.push(Problem::new(key, format!("{key} holds the API key: take it out")));
            }
        }
        let base_url = base_url.and_then(|url| match parse_base_url(&url, allow_http) {
            Ok(url) => Some(url),
            Err(why) => {
                problems.push(Problem::new("base_url", format!("base_url {why}")));
                None
            }
        });
        match (login, api_key, base_url) {
            (Some(login), Some(api_key), Some(base_url)) if problems.is_empty() => {
                Ok(Self { login, api_key: Secret::new(api_key), base_url })
            }
            _ => Err(Error::invalid(Kind::InvalidConnection, problems)),
        }
    }

    /// The address of a function of the service.
    pub fn url_of(&self, function: &str) -> String {
        [&self.base_url, "/api/", function].concat()
    }
}

/// The key alone, malformed or not, so that errors about the rest of the configuration or the input
/// can be redacted.
pub fn secret_of(config: Config) -> Secret {
    let key = config("api_key").unwrap_or_default();
    Secret::new(bare(&String::from_utf8_lossy(&key)).to_owned())
}

/// A switch, as programs, files and environments write it.
fn allows_http(config: Config, problems: &mut Vec<Problem>) -> bool {
    let value = config("allow_http").unwrap_or_default();
    let value = String::from_utf8_lossy(&value);
    let is_one_of = |words: [&str; 4]| words.iter().any(|word| trim(&value).eq_ignore_ascii_case(word));
    let is_on = is_one_of(["true", "1", "yes", "on"]);
    if !is_on && !is_one_of(["false", "0", "no", "off"]) && !trim(&value).is_empty() {
        problems.push(Problem::new("allow_http", "allow_http must be true or false"));
    }
    is_on
}

fn required(config: Config, key: &str, what: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let before = problems.len();
    let value = text(config, key, problems);
    if value.is_none() && problems.len() == before {
        problems.push(Problem::new(key, format!("{key} is missing: set it to {what}")));
    }
    value
}

/// A value without the blanks that come along when it is pasted. What else comes along is told: the
/// service would only say that the key is wrong.
fn text(config: Config, key: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let Ok(value) = String::from_utf8(config(key)?) else {
        problems.push(Problem::new(key, format!("{key} is not UTF-8 text: enter it again")));
        return None;
    };
    let value = trim(&value);
    if value.is_empty() {
        return None;
    }
    // Any word may be a login.
    let flaw = Flaw::of(value).filter(|flaw| key != "login" || !matches!(flaw, Flaw::NoValue | Flaw::NoText));
    // An address says by itself what is wrong with its letters.
    let letter = value.chars().find(|c| !c.is_ascii() && key != "base_url");
    let why = match (flaw, letter) {
        (Some(flaw), _) => flaw.told(""),
        (None, Some(c)) => format!("has a letter in it that is none of A to Z ({}): type it anew", code_point(c)),
        (None, None) => return Some(value.to_owned()),
    };
    problems.push(Problem::new(key, format!("{key} {why}")));
    None
}

/// Checks a base URL and takes the slashes off its end.
///
/// The message continues "base_url …". A URL library would be a third of the module for what is
/// needed here: to refuse everything but scheme, host, port and a plain path.
fn parse_base_url(url: &str, allow_http: bool) -> Result<String, String> {
    let (scheme, rest) = url
        .split_once(':')
        .and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix("//")?)))
        .ok_or("must begin with https://, such as https://LOGIN.justclick.ru")?;
    let https = scheme.eq_ignore_ascii_case("https");
    if !https && !scheme.eq_ignore_ascii_case("http") {
        return Err("must begin with https://".to_owned());
    }
    let rest = rest.trim_end_matches('/');
    let (authority, path) = split(rest, rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("must not hold a user name or password".to_owned());
    }
    if rest.contains(['?', '#']) {
        return Err("must not have a \"?\" or \"#\" in it: leave off everything after the address".to_owned());
    }
    let host = host_of(authority)?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    if !path.bytes().all(plain) || path.split('/').any(|part| part == "." || part == "..") {
        return Err("has a path with characters that do not belong there: leave it off".to_owned());
    }
    if path.split('/').any(|part| part == "api") {
        return Err("must be the account's address alone: leave off /api and what follows".to_owned());
    }
    if !https && !allow_http && !is_loopback(host) {
        return Err("must begin with https://: over plain http anyone on the way could read and change orders. If you must, turn on \"Allow plain http\"".to_owned());
    }
    let mut address = [if https { "https://" } else { "http://" }, authority].concat();
    address.make_ascii_lowercase();
    address.push_str(path);
    Ok(address)
}

/// The host of an authority, without brackets and port.
fn host_of(authority: &str) -> Result<&str, String> {
    let malformed = || "does not have a well-formed host name, such as LOGIN.justclick.ru".to_owned();
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
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if host.len() > 253 || !host.split('.').all(label) {
            return Err(malformed());
        }
        (host, port)
    };
    let port_is_fine = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok_and(|port| port > 0),
    };
    if port_is_fine { Ok(host) } else { Err("does not have a well-formed port: a number from 1 to 65535".to_owned()) }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host == "::1"
}

/// The JSON Schema of the configuration: strings only, because Extism's configuration knows no
/// other type.
pub fn schema() -> Value {
    json!({
        "$schema": crate::describe::DIALECT,
        "title": "JustClick account",
        "description": "How to reach and sign for one JustClick account.",
        "type": "object",
        "properties": {
            "login": {
                "type": "string",
                "title": "Login",
                "description": "The account's login: the first part of the account's address.",
                "examples": ["username"],
                "pattern": "\\S"
            },
            "api_key": {
                "type": "string",
                "title": "API key",
                "description": "The key for forming a hash, from the API section of the account.",
                "format": "password",
                "writeOnly": true,
                "pattern": "\\S"
            },
            "base_url": {
                "type": "string",
                "title": "Base URL",
                "description": "The account's address with https, without anything after the host name.",
                "examples": ["https://username.justclick.ru", "https://username.justclick.io", "https://username.influencersoft.com"],
                "format": "uri",
                "pattern": "^\\s*[Hh][Tt][Tt][Pp][Ss]?://[^\\s/@?#]+(/[^\\s@?#]*)?\\s*$"
            },
            "allow_http": {
                "type": "string",
                "title": "Allow plain http",
                "description": "\"true\" allows a base URL with http to a host other than this machine. Anyone on the way can then read and change what is sent.",
                "enum": ["true", "false"],
                "default": "false"
            }
        },
        "required": ["login", "api_key", "base_url"],
        "additionalProperties": false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

    fn parse(pairs: &[(&str, &str)]) -> Result<Connection, Error> {
        let config = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_bytes().to_vec());
        Connection::parse(&config, &secret_of(&config))
    }

    fn parse_url(url: &str) -> Result<String, String> {
        parse(&[("login", "username"), ("api_key", KEY), ("base_url", url)])
            .map(|connection| connection.base_url)
            .map_err(|error| error.message)
    }

    #[test]
    fn a_complete_configuration_is_taken_without_its_blanks_and_last_slash() {
        let connection =
            parse(&[("login", " username\n"), ("api_key", "k "), ("base_url", "https://username.justclick.ru/")])
                .unwrap();
        assert_eq!(connection.login, "username");
        assert_eq!(connection.api_key, Secret::new("k".to_owned()));
        assert_eq!(connection.url_of("GetAllGroups"), "https://username.justclick.ru/api/GetAllGroups");
    }

    #[test]
    fn every_missing_key_is_told_at_once() {
        let error = parse(&[("login", "  ")]).unwrap_err();
        let fields: Vec<_> = error.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(error.kind, Kind::InvalidConnection);
        assert_eq!(fields, ["login", "api_key", "base_url"]);
    }

    #[test]
    fn a_key_that_is_not_text_or_has_a_line_break_in_it_is_refused_without_showing_it() {
        for key in [&b"ab\xffcd"[..], b"ab\ncd"] {
            let config = |name: &str| (name == "api_key").then(|| key.to_vec());
            let error = Connection::parse(&config, &secret_of(&config)).unwrap_err();
            assert!(error.problems.iter().any(|problem| problem.field == "api_key"));
            assert!(!error.to_json().contains("cd"));
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_or_for_those_who_ask_for_it() {
        for url in ["http://localhost:8080", "http://127.0.0.1", "http://127.8.9.1:1", "http://[::1]:65535"] {
            assert_eq!(parse_url(url), Ok(url.to_owned()));
        }
        for url in [
            "http://username.justclick.ru",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://127.1",
        ] {
            assert!(parse_url(url).unwrap_err().contains("https"), "{url}");
        }
        let allowed = [("login", "u"), ("api_key", KEY), ("base_url", "http://u.example.com"), ("allow_http", "true")];
        assert_eq!(parse(&allowed).unwrap().base_url, "http://u.example.com");
    }

    #[test]
    fn a_switch_is_read_as_people_and_environments_write_it() {
        let allowed = |value: &str| {
            parse(&[("login", "u"), ("api_key", KEY), ("base_url", "http://u.example.com"), ("allow_http", value)])
        };
        for on in ["true", "TRUE", " True\n", "1", "yes", "on", "\u{feff}true"] {
            assert!(allowed(on).is_ok(), "{on}");
        }
        for off in ["false", "False", "0", "NO", "off", "", "  "] {
            assert_eq!(allowed(off).unwrap_err().field(), Some("base_url"), "{off}");
        }
        for neither in ["tru", "2", "\"true\"", "da", "None"] {
            assert_eq!(allowed(neither).unwrap_err().field(), Some("allow_http"), "{neither}");
        }
    }

    #[test]
    fn what_comes_along_when_a_value_is_pasted_is_taken_off_or_told() {
        let around = |text: &str| format!("\u{feff} {text}\u{a0}\u{200b}\n");
        let (login, key, url) = (around("username"), around(KEY), around("https://a.b"));
        let connection = parse(&[("login", &login), ("api_key", &key), ("base_url", &url)]).unwrap();
        assert_eq!((connection.login.as_str(), connection.base_url.as_str()), ("username", "https://a.b"));
        assert_eq!(connection.api_key, Secret::new(KEY.to_owned()));

        for (field, value, words) in [
            ("api_key", "XXXX\u{200b}XXXX", "an invisible character (U+200B)"),
            ("api_key", "XXXX\u{a0}XXXX", "an invisible character (U+00A0)"),
            ("api_key", "XXXX\nXXXX", "a line break (U+000A)"),
            ("api_key", "\"XXXXXXXX\"", "in quotation marks: take them off"),
            ("api_key", "“XXXXXXXX”", "in quotation marks"),
            ("api_key", "XХXX", "none of A to Z (U+0425)"),
            ("api_key", "${JUSTCLICK_API_KEY}", "placeholder"),
            ("api_key", "None", "no value"),
            ("login", "us\u{435}rname", "none of A to Z (U+0435)"),
            ("login", "user\u{2060}name", "an invisible character (U+2060)"),
            ("login", "'username'", "in quotation marks"),
            ("base_url", "\"https://a.b\"", "in quotation marks"),
            ("base_url", "https://a\u{200d}.b", "an invisible character (U+200D)"),
            ("base_url", "https://{{ login }}.justclick.ru", "placeholder"),
        ] {
            let mut pairs = [("login", "username"), ("api_key", KEY), ("base_url", "https://a.b")];
            for pair in &mut pairs {
                if pair.0 == field {
                    pair.1 = value;
                }
            }
            let error = parse(&pairs).unwrap_err();
            assert_eq!(error.field(), Some(field));
            assert!(error.message.contains(words), "{}", error.message);
            assert!(!error.to_json().contains(value), "{}", error.message);
        }
        assert_eq!(parse(&[("login", "nat"), ("api_key", KEY), ("base_url", "https://a.b")]).unwrap().login, "nat");
    }

    #[test]
    fn an_address_that_is_not_one_is_refused() {
        for url in [
            "username.justclick.ru",
            "ftp://a.b",
            "https://",
            "https:///x",
            "https://user:pw@a.b",
            "https://a b.c",
            "https://a..b",
            "https://-a.b",
            "https://a.b:0",
            "https://a.b:65536",
            "https://a.b:x",
            "https://a.b:+1",
            "https://[::1",
            "https://[zz]",
            "https://a.b?x=1",
            "https://a.b/#x",
            "https://a.b/api",
            "https://a.b/api/UpdateOrderStatus",
            "https://a.b/../c",
            "https://пример.рф",
            "https://a.b\\@c.d",
            "https://a.b/%0d",
        ] {
            assert!(parse_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert!(!parse_url("https://user:hunter2@a.b").unwrap_err().contains("hunter2"));
    }

    #[test]
    fn the_key_in_another_place_is_refused() {
        for (login, base_url) in [(KEY, "https://a.b"), ("u", "https://XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX.b")] {
            let error = parse(&[("login", login), ("api_key", KEY), ("base_url", base_url)]).unwrap_err();
            assert!(error.message.contains("holds the API key"), "{}", error.message);
        }
    }

    #[test]
    fn scheme_and_host_are_written_in_lower_case() {
        assert_eq!(
            parse_url("HTTPS://UserName.JustClick.ru/Shop/"),
            Ok("https://username.justclick.ru/Shop".to_owned())
        );
    }
}
