//! A plugin's answers, held against what it says of itself: for its author, while it is developed.
//!
//! A host in production takes any JSON for an output, because a surprise in an answer is no reason to
//! call a change that was made a failure. An author wants to hear of it.

use std::collections::BTreeMap;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use crate::description::{ContractError, Description, TriggerDescription, place};

/// What the answers of a plugin are checked with.
pub struct Conformance {
    outputs: BTreeMap<String, Validator>,
    /// Of each trigger's events.
    data: BTreeMap<String, Validator>,
    errors: Validator,
}

impl Conformance {
    /// Of a plugin whose description is free of faults.
    ///
    /// # Errors
    /// With the faults of the description.
    pub fn strict(description: &Description) -> Result<Self, ContractError> {
        match description.faults() {
            faults if faults.is_empty() => Self::new(description),
            faults => Err(ContractError::Broken(faults)),
        }
    }

    /// Of a plugin, whatever else is wrong with its description.
    ///
    /// # Errors
    /// If one of its schemas is none.
    pub fn new(description: &Description) -> Result<Self, ContractError> {
        let validator = |schema: &Value, what: &str| {
            jsonschema::validator_for(schema)
                .map_err(|error| ContractError::NoSchema { what: what.to_owned(), why: error.to_string() })
        };
        let output = |action: &crate::description::ActionDescription| {
            let what = format!("the output schema of {}", action.name);
            Ok((action.name.clone(), validator(&action.output_schema, &what)?))
        };
        let data = |trigger: &TriggerDescription| {
            let what = format!("the event schema of {}", trigger.name);
            Ok((trigger.name.clone(), validator(&trigger.event_schema, &what)?))
        };
        Ok(Self {
            outputs: description.actions.iter().map(output).collect::<Result<_, ContractError>>()?,
            data: description.triggers.iter().map(data).collect::<Result<_, ContractError>>()?,
            errors: validator(&description.error_schema, "the error schema")?,
        })
    }

    /// What is wrong with an export's output, if it is an action's or a trigger's.
    pub fn output(&self, export: &str, output: &str) -> Option<String> {
        if let Some(data) = self.data.get(export) {
            return self.events(export, data, output);
        }
        let flaws = flaws(self.outputs.get(export)?, output)?;
        Some(format!("The output of {export} breaks its outputSchema: {flaws}."))
    }

    /// What is wrong with the data of a trigger's events; the rest every host looks at.
    fn events(&self, trigger: &str, data: &Validator, output: &str) -> Option<String> {
        let output: Value = serde_json::from_str(output).ok()?;
        let flaw = |(index, event): (usize, &Value)| Some((index, flaws(data, &event["data"].to_string())?));
        let (index, flaws) = output["events"].as_array()?.iter().enumerate().find_map(flaw)?;
        Some(format!("The data of events[{index}] of {trigger} breaks its eventSchema: {flaws}."))
    }

    /// What is wrong with an error document.
    pub fn error(&self, document: &str) -> Option<String> {
        let flaws = flaws(&self.errors, document)?;
        Some(format!("The plugin's error breaks its errorSchema: {flaws}."))
    }
}

/// The places that break a rule, and which; no value, as it may be anybody's.
fn flaws(schema: &Validator, document: &str) -> Option<String> {
    let document = serde_json::from_str(document).ok()?;
    let flaw = |error: jsonschema::ValidationError<'_>| {
        let (at, rule) = (place(error.instance_path().as_str()), place(error.schema_path().as_str()));
        // A name of the schema, and so nobody's.
        if let ValidationErrorKind::Required { property: Value::String(name) } = error.kind() {
            return if at.is_empty() { format!("{name} is missing") } else { format!("{at}.{name} is missing") };
        }
        if at.is_empty() { format!("the rule {rule}") } else { format!("{at} (the rule {rule})") }
    };
    let flaws: Vec<_> = schema.iter_errors(&document).map(flaw).collect();
    const TOLD: usize = 3;
    let more = flaws.len().saturating_sub(TOLD);
    let told = flaws.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!flaws.is_empty()).then(|| told + &more)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(output: &str) -> Description {
        let text = format!(
            r#"{{"contract":1,"name":"n","title":"t","version":"1","connection":{{"schema":{{}},"check":"c"}},
            "errorSchema":{{"required":["kind"],"properties":{{"kind":{{"enum":["auth"]}}}}}},
            "actions":[{{"name":"read","title":"t","description":"d","inputSchema":{{}},"outputSchema":{output}}}]}}"#
        );
        Description::check(text, &["c", "read"]).unwrap()
    }

    #[test]
    fn an_output_is_held_against_the_schema_of_its_action() {
        let checks =
            Conformance::new(&description(r#"{"properties":{"id":{"type":"integer"}},"required":["id"]}"#)).unwrap();
        assert_eq!(checks.output("read", r#"{"id":1}"#), None);
        assert_eq!(checks.output("check", "1"), None);
        let told = checks.output("read", r#"{"id":"hunter2"}"#).unwrap();
        assert_eq!(told, "The output of read breaks its outputSchema: id (the rule properties.id.type).");
        assert_eq!(checks.output("read", "{}").unwrap(), "The output of read breaks its outputSchema: id is missing.");
    }

    #[test]
    fn an_events_data_is_held_against_the_schema_of_its_trigger() {
        let mut description = description("{}");
        let trigger = serde_json::json!({ "name": "told", "title": "t", "description": "d", "delivery": "poll",
            "inputSchema": {}, "eventSchema": { "required": ["id"] } });
        description.triggers.push(serde_json::from_value(trigger).unwrap());
        let checks = Conformance::new(&description).unwrap();
        assert_eq!(checks.output("told", r#"{"events":[{"data":{"id":1}}]}"#), None);
        let told = checks.output("told", r#"{"events":[{"data":{"id":1}},{"data":{}}]}"#).unwrap();
        assert_eq!(told, "The data of events[1] of told breaks its eventSchema: id is missing.");
    }

    #[test]
    fn an_error_is_held_against_the_error_schema() {
        let checks = Conformance::new(&description("{}")).unwrap();
        assert_eq!(checks.error(r#"{"kind":"auth"}"#), None);
        assert!(checks.error(r#"{"kind":"forbidden"}"#).unwrap().contains("kind (the rule properties.kind.enum)"));
    }

    #[test]
    fn a_description_with_faults_is_where_its_author_begins() {
        assert!(Conformance::strict(&description("{}")).err().unwrap().to_string().contains("description is missing"));
    }
}
