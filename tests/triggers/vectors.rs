//! The hashes of webhooks are those of real PHP, and the README names every trigger.

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

#[test]
fn the_readme_names_every_trigger() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let description: Value = serde_json::from_str(&plugin_kit::describe::description(&justclick::PLUGIN)).unwrap();
    for trigger in description["triggers"].as_array().unwrap() {
        assert!(readme.contains(&format!("`{}`", trigger["name"].as_str().unwrap())), "{}", trigger["name"]);
    }
}
