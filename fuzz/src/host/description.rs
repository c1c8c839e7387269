//! What a plugin says of itself: it is refused with all that is wrong, a line each, or taken, and then
//! everything that is made of a description can be made of it.

use plugin_host_core::description::Description;
use plugin_host_core::language::{Languages, languages, localized};
use plugin_host_core::options::Options;
use plugin_host_core::path::Path;
use plugin_host_core::{Connection, Subject, schema};
use serde_json::Value;

use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::Target;
use crate::told::one_line;

pub const TARGET: Target = Target { name: "description", seeds, run };

const SMALL: &str = r#"{"contract":1,"name":"n","title":"t","version":"1","connection":{"schema":{"type":"object","properties":{"key":{"type":"string","writeOnly":true},"url":{"type":"string"}},"required":["key"]},"check":"c","origins":["url"]},"actions":[{"name":"a","title":"A","description":"A.","subject":"id","inputSchema":{"type":"object","properties":{"id":{"type":"string","title":"Id"},"lines":{"type":"array","items":{"type":"object","properties":{"x":{"type":"number"}}}}},"required":["id"]},"outputSchema":{"type":"object"},"annotations":{"readOnlyHint":true},"idempotency":{"mode":"key","field":"id"},"examples":[{"title":"E","input":{"id":"1"},"output":{}}]}],"triggers":[{"name":"h","title":"H","description":"H.","type":"webhook","eventSchema":{"type":"object"},"confirm":{"action":"a","arguments":{"id":{"event":"/id"}},"holds":[]}}]}"#;

fn seeds(seeds: &mut Seeds) {
    seeds.add(SMALL);
    for file in ["manifest/describe.json", "plugins/assemblyscript/describe.json"] {
        let Ok(Value::Object(whole)) = serde_json::from_str(&seeds::text(file)) else { continue };
        // One action or trigger at a time: the whole is too long to be changed often.
        for list in ["actions", "triggers"] {
            for entry in whole.get(list).and_then(Value::as_array).into_iter().flatten() {
                let mut one = whole.clone();
                one.insert("actions".to_owned(), Value::Array(Vec::new()));
                one.insert("triggers".to_owned(), Value::Array(Vec::new()));
                one.insert(list.to_owned(), Value::Array(vec![entry.clone()]));
                one.shift_remove("i18n");
                one.shift_remove("icons");
                one.shift_remove("errorSchema");
                seeds.add(Value::Object(one).to_string());
            }
        }
    }
}

fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let exports = ["a", "c", "check_connection", "describe", "h", "update_order_status", "get_order", "order_paid"];
    let checked = memory::at_most(512 * data.len() + (16 << 20), || Description::check(text.to_owned(), &exports));
    let description = match checked {
        Ok(description) => description,
        Err(error) => {
            let told = error.to_string();
            assert!(!told.contains('\r'), "{told:?}");
            return told.split("\n  - ").for_each(one_line);
        }
    };
    for fault in description.faults() {
        one_line(&fault.to_string());
    }
    let connection = Connection::new([("key", "k"), ("url", "https://a.example")]);
    description.origins(&connection);
    for action in &description.actions {
        let input = r#"{"id":"1"}"#;
        Subject::of(action, input);
        schema::required(&action.offered_input()).count();
        action.offered_output();
        let fields: Vec<_> = Options::fields(action).map(str::to_owned).collect();
        for field in fields {
            Options::of(action, &Path::whole(field));
        }
        action.key_field();
    }
    // A language that it has is a description, too.
    for language in languages(&description) {
        let (translated, _) = localized(&description, &language.parse().unwrap_or_else(|_| Languages::default()));
        assert_eq!(translated.actions.len(), description.actions.len());
    }
    let value: Value = serde_json::from_str(&description.text).expect("it was read");
    for action in value["actions"].as_array().into_iter().flatten() {
        let tool = projection::tool(action);
        assert!(tool["inputSchema"].is_object(), "{tool}");
        projection::faults(&tool);
    }
}
