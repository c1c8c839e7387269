//! What is called, and what has to come of it.

mod answers;
mod description;
mod inputs;
mod paging;
mod recorded;
mod replay;
mod triggers;

use std::collections::BTreeMap;

use plugin_host_core::Runner;
use serde_json::{Value, json};

use super::bench::{Bench, Call, Kind, Plugin};
use super::case::Case;
use super::findings::Findings;
use super::scenario::Scenario;

/// Holds a plugin to the contract. `connection` has the values of connections that are not to be made
/// up.
///
/// # Errors
/// If it can't be called at all: why, and what to do.
pub fn run(runner: Runner, connection: &BTreeMap<String, String>, cases: &[Case]) -> Result<Findings, String> {
    let mut findings = Findings::default();
    let plugin = Plugin::new(runner)?;
    description::check(&plugin, plugin.runner().module(), &mut findings);
    recorded::coverage(&plugin, cases, &mut findings);
    let scenarios = scenarios(&plugin, connection, cases)?;
    let mut walked = Vec::new();
    for scenario in &scenarios {
        let connected = plugin.connected(&scenario.connection);
        let mut bench = Bench::new(&plugin, &connected, &mut findings);
        inputs::check(&mut bench, scenario)?;
        recorded::check(&mut bench, scenario)?;
        answers::check(&mut bench, scenario)?;
        replay::check(&mut bench, scenario)?;
        triggers::check(&mut bench, scenario)?;
        walked.extend(paging::check(&mut bench, scenario, &scenarios)?);
    }
    paging::coverage(&plugin, &walked, &mut findings);
    Ok(findings)
}

/// The recorded calls, and for every export that none of them is of, one with what the description has
/// as an example.
fn scenarios(plugin: &Plugin, connection: &BTreeMap<String, String>, cases: &[Case]) -> Result<Vec<Scenario>, String> {
    let mut scenarios = Vec::new();
    for case in cases {
        let Some(kind) = plugin.kind(&case.call) else {
            return Err(format!("the case {} calls {}, which the plugin does not have", case.name, case.call));
        };
        let mut values = connection.clone();
        values.extend(case.connection.clone());
        let input = if case.input.is_null() { String::new() } else { case.input.to_string() };
        let call = Call { export: case.call.clone(), kind, input };
        let name = format!("the case {}", case.name);
        scenarios.push(Scenario { name, connection: values, call, case: Some(case.clone()) });
    }
    for (export, input) in examples(plugin) {
        let succeeds = |case: &Case| case.call == export && case.succeeds();
        let Some(kind) = plugin.kind(&export).filter(|_| !cases.iter().any(succeeds)) else { continue };
        let call = Call { export, kind, input };
        let name = "the description's example".to_owned();
        scenarios.push(Scenario { name, connection: connection.clone(), call, case: None });
    }
    Ok(scenarios)
}

/// Every export with an input that its description has, or that any would take.
fn examples(plugin: &Plugin) -> Vec<(String, String)> {
    let description = plugin.description();
    let mut calls = vec![(description.connection.check.clone(), String::new())];
    for action in &description.actions {
        let example = action.examples.first().map_or_else(|| json!({}), |example| example["input"].clone());
        calls.push((action.name.clone(), example.to_string()));
    }
    for trigger in &description.triggers {
        let input = match plugin.kind(&trigger.name) {
            Some(Kind::Poll) => triggers::poll(&Value::Null),
            _ => triggers::webhook("POST", b""),
        };
        calls.push((trigger.name.clone(), input.to_string()));
    }
    calls
}
