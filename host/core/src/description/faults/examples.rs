//! What the meta-schema shows of itself, for the reference that is made of it: its example keeps the
//! contract, and its counter-examples break it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{META, dotted, faults, followed, member};

const EXPORTS: [&str; 9] = [
    "check_connection",
    "create_issue",
    "find_issues",
    "list_projects",
    "add_issue",
    "issue_created",
    "issue_closed",
    "subscribe_issue_closed",
    "unsubscribe_issue_closed",
];

/// The meta-schema's members, as they are met in its example.
#[derive(Default)]
struct Met {
    /// The rules, by their addresses.
    rules: BTreeSet<usize>,
    /// What they lack.
    lacks: Vec<String>,
    /// Counter-examples that are told nowhere.
    untold: Vec<String>,
    /// How many are.
    told: usize,
}

impl Met {
    /// The members of a rule, where `pointer` is one that keeps it.
    fn members(&mut self, rule: &'static Value, pointer: &str, whole: &Value) {
        let rule = followed(rule);
        let value = whole.pointer(pointer).expect("the walk goes where something is");
        match value {
            Value::Object(there) => {
                for (name, member) in rule["properties"].as_object().into_iter().flatten() {
                    self.member(member, pointer, name, whole);
                }
                let others = there.keys().filter(|name| rule["properties"].get(name).is_none());
                for name in others.filter(|_| rule["additionalProperties"].is_object()) {
                    self.members(&rule["additionalProperties"], &format!("{pointer}/{}", escaped(name)), whole);
                }
            }
            Value::Array(there) if rule["items"].is_object() => {
                for index in 0..there.len() {
                    self.members(&rule["items"], &format!("{pointer}/{index}"), whole);
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, rule: &'static Value, parent: &str, name: &str, whole: &Value) {
        let place = member(&dotted(parent), name);
        let pointer = format!("{parent}/{}", escaped(name));
        if self.rules.insert(std::ptr::from_ref(rule).addr()) {
            let refused: Vec<_> = rule["antiExamples"].as_array().into_iter().flatten().collect();
            let is_open = ["type", "$ref", "const", "enum", "anyOf", "not"].iter().all(|word| rule[word].is_null());
            if !rule["description"].is_string() || (refused.is_empty() && !is_open) {
                self.lacks.push(place.clone());
            }
            for refused in refused {
                let mut broken = whole.clone();
                broken.pointer_mut(parent).expect("it is there")[name] = refused["example"].clone();
                match faults(&broken, &EXPORTS).iter().any(|fault| fault.place.starts_with(&place)) {
                    true => self.told += 1,
                    false => self.untold.push(format!("{place}: {}", refused["example"])),
                }
            }
        }
        if whole.pointer(&pointer).is_some() {
            self.members(rule, &pointer, whole);
        }
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[test]
fn the_example_of_the_meta_schema_keeps_it_and_its_counter_examples_break_it() {
    let (schema, _) = &*META;
    let whole = &schema["examples"][0];
    assert_eq!(faults(whole, &EXPORTS), []);
    let mut met = Met::default();
    met.members(schema, "", whole);
    assert!(met.told > 100, "{} counter-examples are told", met.told);
    assert!(met.untold.is_empty(), "no fault is told of {:#?}", met.untold);
    assert!(met.lacks.is_empty(), "say what they are, and what they refuse: {:#?}", met.lacks);
}
