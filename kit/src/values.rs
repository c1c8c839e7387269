//! Values that follow the rules of their fields, in the one form in which they are sent.

use crate::json::{Array, Object, quoted};
use crate::secret::Secrets;

/// A value in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number as JSON writes it. It stays text, so that no digit is lost.
    Number(String),
    /// On or off.
    Switch(bool),
    /// Several values of one kind.
    List(Vec<Value>),
    /// Several values with their names, such as a line of an order.
    Fields(Values),
}

impl Value {
    /// The value as the one text that a form or a header has for it; nothing for what has members.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Switch(true) => "true",
            Self::Switch(false) => "false",
            Self::List(_) | Self::Fields(_) => "",
        }
    }

    /// The values within, such as those of a line; none where it has no names for them.
    pub const fn fields(&self) -> Option<&Values> {
        match self {
            Self::Fields(fields) => Some(fields),
            _ => None,
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(digits) => digits.clone(),
            Self::Switch(_) => self.as_str().to_owned(),
            Self::List(values) => {
                let mut array = Array::new();
                for value in values {
                    array.json(&value.to_json());
                }
                array.finish()
            }
            Self::Fields(fields) => fields.object().finish(),
        }
    }

    /// The title of the secret that stands in a text within.
    pub(crate) fn holds_secret(&self, secrets: &Secrets) -> Option<&'static str> {
        match self {
            Self::Text(text) | Self::Number(text) => secrets.within(text),
            Self::Switch(_) => None,
            Self::List(values) => values.iter().find_map(|value| value.holds_secret(secrets)),
            Self::Fields(fields) => fields.holds_secret(secrets),
        }
    }
}

/// Values by the names of their fields, in the order in which the fields are declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(pub(crate) Vec<(&'static str, Value)>);

impl Values {
    /// The value of a field, if there is one.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// The value of a field as one text; empty if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).map_or("", Value::as_str)
    }

    /// The values of a list; none if there is no list.
    pub fn list(&self, name: &str) -> &[Value] {
        match self.get(name) {
            Some(Value::List(values)) => values,
            _ => &[],
        }
    }

    /// Sets the value of a field: in its place if it has one, else at the end.
    pub fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(field, _)| *field == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// The title of the secret that stands in one of them.
    pub(crate) fn holds_secret(&self, secrets: &Secrets) -> Option<&'static str> {
        self.iter().find_map(|(_, value)| value.holds_secret(secrets))
    }

    /// The objects in a list of them; none if there is no list.
    pub fn lines(&self, name: &str) -> Vec<&Values> {
        self.list(name).iter().filter_map(Value::fields).collect()
    }

    /// All of them as a JSON object to which more can be added.
    pub fn object(&self) -> Object {
        let mut object = Object::new();
        for (name, value) in self.iter() {
            object = match value {
                Value::Text(text) => object.text(name, text),
                Value::Number(digits) => object.json(name, digits),
                other => object.json(name, &other.to_json()),
            };
        }
        object
    }
}

impl Object {
    /// Adds a list of objects, such as the items of a search.
    #[must_use]
    pub fn list<'v>(self, name: &str, objects: impl IntoIterator<Item = &'v Values>) -> Self {
        let mut array = Array::new();
        for object in objects {
            array.json(&object.object().finish());
        }
        self.json(name, &array.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json_with_every_digit_and_in_their_order() {
        let line = Values(vec![("name", Value::Text("a \"b\"".into())), ("price", Value::Text("10.00".into()))]);
        let values = Values(vec![
            ("id", Value::Number("99999999999999999999".into())),
            ("lines", Value::List(vec![Value::Fields(line)])),
            ("paid", Value::Switch(true)),
        ]);
        assert_eq!(
            values.object().finish(),
            r#"{"id":99999999999999999999,"lines":[{"name":"a \"b\"","price":"10.00"}],"paid":true}"#
        );
        assert_eq!((values.text("id"), values.text("paid"), values.text("no")), ("99999999999999999999", "true", ""));
    }
}
