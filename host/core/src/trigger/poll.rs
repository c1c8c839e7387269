//! Events that a host asks for.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::event::{Event, events};
use super::members::{Flaw, member, read, text};
use crate::error::ActionError;
use crate::json::Object;

/// A question for events.
#[derive(Debug, Clone, Serialize)]
pub struct PollInput {
    /// What narrows down what the trigger tells of: JSON of its `inputSchema`.
    pub input: Box<RawValue>,
    /// What the last page gave as its `nextCursor`; `None` the first time.
    pub cursor: Option<String>,
    /// From where on events are wanted, the first time.
    pub start: Start,
    /// The time, in UNIX seconds.
    pub now: i64,
    /// How many events are wanted at most, from 1.
    pub limit: u32,
}

/// From where on events are wanted, the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// From now on.
    Now,
    /// All that there are.
    Beginning,
    /// From a time on, in UNIX seconds.
    At(i64),
}

impl Serialize for Start {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Now => serializer.serialize_str("now"),
            Self::Beginning => serializer.serialize_str("beginning"),
            Self::At(seconds) => serializer.serialize_i64(*seconds),
        }
    }
}

/// Some events, the oldest first, and where the next ones begin.
#[derive(Debug, Clone)]
pub struct PollPage {
    /// The events.
    pub events: Vec<Event>,
    /// What the next poll is given as its cursor.
    pub next_cursor: String,
    /// Whether there are more already.
    pub has_more: bool,
}

impl PollPage {
    /// Reads the answer of a poll's export.
    ///
    /// # Errors
    /// With kind `internal`, if it breaks the contract.
    pub fn read(trigger: &str, output: &str, asked: &PollInput) -> Result<Self, Box<ActionError>> {
        read(trigger, output, |answer| page(answer, asked))
    }
}

fn page(answer: &Object, asked: &PollInput) -> Result<PollPage, Flaw> {
    let next_cursor = text(member(answer, "nextCursor")?, "nextCursor")?;
    let has_more = match member(answer, "hasMore")?.get() {
        "true" => true,
        "false" => false,
        _ => return Err("hasMore is neither true nor false.".to_owned()),
    };
    if has_more && asked.cursor.as_ref() == Some(&next_cursor) {
        return Err("it says that there is more, and gives the cursor that it was given: it would be asked for ever."
            .to_owned());
    }
    Ok(PollPage { events: events(answer)?, next_cursor, has_more })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(cursor: Option<&str>) -> PollInput {
        let input = RawValue::from_string(r#"{"sum":1.50}"#.to_owned()).unwrap();
        PollInput { input, cursor: cursor.map(str::to_owned), start: Start::Now, now: 7, limit: 2 }
    }

    #[test]
    fn a_poll_is_asked_as_the_contract_says() {
        let json = |asked: &PollInput| serde_json::to_string(asked).unwrap();
        let first = asked(None);
        assert_eq!(json(&first), r#"{"input":{"sum":1.50},"cursor":null,"start":"now","now":7,"limit":2}"#);
        let next = PollInput { start: Start::At(-3), ..asked(Some("c\"1")) };
        assert_eq!(json(&next), r#"{"input":{"sum":1.50},"cursor":"c\"1","start":-3,"now":7,"limit":2}"#);
        assert!(json(&PollInput { start: Start::Beginning, ..first }).contains("\"beginning\""));
    }

    #[test]
    fn a_page_that_breaks_the_contract_is_the_plugins_fault_and_says_how() {
        let read = |output: &str| PollPage::read("t", output, &asked(Some("c")));
        let page = read(r#"{"events":[{"id":"a","data":{}}],"nextCursor":"d","hasMore":true,"x":1}"#).unwrap();
        assert_eq!((page.events.len(), page.next_cursor.as_str(), page.has_more), (1, "d", true));
        assert!(!read(r#"{"events":[],"nextCursor":"c","hasMore":false}"#).unwrap().has_more);
        for (output, told) in [
            ("[]", "JSON array"),
            (r#"{"nextCursor":"c","hasMore":false}"#, "it has no events"),
            (r#"{"events":{},"nextCursor":"c","hasMore":false}"#, "events is no list"),
            (
                r#"{"events":[{"id":"a","data":{}},{"data":{}}],"nextCursor":"c","hasMore":false}"#,
                "events[1]: it has no id",
            ),
            (r#"{"events":[],"hasMore":false}"#, "no nextCursor"),
            (r#"{"events":[],"nextCursor":null,"hasMore":false}"#, "nextCursor is no text"),
            (r#"{"events":[],"nextCursor":"c"}"#, "no hasMore"),
            (r#"{"events":[],"nextCursor":"c","hasMore":1}"#, "neither true nor false"),
            (r#"{"events":[],"nextCursor":"c","hasMore":true}"#, "for ever"),
        ] {
            let error = read(output).unwrap_err();
            assert_eq!(error.kind, "internal");
            assert!(error.message.contains(told), "{output}: {}", error.message);
        }
    }
}
