//! The service's rules: what it does with a request, without HTTP.
//!
//! Codes and their meanings are those of the service's help pages, "API service responses"; the
//! texts are its own where a sample of them is known, and ours where none is.

use serde_json::{Value, json};

use crate::form::Form;
use crate::orders::{Change, Order};
use crate::signature::Account;

/// What the service has to say: the content of its JSON, before signing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) code: u32,
    pub(crate) text: String,
    pub(crate) result: Option<Value>,
}

impl Reply {
    pub(crate) fn new(code: u32, text: &str) -> Self {
        Self { code, text: text.to_owned(), result: None }
    }

    /// A reply with this code and the text that goes with it.
    pub(crate) fn of_code(code: u32) -> Self {
        Self::new(
            code,
            match code {
                0 => "order status changed",
                1 => "Hash is not transferred",
                2 => "No parameters",
                3 => "Wrong parameters",
                4 => "Incorrect hash",
                5 => "Unknown login",
                6 => "Permission denied for this IP",
                7 => "Account is disabled",
                8 => "Request limit is exhausted",
                200 => "Nonexistent order",
                201 => "Wrong status",
                202 => "Error while paying the order",
                203 => "Order number is empty",
                302 => "Order does not exist",
                303 => "No such status",
                400 => "Order not found",
                _ => "Error",
            },
        )
    }
}

/// A request as received: its parameters without the hash, and what became of the hash.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) form: Form,
    signature: Signature,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Signature {
    NoParameters,
    NoHash,
    Wrong,
    Right,
}

impl Call {
    /// Reads a body and checks its signature over the parameters in the order received.
    pub(crate) fn read(body: &[u8], account: &Account) -> Self {
        let mut form = Form::parse(body);
        let signature = if form.is_empty() {
            Signature::NoParameters
        } else {
            match form.take("hash") {
                None => Signature::NoHash,
                Some(hash) if hash == account.request_hash(&form).as_bytes() => Signature::Right,
                Some(_) => Signature::Wrong,
            }
        };
        Self { form, signature }
    }

    pub(crate) fn signature_ok(&self) -> bool {
        self.signature == Signature::Right
    }

    /// What every function checks first.
    fn authorise(&self) -> Result<(), Reply> {
        match self.signature {
            Signature::Right => Ok(()),
            Signature::NoParameters => Err(Reply::of_code(2)),
            Signature::NoHash => Err(Reply::of_code(1)),
            Signature::Wrong => Err(Reply::of_code(4)),
        }
    }
}

/// `UpdateOrderStatus` on the order with the given `bill_id`, if there is one. The order is changed
/// when the reply's code is 0 and left alone otherwise.
pub(crate) fn update_order_status(call: &Call, order: Option<&mut Order>) -> Reply {
    let outcome = call.authorise().and_then(|()| {
        if call.form.text("bill_id").is_empty() {
            return Err(Reply::of_code(203));
        }
        let order = order.ok_or_else(|| Reply::of_code(200))?;
        order.apply(read_change(&call.form)?);
        Ok(Reply::of_code(0))
    });
    outcome.unwrap_or_else(|refusal| refusal)
}

/// `GetAllGroups`: the account's contact groups.
pub(crate) fn get_all_groups(call: &Call) -> Reply {
    match call.authorise() {
        Err(refusal) => refusal,
        Ok(()) => Reply {
            result: Some(json!([
                { "rass_name": "customers", "rass_title": "Покупатели" },
                { "rass_name": "news", "rass_title": "News/weekly" },
            ])),
            ..Reply::new(0, "OK")
        },
    }
}

/// The table of the service's page on `UpdateOrderStatus`: `date` is required for `sent` and `paid`,
/// `rpo` for `sent`; an empty parameter counts as absent.
fn read_change(form: &Form) -> Result<Change, Reply> {
    let status = form.text("status");
    let (needs_date, needs_rpo) = match status.as_str() {
        "sent" => (true, true),
        "paid" => (true, false),
        "return" | "cancel" => (false, false),
        _ => return Err(Reply::of_code(201)),
    };
    let date = match form.text("date").as_str() {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().map_err(|_| Reply::of_code(3))?)
        }
        _ => return Err(Reply::of_code(3)),
    };
    let rpo = Some(form.text("rpo")).filter(|rpo| !rpo.is_empty());
    if (needs_date && date.is_none()) || (needs_rpo && rpo.is_none()) {
        return Err(Reply::of_code(3));
    }
    Ok(Change { status, date, rpo })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{SAMPLE_API_KEY, SAMPLE_LOGIN};

    fn account() -> Account {
        Account::new(SAMPLE_LOGIN, SAMPLE_API_KEY)
    }

    fn signed(parameters: &str) -> Call {
        let hash = account().request_hash(&Form::parse(parameters.as_bytes()));
        Call::read(format!("{parameters}&hash={hash}").as_bytes(), &account())
    }

    /// The code for these parameters, signed, on order 7 in status `new`.
    fn code(parameters: &str) -> u32 {
        let mut order = Order::new("7");
        let reply = update_order_status(&signed(parameters), Some(&mut order));
        assert_eq!(reply.code == 0, order != Order::new("7"), "{parameters}: {order:?}");
        reply.code
    }

    #[test]
    fn each_status_takes_exactly_what_it_requires() {
        for (parameters, expected) in [
            ("bill_id=7&status=sent&date=1&rpo=R", 0),
            ("bill_id=7&status=sent&rpo=R", 3),
            ("bill_id=7&status=sent&date=&rpo=R", 3),
            ("bill_id=7&status=sent&date=1", 3),
            ("bill_id=7&status=sent&date=1&rpo=", 3),
            ("bill_id=7&status=paid&date=1", 0),
            ("bill_id=7&status=paid", 3),
            ("bill_id=7&status=return", 0),
            ("bill_id=7&status=cancel", 0),
            ("bill_id=7&status=cancel&date=1&rpo=R", 0),
        ] {
            assert_eq!(code(parameters), expected, "{parameters}");
        }
    }

    #[test]
    fn a_date_is_unix_seconds_in_digits_wherever_it_is_given() {
        for date in ["-1", "1.5", "2013-03-03", "%D9%A1", "99999999999999999999"] {
            assert_eq!(code(&format!("bill_id=7&status=paid&date={date}")), 3, "{date}");
            assert_eq!(code(&format!("bill_id=7&status=return&date={date}")), 3, "{date}");
        }
    }

    #[test]
    fn an_unknown_status_is_code_201() {
        for status in ["", "new", "SENT", "sent+", "shipped"] {
            assert_eq!(code(&format!("bill_id=7&status={status}&date=1&rpo=R")), 201, "{status}");
        }
        assert_eq!(code("bill_id=7"), 201);
    }

    #[test]
    fn checks_come_in_the_service_s_order() {
        let unknown = |body: &str| update_order_status(&Call::read(body.as_bytes(), &account()), None).code;
        assert_eq!(unknown(""), 2);
        assert_eq!(unknown("bill_id=&status=bad"), 1);
        assert_eq!(unknown("bill_id=&status=bad&hash=bad"), 4);
        assert_eq!(update_order_status(&signed("bill_id=&status=bad"), None).code, 203);
        assert_eq!(update_order_status(&signed("status=bad"), None).code, 203);
        assert_eq!(update_order_status(&signed("bill_id=9&status=bad"), None).code, 200);
        assert_eq!(code("bill_id=7&status=bad&date=bad"), 201);
    }

    #[test]
    fn a_hash_is_right_only_over_the_order_received_and_in_lower_case() {
        let hash = account().request_hash(&Form::parse(b"a=1&b=2"));
        let ok = |body: String| Call::read(body.as_bytes(), &account()).signature_ok();
        assert!(ok(format!("a=1&b=2&hash={hash}")));
        assert!(ok(format!("hash={hash}&a=1&b=2")));
        assert!(!ok(format!("b=2&a=1&hash={hash}")));
        assert!(!ok(format!("a=1&b=2&hash={}", hash.to_uppercase())));
        assert!(!ok("a=1&b=2&hash=".to_owned()));
    }
}
