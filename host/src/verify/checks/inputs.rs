//! Inputs: examples are taken, and what breaks the schema is refused before anything is sent.

use plugin_host_core::error::ErrorKind;
use plugin_host_core::http::Failure;
use plugin_host_core::schema;
use plugin_host_core::trial::Ending;
use serde_json::{Map, Value, json};

use super::super::bench::{Bench, Call, Kind, failed, scripted};
use super::super::rule::{EXAMPLE, WRONG_INPUT};
use super::super::scenario::Scenario;

/// No field is called so.
const NO_FIELD: &str = "no_such_field";

/// Tries examples and wrong inputs of an action.
///
/// # Errors
/// If the plugin refuses the connection, so that nothing can be tried.
pub fn check(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    connection(bench, scenario)?;
    let Some(action) = bench.plugin.description().action(&scenario.call.export) else { return Ok(()) };
    let (examples, input_schema) = (action.examples.clone(), action.input_schema.clone());
    for (place, example) in examples.iter().enumerate() {
        bench.findings.tried(&EXAMPLE);
        let call = Call { input: example["input"].to_string(), ..scenario.call.clone() };
        let when = format!("example {}", place + 1);
        let trial = bench.run(&call, scripted(Vec::new(), failed(Failure::Connect)), &when)?;
        if let Some(error) = trial.error().filter(|error| error.kind == ErrorKind::InvalidInput) {
            bench.add(&EXAMPLE, &call, &format!("refuses the input of its own example: {}", error.message), &when);
        }
    }
    let example = examples.first().and_then(|example| example["input"].as_object()).cloned().unwrap_or_default();
    for (input, what) in wrong(&input_schema, &example) {
        bench.findings.tried(&WRONG_INPUT);
        let call = Call { input, ..scenario.call.clone() };
        let trial = bench.run(&call, scripted(Vec::new(), failed(Failure::Connect)), what)?;
        let refused = trial.error().is_some_and(|error| error.kind == ErrorKind::InvalidInput);
        if !trial.requests.is_empty() {
            bench.add(&WRONG_INPUT, &call, "sends a request for an input that is wrong", what);
        } else if !refused && !matches!(trial.ending, Ending::Trap(_)) {
            bench.add(&WRONG_INPUT, &call, "does not refuse a wrong input with invalid_input", what);
        }
    }
    Ok(())
}

/// Nothing can be tried with a connection that the plugin refuses.
fn connection(bench: &mut Bench<'_>, scenario: &Scenario) -> Result<(), String> {
    let call = Call { kind: Kind::Check, ..scenario.call.clone() };
    let trial = bench.run(&call, scripted(Vec::new(), failed(Failure::Connect)), "no connection")?;
    let error = trial.error();
    if scenario.call.kind == Kind::Check
        && let Some(error) = error.as_ref().filter(|error| error.kind == ErrorKind::InvalidInput)
    {
        let what = format!("refuses an input, and a check takes none: {}", error.message);
        bench.add(&EXAMPLE, &call, &what, "");
    }
    match error.filter(|error| error.kind == ErrorKind::InvalidConnection) {
        Some(error) => Err(format!(
            "the plugin refuses the connection of {}: {} Put values that it takes into connection.json, in the folder of cases",
            scenario.name, error.message
        )),
        None => Ok(()),
    }
}

/// Inputs that no action with this schema takes, and what is wrong with each.
fn wrong(schema: &Value, example: &Map<String, Value>) -> Vec<(String, &'static str)> {
    let mut wrong: Vec<_> = ["[]", "1", "\"text\"", "null", "{", "{}{}"]
        .map(|text| (text.to_owned(), "the input is no JSON object"))
        .into();
    let mut unknown = example.clone();
    unknown.insert(NO_FIELD.to_owned(), json!(1));
    wrong.push((Value::Object(unknown).to_string(), "the input has a field that there is not"));
    for field in schema::fields(schema).filter(|field| field.required) {
        let mut without = example.clone();
        without.remove(field.name);
        wrong.push((Value::Object(without).to_string(), "the input lacks a field that is required"));
        let mut nested = example.clone();
        nested.insert(field.name.to_owned(), json!([[{ "a": [{}] }]]));
        wrong.push((Value::Object(nested).to_string(), "a required field is of another type"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_required_is_left_out_and_put_wrong_field_by_field() {
        let schema = json!({ "properties": { "a": {}, "b": {} }, "required": ["a"] });
        let example = json!({ "a": 1, "b": 2 });
        let inputs: Vec<_> = wrong(&schema, example.as_object().unwrap()).into_iter().map(|(input, _)| input).collect();
        assert!(inputs.contains(&r#"{"b":2}"#.to_owned()), "{inputs:?}");
        assert!(
            inputs.iter().any(|input| input.contains("\"a\":[[{")) && !inputs.iter().any(|it| it.contains("\"b\":[["))
        );
        assert!(inputs.iter().any(|input| input.contains(NO_FIELD)));
    }
}
