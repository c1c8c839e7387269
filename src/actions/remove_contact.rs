//! The action `remove_contact`: a contact is taken out of a group.
//!
//! Source: the service's help page on `DeleteSubscribe`. The contact itself stays.

use plugin_kit::{Action, Example, Field, Idempotency};

use crate::notions::{EMAIL, GROUP_ID, MESSAGE, UNSIGNED_RESULT};
use crate::service;

const CONTACT: Field = EMAIL.about("The contact's e-mail address.").wire(&["lead_email"]);

const INPUT: &[Field] = &[CONTACT, GROUP_ID];

/// The action.
pub const ACTION: Action = Action::change(
    "remove_contact",
    "Remove a contact from a group",
    "Take a contact out of a contact group of the JustClick account. The contact stays.",
    |call| service::change(call, "DeleteSubscribe", INPUT),
)
.idempotency(Idempotency::Natural)
.subject(CONTACT.name(), "contact")
.input(INPUT)
.output("Removed contact", &[CONTACT, GROUP_ID, MESSAGE, UNSIGNED_RESULT])
.examples(&[Example {
    title: "Out of one group",
    input: r#"{"email":"lead@email.com","group_id":"super"}"#,
    output: r#"{"email":"lead@email.com","group_id":"super","message":"ok"}"#,
}]);
