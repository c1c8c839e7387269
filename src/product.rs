//! What can be said of a product when it is made or changed.
//!
//! Source: the service's help pages on `AddGood` and `UpdateGood`.

use plugin_kit::types::{Choice, Digits, List, Money, Switch, Text, Whole};
use plugin_kit::{Field, Value, Values};

use crate::form::Form;
use crate::notions::{GROUP, GROUPS};

const ADDRESS: Text = Text::new(1000);
const TEXT: Text = Text::new(10_000).with_lines();

/// The groups that buyers are put into. The service makes those that are not there.
pub const BUYER_GROUPS: Field = Field::optional("buyer_groups", &List::new(&GROUP, 100))
    .title("Groups of buyers")
    .about("Group ids.")
    .examples(r#"[["customers"]]"#)
    .options(GROUPS);

/// The fields that are sent as they are.
pub const MORE: &[Field] = &[
    Field::optional("category", &Digits::new(20))
        .title("Category")
        .about("Its number.")
        .examples(r#"["5"]"#)
        .wire(&["parent_id"]),
    Field::optional("paid_webhook", &ADDRESS)
        .title("Webhook: paid")
        .about("URL.")
        .examples(r#"["https://example.com/paid"]"#)
        .wire(&["good_api_url_notif"]),
    Field::optional("created_webhook", &ADDRESS)
        .title("Webhook: created")
        .about("URL.")
        .examples(r#"["https://example.com/new"]"#)
        .wire(&["good_api_url_new_order"]),
    Field::optional("success_url", &ADDRESS)
        .title("Page after payment")
        .about("URL.")
        .examples(r#"["https://example.com/thanks"]"#)
        .wire(&["good_success_link"]),
    Field::optional("download_url", &ADDRESS)
        .title("Download")
        .about("URL.")
        .examples(r#"["https://example.com/book.pdf"]"#)
        .wire(&["good_download"]),
    Field::optional("mail_subject", &Text::new(255))
        .title("Letter: subject")
        .about("Of the letter after payment.")
        .examples(r#"["Thank you"]"#)
        .wire(&["good_mail_subject"]),
    Field::optional("mail_format", &Choice::new(&[("html", "HTML", &[]), ("text", "text", &["plain"])]))
        .title("Letter: format")
        .about("Letter: format.")
        .examples(r#"["text"]"#)
        .wire(&["good_mail_format"]),
    Field::optional("mail_html", &TEXT)
        .title("Letter: HTML")
        .about("Letter: HTML.")
        .examples(r#"["Thank <b>you</b>"]"#)
        .wire(&["good_mail_body"]),
    Field::optional("mail_text", &TEXT)
        .title("Letter: text")
        .about("Letter: text.")
        .examples(r#"["Thank you"]"#)
        .wire(&["good_mail_text"]),
    Field::optional("partner_fee", &Money)
        .title("Partner's fee")
        .about("Amount.")
        .examples(r#"["100.00"]"#)
        .wire(&["good_partner_fee"]),
    Field::optional("partner_fee_percent", &Money)
        .title("Partner's fee in percent")
        .about("Partner's fee in percent.")
        .examples(r#"["10"]"#)
        .wire(&["good_partner_fee_perc"]),
    Field::optional("partner_show", &Switch)
        .title("Show to partners")
        .about("Show to partners.")
        .examples("[true]")
        .wire(&["good_partner_show"]),
    Field::optional("payment_text", &TEXT)
        .title("Payment page: HTML")
        .about("HTML.")
        .examples(r##"["#PRODUCT# #PRICE#"]"##)
        .wire(&["good_pay_text"]),
    Field::optional("timer", &Switch)
        .title("Payment deadline")
        .about("Payment deadline.")
        .examples("[true]")
        .wire(&["good_timer"]),
    Field::optional(
        "timer_unit",
        &Choice::new(&[("min", "minutes", &["minute"]), ("hour", "hours", &[]), ("day", "days", &[])]),
    )
    .title("Deadline: unit")
    .about("Deadline: unit.")
    .examples(r#"["day"]"#)
    .wire(&["good_timer_unit"]),
    Field::optional("timer_duration", &Whole::new(1, 100_000))
        .title("Deadline: how many")
        .about("How many.")
        .examples("[3]")
        .wire(&["good_timer_duration"]),
    Field::optional("publish", &Switch)
        .title("In the catalogue")
        .about("In the catalogue.")
        .examples("[true]")
        .wire(&["good_publish"]),
];

/// An action's own fields, and then these.
pub const fn with_more<const ALL: usize>(own: &[Field]) -> [Field; ALL] {
    let mut all = [BUYER_GROUPS; ALL];
    let mut place = 0;
    while place < ALL {
        all[place] = if place < own.len() { own[place] } else { MORE[place - own.len()] };
        place += 1;
    }
    all
}

/// Adds what can be said of a product to a form.
pub fn described(form: Form, input: &Values) -> Form {
    let form = form.and(input, MORE);
    let Some(Value::List(groups)) = input.get(BUYER_GROUPS.name()) else { return form };
    let names: Vec<_> = groups.iter().map(Value::as_str).collect();
    form.with("good_client_rassilki", names.join(","))
}
