//! The action `update_contact`: what is known of a contact.
//!
//! Source: the service's help page on `UpdateSubscriberData`. What is left out stays.

use plugin_kit::types::Text;
use plugin_kit::{Action, Example, Field, Idempotency};

use crate::notions::{EMAIL, MESSAGE, UNSIGNED_RESULT};
use crate::service;

const LINE: Text = Text::new(255);

const CONTACT: Field = EMAIL.about("The contact's e-mail address.").wire(&["lead_email"]);

const NAME: Field =
    Field::optional("name", &LINE).title("Name").about("The new name.").examples(r#"["John"]"#).wire(&["lead_name"]);

const PHONE: Field = Field::optional("phone", &LINE)
    .title("Telephone")
    .about("The new telephone.")
    .examples(r#"["+18000000000"]"#)
    .wire(&["lead_phone"]);

const CITY: Field = Field::optional("city", &LINE)
    .title("City")
    .about("The new city.")
    .examples(r#"["Los Angeles"]"#)
    .wire(&["lead_city"]);

const TAGS: Field = Field::optional("tags", &Text::new(1000))
    .title("Tags")
    .about("Tags, with commas between them.")
    .examples(r#"["tag1,tag2,tag3"]"#)
    .wire(&["lead_tags"]);

const INPUT: &[Field] = &[CONTACT, NAME, PHONE, CITY, TAGS];

/// The action.
pub const ACTION: Action = Action::change(
    "update_contact",
    "Update a contact",
    "Change the name, telephone, city or tags of a contact of the JustClick account. What is left out stays.",
    |call| service::change(call, "UpdateSubscriberData", INPUT),
)
.idempotency(Idempotency::Natural)
.subject(CONTACT.name(), "contact")
.input(INPUT)
.output("Updated contact", &[CONTACT, NAME, PHONE, CITY, TAGS, MESSAGE, UNSIGNED_RESULT])
.examples(&[Example {
    title: "A name and tags",
    input: r#"{"email":"tester@influencersoft.com","name":"John","tags":"tag1,tag2"}"#,
    output: r#"{"email":"tester@influencersoft.com","name":"John","tags":"tag1,tag2","message":"ok"}"#,
}]);
