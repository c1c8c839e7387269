//! A look at the JSON Schema of an object, whose properties are an action's fields or the keys of a
//! connection: the one place that knows where in a schema something stands.

use serde_json::Value;

/// A property of an object's schema.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it has to be there.
    pub required: bool,
    /// Its own schema.
    pub schema: &'a Value,
}

/// The properties of an object, in the schema's order.
pub fn fields(object: &Value) -> impl Iterator<Item = Field<'_>> {
    let properties = object["properties"].as_object().into_iter().flatten();
    let is_required = |name: &str| required(object).any(|required| required == name);
    properties.map(move |(name, schema)| Field { name, required: is_required(name), schema })
}

/// The property of this name.
pub fn field<'a>(object: &'a Value, name: &str) -> Option<Field<'a>> {
    fields(object).find(|field| field.name == name)
}

/// All that a person can name in an object: its fields, and what is within them, as it is told of each
/// entry of a list (`goods`, `goods[]`, `goods[].sku`).
pub fn paths(object: &Value) -> Vec<String> {
    fn add(path: String, schema: &Value, paths: &mut Vec<String>) {
        let field = Field { name: "", required: false, schema };
        if let Some(entries) = field.entries() {
            add(format!("{path}[]"), entries, paths);
        }
        for member in fields(schema) {
            add(format!("{path}.{}", member.name), member.schema, paths);
        }
        paths.push(path);
    }
    let mut paths = Vec::new();
    fields(object).for_each(|field| add(field.name.to_owned(), field.schema, &mut paths));
    paths
}

/// The names of what has to be there, also of what is no property.
pub fn required(object: &Value) -> impl Iterator<Item = &str> {
    object["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

impl<'a> Field<'a> {
    /// What it is called, for people.
    pub fn title(&self) -> Option<&'a str> {
        self.schema["title"].as_str()
    }

    /// What it is for, for people: its description, or else its title.
    pub fn about(&self) -> Option<&'a str> {
        self.schema["description"].as_str().or(self.title())
    }

    /// Whether its type, or one of its types, has this name.
    pub fn is_of(&self, json_type: &str) -> bool {
        match &self.schema["type"] {
            Value::Array(several) => several.iter().any(|one| one == json_type),
            one => one == json_type,
        }
    }

    /// The schema of its entries, if it is a list.
    pub fn entries(&self) -> Option<&'a Value> {
        self.schema.get("items").filter(|_| self.is_of("array"))
    }

    /// Whether it is of this format.
    pub fn has_format(&self, format: &str) -> bool {
        self.schema["format"] == format
    }

    /// Whether its values are secrets.
    pub fn is_secret(&self) -> bool {
        self.schema["writeOnly"] == true || self.has_format("password")
    }

    /// Whether it is on or off, as a boolean or in words.
    pub fn is_switch(&self) -> bool {
        let values = self.schema["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_of_switch = |value: &Value| value.is_boolean() || value == "true" || value == "false";
        self.schema["type"] == "boolean" || (!values.is_empty() && values.iter().all(is_of_switch))
    }

    /// Whether this is what its absence means.
    pub fn is_default(&self, value: &str) -> bool {
        self.schema["default"] == value
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_told_in_their_order_with_whether_they_are_required() {
        let schema = json!({ "properties": { "b": {}, "a": { "title": "A" } }, "required": ["a", "c", 7] });
        let found: Vec<_> = fields(&schema).map(|field| (field.name, field.required)).collect();
        assert_eq!(found, [("b", false), ("a", true)]);
        assert_eq!(required(&schema).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(field(&schema, "a").and_then(|field| field.about()), Some("A"));
        assert!(field(&schema, "c").is_none());
    }

    #[test]
    fn what_is_no_schema_of_an_object_has_no_fields() {
        for schema in [json!(null), json!(true), json!({ "properties": [], "required": {} })] {
            assert_eq!((fields(&schema).count(), required(&schema).count()), (0, 0), "{schema}");
        }
    }

    #[test]
    fn what_is_within_a_field_can_be_named_too() {
        let line = json!({ "type": "object", "properties": { "sku": {}, "n": {} } });
        let schema = json!({ "properties": { "goods": { "type": ["array", "null"], "items": line },
            "tags": { "type": "array", "items": {} }, "at": { "type": "object", "properties": { "city": {} } } } });
        let named = ["goods[].sku", "goods[].n", "goods[]", "goods", "tags[]", "tags", "at.city", "at"];
        assert_eq!(paths(&schema), named);
    }

    fn of(schema: &Value) -> Field<'_> {
        Field { name: "a", required: false, schema }
    }

    #[test]
    fn a_fields_schema_says_what_it_is() {
        for schema in [json!({ "writeOnly": true }), json!({ "format": "password" })] {
            assert!(of(&schema).is_secret(), "{schema}");
        }
        for schema in [json!({ "type": "boolean" }), json!({ "enum": ["true", "false"] }), json!({ "enum": [true] })] {
            assert!(of(&schema).is_switch(), "{schema}");
        }
        for schema in [json!({}), json!({ "enum": [] }), json!({ "enum": ["true", "eu"] })] {
            assert!(!of(&schema).is_switch() && !of(&schema).is_secret(), "{schema}");
        }
        let (one, several) = (json!({ "type": "integer" }), json!({ "type": ["null", "integer"] }));
        assert!(of(&one).is_of("integer") && of(&several).is_of("integer") && !of(&several).is_of("string"));
        let schema = json!({ "default": "eu" });
        assert!(of(&schema).is_default("eu") && !of(&schema).is_default("us"));
    }
}
