//! What a service gave, read by the fields of an output: by the service's names, and in whichever of
//! their shapes values come.
//!
//! PHP and programs like it write numbers as texts, `false`, `0` or nothing for what is not there, and
//! `[]` for an object without members. All of this is taken. Anything else is told as what came.

use crate::field::{Field, Needed};
use crate::given::{Given, quoted};
use crate::json::{self, Members};
use crate::values::{Value, Values};

/// What is wrong with what came: continues "The answer has …".
pub type Unreadable = String;

/// Reads an object.
///
/// # Errors
/// [`Unreadable`] if it is none, if a member is not there that always is, or if one has another shape.
pub fn object(json: &str, fields: &'static [Field]) -> Result<Values, Unreadable> {
    within("", json, fields)
}

/// Reads a list of objects; an object counts as the list of its members' values, as PHP writes lists
/// with holes.
///
/// # Errors
/// As [`object`].
pub fn list(json: &str, fields: &'static [Field]) -> Result<Vec<Values>, Unreadable> {
    list_within("", json, fields)
}

fn list_within(name: &str, json: &str, fields: &'static [Field]) -> Result<Vec<Values>, Unreadable> {
    let entries = entries(json).ok_or_else(|| other(name, json, "a list"))?;
    entries.into_iter().map(|entry| within(name, entry, fields)).collect()
}

/// The values of an array or an object.
pub fn entries(json: &str) -> Option<Vec<&str>> {
    if json.starts_with('[') {
        return Some(json::items(json));
    }
    Members::parse(json).ok().map(|members| members.0.into_iter().map(|(_, value)| value).collect())
}

fn within(name: &str, json: &str, fields: &'static [Field]) -> Result<Values, Unreadable> {
    let json = if matches!(json, "[]" | "null") { "{}" } else { json };
    let members = Members::parse(json).map_err(|_| other(name, json, "an object"))?;
    let mut values = Values(Vec::with_capacity(fields.len()));
    for field in fields {
        match value(&members, field)? {
            Some(value) => values.0.push((field.name, value)),
            None if field.needed == Needed::Always => return Err(["no ", field.wire_name()].concat()),
            None => {}
        }
    }
    Ok(values)
}

fn value(members: &Members, field: &Field) -> Result<Option<Value>, Unreadable> {
    let names = if field.wire.is_empty() { std::slice::from_ref(&field.name) } else { field.wire };
    let Some((name, raw)) = names.iter().find_map(|name| Some((*name, found(members, name, field)?))) else {
        return Ok(None);
    };
    if let Some(fields) = field.holds.fields() {
        let lines = list_within(name, raw, fields)?;
        return Ok(Some(Value::List(lines.into_iter().map(Value::Fields).collect())));
    }
    let read = Given::of(raw).map(|given| field.holds.read_reply(given));
    read.transpose().map_err(|why| ["a ", name, " that ", &why, &got(raw)].concat())
}

/// The member of that name, if there is something in it.
fn found<'a>(members: &Members<'a>, name: &str, field: &Field) -> Option<&'a str> {
    let raw = match name.split_once('[') {
        None => members.get(name)?,
        Some((outer, inner)) => {
            // What has no members may be a list.
            let members = Members::parse(members.get(outer)?).ok()?;
            members.get(inner.strip_suffix(']')?)?
        }
    };
    let is_nothing = match raw {
        "null" | r#""""# => true,
        "false" => field.holds.plain() != "boolean",
        "0" | r#""0""# => field.holds.is_moment(),
        "[]" => field.holds.fields().is_none(),
        _ => false,
    };
    (!is_nothing).then_some(raw)
}

#[cold]
#[inline(never)]
fn other(name: &str, json: &str, expected: &str) -> Unreadable {
    let what = if name.is_empty() { "result" } else { name };
    ["a ", what, " that is not ", expected, &got(json)].concat()
}

/// What came, if it is short.
#[cold]
#[inline(never)]
fn got(json: &str) -> String {
    if json.starts_with('"') { String::new() } else { quoted(json) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Digits, Lines, List, Moment, Money, Switch, Text};

    const GOODS: &[Field] = &[Field::required("id", &Text::new(9)), Field::optional("sum", &Money)];
    const FIELDS: &[Field] = &[
        Field::required("number", &Digits::new(20)).wire(&["id"]),
        Field::optional("paid", &Moment),
        Field::optional("coupon", &Text::new(2)).wire(&["coupon", "kupon"]),
        Field::optional("medium", &Text::new(9)).wire(&["utm[medium]"]),
        Field::optional("again", &Switch),
        Field::optional("colours", &List::new(&Text::new(9), 9)),
        Field::optional("goods", &Lines::new(GOODS, 9)).wire(&["items"]),
    ];

    fn read(json: &str) -> Result<String, String> {
        object(json, FIELDS).map(|values| values.object().finish())
    }

    #[test]
    fn every_shape_of_a_value_is_the_same_value() {
        let whole = r#"{"number":"7","paid":1362254400,"coupon":"None","medium":"cpc","again":true,"goods":[{"id":"a","sum":"5.00"}]}"#;
        for json in [
            r#"{"id":7,"paid":1362254400,"coupon":"None","utm":{"medium":"cpc"},"again":true,"items":[{"id":"a","sum":5}]}"#,
            r#"{"id":"7","paid":"1362254400","coupon":"","kupon":"None","utm":{"medium":"cpc"},"again":"1","items":{"3":{"id":"a","sum":"5.0000"}}}"#,
        ] {
            assert_eq!(read(json).as_deref(), Ok(whole), "{json}");
        }
    }

    #[test]
    fn one_value_is_a_list_of_it_and_nothing_in_a_list_is_none_of_its_values() {
        for (colours, told) in [
            (r#"["red",5,"",null]"#, r#","colours":["red","5"]"#),
            (r#""red""#, r#","colours":["red"]"#),
            ("[]", ""),
            ("null", ""),
        ] {
            let whole = [r#"{"number":"7""#, told, "}"].concat();
            assert_eq!(read(&format!(r#"{{"id":7,"colours":{colours}}}"#)).as_deref(), Ok(&*whole));
        }
        assert!(read(r#"{"id":7,"colours":[{}]}"#).unwrap_err().starts_with("a colours that must be a text"));
    }

    #[test]
    fn what_is_not_there_is_left_out_however_it_is_written() {
        for json in [
            r#"{"id":7}"#,
            r#"{"id":7,"paid":0,"coupon":null,"utm":[]}"#,
            r#"{"id":7,"paid":"0","coupon":false,"utm":{},"again":""}"#,
        ] {
            assert_eq!(read(json).as_deref(), Ok(r#"{"number":"7"}"#), "{json}");
        }
        assert_eq!(read(r#"{"id":7,"items":[]}"#).as_deref(), Ok(r#"{"number":"7","goods":[]}"#));
    }

    #[test]
    fn anything_else_is_told_as_what_came() {
        for (json, told) in [
            ("{}", "no id"),
            ("[]", "no id"),
            ("[5]", "a result that is not an object (got \"[5]\")"),
            (r#"{"id":7,"items":5}"#, "a items that is not a list (got \"5\")"),
            (r#"{"id":7,"items":[5]}"#, "a items that is not an object (got \"5\")"),
            (r#"{"id":7,"items":[{"sum":1}]}"#, "no id"),
            (r#"{"id":7,"coupon":{"a":1}}"#, "a coupon that must be a text, not an object (got \"{\"a\":1}\")"),
        ] {
            assert_eq!(read(json).unwrap_err(), told, "{json}");
        }
        assert!(read(r#"{"id":7,"paid":"soon"}"#).unwrap_err().starts_with("a paid that "));
        assert!(list("7", FIELDS).is_err());
    }
}
