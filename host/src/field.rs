//! A field's value from a text: out of a cell, or of `--field`.

use plugin_host_core::description::ActionDescription;
use plugin_host_core::schema::{self, Field};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::cell;
use crate::moment::{Clock, Moment, Reason};

/// What the fields of an action are, and for whom dates are read.
#[derive(Debug, Clone)]
pub struct Fields {
    kinds: Vec<(String, Kind)>,
    clock: Clock,
}

/// What a field's text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A moment.
    Moment,
    /// A number, or a text with its digits.
    Number { text: bool },
    /// True or false, and no text.
    Boolean,
    /// A list or an object, as JSON.
    Json,
    /// A text.
    Text,
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
        let moments = action.form["moments"].as_array();
        let is_moment = |name: &str| moments.is_some_and(|moments| moments.iter().any(|it| it == name));
        let kind = |field: Field<'_>| {
            let is_moment = is_moment(field.name) || field.has_format("date-time");
            (field.name.to_owned(), if is_moment { Kind::Moment } else { kind(field) })
        };
        let kinds = schema::fields(&action.input_schema).map(kind).collect();
        Self { kinds, clock }
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
    pub fn value(&self, field: &str, text: &str) -> Result<Option<FieldValue>, String> {
        let named = |why: String| format!("{field} {why}.");
        let known = self.kinds.iter().find(|(name, _)| name == field);
        let (json, local) = match known.map_or(Kind::Text, |(_, kind)| *kind) {
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

/// By the types of its schema. A text is taken for whatever else a field may be.
fn kind(field: Field<'_>) -> Kind {
    match field.is_of("string") {
        text if field.is_of("integer") || field.is_of("number") => Kind::Number { text },
        false if field.is_of("boolean") => Kind::Boolean,
        false if field.is_of("array") || field.is_of("object") => Kind::Json,
        _ => Kind::Text,
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
            "list": { "type": "array" }, "date": { "type": ["integer", "string", "null"] },
            "due": { "type": "string", "format": "date-time" }, "rpo": { "type": ["string", "null"] } } });
        let form = json!({ "moments": ["date"] });
        let action = json!({ "name": "a", "title": "t", "description": "d", "inputSchema": schema, "form": form });
        let fields = Fields::of(
            &serde_json::from_value(action).unwrap(),
            Clock::new(Some("Europe/Moscow"), Vec::new()).unwrap(),
        );
        Ok(fields.value(field, text)?.map(|given| given.json.get().to_owned()))
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
        ] {
            let refusal = value(field, text).unwrap_err();
            assert!(refusal.contains(why), "{refusal}");
        }
    }
}
