//! What the columns of an input mean.

use serde_json::Value;

use super::Refusal;
use super::request::NOT_UTF_8;
use crate::description::ActionDescription;

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
}

impl Names {
    /// Of an action, with the caller's own `map` of columns to fields and `defaults` of fields.
    ///
    /// # Errors
    /// If the caller names a field that the action does not have, or one twice.
    pub fn new(
        action: &ActionDescription,
        map: Vec<(String, String)>,
        defaults: Vec<(String, String)>,
    ) -> Result<Self, Refusal> {
        let properties = action.input_schema["properties"].as_object();
        let title = |name: &str, field: &Value| field["title"].as_str().unwrap_or(name).to_owned();
        let fields = properties.into_iter().flatten().map(|(name, field)| (name.clone(), title(name, field))).collect();
        let required = action.input_schema["required"].as_array();
        let required = required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let names = Self { fields, required, map, defaults };
        names.check("--map", names.map.iter().map(|(_, field)| field))?;
        names.check("--field", names.defaults.iter().map(|(field, _)| field))?;
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

    /// The field that a column holds: as the caller said, or by its name or title, in any case.
    pub fn field(&self, column: &str) -> Option<&str> {
        let column = column.trim();
        if let Some((_, field)) = self.map.iter().find(|(name, _)| name.trim() == column) {
            return Some(field);
        }
        let same = |name: &str| name.to_lowercase() == column.to_lowercase();
        let by_name = self.fields.iter().find(|(name, _)| same(name));
        let (field, _) = by_name.or_else(|| self.fields.iter().find(|(_, title)| same(title)))?;
        // A column that the caller named comes before one that merely has the name.
        (!self.map.iter().any(|(_, mapped)| mapped == field)).then_some(field)
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
        let all = || if columns.is_empty() { "none".to_owned() } else { columns.join(", ") };
        if let Some((column, _)) = self.map.iter().find(|(name, _)| !columns.iter().any(|it| it.trim() == name.trim()))
        {
            return Err(Refusal(format!(
                "--map names the column {column}, which is not there. The columns: {}",
                all()
            )));
        }
        let has = |field: &str| {
            let given = columns.iter().any(|column| self.field(column) == Some(field));
            given || self.defaults.iter().any(|(name, _)| name == field)
        };
        let missing: Vec<_> = self.required.iter().filter(|field| !has(field)).collect();
        let Some(first) = missing.first() else {
            return Ok(());
        };
        // The mark of what is not UTF-8.
        if columns.iter().any(|column| column.contains('\u{fffd}')) {
            return Err(Refusal(format!("its header is not UTF-8: {NOT_UTF_8}")));
        }
        let named: Vec<_> = missing.iter().map(|field| self.titled(field)).collect();
        Err(Refusal(format!(
            "no column for {}: name it so in the header, or say which one it is with --map COLUMN={first}, or give all rows the same with --field {first}=VALUE. The columns: {}",
            named.join(" and "),
            all()
        )))
    }

    fn titled(&self, field: &str) -> String {
        let title = self.fields.iter().find(|(name, title)| name == field && title != name);
        title.map_or_else(|| field.to_owned(), |(_, title)| format!("{field} ({title})"))
    }

    /// All that decides what becomes of a row, as text.
    pub fn fingerprint(&self) -> String {
        format!("{:?}{:?}", self.map, self.defaults)
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
        Names::new(&action(), pairs(map), pairs(defaults)).unwrap()
    }

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_column_is_known_by_name_or_title_in_any_case() {
        let names = names(&[], &[]);
        for (column, field) in
            [("id", "id"), (" ID ", "id"), ("order NUMBER", "id"), ("Status", "status"), ("DATE", "date")]
        {
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
        let refusal = |map: &[_], defaults: &[_]| Names::new(&action(), pairs(map), pairs(defaults)).unwrap_err().0;
        assert!(refusal(&[("a", "bill")], &[]).contains("the fields are id, status, date"));
        assert!(refusal(&[], &[("bill", "1")]).contains("--field names bill"));
        assert!(refusal(&[("a", "id"), ("b", "id")], &[]).contains("twice"));
    }
}
