//! What the topics share: accounts, checks against the described schemas, signed replies.

use std::sync::OnceLock;

use hosts::{CallError, Host, HostBuilder};
use jsonschema::Validator;
use justclick_sandbox::{Account, Order, SAMPLE_API_KEY, SAMPLE_LOGIN, Sandbox};
use serde_json::{Value, json};

/// The action of most tests, which is the first one described.
pub const ACTION: &str = "update_order_status";

/// The contract's schema of an error document.
pub const ERROR: &str = "error.schema.json";
/// Where the description has the schema of its output.
pub const OUTPUT: &str = "/actions/0/outputSchema";

/// A sandbox with order 100000.
pub fn sandbox() -> Sandbox {
    Sandbox::builder().order(Order::new("100000")).start().unwrap()
}

/// A host with the sample account.
pub fn account(base_url: &str) -> HostBuilder {
    Host::builder().config("login", SAMPLE_LOGIN).config("api_key", SAMPLE_API_KEY).config("base_url", base_url)
}

/// An instance with the sample account.
pub fn host(base_url: &str) -> Host {
    account(base_url).build()
}

/// The input of the example on the service's page.
pub fn seed() -> Value {
    json!({ "bill_id": "100000", "status": "sent", "date": 1_362_254_400, "rpo": "10000000000000" })
}

/// A reply of the service, signed with this key. The text is hashed as the service hashes it.
pub fn signed_with(key: &str, code: u32, text: &str) -> Value {
    let hash = Account::new(SAMPLE_LOGIN, key).reply_hash(code, text.as_bytes());
    json!({ "error_code": code, "error_text": text, "hash": hash })
}

/// A reply of the service, signed with the sample key.
pub fn signed(code: u32, text: &str) -> Value {
    signed_with(SAMPLE_API_KEY, code, text)
}

/// `value` with a member set.
pub fn with(mut value: Value, name: &str, member: Value) -> Value {
    value[name] = member;
    value
}

/// What the module says of itself.
pub fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(|| Host::builder().build().call("describe", "").unwrap())
}

/// Runs the action and expects an output that is as described.
pub fn done(host: &mut Host, input: &Value) -> Value {
    let output = host.call(ACTION, input.to_string()).unwrap_or_else(|error| panic!("{input}: {error:?}"));
    assert_described(&output, OUTPUT);
    output
}

/// Runs the action and expects an error that keeps the contract.
pub fn refused(host: &mut Host, input: &Value) -> Value {
    contract_error(host.call(ACTION, input.to_string()))
}

/// The error of a call, which must be set as one line of JSON as described, with a return code.
pub fn contract_error(outcome: Result<Value, CallError>) -> Value {
    match outcome {
        Ok(output) => panic!("should have failed, but the output is {output}"),
        Err(CallError::Trap(why)) => panic!("is not an error of the contract: {why}"),
        Err(CallError::Contract { text, json, rc }) => {
            assert_ne!(rc, 0, "{text}");
            assert!(!text.contains(['\n', '\r']), "more than one line: {text}");
            assert_described(&json, ERROR);
            json
        }
    }
}

/// The names under `problems`, in order.
pub fn problem_fields(error: &Value) -> Vec<&str> {
    let problems = error["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    problems.iter().filter_map(|problem| problem["field"].as_str()).collect()
}

/// Checks an output of an action against its described schema.
pub fn assert_output_of(action: &str, output: &Value) {
    let actions = description()["actions"].as_array().unwrap();
    let schema = &actions.iter().find(|known| known["name"] == action).unwrap()["outputSchema"];
    if let Err(flaw) = jsonschema::validate(schema, output) {
        panic!("{action}: {output} is not as described: {flaw}");
    }
}

/// Checks a value against one of the described schemas.
pub fn assert_described(value: &Value, schema: &str) {
    static VALIDATORS: OnceLock<[(&str, Validator); 2]> = OnceLock::new();
    let validators = VALIDATORS.get_or_init(|| {
        let error = serde_json::from_str(plugin_kit::manifest::ERROR_SCHEMA).unwrap();
        let output = description().pointer(OUTPUT).unwrap().clone();
        [(ERROR, error), (OUTPUT, output)].map(|(name, schema)| (name, jsonschema::validator_for(&schema).unwrap()))
    });
    let validator = &validators.iter().find(|(pointer, _)| *pointer == schema).unwrap().1;
    let flaws: Vec<_> = validator.iter_errors(value).map(|flaw| flaw.to_string()).collect();
    assert!(flaws.is_empty(), "{value} is not as {schema} says: {flaws:?}");
}
