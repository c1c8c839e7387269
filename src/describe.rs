//! The plugin's description: generated from the code, kept in `manifest/`, carried in the module.

use serde_json::{Value, json};

use crate::{actions, connection};

/// The dialect of every schema.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The version of the contract between plugin and host.
const CONTRACT: u32 = 1;

/// A generated file of `manifest/` without its white space. A test proves that the files are what the
/// code makes, so the module carries their texts and not the code that makes them.
macro_rules! minified {
    ($file:literal) => {{
        const PRETTY: &[u8] = include_bytes!(concat!("../manifest/", $file));
        const LENGTH: usize = $crate::describe::minify::<{ PRETTY.len() }>(PRETTY).1;
        const MINIFIED: [u8; LENGTH] = $crate::describe::minify::<LENGTH>(PRETTY).0;
        match std::str::from_utf8(&MINIFIED) {
            Ok(text) => text,
            Err(_) => panic!(concat!("manifest/", $file, " is not UTF-8")),
        }
    }};
}
pub(crate) use minified;

/// What the export `describe` answers.
pub const TEXT: &str = minified!("describe.json");

/// Drops white space outside strings; returns the text and its length.
pub(crate) const fn minify<const N: usize>(json: &[u8]) -> ([u8; N], usize) {
    let mut minified = [0; N];
    let mut length = 0;
    let mut in_string = false;
    let mut escaped = false;
    let mut place = 0;
    while place < json.len() {
        let byte = json[place];
        if in_string || !byte.is_ascii_whitespace() {
            minified[length] = byte;
            length += 1;
        }
        if byte == b'"' && !escaped {
            in_string = !in_string;
        }
        escaped = byte == b'\\' && !escaped;
        place += 1;
    }
    (minified, length)
}

/// A field of a schema: its title, description and examples, then its rule.
pub(crate) fn field(title: &str, description: &str, examples: Value, rule: Value) -> Value {
    let mut field = json!({ "title": title, "description": description, "examples": examples });
    if let (Value::Object(field), Value::Object(rule)) = (&mut field, rule) {
        field.extend(rule);
    }
    field
}

/// The description, made from the code.
pub fn generate() -> Value {
    json!({
        "contract": CONTRACT,
        "name": "justclick",
        "title": "JustClick",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "JustClick, also sold as InfluencerSoft: an e-mail marketing and shop service.",
        "homepage": "https://help.justclick.io",
        "connection": { "schema": connection::schema(), "check": "check_connection", "origins": ["base_url"] },
        "actions": actions::describe(),
        "errorSchema": error_schema()
    })
}

/// The files in `manifest/` that are made from the code: name and text.
#[cfg(not(target_arch = "wasm32"))]
pub fn files() -> Vec<(String, String)> {
    let describe = generate();
    let mut files = vec![
        ("connection.schema.json".to_owned(), pretty(&describe["connection"]["schema"])),
        ("error.schema.json".to_owned(), pretty(&describe["errorSchema"])),
    ];
    for action in actions::describe() {
        let name = action["name"].as_str().unwrap_or_default();
        files.push((format!("{name}.input.schema.json"), pretty(&action["inputSchema"])));
        files.push((format!("{name}.output.schema.json"), pretty(&action["outputSchema"])));
    }
    files.push(("describe.json".to_owned(), pretty(&describe)));
    files.push(("tools.json".to_owned(), pretty(&crate::tools::generate())));
    files
}

#[cfg(not(target_arch = "wasm32"))]
fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn error_schema() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "Failed action",
        "type": "object",
        "properties": {
            "kind": {
                "description": "What went wrong.",
                "enum": [
                    "invalid_input", "invalid_connection", "auth", "not_found", "rejected", "throttled", "unavailable",
                    "unexpected_reply", "forged_reply", "internal"
                ]
            },
            "message": { "description": "For the person who runs the automation: what is wrong and what to do.", "type": "string" },
            "retry": { "description": "Whether an engine may repeat the call by itself.", "enum": ["never", "later"] },
            "retry_after_s": { "description": "The earliest time to repeat it, in seconds from now.", "type": "integer", "minimum": 0 },
            "effect": { "description": "Whether the failed call changed anything at the service.", "enum": ["none", "unknown"] },
            "field": { "description": "The first input field or config key that is wrong.", "type": "string" },
            "problems": {
                "description": "Everything that is wrong with the input or the connection.",
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": { "field": { "type": "string" }, "message": { "type": "string" } },
                    "required": ["field", "message"],
                    "additionalProperties": false
                }
            },
            "upstream": {
                "description": "What came from the service.",
                "type": "object",
                "properties": {
                    "http_status": { "description": "0: there was no HTTP response.", "type": "integer", "minimum": 0, "maximum": 65535 },
                    "error_code": { "description": "The service's own code.", "type": "integer" },
                    "error_text": { "description": "The service's own text, or the beginning of what came instead.", "type": "string", "maxLength": 300 },
                    "verified": { "description": "Whether the reply's hash proves that code and text come from the service.", "type": "boolean" }
                },
                "required": ["http_status", "verified"],
                "additionalProperties": false
            }
        },
        "required": ["kind", "message", "retry", "effect"],
        "additionalProperties": false
    })
}
