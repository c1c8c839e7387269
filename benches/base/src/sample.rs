//! The one call that all contenders make: the example of the service's page on `UpdateOrderStatus`.

use serde::Serialize;

pub use justclick_sandbox::{Account, SAMPLE_API_KEY as API_KEY, SAMPLE_LOGIN as LOGIN};

/// The action, and so the plugin's export.
pub const ACTION: &str = "update_order_status";

/// Its input.
pub const INPUT: &str = r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#;

/// What the service says when the order was changed.
pub const DONE: &str = "order status changed";

/// The input for a program that is made for this call alone.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Order {
    /// The order's number.
    pub bill_id: &'static str,
    /// Its new status.
    pub status: &'static str,
    /// When it was posted, in UNIX seconds.
    pub date: u64,
    /// The tracking number.
    pub rpo: &'static str,
}

/// The same as [`INPUT`].
pub const ORDER: Order = Order { bill_id: "100000", status: "sent", date: 1_362_254_400, rpo: "10000000000000" };

/// The input for another order.
pub fn input_for(bill_id: usize) -> String {
    INPUT.replace(ORDER.bill_id, &bill_id.to_string())
}

/// The service's reply, signed as it signs.
pub fn reply() -> String {
    let hash = Account::new(LOGIN, API_KEY).reply_hash(0, DONE.as_bytes());
    format!(r#"{{"error_code":0,"error_text":"{DONE}","hash":"{hash}"}}"#)
}

/// The plugin's config.
pub fn config(base_url: &str) -> [(&'static str, String); 3] {
    [("login", LOGIN.to_owned()), ("api_key", API_KEY.to_owned()), ("base_url", base_url.to_owned())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_input() {
        assert_eq!(serde_json::to_string(&ORDER).unwrap(), INPUT);
        assert_eq!(input_for(7), INPUT.replace("100000", "7"));
    }
}
