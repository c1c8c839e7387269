//! What the service tells of contacts. It signs nothing of it, so each is held against the contact's
//! groups.
//!
//! Source: the service's help pages on notifications.

use plugin_kit::types::Text;
use plugin_kit::{Condition, Confirm, Error, Event, Field, Received, Trigger, Webhook, reply};

use crate::notions::{EMAIL, GROUP_ID};
use crate::order::UTM;
use crate::{signature, triggers};

const LINE: Text = Text::new(255);

const CONTACT: &[Field] = &[
    EMAIL,
    GROUP_ID.wire(&["id_group"]),
    Field::optional("name", &LINE).title("Name").about("What the contact is called."),
    Field::optional("phone", &LINE).title("Telephone").about("The contact's telephone."),
    Field::optional("city", &LINE).title("City").about("Where the contact lives."),
    Field::optional("ip", &LINE).title("IP address").about("Where the contact subscribed from."),
    UTM[0],
    UTM[1],
    UTM[2],
    UTM[3],
    UTM[4],
];

const SAMPLE: &str = r#"{"email":"lead@email.com","group_id":"customers","name":"Name"}"#;

const DOCS: &str = "In JustClick, put the address into the API tab of the contact list, or into the API settings as the URL for notifications. Keep it secret: JustClick does not sign these.";

const fn confirm(holds: &'static [Condition]) -> Confirm {
    let arguments = &[("email", "email"), ("group_id", "group_id")];
    Confirm { action: "get_contact_groups", arguments, holds }
}

/// A contact is in a group, maybe not confirmed yet.
pub const SUBSCRIBED: Trigger = Trigger::webhook(
    "contact_subscribed",
    "Contact subscribed",
    "Triggers when a contact of the JustClick account subscribes to a group.",
    |webhook| told(webhook, "2", "subscribed"),
)
.event("Contact", CONTACT, SAMPLE)
.docs(DOCS)
.confirm(confirm(&[Condition::Is("/items/0/subscribed", "true")]));

/// A contact has confirmed the address.
pub const ACTIVATED: Trigger = Trigger::webhook(
    "contact_activated",
    "Contact activated",
    "Triggers when a contact of the JustClick account confirms a subscription.",
    |webhook| told(webhook, "1", "activated"),
)
.event("Contact", CONTACT, SAMPLE)
.docs(DOCS)
.confirm(confirm(&[Condition::Is("/items/0/status", "\"STATUS_SUBSCRIBE\"")]));

/// A contact has left a group.
pub const UNSUBSCRIBED: Trigger = Trigger::webhook(
    "contact_unsubscribed",
    "Contact unsubscribed",
    "Triggers when a contact of the JustClick account leaves a group.",
    |webhook| told(webhook, "0", "unsubscribed"),
)
.event("Contact", CONTACT, SAMPLE)
.docs(DOCS)
.confirm(confirm(&[Condition::Is("/items/0/subscribed", "false")]));

fn told(webhook: &Webhook, status: &str, what: &str) -> Result<Received, Error> {
    let form = webhook.form()?;
    if form.text("status") != status {
        return Ok(Received::nothing());
    }
    let contact = reply::object(&triggers::form::json(&form, &[]), CONTACT)
        .map_err(|why| webhook.unreadable(&["It has ", &why].concat()))?;
    let data = contact.object();
    // No time is told. What else is tells one subscription from a later one, as far as it can.
    let rest = signature::md5_hex(&[&data.finish()]);
    let email = contact.text("email");
    let event = Event::new(&[what, email, contact.text("group_id"), &rest], contact.object());
    Ok(Received::events(vec![event.subject(email)]))
}
