//! The action `count_contacts`.
//!
//! Source: the service's help page on `GetCountSubscribe`, where two words stand in the place of a
//! group.

use plugin_kit::error::Problem;
use plugin_kit::json;
use plugin_kit::text::integer;
use plugin_kit::types::{Choice, Whole};
use plugin_kit::{Action, Call, Error, Example, Field, Kind, Object};

use crate::form::Form;
use crate::notions::{GROUP, GROUPS};
use crate::service;

const OF: Field = Field::required(
    "of",
    &Choice::new(&[
        ("unique", "active contacts, each once", &["activ"]),
        ("all", "all contacts", &["every"]),
        ("group", "the contacts of one group", &[]),
    ]),
)
.title("Which")
.examples(r#"["unique", "all", "group"]"#);

const GROUP_ID: Field = Field::required_if("group_id", &GROUP, "of", &["group"])
    .title("Group")
    .about("The contact group's id.")
    .examples(r#"["customers"]"#)
    .options(GROUPS);

/// The action.
pub const ACTION: Action = Action::read(
    "count_contacts",
    "Count contacts",
    "Count the contacts of the JustClick account, or those of one group.",
    count,
)
.input(&[OF, GROUP_ID])
.output(
    "Count",
    &[Field::required("count", &Whole::new(0, i64::MAX))
        .title("Count")
        .about("How many there are.")
        .examples("[1200]")],
)
.unsigned(&["count"])
.examples(&[
    Example { title: "Active ones", input: r#"{"of":"unique"}"#, output: r#"{"count":1200}"# },
    Example { title: "Of a group", input: r#"{"of":"group","group_id":"customers"}"#, output: r#"{"count":7}"# },
]);

fn count(call: &Call) -> Result<Object, Error> {
    let input = call.input();
    let group = match (input.text("of"), input.text("group_id")) {
        // They stand for no group at the service: what it counts would be something else.
        ("group", word @ ("unique" | "all")) => {
            let why = ["group_id is \"", word, "\", which counts no group at JustClick: give it as of"].concat();
            return Err(Error::invalid(Kind::InvalidInput, vec![Problem::new("group_id", why)]));
        }
        ("group", group) => group,
        (word, _) => word,
    };
    let reply = service::call(call, "GetCountSubscribe", &Form::new().with("group_name", group))?;
    let result = reply.result();
    let text = json::string(result);
    let count = integer(text.as_deref().unwrap_or(result)).filter(|count| *count >= 0);
    let count = count.ok_or_else(|| service::unreadable(call, &reply, result, "a result that is no number"))?;
    Ok(Object::new().number("count", count))
}
