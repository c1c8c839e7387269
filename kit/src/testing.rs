//! What an author's tests ask of a plugin: that what it says of itself is so.
//!
//! ```no_run
//! # use plugin_kit::Plugin;
//! # fn of(plugin: &Plugin) {
//! assert_eq!(plugin_kit::testing::faults(plugin), [""; 0]);
//! # }
//! ```

mod fields;
mod refusals;
mod triggers;

use crate::action::Action;
use crate::connection::{Connection, Raw};
use crate::describe;
use crate::error::Error;
use crate::field::{Field, Needed};
use crate::input;
use crate::json::{self, Members};
use crate::plugin::Plugin;
use crate::values::Values;

use self::fields::{has_part, of_fields, of_output, with};
pub use self::triggers::event_faults;

/// An input that breaks one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterExample {
    /// The action.
    pub action: &'static str,
    /// What is wrong, as the error names it: `goods[0].price`; empty for a rule of the whole input.
    pub field: String,
    /// Why it is refused.
    pub why: &'static str,
    /// The whole input, as JSON.
    pub input: String,
}

/// Reads an input of an action as a call does.
///
/// # Errors
/// Every problem of it.
pub fn read(action: &Action, input: &str) -> Result<Values, Error> {
    input::read(input.as_bytes(), action.input)
}

/// Everything that the plugin says it refuses: what each kind of value does, what its fields add, what
/// is left out, and fields that there are none of.
pub fn counter_examples(plugin: &Plugin) -> Vec<CounterExample> {
    plugin.actions.iter().flat_map(of_action).collect()
}

fn of_action(action: &'static Action) -> Vec<CounterExample> {
    let mut cases = Vec::new();
    let mut add = |field: &str, why, input| {
        cases.push(CounterExample { action: action.name, field: field.to_owned(), why, input });
    };
    for field in action.input {
        let Some(base) = base(action, field) else { continue };
        if matches!(field.needed, Needed::Always | Needed::When(_)) {
            for blank in ["null", "\"  \""] {
                add(field.name, "it is required", with(base, field.name, blank));
            }
        }
        for case in refusals::of_field(field) {
            add(&case.path, case.why, with(base, field.name, &case.value));
        }
    }
    for case in action.refuses.0 {
        add("", case.1, case.0.to_owned());
    }
    if let Some(example) = action.examples.first() {
        add("no_such_field", "there is no such field", with(example.input, "no_such_field", "1"));
    }
    cases
}

/// An example of an action in which the field has a part.
fn base(action: &Action, field: &Field) -> Option<&'static str> {
    action.examples.iter().map(|example| example.input).find(|input| has_part(field, input))
}

/// Everything of which the plugin does not show what it takes and what not, a line each: fields of actions
/// and triggers without an example, without a counter-example, or without a part in any example of their
/// action.
pub fn without_examples(plugin: &Plugin) -> Vec<String> {
    let mut faults = Vec::new();
    for action in plugin.actions {
        refusals::missing(action.name, action.input, &mut faults);
        for field in action.input.iter().filter(|field| base(action, field).is_none()) {
            faults.push(format!("{}: {} has no part in any example", action.name, field.name));
        }
    }
    for trigger in plugin.triggers() {
        refusals::missing(trigger.name, trigger.input, &mut faults);
    }
    faults
}

/// A connection refuses what its fields say that they refuse.
fn of_connection(connection: &Connection, faults: &mut Vec<String>) {
    for field in connection.fields {
        for case in refusals::of_field(field) {
            let value = json::string(&case.value).unwrap_or_default().into_owned().into_bytes();
            let config = |key: &str| (key == field.name).then(|| value.clone());
            let read = Raw::load(connection, &config).read(connection);
            let is_told = read.is_err_and(|error| error.problems.iter().any(|problem| problem.field == field.name));
            if !is_told {
                faults.push(format!("the connection: {} takes {}, although {}", field.name, case.value, case.why));
            }
        }
    }
}

/// What is wrong with what the plugin says of itself, a line each.
pub fn faults(plugin: &Plugin) -> Vec<String> {
    let mut faults = Vec::new();
    if Members::parse(&describe::description(plugin)).is_err() {
        faults.push("the description is not JSON: look for an example or a default that is none".to_owned());
    }
    of_fields("the connection", plugin.connection.fields, false, &mut faults);
    of_connection(&plugin.connection, &mut faults);
    for action in plugin.actions {
        let name = action.name;
        of_fields(name, action.input, true, &mut faults);
        of_fields(name, action.output, true, &mut faults);
        let is_field = |field: &str| action.input.iter().any(|known| known.name == field);
        if let Some((subject, _)) = action.subject.filter(|(subject, _)| !is_field(subject)) {
            faults.push(format!("{name}: its subject {subject} is no field"));
        }
        if action.examples.is_empty() {
            faults.push(format!("{name}: it has no examples"));
        }
        for example in action.examples {
            if let Err(error) = read(action, example.input) {
                faults.push(format!("{name}: the example {:?} is refused: {}", example.title, error.message));
            }
            let of = format!("{name}: the output of the example {:?}", example.title);
            of_output(&of, action.output, example.output, &mut faults);
        }
        let reads = |other: &str| plugin.action(other).is_some_and(Action::is_read);
        let within = action.input.iter().filter_map(|field| field.holds.fields()).flatten();
        let lists = action.input.iter().chain(within).filter_map(|field| field.options).map(|options| options.action);
        for other in lists.chain(action.verify.map(|verify| verify.action)).filter(|other| !reads(other)) {
            faults.push(format!("{name}: there is no read {other}"));
        }
    }
    triggers::of(plugin, &mut faults);
    for case in counter_examples(plugin) {
        let is_taken = plugin.action(case.action).is_some_and(|action| read(action, &case.input).is_ok());
        if is_taken {
            faults.push(format!("{}: it takes {}, although {}", case.action, case.input, case.why));
        }
    }
    faults
}
