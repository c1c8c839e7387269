//! What a plugin's triggers answer: it breaks the contract, which is told in one line, or it is read. What was
//! read is written as it was, and nothing is answered to a service that HTTP does not take.

use plugin_host_core::error::ActionError;
use plugin_host_core::json;
use plugin_host_core::trigger::{Event, PollInput, PollPage, Start, WebhookAnswer};
use serde_json::value::RawValue;

use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::Target;
use crate::told::one_line;

pub const TARGET: Target = Target { name: "answers", seeds, run };

fn seeds(seeds: &mut Seeds) {
    for case in seeds::cases() {
        seeds.add(case["outcome"]["output"].to_string());
        seeds.add(case["outcome"]["error"].to_string());
    }
    seeds.add(r#"{"events":[{"id":"a","time":"2013-03-03T20:00:00Z","subject":"1","data":{"n":1.50}}],"nextCursor":"d","hasMore":true}"#);
    seeds.add(r#"{"events":[],"response":{"status":202,"headers":{"X-A":"b"},"body":"ok"}}"#);
}

fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let asked = PollInput {
        input: RawValue::from_string("{}".to_owned()).expect("JSON"),
        cursor: Some("c".to_owned()),
        start: Start::Now,
        now: 7,
        limit: 2,
    };
    let most = 256 * text.len() + (512 << 10);
    match memory::at_most(most, || PollPage::read("t", text, &asked)) {
        Ok(page) => {
            assert!(!page.has_more || page.next_cursor != "c", "it would be asked for ever");
            events(&page.events);
        }
        Err(error) => one_line(&error.message),
    }
    match memory::at_most(most, || WebhookAnswer::read("t", text)) {
        Ok(answer) => {
            assert!((200..600).contains(&answer.response.status));
            for (name, value) in &answer.response.headers {
                assert!(!name.is_empty() && !name.contains([':', ' ', '\r', '\n']), "{name:?}");
                assert!(!value.contains(['\r', '\n', '\0']), "{value:?}");
            }
            events(&answer.events);
        }
        Err(error) => one_line(&error.message),
    }
    // An error that a plugin sets.
    if let Ok(error) = serde_json::from_str::<ActionError>(text) {
        let written = serde_json::to_string(&error).expect("it was read");
        let again: ActionError = serde_json::from_str(&written).unwrap_or_else(|why| panic!("{written}: {why}"));
        assert_eq!(again, error, "{written}");
    }
}

fn events(events: &[Event]) {
    for event in events {
        assert!(!event.id.trim().is_empty());
        let written = serde_json::to_string(event).expect("it was read");
        one_line(&written);
        json::object(written.as_bytes()).unwrap_or_else(|why| panic!("{written}: {why:?}"));
        let raw = RawValue::from_string(written.clone()).expect("JSON");
        let again = Event::read(&raw).unwrap_or_else(|why| panic!("{written}: {why}"));
        assert_eq!(serde_json::to_string(&again).expect("it was read"), written);
    }
}
