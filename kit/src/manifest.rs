//! The description as files, for the bundle and for whoever reads the repository.

use std::path::Path;
use std::{fs, io};

use crate::describe;
use crate::json::{self, Members};
use crate::plugin::Plugin;
use crate::text::split;
use crate::tools;
use crate::translation;

/// The schema of a failed call's document, which is the contract's: no module carries it.
pub const ERROR_SCHEMA: &str = include_str!("error.schema.json");

/// The files: their names, and their texts. `languages` are those that go into the bundle: each a language,
/// such as `ru`, with [its source](translation::by_pointers).
///
/// # Errors
/// What is wrong with a language, a line each.
pub fn files(plugin: &Plugin, languages: &[(String, String)]) -> Result<Vec<(String, String)>, Vec<String>> {
    let mut files = of_description(&describe::description(plugin), languages)?;
    files.push(("tools.json".to_owned(), pretty(&tools::list(plugin))));
    Ok(files)
}

/// The same of what a module answers to `describe`, but for `tools.json`, of which that does not tell.
///
/// # Errors
/// As [`files`].
pub fn of_description(description: &str, languages: &[(String, String)]) -> Result<Vec<(String, String)>, Vec<String>> {
    let mut translated = Vec::new();
    for (language, source) in languages {
        let told = |faults: Vec<String>| faults.iter().map(|fault| format!("{language}: {fault}")).collect::<Vec<_>>();
        translated.push((language.clone(), translation::by_pointers(description, source).map_err(told)?));
    }
    let member = |json: &str, name: &str| {
        let members = Members::parse(json).unwrap_or(Members(Vec::new()));
        members.get(name).unwrap_or("null").to_owned()
    };
    let connection = member(description, "connection");
    let mut files = vec![
        ("connection.schema.json".to_owned(), pretty(&member(&connection, "schema"))),
        ("error.schema.json".to_owned(), ERROR_SCHEMA.to_owned()),
    ];
    for action in json::items(&member(description, "actions")) {
        let name = json::string(&member(action, "name")).unwrap_or_default().into_owned();
        files.push((format!("{name}.input.schema.json"), pretty(&member(action, "inputSchema"))));
        files.push((format!("{name}.output.schema.json"), pretty(&member(action, "outputSchema"))));
    }
    let whole = translation::with_languages(description, &translated);
    files.push(("describe.json".to_owned(), pretty(&whole)));
    files.extend(translated.iter().map(|(language, texts)| (format!("i18n/{language}.json"), pretty(texts))));
    Ok(files)
}

/// The languages of a folder, such as `i18n` of a plugin's sources, in the order of their names: `ru.json` for
/// `ru`. None if there is no folder.
///
/// # Errors
/// If it can't be read: which, and why.
pub fn languages(folder: &Path) -> Result<Vec<(String, String)>, String> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let unreadable = |error: io::Error| format!("can't read {}: {error}", folder.display());
    let mut languages = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let language = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            languages.push((language, fs::read_to_string(&path).map_err(unreadable)?));
        }
    }
    languages.sort();
    Ok(languages)
}

/// Valid JSON with a line for each member and value.
fn pretty(json: &str) -> String {
    let mut pretty = String::with_capacity(json.len() * 2);
    write(json, 0, &mut pretty);
    pretty.push('\n');
    pretty
}

fn write(json: &str, depth: usize, pretty: &mut String) {
    let (brackets, values) = match json.as_bytes().first() {
        Some(b'[') => ("[]", json::items(json).into_iter().map(|value| (None, value)).collect()),
        Some(b'{') => {
            let Members(members) = Members::parse(json).unwrap_or(Members(Vec::new()));
            ("{}", members.into_iter().map(|(name, value)| (Some(json::quoted(&name)), value)).collect::<Vec<_>>())
        }
        _ => return pretty.push_str(json),
    };
    if values.is_empty() {
        return pretty.push_str(brackets);
    }
    let (open, close) = split(brackets, 1);
    let line = |pretty: &mut String, depth: usize| {
        pretty.push('\n');
        pretty.push_str(&"  ".repeat(depth));
    };
    pretty.push_str(open);
    for (place, (name, value)) in values.into_iter().enumerate() {
        if place > 0 {
            pretty.push(',');
        }
        line(pretty, depth + 1);
        if let Some(name) = name {
            pretty.push_str(&name);
            pretty.push_str(": ");
        }
        write(value, depth + 1, pretty);
    }
    line(pretty, depth);
    pretty.push_str(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_written_as_other_programs_write_it() {
        let json = r#"{"a":[1,"]",{}],"b":{"c":[]},"d":null}"#;
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(pretty(json), format!("{value:#}\n"));
    }
}
