//! Recorded calls do as they did.

use std::collections::BTreeSet;

use plugin_host_core::http::{Failure, PreparedRequest};
use plugin_host_core::text::cut;
use plugin_host_core::trial::{Ending, Trial};
use serde_json::Value;

use super::super::bench::{Bench, Plugin, failed, scripted};
use super::super::case::{Case, Outcome};
use super::super::findings::Findings;
use super::super::rule::{RECORDED, UNTRIED};
use super::super::scenario::Scenario;

/// Which exports nobody has recorded a success of.
pub fn coverage(plugin: &Plugin, cases: &[Case], findings: &mut Findings) {
    let recorded: BTreeSet<_> = cases.iter().filter(|case| case.succeeds()).map(|case| case.call.as_str()).collect();
    let description = plugin.description();
    let actions = description.actions.iter().map(|action| action.name.as_str());
    for export in actions.chain(description.triggers.iter().map(|trigger| trigger.name.as_str())) {
        findings.tried(&UNTRIED);
        if !recorded.contains(export) {
            findings.add(&UNTRIED, export, "has no recorded call that succeeds: make one with --record", "");
        }
    }
}

/// Makes a recorded call again.
///
/// # Errors
/// If there is no instance to call.
pub fn check(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    let Some(case) = &scenario.case else { return Ok(()) };
    bench.findings.tried(&RECORDED);
    let trial = bench.run(&scenario.call, scripted(scenario.answers(), failed(Failure::NotSent)), &scenario.name)?;
    let masked: Vec<_> =
        trial.requests.iter().map(|request| bench.connected.redactor().request(request.clone())).collect();
    if let Some(what) = other_requests(case, &masked) {
        bench.add(&RECORDED, &scenario.call, &what, &scenario.name);
    }
    let said = |text: &str| serde_json::from_str(&bench.connected.redactor().json(text.to_owned())).unwrap_or_default();
    if let Some(what) = other_outcome(case, &trial, &said) {
        bench.add(&RECORDED, &scenario.call, &what, &scenario.name);
    }
    Ok(())
}

fn other_requests(case: &Case, requests: &[PreparedRequest]) -> Option<String> {
    for (place, (exchange, request)) in case.exchanges.iter().zip(requests).enumerate() {
        if let Some(difference) = exchange.request.difference(request) {
            return Some(format!("makes another request {}: {difference}", place + 1));
        }
    }
    let (now, then) = (requests.len(), case.exchanges.len());
    (now != then).then(|| format!("makes {now} requests, and made {then}"))
}

fn other_outcome(case: &Case, trial: &Trial, said: &dyn Fn(&str) -> Value) -> Option<String> {
    match (&case.outcome, &trial.ending) {
        (Outcome::Output(recorded), Ending::Output(output)) => {
            let now = said(output);
            (now != *recorded).then(|| format!("gives another output: {}", shown(&now)))
        }
        (Outcome::Error(recorded), Ending::Error(document)) => {
            let now = said(document);
            let other = recorded.as_object().into_iter().flatten().find(|(name, value)| now[name.as_str()] != **value);
            other.map(|(name, value)| {
                format!("fails with another {name}: {}, and it was {}", shown(&now[name.as_str()]), shown(value))
            })
        }
        (_, Ending::Output(output)) => Some(format!("succeeds, and it failed: {}", shown(&said(output)))),
        (_, Ending::Error(document)) => Some(format!("fails, and it succeeded: {}", shown(&said(document)["message"]))),
        (_, Ending::Trap(_)) => None,
    }
}

/// As much of a value as a line takes.
fn shown(value: &Value) -> String {
    const CHARS: usize = 200;
    cut(&value.to_string(), CHARS).into_owned()
}
