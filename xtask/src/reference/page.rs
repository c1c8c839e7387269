//! A schema as a page of Markdown.

use std::fmt::Write;

use serde_json::Value;

use super::layout::{inline, lines};
use super::rules::{self, Section, bounds, kind};
use crate::links::slug;

/// What is longer is not shown in a table.
const CELL: usize = 90;

/// The page of a schema; `source` is the file that it stands in.
pub fn of(schema: &Value, source: &str) -> String {
    let sections = rules::sections(schema);
    let mut page = format!(
        "# {}\n\n<!-- Made from {source} by `cargo xtask manifest`: change it there. -->\n\n{}\n",
        schema["title"].as_str().unwrap_or("Reference"),
        sentences(schema)
    );
    for section in &sections {
        if !std::ptr::eq(section.rule, schema) {
            let _ = writeln!(page, "\n## {}", section.title);
            let about = sentences(section.rule);
            if !about.is_empty() && about != format!("{}.", section.title) {
                let _ = writeln!(page, "\n{about}");
            }
        }
        page.push_str("\n| member | | right | wrong |\n|---|---|---|---|\n");
        for (name, rule) in section.rule["properties"].as_object().into_iter().flatten() {
            page.push_str(&row(schema, &sections, section, name, rule));
        }
    }
    page.push_str("\n## A whole example\n");
    for example in schema["examples"].as_array().into_iter().flatten() {
        let _ = write!(page, "\n```json\n{}\n```\n", lines(example));
    }
    page
}

fn row(schema: &Value, sections: &[Section<'_>], section: &Section<'_>, name: &str, rule: &Value) -> String {
    let mut first = vec![format!("`{name}`"), kind(schema, rule)];
    if section.requires(name) {
        first.push("**required**".to_owned());
    }
    if rule["strict"] == true {
        first.push("_strict_".to_owned());
    }
    let mut about = sentences(rule);
    let bounds = bounds(rule);
    if !bounds.is_empty() {
        let _ = write!(about, " {}.", capital(&bounds.join(", ")));
    }
    if let Some(title) = rules::leads_to(schema, rule, sections).filter(|title| *title != section.title) {
        let _ = write!(about, " Members: [{}](#{}).", title.replace('`', ""), slug(title));
    }
    let example = rule["examples"].get(0).or_else(|| section.example(name)).map(inline);
    let right = example.filter(|it| it.len() <= CELL).map(|it| format!("`{it}`")).unwrap_or_default();
    let wrong = rule["antiExamples"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| format!("`{}`: {}", inline(&it["example"]), it["reason"].as_str().unwrap_or_default()));
    let wrong = wrong.collect::<Vec<_>>().join("<br>");
    let cells = [first.join("<br>"), about.trim().to_owned(), right, wrong].map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}

/// What a rule says of itself, and where there is more.
fn sentences(rule: &Value) -> String {
    let text = |name: &str| rule[name].as_str().filter(|text| !text.is_empty());
    let mut said = Vec::new();
    if let Some(about) = text("description") {
        said.push(capital(about.trim_end_matches('.')) + ".");
    }
    said.extend(text("names").map(|what| format!("Names {what}.")));
    said.extend(text("remarks").map(str::to_owned));
    let see: Vec<_> = rule["see"].as_array().into_iter().flatten().filter_map(Value::as_str).map(link).collect();
    if !see.is_empty() {
        said.push(format!("See {}.", see.join(", ")));
    }
    said.join(" ")
}

/// A link to a page of `docs/`.
fn link(page: &str) -> String {
    let (file, anchor) = page.split_once('#').unwrap_or((page, ""));
    let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".md");
    let label = if file.starts_with("rules/") {
        format!("the rule {name}")
    } else if anchor.is_empty() {
        name.to_owned()
    } else {
        anchor.replace('-', " ")
    };
    format!("[{label}](../{page})")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_is_told_with_what_it_takes_and_what_not() {
        let schema = json!({
            "title": "Parcel", "description": "what is sent", "type": "object", "required": ["to"],
            "properties": {
                "to": { "description": "who gets it", "type": "string", "pattern": "a|b", "see": ["rules/output.md"],
                    "antiExamples": [{ "example": "", "reason": "nobody" }] },
                "things": { "type": "array", "items": { "$ref": "#/$defs/thing" } },
            },
            "$defs": { "thing": { "title": "A thing", "type": "object",
                "properties": { "count": { "type": "integer", "minimum": 1, "strict": true } } } },
            "examples": [{ "to": "Ann", "things": [{ "count": 12 }, { "count": 1 }] }],
        });
        let page = of(&schema, "parcel.json");
        for told in [
            "# Parcel\n",
            "What is sent.\n",
            "| `to`<br>text<br>**required** | Who gets it. See [the rule output](../rules/output.md). Matches `a\\|b`. | `\"Ann\"` | `\"\"`: nobody |\n",
            "| `things`<br>list: object | Members: [A thing](#a-thing). | `[{ \"count\": 12 }, { \"count\": 1 }]` |  |\n",
            "\n## A thing\n",
            "| `count`<br>whole number<br>_strict_ | From 1. | `1` |  |\n",
            "\n## A whole example\n",
        ] {
            assert!(page.contains(told), "{told} is not in\n{page}");
        }
    }
}
