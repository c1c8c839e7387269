//! What a row asks for, or several that make one input.

use csv::ByteRecord;
use plugin_host_core::error::ActionError;
use plugin_host_core::json::{self, Malformed};
use plugin_host_core::path::{MOST_ENTRIES, Path, Step};
use plugin_host_core::subject::Subject;
use plugin_host_core::text::{trim, unquoted};
use serde_json::Value;

use super::group::Lines;
use super::layout::{Head, Layout};
use super::names::Names;
use super::row::{Content, Group, Row};
use crate::field::Parts;

/// What a row asks for.
pub struct Request {
    /// The action's input, as JSON.
    pub input: String,
    /// What the action changes.
    pub subject: Option<Subject>,
    /// Whether a date was read in somebody's time zone.
    pub local: bool,
    /// Where the entries of lists stand, if several rows make the input.
    pub lines: Lines,
}

/// An input that is being read.
struct Reading<'a> {
    names: &'a Names,
    parts: Parts,
    local: bool,
    lines: Lines,
}

impl Request {
    /// Of a row; `subject` is the field that names what the action changes.
    ///
    /// # Errors
    /// If it is not a row of such a table; the message tells what is wrong.
    pub fn of(row: &Row, layout: &Layout, names: &Names, subject: Option<&str>) -> Result<Self, Box<ActionError>> {
        let mut reading = Reading { names, parts: Parts::default(), local: false, lines: Lines::default() };
        match (&row.content, layout) {
            (Content::Cells(cells), Layout::Cells { head, .. }) => reading.cells(cells, head),
            (Content::Group(group), Layout::Cells { head, .. }) => reading.group(group, head),
            (Content::Json(line), _) => reading.json(line),
            (Content::Cells(_) | Content::Group(_), Layout::Ndjson) => unreachable!("cells have a header"),
        }?;
        for (field, text) in names.defaults() {
            if !reading.parts.has(field) {
                reading.put(field, text)?;
            }
        }
        let Reading { parts, local, lines, .. } = reading;
        let subject = subject.and_then(|field| Subject::of_field(field, parts.whole(field)?));
        let input = parts.json().map_err(|why| invalid(why + "."))?;
        Ok(Self { input, subject, local, lines })
    }
}

impl Reading<'_> {
    fn json(&mut self, line: &[u8]) -> Result<(), Box<ActionError>> {
        let object = json::object(line).map_err(|malformed| invalid(malformed_row(&malformed)))?;
        for (name, value) in object.iter() {
            let Some(field) = self.names.field(name) else {
                continue;
            };
            let absent = match serde_json::from_str(value.get()) {
                Ok(Value::String(text)) => text.trim().is_empty(),
                value => matches!(value, Ok(Value::Null)),
            };
            if !absent {
                let twice = |_| invalid(format!("The row has {field} twice: leave one out."));
                self.parts.put(&Path::whole(&field), value.to_owned()).map_err(twice)?;
            }
        }
        Ok(())
    }

    fn cells(&mut self, cells: &ByteRecord, head: &Head) -> Result<(), Box<ActionError>> {
        check_count(cells, head)?;
        for (place, field) in columns(head) {
            self.put(field, text(cells, place, field, head)?)?;
        }
        Ok(())
    }

    /// Rows that make one input: lists get an entry of each row that has something of it, and all
    /// else is the same in all rows, or stands in one alone.
    fn group(&mut self, group: &Group, head: &Head) -> Result<(), Box<ActionError>> {
        let by = self.names.group_by().join(" and ");
        if group.count > group.rows.len() {
            let count = group.count;
            return Err(invalid(format!(
                "{count} rows have the same {by}, and {MOST_ENTRIES} at most make one input: is it the right column for --group-by?"
            )));
        }
        for (_, cells) in &group.rows {
            check_count(cells, head)?;
            let is_empty =
                |column: &usize| trim(&String::from_utf8_lossy(cells.get(*column).unwrap_or_default())).is_empty();
            if head.group_by.iter().all(is_empty) {
                return Err(invalid(format!("The row has no {by}, which tells what it belongs to (--group-by).")));
            }
        }
        for (place, field) in columns(head).filter(|(_, field)| !field.has_each()) {
            let mut found = None;
            for (line, cells) in &group.rows {
                let text = text(cells, place, field, head)?;
                match found {
                    _ if trim(text).is_empty() => {}
                    // What is compared to tell a group is the same, however it is written.
                    Some(_) if head.group_by.contains(&place) => {}
                    Some((first, other)) if trim(text) != trim(other) => {
                        return Err(invalid(format!(
                            "{field} is one thing in line {first} and another in line {line}, which have the same {by}: make them the same."
                        )));
                    }
                    Some(_) => {}
                    None => found = Some((line, text)),
                }
            }
            if let Some((_, text)) = found {
                self.put(field, text)?;
            }
        }
        let mut lists: Vec<Path> = Vec::new();
        for list in columns(head).filter_map(|(_, field)| list_of(field)) {
            if !lists.contains(&list) {
                lists.push(list);
            }
        }
        for list in lists {
            for (line, cells) in &group.rows {
                self.entry(&list, *line, cells, head)?;
            }
        }
        Ok(())
    }

    /// Puts the entry of a list in that stands in this row, if there is one.
    fn entry(&mut self, list: &Path, line: u64, cells: &ByteRecord, head: &Head) -> Result<(), Box<ActionError>> {
        let mut given = Vec::new();
        for (place, field) in columns(head).filter(|(_, field)| list_of(field).as_ref() == Some(list)) {
            let located = |why: String| invalid(format!("{} (line {line}).", why.trim_end_matches('.')));
            let value = self.names.value(field, text(cells, place, field, head)?).map_err(located)?;
            given.extend(value.map(|value| (field, value)));
        }
        if !given.is_empty() {
            let place = self.lines.add(list, line);
            for (field, value) in given {
                self.local |= value.local;
                self.parts.put(&field.at(place), value.json).map_err(|why| invalid(why + "."))?;
            }
        }
        Ok(())
    }

    /// Puts a field's value in, if there is one.
    fn put(&mut self, field: &Path, text: &str) -> Result<(), Box<ActionError>> {
        if let Some(given) = self.names.value(field, text).map_err(invalid)? {
            self.local |= given.local;
            self.parts.put(field, given.json).map_err(|why| invalid(why + "."))?;
        }
        Ok(())
    }
}

/// What is wrong with a row of JSON.
pub fn malformed_row(malformed: &Malformed) -> String {
    match malformed {
        Malformed::Array => "The row is a JSON array: give an object, with the fields by their names.".to_owned(),
        other => other.of("The row"),
    }
}

/// The columns that hold fields.
fn columns(head: &Head) -> impl Iterator<Item = (usize, &Path)> {
    head.fields.iter().enumerate().filter_map(|(place, field)| Some((place, field.as_ref()?)))
}

/// The list of which a column holds an entry in each row.
fn list_of(field: &Path) -> Option<Path> {
    let before = field.steps.iter().position(|step| *step == Step::Each)?;
    Some(Path { field: field.field.clone(), steps: field.steps[..before].to_vec() })
}

/// Programs leave out empty cells at a row's end, or put some there.
fn check_count(cells: &ByteRecord, head: &Head) -> Result<(), Box<ActionError>> {
    if cells.iter().skip(head.fields.len()).any(|cell| !trim(&String::from_utf8_lossy(cell)).is_empty()) {
        let (found, expected) = (cells.len(), head.fields.len());
        let what = format!(
            "The row has {found} cells and the header {expected}: is a cell with a delimiter in it not in quotation marks?"
        );
        return Err(invalid(what));
    }
    Ok(())
}

/// The text of a cell; empty if it is missing.
fn text<'a>(cells: &'a ByteRecord, place: usize, field: &Path, head: &Head) -> Result<&'a str, Box<ActionError>> {
    let text = std::str::from_utf8(cells.get(place).unwrap_or_default());
    let text = text.map_err(|_| invalid(format!("{field} is not UTF-8.")))?;
    Ok(if head.typographic { unquoted(trim(text)) } else { text })
}

fn invalid(message: impl AsRef<str>) -> Box<ActionError> {
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

    fn nested(columns: &[&str], cells: &[&str]) -> Result<String, String> {
        let names = names(&[("Article", "goods[0].sku")], &[]);
        let head = Head::of(1, ByteRecord::from(columns.to_vec()), &names);
        let layout = Layout::Cells { dialect: None, coding: Coding::MARKED, head };
        let row = Row { line: 2, content: Content::Cells(ByteRecord::from(cells.to_vec())) };
        Request::of(&row, &layout, &names, Some("id")).map(|it| it.input).map_err(|error| error.message)
    }

    #[test]
    fn columns_of_lines_become_a_list_and_lines_without_anything_are_not_there() {
        let columns = ["id", "Article", "goods[0].count", "Goods[1].SKU", "goods[1].count"];
        let first = r#"{"goods":[{"count":2,"sku":"A"}],"id":"7"}"#;
        assert_eq!(nested(&columns, &["7", "A", "2", " ", ""]).unwrap(), first);
        let both = r#"{"goods":[{"count":2,"sku":"A"},{"sku":"B"}],"id":"7"}"#;
        assert_eq!(nested(&columns, &["7", "A", "2.0", "B", ""]).unwrap(), both);
        let gap = nested(&columns, &["7", "", "", "B", "1"]).unwrap_err();
        assert_eq!(gap, "goods[0] is missing, and goods[1] is given: leave no gap.");
        let columns = ["id", "goods", "goods[0].count"];
        assert_eq!(nested(&columns, &["7", "[]", ""]).unwrap(), r#"{"goods":[],"id":"7"}"#);
        let twice = nested(&columns, &["7", "[]", "1"]).unwrap_err();
        assert_eq!(twice, "goods is given as a whole and by goods[0].count: leave one out.");
    }

    #[test]
    fn rows_of_json_are_checked_within_their_lists_too() {
        let nested = json(r#"{"Nr": 7, "goods": [{"sku": "A", "count": 1.50}]}"#).unwrap().input;
        assert_eq!(nested, r#"{"goods":[{"sku": "A", "count": 1.50}],"id":7,"status":"sent"}"#);
        let twice = json(r#"{"Nr": 7, "goods": [{"sku": "A", "sku": "B"}]}"#).err().unwrap();
        assert!(twice.contains("sku is given twice"), "{twice}");
        let written = json(r#"{"Nr": 7, "goods[0].sku": "A"}"#).unwrap().input;
        assert_eq!(written, r#"{"id":7,"status":"sent"}"#, "a member of JSON is a whole field");
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
