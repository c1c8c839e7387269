//! The action `get_partner_stats`.
//!
//! Source: the service's help page on `GetPartnerStats`.

use plugin_kit::text::contains;
use plugin_kit::types::{Day, Money, Text, Whole};
use plugin_kit::{Action, Example, Field};

use crate::form::Form;
use crate::service;

const COUNT: Whole = Whole::new(0, i64::MAX);

const PARTNER: Field = Field::required("partner", &Text::new(100).with_any_word())
    .title("Partner")
    .about("The partner's login.")
    .examples(r#"["my_partner_login"]"#);

const INPUT: &[Field] = &[
    PARTNER,
    Field::optional("from", &Day)
        .title("From")
        .about("The first day.")
        .examples(r#"["2016-08-01"]"#)
        .wire(&["date_from"]),
    Field::optional("to", &Day).title("To").about("The last day.").examples(r#"["2016-09-22"]"#).wire(&["date_to"]),
];

/// A sum over nothing is no number in databases, so any of them may be missing.
const STATS: &[Field] = &[
    Field::optional("earned", &Money).title("Earned").about("What the partner earned.").wire(&["earned_total"]),
    Field::optional("to_pay", &Money).title("To pay").about("What is left to pay.").wire(&["topay_total"]),
    Field::optional("clicks", &COUNT).title("Clicks").about("Clicks on the partner's links.").wire(&["clicks_total"]),
    Field::optional("contacts", &COUNT).title("Contacts").about("Contacts that came by them.").wire(&["leads_total"]),
    Field::optional("payments", &COUNT).title("Payments").about("Orders that were paid.").wire(&["bills_total"]),
    Field::optional("partners", &COUNT)
        .title("Partners")
        .about("Partners that came by them.")
        .wire(&["partners_total"]),
];

/// The action.
pub const ACTION: Action = Action::read(
    "get_partner_stats",
    "Get figures of a partner",
    "Look up what a partner of the JustClick shop brought and earned, in all or on some days.",
    |call| {
        let reply = service::call(call, "GetPartnerStats", &Form::of(call.input(), INPUT))?;
        let stats = service::object(call, &reply, STATS)?.object();
        // A partner who brought nothing may have none; others are none of these.
        if stats.is_empty() && contains(reply.result(), ":") && !contains(reply.result(), "_total") {
            return Err(service::unreadable(call, &reply, reply.result(), "no figures"));
        }
        Ok(stats)
    },
)
.input(INPUT)
.output("Figures", STATS)
.unsigned(&["earned", "to_pay", "clicks", "contacts", "payments", "partners"])
.examples(&[Example {
    title: "Of some weeks",
    input: r#"{"partner":"my_partner_login","from":"2016-08-01","to":"2016-09-22"}"#,
    output: r#"{"earned":"390.00","to_pay":"390.00","clicks":42,"contacts":1,"payments":1,"partners":3}"#,
}]);
