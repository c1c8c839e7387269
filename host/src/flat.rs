//! Objects as rows of cells: what is nested becomes columns such as `goods[0].sku`, which are those
//! that a table of inputs has.

use std::collections::BTreeMap;

use plugin_host_core::json;
use plugin_host_core::path::{MOST_ENTRIES, Path, Step};
use plugin_host_core::schema::{self, Field};
use serde_json::Value;
use serde_json::value::RawValue;

/// The column of items that are no objects.
const VALUE: &str = "value";

/// The columns of all items so far, in the order of their schema.
#[derive(Debug, Default)]
pub struct Columns {
    schema: Value,
    /// By where the schema has them; what it has not comes last, by name.
    known: BTreeMap<Vec<(usize, String)>, Path>,
}

impl Columns {
    /// For items of this schema. Of a list there are as many columns as an item needs.
    pub fn of(schema: &Value) -> Self {
        let mut columns = Self { schema: schema.clone(), known: BTreeMap::new() };
        for field in schema::fields(schema) {
            columns.add_flat(&Path::whole(field.name), field);
        }
        columns
    }

    fn add_flat(&mut self, path: &Path, field: Field<'_>) {
        if field.is_of("object") {
            for member in schema::fields(field.schema) {
                self.add_flat(&within(path, Step::Member(member.name.to_owned())), member);
            }
        } else if !field.is_of("array") {
            self.add(path.clone());
        }
    }

    /// Adds the columns of an item.
    ///
    /// # Errors
    /// If it has a list that is too long for columns.
    pub fn note(&mut self, cells: &[(Path, Cell)]) -> Result<(), String> {
        for (path, _) in cells {
            if path.steps.iter().any(|step| matches!(step, Step::At(place) if *place >= MOST_ENTRIES)) {
                let field = &path.field;
                return Err(format!(
                    "{field} has more than {MOST_ENTRIES} entries, too many for columns: take ndjson or json"
                ));
            }
            self.add(path.clone());
        }
        Ok(())
    }

    fn add(&mut self, path: Path) {
        let rank = self.rank(&path);
        self.known.entry(rank).or_insert(path);
    }

    fn rank(&self, path: &Path) -> Vec<(usize, String)> {
        let mut schema = Some(&self.schema);
        let mut rank = vec![member(&mut schema, &path.field)];
        for step in &path.steps {
            rank.push(match step {
                Step::At(place) => {
                    schema = schema.and_then(|schema| schema.get("items"));
                    (*place, String::new())
                }
                Step::Each => (0, String::new()),
                Step::Member(name) => member(&mut schema, name),
            });
        }
        rank
    }

    /// The columns in their order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.known.values()
    }
}

/// Where an object's schema has a member; and that member's schema.
fn member<'a>(schema: &mut Option<&'a Value>, name: &str) -> (usize, String) {
    let fields: Vec<_> = schema.map(|schema| schema::fields(schema).collect()).unwrap_or_default();
    let place = fields.iter().position(|field| field.name == name);
    *schema = place.map(|place| fields[place].schema);
    (place.unwrap_or(usize::MAX), name.to_owned())
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// A text as it is, anything else as JSON has it.
    pub text: String,
    /// Whether it is a text, and no number.
    pub is_text: bool,
}

impl Cell {
    fn of(value: &RawValue) -> Self {
        Self { text: json::plain(value), is_text: value.get().starts_with('"') }
    }
}

/// The cells of an item that have something in them.
pub fn cells(item: &RawValue) -> Vec<(Path, Cell)> {
    let mut cells = Vec::new();
    match json::object(item.get().as_bytes()) {
        Ok(object) => object.iter().for_each(|(name, value)| add(&Path::whole(name), value, &mut cells)),
        Err(_) => add(&Path::whole(VALUE), item, &mut cells),
    }
    cells
}

fn add(path: &Path, value: &RawValue, cells: &mut Vec<(Path, Cell)>) {
    match value.get().bytes().next() {
        Some(b'{') => {
            if let Ok(object) = json::object(value.get().as_bytes()) {
                object.iter().for_each(|(name, value)| add(&within(path, Step::Member(name.to_owned())), value, cells));
            }
        }
        Some(b'[') => {
            let entries: Vec<Box<RawValue>> = serde_json::from_str(value.get()).unwrap_or_default();
            (0..).zip(&entries).for_each(|(place, entry)| add(&within(path, Step::At(place)), entry, cells));
        }
        Some(b'n') => {}
        _ => cells.push((path.clone(), Cell::of(value))),
    }
}

fn within(path: &Path, step: Step) -> Path {
    Path { field: path.field.clone(), steps: [&path.steps[..], &[step]].concat() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    fn flat(item: &str) -> Vec<String> {
        cells(&raw(item)).into_iter().map(|(path, cell)| format!("{path}={}", cell.text)).collect()
    }

    #[test]
    fn what_is_nested_becomes_cells_with_every_digit() {
        let item = r#"{"id":12345678901234567890.50,"on":true,"none":null,"goods":[{"sku":"A"},{"sku":"B","n":2}],"tags":["x"],"at":{"city":"Bonn"},"empty":[]}"#;
        assert_eq!(
            flat(item),
            [
                "id=12345678901234567890.50",
                "on=true",
                "goods[0].sku=A",
                "goods[1].sku=B",
                "goods[1].n=2",
                "tags[0]=x",
                "at.city=Bonn"
            ]
        );
        assert_eq!(flat("\"A1\""), ["value=A1"]);
    }

    #[test]
    fn columns_stand_as_in_the_schema_and_lists_have_as_many_as_are_needed() {
        let line = json!({ "type": "object", "properties": { "sku": {}, "n": {} } });
        let schema = json!({ "properties": { "id": {}, "goods": { "type": "array", "items": line },
            "at": { "type": "object", "properties": { "city": {}, "zip": {} } }, "note": {} } });
        let mut columns = Columns::of(&schema);
        for item in
            [r#"{"note":"x","extra":1,"goods":[{"n":1},{"sku":"B"}]}"#, r#"{"also":1,"goods":[{"sku":"A","x":1}]}"#]
        {
            columns.note(&cells(&raw(item))).unwrap();
        }
        let names: Vec<_> = columns.paths().map(Path::to_string).collect();
        assert_eq!(
            names,
            [
                "id",
                "goods[0].sku",
                "goods[0].n",
                "goods[0].x",
                "goods[1].sku",
                "at.city",
                "at.zip",
                "note",
                "also",
                "extra"
            ]
        );
        let long = format!("{{\"goods\":[{}1]}}", "1,".repeat(1000));
        assert!(columns.note(&cells(&raw(&long))).unwrap_err().starts_with("goods has more than 1000 entries"));
    }
}
