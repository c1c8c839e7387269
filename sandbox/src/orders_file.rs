//! The file orders are loaded from: `{"orders": [{"bill_id": "100000", "status": "new"}]}`.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;

use crate::orders::Order;
use crate::start_error::StartError;

/// The orders that come with the sandbox.
const SAMPLE: &str = include_str!("../orders.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrdersFile {
    orders: Vec<Order>,
}

pub(crate) fn read(path: &Path) -> Result<Vec<Order>, StartError> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
    let orders = text.and_then(|text| parse(&text));
    orders.map_err(|reason| StartError::OrdersFile { path: path.to_owned(), reason })
}

pub(crate) fn sample() -> Vec<Order> {
    parse(SAMPLE).unwrap_or_default()
}

/// The error is one line that names the line or the field.
fn parse(text: &str) -> Result<Vec<Order>, String> {
    let file: OrdersFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut seen = HashSet::new();
    for (index, order) in file.orders.iter().enumerate() {
        if order.bill_id.is_empty() {
            return Err(format!("orders[{index}].bill_id is empty"));
        }
        if !seen.insert(&order.bill_id) {
            return Err(format!("orders[{index}].bill_id: there is an order {:?} already", order.bill_id));
        }
    }
    Ok(file.orders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_the_order_of_the_docs_in_status_new() {
        let orders = parse(SAMPLE).unwrap();
        assert!(orders.iter().any(|order| order.bill_id == "100000" && order.status == "new"));
    }

    #[test]
    fn only_the_number_is_required() {
        assert_eq!(parse(r#"{"orders": [{"bill_id": "7"}]}"#).unwrap(), [Order::new("7")]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_or_field() {
        for (text, named) in [
            ("", "line 1"),
            ("[]", "line 1"),
            ("{}", "`orders`"),
            (r#"{"orders": [{"status": "new"}]}"#, "`bill_id`"),
            (r#"{"orders": [{"bill_id": "1", "state": "new"}]}"#, "`state`"),
            (r#"{"orders": [{"bill_id": ""}]}"#, "orders[0].bill_id"),
            (r#"{"orders": [{"bill_id": "1"}, {"bill_id": "1"}]}"#, "orders[1].bill_id"),
            ("{\"orders\": [\n{\"bill_id\": 100000}]}", "line 2"),
            (r#"{"orders": [{"bill_id": "1", "misbehaviour": "bad"}]}"#, "\"bad\""),
        ] {
            let message = parse(text).unwrap_err();
            assert!(message.contains(named) && !message.contains('\n'), "{text}: {message}");
        }
    }
}
