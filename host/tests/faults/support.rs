//! What the tests share.

use std::path::Path;
use std::time::{Duration, Instant};

use justclick_sandbox::{Account, SAMPLE_API_KEY, SAMPLE_LOGIN};
use plugin_host::bundle::Bundle;
use plugin_host::http::{Limits, Roots};
use plugin_host::runner::{Connected, Settings};
use plugin_host::{ActionError, Connection, Runner};

const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/extism.json");
const INPUT: &str = r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#;

/// Longer than any limit below, for a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(15);

/// Limits that let a test end soon.
pub fn short() -> Limits {
    let second = Duration::from_secs(1);
    Limits { connect: second, send: second, first_byte: second, total: 2 * second, ..Limits::default() }
}

/// A runner that may reach `base_url` on this machine.
pub fn runner(base_url: &str, roots: Roots) -> Runner {
    let bundle = Bundle::load(Path::new(BUNDLE)).unwrap_or_else(|error| panic!("{error}"));
    let allow_private = vec![base_url.parse().unwrap()];
    Runner::load(&bundle, Settings { limits: short(), allow_private, roots }).unwrap()
}

pub fn connect<'a>(runner: &'a Runner, base_url: &str) -> Connected<'a> {
    runner.connect(Connection::new([("login", SAMPLE_LOGIN), ("api_key", SAMPLE_API_KEY), ("base_url", base_url)]))
}

pub fn call(connected: &Connected) -> Result<String, Box<ActionError>> {
    let begun = Instant::now();
    let outcome = connected.call("update_order_status", INPUT);
    assert!(begun.elapsed() < PATIENCE, "took {:?}", begun.elapsed());
    outcome
}

/// Calls and expects an error: its kind and effect, in words.
#[track_caller]
pub fn assert_fails(connected: &Connected, kind: &str, effect: &str) {
    let error = call(connected).expect_err("an error");
    let found = format!("{} {:?}", error.kind, error.effect).to_lowercase();
    assert_eq!(found, format!("{kind} {effect}"), "{error:?}");
}

/// A whole HTTP response with a verified success.
pub fn success() -> Vec<u8> {
    let hash = Account::new(SAMPLE_LOGIN, SAMPLE_API_KEY).reply_hash(0, b"OK");
    let body = format!(r#"{{"error_code":0,"error_text":"OK","hash":"{hash}"}}"#);
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
