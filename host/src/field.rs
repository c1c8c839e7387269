//! A field's value from a text: out of a cell, or of `--field`; also of a part of a field, such as a
//! line of a list.

mod kind;
mod parts;
mod tree;

use plugin_host_core::description::ActionDescription;
use plugin_host_core::path::Path;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::cell;
use crate::moment::{Clock, Moment, Reason};
use kind::Kind;
pub use parts::Parts;
use tree::Tree;

/// What the fields of an action are, and for whom dates are read.
#[derive(Debug, Clone)]
pub struct Fields {
    tree: Tree,
    clock: Clock,
}

/// A field's value.
#[derive(Debug)]
pub struct FieldValue {
    /// As JSON.
    pub json: Box<RawValue>,
    /// Whether somebody's time zone was needed to make it.
    pub local: bool,
}

impl Fields {
    /// Of an action.
    pub fn of(action: &ActionDescription, clock: Clock) -> Self {
        Self::of_input(&action.input_schema, &action.form, clock)
    }

    /// Of an input with this schema and form.
    pub fn of_input(input_schema: &Value, form: &Value, clock: Clock) -> Self {
        Self { tree: Tree::of(input_schema, form), clock }
    }

    /// The field, or the part of one, that a person names by its path.
    ///
    /// # Errors
    /// If a part is named that is none: the message says what there is. A field that is not there is
    /// left to the plugin, which tells of it.
    pub fn named(&self, text: &str) -> Result<Path, String> {
        self.tree.named(text)
    }

    /// The field, or the part of one, that a column is for: by names or titles, however written.
    pub fn column(&self, column: &str) -> Option<Path> {
        self.tree.column(column)
    }

    /// The names of the fields, as they are listed.
    pub fn names(&self) -> Vec<&str> {
        self.tree.names()
    }

    /// What a field is called, for whoever has to name a column so: with its title, or with its parts.
    pub fn titled(&self, field: &str) -> String {
        self.tree.titled(field)
    }

    /// The time zone in which dates without one are read.
    pub fn zone_name(&self) -> String {
        self.clock.zone_name().unwrap_or_else(|| "the system's time zone".to_owned())
    }

    /// All that decides what a text means, beside its field, as text.
    pub fn fingerprint(&self, local: bool) -> String {
        self.clock.fingerprint(local)
    }

    /// The value that a text stands for; `None` if there is nothing in it.
    ///
    /// # Errors
    /// If the text is an accident, or can be read in two ways; the message begins with the field.
    pub fn value(&self, field: &Path, text: &str) -> Result<Option<FieldValue>, String> {
        let named = |why: String| format!("{field} {why}.");
        let (json, local) = match self.tree.kind(field) {
            Kind::Moment => {
                let text = cell::text(text).map_err(named)?;
                match self.clock.read(text) {
                    Moment::At { seconds, local } => (texted(&seconds.to_string()), local),
                    Moment::Refused(reason) => return Err(named(format!("is {text}: {}", advice(reason)))),
                    Moment::Unknown => (texted(text), false),
                }
            }
            Kind::Number { text: as_text } => {
                let number = cell::number(text).map_err(named)?;
                let json = if as_text { None } else { parsed(&number, Value::is_number) };
                (json.unwrap_or_else(|| texted(&number)), false)
            }
            Kind::Boolean => {
                let text = cell::text(text).map_err(named)?;
                (parsed(&text.to_lowercase(), Value::is_boolean).unwrap_or_else(|| texted(text)), false)
            }
            Kind::Json => (parsed(text, |_| true).unwrap_or_else(|| texted(text.trim())), false),
            Kind::Text => (texted(cell::word(text).map_err(named)?), false),
        };
        Ok((json.get() != "\"\"").then_some(FieldValue { json, local }))
    }
}

/// The text itself, if it is JSON of this kind.
fn parsed(text: &str, is: impl Fn(&Value) -> bool) -> Option<Box<RawValue>> {
    let raw: Box<RawValue> = serde_json::from_str(text).ok()?;
    is(&serde_json::from_str(text).ok()?).then_some(raw)
}

fn texted(text: &str) -> Box<RawValue> {
    serde_json::value::to_raw_value(text).expect("a text is JSON")
}

/// What is wrong with a date, and what to do.
fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::MonthOrDayFirst => "month or day first? Say which with --date-format %d/%m/%Y or %m/%d/%Y",
        Reason::ShortYear => "a year of two digits. Write all four, or say --date-format %d.%m.%y",
        Reason::NoSuchDay => "there is no such day",
        Reason::NoSuchMonth => "there is no such month",
        Reason::NoSuchTime => "there is no such time",
        Reason::SkippedTime => {
            "clocks are set forward over that time. Write the one that is meant, with its offset: 2026-03-29 03:30 +02:00"
        }
        Reason::RepeatedTime => {
            "clocks are set back then, and show that time twice. Write which with its offset: 2026-10-25 02:30 +02:00"
        }
        Reason::NoSuchOffset => "there is no such offset from UTC",
        Reason::NoDay => "a time without a day",
        Reason::DayNumber => "a spreadsheet's day number. Make the column a date",
        Reason::CompactDay | Reason::CompactMoment => "write 2026-11-25 for 20261125, and 14:30 behind it",
        Reason::TooEarly => "that is before 2000",
        Reason::TooLate => "that is after 2049",
        Reason::NoZone => {
            "a date without a time zone, and the system has none. Say whose with --timezone Europe/Moscow"
        }
        Reason::OtherFormat => "not as --date-format has it, which may be given for each way that dates are written in",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(field: &str, text: &str) -> Result<Option<String>, String> {
        let schema = json!({ "properties": {
            "id": { "type": ["string", "integer"] }, "count": { "type": "integer" }, "on": { "type": "boolean" },
            "list": { "type": "array" }, "tags": { "type": "array", "items": { "type": "string" } },
            "goods": { "type": ["array", "null"], "items": { "type": "object", "properties": {
                "sku": { "type": "string" }, "count": { "type": "integer" }, "from": { "type": "string" },
                "due": { "type": "string", "format": "date-time" } } } },
            "address": { "type": "object", "properties": { "city": { "type": "string" } } }, "date": { "type": ["integer", "string", "null"] },
            "due": { "type": "string", "format": "date-time" }, "rpo": { "type": ["string", "null"] } } });
        let form = json!({ "moments": ["date", "goods[].from"] });
        let action = json!({ "name": "a", "title": "t", "description": "d", "inputSchema": schema, "form": form });
        let fields = Fields::of(
            &serde_json::from_value(action).unwrap(),
            Clock::new(Some("Europe/Moscow"), Vec::new()).unwrap(),
        );
        Ok(fields.value(&Path::read(field).unwrap(), text)?.map(|given| given.json.get().to_owned()))
    }

    #[test]
    fn a_fields_type_decides_what_a_text_means() {
        for (field, text, json) in [
            ("id", "100010.0", "\"100010\""),
            ("id", " 007 ", "\"007\""),
            ("count", "12345678901234567890123", "12345678901234567890123"),
            ("count", "3.0", "3"),
            ("count", "x", "\"x\""),
            ("on", "TRUE", "true"),
            ("on", "yes", "\"yes\""),
            ("list", "[1, 2]", "[1, 2]"),
            ("date", "25.11.2026 14:30", "\"1795606200\""),
            ("due", "2026-11-25T14:30:00+03:00", "\"1795606200\""),
            ("date", "soon", "\"soon\""),
            ("rpo", "80080000000001", "\"80080000000001\""),
            ("other", "25.11.2026", "\"25.11.2026\""),
            ("tags", "new", "\"new\""),
            ("tags", "[\"new\"]", "[\"new\"]"),
            ("tags[0]", "7", "\"7\""),
            ("goods[0].sku", "=\"007\"", "\"007\""),
            ("goods[1].count", "3.0", "3"),
            ("goods[0].from", "25.11.2026 14:30", "\"1795606200\""),
            ("goods[0].due", "25.11.2026 14:30", "\"1795606200\""),
            ("goods[0]", "{\"sku\": 1}", "{\"sku\": 1}"),
            ("address.city", "Bonn", "\"Bonn\""),
        ] {
            assert_eq!(value(field, text).unwrap().as_deref(), Some(json), "{field}={text}");
        }
        for field in ["id", "count", "on", "date", "rpo"] {
            assert_eq!(value(field, " \u{a0}\u{200b}").unwrap(), None, "{field}");
        }
    }

    #[test]
    fn what_is_refused_begins_with_the_fields_name() {
        for (field, text, why) in [
            ("rpo", "80080000000001.0", "rpo was made a number"),
            ("id", "1E+05", "id looks like a long number"),
            ("date", "05/11/2026", "date is 05/11/2026: month or day first? Say which with --date-format"),
            ("date", "25.11.26", "--date-format %d.%m.%y."),
            ("date", "31.02.2026", "no such day"),
            ("date", "45986", "date is 45986: a spreadsheet's day number. Make the column a date."),
            ("date", "45986,5", "day number"),
            ("date", "20261125", "write 2026-11-25"),
            ("date", "#N/A", "date is #N/A"),
            ("goods[2].count", "1E+05", "goods[2].count looks like a long number"),
        ] {
            let refusal = value(field, text).unwrap_err();
            assert!(refusal.contains(why), "{refusal}");
        }
    }
}
