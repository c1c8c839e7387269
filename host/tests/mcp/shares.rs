//! Several accounts in one server: whatever one of them does, the others keep their pace.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::agent::Agent;
use crate::common::connections;
use crate::support::*;

fn with(input: Value, connection: &str) -> Value {
    let mut input = input;
    input["connection"] = connection.into();
    input
}

#[test]
fn a_shop_whose_service_hangs_neither_stops_nor_slows_another() {
    let (hanging, well) = (slow_sandbox(Duration::from_secs(20)), sandbox());
    let file = connections(&[("hanging", &hanging), ("well", &well)]);
    let mut agent = Agent::start(&well, &["--connections", file.path().to_str().unwrap()]);
    for n in 0..96 {
        agent.ask("tools/call", &calling(&with(cancel(&(1 + n % 9).to_string()), "hanging")));
    }
    until(|| hanging.request_count() == 9);
    for _ in 0..20 {
        let begun = Instant::now();
        output(&agent.call(&with(cancel("100000"), "well")));
        assert!(begun.elapsed() < Duration::from_secs(2), "it took {:?}", begun.elapsed());
    }
    assert_eq!(hanging.request_count(), 9);
}
