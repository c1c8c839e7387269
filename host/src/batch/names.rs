//! What the columns of an input mean.

use plugin_host_core::description::ActionDescription;
use plugin_host_core::schema::{self, Field};
use plugin_host_core::text::list;

use super::Refusal;
use super::header::Fit;
use crate::cell;
use crate::field::{FieldValue, Fields};
use crate::moment::Clock;

/// How columns are told apart: by the action's fields, and by what the caller says.
#[derive(Debug, Clone)]
pub struct Names {
    /// Name and title of each field.
    fields: Vec<(String, String)>,
    required: Vec<String>,
    /// Columns that the caller named, with their fields.
    map: Vec<(String, String)>,
    /// Values for rows that have none of their own.
    defaults: Vec<(String, String)>,
    values: Fields,
}

impl Names {
    /// Of an action, with the caller's own `map` of columns to fields and `defaults` of fields, whose
    /// dates are read by the `clock`.
    ///
    /// # Errors
    /// If the caller names a field that the action does not have, or one twice, or gives it a value
    /// that is none.
    pub fn new(
        action: &ActionDescription,
        map: Vec<(String, String)>,
        defaults: Vec<(String, String)>,
        clock: Clock,
    ) -> Result<Self, Refusal> {
        let schema = &action.input_schema;
        let named = |field: Field<'_>| (field.name.to_owned(), field.title().unwrap_or(field.name).to_owned());
        let fields = schema::fields(schema).map(named).collect();
        let required = schema::required(&action.offered_input()).map(str::to_owned).collect();
        let names = Self { fields, required, map, defaults, values: Fields::of(action, clock) };
        names.check("--map", names.map.iter().map(|(_, field)| field))?;
        names.check("--field", names.defaults.iter().map(|(field, _)| field))?;
        for (field, text) in &names.defaults {
            names.value(field, text).map_err(|why| Refusal(format!("--field {field}: {why}")))?;
        }
        Ok(names)
    }

    fn check<'a>(&self, option: &str, given: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
        let mut seen = Vec::new();
        for field in given {
            if !self.fields.iter().any(|(name, _)| name == field) {
                let known: Vec<_> = self.fields.iter().map(|(name, _)| name.as_str()).collect();
                return Err(Refusal(format!("{option} names {field}, and the fields are {}", known.join(", "))));
            }
            if seen.contains(&field) {
                return Err(Refusal(format!("{option} names {field} twice: leave one out")));
            }
            seen.push(field);
        }
        Ok(())
    }

    /// The field that a column holds: as the caller said, or by its name or title, however these are
    /// written.
    pub fn field(&self, column: &str) -> Option<&str> {
        let exact = self.map.iter().find(|(name, _)| name.trim() == column.trim());
        let plain = cell::name(column);
        let same = |name: &str| cell::name(name) == plain;
        if let Some((_, field)) = exact.or_else(|| self.map.iter().find(|(name, _)| same(name))) {
            return Some(field);
        }
        let by_name = self.fields.iter().find(|(name, _)| same(name));
        let (field, _) = by_name.or_else(|| self.fields.iter().find(|(_, title)| same(title)))?;
        // A column that the caller named comes before one that merely has the name.
        (!self.map.iter().any(|(_, mapped)| mapped == field)).then_some(field)
    }

    /// How well a row would do as the header.
    pub fn fit<'a>(&self, columns: impl Iterator<Item = &'a [u8]>) -> Fit {
        let found: Vec<_> = columns.filter_map(|column| self.field(std::str::from_utf8(column).ok()?)).collect();
        Fit { whole: self.required.iter().all(|field| self.is_given(&found, field)), known: found.len() }
    }

    fn is_given(&self, columns: &[&str], field: &str) -> bool {
        columns.contains(&field) || self.defaults.iter().any(|(name, _)| name == field)
    }

    /// The value that a text stands for; `None` if there is nothing in it.
    ///
    /// # Errors
    /// If it is none; the text tells why, and begins with the field.
    pub fn value(&self, field: &str, text: &str) -> Result<Option<FieldValue>, String> {
        self.values.value(field, text)
    }

    /// The time zone in which dates without one are read.
    pub fn zone_name(&self) -> String {
        self.values.zone_name()
    }

    /// Values for rows that have none of their own.
    pub fn defaults(&self) -> &[(String, String)] {
        &self.defaults
    }

    /// Checks the columns of a whole input, before anything is sent.
    ///
    /// # Errors
    /// If a required field has no column, or the caller named a column that is not there.
    pub fn check_columns(&self, columns: &[String]) -> Result<(), Refusal> {
        let is_there = |name: &str| columns.iter().any(|it| cell::name(it) == cell::name(name));
        if let Some((column, _)) = self.map.iter().find(|(name, _)| !is_there(name)) {
            return Err(Refusal(format!(
                "--map names the column {column}, which is not there. The columns: {}",
                list(columns)
            )));
        }
        let found: Vec<_> = columns.iter().filter_map(|column| self.field(column)).collect();
        let missing: Vec<_> = self.required.iter().filter(|field| !self.is_given(&found, field)).collect();
        let Some(first) = missing.first() else {
            return Ok(());
        };
        let named: Vec<_> = missing.iter().map(|field| self.titled(field)).collect();
        Err(Refusal(format!(
            "no column for {}: name it so in the header, or say which one it is with --map COLUMN={first}, or give all rows the same with --field {first}=VALUE. The columns: {}",
            named.join(" and "),
            list(columns)
        )))
    }

    fn titled(&self, field: &str) -> String {
        let title = self.fields.iter().find(|(name, title)| name == field && title != name);
        title.map_or_else(|| field.to_owned(), |(_, title)| format!("{field} ({title})"))
    }

    /// All that decides what becomes of a row, as text; the time zone only where that mattered.
    pub fn fingerprint(&self, local: bool) -> String {
        let Self { map, defaults, values, .. } = self;
        format!("{map:?}{defaults:?}{}", values.fingerprint(local))
    }
}

#[cfg(test)]
pub mod tests {
    use serde_json::json;

    use super::*;

    pub fn action() -> ActionDescription {
        let schema = json!({ "required": ["id", "status"], "properties": {
            "id": { "title": "Order number" }, "status": { "title": "Status" }, "date": {} } });
        let action = json!({ "name": "a", "title": "t", "description": "d", "subject": "id", "inputSchema": schema });
        serde_json::from_value(action).unwrap()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    pub fn names(map: &[(&str, &str)], defaults: &[(&str, &str)]) -> Names {
        Names::new(&action(), pairs(map), pairs(defaults), Clock::default()).unwrap()
    }

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_column_is_known_by_name_or_title_however_they_are_written() {
        let names = names(&[], &[]);
        for (column, field) in [
            ("id", "id"),
            (" ID ", "id"),
            ("order NUMBER", "id"),
            ("order_number", "id"),
            ("Order\nnumber", "id"),
            ("Order-Number:", "id"),
            ("Order\u{a0}number", "id"),
            ("\u{200b}Status", "status"),
            ("“status”", "status"),
            ("DATE", "date"),
        ] {
            assert_eq!(names.field(column), Some(field), "{column}");
        }
        assert_eq!(names.field("customer"), None);
    }

    #[test]
    fn what_the_caller_says_comes_first() {
        let names = names(&[("Заказ", "id")], &[]);
        assert_eq!(
            (names.field("Заказ"), names.field("id"), names.field("status")),
            (Some("id"), None, Some("status"))
        );
    }

    #[test]
    fn what_is_missing_is_told_with_what_is_there() {
        let refusal = names(&[], &[]).check_columns(&columns(&["date", "customer"])).unwrap_err().0;
        for part in ["id (Order number) and status", "--map COLUMN=id", "The columns: date, customer"] {
            assert!(refusal.contains(part), "{part} is not in {refusal}");
        }
        assert!(names(&[("nr", "id")], &[("status", "paid")]).check_columns(&columns(&["nr"])).is_ok());
        let refusal = names(&[("nr", "id")], &[]).check_columns(&columns(&["id", "status"])).unwrap_err().0;
        assert!(refusal.contains("nr, which is not there"), "{refusal}");
    }

    #[test]
    fn a_field_that_is_not_there_can_not_be_mapped_or_given() {
        let refusal = |map: &[_], defaults: &[_]| {
            Names::new(&action(), pairs(map), pairs(defaults), Clock::default()).unwrap_err().0
        };
        assert!(refusal(&[("a", "bill")], &[]).contains("the fields are id, status, date"));
        assert!(refusal(&[], &[("bill", "1")]).contains("--field names bill"));
        assert!(refusal(&[("a", "id"), ("b", "id")], &[]).contains("twice"));
        assert!(refusal(&[], &[("id", "8E+13")]).starts_with("--field id: id looks like a long number"));
    }
}
