//! Reading an input: a JSON object whose every problem is told at once.

use crate::error::{Error, Kind, Problem};
use crate::field::{Field, Needed, Problems, Type};
use crate::given::{Given, QUOTED_CHARS, nearest, quoted};
use crate::json::{Malformed, Members};
use crate::text::hidden;
use crate::values::{Value, Values};

/// Reads the input of an action.
///
/// # Errors
/// [`Kind::InvalidInput`] with every problem.
pub fn read(json: &[u8], fields: &'static [Field]) -> Result<Values, Error> {
    let invalid = |message: String| Error::new(Kind::InvalidInput, message);
    let json = std::str::from_utf8(json).map_err(|_| invalid("The input is not UTF-8 text.".to_owned()))?;
    let members = Members::parse(json).map_err(|malformed| {
        invalid(match malformed {
            _ if json.is_empty() => "The input is empty: it must be a JSON object with the action's fields.".to_owned(),
            Malformed::NotAnObject => "The input must be a JSON object with the action's fields.".to_owned(),
            Malformed::NotJson { line, column, .. } => {
                format!("The input is not valid JSON (line {line}, column {column}).")
            }
        })
    })?;
    let mut problems = Vec::new();
    let values = read_members(&members, fields, "", &mut problems);
    if problems.is_empty() { Ok(values) } else { Err(Error::invalid(Kind::InvalidInput, problems)) }
}

/// Reads the value of the field `name`, and notes every problem.
#[inline(never)]
pub fn read_value(kind: &dyn Type, name: &str, given: Given, problems: &mut Problems) -> Option<Value> {
    if kind.has_members() {
        return kind.read_members(name, given, problems);
    }
    let flaw = match &given {
        Given::Text(text) => kind.flaw(text).map(|flaw| flaw.told(&quoted(text))),
        _ => None,
    };
    flaw.map_or_else(|| kind.read(given), Err).map_err(|why| note(problems, name, &why)).ok()
}

/// Notes a problem of a field; `why` continues "`field` …".
#[cold]
#[inline(never)]
pub(crate) fn note(problems: &mut Problems, name: &str, why: &str) {
    problems.push(Problem::new(name, [name, " ", why].concat()));
}

/// Reads the members of an object; `within` is what their names begin with in messages, such as
/// `lines[0].`.
pub(crate) fn read_members(
    members: &Members,
    fields: &'static [Field],
    within: &str,
    problems: &mut Problems,
) -> Values {
    for (place, (name, _)) in members.0.iter().enumerate() {
        if !fields.iter().any(|field| field.name == name) {
            let full = [within, name].concat();
            problems.push(Problem::new(full.as_str(), unknown_field(within, name, fields)));
        } else if members.0[..place].iter().any(|(other, _)| other == name) {
            note(problems, &[within, name].concat(), "is given twice: leave one out");
        }
    }
    // Values are read in the fields' order, so what decides on a field is known before it.
    let mut values = Values(Vec::with_capacity(fields.len()));
    for field in fields {
        let given = members.get(field.name).and_then(Given::of);
        // Where what decides is itself a problem, what is given is checked all the same, so that
        // everything is told at once. Where that is no part of the input, neither is this.
        let (is_part, is_needed) = match field.needed {
            Needed::Always => (true, true),
            Needed::Optional => (true, false),
            Needed::When(when) | Needed::Shown(when) => match values.get(when.on) {
                Some(value) => {
                    let holds = when.is.contains(&value.as_str());
                    (holds, holds && matches!(field.needed, Needed::When(_)))
                }
                None => (problems.iter().any(|problem| is_of(problem, within, when.on)), false),
            },
        };
        if !is_part {
            continue;
        }
        match given {
            Some(given) => {
                let full;
                let name = if within.is_empty() {
                    field.name
                } else {
                    full = [within, field.name].concat();
                    &full
                };
                let value = read_value(field.holds, name, given, problems);
                values.0.extend(value.map(|value| (field.name, value)));
            }
            None if is_needed => missing(field, within, problems),
            None => {}
        }
    }
    values
}

/// Whether a problem is that of this field.
#[cold]
#[inline(never)]
fn is_of(problem: &Problem, within: &str, name: &str) -> bool {
    problem.field.strip_prefix(within) == Some(name)
}

#[cold]
#[inline(never)]
fn missing(field: &Field, within: &str, problems: &mut Problems) {
    let when = field.when().map(|when| when.told()).unwrap_or_default();
    let asked = field.asked();
    let before = if asked.is_empty() { "" } else { ": " };
    note(problems, &[within, field.name].concat(), &["is required", &when, before, &asked].concat());
}

#[cold]
#[inline(never)]
fn unknown_field(within: &str, name: &str, fields: &[Field]) -> String {
    let known: Vec<_> = fields.iter().map(|field| field.name).collect();
    let hint = match nearest(name, &known) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("the fields are {}", known.join(", ")),
    };
    let is_no_name = name.chars().count() > QUOTED_CHARS || hidden(name).is_some();
    if is_no_name { format!("a field is unknown: {hint}") } else { format!("{within}{name} is not a field: {hint}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Choice, Text};

    const FIELDS: &[Field] = &[
        Field::required("bill_id", &Text::name(40)).about("The number, as printed."),
        Field::optional("status", &Choice::new(&[("sent", "", &[]), ("paid", "", &[]), ("cancel", "", &[])])),
        Field::required_if("rpo", &Text::new(40), "status", &["sent", "paid"]).hint("its number"),
    ];

    fn read(json: &str) -> Result<Values, Error> {
        super::read(json.as_bytes(), FIELDS)
    }

    fn problems(json: &str) -> Vec<String> {
        read(json).map_or_else(|error| error.problems.into_iter().map(|p| p.message).collect(), |_| Vec::new())
    }

    #[test]
    fn an_input_that_is_not_an_object_is_refused_without_repeating_it() {
        for json in ["", "hunter2", "\"hunter2\"", "[1]", "null", "{\"bill_id\":hunter2}"] {
            let error = read(json).unwrap_err();
            assert_eq!(error.kind, Kind::InvalidInput);
            assert!(!error.message.contains("hunter2"), "{}", error.message);
        }
    }

    #[test]
    fn an_unknown_field_is_named_with_the_nearest_known_one() {
        assert_eq!(problems(r#"{"bill_id":"1","billId":1}"#), ["billId is not a field: did you mean bill_id?"]);
        assert_eq!(
            problems(r#"{"bill_id":"1","tracking":null}"#),
            ["tracking is not a field: the fields are bill_id, status, rpo"]
        );
    }

    #[test]
    fn a_field_that_is_given_twice_is_refused() {
        assert_eq!(problems(r#"{"bill_id":"1","bill_id":"2"}"#), ["bill_id is given twice: leave one out"]);
    }

    #[test]
    fn null_and_blank_texts_count_as_absent() {
        for value in ["null", r#""""#, r#"" \t\n""#, "\"\u{feff}\u{a0}\u{200b}\""] {
            let json = format!(r#"{{"bill_id":{value}}}"#);
            assert_eq!(problems(&json), ["bill_id is required: the number"], "{value}");
        }
    }

    #[test]
    fn what_nobody_sees_is_taken_off_a_text_and_shown_within_it() {
        assert_eq!(read(r#"{"bill_id":" \u200b1\ufeff"}"#).unwrap().text("bill_id"), "1");
        assert_eq!(
            problems("{\"bill_id\":\"1\u{200b}2\"}"),
            ["bill_id has an invisible character (U+200B) in it: type it anew (got \"1<U+200B>2\")"]
        );
    }

    #[test]
    fn a_field_that_another_one_decides_on_is_required_or_no_part_of_the_input() {
        let read = |rpo: &str, status: &str| {
            let values = read(&format!(r#"{{"bill_id":1,"rpo":{rpo},"status":{status}}}"#));
            values.map(|values| values.text("rpo").to_owned()).map_err(|error| error.message)
        };
        assert_eq!(read(r#""1""#, r#""sent""#), Ok("1".to_owned()));
        assert_eq!(read(r#""1""#, r#""cancel""#), Ok(String::new()));
        assert_eq!(read("true", r#""cancel""#), Ok(String::new()));
        assert_eq!(read("true", "null"), Ok(String::new()));
        assert_eq!(
            read("null", r#""sent""#),
            Err("rpo is required for the status sent or paid: its number".to_owned())
        );
        assert_eq!(read("true", r#""paid""#), Err("rpo must be a text, not a boolean".to_owned()));
        // The status is a problem by itself.
        assert!(read("true", "7").unwrap_err().contains("rpo must be a text"));
        assert!(!read("null", "7").unwrap_err().contains("rpo"));
    }

    #[test]
    fn what_decides_and_is_no_part_of_the_input_makes_a_field_none_either() {
        const FIELDS: &[Field] = &[
            Field::required("kind", &Text::new(9)),
            Field::required_if("how", &Text::new(9), "kind", &["sent"]),
            Field::optional_if("code", &Text::new(9), "how", &["post"]),
        ];
        let read = |json: &str| {
            let values = super::read(json.as_bytes(), FIELDS);
            values.map(|values| values.object().finish()).map_err(|error| error.message)
        };
        assert_eq!(
            read(r#"{"kind":"sent","how":"post","code":1}"#).as_deref(),
            Ok(r#"{"kind":"sent","how":"post","code":"1"}"#)
        );
        assert_eq!(read(r#"{"kind":"paid","how":"post","code":true}"#).as_deref(), Ok(r#"{"kind":"paid"}"#));
        // What decides is missing: all that is given is looked at.
        assert!(read(r#"{"code":true,"how":"post"}"#).unwrap_err().contains("code must be a text"));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let error = read(r#"{"x":1,"status":"paid","bill_id":true}"#).unwrap_err();
        let fields: Vec<_> = error.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["x", "bill_id", "rpo"]);
    }

    #[test]
    fn a_text_with_half_a_surrogate_pair_is_a_problem_not_a_crash() {
        assert_eq!(
            problems(r#"{"bill_id":"\ud800"}"#),
            ["bill_id must be a text, not a text that is not valid Unicode"]
        );
    }

    #[test]
    fn a_long_value_is_not_repeated() {
        assert_eq!(quoted(&"x".repeat(41)), "");
        assert_eq!(quoted("payed"), " (got \"payed\")");
    }
}
