//! The action `update_order_status`: an order was paid, posted, returned or cancelled.
//!
//! Source: the service's help page on `UpdateOrderStatus`.

use plugin_kit::types::{Choice, Code, Moment};
use plugin_kit::{Action, Example, Field, Idempotency, Refused};

use crate::notions::{MESSAGE, ORDER_NUMBER, UNSIGNED_RESULT};
use crate::service;

const STATUS: Field = Field::required(
    "status",
    &Choice::new(&[
        ("sent", "posted by mail", &["sen", "ship", "post", "mail", "dispatch", "отправ"]),
        ("paid", "paid", &["paid", "pay", "оплач"]),
        ("return", "returned by the customer", &["return", "refund", "возвр"]),
        ("cancel", "cancelled", &["cancel", "abort", "отмен", "аннул"]),
    ]),
)
.title("Status")
.examples(r#"["sent", "paid", "return", "cancel"]"#)
.refuses(&[Refused(r#""payed""#, "not one of the four"), Refused(r#""CANCELLED""#, "not one of the four")]);

const DATE: Field = Field::required_if("date", &Moment, "status", &["sent", "paid"])
    .title("Date")
    .about("When the order was posted or paid: UNIX seconds, or an RFC 3339 date-time with its offset, of the years 2000 to 2049.")
    .examples(r#"[1362254400, "1362254400", "2013-03-03T00:00:00+04:00"]"#);

const RPO: Field = Field::required_if("rpo", &Code::new("tracking number", 64), "status", &["sent"])
    .title("Tracking number")
    .about("The tracking number of the postal item, at most 64 characters.")
    .examples(r#"["10000000000000", "RA123456789RU"]"#);

const INPUT: &[Field] = &[ORDER_NUMBER, STATUS, DATE, RPO];

/// The action.
pub const ACTION: Action = Action::change(
    "update_order_status",
    "Update order status",
    "Tell the JustClick shop that an order was paid, posted with a tracking number, returned by the customer, or cancelled.",
    |call| service::change(call, "UpdateOrderStatus", INPUT),
)
.idempotency(Idempotency::Natural)
.subject(ORDER_NUMBER.name(), "order")
// No `verify`: an order tells of its payment alone, and where a repeat does no harm, a look is one more request
// for a service that blocks those who call too often.
.input(INPUT)
.output("Updated order", &[
    ORDER_NUMBER.about("The order that was changed.").examples(r#"["100000"]"#),
    STATUS.about("Its new status.").examples(r#"["sent"]"#),
    DATE.about("The date that was sent, in UNIX seconds.").examples("[1362254400]"),
    RPO.about("The tracking number that was sent.").examples(r#"["10000000000000"]"#),
    MESSAGE.examples(r#"["order status changed"]"#),
    UNSIGNED_RESULT,
])
.examples(&[
    Example {
        title: "Posted by mail",
        input: r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#,
        output: r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000","message":"order status changed"}"#,
    },
    Example {
        title: "Paid, with a date-time",
        input: r#"{"bill_id":100000,"status":"paid","date":"2013-03-03T00:00:00+04:00"}"#,
        output: r#"{"bill_id":"100000","status":"paid","date":1362254400,"message":"order status changed"}"#,
    },
    Example {
        title: "Returned by the customer, fields of the form left empty",
        input: r#"{"bill_id":"100000","status":"return","date":"","rpo":null}"#,
        output: r#"{"bill_id":"100000","status":"return","message":"order status changed"}"#,
    },
    Example {
        title: "Cancelled",
        input: r#"{"bill_id":"100000","status":"cancel"}"#,
        output: r#"{"bill_id":"100000","status":"cancel","message":"order status changed"}"#,
    },
]);
