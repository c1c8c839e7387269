//! The rules of `form.options`: the choices of a field come from a read that is there.

use serde_json::Value;

use super::fault::{Fault, member, unknown};
use super::pointers;
use crate::schema::{field, fields as fields_of, paths};

/// What of an action's options names nothing, or nothing that lists choices.
pub fn faults(action: &Value, actions: &[Value], place: &str, faults: &mut Vec<Fault>) {
    let fields = names(&action["inputSchema"]);
    let within = paths(&action["inputSchema"]);
    let within: Vec<_> = within.iter().map(String::as_str).collect();
    for (name, told) in action["form"]["options"].as_object().into_iter().flatten() {
        let place = format!("{place}.form.options.{name}");
        let mut fault = |at: &str, message: String| {
            let place = if at.is_empty() { place.clone() } else { member(&place, at) };
            faults.push(Fault::new(place, message, true));
        };
        if !within.contains(&name.as_str()) {
            fault("", unknown(name, "field", &within));
        }
        let Some(read) = told["action"].as_str() else { continue };
        let Some(list) = actions.iter().find(|other| other["name"] == read) else {
            fault(
                "action",
                unknown(read, "action", &actions.iter().filter_map(|it| it["name"].as_str()).collect::<Vec<_>>()),
            );
            continue;
        };
        let is_list = |output: &Value| field(output, "items").is_some_and(|items| items.is_of("array"));
        let is_list = list["annotations"]["readOnlyHint"] == true && is_list(&list["outputSchema"]);
        if !is_list {
            fault("action", format!("{read} lists nothing: choices come from a read whose output has a list items"));
        }
        let takes = names(&list["inputSchema"]);
        if let Some(search) = told["search"].as_str().filter(|search| !takes.contains(search)) {
            fault("search", unknown(search, &format!("field of {read}"), &takes));
        }
        for (argument, from) in told["arguments"].as_object().into_iter().flatten() {
            if !takes.contains(&argument.as_str()) {
                fault(&format!("arguments.{argument}"), unknown(argument, &format!("field of {read}"), &takes));
            }
            if let Some(from) = from.as_str().filter(|from| !fields.contains(from)) {
                fault(&format!("arguments.{argument}"), unknown(from, "field", &fields));
            }
        }
        for at in ["value", "title"].into_iter().filter(|_| is_list) {
            let (what, place) = (format!("an item of {read}"), member(&place, at));
            pointers::held(&told[at], &list["outputSchema"], &["items", "0"], &what, place, faults);
        }
    }
}

fn names(object: &Value) -> Vec<&str> {
    fields_of(object).map(|field| field.name).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::description::faults as all_faults;

    fn description(field: &str, options: Value) -> Value {
        let text = json!({ "type": "string", "title": "T", "description": "D" });
        let line = json!({ "type": "object", "properties": { "sku": text } });
        let goods = json!({ "type": "array", "title": "G", "description": "D", "items": line });
        let input = |fields: Value| json!({ "type": "object", "properties": fields, "additionalProperties": false });
        let action = |name: &str, fields: Value, output: Value, reads: bool| {
            json!({ "name": name, "title": "T", "description": "D", "inputSchema": input(fields), "outputSchema": output,
                "annotations": { "readOnlyHint": reads }, "form": {} })
        };
        let item = json!({ "type": "object", "properties": { "id": { "type": "integer" }, "name": text } });
        let found = json!({ "type": "object", "properties": { "items": { "type": "array", "items": item } } });
        let mut order = action("order", json!({ "shop": text, "goods": goods }), json!({ "type": "object" }), false);
        order["form"]["options"][field] = options;
        json!({ "actions": [order, action("list", json!({ "in_shop": text, "query": text }), found, true)] })
    }

    fn told(field: &str, options: Value) -> Vec<String> {
        let found = all_faults(&description(field, options), &["order", "list"]);
        found.iter().filter(|fault| fault.place.starts_with("actions")).map(ToString::to_string).collect()
    }

    fn good() -> Value {
        json!({ "action": "list", "value": "/id", "title": "/name", "arguments": { "in_shop": "shop" }, "search": "query" })
    }

    fn with(member: &str, value: Value) -> Value {
        let mut options = good();
        options[member] = value;
        options
    }

    #[test]
    fn the_choices_of_a_field_or_of_a_part_of_one_come_from_a_read_that_is_there() {
        for field in ["shop", "goods[].sku"] {
            let found = told(field, good());
            assert!(found.iter().all(|fault| !fault.contains("options")), "{found:?}");
        }
        for (field, options, at) in [
            ("sku", good(), "actions[0].form.options.sku"),
            ("goods[0].sku", good(), "actions[0].form.options.goods[0].sku"),
            ("shop", with("action", json!("fly")), "action fly is no action: there are order, list"),
            ("shop", with("action", json!("order")), "action order lists nothing"),
            ("shop", with("search", json!("name")), "search name is no field of list: there are in_shop, query"),
            ("shop", with("arguments", json!({ "shop": "shop" })), "shop is no field of list"),
            (
                "shop",
                with("arguments", json!({ "in_shop": "sku" })),
                "arguments.in_shop sku is no field: there are shop, goods",
            ),
            ("shop", with("value", json!("id")), "value can't be \"id\": where an item has the value"),
            ("shop", json!({ "action": "list" }), "value is missing: where an item has the value"),
            (
                "shop",
                with("value", json!("/idd")),
                "options.shop.value \"/idd\" leads to nothing in an item of list: there is no idd. Did you mean id?",
            ),
            ("shop", with("title", json!("/name/first")), "options.shop.title \"/name/first\" leads to nothing"),
        ] {
            let found = told(field, options);
            assert!(found.iter().any(|fault| fault.contains(at)), "{at} is not in {found:?}");
        }
    }

    #[test]
    fn an_input_may_have_lists_and_objects_of_members_and_nothing_deeper() {
        let of = |part: Value| {
            let mut description = description("shop", good());
            description["actions"][0]["inputSchema"]["properties"]["goods"]["items"] = part;
            let found = all_faults(&description, &["order", "list"]);
            found.into_iter().filter(|fault| fault.place.contains("goods")).map(|it| it.to_string()).collect::<Vec<_>>()
        };
        for entry in [json!({ "type": "string" }), json!({ "type": ["string", "integer"] })] {
            assert_eq!(of(entry), Vec::<String>::new());
        }
        let text = json!({ "type": "string", "title": "T", "description": "D" });
        for (entry, told) in [
            (json!({ "type": "array", "items": text }), "goods.items.type can't be \"array\""),
            (
                json!({ "type": "object", "properties": { "a": { "type": "object", "title": "T", "description": "D" } } }),
                "goods.items.properties.a.type can't be \"object\": the type of a member",
            ),
            (
                json!({ "type": "object", "properties": { "a": { "type": "string", "title": "T" } } }),
                "goods.items.properties.a.description is missing",
            ),
        ] {
            let found = of(entry);
            assert!(found.iter().any(|fault| fault.contains(told)), "{told} is not in {found:?}");
        }
        let mut description = description("shop", good());
        description["actions"][0]["inputSchema"]["properties"]["goods"].as_object_mut().unwrap().remove("items");
        let found = all_faults(&description, &["order", "list"]);
        assert!(
            found.iter().any(|fault| fault.to_string().contains("goods.items is missing: what the entries")),
            "{found:?}"
        );
    }
}
