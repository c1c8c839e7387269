//! What is asked of triggers.

use super::fields::{of_fields, of_output, with};
use super::refusals;
use crate::action::{Action, Condition};
use crate::connection::Config;
use crate::field::Field;
use crate::given::Given;
use crate::http::Transport;
use crate::input::read_value;
use crate::json::{self, Members};
use crate::plugin::Plugin;
use crate::trigger::{Confirm, Delivery, Trigger};

/// What is wrong with what the plugin says of its triggers.
pub(super) fn of(plugin: &Plugin, faults: &mut Vec<String>) {
    for (place, trigger) in plugin.triggers().iter().enumerate() {
        let name = trigger.name;
        if plugin.action(name).is_some() || plugin.triggers()[..place].iter().any(|other| other.name == name) {
            faults.push(format!("{name}: the name stands twice"));
        }
        if !trigger.description.starts_with("Triggers when ") || !trigger.description.ends_with('.') {
            faults.push(format!("{name}: its description has to be \"Triggers when ….\""));
        }
        of_fields(name, trigger.input, true, faults);
        of_fields(name, trigger.event, true, faults);
        let of = format!("{name}: the sample");
        of_output(&of, trigger.event, trigger.sample, faults);
        of_values(&of, trigger, faults);
        for field in trigger.input {
            for case in refusals::of_field(field).iter().filter(|case| takes(field, &case.value)) {
                faults.push(format!("{name}: {} takes {}, although {}", field.name, case.value, case.why));
            }
        }
        match trigger.delivery {
            Delivery::Webhook(_) if trigger.docs.is_empty() && trigger.subscription.is_none() => {
                faults.push(format!("{name}: nobody learns how it is set up: it has neither docs nor a subscription"));
            }
            Delivery::Poll(_) if trigger.signature.is_some() || trigger.subscription.is_some() => {
                faults.push(format!("{name}: a poll has neither a signature nor a subscription"));
            }
            _ => {}
        }
        if let Some(confirm) = trigger.confirm {
            of_confirm(plugin, trigger, &confirm, faults);
        }
    }
}

/// The sample's values are of the kinds that its fields say.
fn of_values(of: &str, trigger: &Trigger, faults: &mut Vec<String>) {
    let Ok(members) = Members::parse(trigger.sample) else { return };
    for field in trigger.event.iter().filter(|field| field.holds.plain_output().is_some()) {
        let Some(value) = members.get(field.name) else { continue };
        if !takes(field, value) {
            faults.push(format!("{of}'s {} is refused by its field: {value}", field.name));
        }
    }
}

fn takes(field: &Field, value: &str) -> bool {
    let mut problems = Vec::new();
    Given::of(value).and_then(|given| read_value(field.holds, field.name, given, &mut problems)).is_some()
}

fn of_confirm(plugin: &Plugin, trigger: &Trigger, confirm: &Confirm, faults: &mut Vec<String>) {
    let name = trigger.name;
    let Some(action) = plugin.action(confirm.action).filter(|action| Action::is_read(action)) else {
        return faults.push(format!("{name}: there is no read {} to confirm it", confirm.action));
    };
    let mut of_event = |member: &str| {
        if !trigger.event.iter().any(|field| field.name == member) {
            faults.push(format!("{name}: it is confirmed by {member}, which is no member of its event"));
        }
    };
    for (_, member) in confirm.arguments {
        of_event(member);
    }
    for condition in confirm.holds {
        if let Condition::IsField(_, member) = condition {
            of_event(member);
        }
    }
    for (field, _) in confirm.arguments {
        if !action.input.iter().any(|known| known.name == *field) {
            faults.push(format!("{name}: {} has no field {field}", action.name));
        }
    }
    if confirm.holds.is_empty() {
        faults.push(format!("{name}: nothing has to hold for it to be confirmed"));
    }
}

/// What is wrong with the events that a trigger makes of what it is given, a line each: events that
/// break what is said of them, and ids that are not the same when the same is told a minute later.
///
/// `given` is a poll or a webhook as a host gives it.
pub fn event_faults(
    plugin: &Plugin,
    trigger: &str,
    given: &str,
    config: Config,
    transport: &dyn Transport,
) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(trigger) = plugin.trigger(trigger) else { return vec![format!("there is no trigger {trigger}")] };
    let mut deliver = |given: &str| match plugin.deliver(trigger.name, given.as_bytes(), config, transport) {
        Some(Ok(output)) => ids(trigger, &output, &mut faults),
        Some(Err(error)) => {
            faults.push(format!("{}: it is refused: {}", trigger.name, error.message));
            Vec::new()
        }
        None => Vec::new(),
    };
    let first = deliver(given);
    let now = Members::parse(given).ok().and_then(|given| given.get("now")?.parse::<i64>().ok()).unwrap_or(0);
    if deliver(&with(given, "now", &(now + 60).to_string())) != first {
        faults.push(format!("{}: the same has other ids when it is told again", trigger.name));
    }
    faults
}

/// The ids of the events in an output.
fn ids(trigger: &Trigger, output: &str, faults: &mut Vec<String>) -> Vec<String> {
    let name = trigger.name;
    let mut ids: Vec<String> = Vec::new();
    let events = Members::parse(output).ok().and_then(|output| output.get("events").map(json::items));
    for event in events.unwrap_or_default() {
        let Ok(event) = Members::parse(event) else { continue };
        let id = event.get("id").and_then(json::string).unwrap_or_default().into_owned();
        of_output(&format!("{name}: the event {id}"), trigger.event, event.get("data").unwrap_or("{}"), faults);
        if ids.contains(&id) {
            faults.push(format!("{name}: the id {id} stands twice"));
        }
        ids.push(id);
    }
    ids
}
