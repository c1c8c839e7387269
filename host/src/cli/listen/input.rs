//! What narrows down what triggers tell of, as the command line takes it.

use plugin_host_core::description::TriggerDescription;
use plugin_host_core::json::{self, Object};
use plugin_host_core::schema;
use serde_json::{Map, Value, json};

use crate::cli::failure::Failure;
use crate::cli::input::InputArgs;
use crate::field::Fields;

/// A trigger that is listened to, and its input.
pub struct Listened {
    pub trigger: TriggerDescription,
    pub input: Object,
}

/// The input of each trigger. Of several, each has those fields that it knows.
///
/// # Errors
/// If it can't be read, or none of several triggers has a field.
pub fn listened(args: &InputArgs, triggers: &[TriggerDescription], quiet: bool) -> Result<Vec<Listened>, Failure> {
    let (schema, form) = together(triggers);
    let read = args.read_as(|clock| Some(Fields::of_input(&schema, &form, clock)), quiet)?;
    let given = json::object(read.as_bytes()).map_err(|malformed| Failure::Action(malformed.into()))?;
    // What is wrong with the input of one trigger its plugin says.
    if let [trigger] = triggers {
        return Ok(vec![Listened { trigger: trigger.clone(), input: given }]);
    }
    if let Some((name, _)) = given.iter().find(|(name, _)| schema::field(&schema, name).is_none()) {
        let names: Vec<_> = triggers.iter().map(|trigger| trigger.name.as_str()).collect();
        return Err(Failure::Usage(format!("none of {} has a field {name}", names.join(", "))));
    }
    let of = |trigger: &TriggerDescription| {
        let mut input = Object::default();
        for (name, value) in given.iter().filter(|(name, _)| schema::field(&trigger.input_schema, name).is_some()) {
            input.set_raw(name, value.to_owned());
        }
        Listened { trigger: trigger.clone(), input }
    };
    Ok(triggers.iter().map(of).collect())
}

/// The fields of all of them.
fn together(triggers: &[TriggerDescription]) -> (Value, Value) {
    let (mut properties, mut moments) = (Map::new(), Vec::new());
    for trigger in triggers {
        let own = trigger.input_schema["properties"].as_object().into_iter().flatten();
        properties.extend(own.map(|(name, schema)| (name.clone(), schema.clone())));
        moments.extend(trigger.form["moments"].as_array().into_iter().flatten().cloned());
    }
    (json!({ "properties": properties }), json!({ "moments": moments }))
}
