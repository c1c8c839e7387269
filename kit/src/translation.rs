//! The description in other languages, which travel in the bundle beside the module.
//!
//! Whoever translates writes what each English text is in the other language, in a JSON object. So fields
//! and actions may come, go and change places, and what is said twice is translated once. The contract
//! wants translations by where they stand; these are made here.

use crate::json::{self, Members, Object};

/// Texts for people.
const TEXTS: [&str; 5] = ["title", "description", "reason", "docs", "message"];

/// Members with values, names and pointers in them, which are the same in all languages.
const DATA: [&str; 13] = [
    "arguments",
    "confirm",
    "const",
    "default",
    "enum",
    "form",
    "i18n",
    "icons",
    "input",
    "limits",
    "output",
    "sample",
    "verify",
];

/// Every text of a description for people, by its JSON pointer.
pub fn texts(description: &str) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    collect(description, "", false, &mut texts);
    texts
}

/// `has_fields` is whether the members are fields, which may be called as anything.
fn collect(value: &str, pointer: &str, has_fields: bool, texts: &mut Vec<(String, String)>) {
    let Ok(Members(members)) = Members::parse(value) else { return };
    for (name, value) in &members {
        let pointer = [pointer, "/", &name.replace('~', "~0").replace('/', "~1")].concat();
        match value.as_bytes().first() {
            _ if has_fields => collect(value, &pointer, false, texts),
            Some(b'"') if TEXTS.contains(&name.as_ref()) => {
                texts.extend(json::string(value).map(|text| (pointer, text.into_owned())));
            }
            // Examples of values are no objects with an input.
            Some(b'[') if name == "examples" && !are_calls(value) => {}
            _ if DATA.contains(&name.as_ref()) => {}
            Some(b'{') => collect(value, &pointer, name == "properties", texts),
            Some(b'[') => {
                for (place, item) in json::items(value).into_iter().enumerate() {
                    collect(item, &[&pointer, "/", &place.to_string()].concat(), false, texts);
                }
            }
            _ => {}
        }
    }
}

fn are_calls(examples: &str) -> bool {
    json::items(examples).into_iter().all(|one| Members::parse(one).is_ok_and(|one| one.get("input").is_some()))
}

/// The texts of a description in another language by their JSON pointers, as a bundle has them; `source` is
/// a JSON object with the translation of each English text. A text that is another one with a full stop
/// needs none of its own.
///
/// # Errors
/// Everything that is wrong with it, a line each: texts without a translation, translations without a text.
pub fn by_pointers(description: &str, source: &str) -> Result<String, Vec<String>> {
    let Ok(Members(pairs)) = Members::parse(source) else {
        return Err(vec!["it is not a JSON object with a translation for each English text".to_owned()]);
    };
    let mut faults = Vec::new();
    let mut known = Vec::new();
    for (english, translated) in &pairs {
        match json::string(translated) {
            Some(text) if !text.trim().is_empty() => known.push((english.as_ref(), text, false)),
            _ => faults.push(format!("{english:?} has no translation")),
        }
        if known.iter().filter(|(text, ..)| text == english).count() > 1 {
            faults.push(format!("{english:?} is translated twice"));
        }
    }
    let mut object = Object::new();
    for (pointer, text) in texts(description) {
        let find = |text: &str| known.iter().position(|(english, ..)| *english == text);
        let found = find(&text).map(|place| (place, ""));
        let found = found.or_else(|| Some((find(text.strip_suffix('.')?)?, ".")));
        let Some((place, end)) = found else {
            let fault = format!("{text:?} has no translation, at {pointer}");
            if !faults.iter().any(|known| known.starts_with(&format!("{text:?} "))) {
                faults.push(fault);
            }
            continue;
        };
        known[place].2 = true;
        object = object.text(&pointer, &[known[place].1.as_ref(), end].concat());
    }
    let unused = known.iter().filter(|(.., is_used)| !is_used);
    faults.extend(unused.map(|(english, ..)| format!("{english:?} is no text of the plugin any more")));
    if faults.is_empty() { Ok(object.finish()) } else { Err(faults) }
}

/// A description with texts of further languages beside its own: each a language, such as `ru`, with its
/// texts by JSON pointers.
pub fn with_languages(description: &str, languages: &[(String, String)]) -> String {
    let Ok(Members(members)) = Members::parse(description) else { return description.to_owned() };
    let own = members.iter().find(|(name, _)| name == "i18n").map_or("{}", |(_, texts)| *texts);
    let Members(own) = Members::parse(own).unwrap_or(Members(Vec::new()));
    let object = |members: &[(std::borrow::Cow<str>, &str)]| {
        members.iter().fold(Object::new(), |object, (name, value)| object.json(name, value))
    };
    let is_own = |language: &str| own.iter().any(|(other, _)| other == language);
    let further = languages.iter().filter(|(language, _)| !is_own(language));
    let all = further.fold(object(&own), |all, (language, texts)| all.json(language, texts));
    let rest: Vec<_> = members.into_iter().filter(|(name, _)| name != "i18n").collect();
    if all.is_empty() { object(&rest).finish() } else { object(&rest).json("i18n", &all.finish()).finish() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTION: &str = r#"{"name":"shop","title":"Shop","description":"Shop.","actions":[{"title":"Sell","description":"Sells.","form":{"options":{"a":{"title":"/title"}}},"inputSchema":{"properties":{"title":{"title":"Title","examples":[{"title":"no text"}]},"form":{"description":"Sells."}}},"examples":[{"title":"One","input":{"title":"x"},"output":{}}]}],"triggers":[{"docs":"Do.","sample":{"title":"x"}}]}"#;

    #[test]
    fn texts_for_people_are_found_by_their_places_and_values_are_none() {
        let found = texts(DESCRIPTION);
        let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/title",
                "/description",
                "/actions/0/title",
                "/actions/0/description",
                "/actions/0/inputSchema/properties/title/title",
                "/actions/0/inputSchema/properties/form/description",
                "/actions/0/examples/0/title",
                "/triggers/0/docs",
            ]
        );
    }

    #[test]
    fn a_translation_goes_to_every_place_of_its_text() {
        let source = r#"{"Shop":"Магазин","Sell":"Продать","Sells.":"Продаёт.","Title":"Название","One":"Один","Do.":"Сделайте."}"#;
        let made = by_pointers(DESCRIPTION, source).unwrap();
        assert!(
            made.starts_with(r#"{"/title":"Магазин","/description":"Магазин.","/actions/0/title":"Продать""#),
            "{made}"
        );
        assert!(made.contains(r#""/actions/0/inputSchema/properties/form/description":"Продаёт.""#), "{made}");
        let whole = with_languages(DESCRIPTION, &[("ru".to_owned(), made.clone())]);
        assert!(
            whole.starts_with(r#"{"name":"shop","#) && whole.ends_with(&format!(r#","i18n":{{"ru":{made}}}}}"#)),
            "{whole}"
        );
        assert_eq!(with_languages(DESCRIPTION, &[]), DESCRIPTION);
        // What the plugin says itself stays.
        let other = [("ru".to_owned(), "{}".to_owned()), ("de".to_owned(), r#"{"/title":"Laden"}"#.to_owned())];
        assert!(
            with_languages(&whole, &other).ends_with(&format!(r#""i18n":{{"ru":{made},"de":{{"/title":"Laden"}}}}}}"#))
        );
    }

    #[test]
    fn what_lacks_a_translation_and_what_is_left_over_is_told() {
        let source = r#"{"Shop":"Магазин","Sell":"","Title":"Название","One":"Один","Do.":"Сделайте.","Buy":"Купить","One":"1"}"#;
        assert_eq!(
            by_pointers(DESCRIPTION, source).unwrap_err(),
            [
                r#""Sell" has no translation"#,
                r#""One" is translated twice"#,
                r#""Sells." has no translation, at /actions/0/description"#,
                r#""Buy" is no text of the plugin any more"#,
                r#""One" is no text of the plugin any more"#,
            ]
        );
        assert_eq!(by_pointers(DESCRIPTION, "[]").unwrap_err().len(), 1);
    }
}
