//! Documents made from what the plugins say of themselves, in all their languages.

use std::collections::{BTreeMap, BTreeSet};

use plugin_host_core::description::Description;
use plugin_host_core::language::{self, Languages};
use plugin_host_core::queues::Listed;
use serde_json::{Value, json};

/// A document in all languages of the plugins.
pub struct Documents {
    /// The language of who asks for none.
    usual: String,
    by_language: BTreeMap<String, String>,
}

impl Documents {
    /// Those that `document` makes of these plugins.
    pub fn new(plugins: &[Listed<'_>], document: impl Fn(&[Listed<'_>]) -> Value) -> Self {
        let in_language = |language: &str| {
            let wanted = Languages::of_header(language);
            let localized: Vec<_> = plugins.iter().map(|it| language::localized(it.description, &wanted).0).collect();
            let translated = localized.iter().map(AsRef::as_ref);
            let listed = |(plugin, description)| Listed { description, ..Clone::clone(plugin) };
            let listed: Vec<_> = plugins.iter().zip(translated).map(listed).collect();
            document(&listed).to_string()
        };
        let languages: BTreeSet<_> = plugins.iter().flat_map(|it| language::languages(it.description)).collect();
        let mut by_language: BTreeMap<_, _> = languages.into_iter().map(|it| (it.clone(), in_language(&it))).collect();
        by_language.entry(language::BASE.to_owned()).or_insert_with(|| document(plugins).to_string());
        let usual = plugins.iter().map(|plugin| plugin.language).find(|it| *it != language::BASE);
        Self { usual: usual.unwrap_or(language::BASE).to_owned(), by_language }
    }

    /// The language, and the document in it, for who sends this `Accept-Language`.
    pub fn for_readers_of(&self, accept_language: &str) -> (&str, &str) {
        let asked = Languages::of_header(accept_language);
        let there: Vec<_> = self.by_language.keys().map(String::as_str).collect();
        let found = if asked.is_empty() { Some(self.usual.as_str()) } else { asked.lookup(&there) };
        let language = found.unwrap_or(language::BASE);
        let document = self.by_language.get_key_value(language).or_else(|| self.by_language.first_key_value());
        document.map_or((language::BASE, "{}"), |(language, document)| (language.as_str(), document.as_str()))
    }
}

/// A plugin in a line.
pub fn about(plugin: &Description) -> String {
    let Description { title, version, description, .. } = plugin;
    format!("{title} {version}. {description}").trim_end().to_owned()
}

/// A schema as a part of a document: its dialect is the document's.
pub fn schema(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
    }
    if schema.is_null() { json!({}) } else { schema }
}
