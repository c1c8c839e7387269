//! Answers: none at all, statuses, pages, and what a service in trouble or an enemy sends.

use plugin_host_core::error::{Effect, ErrorKind};
use plugin_host_core::http::{Failure, PreparedRequest, Response};
use plugin_host_core::schema;
use plugin_host_core::trial::Trial;
use serde_json::{Value, json};

use super::super::bench::{Bench, Kind, failed, response, scripted};
use super::super::case::FAILURES;
use super::super::rule::{FOREIGN_PAGE, NO_ANSWER, STATUS};
use super::super::scenario::{Given, Scenario};

/// A page that no service writes for programs.
const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We are back soon</h1></body></html>";

/// Changes the answers of a scenario, one after the other.
///
/// # Errors
/// If there is no instance to call.
pub fn check(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    let given = scenario.answers();
    for place in 0..given.len().max(1) {
        no_answer(bench, scenario, &given[..place], place)?;
        status(bench, scenario, &given[..place], place)?;
        hostile(bench, scenario, &given, place)?;
    }
    Ok(())
}

/// The circumstances, for people.
fn when(scenario: &Scenario, place: usize, what: &str) -> String {
    format!("{}, answer {}: {what}", scenario.name, place + 1)
}

/// Runs the scenario with another answer in one place, and failures after it. None if the call did not
/// get so far.
fn changed(
    bench: &mut Bench<'_>,
    scenario: &Scenario,
    before: &[Given],
    answer: Given,
    when: &str,
) -> Result<Option<(Trial, PreparedRequest)>, String> {
    let mut answers = before.to_vec();
    answers.push(answer);
    let trial = bench.run(&scenario.call, scripted(answers, failed(Failure::NotSent)), when)?;
    let request = trial.requests.get(before.len()).cloned();
    Ok(request.map(|request| (trial, request)))
}

/// Whether a request may change something at the service.
fn may_change(scenario: &Scenario, request: &PreparedRequest) -> bool {
    scenario.call.kind == Kind::Write && !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS")
}

fn no_answer(bench: &mut Bench<'_>, scenario: &Scenario, before: &[Given], place: usize) -> Result<(), String> {
    for failure in FAILURES {
        let when = when(scenario, place, failure.as_str());
        let Some((trial, request)) = changed(bench, scenario, before, failed(failure), &when)? else { continue };
        bench.findings.tried(&NO_ANSWER);
        let Some(error) = trial.error() else {
            if trial.is_output() {
                bench.add(&NO_ANSWER, &scenario.call, "succeeds, though its request got no answer", &when);
            }
            continue;
        };
        let may_have_changed = may_change(scenario, &request) && failure.may_have_been_sent();
        if may_have_changed && error.effect == Effect::None {
            let what = "says that nothing was changed, though the service may have seen the request";
            bench.add(&NO_ANSWER, &scenario.call, what, &when);
        }
        if place == 0 && !failure.may_have_been_sent() && error.effect == Effect::Unknown {
            let what = "says that something may have been changed, though no request had left";
            bench.add(&NO_ANSWER, &scenario.call, what, &when);
        }
    }
    Ok(())
}

fn status(bench: &mut Bench<'_>, scenario: &Scenario, before: &[Given], place: usize) -> Result<(), String> {
    // What is the same of several statuses is told once.
    let mut told: Vec<(String, Vec<String>, String)> = Vec::new();
    for (status, kind, is_unknown) in [
        (429, ErrorKind::Throttled, false),
        (500, ErrorKind::Unavailable, true),
        (502, ErrorKind::Unavailable, true),
        (503, ErrorKind::Unavailable, true),
        (302, ErrorKind::UnexpectedReply, true),
    ] {
        let when = when(scenario, place, &format!("HTTP {status} with a page"));
        let Some((trial, request)) = changed(bench, scenario, before, response(status, PAGE), &when)? else { continue };
        bench.findings.tried(&STATUS);
        let mut tell = |what: String| match told.iter_mut().find(|(told, ..)| *told == what) {
            Some((_, statuses, _)) => statuses.push(status.to_string()),
            None => told.push((what, vec![status.to_string()], when.clone())),
        };
        let Some(error) = trial.error() else {
            if trial.is_output() {
                tell("succeeds with an answer of HTTP {}".to_owned());
            }
            continue;
        };
        if error.kind != kind {
            tell(format!("tells HTTP {{}} as {}, and it is {kind}", error.kind));
        }
        if is_unknown && may_change(scenario, &request) && error.effect == Effect::None {
            tell("says after HTTP {} that nothing was changed".to_owned());
        }
    }
    for (what, statuses, when) in told {
        bench.add(&STATUS, &scenario.call, &what.replace("{}", &statuses.join(", ")), &when);
    }
    Ok(())
}

/// Whatever comes, a call ends as the contract says: that is watched in every call.
fn hostile(bench: &mut Bench<'_>, scenario: &Scenario, given: &[Given], place: usize) -> Result<(), String> {
    let before = &given[..place];
    let recorded = given.get(place).and_then(|answer| answer.as_ref().ok());
    for (answer, what) in bodies(bench, recorded) {
        let when = when(scenario, place, what);
        changed(bench, scenario, before, response(recorded.map_or(200, |it| it.status), answer), &when)?;
    }
    let when = when(scenario, place, "HTTP 200 with a page");
    if let Some((trial, _)) = changed(bench, scenario, before, response(200, PAGE), &when)? {
        bench.findings.tried(&FOREIGN_PAGE);
        if trial.is_output() {
            bench.add(&FOREIGN_PAGE, &scenario.call, "takes a web page for the service's answer", &when);
        }
    }
    Ok(())
}

/// Bodies that nobody expects.
fn bodies(bench: &Bench<'_>, recorded: Option<&Response>) -> Vec<(Vec<u8>, &'static str)> {
    let connection = bench.connected.connection();
    let keys = schema::fields(&bench.plugin.description().connection.schema);
    let secrets = keys.filter(|key| key.is_secret()).filter_map(|key| connection.get(key.name));
    let secrets = secrets.collect::<Vec<_>>().join(" ");
    let quoted = json!({ "error": secrets, "errors": [secrets], "message": secrets }).to_string();
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(20_000), close.repeat(20_000));
    let mut bodies: Vec<(Vec<u8>, &'static str)> = vec![
        (b"".to_vec(), "an empty body"),
        (b" ".to_vec(), "a blank"),
        (b"{".to_vec(), "half an object"),
        (b"{}".to_vec(), "an empty object"),
        (b"[]".to_vec(), "an empty list"),
        (b"[[]]".to_vec(), "a list in a list"),
        (b"[null]".to_vec(), "a list of null"),
        (b"null".to_vec(), "null"),
        (b"true".to_vec(), "true"),
        (b"1e999".to_vec(), "a number without bounds"),
        (b"\"text\"".to_vec(), "a text"),
        (b"{\"a\":1,\"a\":2}".to_vec(), "a member twice"),
        (b"\xff\xfe\x00\x01\x80".to_vec(), "bytes that are no text"),
        (b"\xef\xbb\xbf{}".to_vec(), "a byte order mark"),
        (deep("[", "]").into_bytes(), "20,000 lists in each other"),
        (deep("{\"a\":", "}").into_bytes(), "20,000 objects in each other"),
        (b"<br />\n<b>Warning</b>: in /srv/a.php on line 1<br />{}".to_vec(), "a warning before the answer"),
        (quoted.into_bytes(), "the connection's secrets, repeated"),
        (format!("<html><body>{secrets}</body></html>").into_bytes(), "a page with the connection's secrets"),
        (vec![b'9'; 300_000], "300,000 digits"),
    ];
    if let Some(recorded) = recorded {
        let body = &recorded.body;
        bodies.push((body[..body.len() / 2].to_vec(), "half of the recorded body"));
        let swapped: Vec<_> = body.iter().map(|byte| if byte.is_ascii_digit() { b'-' } else { *byte }).collect();
        bodies.push((swapped, "the recorded body without digits"));
        for (swap, what) in [
            (swapped_values(body, &|value| json!([value])), "the recorded body, each value in a list"),
            (swapped_values(body, &|_| Value::Null), "the recorded body, each value null"),
            (swapped_values(body, &|value| json!(value.to_string())), "the recorded body, each value a text"),
        ] {
            bodies.extend(swap.map(|swap| (swap, what)));
        }
    }
    bodies
}

/// A body with other values in the places of its own.
fn swapped_values(body: &[u8], swap: &dyn Fn(&Value) -> Value) -> Option<Vec<u8>> {
    fn walk(value: &mut Value, swap: &dyn Fn(&Value) -> Value) {
        match value {
            Value::Object(members) => members.values_mut().for_each(|value| walk(value, swap)),
            Value::Array(entries) => entries.iter_mut().for_each(|value| walk(value, swap)),
            other => *other = swap(other),
        }
    }
    let mut value = serde_json::from_slice(body).ok()?;
    walk(&mut value, swap);
    Some(value.to_string().into_bytes())
}
