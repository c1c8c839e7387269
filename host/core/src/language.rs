//! The texts of a description in another language.
//!
//! A plugin writes its texts in English, and others beside them, by language and by JSON pointer. Which
//! of its languages somebody is served is looked up as RFC 4647 has it, section 3.4. A text that a
//! language lacks is the English one.

use std::borrow::Cow;
use std::str::FromStr;

use serde_json::Value;

use crate::description::{Description, text_at};

/// The language in which every plugin writes its own texts.
pub const BASE: &str = "en";

/// A text names no language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no language: write ru, pt-BR or several, such as \"ru, en\"")]
pub struct InvalidLanguage(String);

/// Languages that somebody reads, the best one first: tags such as `ru-RU`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Languages(Vec<String>);

impl Languages {
    /// Of an `Accept-Language` header. What is no part of one is passed over.
    pub fn of_header(header: &str) -> Self {
        let mut ranges: Vec<(String, u16)> = header.split(',').filter_map(range).collect();
        // Those of the same quality keep their order.
        ranges.sort_by_key(|(_, quality)| std::cmp::Reverse(*quality));
        Self(ranges.into_iter().map(|(tag, _)| tag).collect())
    }

    /// Of the environment, in which `variable` looks a variable up: the first of `LC_ALL`,
    /// `LC_MESSAGES` and `LANG` that is set.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        // As in ru_RU.UTF-8@euro; C and POSIX are no languages.
        let name = locale.as_deref().unwrap_or_default().split(['.', '@']).next().unwrap_or_default();
        let tag = name.replace('_', "-");
        Self(if is_tag(&tag) && !matches!(name, "C" | "POSIX") { vec![tag] } else { Vec::new() })
    }

    /// Whether there is none, so that nobody has asked for any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first of these languages that is there, or None for the base.
    pub fn lookup<'a>(&self, there: &[&'a str]) -> Option<&'a str> {
        for range in &self.0 {
            let mut tag = range.as_str();
            loop {
                if let Some(found) = there.iter().find(|language| language.eq_ignore_ascii_case(tag)) {
                    return Some(found);
                }
                if tag.eq_ignore_ascii_case(BASE) {
                    return None;
                }
                let Some((shorter, _)) = tag.rsplit_once('-') else { break };
                // What introduces an extension goes with it.
                tag = match shorter.rsplit_once('-') {
                    Some((before, last)) if last.len() == 1 => before,
                    _ => shorter,
                };
            }
        }
        None
    }
}

impl FromStr for Languages {
    type Err = InvalidLanguage;

    /// Reads what a person writes: `ru`, `ru_RU`, or several as in `Accept-Language`.
    fn from_str(text: &str) -> Result<Self, InvalidLanguage> {
        let languages = Self::of_header(&text.replace('_', "-"));
        if languages.is_empty() { Err(InvalidLanguage(text.to_owned())) } else { Ok(languages) }
    }
}

/// A part of `Accept-Language`, with its quality in thousandths.
fn range(part: &str) -> Option<(String, u16)> {
    let mut parts = part.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| is_tag(tag))?;
    let quality = match parts.next() {
        None => 1000,
        Some(weight) => {
            let weight = weight.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"))?.1;
            (weight.trim().parse::<f32>().ok().filter(|it| (0.0..=1.0).contains(it))? * 1000.0).round() as u16
        }
    };
    (quality > 0).then(|| (tag.to_owned(), quality))
}

fn is_tag(tag: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    tag.split('-').all(is_part) && tag.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// The languages that a description has beside the base.
pub fn languages(description: &Description) -> Vec<String> {
    let value = serde_json::from_str::<Value>(&description.text).unwrap_or_default();
    let all = value["i18n"].as_object().into_iter().flatten().map(|(language, _)| language.clone());
    all.filter(|language| is_tag(language)).collect()
}

/// A description for people, in the first of these languages that it has, and which one that is. Its
/// names and rules are as they were, and so is every text that the language lacks.
pub fn localized<'a>(description: &'a Description, languages: &Languages) -> (Cow<'a, Description>, String) {
    let base = || (Cow::Borrowed(description), BASE.to_owned());
    if languages.is_empty() {
        return base();
    }
    let mut value: Value = serde_json::from_str(&description.text).unwrap_or_default();
    let texts = value["i18n"].take();
    let there: Vec<_> = texts.as_object().into_iter().flatten().map(|(language, _)| language.as_str()).collect();
    let Some(language) = languages.lookup(&there) else {
        return base();
    };
    for (pointer, text) in texts[language].as_object().into_iter().flatten() {
        if let (Ok(place), Some(text)) = (text_at(&mut value, pointer), text.as_str()) {
            text.clone_into(place);
        }
    }
    value["i18n"] = texts.clone();
    match Description::parse(value.to_string()) {
        Ok(translated) => (Cow::Owned(translated), language.to_owned()),
        Err(_) => base(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn description() -> Description {
        let text = json!({
            "contract": 1, "name": "shop", "title": "Shop", "version": "1", "description": "Sells.",
            "connection": { "check": "c", "schema": {} },
            "actions": [{ "name": "sell", "title": "Sell", "description": "Sells a thing.", "inputSchema": {} }],
            "i18n": {
                "ru": { "/title": "Магазин", "/actions/0/title": "Продать", "/name": "x", "/actions/7/title": "x" },
                "pt-BR": { "/title": "Loja" },
            },
        });
        Description::parse(text.to_string()).unwrap()
    }

    fn title(languages: &Languages) -> String {
        localized(&description(), languages).0.title.clone()
    }

    #[test]
    fn a_description_is_in_the_language_that_is_asked_for_as_far_as_it_has_it() {
        let description = description();
        let (russian, language) = localized(&description, &"ru_RU".parse().unwrap());
        assert_eq!((russian.title.as_str(), language.as_str()), ("Магазин", "ru"));
        assert_eq!(
            (russian.actions[0].title.as_str(), russian.actions[0].description.as_str()),
            ("Продать", "Sells a thing.")
        );
        // Nothing but texts for people is ever another one.
        assert_eq!(russian.name, "shop");
        assert_eq!(super::languages(&russian), ["ru", "pt-BR"]);
        assert!("???".parse::<Languages>().is_err());
    }

    #[test]
    fn a_language_is_looked_up_from_the_longest_tag_to_the_shortest_by_preference() {
        for (header, found) in [
            ("ru", "Магазин"),
            ("ru-RU, en;q=0.5", "Магазин"),
            ("RU-Cyrl-RU", "Магазин"),
            ("ru-x-old", "Магазин"),
            ("de, pt-br;q=0.1", "Loja"),
            ("pt", "Shop"),
            ("en-GB, ru;q=0.9", "Shop"),
            ("ru;q=0.3, en;q=0.7", "Shop"),
            ("ru;q=0, *", "Shop"),
            ("*", "Shop"),
            ("", "Shop"),
            ("ru;q=2, \u{e9}, ;;;, -", "Shop"),
            ("de;q=0.8, ru;q=0.8, pt-BR;q=0.9", "Loja"),
        ] {
            assert_eq!(title(&Languages::of_header(header)), found, "{header}");
        }
    }

    #[test]
    fn the_environment_names_a_language_as_posix_has_it() {
        for (variables, found) in [
            (&[("LANG", "ru_RU.UTF-8")][..], "Магазин"),
            (&[("LANG", "ru_RU.UTF-8"), ("LC_ALL", "C.UTF-8")], "Shop"),
            (&[("LANG", "de_DE@euro"), ("LC_MESSAGES", "pt_BR")], "Loja"),
            (&[("LANG", "ru"), ("LC_ALL", "")], "Магазин"),
            (&[("LANG", "POSIX")], "Shop"),
            (&[], "Shop"),
        ] {
            let variable =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(title(&Languages::of_environment(variable)), found, "{variables:?}");
        }
    }
}
