//! What a row asks for.

use std::collections::BTreeMap;

use csv::ByteRecord;
use plugin_host_core::error::ActionError;
use plugin_host_core::json::{self, Malformed};
use plugin_host_core::subject::Subject;
use plugin_host_core::text::{trim, unquoted};
use serde_json::Value;
use serde_json::value::RawValue;

use super::layout::{Head, Layout};
use super::names::Names;
use super::row::{Content, Row};

/// What a row asks for.
pub struct Request {
    /// The action's input, as JSON.
    pub input: String,
    /// What the action changes.
    pub subject: Option<Subject>,
    /// Whether a date was read in somebody's time zone.
    pub local: bool,
}

/// Values as they stand in the input, so that no digit is lost.
type Fields = BTreeMap<String, Box<RawValue>>;

impl Request {
    /// Of a row; `subject` is the field that names what the action changes.
    ///
    /// # Errors
    /// If it is not a row of such a table; the message tells what is wrong.
    pub fn of(row: &Row, layout: &Layout, names: &Names, subject: Option<&str>) -> Result<Self, Box<ActionError>> {
        let mut local = false;
        let mut input = match (&row.content, layout) {
            (Content::Cells(cells), Layout::Cells { head, .. }) => from_cells(cells, head, names, &mut local)?,
            (Content::Json(line), _) => from_json(line, names)?,
            (Content::Cells(_), Layout::Ndjson) => unreachable!("cells have a header"),
        };
        for (field, text) in names.defaults() {
            if !input.contains_key(field) {
                put(&mut input, field, text, names, &mut local)?;
            }
        }
        let subject = subject.and_then(|field| Subject::of_field(field, input.get(field)?));
        let input = serde_json::to_string(&input).expect("texts and JSON are JSON");
        Ok(Self { input, subject, local })
    }
}

fn from_json(line: &[u8], names: &Names) -> Result<Fields, Box<ActionError>> {
    let object = json::object(line).map_err(|malformed| invalid(malformed_row(&malformed)))?;
    let mut input = Fields::new();
    for (name, value) in object.iter() {
        let Some(field) = names.field(name) else {
            continue;
        };
        let absent = match serde_json::from_str(value.get()) {
            Ok(Value::String(text)) => text.trim().is_empty(),
            value => matches!(value, Ok(Value::Null)),
        };
        if !absent && input.insert(field.to_owned(), value.to_owned()).is_some() {
            return Err(invalid(format!("The row has {field} twice: leave one out.")));
        }
    }
    Ok(input)
}

/// What is wrong with a row of JSON.
pub fn malformed_row(malformed: &Malformed) -> String {
    match malformed {
        Malformed::Array => "The row is a JSON array: give an object, with the fields by their names.".to_owned(),
        other => other.of("The row"),
    }
}

fn from_cells(cells: &ByteRecord, head: &Head, names: &Names, local: &mut bool) -> Result<Fields, Box<ActionError>> {
    // Programs leave out empty cells at a row's end, or put some there.
    if cells.iter().skip(head.fields.len()).any(|cell| !trim(&String::from_utf8_lossy(cell)).is_empty()) {
        let (found, expected) = (cells.len(), head.fields.len());
        let what = format!(
            "The row has {found} cells and the header {expected}: is a cell with a delimiter in it not in quotation marks?"
        );
        return Err(invalid(what));
    }
    let mut input = Fields::new();
    for (cell, field) in cells.iter().zip(&head.fields).filter_map(|(cell, field)| Some((cell, field.as_ref()?))) {
        let text = std::str::from_utf8(cell).map_err(|_| invalid(format!("{field} is not UTF-8.")))?;
        let text = if head.typographic { unquoted(trim(text)) } else { text };
        put(&mut input, field, text, names, local)?;
    }
    Ok(input)
}

/// Puts a field's value in, if there is one.
fn put(input: &mut Fields, field: &str, text: &str, names: &Names, local: &mut bool) -> Result<(), Box<ActionError>> {
    if let Some(given) = names.value(field, text).map_err(invalid)? {
        *local |= given.local;
        input.insert(field.to_owned(), given.json);
    }
    Ok(())
}

fn invalid(message: impl Into<String>) -> Box<ActionError> {
    Box::new(ActionError::invalid_input(message))
}

#[cfg(test)]
mod tests {
    use super::super::encoding::Coding;
    use super::super::names::tests::names;
    use super::*;

    fn request(layout: &Layout, content: Content) -> Result<Request, String> {
        let names = names(&[("Nr", "id")], &[("status", "sent")]);
        Request::of(&Row { line: 2, content }, layout, &names, Some("id")).map_err(|error| error.message)
    }

    fn csv(cells: &[&[u8]]) -> Result<Request, String> {
        let head = Head::of(1, ByteRecord::from(vec!["Nr", "status", "x", "date"]), &names(&[("Nr", "id")], &[]));
        let layout = Layout::Cells { dialect: None, coding: Coding::MARKED, head };
        request(&layout, Content::Cells(ByteRecord::from(cells.to_vec())))
    }

    fn json(line: &str) -> Result<Request, String> {
        request(&Layout::Ndjson, Content::Json(line.as_bytes().to_vec()))
    }

    #[test]
    fn cells_become_texts_and_empty_ones_are_absent_or_the_default() {
        assert_eq!(csv(&[b" 7 ", b"paid", b"note", b" "]).unwrap().input, r#"{"id":"7","status":"paid"}"#);
        assert_eq!(csv(&[b"7", b"", b"", b"1"]).unwrap().input, r#"{"date":"1","id":"7","status":"sent"}"#);
        assert_eq!(csv(&[b"=\"007\"", b"", b"", b""]).unwrap().input, r#"{"id":"007","status":"sent"}"#);
    }

    #[test]
    fn values_of_json_stay_as_they_are_and_unknown_ones_are_not_sent() {
        let input = json(r#"{"Nr": 99999999999999999999, "date": 1.50, "x": {"y": 1}, "Status": ""}"#).unwrap().input;
        assert_eq!(input, r#"{"date":1.50,"id":99999999999999999999,"status":"sent"}"#);
    }

    #[test]
    fn a_row_that_is_none_says_why() {
        for (row, why) in [
            (csv(&[b"7", b"paid", b"", b"", b"", b"x"]), "6 cells and the header 4"),
            (csv(&[b"1,23457E+13", b"paid", b"", b""]), "id looks like a long number"),
            (csv(&[b"1E+05", b"paid", b"", b""]), "id looks like a long number"),
            (json("[]"), "The row is a JSON array: give an object"),
            (json("{\"Nr\":1},"), "a comma stands behind it"),
            (json("{\"Nr\":"), "The row is not JSON"),
            (json(r#"{"Nr":1,"Nr":2}"#), "Nr is given twice"),
            (json(r#"{"Nr":1,"status":"paid","STATUS":"sent"}"#), "status twice"),
        ] {
            let found = row.err().unwrap();
            assert!(found.contains(why), "{why} is not in {found}");
        }
        assert!(csv(&[b"CODE+5", b"E+1", b"", b"1,2,3E+4"]).is_ok());
    }

    #[test]
    fn empty_cells_at_a_rows_end_may_be_missing_or_too_many() {
        let full = csv(&[b"7", b"paid", b"", b""]).unwrap().input;
        assert_eq!(csv(&[b"7", b"paid"]).unwrap().input, full);
        assert_eq!(csv(&[b"7", b"paid", b"", b"", b" ", b"\xc2\xa0"]).unwrap().input, full);
    }

    #[test]
    fn a_number_and_its_text_are_one_subject() {
        let subject = |line: &str| json(line).unwrap().subject;
        assert_eq!(subject(r#"{"Nr": 7}"#), subject(r#"{"Nr": " 7"}"#));
        assert_eq!(subject(r#"{"Nr": 7}"#), csv(&[b"007", b"", b"", b""]).unwrap().subject);
        assert_eq!(subject(r#"{"Nr": 7}"#), subject(r#"{"Nr": 7.0}"#));
        assert_eq!(subject(r#"{"Nr": 7}"#), csv(&[b"7", b"", b"", b""]).unwrap().subject);
        assert_ne!(subject(r#"{"Nr": 7}"#), subject(r#"{"Nr": 8}"#));
        assert_eq!(subject(r#"{"Nr": ""}"#), None);
    }
}
