//! The service's answer: whatever comes, nothing passes for a success that is not signed, what is given back
//! keeps its schema, and no secret comes out.

use std::sync::LazyLock;

use justclick::PLUGIN;
use justclick_sandbox::Account;
use serde_json::Value;

use super::service::{ACTIONS, Known, Service, check, config};
use crate::memory;
use crate::seeds::{self, Seeds};
use crate::target::{Target, choice};
use crate::told::{SECRET, no_secret};

pub const TARGET: Target = Target { name: "reply", seeds, run };

/// Statuses that are looked at; most as they should be.
const STATUSES: [u16; 16] = [200, 200, 200, 200, 200, 200, 302, 201, 0, 204, 400, 401, 404, 429, 500, 503];

/// The actions of the plugin whose service signs.
static CALLS: LazyLock<Vec<&'static Known>> =
    LazyLock::new(|| ACTIONS.iter().filter(|known| std::ptr::eq(known.plugin, &raw const PLUGIN)).collect());

fn seeds(seeds: &mut Seeds) {
    for case in seeds::cases() {
        let Some(action) = CALLS.iter().position(|known| case["call"] == known.action.name()) else { continue };
        for exchange in case["exchanges"].as_array().into_iter().flatten() {
            let body = exchange["answer"]["body"].as_str().unwrap_or_default();
            let choices = u8::try_from(action).expect("few actions");
            seeds.choosing(0, [&[choices], body.as_bytes()].concat());
        }
    }
}

fn run(data: &[u8]) {
    let (status, data) = choice(data);
    let (action, body) = choice(data);
    let known = CALLS[action % CALLS.len()];
    let status = STATUSES[status % STATUSES.len()];
    answered(known, status, body);
    if let Some(signed) = signed(body) {
        answered(known, status, &signed);
    }
}

fn answered(known: &Known, status: u16, body: &[u8]) {
    let Known { action, input, output_schema, .. } = known;
    let service = Service::new(status, body);
    let outcome = memory::at_most(64 * body.len() + (256 << 10), || {
        PLUGIN.run(action.name(), input.as_bytes(), &config, &service).expect("the action is there")
    });
    match outcome {
        Ok(output) => {
            no_secret(&output);
            let output: Value = serde_json::from_str(&output).expect("an output is JSON");
            assert!(output_schema.is_valid(&output), "{output}");
            assert!(is_signed(body), "{} took an answer that is not signed", action.name());
        }
        Err(error) => {
            let document = check(&error);
            if action.is_read() {
                assert_eq!(document["effect"], "none", "{document}");
            }
            if document["upstream"]["verified"] == true {
                assert!(is_signed(body), "{document}");
            }
        }
    }
}

/// What the sandbox, which shares no code with the plugin, makes of an answer: its hash as it is, and as it
/// should be.
fn hashes(body: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(body).ok()?;
    let reply: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let code = match &reply["error_code"] {
        Value::String(code) => code.parse().ok()?,
        code => u32::try_from(code.as_u64()?).ok()?,
    };
    let told = match &reply["error_text"] {
        Value::Null => "",
        told => told.as_str()?,
    };
    let right = Account::new("username", SECRET).reply_hash(code, told.as_bytes());
    Some((reply["hash"].as_str()?.to_owned(), right))
}

fn is_signed(body: &[u8]) -> bool {
    hashes(body).is_some_and(|(is, right)| is.eq_ignore_ascii_case(&right))
}

/// The same answer with the right hash in place of its own: else all bytes end where they are not signed.
fn signed(body: &[u8]) -> Option<Vec<u8>> {
    let (is, right) = hashes(body)?;
    let text = std::str::from_utf8(body).ok()?;
    (!is.is_empty() && text.contains(&is)).then(|| text.replace(&is, &right).into_bytes())
}
