//! Files that a person or a publisher wrote: connections, tokens, triggers, bundles, lists of them. What is
//! wrong is told without a value of theirs.

use std::collections::BTreeMap;
use std::path::Path;

use plugin_host::web::tokens::Tokens;
use plugin_host_core::bundle::Bundle;
use plugin_host_core::connections::File;
use plugin_host_core::description::Description;
use plugin_host_core::sources;
use plugin_host_core::text::trim;
use serde_json::Value;

use super::scratch;
use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::{Target, choice};
use crate::told::{SECRET, no_secret};

pub const TARGET: Target = Target { name: "files", seeds, run };

/// How each is read: what is wrong with it.
type Read = fn(&Path, &[u8]) -> Result<(), String>;

const KINDS: [(&str, Read); 6] = [
    ("connections.toml", connections),
    ("tokens", tokens),
    ("triggers.toml", |path, _| plugin_host::fuzzing::triggers(path).map(drop)),
    ("extism.json", bundle),
    ("plugins.toml", |path, _| {
        let installed = |_: &str| Err("it is not installed".to_owned());
        sources::listed(path, installed).map(drop).map_err(|error| error.to_string())
    }),
    ("tokens.toml", |path, _| Tokens::read(None, None)?.with_file(path, |_| None).map(drop)),
];

static DESCRIPTION: std::sync::LazyLock<Description> =
    std::sync::LazyLock::new(|| Description::parse(seeds::text("manifest/describe.json")).expect("a description"));

fn seeds(seeds: &mut Seeds) {
    for (kind, text) in [
        (0, format!("[shop]\nlogin = \"username\"\napi_key = \"{SECRET}\"\nbase_url = \"https://a.example\"\n")),
        (0, format!("[a]\nplugin = \"justclick\"\napi_key = \"{SECRET}\"\nbase_url = 7\n[b]\nlogin = [1]\n")),
        (0, format!("[shop]\napi_key = \"{SECRET}\nlogin = \"x\"\n")),
        (0, format!("[shop]\n\"{SECRET}\" = \"x\"\n")),
        (1, format!("# note\n{SECRET}\nalice: {SECRET}x\n")),
        (1, format!("alice:{SECRET}\nbob:{SECRET}\n")),
        (2, format!("deliver = \"https://a.example/{SECRET}\"\nsecret = \"{SECRET}\"\n[shop.order_paid]\nevery = \"1m\"\nstart = \"now\"\ninput = {{ a = \"b\" }}\n")),
        (2, format!("[shop.new_order]\ntoken = \"{SECRET}\"\nevery = \"0s\"\nstart = 2026-11-25T10:00:00Z\n")),
        (2, format!("deliver = \"file:https://a.example/{SECRET}\"\nsecret = \"env:{SECRET}\"\n")),
        (3, r#"{"wasm":[{"path":"a.wasm","hash":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}],"memory":{"max_pages":7}}"#.to_owned()),
        (3, r#"{"wasm":[{"path":"../a.wasm","hash":null}]}"#.to_owned()),
        (4, "[[plugin]]\nbundle = \"dist\"\nname = \"justclick\"\nenv_prefix = \"JUSTCLICK\"\n".to_owned()),
        (5, format!("[tokens.a]\ntoken = \"{SECRET}\"\nkinds = [\"read\", 7]\nexpires = 2026-11-25\n")),
        (5, format!("[tokens.a]\nsha256 = \"{}\"\nconnections = [\"*\"]\n[tokens.b]\nsha256 = \"{SECRET}\"\n", "a".repeat(64))),
        (4, "[justclick]\nbundle = \"dist/extism.json\"\nenv-prefix = \"JUSTCLICK\"\n".to_owned()),
    ] {
        seeds.choosing(kind, text);
    }
    seeds.choosing(3, seeds::text("manifest/extism.json"));
}

fn run(data: &[u8]) {
    let (kind, data) = choice(data);
    let (name, read) = KINDS[kind % KINDS.len()];
    // Read once, and not counted below.
    std::sync::LazyLock::force(&DESCRIPTION);
    // The module that a bundle may name.
    scratch::file("a.wasm", b"abc");
    let path = scratch::file(name, data);
    if let Err(told) = memory::at_most(256 * data.len() + (1 << 20), || read(&path, data)) {
        assert!(!told.is_empty() && !told.contains('\r'), "{told:?}");
        if !is_named(name, data) {
            no_secret(&told);
        }
    }
}

/// Whether the secret stands in a name, which is told: of a table, or of a file to be read.
fn is_named(file: &str, data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let text = text.trim_start_matches('\u{feff}');
    // What can't be read is told by its place alone, and so is a line with a token.
    let parsed = match file.rsplit_once('.') {
        Some((_, "toml")) => toml::from_str(text).ok(),
        Some((_, "json")) => serde_json::from_str(text).ok(),
        _ => None,
    };
    parsed.is_some_and(|parsed| in_names(file, &parsed))
}

fn in_names(file: &str, value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(key, value)| {
            let is_path = matches!((file, key.as_str()), ("extism.json", "path") | ("plugins.toml", "bundle"));
            (value.is_object() && key.contains(SECRET))
                || (is_path && value.as_str().is_some_and(|path| path.contains(SECRET)))
                || in_names(file, value)
        }),
        Value::Array(items) => items.iter().any(|item| in_names(file, item)),
        Value::String(text) => {
            let path = trim(text).strip_prefix("file:").filter(|path| !path.contains("://"));
            path.is_some_and(|path| path.contains(SECRET))
        }
        _ => false,
    }
}

fn connections(path: &Path, _: &[u8]) -> Result<(), String> {
    let file = File::read(path).map_err(|error| error.to_string())?;
    let mut told = Vec::new();
    for name in file.names() {
        file.places(name);
        if let Err(error) = file.connection(name, &DESCRIPTION, |_| None) {
            told.push(error.to_string());
        }
    }
    if told.is_empty() { Ok(()) } else { Err(told.join("\n")) }
}

fn tokens(path: &Path, data: &[u8]) -> Result<(), String> {
    let tokens = Tokens::read(Some(path), None)?;
    // Each line's token is let in, and told of by nobody.
    assert!(!format!("{tokens:?}").contains(SECRET));
    let text = std::str::from_utf8(data).unwrap_or_default().trim_start_matches('\u{feff}');
    let mut callers = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, token) =
            line.split_once(':').map_or((None, line), |(name, token)| (Some(name.trim()), token.trim()));
        let caller = tokens.caller(token).unwrap_or_else(|_| panic!("a token is not let in"));
        if let Some(name) = name {
            assert_eq!(callers.entry(name).or_insert(caller.clone()), &caller, "one name, and two callers");
        }
    }
    assert!(tokens.caller("none of these, surely").is_err());
    Ok(())
}

fn bundle(path: &Path, _: &[u8]) -> Result<(), String> {
    let bundle = Bundle::load(path).map_err(|error| error.to_string())?;
    assert_eq!(bundle.wasm, b"abc", "another file than the one beside it was read");
    Ok(())
}
