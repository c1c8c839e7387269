//! A form of the service as the JSON that its replies are: `items[0][sum]` in lists, `utm[medium]` in
//! objects, everything else as texts.

use plugin_kit::Object;
use plugin_kit::form::Form;
use plugin_kit::json::Array;

/// The JSON of a form, without the names that are left out. What is nested more deeply is none of an
/// order's fields.
pub fn json(form: &Form, without: &[&str]) -> String {
    let (mut object, mut utm, mut items) = (Object::new(), Object::new(), Array::new());
    let (mut item, mut at) = (Object::new(), "");
    for (name, value) in form.iter() {
        let (outer, inner) = name.split_once('[').unwrap_or((name, ""));
        let (key, rest) = inner.split_once(']').unwrap_or_default();
        match outer {
            "utm" => utm = utm.text(key, value),
            "items" => {
                // The fields of one stand together, as PHP writes them.
                if key != at && !item.is_empty() {
                    items.json(&item.finish());
                    item = Object::new();
                }
                at = key;
                if let Some(field) = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    item = item.text(field, value);
                }
            }
            _ if inner.is_empty() && !without.contains(&name) => object = object.text(name, value),
            _ => {}
        }
    }
    if !item.is_empty() {
        items.json(&item.finish());
    }
    object.json("utm", &utm.finish()).json("items", &items.finish()).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_what_a_reply_would_be() {
        let form = b"id=7&items[0][sum]=5&items[0][partners][0][fee]=1&items[3][sum]=6&utm[medium]=cpc&utm=x&paid=1";
        assert_eq!(
            json(&Form::parse(form).unwrap(), &["paid"]),
            r#"{"id":"7","utm":{"medium":"cpc","":"x"},"items":[{"sum":"5","partners][0][fee":"1"},{"sum":"6"}]}"#
        );
    }
}
