//! The manifest of an MCP bundle, version 0.3: what it is, what a person fills in, and how it is begun.

use plugin_host_core::connections::variable_name;
use plugin_host_core::queues::Listed;
use plugin_host_core::schema::{self, Field};
use serde_json::{Map, Value, json};

use super::platform::Platform;
use crate::mcp::{Filter, tools};
use crate::package::text::{line, sentence};
use crate::package::{Bundle, PackageError};
use crate::web::scope::Scope;

/// What variables of the environment begin with that hold the connection. It is no plugin's to choose, so none reads
/// what is not meant for it.
pub const PREFIX: &str = "CONNECTION";

/// The manifest's version: the newest that clients with programs in their bundles need.
const VERSION: &str = "0.3";

/// The manifest.
pub fn manifest(bundle: &Bundle, platform: Platform, has_icon: bool) -> Result<Value, PackageError> {
    let described = &bundle.description;
    let program = platform.program();
    let mut config = Map::new();
    let mut variables = Map::new();
    for (key, field, required) in keys(bundle)? {
        variables.insert(variable_name(PREFIX, key), format!("${{user_config.{key}}}").into());
        config.insert(key.to_owned(), asked_for(key, &field, required));
    }
    let mut manifest = json!({
        "manifest_version": VERSION,
        "name": described.name,
        "display_name": line(&described.title),
        "version": bundle.version()?,
        "description": sentence(&described.description),
        "author": author(bundle),
        "server": {
            "type": "binary",
            "entry_point": program,
            "mcp_config": {
                "command": format!("${{__dirname}}/{program}"),
                "args": ["--bundle", "${__dirname}/server/extism.json", "--env-prefix", PREFIX, "mcp"],
                "env": variables,
            },
        },
        "tools": listed(bundle)?,
        "keywords": keywords(bundle),
        "compatibility": { "platforms": [platform.system] },
        "user_config": config,
    });
    if let Some(license) = &bundle.publisher.license {
        manifest["license"] = license.as_str().into();
    }
    if has_icon {
        manifest["icon"] = "icon.png".into();
    }
    if let Some(repository) = bundle.publisher.repository.as_deref().filter(|it| is_address(it)) {
        manifest["repository"] = json!({ "type": "git", "url": repository });
    }
    let homepage = described.homepage.as_deref();
    for (name, address) in [("homepage", homepage), ("support", bundle.publisher.bugs.as_deref())] {
        if let Some(address) = address.filter(|it| is_address(it)) {
            manifest[name] = address.into();
        }
    }
    Ok(manifest)
}

/// The values of a connection: their key, what the schema says, and whether they are required.
///
/// # Errors
/// If a key can't stand in a manifest, whose placeholders clients read as patterns.
pub fn keys(bundle: &Bundle) -> Result<Vec<(&str, Field<'_>, bool)>, PackageError> {
    let schema = &bundle.description.connection.schema;
    let required: Vec<_> = schema::required(schema).collect();
    let mut keys = Vec::new();
    for field in schema::fields(schema) {
        if !field.name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_') {
            return Err(
                bundle.unfit(format!("the key {:?} of its connection has to be of letters, digits and _", field.name))
            );
        }
        let is_required = required.contains(&field.name);
        keys.push((field.name, field, is_required));
    }
    Ok(keys)
}

/// What people are told of a value: what it is, and what it may be.
pub fn about(field: &Field<'_>) -> String {
    let about = sentence(field.about().unwrap_or_default());
    let values = choices(field).join(", ");
    let one_of = if values.is_empty() || field.is_switch() { String::new() } else { format!("One of: {values}.") };
    [about, one_of].iter().filter(|it| !it.is_empty()).cloned().collect::<Vec<_>>().join(" ")
}

/// The texts that a value may be, if they are listed.
pub fn choices(field: &Field<'_>) -> Vec<String> {
    field.schema["enum"].as_array().into_iter().flatten().filter_map(|it| it.as_str().map(line)).collect()
}

fn asked_for(key: &str, field: &Field<'_>, required: bool) -> Value {
    let default = field.schema["default"].as_str();
    let title = field.title().map_or_else(|| key.to_owned(), line);
    let mut asked = json!({
        "type": if field.is_switch() { "boolean" } else { "string" },
        "title": title, "description": about(field), "required": required,
    });
    if field.is_secret() {
        asked["sensitive"] = true.into();
    }
    if field.is_switch() {
        asked["default"] = (default == Some("true")).into();
    } else if let Some(default) = default {
        asked["default"] = default.into();
    } else if !required {
        // Else the placeholder itself would be the value of one who leaves it out.
        asked["default"] = "".into();
    }
    asked
}

fn author(bundle: &Bundle) -> Value {
    let author = &bundle.publisher.author;
    let mut told = json!({ "name": author.name.as_deref().map_or_else(|| line(&bundle.description.title), line) });
    if let Some(email) = author.email.as_deref().filter(|it| it.contains('@')) {
        told["email"] = line(email).into();
    }
    told
}

/// The tools as clients see them once it runs.
fn listed(bundle: &Bundle) -> Result<Vec<Value>, PackageError> {
    let description = &bundle.description;
    let plugin = Listed { description, translated: description, language: "en", connections: vec!["default"] };
    let tools = tools(&[plugin], &Filter::default(), &Scope::default()).map_err(|why| bundle.unfit(why))?;
    let told = |text: &str| text.lines().map(line).filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n");
    Ok(tools
        .iter()
        .map(|it| json!({ "name": it.tool.name, "description": told(it.tool.description.as_deref().unwrap_or_default()) }))
        .collect())
}

fn keywords(bundle: &Bundle) -> Vec<String> {
    vec!["mcp".to_owned(), bundle.description.name.clone()]
}

/// Whether a text is an address on the web.
pub fn is_address(text: &str) -> bool {
    text.starts_with("https://")
        && text.len() > 8
        && text.bytes().all(|it| it.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&it))
}
