//! Who calls, and where: the configuration of one account.

use crate::error::{Error, Kind, Problem};
#[cfg(not(target_arch = "wasm32"))]
use crate::field::Refused;
use crate::field::{Field, Needed, Type};
use crate::flaw::{Flaw, bare};
use crate::given::Given;
use crate::secret::{Secret, Secrets};
use crate::text::trim;
use crate::types::{Switch, url};
use crate::values::{Value, Values};

/// The host's configuration: a value by its key.
pub type Config<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

/// What a connection of a plugin is.
#[derive(Clone, Copy)]
pub struct Connection {
    /// What a person calls it, such as "Example account".
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) fields: &'static [Field],
}

impl Connection {
    /// A connection with these fields. What is of a secret kind is masked in all that leaves the
    /// plugin; an address is an origin that the plugin may reach, and has to be https, unless it is
    /// on this machine or a field [`Field::ALLOW_HTTP`] is on.
    pub const fn new(title: &'static str, description: &'static str, fields: &'static [Field]) -> Self {
        Self { title, description, fields }
    }

    /// The field that holds the address which requests go to: the first of its kind.
    pub(crate) fn origin(&self) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.holds.is_origin())
    }
}

/// The name of the field that allows plain http.
const ALLOW_HTTP: &str = "allow_http";

impl Field {
    /// A switch for addresses with plain http, as a field of a connection.
    pub const ALLOW_HTTP: Self = Self::optional(ALLOW_HTTP, &ConfigSwitch)
        .title("Allow plain http")
        .about("\"true\" allows a base URL with http to a host other than this machine. Anyone on the way can then read and change what is sent.")
        .default("\"false\"");
}

/// A switch in a configuration, which only has texts.
struct ConfigSwitch;

impl Type for ConfigSwitch {
    fn read(&self, given: Given) -> Result<Value, String> {
        // What stands there is not repeated.
        Switch.read(given).map_err(|_| "must be true or false".to_owned())
    }

    fn schema(&self, schema: crate::json::Object, _optional: bool) -> crate::json::Object {
        schema.text("type", "string").json("enum", r#"["true","false"]"#)
    }

    fn flaw(&self, _text: &str) -> Option<Flaw> {
        None
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn refuses(&self) -> &'static [Refused] {
        &[Refused(r#""perhaps""#, "on or off")]
    }
}

/// The configuration as the host has it, before anything is checked.
pub(crate) struct Raw {
    values: Vec<Option<Vec<u8>>>,
    /// The secrets in it, malformed or not, so that what is said of the rest can be redacted.
    pub secrets: Secrets,
}

impl Raw {
    pub fn load(connection: &Connection, config: Config) -> Self {
        let values: Vec<_> = connection.fields.iter().map(|field| config(field.name)).collect();
        let mut secrets = Secrets::new();
        for (field, value) in connection.fields.iter().zip(&values) {
            if let (true, Some(value)) = (field.holds.is_secret(), value) {
                secrets.add(field.title, Secret::new(bare(&String::from_utf8_lossy(value)).to_owned()));
            }
        }
        Self { values, secrets }
    }

    /// Reads the connection; blank values count as absent.
    ///
    /// # Errors
    /// [`Kind::InvalidConnection`] with every key that is missing or malformed.
    pub fn read(&self, connection: &Connection) -> Result<Values, Error> {
        let mut problems = Vec::new();
        let mut values = Values::default();
        for (field, value) in connection.fields.iter().zip(&self.values) {
            match self.read_one(field, value.as_deref()) {
                Ok(Some(value)) => values.0.push((field.name, value)),
                Ok(None) => {}
                Err(why) => problems.push(Problem::new(field.name, [field.name, " ", &why].concat())),
            }
        }
        for (name, value) in values.iter() {
            let is_origin = connection.fields.iter().any(|field| field.name == name && field.holds.is_origin());
            if is_origin && url::is_exposed(value.as_str()) && values.text(ALLOW_HTTP) != "true" {
                problems.push(Problem::new(name, plain_http(connection, name)));
            }
        }
        if problems.is_empty() { Ok(values) } else { Err(Error::invalid(Kind::InvalidConnection, problems)) }
    }

    /// A value without the blanks that come along when it is pasted. What else comes along is told:
    /// a service would only say that the key is wrong. No value is repeated, as it may be a secret in
    /// the wrong place.
    #[inline(never)]
    fn read_one(&self, field: &Field, value: Option<&[u8]>) -> Result<Option<Value>, String> {
        let text = match value.map(std::str::from_utf8) {
            Some(Ok(text)) => trim(text),
            Some(Err(_)) => return Err("is not UTF-8 text: enter it again".to_owned()),
            None => "",
        };
        if text.is_empty() {
            return match field.needed {
                Needed::Always => Err(["is missing: set it to ", &field.asked()].concat()),
                _ => Ok(None),
            };
        }
        if !field.holds.is_secret()
            && let Some(title) = self.secrets.within(text)
        {
            return Err(["holds the ", title, ": take it out"].concat());
        }
        match field.holds.flaw(text) {
            Some(flaw) => Err(flaw.told("")),
            None => field.holds.read(Given::Text(text.into())).map(Some),
        }
    }
}

#[cold]
#[inline(never)]
fn plain_http(connection: &Connection, name: &str) -> String {
    let switch = connection.fields.iter().find(|field| field.name == ALLOW_HTTP);
    let way_out = switch.map_or(String::new(), |switch| [". If you must, turn on \"", switch.title, "\""].concat());
    [name, " must begin with https://: over plain http anyone on the way could read and change what is sent", &way_out]
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Token, Url};

    const CONNECTION: Connection = Connection::new(
        "Example account",
        "",
        &[
            Field::required("login", &Token::name()).title("Login").hint("your login"),
            Field::required("api_key", &Token::secret()).title("API key").about("The key of the account."),
            Field::required("base_url", &Url::new("https://LOGIN.example.com")).title("Base URL").hint("the address"),
            Field::ALLOW_HTTP,
        ],
    );
    const KEY: &str = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

    fn parse(pairs: &[(&str, &str)]) -> Result<Values, Error> {
        let config = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_bytes().to_vec());
        let raw = Raw::load(&CONNECTION, &config);
        raw.read(&CONNECTION).map_err(|error| error.redacted(&raw.secrets))
    }

    fn with(field: &str, value: &str) -> Result<Values, Error> {
        let given = |name: &'static str, usual: &'static str| (name, if name == field { value } else { usual });
        parse(&[
            given("login", "username"),
            given("api_key", KEY),
            given("base_url", "https://a.b"),
            given("allow_http", ""),
        ])
    }

    #[test]
    fn a_complete_configuration_is_taken_without_its_blanks_and_last_slash() {
        let values =
            parse(&[("login", " username\n"), ("api_key", "k "), ("base_url", "https://username.example.com/")])
                .unwrap();
        let texts = ["login", "api_key", "base_url"].map(|name| values.text(name).to_owned());
        assert_eq!(texts, ["username", "k", "https://username.example.com"]);
    }

    #[test]
    fn every_missing_key_is_told_at_once() {
        let error = parse(&[("login", "  ")]).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidConnection);
        assert_eq!(
            error.message,
            "login is missing: set it to your login; api_key is missing: set it to the key of the account; base_url is missing: set it to the address"
        );
    }

    #[test]
    fn a_key_that_is_not_text_or_has_a_line_break_in_it_is_refused_without_showing_it() {
        for key in [&b"ab\xffcd"[..], b"ab\ncd"] {
            let config = |name: &str| (name == "api_key").then(|| key.to_vec());
            let error = Raw::load(&CONNECTION, &config).read(&CONNECTION).unwrap_err();
            assert!(error.problems.iter().any(|problem| problem.field == "api_key"));
            assert!(!error.to_json().contains("cd"));
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_or_for_those_who_ask_for_it() {
        for url in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:65535"] {
            assert_eq!(with("base_url", url).unwrap().text("base_url"), url);
        }
        let error = with("base_url", "http://username.example.com").unwrap_err();
        assert!(error.message.ends_with("turn on \"Allow plain http\"") && error.field() == Some("base_url"));
        let config = [("login", "u"), ("api_key", KEY), ("base_url", "http://u.example.com"), ("allow_http", "true")];
        assert_eq!(parse(&config).unwrap().text("base_url"), "http://u.example.com");
    }

    #[test]
    fn a_switch_is_read_as_people_and_environments_write_it() {
        for on in ["true", "TRUE", " True\n", "1", "yes", "on", "\u{feff}true", "off", ""] {
            assert!(with("allow_http", on).is_ok(), "{on}");
        }
        for neither in ["tru", "2", "\"true\"", "da", "None"] {
            let error = with("allow_http", neither).unwrap_err();
            assert_eq!(error.message, "allow_http must be true or false", "{neither}");
        }
    }

    #[test]
    fn what_comes_along_when_a_value_is_pasted_is_taken_off_or_told() {
        let values = with("login", "\u{feff} username\u{a0}\u{200b}\n").unwrap();
        assert_eq!(values.text("login"), "username");
        for (field, value, words) in [
            ("api_key", "XXXX\u{200b}XXXX", "an invisible character (U+200B)"),
            ("api_key", "XXXX\u{a0}XXXX", "an invisible character (U+00A0)"),
            ("api_key", "XXXX\nXXXX", "a line break (U+000A)"),
            ("api_key", "\"XXXXXXXX\"", "in quotation marks: take them off"),
            ("api_key", "“XXXXXXXX”", "in quotation marks"),
            ("api_key", "XХXX", "none of A to Z (U+0425)"),
            ("api_key", "${EXAMPLE_API_KEY}", "placeholder"),
            ("api_key", "None", "no value"),
            ("login", "us\u{435}rname", "none of A to Z (U+0435)"),
            ("login", "'username'", "in quotation marks"),
            ("base_url", "https://a.b\u{200b}c", "an invisible character"),
        ] {
            let error = with(field, value).unwrap_err();
            assert!(error.message.contains(words) && error.field() == Some(field), "{value:?}: {}", error.message);
            assert!(field == "base_url" || !error.message.contains(value), "{}", error.message);
        }
        for word in ["none", "null", "true"] {
            assert_eq!(with("login", word).unwrap().text("login"), word);
        }
    }

    #[test]
    fn a_key_in_another_field_is_told_and_not_shown() {
        for field in ["login", "base_url"] {
            let error = with(field, &format!("https://{KEY}.example.com")).unwrap_err();
            assert_eq!(error.message, format!("{field} holds the API key: take it out"));
        }
    }
}
