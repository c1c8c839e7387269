//! The action `add_contact`: a contact is put into groups.
//!
//! Source: the service's help page on `AddLeadToGroup`. Who is in all of the groups is answered with
//! 102, and who is in some is put into the others.

use plugin_kit::types::{List, Switch, Text};
use plugin_kit::{Action, Call, Error, Example, Field, Idempotency, Object, fields};

use crate::form::Form;
use crate::notions::{EMAIL, GROUP, GROUPS, MESSAGE};
use crate::order::MARKS;
use crate::service;

/// The code for "in all of the groups already".
const ALREADY_THERE: i64 = 102;

const LINE: Text = Text::new(255);

const CONTACT: Field = EMAIL.about("The contact's e-mail address.").wire(&["lead_email"]);

const GROUP_IDS: Field = Field::required("group_ids", &List::new(&GROUP, 100))
    .title("Groups")
    .about("The ids of the groups.")
    .examples(r#"[["super"]]"#)
    .wire(&["rid"])
    .options(GROUPS);

const OWN: &[Field] = &[
    GROUP_IDS,
    CONTACT,
    Field::optional("name", &LINE).title("Name").about("The name.").examples(r#"["Name"]"#).wire(&["lead_name"]),
    Field::optional("phone", &LINE)
        .title("Telephone")
        .about("The telephone.")
        .examples(r#"["+788888888"]"#)
        .wire(&["lead_phone"]),
    Field::optional("city", &LINE).title("City").about("The city.").examples(r#"["City"]"#).wire(&["lead_city"]),
    Field::optional("tag", &LINE).title("Tag").about("A free mark.").examples(r#"["this is tag"]"#),
    Field::optional("done_url", &Text::new(1000))
        .title("Page after confirming")
        .about("Where the contact lands after confirming.")
        .examples(r#"["http://yandex.ru/"]"#)
        .wire(&["doneurl2"]),
    Field::optional("confirm", &Switch)
        .title("Ask for confirmation")
        .about("Whether the contact has to confirm; JustClick heeds it on some tariffs only.")
        .examples("[true]")
        .wire(&["activation"]),
];

const INPUT: &[Field] = fields![OWN, &MARKS];

/// The action.
pub const ACTION: Action = Action::create(
    "add_contact",
    "Add a contact to groups",
    "Put a contact into contact groups of the JustClick account; one that is not there yet is made.",
    add,
)
.idempotency(Idempotency::Natural)
.subject(CONTACT.name(), "contact")
.input(INPUT)
.output(
    "Added contact",
    &[
        CONTACT,
        Field::required("already_there", &Switch)
            .title("Already there")
            .about("Whether the contact was in all of the groups, so that nothing was changed."),
        MESSAGE,
    ],
)
.examples(&[
    Example {
        title: "Into one group",
        input: r#"{"group_ids":["super"],"email":"lead@email.com","name":"Name"}"#,
        output: r#"{"email":"lead@email.com","already_there":false,"message":"ok"}"#,
    },
    Example {
        title: "There already",
        input: r#"{"group_ids":["super"],"email":"lead@email.com"}"#,
        output: r#"{"email":"lead@email.com","already_there":true,"message":"the subscriber is already registered"}"#,
    },
]);

fn add(call: &Call) -> Result<Object, Error> {
    let input = call.input();
    let reply = service::answer(call, "AddLeadToGroup", &Form::of(input, INPUT), &[ALREADY_THERE])?;
    let output = Object::new().text("email", input.text("email"));
    Ok(output.switch("already_there", reply.code == ALREADY_THERE).text("message", &reply.text))
}
