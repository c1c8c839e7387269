//! What README and docs/justclick.md repeat of the description is what the code says.

use std::fs;
use std::path::Path;

use justclick::{PLUGIN, reply};
use plugin_kit::{Action, Trigger, describe};
use serde_json::Value;

fn section(page: &str, title: &str) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    let (_, section) = page.split_once(&format!("\n## {title}\n")).unwrap_or_else(|| panic!("no section {title}"));
    section.split("\n## ").next().unwrap().to_owned()
}

/// The cells of the first table of a section of docs/justclick.md, without its head.
fn table(title: &str) -> Vec<Vec<String>> {
    let section = section("docs/justclick.md", title);
    let rows = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    rows.skip(2).map(cells).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn description() -> Value {
    serde_json::from_str(&describe::description(&PLUGIN)).unwrap()
}

#[test]
fn it_names_every_action_and_trigger_and_no_other() {
    let told = section("README.md", "What it can do");
    let mut named = quoted(&told);
    named.sort_unstable();
    named.dedup();
    let mut there: Vec<_> =
        PLUGIN.actions().iter().map(Action::name).chain(PLUGIN.triggers().iter().map(Trigger::name)).collect();
    there.sort_unstable();
    assert_eq!(named, there);
}

#[test]
fn its_table_of_the_input_has_the_fields_with_when_they_are_required() {
    let action = &description()["actions"][0];
    let schema = &action["inputSchema"];
    let required = |name: &str| {
        if schema["required"].as_array().unwrap().contains(&name.into()) {
            return "always".to_owned();
        }
        let rules = schema["allOf"].as_array().unwrap().iter();
        let rule =
            rules.filter(|rule| rule["then"]["required"][0] == name).map(|rule| &rule["if"]["properties"]["status"]);
        let words: Vec<_> = rule
            .flat_map(|status| status["enum"].as_array().unwrap())
            .map(|word| format!("`{}`", word.as_str().unwrap()))
            .collect();
        format!("for {}", words.join(" and "))
    };
    let fields = schema["properties"].as_object().unwrap().keys();
    let expected: Vec<_> = fields.map(|name| (format!("`{name}`"), required(name))).collect();
    let told: Vec<_> = table("Input").into_iter().map(|row| (row[0].clone(), row[2].clone())).collect();
    assert_eq!(told, expected);
    // And each word of the status with its meaning.
    let statuses = &table("Input")[1][1];
    for part in schema["properties"]["status"]["description"].as_str().unwrap().trim_end_matches('.').split(". ") {
        let (word, meaning) = part.split_once(": ").unwrap();
        assert!(statuses.contains(&format!("`{word}`: {meaning}.")), "{statuses} lacks {part}");
    }
}

#[test]
fn its_table_of_the_connection_has_the_keys() {
    let schema = &description()["connection"]["schema"];
    let keys: Vec<_> = schema["properties"].as_object().unwrap().keys().map(|key| format!("`{key}`")).collect();
    let told: Vec<_> = table("Connection").into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(told, keys);
    let addresses = schema["properties"]["base_url"]["examples"].as_array().unwrap();
    for address in addresses.iter().map(|address| address.as_str().unwrap().replace("username", "LOGIN")) {
        assert!(table("Connection")[2][1].contains(&format!("`{address}`")), "{address}");
    }
}

#[test]
fn its_table_of_errors_has_every_kind_with_the_codes_that_mean_it() {
    let schema: Value = serde_json::from_str(plugin_kit::manifest::ERROR_SCHEMA).unwrap();
    let table = table("Errors");
    let kinds = schema["properties"]["kind"]["enum"].as_array().unwrap().iter();
    let mut expected: Vec<_> = kinds.map(|kind| format!("`{}`", kind.as_str().unwrap())).collect();
    let mut told: Vec<_> = table.iter().map(|row| row[0].clone()).collect();
    expected.sort();
    told.sort();
    assert_eq!(told, expected);
    for row in &table {
        let kind = row[0].trim_matches('`');
        // "codes 4, 5, 6: …", "code 8 or …", "any other code".
        let words = row[1].strip_prefix("codes ").or_else(|| row[1].strip_prefix("code ")).unwrap_or_default();
        let words = words.split(':').next().unwrap();
        let codes: Vec<i64> =
            words.split([',', ' ']).filter(|word| !word.is_empty()).map_while(|word| word.parse().ok()).collect();
        let meant: Vec<i64> = (1..1000).filter(|code| reply::meaning(*code).kind.as_str() == kind).collect();
        if row[1] == "any other code" {
            assert_eq!(kind, "rejected");
        } else {
            assert_eq!(codes, meant, "{kind}");
        }
    }
}
