//! An event with its envelope: a CloudEvent, version 1.0, in structured mode.

use std::fmt::Write;

use crate::json::Object;
use crate::trigger::Event;

/// The media type of what [`cloud_event`] writes.
pub const MEDIA_TYPE: &str = "application/cloudevents+json";

/// The event of a connection's trigger as a CloudEvent: JSON on one line.
pub fn cloud_event(plugin: &str, connection: &str, trigger: &str, event: &Event) -> String {
    let mut cloud = Object::default();
    cloud.set("specversion", "1.0");
    cloud.set("id", event.id.as_str());
    cloud.set("source", source(plugin, connection));
    cloud.set("type", kind(plugin, trigger));
    if let Some(time) = &event.time {
        cloud.set("time", time.as_str());
    }
    if let Some(subject) = &event.subject {
        cloud.set("subject", subject.as_str());
    }
    cloud.set("datacontenttype", "application/json");
    cloud.set_raw("data", event.data.clone());
    cloud.to_string()
}

/// Who tells: a URI reference, `/PLUGIN/CONNECTION`.
pub fn source(plugin: &str, connection: &str) -> String {
    format!("/{}/{}", segment(plugin), segment(connection))
}

/// What is told: `PLUGIN.TRIGGER`.
pub fn kind(plugin: &str, trigger: &str) -> String {
    format!("{plugin}.{trigger}")
}

/// A text as a segment of a path.
pub fn segment(text: &str) -> String {
    let mut segment = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => segment.push(char::from(byte)),
            byte => {
                let _ = write!(segment, "%{byte:02X}");
            }
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn an_event_gets_its_envelope_and_keeps_its_data_to_the_letter() {
        let event = r#"{"id":"paid:1","time":"2013-03-03T20:00:00Z","subject":"1","data":{"sum":1.50}}"#;
        let event = Event::read(&RawValue::from_string(event.to_owned()).unwrap()).unwrap();
        assert_eq!(
            cloud_event("shop", "Berlin 2/Ж", "order_paid", &event),
            concat!(
                r#"{"specversion":"1.0","id":"paid:1","source":"/shop/Berlin%202%2F%D0%96","type":"shop.order_paid","#,
                r#""time":"2013-03-03T20:00:00Z","subject":"1","datacontenttype":"application/json","data":{"sum":1.50}}"#
            )
        );
        let event = Event::read(&RawValue::from_string(r#"{"id":"a","data":{}}"#.to_owned()).unwrap()).unwrap();
        assert_eq!(
            cloud_event("shop", "", "t", &event),
            r#"{"specversion":"1.0","id":"a","source":"/shop/","type":"shop.t","datacontenttype":"application/json","data":{}}"#
        );
    }
}
