//! The action `get_contact_groups`: the groups in which a contact is or was.
//!
//! Source: the service's help page on `GetLeadGroupStatuses`.

use plugin_kit::types::{Lines, Switch, Text};
use plugin_kit::{Action, Example, Field, Value};

use crate::form::Form;
use crate::notions::{self, EMAIL, GROUP_ID, TITLE};
use crate::service;

/// The code for "in no group".
const NONE: i64 = 501;

const CONTACT: Field = EMAIL.about("The contact's e-mail address.");

const GROUP: Field = Field::optional("group_id", &notions::GROUP)
    .title("Group")
    .about("Only this group.")
    .examples(r#"["news"]"#)
    .options(notions::GROUPS);

const GROUPS: &[Field] = &[
    GROUP_ID,
    TITLE.wire(&["rass_title"]).as_optional(),
    Field::required("status", &Text::new(60))
        .title("Status")
        .about("STATUS_WAIT, STATUS_SUBSCRIBE, STATUS_UNSUBSCRIBE and others of JustClick.")
        .examples(r#"["STATUS_SUBSCRIBE"]"#)
        .wire(&["rass_status"]),
    Field::optional("subscribed", &Switch)
        .title("Subscribed")
        .about("Whether the contact is in it, or is about to be once the address is confirmed.")
        .wire(&["rass_status[]"]),
    Field::optional("since", &Text::new(60))
        .title("Since")
        .about("When the contact was added, as JustClick writes it.")
        .wire(&["subscription_time"]),
];

/// The action.
pub const ACTION: Action = Action::read(
    "get_contact_groups",
    "Get groups of a contact",
    "List the groups in which a contact of the JustClick account is or was, with the contact's status in each.",
    |call| {
        let reply = service::answer(call, "GetLeadGroupStatuses", &Form::of(call.input(), &[CONTACT]), &[NONE])?;
        let mut groups = service::list(call, &reply, GROUPS)?;
        let wanted = call.input().text("group_id");
        groups.retain(|group| wanted.is_empty() || group.text("group_id") == wanted);
        for group in &mut groups {
            let is_in = matches!(group.text("status"), "STATUS_WAIT" | "STATUS_SUBSCRIBE");
            group.set("subscribed", Value::Switch(is_in));
        }
        Ok(service::items(&groups))
    },
)
.input(&[CONTACT, GROUP])
.output("Groups", &[Field::required("items", &Lines::new(GROUPS, 10_000)).title("Groups").about("The groups.")])
.unsigned(&["items"])
.examples(&[Example {
    title: "In one group",
    input: r#"{"email":"fiztov5@test.com"}"#,
    output: r#"{"items":[{"group_id":"news","title":"News","status":"STATUS_SUBSCRIBE","subscribed":true,"since":"1362168000"}]}"#,
}]);
