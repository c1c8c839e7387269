//! A form of the service as the JSON that its replies are: `items[0][sum]` in lists, `utm[medium]` in
//! objects, everything else as texts.

use plugin_kit::Object;
use plugin_kit::form::Form;
use plugin_kit::json::Array;

/// The JSON of a form, without the names that are left out.
pub fn json(form: &Form, without: &[&str]) -> String {
    let mut items = Array::new();
    for item in form.list("items") {
        items.json(&plain(&item, &[]).finish());
    }
    let object = plain(form, without).json("utm", &plain(&form.object("utm"), &[]).finish());
    object.json("items", &items.finish()).finish()
}

/// The fields of a form that are texts.
fn plain(form: &Form, without: &[&str]) -> Object {
    let mut object = Object::new();
    for (name, value) in form.iter() {
        let is_plain = !name.contains('[') && !matches!(name, "items" | "utm");
        if is_plain && !without.contains(&name) {
            object = object.text(name, value);
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_what_a_reply_would_be() {
        let form = b"id=7&items[0][sum]=5&items[0][partners][0][fee]=1&items[3][sum]=6&utm[medium]=cpc&utm=x&paid=1";
        assert_eq!(
            json(&Form::parse(form).unwrap(), &["paid"]),
            r#"{"id":"7","utm":{"medium":"cpc"},"items":[{"sum":"5"},{"sum":"6"}]}"#
        );
    }
}
