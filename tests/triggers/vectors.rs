//! The hashes of webhooks are those of real PHP.

use justclick::signature::notification;
use plugin_kit::Secret;
use serde_json::Value;

#[test]
fn every_webhook_of_php_is_met() {
    let all = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/calls.ndjson")).unwrap();
    let cases = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut seen = 0;
    for case in cases.filter(|case| case["kind"] == "webhook") {
        let text = |name: &str| case[name].as_str().unwrap();
        let key = Secret::new(text("key").to_owned());
        let hash = notification(text("id"), text("email"), text("time"), &key);
        assert_eq!(hash, text("hash"), "{}", text("name"));
        seen += 1;
    }
    assert!(seen >= 60, "only {seen} webhooks");
}
