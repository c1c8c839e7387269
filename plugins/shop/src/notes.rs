//! Notes to the shop's staff.

use plugin_kit::types::{Digits, Text};
use plugin_kit::{Action, Call, Error, Example, Field, Idempotency, Object};

use crate::account;

pub const SEND: Action = Action::create("send_note", "Send a note", "Sends a note to the shop's staff.", send)
    .idempotency(Idempotency::None)
    .input(&[Field::required("text", &Text::new(1000).with_lines())
        .title("Text")
        .about("What the note says, in one line or several.")])
    .output("Note", NOTE)
    .examples(&[Example {
        title: "Two lines",
        input: r#"{"text":"Please call back.\nIt is about order 7."}"#,
        output: r#"{"id":"1"}"#,
    }]);

const NOTE: &[Field] = &[Field::required("id", &Digits::new(12)).title("Number").about("The note's number.")];

fn send(call: &Call) -> Result<Object, Error> {
    account::output(call, &account::post(call, "/notes").json(call.input().object()).send()?, NOTE)
}
