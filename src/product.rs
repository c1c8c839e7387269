//! What can be said of a product when it is made or changed.
//!
//! Source: the service's help pages on `AddGood` and `UpdateGood`.

use plugin_kit::text::contains;
use plugin_kit::types::{Choice, Code, Digits, List, Money, Switch, Text, Whole};
use plugin_kit::{Error, Field, Value, Values, fields};

use crate::form::Form;
use crate::notions::{GROUP, GROUPS};
use crate::service;

const ADDRESS: Text = Text::new(1000);
const TEXT: Text = Text::new(10_000).with_lines();

/// The groups that buyers are put into. The service makes those that are not there.
const BUYER_GROUPS: Field = Field::optional("buyer_groups", &List::new(&GROUP, 100))
    .title("Groups for buyers")
    .examples(r#"[["customers"]]"#)
    .wire(&["good_client_rassilki"])
    .options(GROUPS);

/// Where to it is sold. The service's own codes are ISO's with three letters, and some more; its
/// examples have two.
const COUNTRIES: Field = Field::optional("countries", &List::new(&Code::new("country code", 3), 250))
    .title("Only to countries, by their codes")
    .examples(r#"[["USA", "DEU"]]"#)
    .wire(&["good_only_countries"]);

/// What the service has as one text, with commas between the values.
const LISTS: [Field; 2] = [BUYER_GROUPS, COUNTRIES];

/// The fields that are sent as they are.
const MORE: &[Field] = &[
    Field::optional("category", &Digits::new(20)).title("Category number").examples(r#"["5"]"#).wire(&["parent_id"]),
    Field::optional("paid_webhook", &ADDRESS)
        .title("Webhook: order paid")
        .examples(r#"["https://example.com/paid"]"#)
        .wire(&["good_api_url_notif"]),
    Field::optional("created_webhook", &ADDRESS)
        .title("Webhook: order created")
        .examples(r#"["https://example.com/new"]"#)
        .wire(&["good_api_url_new_order"]),
    Field::optional("success_url", &ADDRESS)
        .title("Page after payment: address")
        .examples(r#"["https://example.com/thanks"]"#)
        .wire(&["good_success_link"]),
    Field::optional("download_url", &ADDRESS)
        .title("Download: address")
        .examples(r#"["https://example.com/book.pdf"]"#)
        .wire(&["good_download"]),
    Field::optional("mail_subject", &Text::new(255))
        .title("Letter after payment: subject")
        .examples(r#"["Thank you"]"#)
        .wire(&["good_mail_subject"]),
    Field::optional("mail_format", &Choice::new(&[("html", "", &[]), ("text", "", &["plain"])]))
        .title("Letter after payment: format")
        .examples(r#"["text"]"#)
        .wire(&["good_mail_format"]),
    Field::optional("mail_html", &TEXT)
        .title("Letter after payment: HTML")
        .examples(r#"["Thank <b>you</b>"]"#)
        .wire(&["good_mail_body"]),
    Field::optional("mail_text", &TEXT)
        .title("Letter after payment: text")
        .examples(r#"["Thank you"]"#)
        .wire(&["good_mail_text"]),
    Field::optional("partner_fee", &Money).title("Partner's fee").examples(r#"["100.00"]"#).wire(&["good_partner_fee"]),
    Field::optional("partner_fee_percent", &Money)
        .title("Partner's fee in percent")
        .examples(r#"["10"]"#)
        .wire(&["good_partner_fee_perc"]),
    Field::optional("partner_fee_2", &Money)
        .title("Second partner's fee")
        .examples(r#"["20.00"]"#)
        .wire(&["good_partner_pfee"]),
    Field::optional("partner_fee_2_percent", &Money)
        .title("Second partner's fee in percent")
        .examples(r#"["2"]"#)
        .wire(&["good_partner_pfee_perc"]),
    Field::optional("partner_show", &Switch).title("Show to partners").examples("[true]").wire(&["good_partner_show"]),
    Field::optional("partner_url", &ADDRESS)
        .title("For partners: page")
        .examples(r#"["https://example.com/sale"]"#)
        .wire(&["good_partner_SL_link"]),
    Field::optional("partner_more_url", &ADDRESS)
        .title("For partners: another page")
        .examples(r#"["https://example.com/more"]"#)
        .wire(&["good_partner_addition_link"]),
    Field::optional("partner_text", &TEXT)
        .title("For partners: text")
        .examples(r#"["Good for beginners"]"#)
        .wire(&["good_partner_text"]),
    Field::optional("payment_text", &TEXT)
        .title("Payment page: HTML")
        .examples(r##"["#PRODUCT# #PRICE#"]"##)
        .wire(&["good_pay_text"]),
    Field::optional("timer", &Switch).title("Payment has a deadline").examples("[true]").wire(&["good_timer"]),
    Field::optional("timer_unit", &Choice::new(&[("min", "", &["minute"]), ("hour", "", &[]), ("day", "", &[])]))
        .title("Payment deadline: unit")
        .examples(r#"["day"]"#)
        .wire(&["good_timer_unit"]),
    Field::optional("timer_duration", &Whole::new(1, 100_000))
        .title("Payment deadline: how many")
        .examples("[3]")
        .wire(&["good_timer_duration"]),
    Field::optional("publish", &Switch).title("Show in the catalogue").examples("[true]").wire(&["good_publish"]),
    Field::optional("cash_on_delivery", &Switch)
        .title("Cash on delivery at once")
        .examples("[true]")
        .wire(&["good_nalozh_only"]),
    Field::optional("post_service", &Choice::new(&[("none", "", &[]), ("quickpost", "", &[])]))
        .title("Delivery service")
        .examples(r#"["quickpost"]"#)
        .wire(&["good_post_service"]),
    Field::optional("quickpost_article", &Code::new("article", 100))
        .title("QuickPost article")
        .examples(r#"["A-17"]"#)
        .wire(&["good_quickpost_article"]),
    Field::optional("short_form", &Switch).title("Short order form").examples("[true]").wire(&["good_use_short"]),
    Field::optional("cost", &Money).title("Costs").examples(r#"["300.00"]"#).wire(&["good_rashod"]),
    Field::optional("cost_percent", &Money).title("Costs in percent").examples(r#"["15"]"#).wire(&["good_rashod_perc"]),
];

/// What follows an action's own fields: the groups of buyers, and then what is needed less often.
pub const ADDED: &[Field] = fields![&[BUYER_GROUPS], MORE, &[COUNTRIES]];

/// Adds what can be said of a product to a form.
///
/// # Errors
/// As of an input that is not valid: a value would be several in a list with commas, or is no code of a country.
pub fn described(form: Form, input: &Values) -> Result<Form, Error> {
    let mut form = form.and(input, MORE);
    for field in LISTS {
        if let Some(Value::List(values)) = input.get(field.name()) {
            let texts: Vec<_> = values.iter().map(Value::as_str).collect();
            let list = texts.join(",");
            if texts.iter().any(|text| contains(text, ",")) {
                return Err(service::invalid(field.name(), "has a comma within"));
            }
            if field.name() == COUNTRIES.name() && list.bytes().any(|byte| byte != b',' && !byte.is_ascii_alphabetic())
            {
                return Err(service::invalid(field.name(), "are codes such as DEU"));
            }
            form = form.with(field.wire_name(), list);
        }
    }
    Ok(form)
}
