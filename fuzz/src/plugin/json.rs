//! JSON as the kit splits it: the same members with the same values as serde_json has.

use plugin_kit::json::{self, Members};
use plugin_kit::{Object, Secret, Secrets};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::Target;

pub const TARGET: Target = Target { name: "json", seeds, run };

fn seeds(seeds: &mut Seeds) {
    for case in seeds::cases() {
        seeds.add(case["input"].to_string());
        seeds.add(case["outcome"].to_string());
    }
    seeds.add(r#" {"a\u0041":[1 ,{"]":2.0e-7}] , "b":"x\"}\ud83d\ude00", "c":null, "b":[]}"#);
}

fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let parsed = memory::at_most(128 * data.len() + (64 << 10), || Members::parse(text));
    // Half of a surrogate pair is JSON, and no text of Rust's.
    let theirs = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')).ok();
    let Ok(members) = parsed else {
        assert!(!theirs.is_some_and(|value| value.is_object()), "{text}");
        return;
    };
    if let Some(Value::Object(theirs)) = theirs {
        // Of a name that stands twice, serde_json keeps the last.
        assert!(theirs.len() == members.0.len() || members.has_repeated_names(), "{text}");
        for (name, raw) in &members.0 {
            assert!(theirs.contains_key(name.as_ref()), "{name:?} in {text}");
            let value: Value = serde_json::from_str(raw).unwrap_or_else(|error| panic!("{raw}: {error}"));
            assert_eq!(json::string(raw).as_deref(), value.as_str(), "{raw}");
            assert_eq!(json::items(raw).len(), value.as_array().map_or(0, Vec::len), "{raw}");
        }
        let written = members.0.iter().fold(Object::new(), |object, (name, raw)| object.json(name, raw)).finish();
        let again = Members::parse(&written).unwrap_or_else(|_| panic!("{written}"));
        assert_eq!(again, members, "{written}");
        if !members.has_repeated_names() {
            assert_eq!(serde_json::from_str::<Value>(&written).ok(), Some(Value::Object(theirs)), "{written}");
        }
    }
    redacted(text.trim_start_matches('\u{feff}'));
}

/// What secrets are taken out of is JSON still, and has none of them.
fn redacted(text: &str) {
    let mut secrets = Secrets::default();
    secrets.add("Key", Secret::new("topsecret".to_owned()));
    if let Some(masked) = json::redact(text, &secrets) {
        // Numbers stay as they are written, whatever their size.
        assert!(serde_json::from_str::<IgnoredAny>(&masked).is_ok(), "{masked}");
        let value = serde_json::from_str::<Value>(&masked);
        assert!(!value.is_ok_and(|value| holds(&value, "topsecret")), "{masked}");
    }
}

/// Whether a text stands in a text or a name: what is escaped is another.
fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string.contains(text),
        Value::Array(values) => values.iter().any(|value| holds(value, text)),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains(text) || holds(value, text)),
        _ => false,
    }
}
