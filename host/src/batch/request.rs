//! What a row asks for.

use std::collections::BTreeMap;

use csv::ByteRecord;
use serde_json::Value;
use serde_json::value::RawValue;

use super::names::Names;
use super::row::{Content, Row};
use super::table::Layout;
use crate::error::ActionError;
use crate::subject::Subject;

/// What a row asks for.
pub struct Request {
    /// The action's input, as JSON.
    pub input: String,
    /// What the action changes.
    pub subject: Option<Subject>,
}

/// What to do with a file that is not UTF-8.
pub const NOT_UTF_8: &str = "save the file as \"CSV UTF-8\", or say how it is written, such as --encoding windows-1251";

/// Values as they stand in the input, so that no digit is lost.
type Fields = BTreeMap<String, Box<RawValue>>;

impl Request {
    /// Of a row; `subject` is the field that names what the action changes.
    ///
    /// # Errors
    /// If it is not a row of such a table; the message tells what is wrong.
    pub fn of(row: &Row, layout: &Layout, names: &Names, subject: Option<&str>) -> Result<Self, Box<ActionError>> {
        let mut input = match (&row.content, layout) {
            (Content::Cells(cells), Layout::Csv { fields, .. }) => from_cells(cells, fields)?,
            (Content::Json(line), _) => from_json(line, names)?,
            (Content::Cells(_), Layout::Ndjson) => unreachable!("cells come from CSV"),
        };
        for (field, value) in names.defaults() {
            input.entry(field.clone()).or_insert_with(|| raw(value));
        }
        let subject = subject.and_then(|field| Subject::of_field(field, input.get(field)?));
        let input = serde_json::to_string(&input).expect("texts and JSON are JSON");
        Ok(Self { input, subject })
    }
}

fn from_json(line: &[u8], names: &Names) -> Result<Fields, Box<ActionError>> {
    let values: Fields = serde_json::from_slice(line).map_err(|error| {
        invalid(if error.is_data() { "The row is not a JSON object." } else { "The row is not valid JSON." })
    })?;
    let mut input = Fields::new();
    for (name, value) in values {
        let Some(field) = names.field(&name) else {
            continue;
        };
        let absent = match serde_json::from_str(value.get()) {
            Ok(Value::String(text)) => text.trim().is_empty(),
            value => matches!(value, Ok(Value::Null)),
        };
        if !absent && input.insert(field.to_owned(), value).is_some() {
            return Err(invalid(format!("The row has {field} twice: leave one out.")));
        }
    }
    Ok(input)
}

fn from_cells(cells: &ByteRecord, fields: &[Option<String>]) -> Result<Fields, Box<ActionError>> {
    if cells.len() != fields.len() {
        let (found, expected) = (cells.len(), fields.len());
        let what = format!(
            "The row has {found} cells and the header {expected}: is a cell with a delimiter or a line break in it not in quotation marks?"
        );
        return Err(invalid(what));
    }
    let mut input = Fields::new();
    for (cell, field) in cells.iter().zip(fields).filter_map(|(cell, field)| Some((cell, field.as_ref()?))) {
        let text = std::str::from_utf8(cell).map_err(|_| invalid(format!("{field} is not UTF-8: {NOT_UTF_8}.")))?;
        // `="00123"` is how exports keep Excel from making a number of it.
        let text = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim();
        if is_shortened(text) {
            let what = "looks like a long number that a spreadsheet has shortened: make the column a text and put the number in again.";
            return Err(invalid(format!("{field} {what}")));
        }
        if !text.is_empty() {
            input.insert(field.clone(), raw(text));
        }
    }
    Ok(input)
}

/// Whether it is written like `1,23457E+13`: the digits of the number are lost.
fn is_shortened(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((number, exponent)) = text.split_once("E+") else {
        return false;
    };
    digits(exponent) && number.split_once([',', '.']).map_or(digits(number), |(a, b)| digits(a) && digits(b))
}

fn raw(text: &str) -> Box<RawValue> {
    serde_json::value::to_raw_value(text).expect("a text is JSON")
}

fn invalid(message: impl Into<String>) -> Box<ActionError> {
    Box::new(ActionError::invalid_input(message))
}

#[cfg(test)]
mod tests {
    use super::super::csv::Dialect;
    use super::super::names::tests::names;
    use super::*;

    fn request(layout: &Layout, content: Content) -> Result<Request, String> {
        let names = names(&[("Nr", "id")], &[("status", "sent")]);
        Request::of(&Row { line: 2, content }, layout, &names, Some("id")).map_err(|error| error.message)
    }

    fn csv(cells: &[&[u8]]) -> Result<Request, String> {
        let field = |name: &str| Some(name.to_owned());
        let fields = vec![field("id"), field("status"), None, field("date")];
        let layout = Layout::Csv {
            dialect: Dialect::default(),
            header: ByteRecord::from(vec!["Nr", "status", "x", "date"]),
            fields,
        };
        request(&layout, Content::Cells(ByteRecord::from(cells.to_vec())))
    }

    fn json(line: &str) -> Result<Request, String> {
        request(&Layout::Ndjson, Content::Json(line.as_bytes().to_vec()))
    }

    #[test]
    fn cells_become_texts_and_empty_ones_are_absent_or_the_default() {
        assert_eq!(csv(&[b" 7 ", b"paid", b"\xff", b" "]).unwrap().input, r#"{"id":"7","status":"paid"}"#);
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
            (csv(&[b"7", b"paid"]), "2 cells and the header 4"),
            (csv(&[b"7", b"paid", b"", b"", b""]), "5 cells"),
            (csv(&[b"7", b"pa\xffid", b"", b""]), "status is not UTF-8"),
            (csv(&[b"1,23457E+13", b"paid", b"", b""]), "id looks like a long number"),
            (csv(&[b"1E+05", b"paid", b"", b""]), "id looks like a long number"),
            (json("[]"), "not a JSON object"),
            (json("{\"Nr\":"), "not valid JSON"),
            (json(r#"{"Nr":1,"status":"paid","STATUS":"sent"}"#), "status twice"),
        ] {
            let found = row.err().unwrap();
            assert!(found.contains(why), "{why} is not in {found}");
        }
        assert!(csv(&[b"CODE+5", b"E+1", b"", b"1,2,3E+4"]).is_ok());
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
