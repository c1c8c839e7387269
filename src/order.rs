//! An order as the service gives it, and as actions give it back.

use plugin_kit::reply::Unreadable;
use plugin_kit::text::integer;
use plugin_kit::types::{Digits, Lines, Moment, Money, Switch, Text};
use plugin_kit::{Call, Error, Field, Value, Values, reply};

use crate::notions::ORDER_NUMBER;
use crate::reply::Reply;
use crate::service;

const LINE: Text = Text::new(255);

/// The products in an order.
const GOODS: &[Field] = &[
    Field::required("product_id", &LINE).title("Product").about("The product's id.").wire(&["id"]),
    Field::optional("title", &LINE).title("Title").about("What people call it."),
    Field::optional("sum", &Money).title("Sum").about("What it costs in this order."),
    Field::optional("price", &Money).title("Price").about("What it costs by its settings."),
    Field::optional("pin_code", &LINE).title("PIN code").about("The code that came with it.").wire(&["pincode"]),
];

/// Marks of where a customer came from.
pub const UTM: [Field; 5] = [
    Field::optional("utm_medium", &LINE)
        .title("UTM medium")
        .about("Where the customer came from.")
        .wire(&["utm[medium]"]),
    Field::optional("utm_source", &LINE)
        .title("UTM source")
        .about("Where the customer came from.")
        .wire(&["utm[source]"]),
    Field::optional("utm_campaign", &LINE)
        .title("UTM campaign")
        .about("Where the customer came from.")
        .wire(&["utm[campaign]"]),
    Field::optional("utm_content", &LINE)
        .title("UTM content")
        .about("Where the customer came from.")
        .wire(&["utm[content]"]),
    Field::optional("utm_term", &LINE).title("UTM term").about("Where the customer came from.").wire(&["utm[term]"]),
];

/// The marks that requests have. A partner's login is the source of the medium `affiliate`; the partner's
/// own marks are shown to nobody else.
pub const MARKS: [Field; 10] = [
    UTM[0].about("").examples(r#"["cpc"]"#).wire(&["utm[utm_medium]"]),
    UTM[1].about("").examples(r#"["adwords"]"#).wire(&["utm[utm_source]"]),
    UTM[2].about("").examples(r#"["spring"]"#).wire(&["utm[utm_campaign]"]),
    UTM[3].about("").examples(r#"["banner"]"#).wire(&["utm[utm_content]"]),
    UTM[4].about("").examples(r#"["teapot"]"#).wire(&["utm[utm_term]"]),
    partners("aff_medium", "Partner's medium", r#"["blog"]"#, &["utm[aff_medium]"]),
    partners("aff_source", "Partner's source", r#"["newsletter"]"#, &["utm[aff_source]"]),
    partners("aff_campaign", "Partner's campaign", r#"["autumn"]"#, &["utm[aff_campaign]"]),
    partners("aff_content", "Partner's content", r#"["header"]"#, &["utm[aff_content]"]),
    partners("aff_term", "Partner's term", r#"["kettle"]"#, &["utm[aff_term]"]),
];

const fn partners(
    name: &'static str,
    title: &'static str,
    example: &'static str,
    wire: &'static [&'static str],
) -> Field {
    Field::optional(name, &LINE).title(title).examples(example).wire(wire)
}

/// All of an order. What the service does not give is not there.
pub const FIELDS: &[Field] = &[
    ORDER_NUMBER.wire(&["id"]),
    Field::optional("pay_status", &LINE).title("Payment").about("waiting, paid or cancel; JustClick may have others."),
    Field::optional("created", &Moment).title("Created").about("When it was created, in UNIX seconds."),
    Field::optional("paid", &Moment).title("Paid").about("When it was paid, in UNIX seconds."),
    Field::optional("price", &Money).title("Price").about("What it costs."),
    // It is added up here, so that an event can be held against the order: no member is called so.
    Field::optional("total", &Money).title("Total").about("The sums of its products.").wire(&["items[][sum]"]),
    Field::optional("to_pay", &Money).title("To pay").about("What is left to pay.").wire(&["bill_sum_topay"]),
    Field::optional("email", &LINE).title("E-mail").about("The customer's e-mail address."),
    Field::optional("first_name", &LINE).title("First name").about("The customer's first name."),
    Field::optional("last_name", &LINE).title("Surname").about("The customer's surname."),
    Field::optional("middle_name", &LINE).title("Middle name").about("The customer's middle name."),
    Field::optional("phone", &LINE).title("Telephone").about("The customer's telephone."),
    Field::optional("country", &LINE).title("Country").about("Where to deliver."),
    Field::optional("region", &LINE).title("Region").about("Where to deliver."),
    Field::optional("city", &LINE).title("City").about("Where to deliver."),
    Field::optional("address", &LINE).title("Address").about("Where to deliver: street and house."),
    Field::optional("postal_code", &LINE).title("Postal code").about("Where to deliver.").wire(&["postalcode"]),
    Field::optional("comment", &LINE).title("Comment").about("A comment."),
    Field::optional("tag", &LINE).title("Tag").about("The shop's own mark."),
    Field::optional("coupon", &LINE).title("Coupon").about("The coupon that was used.").wire(&["coupon", "kupon"]),
    Field::optional("payment_method", &LINE).title("Payment method").about("How it was paid.").wire(&["payway"]),
    Field::optional("payment_link", &LINE).title("Payment page").about("Where the customer pays.").wire(&["link"]),
    Field::optional("is_recurrent", &Switch).title("Recurrent").about("Whether it is paid again and again."),
    UTM[0],
    UTM[1],
    UTM[2],
    UTM[3],
    UTM[4],
    Field::optional("goods", &Lines::new(GOODS, 1000)).title("Products").about("What was ordered.").wire(&["items"]),
];

/// What nothing vouches for: the service signs its code and text alone.
pub const UNSIGNED: &[&str] = &[
    "bill_id",
    "pay_status",
    "created",
    "paid",
    "price",
    "total",
    "to_pay",
    "email",
    "first_name",
    "last_name",
    "middle_name",
    "phone",
    "country",
    "region",
    "city",
    "address",
    "postal_code",
    "comment",
    "tag",
    "coupon",
    "payment_method",
    "payment_link",
    "is_recurrent",
    "utm_medium",
    "utm_source",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "goods",
];

/// Orders that were found, with their products.
pub const FOUND: &[Field] = &[
    ORDER_NUMBER,
    Field::required("goods", &Lines::new(FOUND_GOODS, 1000)).title("Products").about("What was ordered."),
];

/// A product of an order that was found.
pub const FOUND_GOODS: &[Field] = &[
    Field::optional("product_number", &Digits::new(20)).title("Product number").about("The product's number."),
    Field::optional("product_id", &LINE).title("Product").about("The product's id.").wire(&["good_name"]),
    Field::optional("title", &LINE).title("Title").about("What people call it.").wire(&["good_title"]),
];

/// Reads an order of a reply: all of its data, or a part.
///
/// # Errors
/// That the answer can't be read.
pub fn read(call: &Call, reply: &Reply, json: &str) -> Result<Values, Error> {
    parse(call, json).map_err(|why| service::unreadable(call, reply, json, &why))
}

/// Reads an order, as a reply or a webhook has it.
///
/// # Errors
/// What can't be read: continues "The answer has …".
pub fn parse(call: &Call, json: &str) -> Result<Values, Unreadable> {
    let mut order = reply::object(json, FIELDS)?;
    if let Some(total) = total(&order) {
        order.set("total", Value::Text(total));
    }
    // Without a host of its own, an order's link is a path of the account.
    let link = order.text("payment_link");
    if link.starts_with('/') && !link.starts_with("//") {
        let whole = [call.config("base_url"), link].concat();
        order.set("payment_link", Value::Text(whole));
    }
    Ok(order)
}

/// What no amount of money reaches, in cents.
const LARGEST: i64 = 100_000_000_000_000_000;

/// What all products cost together, if each says what it costs.
fn total(order: &Values) -> Option<String> {
    let Some(Value::List(goods)) = order.get("goods") else { return None };
    let mut cents: i64 = 0;
    for line in goods {
        let Value::Fields(line) = line else { return None };
        let (whole, fraction) = line.text("sum").split_once('.')?;
        cents = cents.checked_add(integer(&[whole, fraction].concat())?)?;
    }
    (!goods.is_empty() && cents.abs() < LARGEST).then(|| Money::of_cents(cents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_the_sum_of_all_products_to_the_cent() {
        let total_of = |items: &str| total(&reply::object(&format!(r#"{{"id":7,"items":{items}}}"#), FIELDS).unwrap());
        assert_eq!(total_of(r#"[{"id":"a","sum":"0.10"},{"id":"b","sum":"1500"}]"#).as_deref(), Some("1500.10"));
        assert_eq!(total_of(r#"[{"id":"a","sum":0.01}]"#).as_deref(), Some("0.01"));
        assert_eq!(total_of(r#"[{"id":"a","sum":0}]"#).as_deref(), Some("0.00"));
        assert_eq!(total_of(r#"[{"id":"a","sum":"10"},{"id":"b","sum":"-0.30"}]"#).as_deref(), Some("9.70"));
        assert_eq!(total_of(r#"[{"id":"a","sum":"-0.05"}]"#).as_deref(), Some("-0.05"));
        let largest = r#"{"id":"a","sum":"999999999999999.99"}"#;
        for items in ["[]", r#"[{"id":"a"}]"#, &format!("[{largest},{largest}]")] {
            assert_eq!(total_of(items), None, "{items}");
        }
    }
}
