//! Reading an action's input: a flat JSON object whose every problem is told at once.

use std::borrow::Cow;

use crate::condition::Condition;
use crate::error::{Error, Kind, Problem};
use crate::flaw::Flaw;
use crate::json::{self, Malformed, Members};
use crate::text::{hidden, shown, trim};

/// Values longer than this are not repeated in a message.
const QUOTED_CHARS: usize = 40;

/// An action's input while it is being read.
pub struct Input<'a> {
    fields: Members<'a>,
    problems: Vec<Problem>,
}

/// A value that was given.
#[derive(Debug, Clone, PartialEq)]
pub enum Given<'a> {
    /// A string without what nobody sees around it, which is neither blank nor an accident.
    Text(Cow<'a, str>),
    /// A number as it was written, so that none of its digits is lost.
    Number(&'a str),
    /// A boolean, an array or an object, by name: no field takes one.
    Other(&'static str),
}

impl<'a> Input<'a> {
    /// Reads an object that may have the `known` fields.
    ///
    /// # Errors
    /// [`Kind::InvalidInput`] if it is not JSON or not an object. Unknown fields are told by
    /// [`Input::finish`], together with all else.
    pub fn parse(json: &'a str, known: &[&str]) -> Result<Self, Error> {
        let fields = Members::parse(json).map_err(|malformed| {
            Error::new(
                Kind::InvalidInput,
                match malformed {
                    _ if json.is_empty() => {
                        "The input is empty: it must be a JSON object with the action's fields.".to_owned()
                    }
                    Malformed::NotAnObject => "The input must be a JSON object with the action's fields.".to_owned(),
                    Malformed::NotJson { line, column } => {
                        format!("The input is not valid JSON (line {line}, column {column}).")
                    }
                },
            )
        })?;
        let mut problems = Vec::new();
        for (place, (name, _)) in fields.0.iter().enumerate() {
            if !known.contains(&name.as_ref()) {
                problems.push(Problem::new(name.as_ref(), unknown_field(name, known)));
            } else if fields.0[..place].iter().any(|(other, _)| other == name) {
                problems.push(Problem::new(name.as_ref(), format!("{name} is given twice: leave one out")));
            }
        }
        Ok(Self { fields, problems })
    }

    /// A field that must be given; `missing` continues "`name` is required" in the message. A value
    /// that breaks the field's rule is noted as a problem and counts as absent.
    ///
    /// `null` and blank strings count as absent: no-code forms send them for empty fields. The
    /// message of a rule continues "`name` …".
    pub fn required<T>(
        &mut self,
        name: &str,
        missing: &str,
        rule: impl FnOnce(Given) -> Result<T, String>,
    ) -> Option<T> {
        let Some(given) = self.given(name) else {
            self.problems.push(Problem::new(name, format!("{name} is required{missing}")));
            return None;
        };
        self.read(name, given, rule)
    }

    /// A field that the `value` of another one decides on: it has to be given, or is no part of the
    /// input and not looked at. Where there is no such value, because it is itself a problem, what is
    /// given is checked all the same, so that everything is told at once.
    pub fn conditional<T>(
        &mut self,
        condition: &Condition,
        value: Option<&str>,
        missing: &str,
        rule: impl FnOnce(Given) -> Result<T, String>,
    ) -> Option<T> {
        let name = condition.field;
        match value {
            Some(value) if condition.values.contains(&value) => {
                self.required(name, &format!(" {}{missing}", condition.told()), rule)
            }
            Some(_) => None,
            None => {
                let given = self.given(name)?;
                self.read(name, given, rule)
            }
        }
    }

    fn read<T>(&mut self, name: &str, given: Given, rule: impl FnOnce(Given) -> Result<T, String>) -> Option<T> {
        let flaw = match &given {
            Given::Text(text) => Flaw::of(text).map(|flaw| flaw.told(&quoted(text))),
            _ => None,
        };
        flaw.map_or_else(|| rule(given), Err)
            .map_err(|why| self.problems.push(Problem::new(name, format!("{name} {why}"))))
            .ok()
    }

    /// The end of reading: what was made of the fields, if there was no problem.
    ///
    /// # Errors
    /// [`Kind::InvalidInput`] with every problem noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Error> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(Error::invalid(Kind::InvalidInput, self.problems)),
        }
    }

    fn given(&self, name: &str) -> Option<Given<'a>> {
        let raw = self.fields.get(name)?;
        match raw.as_bytes().first()? {
            b'"' => {
                // Half of a surrogate pair is valid JSON but not text.
                let Some(text) = json::string(raw) else {
                    return Some(Given::Other("a text that is not valid Unicode"));
                };
                let text = match text {
                    Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
                    Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
                };
                (!text.is_empty()).then_some(Given::Text(text))
            }
            b'n' => None,
            b't' | b'f' => Some(Given::Other("a boolean")),
            b'[' => Some(Given::Other("an array")),
            b'{' => Some(Given::Other("an object")),
            _ => Some(Given::Number(raw)),
        }
    }
}

/// `text` in quotation marks for a message, or nothing if it is long: a part of it could be a part
/// of a secret.
pub fn quoted(text: &str) -> String {
    if text.chars().count() > QUOTED_CHARS { String::new() } else { format!(" (got \"{}\")", shown(text)) }
}

fn unknown_field(name: &str, known: &[&str]) -> String {
    let lower = name.to_ascii_lowercase();
    let nearest = known
        .iter()
        .map(|known| (strsim::osa_distance(&lower, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3));
    let hint = match nearest {
        Some((_, nearest)) => format!("did you mean {nearest}?"),
        None => format!("the fields are {}", known.join(", ")),
    };
    let is_no_name = name.chars().count() > QUOTED_CHARS || hidden(name).is_some();
    if is_no_name { format!("a field is unknown: {hint}") } else { format!("{name} is not a field: {hint}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["bill_id", "status", "rpo"];

    fn problems(json: &str) -> Vec<String> {
        let mut input = Input::parse(json, &KNOWN).unwrap();
        let value = input.required("bill_id", "", |given| match given {
            Given::Text(text) => Ok(text.into_owned()),
            _ => Err("must be a text".to_owned()),
        });
        input.finish(value).map_or_else(|error| error.problems.into_iter().map(|p| p.message).collect(), |_| Vec::new())
    }

    #[test]
    fn an_input_that_is_not_an_object_is_refused_without_repeating_it() {
        for json in ["", "hunter2", "\"hunter2\"", "[1]", "null", "{\"bill_id\":hunter2}"] {
            let error = Input::parse(json, &KNOWN).err().unwrap();
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
            assert_eq!(problems(&format!(r#"{{"bill_id":{value}}}"#)), ["bill_id is required"], "{value}");
        }
    }

    #[test]
    fn what_nobody_sees_is_taken_off_a_text_and_shown_within_it() {
        let mut input = Input::parse(r#"{"bill_id":" \u200b1\ufeff"}"#, &KNOWN).unwrap();
        let read = input.required("bill_id", "", |given| Ok(given == Given::Text("1".into())));
        assert_eq!(read, Some(true));
        assert_eq!(
            problems("{\"bill_id\":\"1\u{200b}2\"}"),
            ["bill_id has an invisible character (U+200B) in it: type it anew (got \"1<U+200B>2\")"]
        );
    }

    #[test]
    fn a_field_that_another_one_decides_on_is_required_or_no_part_of_the_input() {
        const CONDITION: Condition = Condition { field: "rpo", on: "status", values: &["sent", "paid"] };
        let read = |rpo: &str, status: Option<&str>| {
            let json = format!(r#"{{"rpo":{rpo}}}"#);
            let mut input = Input::parse(&json, &KNOWN).unwrap();
            let value = input.conditional(&CONDITION, status, ": its number", |given| match given {
                Given::Text(text) => Ok(text.into_owned()),
                _ => Err("must be a text".to_owned()),
            });
            input.finish(Some(value)).map_err(|error| error.message)
        };
        assert_eq!(read(r#""1""#, Some("sent")), Ok(Some("1".to_owned())));
        assert_eq!(read(r#""1""#, Some("cancel")), Ok(None));
        assert_eq!(read("7", Some("cancel")), Ok(None));
        assert_eq!(
            read("null", Some("sent")),
            Err("rpo is required for the status sent or paid: its number".to_owned())
        );
        for status in [Some("paid"), None] {
            assert_eq!(read("7", status), Err("rpo must be a text".to_owned()));
        }
        assert_eq!(read("null", None), Ok(None));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let mut input = Input::parse(r#"{"x":1,"bill_id":true}"#, &KNOWN).unwrap();
        input.required("status", ": paid or sent", |_| Ok(()));
        input.required("bill_id", "", |_| Err::<(), _>("is wrong".to_owned()));
        let error = input.finish(Some(())).unwrap_err();
        let fields: Vec<_> = error.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["x", "status", "bill_id"]);
    }

    #[test]
    fn a_text_with_half_a_surrogate_pair_is_a_problem_not_a_crash() {
        assert_eq!(problems(r#"{"bill_id":"\ud800"}"#), ["bill_id must be a text"]);
    }

    #[test]
    fn a_long_value_is_not_repeated() {
        assert_eq!(quoted(&"x".repeat(41)), "");
        assert_eq!(quoted("payed"), " (got \"payed\")");
    }
}
