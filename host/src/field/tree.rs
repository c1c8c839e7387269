//! The fields of an input with all that is within them, as a person may name it.

use plugin_host_core::path::{Path, Step};
use plugin_host_core::schema::{self, Field};
use plugin_host_core::text::{trim, unquoted};
use serde_json::Value;

use super::kind::Kind;
use crate::cell;

/// The fields of an input.
#[derive(Debug, Clone)]
pub struct Tree(Vec<Node>);

/// A field, a member of an object, or an entry of a list.
#[derive(Debug, Clone)]
struct Node {
    name: String,
    title: String,
    kind: Kind,
    within: Within,
}

/// What is within a value.
#[derive(Debug, Clone)]
enum Within {
    Nothing,
    Members(Vec<Node>),
    Entries(Box<Node>),
}

impl Tree {
    /// Of an input's schema and form.
    pub fn of(input_schema: &Value, form: &Value) -> Self {
        let moments = form["moments"].as_array();
        let is_moment = |path: &str| moments.is_some_and(|moments| moments.iter().any(|it| it == path));
        Self(nodes(input_schema, "", &is_moment))
    }

    /// What the text of this place means; that of a field that is not there is a text.
    pub fn kind(&self, path: &Path) -> Kind {
        let root = self.0.iter().find(|node| node.name == path.field);
        let found = root.and_then(|root| path.steps.iter().try_fold(root, |node, step| node.step(step)));
        found.map_or(Kind::Text, |node| node.kind)
    }

    /// See [`Fields::named`](super::Fields::named).
    pub fn named(&self, text: &str) -> Result<Path, String> {
        if self.0.iter().any(|node| node.name == text) || !text.contains(['[', ']', '.']) {
            return Ok(Path::whole(text));
        }
        let path = Path::read(text).map_err(|why| format!("{text} {why}"))?;
        let Some(mut node) = self.0.iter().find(|node| node.name == path.field) else {
            return Err(format!("{text}: there is no field {}. The fields: {}", path.field, self.names().join(", ")));
        };
        let mut before = Path::whole(path.field.clone());
        for step in &path.steps {
            node = node.step(step).ok_or_else(|| format!("{text}: {}", node.instead(&before)))?;
            before.steps.push(step.clone());
        }
        Ok(path)
    }

    /// See [`Fields::column`](super::Fields::column).
    pub fn column(&self, column: &str) -> Option<Path> {
        // A field's own name or title may have brackets in it.
        if let Some(node) = same(&self.0, column) {
            return Some(Path::whole(&node.name));
        }
        let written = Path::read(unquoted(trim(column)).trim_end_matches([':', '*', ' '])).ok()?;
        let mut node = same(&self.0, &written.field)?;
        let mut path = Path::whole(&node.name);
        for step in &written.steps {
            // goods.sku is what people write for goods[].sku.
            if let (Step::Member(_), Within::Entries(entry)) = (step, &node.within) {
                path.steps.push(Step::Each);
                node = entry;
            }
            match (step, &node.within) {
                (Step::Member(name), Within::Members(members)) => {
                    node = same(members, name)?;
                    path.steps.push(Step::Member(node.name.clone()));
                }
                (Step::At(_) | Step::Each, Within::Entries(entry)) => {
                    node = entry;
                    path.steps.push(step.clone());
                }
                _ => return None,
            }
        }
        Some(path)
    }

    /// The names of the fields.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|node| node.name.as_str()).collect()
    }

    /// See [`Fields::titled`](super::Fields::titled).
    pub fn titled(&self, field: &str) -> String {
        let Some(node) = self.0.iter().find(|node| node.name == field) else {
            return field.to_owned();
        };
        match node.parts(&Path::whole(field)) {
            Some(parts) => format!("{field} ({parts})"),
            None if node.title != field => format!("{field} ({})", node.title),
            None => field.to_owned(),
        }
    }
}

impl Node {
    fn of(field: Field<'_>, path: &str, is_moment: &dyn Fn(&str) -> bool) -> Self {
        let within = if let Some(entries) = field.entries() {
            let entry = Field { name: "", required: true, schema: entries };
            Within::Entries(Box::new(Self::of(entry, &format!("{path}[]"), is_moment)))
        } else if field.is_of("object") {
            Within::Members(nodes(field.schema, &format!("{path}."), is_moment))
        } else {
            Within::Nothing
        };
        let kind = if is_moment(path) { Kind::Moment } else { Kind::of(field) };
        Self { name: field.name.to_owned(), title: field.title().unwrap_or(field.name).to_owned(), kind, within }
    }

    fn step(&self, step: &Step) -> Option<&Self> {
        match (step, &self.within) {
            (Step::At(_) | Step::Each, Within::Entries(entry)) => Some(entry),
            (Step::Member(name), Within::Members(members)) => members.iter().find(|node| node.name == *name),
            _ => None,
        }
    }

    /// What can be named at this place.
    fn instead(&self, path: &Path) -> String {
        match self.parts(path) {
            Some(parts) => format!("{path} has {parts}"),
            None => format!("{path} has no parts: give it as a whole"),
        }
    }

    /// The parts of what stands there: `goods[0].sku, goods[0].price`.
    fn parts(&self, path: &Path) -> Option<String> {
        let members = |members: &[Self], path: &Path| {
            let named = |node: &Self| format!("{path}.{}", node.name);
            Some(members.iter().map(named).collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
        };
        match &self.within {
            Within::Nothing => None,
            Within::Members(within) => members(within, path),
            Within::Entries(entry) => {
                let first = Path { field: path.field.clone(), steps: [&path.steps[..], &[Step::At(0)]].concat() };
                match &entry.within {
                    Within::Members(within) => members(within, &first),
                    _ => Some(format!("{first}, and so on")),
                }
            }
        }
    }
}

fn nodes(object: &Value, before: &str, is_moment: &dyn Fn(&str) -> bool) -> Vec<Node> {
    schema::fields(object).map(|field| Node::of(field, &format!("{before}{}", field.name), is_moment)).collect()
}

/// The one of this name, however it is written; or else of this title.
fn same<'a>(nodes: &'a [Node], written: &str) -> Option<&'a Node> {
    let plain = cell::name(written);
    let by_name = nodes.iter().find(|node| cell::name(&node.name) == plain);
    by_name.or_else(|| nodes.iter().find(|node| cell::name(&node.title) == plain))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree() -> Tree {
        let line = json!({ "type": "object", "properties": {
            "sku": { "title": "Article" }, "unit_price": { "type": "number" } } });
        let schema = json!({ "properties": {
            "order_id": { "title": "Order number" }, "goods": { "title": "Goods", "type": "array", "items": line },
            "tags": { "type": "array", "items": { "type": "string" } },
            "address": { "type": "object", "properties": { "city": {} } }, "a.b[0]": {} } });
        Tree::of(&schema, &json!({}))
    }

    #[test]
    fn a_column_is_for_a_part_of_a_field_by_names_or_titles_however_written() {
        for (column, path) in [
            ("goods[0].sku", "goods[0].sku"),
            ("Goods[12].Unit Price *", "goods[12].unit_price"),
            ("“GOODS[0].ARTICLE”", "goods[0].sku"),
            ("goods[].sku", "goods[].sku"),
            ("goods.sku", "goods[].sku"),
            ("tags[1]", "tags[1]"),
            ("address.City", "address.city"),
            ("goods", "goods"),
            ("a.b[0]", "a.b[0]"),
            ("Order number:", "order_id"),
        ] {
            assert_eq!(tree().column(column).map(|path| path.to_string()).as_deref(), Some(path), "{column}");
        }
        for column in
            ["goods[0].colour", "Price [net]", "price.net", "goods[0]sku", "goods[2000].sku", "order_id.x", ""]
        {
            assert_eq!(tree().column(column), None, "{column}");
        }
    }

    #[test]
    fn what_is_named_and_not_there_is_told_with_what_is() {
        for text in ["goods[0].sku", "tags[0]", "goods[1]", "address.city", "a.b[0]", "unknown"] {
            assert_eq!(tree().named(text).unwrap().to_string(), text);
        }
        for (text, told) in [
            ("goods[0].colour", "goods[0].colour: goods[0] has goods[0].sku, goods[0].unit_price"),
            ("goods.sku", "goods.sku: goods has goods[0].sku, goods[0].unit_price"),
            ("goods[0][sku]", "so goods[0].sku"),
            ("order_id.x", "order_id has no parts"),
            ("tags[0].x", "tags[0] has no parts"),
            ("address[0]", "address has address.city"),
            ("items[0].x", "there is no field items. The fields: order_id, goods"),
            ("goods[1000].sku", "at most 1000 entries"),
        ] {
            let why = tree().named(text).unwrap_err();
            assert!(why.contains(told), "{text}: {why}");
        }
    }

    #[test]
    fn a_list_that_has_no_column_is_told_with_the_columns_it_could_have() {
        assert_eq!(tree().titled("goods"), "goods (goods[0].sku, goods[0].unit_price)");
        assert_eq!(tree().titled("tags"), "tags (tags[0], and so on)");
        assert_eq!(tree().titled("order_id"), "order_id (Order number)");
    }
}
