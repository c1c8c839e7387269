//! Something that has happened at a service.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;
use serde_json::value::RawValue;

use super::members::{Flaw, given, member, text};
use crate::json::{self, Object};

/// Something that has happened at a service. As JSON it is as the contract has it.
#[derive(Debug, Clone)]
pub struct Event {
    /// The key by which repeats are known; never empty.
    pub id: String,
    /// When it happened, in RFC 3339.
    pub time: Option<String>,
    /// What it happened to; never empty.
    pub subject: Option<String>,
    /// What is known of it: an object, as the plugin wrote it, on one line.
    pub data: Box<RawValue>,
}

impl Event {
    /// Reads an event, in which every name stands once.
    ///
    /// # Errors
    /// If it is none: what is wrong with it.
    pub fn read(event: &RawValue) -> Result<Self, Flaw> {
        let object = json::object(event.get().as_bytes()).map_err(|malformed| malformed.of("it"))?;
        let id = text(member(&object, "id")?, "its id")?;
        if id.trim().is_empty() {
            return Err("its id is empty.".to_owned());
        }
        let time = given(&object, "time").map(|time| text(time, "its time")).transpose()?;
        if time.as_ref().is_some_and(|time| !DATE_TIME.is_valid(&json!(time))) {
            return Err("its time is no date-time of RFC 3339.".to_owned());
        }
        let subject = given(&object, "subject").map(|subject| text(subject, "its subject")).transpose()?;
        let subject = subject.filter(|subject| !subject.is_empty());
        // Written anew, it has no line breaks between its members.
        let data = member(&object, "data")?.get();
        let data = json::object(data.as_bytes()).map_err(|_| "its data is no object.".to_owned())?;
        let data =
            RawValue::from_string(one_line(&data.to_string())).map_err(|_| "its data is no object.".to_owned())?;
        Ok(Self { id, time, subject, data })
    }
}

/// The events of an answer.
pub fn events(object: &Object) -> Result<Vec<Event>, Flaw> {
    let list = member(object, "events")?;
    let list: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|_| "events is no list.".to_owned())?;
    let read =
        |(index, event): (usize, &&RawValue)| Event::read(event).map_err(|flaw| format!("events[{index}]: {flaw}"));
    list.iter().enumerate().map(read).collect()
}

/// JSON without line breaks: in it they stand between values alone.
fn one_line(json: &str) -> String {
    json.replace(['\r', '\n'], " ")
}

static DATE_TIME: LazyLock<Validator> = LazyLock::new(|| {
    let schema = json!({ "type": "string", "format": "date-time" });
    jsonschema::options().should_validate_formats(true).build(&schema).expect("it is a JSON Schema")
});

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        if let Some(time) = &self.time {
            map.serialize_entry("time", time)?;
        }
        if let Some(subject) = &self.subject {
            map.serialize_entry("subject", subject)?;
        }
        map.serialize_entry("data", &self.data)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read(event: &str) -> Result<Event, String> {
        Event::read(&RawValue::from_string(event.to_owned()).unwrap())
    }

    #[test]
    fn an_event_is_read_and_written_to_the_letter() {
        for event in [
            r#"{"id":"paid:1","time":"2013-03-03T20:00:00Z","subject":"1","data":{"sum":1.50,"n":12345678901234567890}}"#,
            r#"{"id":"a","data":{}}"#,
        ] {
            assert_eq!(serde_json::to_string(&read(event).unwrap()).unwrap(), event);
        }
        let event =
            read("{\"id\":\"a\",\"subject\":\"\",\"time\":null,\"more\":1,\"data\":{\n\"a\":[1,\r\n2]}}").unwrap();
        assert_eq!(event.data.get(), "{\"a\":[1,  2]}");
        assert_eq!((event.subject, event.time), (None, None));
    }

    #[test]
    fn the_schema_of_an_event_shows_what_is_read_and_what_is_not() {
        let schema: Value = serde_json::from_str(include_str!("event.schema.json")).unwrap();
        let rules = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let agreed = |event: &Value| {
            let is_read = read(&event.to_string()).is_ok();
            assert_eq!(rules.is_valid(event), is_read, "{event}");
            is_read
        };
        let example = &schema["examples"][0];
        assert!(agreed(example));
        for (name, member) in schema["properties"].as_object().unwrap() {
            for refused in member["antiExamples"].as_array().unwrap() {
                let mut event = example.clone();
                event[name] = refused["example"].clone();
                assert!(!agreed(&event), "{event}");
            }
            let mut without = example.clone();
            without.as_object_mut().unwrap().remove(name);
            agreed(&without);
        }
    }

    #[test]
    fn what_is_no_event_is_told_by_what_is_wrong_with_it() {
        for (event, told) in [
            ("[]", "it is a JSON array"),
            ("{}", "no id"),
            (r#"{"id":7,"data":{}}"#, "id is no text"),
            (r#"{"id":" ","data":{}}"#, "id is empty"),
            (r#"{"id":"a"}"#, "no data"),
            (r#"{"id":"a","data":[]}"#, "data is no object"),
            (r#"{"id":"a","data":{"a":1,"a":2}}"#, "a is given twice"),
            (r#"{"id":"a","id":"b","data":{}}"#, "id is given twice"),
            (r#"{"id":"a","subject":7,"data":{}}"#, "subject is no text"),
            (r#"{"id":"a","time":"yesterday","data":{}}"#, "RFC 3339"),
            (r#"{"id":"a","time":"2013-03-03","data":{}}"#, "RFC 3339"),
            (r#"{"id":"a","time":1362340800,"data":{}}"#, "time is no text"),
        ] {
            let why = read(event).unwrap_err();
            assert!(why.contains(told), "{event}: {why}");
        }
    }
}
