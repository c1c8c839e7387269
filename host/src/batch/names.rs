//! What the columns of an input mean.

use plugin_host_core::description::ActionDescription;
use plugin_host_core::path::Path;
use plugin_host_core::schema;
use plugin_host_core::text::list;

use super::Refusal;
use super::header::Fit;
use crate::cell;
use crate::field::{FieldValue, Fields};
use crate::moment::Clock;

/// How columns are told apart: by the action's fields, and by what the caller says.
#[derive(Debug, Clone)]
pub struct Names {
    required: Vec<String>,
    /// Columns that the caller named, with their fields.
    map: Vec<(String, Path)>,
    /// Values for rows that have none of their own.
    defaults: Vec<(Path, String)>,
    /// Columns that are the same in rows that make one input.
    group_by: Vec<String>,
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
        let required = schema::required(&action.offered_input()).map(str::to_owned).collect();
        let values = Fields::of(action, clock);
        let named = |(column, field): (String, String)| Ok((column, known(&values, "--map", &field)?));
        let map: Vec<_> = map.into_iter().map(named).collect::<Result<_, Refusal>>()?;
        let given = |(field, text): (String, String)| Ok((known(&values, "--field", &field)?, text));
        let defaults: Vec<_> = defaults.into_iter().map(given).collect::<Result<_, Refusal>>()?;
        once("--map", map.iter().map(|(_, field)| field))?;
        once("--field", defaults.iter().map(|(field, _)| field))?;
        for (field, text) in &defaults {
            if field.has_each() {
                return Err(Refusal(format!("--field {field}: say which entry is meant, as in {}", field.at(0))));
            }
            values.value(field, text).map_err(|why| Refusal(format!("--field {field}: {why}")))?;
        }
        Ok(Self { required, map, defaults, group_by: Vec::new(), values })
    }

    /// The same, for rows that make one input where they have the same in these columns.
    #[must_use]
    pub fn grouped(mut self, columns: Vec<String>) -> Self {
        self.group_by = columns;
        self
    }

    /// The columns by which rows make one input; none if each row is one.
    pub fn group_by(&self) -> &[String] {
        &self.group_by
    }

    /// The field, or the part of one, that a column holds: as the caller said, or by its name or
    /// title, however these are written.
    pub fn column(&self, column: &str) -> Option<Path> {
        let exact = self.map.iter().find(|(name, _)| name.trim() == column.trim());
        let plain = cell::name(column);
        let same = |name: &str| cell::name(name) == plain;
        if let Some((_, path)) = exact.or_else(|| self.map.iter().find(|(name, _)| same(name))) {
            return Some(path.clone());
        }
        let path = self.values.column(column)?;
        // A column that the caller named comes before one that merely has the name.
        (!self.map.iter().any(|(_, mapped)| *mapped == path)).then_some(path)
    }

    /// The field of a member of a JSON row, which holds all of it.
    pub fn field(&self, member: &str) -> Option<String> {
        self.column(member).filter(|path| path.steps.is_empty()).map(|path| path.field)
    }

    /// How well a row would do as the header.
    pub fn fit<'a>(&self, columns: impl Iterator<Item = &'a [u8]>) -> Fit {
        let found: Vec<_> = columns.filter_map(|column| self.column(std::str::from_utf8(column).ok()?)).collect();
        Fit { whole: self.required.iter().all(|field| self.is_given(&found, field)), known: found.len() }
    }

    fn is_given(&self, columns: &[Path], field: &str) -> bool {
        columns.iter().chain(self.defaults.iter().map(|(path, _)| path)).any(|path| path.field == field)
    }

    /// The value that a text stands for; `None` if there is nothing in it.
    ///
    /// # Errors
    /// If it is none; the text tells why, and begins with the field.
    pub fn value(&self, field: &Path, text: &str) -> Result<Option<FieldValue>, String> {
        self.values.value(field, text)
    }

    /// The time zone in which dates without one are read.
    pub fn zone_name(&self) -> String {
        self.values.zone_name()
    }

    /// Values for rows that have none of their own.
    pub fn defaults(&self) -> &[(Path, String)] {
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
        let found: Vec<_> = columns.iter().filter_map(|column| self.column(column)).collect();
        let missing: Vec<_> = self.required.iter().filter(|field| !self.is_given(&found, field)).collect();
        let Some(first) = missing.first() else {
            return Ok(());
        };
        let named: Vec<_> = missing.iter().map(|field| self.values.titled(field)).collect();
        Err(Refusal(format!(
            "no column for {}: name it so in the header, or say which one it is with --map COLUMN={first}, or give all rows the same with --field {first}=VALUE. The columns: {}",
            named.join(" and "),
            list(columns)
        )))
    }

    /// All that decides what becomes of a row, as text; the time zone only where that mattered.
    pub fn fingerprint(&self, local: bool) -> String {
        // As texts, so that a journal outlives how these are kept here.
        let map: Vec<_> = self.map.iter().map(|(column, field)| (column, field.to_string())).collect();
        let defaults: Vec<_> = self.defaults.iter().map(|(field, text)| (field.to_string(), text)).collect();
        let groups = if self.group_by.is_empty() { String::new() } else { format!("{:?}", self.group_by) };
        format!("{map:?}{defaults:?}{groups}{}", self.values.fingerprint(local))
    }
}

/// A field that the caller names in an option.
fn known(values: &Fields, option: &str, field: &str) -> Result<Path, Refusal> {
    let path = values.named(field).map_err(|why| Refusal(format!("{option} names {why}")))?;
    let names = values.names();
    if names.contains(&path.field.as_str()) {
        Ok(path)
    } else {
        Err(Refusal(format!("{option} names {field}, and the fields are {}", names.join(", "))))
    }
}

fn once<'a>(option: &str, given: impl Iterator<Item = &'a Path>) -> Result<(), Refusal> {
    let mut seen = Vec::new();
    for field in given {
        if seen.contains(&field) {
            return Err(Refusal(format!("{option} names {field} twice: leave one out")));
        }
        seen.push(field);
    }
    Ok(())
}

#[cfg(test)]
pub mod tests {
    use serde_json::json;

    use super::*;

    pub fn action() -> ActionDescription {
        let schema = json!({ "required": ["id", "status"], "properties": {
            "id": { "title": "Order number" }, "status": { "title": "Status" }, "date": {},
            "goods": { "type": "array", "items": { "type": "object", "properties": {
                "sku": { "type": "string" }, "count": { "type": "integer" } } } } } });
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
            assert_eq!(names.field(column).as_deref(), Some(field), "{column}");
        }
        assert_eq!(names.field("customer"), None);
    }

    #[test]
    fn what_the_caller_says_comes_first() {
        let names = names(&[("Заказ", "id")], &[]);
        assert_eq!(
            (names.field("Заказ"), names.field("id"), names.field("status")),
            (Some("id".to_owned()), None, Some("status".to_owned()))
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
        assert!(refusal(&[("a", "bill")], &[]).contains("the fields are id, status, date, goods"));
        assert!(refusal(&[], &[("bill", "1")]).contains("--field names bill"));
        assert!(refusal(&[("a", "id"), ("b", "id")], &[]).contains("twice"));
        assert!(refusal(&[("a", "goods.sku")], &[]).contains("--map names goods.sku: goods has goods[0].sku"));
        assert!(refusal(&[("a", "goods[].sku"), ("b", "goods[].sku")], &[]).contains("twice"));
        assert!(refusal(&[], &[("goods[].sku", "A")]).contains("as in goods[0].sku"));
        assert!(refusal(&[], &[("id", "8E+13")]).starts_with("--field id: id looks like a long number"));
    }
}
