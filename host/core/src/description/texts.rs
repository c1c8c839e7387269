//! The texts of a description that are for people, and so may be in other languages.

use serde_json::{Value, json};

use crate::bundle::Languages;

/// The text for people at a JSON pointer into a description.
///
/// # Errors
/// If there is none; why.
pub fn text_at<'a>(description: &'a mut Value, pointer: &str) -> Result<&'a mut String, &'static str> {
    /// What texts for people are called.
    const TEXTS: [&str; 5] = ["title", "description", "reason", "docs", "message"];
    let name = pointer.rsplit('/').next().unwrap_or_default();
    match description.pointer_mut(pointer) {
        Some(Value::String(text)) if TEXTS.contains(&name) && !is_data(pointer) => Ok(text),
        Some(_) => Err("is no text for people"),
        None => Err("leads nowhere"),
    }
}

/// Whether a pointer leads into what an action or a trigger has beside its texts: values, names, and
/// pointers into outputs.
fn is_data(pointer: &str) -> bool {
    const DATA: [&str; 5] = ["form", "verify", "confirm", "sample", "limits"];
    let parts: Vec<_> = pointer.split('/').collect();
    match parts.as_slice() {
        ["", "actions" | "triggers", _, member, ..] if DATA.contains(member) => true,
        ["", "actions", _, "examples", _, value, ..] => matches!(*value, "input" | "output"),
        _ => false,
    }
}

/// A description with further languages. Where it has a text itself, that is the one.
pub fn with_languages(text: String, languages: &Languages) -> String {
    if languages.is_empty() {
        return text;
    }
    // What is no description is told by whoever reads it.
    let Ok(Value::Object(mut description)) = serde_json::from_str::<Value>(&text) else { return text };
    let all = description.entry("i18n").or_insert_with(|| json!({}));
    for (language, texts) in languages {
        let Some(all) = all.as_object_mut() else { return text };
        let Some(own) = all.entry(language).or_insert_with(|| json!({})).as_object_mut() else { return text };
        for (pointer, translated) in texts {
            own.entry(pointer).or_insert_with(|| translated.as_str().into());
        }
    }
    Value::Object(description).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_to_nothing_or_to_no_text_for_people_says_so() {
        let mut value = json!({ "name": "a", "actions": [{ "title": "Sell" }], "connection": { "schema": {} } });
        assert_eq!(text_at(&mut value, "/actions/0/title"), Ok(&mut "Sell".to_owned()));
        for nowhere in ["/actions/7/title", "title", "/actions/0/description"] {
            assert_eq!(text_at(&mut value, nowhere), Err("leads nowhere"), "{nowhere}");
        }
        value["actions"][0]["form"] = json!({ "options": { "sku": { "title": "/name" } } });
        value["actions"][0]["examples"] = json!([{ "title": "One", "input": { "title": "x" } }]);
        assert!(text_at(&mut value, "/actions/0/examples/0/title").is_ok());
        let data = ["/actions/0/form/options/sku/title", "/actions/0/examples/0/input/title"];
        for other in ["/name", "/connection/schema", ""].into_iter().chain(data) {
            assert_eq!(text_at(&mut value, other), Err("is no text for people"), "{other}");
        }
    }

    #[test]
    fn a_bundle_s_languages_are_added_to_those_that_the_description_has() {
        let languages = |texts: &[(&str, &str, &str)]| {
            let mut languages = Languages::new();
            for (language, pointer, text) in texts {
                let texts = languages.entry((*language).to_owned()).or_default();
                texts.insert((*pointer).to_owned(), (*text).to_owned());
            }
            languages
        };
        let bundle =
            languages(&[("ru", "/title", "Другой"), ("ru", "/description", "Продаёт"), ("de", "/title", "Laden")]);
        let own = r#"{"title":"Shop","i18n":{"ru":{"/title":"Магазин"}}}"#;
        let whole: Value = serde_json::from_str(&with_languages(own.to_owned(), &bundle)).unwrap();
        let russian = json!({ "/title": "Магазин", "/description": "Продаёт" });
        assert_eq!(whole, json!({ "title": "Shop", "i18n": { "ru": russian, "de": { "/title": "Laden" } } }));
        // What the plugin says is handed on to the letter where nothing is added.
        for text in [own, "no JSON", "[]"] {
            assert_eq!(with_languages(text.to_owned(), &Languages::new()), text);
        }
        for text in ["no JSON", "[]", r#"{"i18n":7}"#, r#"{"i18n":{"ru":7}}"#] {
            assert_eq!(with_languages(text.to_owned(), &bundle), text);
        }
    }
}
