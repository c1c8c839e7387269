//! The action `update_order_status`: an order was paid, posted, returned or cancelled.
//!
//! Source: the service's help page on `UpdateOrderStatus`.

use serde_json::{Value, json};

use crate::action::{Action, CounterExample};
use crate::condition::Condition;
use crate::describe::{DIALECT, field};
use crate::error::Error;
use crate::form::Form;
use crate::input::{Given, Input, quoted};
use crate::json::Object;
use crate::value::{OrderNumber, TrackingNumber, UnixSeconds};

/// A change of an order's status that follows the service's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateOrderStatus {
    bill_id: OrderNumber,
    status: Status,
    date: Option<UnixSeconds>,
    rpo: Option<TrackingNumber>,
}

/// The statuses the service takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Posted by mail.
    Sent,
    /// Paid.
    Paid,
    /// Returned by the customer.
    Return,
    /// Cancelled.
    Cancel,
}

impl Status {
    const ALL: [Self; 4] = [Self::Sent, Self::Paid, Self::Return, Self::Cancel];

    fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Paid => "paid",
            Self::Return => "return",
            Self::Cancel => "cancel",
        }
    }

    fn read(given: Given) -> Result<Self, String> {
        let hint = match given {
            Given::Text(text) => match Self::ALL.into_iter().find(|status| text.eq_ignore_ascii_case(status.as_str())) {
                Some(status) => return Ok(status),
                None => {
                    let meant = Self::meant_by(&text).map(|status| format!(": did you mean {}?", status.as_str()));
                    quoted(&text) + &meant.unwrap_or_default()
                }
            },
            _ => String::new(),
        };
        Err(format!("must be one of sent, paid, return and cancel{hint}"))
    }

    /// The status that people mean by another word for it, or a misspelt one.
    fn meant_by(text: &str) -> Option<Self> {
        const WORDS: [(&str, Status); 16] = [
            ("cancel", Status::Cancel),
            ("abort", Status::Cancel),
            ("отмен", Status::Cancel),
            ("аннул", Status::Cancel),
            ("return", Status::Return),
            ("refund", Status::Return),
            ("возвр", Status::Return),
            ("paid", Status::Paid),
            ("pay", Status::Paid),
            ("оплач", Status::Paid),
            ("sen", Status::Sent),
            ("ship", Status::Sent),
            ("post", Status::Sent),
            ("mail", Status::Sent),
            ("dispatch", Status::Sent),
            ("отправ", Status::Sent),
        ];
        let word: String = text.chars().map(lower).collect();
        let begins = WORDS.into_iter().find(|(known, _)| word.starts_with(known)).map(|(_, status)| status);
        begins.or_else(|| Self::ALL.into_iter().find(|status| strsim::osa_distance(&word, status.as_str()) < 2))
    }
}

/// The lower-case letter of an English or Russian one. The standard library knows all letters, in
/// tables that are a part of the module.
fn lower(c: char) -> char {
    match c {
        'А'..='Я' => char::from_u32(u32::from(c) + 32).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    }
}

/// When the order was posted or paid.
const DATE: Condition = Condition { field: "date", on: "status", values: &["sent", "paid"] };
/// What it was posted with.
const RPO: Condition = Condition { field: "rpo", on: "status", values: &["sent"] };

impl Action for UpdateOrderStatus {
    const FUNCTION: &'static str = "UpdateOrderStatus";
    const FIELDS: &'static [&'static str] = &["bill_id", "status", "date", "rpo"];

    fn read(mut input: Input) -> Result<Self, Error> {
        let bill_id = input.required("bill_id", ": the number of the order", OrderNumber::read);
        let status = input.required("status", ": sent, paid, return or cancel", Status::read);
        let decided = status.map(Status::as_str);
        let date = input.conditional(&DATE, decided, ": when the order was posted or paid", UnixSeconds::read);
        let rpo =
            input.conditional(&RPO, decided, ": the tracking number of the postal item", TrackingNumber::read);
        input.finish(bill_id.zip(status).map(|(bill_id, status)| Self { bill_id, status, date, rpo }))
    }

    fn form(&self) -> Form {
        Form::new()
            .with("bill_id", self.bill_id.as_str())
            .with("status", self.status.as_str())
            .with_some("date", self.date.map(|date| date.get().to_string()))
            .with_some("rpo", self.rpo.as_ref().map(TrackingNumber::as_str))
    }

    fn output(&self) -> Object {
        Object::new()
            .text("bill_id", self.bill_id.as_str())
            .text("status", self.status.as_str())
            .some("date", self.date.map(UnixSeconds::get), Object::number)
            .some("rpo", self.rpo.as_ref().map(TrackingNumber::as_str), Object::text)
    }

    fn describe() -> Value {
        json!({
            "name": "update_order_status",
            "title": "Update order status",
            "description": "Tell the JustClick shop that an order was paid, posted with a tracking number, returned by the customer, or cancelled.",
            "subject": "bill_id",
            "inputSchema": input_schema(),
            "outputSchema": output_schema(),
            "annotations": {
                "title": "Update order status",
                "readOnlyHint": false,
                "destructiveHint": true,
                "idempotentHint": true,
                "openWorldHint": true
            },
            "examples": examples(),
            "form": {
                "order": Self::FIELDS,
                "visible": Condition::visible(&[DATE, RPO]),
                "moments": ["date"]
            }
        })
    }

    fn counter_examples() -> Vec<CounterExample> {
        counter_examples()
    }
}

fn input_schema() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "Update order status",
        "type": "object",
        "properties": {
            "bill_id": field(
                "Order number",
                "The number of the order in JustClick.",
                json!(["100000", 100_000]),
                OrderNumber::schema(),
            ),
            "status": field(
                "Status",
                "sent: posted by mail. paid: paid. return: returned by the customer. cancel: cancelled.",
                json!(["sent", "paid", "return", "cancel"]),
                json!({ "type": "string", "enum": Status::ALL.map(Status::as_str) }),
            ),
            "date": field(
                "Date",
                "When the order was posted or paid: UNIX seconds, or an RFC 3339 date-time with its offset, of the years 2000 to 2049.",
                json!([1_362_254_400, "1362254400", "2013-03-03T00:00:00+04:00"]),
                UnixSeconds::optional_schema(),
            ),
            "rpo": field(
                "Tracking number",
                "The tracking number of the postal item, at most 64 characters.",
                json!(["10000000000000", "RA123456789RU"]),
                TrackingNumber::optional_schema(),
            )
        },
        "required": ["bill_id", "status"],
        "additionalProperties": false,
        "allOf": [
            DATE.schema(&json!({ "type": ["integer", "string"], "pattern": "\\S" })),
            RPO.schema(&json!({ "type": "string", "pattern": "\\S" })),
        ]
    })
}

fn output_schema() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "Updated order",
        "type": "object",
        "properties": {
            "bill_id": field("Order number", "The order that was changed.", json!(["100000"]), json!({ "type": "string" })),
            "status": field("Status", "Its new status.", json!(["sent"]), json!({ "type": "string", "enum": Status::ALL.map(Status::as_str) })),
            "date": field("Date", "The date that was sent, in UNIX seconds.", json!([1_362_254_400]), json!({ "type": "integer" })),
            "rpo": field("Tracking number", "The tracking number that was sent.", json!(["10000000000000"]), json!({ "type": "string" })),
            "message": field("Message", "What JustClick answered.", json!(["order status changed"]), json!({ "type": "string" })),
            "unsigned_result": {
                "title": "Unsigned result",
                "description": "Data JustClick added. Its signature does not cover it, so do not rely on it."
            }
        },
        "required": ["bill_id", "status", "message"],
        "additionalProperties": false
    })
}

fn examples() -> Value {
    let done = "order status changed";
    json!([
        {
            "title": "Posted by mail",
            "input": { "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000" },
            "output": { "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000", "message": done }
        },
        {
            "title": "Paid, with a date-time",
            "input": { "bill_id": 100_000, "status": "paid", "date": "2013-03-03T00:00:00+04:00" },
            "output": { "bill_id": "100000", "status": "paid", "date": 1_362_254_400, "message": done }
        },
        {
            "title": "Returned by the customer, fields of the form left empty",
            "input": { "bill_id": "100000", "status": "return", "date": "", "rpo": null },
            "output": { "bill_id": "100000", "status": "return", "message": done }
        },
        {
            "title": "Cancelled",
            "input": { "bill_id": "100000", "status": "cancel" },
            "output": { "bill_id": "100000", "status": "cancel", "message": done }
        }
    ])
}

fn counter_examples() -> Vec<CounterExample> {
    let case = |field, value: Value, why| {
        let mut input = json!({ "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000" });
        input[field] = value;
        CounterExample { field, why, input }
    };
    vec![
        case("bill_id", json!(null), "an order number is required"),
        case("bill_id", json!("  "), "a blank text is no order number"),
        case("bill_id", json!("0"), "order numbers begin at 1"),
        case("bill_id", json!("000"), "order numbers begin at 1"),
        case("bill_id", json!(-5), "order numbers begin at 1"),
        case("bill_id", json!(1.5), "an order number is whole"),
        case("bill_id", json!("№100000"), "only digits"),
        case("bill_id", json!("100 000"), "only digits, no blanks"),
        case("bill_id", json!("100.000"), "thousands are not grouped"),
        case("bill_id", json!("1.0001E+5"), "a spreadsheet has lost digits"),
        case("bill_id", json!("100\u{200b}000"), "no invisible character"),
        case("bill_id", json!("+1"), "only digits, no sign"),
        case("bill_id", json!("١٢٣"), "only the digits 0 to 9"),
        case("bill_id", json!("123456789012345678901"), "at most 20 digits"),
        case("bill_id", json!(["100000"]), "one order at a time"),
        case("status", json!(null), "a status is required"),
        case("status", json!("payed"), "not one of the four"),
        case("status", json!("CANCELLED"), "not one of the four"),
        case("status", json!(1), "a text"),
        case("date", json!(null), "required for sent"),
        case("date", json!(" "), "a blank text is no date"),
        case("date", json!(-1), "not before 2000"),
        case("date", json!(0), "not before 2000"),
        case("date", json!("1999-12-31T23:59:59Z"), "not before 2000"),
        case("date", json!(2_524_608_000_u64), "not after 2049"),
        case("date", json!(45_986), "a spreadsheet's day number"),
        case("date", json!("45986"), "a spreadsheet's day number"),
        case("date", json!("20261125"), "a day without separators"),
        case("date", json!(1.5), "whole seconds"),
        case("date", json!(1_362_254_400_000_u64), "seconds, not milliseconds"),
        case("date", json!("1362254400000"), "seconds, not milliseconds"),
        case("date", json!("2013-03-03"), "a date alone is not a moment"),
        case("date", json!("2013-03-03T00:00:00"), "without offset it is not clear which moment it is"),
        case("date", json!("2013-13-01T00:00:00Z"), "there is no 13th month"),
        case("date", json!("2013-03-03T24:00:00Z"), "hours end at 23"),
        case("date", json!("03.03.2013"), "not a moment"),
        case("date", json!("March 3, 2013"), "not RFC 3339"),
        case("date", json!(true), "not a boolean"),
        case("rpo", json!(null), "required for sent"),
        case("rpo", json!("\t "), "a blank text is no tracking number"),
        case("rpo", json!(8.008e13), "digits as they are printed, not a fraction"),
        case("rpo", json!(9_007_199_254_740_993_u64), "so large a number has been rounded by many programs"),
        case("rpo", json!(true), "a text"),
        case("rpo", json!("1000\n0000"), "no line break"),
        case("rpo", json!("1000\u{a0}0000"), "no blank that is no ordinary one"),
        case("rpo", json!("8.008e+13"), "a spreadsheet has lost digits"),
        case("rpo", json!("80080000000001.0"), "a program's number, not what is printed on the parcel"),
        case("rpo", json!("None"), "what a program writes for nothing"),
        case("rpo", json!("[object Object]"), "what a program writes for an object"),
        case("rpo", json!("{{ $json.tracking }}"), "a template that was not filled in"),
        case("rpo", json!("#N/A"), "a spreadsheet's error"),
        case("rpo", json!("1".repeat(65)), "at most 64 characters"),
        case("track", json!("10000000000000"), "unknown fields are refused"),
    ]
}
