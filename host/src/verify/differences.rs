//! What a call did that is not as it was recorded.

use plugin_host_core::http::PreparedRequest;
use plugin_host_core::redact::Redactor;
use plugin_host_core::text::counted;
use plugin_host_core::trial::{Ending, Trial};
use serde_json::Value;

use super::case::{Case, Outcome};
use super::values::{difference, shown};

/// What a call did that is not as it was recorded, each in a line without secrets.
pub fn differences(case: &Case, trial: &Trial, redactor: &Redactor) -> Vec<String> {
    let masked: Vec<_> = trial.requests.iter().map(|request| redactor.request(request.clone())).collect();
    let said = |text: &str| serde_json::from_str(&redactor.json(text.to_owned())).unwrap_or_default();
    other_requests(case, &masked).into_iter().chain(other_outcome(case, trial, &said)).collect()
}

fn other_requests(case: &Case, requests: &[PreparedRequest]) -> Option<String> {
    for (place, (exchange, request)) in case.exchanges.iter().zip(requests).enumerate() {
        if let Some(difference) = exchange.request.difference(request) {
            return Some(format!("makes another request {}: {difference}", place + 1));
        }
    }
    let (now, then) = (requests.len(), case.exchanges.len());
    (now != then).then(|| format!("makes {}, and made {then}", counted(now, "request")))
}

fn other_outcome(case: &Case, trial: &Trial, said: &dyn Fn(&str) -> Value) -> Option<String> {
    match (&case.outcome, &trial.ending) {
        (Outcome::Output(recorded), Ending::Output(output)) => {
            difference(recorded, &said(output)).map(|what| format!("gives another output: {what}"))
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
