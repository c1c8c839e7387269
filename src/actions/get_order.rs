//! The action `get_order`: all that is known of one order.
//!
//! Source: the service's help page on `getOrderDetails`, which is spelt so.

use plugin_kit::{Action, Example};

use crate::form::Form;
use crate::listing::rank;
use crate::notions::ORDER_NUMBER;
use crate::{order, service};

/// The action.
pub const ACTION: Action = Action::read(
    "get_order",
    "Get an order",
    "Look up an order of the JustClick shop: its customer, products, payment and payment page.",
    |call| {
        let number = call.input().text("bill_id");
        let reply = service::call(call, "getOrderDetails", &Form::new().with("bill_id", number))?;
        let order = order::read(call, &reply, reply.result())?;
        // The signature does not cover it, and others build on it that this is the order they asked for.
        if rank(order.text("bill_id")) != rank(number) {
            return Err(service::unreadable(call, &reply, reply.result(), "another order"));
        }
        Ok(order.object())
    },
)
.input(&[ORDER_NUMBER])
.output("Order", order::FIELDS)
.unsigned(order::UNSIGNED)
.examples(&[Example {
    title: "One order",
    input: r#"{"bill_id":"102937"}"#,
    output: r#"{"bill_id":"102937","pay_status":"waiting","created":1362254400,"price":"1500.00","to_pay":"1500.00","email":"user4@email.com","first_name":"Name","payment_link":"https://username.justclick.ru/shops/pay/102937/","goods":[{"product_id":"invoice","title":"Payment for training","sum":"1500.00","price":"1500.00"}]}"#,
}]);
