//! The description: what the fields and actions say, as JSON.
//!
//! It is written with loops and small functions that are not inlined: the code is a part of every
//! module.

use crate::action::{Action, Condition, Idempotency, Kind, Limit};
use crate::field::Field;
use crate::json::{Array, Object, quoted};
use crate::plugin::Plugin;
use crate::schema::{given, returned};
use crate::trigger::{Delivery, Trigger};

/// The dialect of every schema.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What the export `describe` answers.
pub fn description(plugin: &Plugin) -> String {
    let connection = &plugin.connection;
    let schema = titled(connection.title).text("description", connection.description);
    let mut origins = Array::new();
    for field in connection.fields.iter().filter(|field| field.holds.is_origin()) {
        origins.text(field.name);
    }
    let origins = origins.finish();
    let permissions = plugin.reason.map(|reason| {
        let http = Object::new().json("origins", &origins).text("reason", reason);
        Object::new().json("http", &http.finish()).finish()
    });
    let told = Object::new()
        .json("schema", &given(schema, connection.fields).finish())
        .text("check", plugin.check_name)
        .json("origins", &origins);
    let mut actions = Array::new();
    for action in plugin.actions {
        actions.json(&self::action(action));
    }
    Object::new()
        .json("contract", "1")
        .text("name", plugin.name)
        .text("title", plugin.title)
        .text("version", plugin.version)
        .text("description", plugin.description)
        .text_if("homepage", plugin.homepage)
        .json_if("icons", plugin.icons)
        .json_if("permissions", permissions.as_deref())
        .json_if("limits", limits(plugin.limits).as_deref())
        .json("connection", &told.finish())
        .json("actions", &actions.finish())
        .json_if("triggers", plugin.triggers.map(|(triggers, told)| told(triggers)).as_deref())
        .json_if("i18n", plugin.i18n)
        .finish()
}

/// A schema with its dialect and its title.
#[inline(never)]
fn titled(title: &str) -> Object {
    Object::new().text("$schema", DIALECT).text("title", title)
}

fn limits(limits: &[Limit]) -> Option<String> {
    let mut told = Array::new();
    for limit in limits {
        let one = Object::new().number("requests", limit.requests.into()).number("perS", limit.per_s.into());
        told.json(&one.text("scope", "connection").finish());
    }
    (!told.is_empty()).then(|| told.finish())
}

/// An action as the description has it.
fn action(action: &Action) -> String {
    let mut examples = Array::new();
    for example in action.examples {
        let told = Object::new().text("title", example.title);
        examples.json(&told.json("input", example.input).json("output", example.output).finish());
    }
    let deprecated =
        action.deprecated.map(|(since, instead)| Object::new().text("since", since).text("use", instead).finish());
    let unsigned = (!action.unsigned.is_empty()).then(|| Array::of_texts(action.unsigned));
    let idempotency = match action.idempotency {
        Idempotency::Natural if action.is_read() => None,
        Idempotency::Natural => Some(quoted("natural")),
        Idempotency::Key(field) => Some(Object::new().text("key", field).finish()),
        Idempotency::None => Some(quoted("none")),
    };
    Object::new()
        .text("name", action.name)
        .text("title", action.title)
        .text("description", action.description)
        .json_if("deprecated", deprecated.as_deref())
        .text_if("subject", action.subject.map(|(field, _)| field))
        .json("inputSchema", &given(titled(action.title), action.input).finish())
        .json("outputSchema", &returned(titled(action.output_title), action.output).finish())
        .json("annotations", &annotations(action))
        .json_if("idempotency", idempotency.as_deref())
        .json_if("verify", verify(action).as_deref())
        .json_if("limits", limits(action.limits).as_deref())
        .json_if("unsigned", unsigned.as_deref())
        .json("examples", &examples.finish())
        .json("form", &form(action.input))
        .finish()
}

/// The triggers as the description has them.
pub fn triggers(triggers: &[Trigger]) -> String {
    let mut told = Array::new();
    for trigger in triggers {
        told.json(&self::trigger(trigger));
    }
    told.finish()
}

fn trigger(trigger: &Trigger) -> String {
    let confirm = trigger.confirm.map(|confirm| {
        let told = Object::new().text("action", confirm.action).json("arguments", &arguments(confirm.arguments));
        told.json("holds", &conditions(confirm.holds)).finish()
    });
    let exports = trigger.subscription.map(|calls| calls.exports);
    Object::new()
        .text("name", trigger.name)
        .text("title", trigger.title)
        .text("description", trigger.description)
        .text("delivery", if let Delivery::Poll(_) = trigger.delivery { "poll" } else { "webhook" })
        .json("inputSchema", &given(titled(trigger.title), trigger.input).finish())
        .json("eventSchema", &returned(titled(trigger.event_title), trigger.event).finish())
        .json("sample", trigger.sample)
        .text_if("docs", (!trigger.docs.is_empty()).then_some(trigger.docs))
        .text_if("signature", trigger.signature.map(|scheme| scheme.name()))
        .json_if("confirm", confirm.as_deref())
        .text_if("subscribe", exports.map(|(subscribe, _)| subscribe))
        .text_if("unsubscribe", exports.map(|(_, unsubscribe)| unsubscribe))
        .json("form", &form(trigger.input))
        .finish()
}

/// What the action does to its surroundings, as MCP has it.
#[inline(never)]
pub(crate) fn annotations(action: &Action) -> String {
    Object::new()
        .text("title", action.title)
        .switch("readOnlyHint", action.is_read())
        .switch("destructiveHint", action.kind == Kind::Change)
        .switch("idempotentHint", action.idempotency == Idempotency::Natural)
        .switch("openWorldHint", true)
        .finish()
}

fn verify(action: &Action) -> Option<String> {
    let verify = action.verify?;
    let told = Object::new().text("action", verify.action).json("arguments", &arguments(verify.arguments));
    Some(told.json("done", &conditions(verify.done)).json("undone", &conditions(verify.undone)).finish())
}

/// The arguments of a read, each with what it is taken from.
fn arguments(pairs: &[(&str, &str)]) -> String {
    let mut arguments = Object::new();
    for (name, from) in pairs {
        arguments = arguments.text(name, from);
    }
    arguments.finish()
}

fn conditions(conditions: &[Condition]) -> String {
    let mut told = Array::new();
    for condition in conditions {
        told.json(&match condition {
            Condition::Is(pointer, json) => Object::new().text("pointer", pointer).json("value", json).finish(),
            Condition::IsField(pointer, field) => Object::new().text("pointer", pointer).text("field", field).finish(),
        });
    }
    told.finish()
}

/// Notes what a host can help with: the moments, and the fields that have choices. A field of the lines of
/// `goods` is called `goods[].sku`.
fn help(fields: &[Field], within: &str, moments: &mut Array, mut options: Object) -> Object {
    for field in fields {
        let name = [within, field.name].concat();
        if field.holds.is_moment() {
            moments.text(&name);
        }
        if let Some(list) = field.options {
            let one = Object::new().text("action", list.action).text("value", list.value).text("title", list.title);
            let by = (!field.options_by.is_empty()).then(|| arguments(field.options_by));
            let one = one.json_if("arguments", by.as_deref()).text_if("search", list.search);
            options = options.json(&name, &one.finish());
        }
        if let Some(fields) = field.holds.fields() {
            options = help(fields, &[&name, "[]."].concat(), moments, options);
        }
    }
    options
}

/// What a form has to know beside the schema.
fn form(fields: &[Field]) -> String {
    let (mut order, mut moments, mut visible) = (Array::new(), Array::new(), Object::new());
    for field in fields {
        order.text(field.name);
        if let Some(when) = field.when() {
            visible = visible.json(field.name, &Object::new().json(when.on, &Array::of_texts(when.is)).finish());
        }
    }
    let options = help(fields, "", &mut moments, Object::new());
    let (has_visible, has_moments, has_options) = (!visible.is_empty(), !moments.is_empty(), !options.is_empty());
    Object::new()
        .json("order", &order.finish())
        .json_if("visible", has_visible.then(|| visible.finish()).as_deref())
        .json_if("moments", has_moments.then(|| moments.finish()).as_deref())
        .json_if("options", has_options.then(|| options.finish()).as_deref())
        .finish()
}
