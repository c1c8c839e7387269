//! What the text of a field means.

use plugin_host_core::schema::Field;

/// What a field's text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A moment.
    Moment,
    /// A number, or a text with its digits.
    Number {
        /// Whether it may be a text.
        text: bool,
    },
    /// True or false, and no text.
    Boolean,
    /// A list or an object, as JSON.
    Json,
    /// A text.
    Text,
}

impl Kind {
    /// By the types of its schema. A text is taken for whatever else a field may be.
    pub fn of(field: Field<'_>) -> Self {
        match field.is_of("string") {
            _ if field.has_format("date-time") => Self::Moment,
            text if field.is_of("integer") || field.is_of("number") => Self::Number { text },
            false if field.is_of("boolean") => Self::Boolean,
            false if field.is_of("array") || field.is_of("object") => Self::Json,
            _ => Self::Text,
        }
    }
}
