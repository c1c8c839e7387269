//! What has happened, once: a CloudEvent without its envelope.

use crate::error::{Error, Kind};
use crate::json::{Array, Object};
use crate::types::rfc3339;

/// Something that has happened at the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    id: String,
    /// A part of the id is empty.
    is_nameless: bool,
    time: Option<i64>,
    subject: Option<String>,
    data: Object,
}

impl Event {
    /// An event with its name and its data.
    ///
    /// Its id are the parts of its name with colons between them, and hosts know repeats by it: it is
    /// the same for the same thing happening, however often and by whichever trigger it is told, and
    /// another for everything else. So it begins with what has happened, and goes on with what tells
    /// it from all others: `&["paid", order, seconds]`. It never holds when it was told. No part may be
    /// empty.
    pub fn new(name: &[&str], data: Object) -> Self {
        let mut id = String::new();
        for (place, part) in name.iter().enumerate() {
            if place > 0 {
                id.push(':');
            }
            for c in part.chars() {
                match c {
                    // So that other parts never make the same id.
                    ':' => id.push_str("%3A"),
                    '%' => id.push_str("%25"),
                    c => id.push(c),
                }
            }
        }
        let is_nameless = name.is_empty() || name.iter().any(|part| part.trim().is_empty());
        Self { id, is_nameless, time: None, subject: None, data }
    }

    /// When it happened, in UNIX seconds.
    #[must_use]
    pub const fn time(mut self, seconds: i64) -> Self {
        self.time = Some(seconds);
        self
    }

    /// What it happened to: the value by which actions name the same thing as their subject.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn into_json(self) -> Result<String, Error> {
        let unusable = |why: &str| Error::new(Kind::UnexpectedReply, ["The service told of an event ", why].concat());
        if self.is_nameless {
            return Err(unusable("without what names it, so that repeats of it could not be known."));
        }
        let time = match self.time.map(rfc3339) {
            Some(None) => return Err(unusable("with a time of no year that there is.")),
            time => time.flatten(),
        };
        let event = Object::new().text("id", &self.id).text_if("time", time.as_deref());
        Ok(event.text_if("subject", self.subject.as_deref()).json("data", &self.data.finish()).finish())
    }
}

/// Events as JSON.
pub(crate) fn list(events: Vec<Event>) -> Result<String, Error> {
    let mut list = Array::new();
    for event in events {
        list.json(&event.into_json()?);
    }
    Ok(list.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(event: Event) -> Result<String, String> {
        event.into_json().map_err(|error| error.message)
    }

    #[test]
    fn an_event_is_a_cloud_event_without_its_envelope() {
        let event = Event::new(&["paid", "100000", "1362340800"], Object::new().text("order", "100000"));
        assert_eq!(
            json(event.time(1_362_340_800).subject("100000")).as_deref(),
            Ok(
                r#"{"id":"paid:100000:1362340800","time":"2013-03-03T20:00:00Z","subject":"100000","data":{"order":"100000"}}"#
            )
        );
        assert_eq!(json(Event::new(&["a"], Object::new())).as_deref(), Ok(r#"{"id":"a","data":{}}"#));
    }

    #[test]
    fn an_event_that_nothing_names_is_never_handed_on() {
        for name in [&[][..], &[""], &["paid", ""], &["paid", " \n", "1"]] {
            assert!(json(Event::new(name, Object::new())).unwrap_err().contains("names it"), "{name:?}");
        }
    }

    #[test]
    fn other_parts_never_make_the_same_id() {
        let id = |name: &[&str]| Event::new(name, Object::new()).id;
        let ids = [id(&["a:b", "c"]), id(&["a", "b:c"]), id(&["a", "b", "c"]), id(&["a%3Ab", "c"])];
        for (place, one) in ids.iter().enumerate() {
            assert!(!ids[..place].contains(one), "{one}");
        }
    }

    #[test]
    fn a_time_of_no_year_is_refused() {
        for seconds in [i64::MIN, -62_167_219_201, 253_402_300_800, i64::MAX] {
            assert!(
                json(Event::new(&["a"], Object::new()).time(seconds)).unwrap_err().contains("no year"),
                "{seconds}"
            );
        }
    }
}
