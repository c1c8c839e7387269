//! The file of tokens: what each is for. It needs to hold no secret.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use plugin_host_core::bundle::is_sha256;
use plugin_host_core::connections::resolved;
use plugin_host_core::file;
use plugin_host_core::slip;
use plugin_host_core::text::trim;
use toml::{Table, Value};

use super::token::{Token, checked_name, hash};
use crate::problems::Problems;
use crate::web::caller::Caller;
use crate::web::scope::{Kind, Scope};

/// The table of all tokens.
const TOKENS: &str = "tokens";
/// The keys of a token.
const KEYS: [&str; 6] = ["actions", "connections", "expires", "kinds", "sha256", "token"];

/// Reads a file of tokens.
///
/// # Errors
/// With everything that is wrong with it, a line each. No value is shown: any may be a secret.
pub fn read(path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Token>, String> {
    let (shown, text) = (path.display(), file::read(path)?);
    let table: Table = file::toml(&text).map_err(|line| format!("{shown} is not valid TOML: look at line {line}"))?;
    let (mut tokens, mut problems) = (Vec::new(), Problems::default());
    for (key, value) in table.iter().filter(|(key, _)| *key != TOKENS) {
        // A table's key is the name that somebody gave it.
        let shown = if value.is_table() { key } else { slip::shown(key, [TOKENS]) };
        problems.add(shown, "is not known: a token's table is called as [tokens.n8n]");
    }
    let named = table.get(TOKENS).and_then(Value::as_table);
    if named.is_none_or(Table::is_empty) {
        problems.add("the file", "holds no token: `plugin-host token NAME` makes one, and the lines for it");
    }
    for (name, value) in named.into_iter().flatten() {
        let shown = if value.is_table() { name } else { slip::shown(name, []) };
        let place = format!("{TOKENS}.{shown}");
        let mut entry = Entry { place: &place, variable, problems: &mut problems };
        if let Some(table) = value.as_table() {
            tokens.extend(entry.tokens(name, table));
        } else {
            entry.problem("is no table: write the line [tokens.NAME] above what belongs to it");
        }
    }
    problems.none(&shown.to_string()).map(|()| tokens)
}

/// A token's table, while it is read.
struct Entry<'a> {
    place: &'a str,
    variable: &'a dyn Fn(&str) -> Option<String>,
    problems: &'a mut Problems,
}

impl Entry<'_> {
    fn tokens(&mut self, name: &str, table: &Table) -> Vec<Token> {
        if let Err(why) = checked_name(name) {
            self.problem(&why);
        }
        for key in table.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let key = slip::shown(key, KEYS);
            self.problem(&format!("{key} is not known: the keys are {}", KEYS.join(", ")));
        }
        let scope = Arc::new(Scope {
            connections: self.texts(table, "connections"),
            actions: self.texts(table, "actions"),
            kinds: self.kinds(table),
        });
        let expires = table.get("expires").and_then(|value| self.time(value));
        let caller = Caller::named(name, Some(scope));
        let mut hashes = Vec::new();
        for text in self.texts(table, "sha256").into_iter().flatten() {
            let why = "sha256 is not 64 hexadecimal digits: `plugin-host token NAME` writes the line";
            self.kept(&mut hashes, of_hex(&text).ok_or_else(|| why.to_owned()));
        }
        for text in self.texts(table, "token").into_iter().flatten() {
            let token = match text.starts_with("env:") || text.starts_with("file:") {
                true => resolved(&text, self.variable),
                // It is nobody's business here, and its hash does as well.
                false => Err("stands in this file: put its sha256 here, or itself into a variable or a file, and write env:NAME or file:PATH".to_owned()),
            };
            self.kept(&mut hashes, token.and_then(|token| hash(trim(&token))).map_err(|why| format!("token {why}")));
        }
        if !table.contains_key("sha256") && !table.contains_key("token") {
            self.problem("has neither sha256 nor token: `plugin-host token NAME` makes both");
        }
        hashes.into_iter().map(|hash| Token { hash, caller: caller.clone(), expires }).collect()
    }

    fn kept(&mut self, hashes: &mut Vec<[u8; 32]>, hash: Result<[u8; 32], String>) {
        match hash {
            Ok(hash) => hashes.push(hash),
            Err(why) => self.problem(&why),
        }
    }

    /// A text, or a list of some.
    fn texts(&mut self, table: &Table, key: &str) -> Option<Vec<String>> {
        let value = table.get(key)?;
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let texts: Option<Vec<_>> = items.iter().map(|item| item.as_str().map(|text| trim(text).to_owned())).collect();
        let texts = texts.filter(|texts| !texts.is_empty() && texts.iter().all(|text| !text.is_empty()));
        if texts.is_none() {
            self.problem(&format!("{key} is no list of texts: leave it out, or write {key} = [\"…\"]"));
        }
        texts
    }

    fn kinds(&mut self, table: &Table) -> Option<Vec<Kind>> {
        let known = Kind::ALL.map(Kind::as_str);
        let kinds = self.texts(table, "kinds")?;
        let kind = |text: &String| Kind::ALL.into_iter().find(|kind| kind.as_str() == text);
        let read: Option<Vec<_>> = kinds.iter().map(kind).collect();
        if read.is_none() {
            self.problem(&format!("kinds has one that is not known: there are {}", known.join(", ")));
        }
        read
    }

    fn time(&mut self, value: &Value) -> Option<Timestamp> {
        let time = match value {
            Value::String(text) => text.parse().ok(),
            Value::Datetime(time) => time.to_string().parse().ok(),
            _ => None,
        };
        if time.is_none() {
            self.problem("expires is no time with its offset: write it as 2027-01-31T00:00:00Z");
        }
        time
    }

    fn problem(&mut self, why: &str) {
        self.problems.add(&format!("{}:", self.place), why);
    }
}

fn of_hex(text: &str) -> Option<[u8; 32]> {
    if !is_sha256(text) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, place) in bytes.iter_mut().zip(0..) {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::{Denied, Tokens};
    use super::*;

    const ONE: &str = "0123456789abcdef";
    const OTHER: &str = "fedcba9876543210";

    fn of(text: &str) -> Result<Tokens, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Tokens::default().with_file(file.path(), |name| (name == "TOKEN").then(|| format!(" {OTHER}\n")))
    }

    fn sha256(token: &str) -> String {
        toolchain::bundle::sha256(token.as_bytes())
    }

    #[test]
    fn each_table_is_a_caller_with_what_its_tokens_are_for() {
        let tokens = of(&format!(
            "[tokens.n8n]\nsha256 = \"{}\"\nconnections = [\"berlin\", \"shop-*\"]\nkinds = \"read\"\n[tokens.all]\ntoken = [\"env:TOKEN\"]\nexpires = 2999-01-01T00:00:00+01:00\n",
            sha256(ONE).to_uppercase()
        ))
        .unwrap();
        let one = tokens.caller(ONE).unwrap();
        assert_eq!(one.name().map(|name| &**name), Some("n8n"));
        assert!(one.may(|scope| scope.connection("shop-1")).is_ok());
        let refused = one.may(|scope| scope.connection("paris")).unwrap_err().to_string();
        assert_eq!(
            refused,
            "The token \"n8n\" is not for the connection \"paris\": take another token, or ask the operator about connections in its table."
        );
        assert!(one.may(|scope| scope.kind(Kind::Write)).is_err());
        assert!(tokens.caller(OTHER).unwrap().scope().is_all());
        let connection = "the token n8n is for the connection berlin, and none is called so";
        assert_eq!(tokens.doubts(&["shop-1"], &[]), [connection]);
        let tokens =
            of(&format!("[tokens.a]\nsha256 = \"{}\"\nactions = [\"get_*\", \"fly\"]\n", sha256(ONE))).unwrap();
        let action = "the token a is for the action fly, and none is called so";
        assert_eq!(tokens.doubts(&[], &["get_order"]), [action]);
    }

    #[test]
    fn a_token_is_let_in_until_it_expires_and_its_name_is_told_then() {
        let text = format!("[tokens.old]\nsha256 = \"{}\"\nexpires = \"2020-01-31T00:00:00Z\"\n", sha256(ONE));
        let tokens = of(&text).unwrap();
        let at = "2020-01-31T00:00:00Z".parse().unwrap();
        assert_eq!(tokens.caller(ONE).unwrap_err(), Denied::Expired("old".into(), at));
        assert_eq!(tokens.doubts(&[], &[]), ["the token old has expired (2020-01-31T00:00:00Z), and is not let in"]);
    }

    #[test]
    fn tokens_of_one_table_are_one_callers() {
        let tokens = of(&format!("[tokens.a]\nsha256 = [\"{}\", \"{}\"]\n", sha256(ONE), sha256(OTHER))).unwrap();
        assert_eq!(tokens.caller(ONE).unwrap().id(), tokens.caller(OTHER).unwrap().id());
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_by_name_and_without_a_value() {
        let told = of(r#"
            n8n = "hunter2"
            [tokens]
            flat = "hunter2"
            [tokens."my n8n"]
            sha256 = "hunter2"
            [tokens.a]
            token = "hunter2hunter2hunter2"
            kind = "read"
            kinds = ["reads"]
            connections = []
            actions = [1]
            expires = 2027-01-31
            [tokens.b]
            token = "env:NONE"
            [tokens.c]
        "#)
        .unwrap_err();
        for line in [
            "a key (not shown, as it could be a secret) is not known: a token's table is called as [tokens.n8n]",
            "tokens.flat: is no table",
            "tokens.my n8n: is not 1 to 64 letters",
            "tokens.my n8n: sha256 is not 64 hexadecimal digits",
            "tokens.a: token stands in this file",
            "tokens.a: kind is not known: the keys are actions, connections",
            "tokens.a: kinds has one that is not known: there are read, write, destructive, events, metrics",
            "tokens.a: connections is no list of texts",
            "tokens.a: actions is no list of texts",
            "tokens.a: expires is no time with its offset",
            "tokens.b: token is not to be had: the environment has no NONE",
            "tokens.c: has neither sha256 nor token",
        ] {
            assert!(told.contains(&format!("\n  - {line}")), "{line} is not in {told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
        let twice = format!("[tokens.d]\nsha256 = \"{0}\"\n[tokens.e]\nsha256 = \"{0}\"\n", sha256(ONE));
        let refusal = of(&twice).unwrap_err();
        assert!(refusal.contains("the token of e in ") && refusal.contains("under another name"), "{refusal}");
        assert!(of("[tokens]\n").unwrap_err().contains("holds no token"));
        assert!(of("a = [").unwrap_err().contains("is not valid TOML: look at line 1"));
    }
}
