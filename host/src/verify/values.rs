//! In what two JSON values differ.

use plugin_host_core::description::place;
use plugin_host_core::text::cut;
use serde_json::Value;

/// The first difference of a value from what it was, by its path: `items[0].title is "b", and was "a"`.
pub fn difference(was: &Value, now: &Value) -> Option<String> {
    at("", was, now)
}

fn at(pointer: &str, was: &Value, now: &Value) -> Option<String> {
    let below = |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
    match (was, now) {
        (Value::Object(was), Value::Object(now)) => {
            let changed = was.iter().find_map(|(name, was)| match now.get(name) {
                Some(now) => at(&below(name), was, now),
                None => Some(format!("{} is missing, and was {}", place(&below(name)), shown(was))),
            });
            changed.or_else(|| {
                let (name, value) = now.iter().find(|(name, _)| !was.contains_key(*name))?;
                Some(format!("{} is {}, and was not there", place(&below(name)), shown(value)))
            })
        }
        (Value::Array(was), Value::Array(now)) => {
            let changed = was
                .iter()
                .zip(now)
                .enumerate()
                .find_map(|(index, (was, now))| at(&below(&index.to_string()), was, now));
            let lengths = (was.len() != now.len()).then_some((now.len(), was.len()));
            changed.or_else(|| {
                lengths.map(|(now, was)| format!("the length of {} is {now}, and was {was}", name(pointer)))
            })
        }
        _ => (was != now).then(|| format!("{} is {}, and was {}", name(pointer), shown(now), shown(was))),
    }
}

/// A place as people write it; the whole has no name.
fn name(pointer: &str) -> String {
    if pointer.is_empty() { "it".to_owned() } else { place(pointer) }
}

/// As much of a value as a line takes.
pub fn shown(value: &Value) -> String {
    const CHARS: usize = 200;
    cut(&value.to_string(), CHARS).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_told_by_its_path_with_what_was_and_what_is() {
        let was = json!({ "id": 1, "items": [{ "title": "a", "a/b": [] }], "next": null });
        assert_eq!(difference(&was, &was), None);
        let item = |item: Value| json!({ "id": 1, "items": [item], "next": null });
        for (now, told) in [
            (json!({ "id": "1", "items": [], "next": 1 }), "id is \"1\", and was 1"),
            (json!({ "id": 1, "items": [], "next": 1 }), "the length of items is 0, and was 1"),
            (json!({ "id": 1, "items": {}, "next": 1 }), "items is {}, and was [{\"title\":\"a\",\"a/b\":[]}]"),
            (json!([]), "it is [], and was {\"id\":1,\"items\":[{\"title\":\"a\",\"a/b\":[]}],\"next\":null}"),
            (item(json!({ "title": "b", "a/b": [] })), "items[0].title is \"b\", and was \"a\""),
            (item(json!({ "title": "a", "a/b": [7] })), "the length of items[0].a/b is 1, and was 0"),
            (item(json!({ "title": "a", "a/b": [], "x": 2 })), "items[0].x is 2, and was not there"),
            (item(json!({ "a/b": [] })), "items[0].title is missing, and was \"a\""),
        ] {
            assert_eq!(difference(&was, &now).as_deref(), Some(told));
        }
    }
}
