//! Records a call to a real service as a case.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use plugin_host_core::http::Request;
use plugin_host_core::runner::Connected;
use plugin_host_core::schema;
use plugin_host_core::trial::{Answer, Ending, Trial, Trials};
use serde_json::Value;

use super::case::{self, Case, Exchange, Outcome, RecordedRequest};

/// Members of an error that a later version is to keep.
const KEPT: [&str; 5] = ["kind", "message", "retry", "effect", "field"];
/// Headers of answers that plugins and hosts go by.
const HEADERS: [&str; 3] = ["content-type", "location", "retry-after"];

/// A call that was watched.
pub struct Observed {
    /// What it asked for and what was answered, with `***` in the place of secrets.
    pub exchanges: Vec<Exchange>,
    /// How it went.
    pub trial: Trial,
}

/// Answers of the services themselves.
pub fn network(connected: &Connected) -> Answer {
    let send = connected.sender();
    Arc::new(move |_, request| send(&Request::of(request), request.body.as_bytes()))
}

/// Makes a call once and watches it.
///
/// # Errors
/// If there is no instance to call.
pub fn observed(connected: &Connected, export: &str, input: &str, given: Answer) -> Result<Observed, String> {
    let exchanges = Arc::<Mutex<Vec<Exchange>>>::default();
    let (kept, redactor) = (exchanges.clone(), connected.redactor().clone());
    let answer: Answer = Arc::new(move |place, request| {
        let answered = given(place, request);
        let mut answer = case::Answer::of(&answered);
        if let case::Answer::Response { headers, body, .. } = &mut answer {
            headers.retain(|name, _| HEADERS.contains(&name.as_str()));
            *body = redactor.text(body).into_owned();
        }
        let request = RecordedRequest::of(&redactor.request(request.clone()));
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(Exchange { request, answer });
        answered
    });
    let trial = Trials::new(connected).run(export, input, answer).map_err(|error| error.to_string())?;
    let exchanges = std::mem::take(&mut *exchanges.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Observed { exchanges, trial })
}

/// Makes a call once, over the network, and tells what was asked and answered. Secrets of the
/// connection are left out, unless they are made up themselves, as those of a stand-in are: a signature
/// of theirs holds only with them.
///
/// # Errors
/// If the call does not come to its end.
pub fn record(connected: &Connected, export: &str, input: &str, keep_secrets: bool) -> Result<Case, String> {
    let Observed { exchanges, trial } = observed(connected, export, input, network(connected))?;
    let read = |text: &str| serde_json::from_str::<Value>(&connected.redactor().json(text.to_owned()));
    let outcome = match &trial.ending {
        Ending::Output(output) => Outcome::Output(read(output).map_err(|_| "the output is no JSON".to_owned())?),
        Ending::Error(document) => {
            let mut error = read(document).map_err(|_| "the error is no JSON".to_owned())?;
            if let Some(members) = error.as_object_mut() {
                members.retain(|name, _| KEPT.contains(&name.as_str()));
            }
            Outcome::Error(error)
        }
        Ending::Trap(why) => return Err(format!("the plugin stopped in the middle: {why}")),
    };
    let input = if input.is_empty() { Value::Null } else { serde_json::from_str(input).unwrap_or_default() };
    let connection = values(connected, keep_secrets);
    Ok(Case { call: export.to_owned(), connection, input, exchanges, outcome, name: String::new() })
}

fn values(connected: &Connected, keep_secrets: bool) -> BTreeMap<String, String> {
    let keys = schema::fields(&connected.description().connection.schema);
    let shown = keys.filter(|key| keep_secrets || !key.is_secret());
    let value = |name: &str| connected.connection().get(name).map(|value| (name.to_owned(), value.to_owned()));
    shown.filter_map(|key| value(key.name)).collect()
}

/// Writes a case to a file that is not there yet.
///
/// # Errors
/// If it is there, or can't be written.
pub fn write(case: &Case, path: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("can't write {}: {error}", path.display());
    let text = serde_json::to_string_pretty(case).map_err(|error| error.to_string())? + "\n";
    let mut file = File::create_new(path).map_err(told)?;
    file.write_all(text.as_bytes()).map_err(told)
}
