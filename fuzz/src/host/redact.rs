//! Secrets in whatever leaves the host: they are found however a text wraps them, what is masked holds none,
//! and JSON stays JSON.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plugin_host_core::json;
use plugin_host_core::redact::Redactor;
use serde::de::IgnoredAny;

use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::{Target, choice};

pub const TARGET: Target = Target { name: "redact", seeds, run };

/// With all that wrappings change.
const SECRETS: [&str; 3] = ["kЖ+/=\"<&> \\x y", "hunter22hunter", "0123456789"];

/// Bytes that are looked at: each may become some secrets.
const LONGEST: usize = 2048;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::of(SECRETS));

fn seeds(seeds: &mut Seeds) {
    for place in 0..18 {
        seeds.choosing(place, "{\"a\":\"|\",\"b\":[1,\"x|y\"],\"c\":0123456789}|");
        seeds.choosing(place, "before&amp;|&#10;after%25|%2B\\u0041|");
    }
    for case in seeds::cases() {
        seeds.choosing(17, case.to_string());
    }
}

/// A bar in the bytes becomes a secret, wrapped in one of these ways.
fn wrapped(secret: &str, how: usize) -> String {
    let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match how {
        0 => secret.to_owned(),
        1 => quoted(secret).trim_matches('"').to_owned(),
        2 => percent(secret),
        3 => secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
        4 => STANDARD.encode(secret),
        _ => percent(quoted(secret).trim_matches('"')),
    }
}

fn run(data: &[u8]) {
    let (how, data) = choice(data);
    let (which, how) = (how % SECRETS.len(), how / SECRETS.len() % 6);
    if data.len() > LONGEST {
        return;
    }
    // What finds them is made with the first text.
    let redactor = &*REDACTOR;
    redactor.is_in(b"");
    let secret = SECRETS[which];
    let put = wrapped(secret, how);
    let text = String::from_utf8_lossy(data).replace('|', &put);
    let most = 64 * text.len() + (1 << 20);
    let masked = memory::at_most(most, || redactor.text(&text).into_owned());
    for secret in SECRETS {
        assert!(!masked.contains(secret), "{secret:?} in {masked:?} of {text:?}");
    }
    if how < 4 {
        assert!(!masked.contains(&put), "{put:?} in {masked:?} of {text:?}");
    }
    if !redactor.is_in(text.as_bytes()) {
        assert_eq!(masked, text, "it was changed, and holds no secret");
    }
    if serde_json::from_str::<IgnoredAny>(&text).is_ok() {
        let document = memory::at_most(most, || redactor.json(text.clone()));
        assert!(serde_json::from_str::<IgnoredAny>(&document).is_ok(), "{document:?} of {text:?}");
        for secret in SECRETS {
            assert!(!document.contains(secret), "{secret:?} in {document:?} of {text:?}");
        }
    }
    if let Ok(object) = json::object(text.as_bytes()) {
        let document = redactor.json(object.to_string());
        json::object(document.as_bytes())
            .map(drop)
            .or_else(|why| match why {
                // Two names may be the same when they are masked.
                json::Malformed::Twice(_) => Ok(()),
                other => Err(other),
            })
            .unwrap_or_else(|why| panic!("{document:?}: {why:?}"));
    }
}
