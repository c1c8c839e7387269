//! Searches, over their recorded pages as hosts read them: each comes to its end, and whatever the size of its pages,
//! it finds the same.

use plugin_host_core::description::ActionDescription;
use plugin_host_core::http::{Failure, Response};
use plugin_host_core::pages::{Bounds, Search, is_search};
use plugin_host_core::schema;
use plugin_host_core::trial::{Ending, Trial};
use serde_json::{Value, json};

use super::super::bench::{Bench, Call, Plugin, failed, scripted};
use super::super::case::{Case, Outcome};
use super::super::findings::Findings;
use super::super::record::{PAGE, WHOLE};
use super::super::rule::{PAGING, UNTRIED};
use super::super::scenario::{Given, Scenario};

/// What a search found over its recorded pages, to the last.
struct Walk {
    /// Its items, as they came.
    items: Vec<Value>,
    /// Where each page began: its cursor, and the number of items before it.
    begun: Vec<(Value, usize)>,
}

/// Reads a search from its first page on, if the scenario is one. The export, if it has several pages that are recorded
/// to the last.
///
/// # Errors
/// If there is no instance to call.
pub fn check(bench: &mut Bench<'_>, scenario: &Scenario, all: &[Scenario]) -> Result<Option<String>, String> {
    let Some((action, first)) = beginning(bench.plugin, scenario) else { return Ok(None) };
    let Ok(mut search) = Search::new(&action, &scenario.call.input, Bounds::default()) else { return Ok(None) };
    bench.findings.tried(&PAGING);
    // They were recorded at one time: another recording may be of another list.
    let together = |suffix: &str| format!("{}{suffix}", first.name);
    let cases = all.iter().filter_map(|other| other.case.as_ref()).filter(|case| case.succeeds());
    let (whole, pages_name) = (together(WHOLE), together(PAGE));
    let whole = cases.clone().find(|case| case.name == whole);
    let cases: Vec<&Case> = cases.filter(|case| case.name.starts_with(&pages_name)).collect();
    let mut walk = Walk { items: Vec::new(), begun: Vec::new() };
    let (mut page, mut pages) = (first, Vec::new());
    loop {
        // The host's own: which of its pages this is.
        let _ = search.ask();
        pages.push(page);
        walk.begun.push((page.input["cursor"].clone(), walk.items.len()));
        let trial = run(bench, scenario, &page.input, page.answers())?;
        let Ending::Output(output) = &trial.ending else { return Ok(None) };
        walk.items.extend(items(&trial));
        let when = format!("{}, page {}", scenario.name, pages.len());
        let repeated = search.repeated;
        let taken = match search.take(output) {
            Ok(taken) => taken,
            Err(error) => {
                bench.add(&PAGING, &scenario.call, &format!("can't be read to its end: {}", error.message), &when);
                return Ok(None);
            }
        };
        if search.repeated > repeated {
            let what = "gives again what was on an earlier page, to the letter, so that hosts leave it out";
            bench.add(&PAGING, &scenario.call, what, &when);
        }
        let Some(cursor) = taken.next else { break };
        let cursor: Value = serde_json::from_str(cursor.get()).unwrap_or_default();
        let at_cursor = |case: &&&Case| case.input["cursor"] == cursor;
        // One of the same size, if there is one: else that of whoever wants fewer.
        let same_size = |case: &&&Case| case.input["limit"] == first.input["limit"];
        let next = cases.iter().filter(at_cursor).find(same_size).or_else(|| cases.iter().find(at_cursor));
        let Some(next) = next else {
            if matches!(&page.outcome, Outcome::Output(output) if output["nextCursor"].is_null()) {
                let what = "does not come to its end: there is a nextCursor on what was recorded as the last page";
                bench.add(&PAGING, &scenario.call, what, &when);
            }
            return Ok(None);
        };
        page = next;
    }
    emptied(bench, scenario, &action, &pages)?;
    for case in &cases {
        other_size(bench, scenario, &walk, case)?;
    }
    if let Some(case) = whole {
        on_one_page(bench, scenario, &walk, case)?;
    }
    Ok((pages.len() > 1).then(|| first.call.clone()))
}

/// Searches of whose pages nobody has recorded several.
pub fn coverage(plugin: &Plugin, walked: &[String], findings: &mut Findings) {
    let goes_on =
        |action: &&ActionDescription| is_search(action) && schema::field(&action.input_schema, "cursor").is_some();
    for action in plugin.description().actions.iter().filter(goes_on) {
        findings.tried(&UNTRIED);
        if !walked.contains(&action.name) {
            let what = "has no recorded search that goes over pages to its end: make one with --record and --pages";
            findings.add(&UNTRIED, &action.name, what, "");
        }
    }
}

/// The action and the case, if the scenario is a search from its first page on.
fn beginning<'s>(plugin: &Plugin, scenario: &'s Scenario) -> Option<(ActionDescription, &'s Case)> {
    let case = scenario.case.as_ref().filter(|case| case.succeeds() && case.input["cursor"].is_null())?;
    let action = plugin.description().action(&case.call).filter(|action| is_search(action))?;
    Some((action.clone(), case))
}

fn run(bench: &mut Bench<'_>, scenario: &Scenario, input: &Value, answers: Vec<Given>) -> Result<Trial, String> {
    let call = Call { input: input.to_string(), ..scenario.call.clone() };
    bench.run(&call, scripted(answers, failed(Failure::NotSent)), &scenario.name)
}

fn items(trial: &Trial) -> Vec<Value> {
    let Ending::Output(output) = &trial.ending else { return Vec::new() };
    let output: Value = serde_json::from_str(output).unwrap_or_default();
    output["items"].as_array().cloned().unwrap_or_default()
}

/// What is left of the list may have gone while it is read: pages without anything lead on, or to the end.
fn emptied(
    bench: &mut Bench<'_>,
    scenario: &Scenario,
    action: &ActionDescription,
    pages: &[&Case],
) -> Result<(), String> {
    let Ok(mut search) = Search::new(action, &scenario.call.input, Bounds::default()) else { return Ok(()) };
    for page in pages {
        let Ok(Some(input)) = search.ask() else { break };
        let input = serde_json::from_str(&input).unwrap_or_default();
        let answers = page.answers().into_iter().map(|answer| answer.map(without_entries)).collect();
        let Ending::Output(output) = run(bench, scenario, &input, answers)?.ending else { break };
        if let Err(error) = search.take(&output) {
            let what = format!("does not come to its end where the service's list is empty by then: {}", error.message);
            bench.add(&PAGING, &scenario.call, &what, &scenario.name);
            break;
        }
    }
    Ok(())
}

/// An answer whose lists are empty.
fn without_entries(response: Response) -> Response {
    fn walk(value: &mut Value) {
        match value {
            Value::Array(entries) => entries.clear(),
            Value::Object(members) => members.values_mut().for_each(walk),
            _ => {}
        }
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) else { return response };
    walk(&mut body);
    Response::of(response.status, response.headers.clone(), json!(body).to_string().into_bytes())
}

/// A page of another size that begins where one of the walk does begins with the same.
fn other_size(bench: &mut Bench<'_>, scenario: &Scenario, walk: &Walk, case: &Case) -> Result<(), String> {
    let cursor = &case.input["cursor"];
    let Some((_, begun)) = walk.begun.iter().find(|(other, _)| !cursor.is_null() && other == cursor) else {
        return Ok(());
    };
    let found = items(&run(bench, scenario, &case.input, case.answers())?);
    if found.iter().zip(&walk.items[*begun..]).any(|(one, other)| one != other) {
        let what = "goes on elsewhere at the same cursor where a page is to have fewer items: what is between is lost";
        bench.add(&PAGING, &scenario.call, what, &format!("the case {}", case.name));
    }
    Ok(())
}

/// All items on one page, or as many as it takes, are those of the smaller pages.
fn on_one_page(bench: &mut Bench<'_>, scenario: &Scenario, walk: &Walk, case: &Case) -> Result<(), String> {
    let trial = run(bench, scenario, &case.input, case.answers())?;
    let found = items(&trial);
    let is_all =
        matches!(&case.outcome, Outcome::Output(output) if output["nextCursor"].as_str().is_none_or(str::is_empty));
    let lost = found.iter().filter(|item| !walk.items.contains(item)).count();
    let is_same = found.iter().zip(&walk.items).all(|(one, other)| one == other);
    if trial.is_output() && (!is_same || found.len() > walk.items.len() || is_all && found.len() < walk.items.len()) {
        let what = format!("finds other things by small pages than on one: {lost} of {} are lost", found.len());
        bench.add(&PAGING, &scenario.call, &what, &format!("{}, beside the case {}", scenario.name, case.name));
    }
    Ok(())
}
