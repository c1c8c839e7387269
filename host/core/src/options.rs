//! The choices of a field, which a read of the plugin lists.
//!
//! An action's `form.options` says for a field, by its path (`product`, `goods[].sku`), which search
//! has them: `{action, value, title, arguments?, search?}`, where `value` and `title` are JSON
//! pointers into one item.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::description::ActionDescription;
use crate::error::{ActionError, Effect, ErrorKind};
use crate::json::{Object, plain};
use crate::pages::{Bounds, Pages, PagesError};
use crate::path::Path;
use crate::queue::Queue;

/// Where the choices of a field come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The read.
    action: String,
    /// Where in an item the value is.
    value: String,
    /// Where in an item that is what people are shown.
    title: String,
    /// The read's fields that are given; a text names the field of the input that they are taken
    /// from.
    arguments: Vec<(String, Value)>,
    /// The read's field that takes what a person looks for.
    search: Option<String>,
}

/// What a field may be set to.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The value, as it was written.
    pub value: Box<RawValue>,
    /// What people are shown.
    pub title: String,
}

impl Options {
    /// Of a field of an action; `None` if nothing lists its choices. Of an entry of a list there are
    /// the same as of all others.
    pub fn of(action: &ActionDescription, field: &Path) -> Option<Self> {
        let told = action.form["options"].get(field.of_each().to_string())?;
        let text = |member: &str| told[member].as_str().map(str::to_owned);
        let arguments = told["arguments"].as_object().into_iter().flatten();
        Some(Self {
            action: text("action")?,
            value: text("value")?,
            title: text("title").or_else(|| text("value"))?,
            arguments: arguments.map(|(name, value)| (name.clone(), value.clone())).collect(),
            search: text("search"),
        })
    }

    /// The fields of an action that have choices, as their paths are written.
    pub fn fields(action: &ActionDescription) -> impl Iterator<Item = &str> {
        action.form["options"].as_object().into_iter().flatten().map(|(field, _)| field.as_str())
    }

    /// The fields of the action's own input that decide what the choices are.
    pub fn depends_on(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().filter_map(|(_, value)| value.as_str())
    }

    /// The choices, each value once, in the service's order. `input` is what is known of the action's
    /// own input, and `looked_for` what a person types: where the read can't look for that, it is
    /// looked for here, in values and titles.
    ///
    /// # Errors
    /// If the read fails, or does not come to an end.
    pub async fn choices(
        &self,
        queue: &Queue,
        input: &Object,
        looked_for: Option<&str>,
        bounds: Bounds,
        stop: &CancellationToken,
    ) -> Result<Vec<Choice>, PagesError> {
        let here = looked_for.filter(|_| self.search.is_none()).map(str::to_lowercase);
        let asked = self.ask(input, looked_for);
        let page_bounds = if here.is_some() { bounds.items(None) } else { bounds };
        let mut pages = Pages::new(queue, &self.action, &asked.to_string(), page_bounds)?;
        let (mut seen, mut choices) = (HashSet::new(), Vec::new());
        while let Some(page) = pages.next(stop).await? {
            for item in page.items {
                let choice = self.choice(&item)?;
                let is_meant = here.as_ref().is_none_or(|text| choice.has(text));
                if is_meant && seen.insert(choice.value.get().to_owned()) {
                    choices.push(choice);
                }
            }
        }
        let most = bounds.items.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        choices.truncate(most);
        Ok(choices)
    }

    /// The read's input.
    fn ask(&self, input: &Object, looked_for: Option<&str>) -> Object {
        let mut asked = Object::default();
        for (name, value) in &self.arguments {
            match value.as_str() {
                Some(field) => {
                    if let Some(given) = input.get(field) {
                        asked.set_raw(name, given.to_owned());
                    }
                }
                None => asked.set(name, value.clone()),
            }
        }
        if let Some((name, text)) = self.search.as_deref().zip(looked_for) {
            asked.set(name, text);
        }
        asked
    }

    fn choice(&self, item: &RawValue) -> Result<Choice, Box<ActionError>> {
        let Some(value) = at(item, &self.value) else {
            let (action, pointer) = (&self.action, &self.value);
            let message = format!("An item of {action} has nothing at {pointer}. Report it to the plugin's author.");
            let error = ActionError::internal(message, Effect::None);
            return Err(Box::new(ActionError { kind: ErrorKind::UnexpectedReply, ..error }));
        };
        let title = at(item, &self.title).unwrap_or_else(|| value.clone());
        Ok(Choice { title: plain(&title), value })
    }
}

impl Choice {
    /// The value, as a person writes it.
    pub fn written(&self) -> String {
        plain(&self.value)
    }

    fn has(&self, lower: &str) -> bool {
        self.title.to_lowercase().contains(lower) || self.written().to_lowercase().contains(lower)
    }
}

/// What a JSON pointer leads to, as it was written; nothing if that is null.
fn at(value: &RawValue, pointer: &str) -> Option<Box<RawValue>> {
    let mut found = value.to_owned();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        found = if found.get().starts_with('[') {
            serde_json::from_str::<Vec<Box<RawValue>>>(found.get()).ok()?.into_iter().nth(part.parse().ok()?)?
        } else {
            serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(found.get()).ok()?.remove(&part)?
        };
    }
    (found.get() != "null").then_some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action() -> ActionDescription {
        let options = json!({ "goods[].sku": { "action": "list", "value": "/id", "title": "/a~1b/0",
            "arguments": { "shop": "shop_id", "kind": true }, "search": "query" } });
        let action = json!({ "name": "a", "title": "t", "description": "d", "inputSchema": {},
            "form": { "options": options } });
        serde_json::from_value(action).unwrap()
    }

    fn options() -> Options {
        Options::of(&action(), &Path::read("goods[3].sku").unwrap()).unwrap()
    }

    #[test]
    fn a_field_within_a_list_has_its_choices_wherever_it_stands() {
        assert_eq!(Options::fields(&action()).collect::<Vec<_>>(), ["goods[].sku"]);
        assert_eq!(options().depends_on().collect::<Vec<_>>(), ["shop_id"]);
        assert_eq!(Options::of(&action(), &Path::whole("goods")), None);
    }

    #[test]
    fn the_read_is_asked_with_what_is_known_and_what_is_looked_for() {
        let input = crate::json::object(br#"{"shop_id": 12345678901234567890, "other": 1}"#).unwrap();
        let asked = options().ask(&input, Some("app")).to_string();
        assert_eq!(asked, r#"{"shop":12345678901234567890,"kind":true,"query":"app"}"#);
        assert_eq!(options().ask(&Object::default(), None).to_string(), r#"{"kind":true}"#);
    }

    #[test]
    fn value_and_title_are_where_the_pointers_lead() {
        let choice = |item: &str| options().choice(&RawValue::from_string(item.to_owned()).unwrap());
        let found = choice(r#"{"id": 10000000000000000000001, "a/b": ["Äpfel"]}"#).unwrap();
        assert_eq!((found.written().as_str(), found.title.as_str()), ("10000000000000000000001", "Äpfel"));
        assert!(found.has("äpf") && found.has("0001") && !found.has("birne"));
        assert_eq!(choice(r#"{"id": "x"}"#).unwrap().title, "x");
        for item in [r#"{"id": null}"#, "{}", "7"] {
            assert!(choice(item).unwrap_err().message.contains("nothing at /id"), "{item}");
        }
    }
}
