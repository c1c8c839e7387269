use super::*;

/// An action with this input and output.
fn action(input: Value, output: Value) -> Value {
    json!({
        "name": "a", "title": "An action", "description": "Does it.", "subject": "id", "examples": [],
        "inputSchema": input, "outputSchema": output, "annotations": { "readOnlyHint": false },
    })
}

/// An input's schema of these fields, with more members of the root.
fn with(fields: Value, more: Value) -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "An action", "type": "object",
        "properties": fields, "required": ["id"], "additionalProperties": false,
    });
    schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    schema
}

fn input(fields: Value, more: Value) -> Value {
    let tool = tool(&action(with(fields, more), json!({ "type": "object" })));
    assert_eq!(faults(&tool), Vec::<String>::new(), "{tool}");
    tool["inputSchema"].clone()
}

/// A field of an input.
fn field(rule: Value) -> Value {
    input(json!({ "id": rule }), json!({}))["properties"]["id"].clone()
}

fn output(schema: Value) -> Value {
    let tool = tool(&action(with(json!({ "id": {} }), json!({})), schema));
    assert_eq!(faults(&tool), Vec::<String>::new(), "{tool}");
    tool["outputSchema"].clone()
}

fn described(tool: &Value, field: &str) -> String {
    tool["properties"][field]["description"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_root_has_nothing_but_fields() {
    let schema = input(json!({ "id": { "type": "string" } }), json!({ "not": {}, "$defs": {}, "minProperties": 1 }));
    let plain = json!({
        "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"], "additionalProperties": false,
    });
    assert_eq!(schema, plain);
}

#[test]
fn a_field_has_one_type_and_that_is_a_text_where_it_may_be() {
    for (rule, one) in [
        (json!({ "type": ["integer", "string", "null"] }), "string"),
        (json!({ "type": ["integer", "null"] }), "integer"),
        (json!({ "type": ["integer", "number"] }), "number"),
        (json!({ "type": ["null", "boolean"] }), "boolean"),
        (json!({ "type": "null" }), "string"),
        (json!({ "type": "made_up" }), "string"),
        (json!({}), "string"),
        (json!({ "enum": [1, 2] }), "integer"),
        (json!({ "const": 1.5 }), "number"),
        (json!({ "oneOf": [{ "type": "integer" }, { "type": "null" }] }), "integer"),
        (json!({ "anyOf": [{ "const": true }, { "type": "string" }] }), "string"),
        (json!({ "$ref": "#/$defs/x" }), "string"),
    ] {
        assert_eq!(field(rule.clone())["type"], one, "{rule}");
    }
}

#[test]
fn rules_that_some_provider_refuses_are_gone() {
    let rule = json!({
        "title": "Number", "description": "Of the order.", "type": "integer", "examples": [1], "minimum": 1,
        "maximum": 9, "exclusiveMinimum": 0, "exclusiveMaximum": 10, "multipleOf": 1, "format": "int64",
        "pattern": "\\S", "uniqueItems": true, "maxLength": 3, "$comment": "x", "not": {}, "deprecated": true,
    });
    assert_eq!(field(rule), json!({ "type": "integer", "description": "Of the order." }));
}

#[test]
fn a_title_stands_for_a_description_that_is_missing() {
    assert_eq!(field(json!({ "title": "Number" }))["description"], "Number");
    assert_eq!(field(json!({})).get("description"), None);
}

#[test]
fn choices_are_an_enum_of_texts_or_a_sentence() {
    assert_eq!(field(json!({ "enum": ["a", "b", null] }))["enum"], json!(["a", "b"]));
    assert_eq!(field(json!({ "type": ["string", "integer"], "enum": ["a", 1] }))["enum"], json!(["a"]));
    assert_eq!(field(json!({ "const": "a" }))["enum"], json!(["a"]));
    let numbers = field(json!({ "title": "N", "enum": [1, 2] }));
    assert_eq!((numbers.get("enum"), &numbers["description"]), (None, &json!("N One of 1, 2.")));
    // Any text is among the choices.
    assert_eq!(field(json!({ "anyOf": [{ "const": "a" }, { "type": "string" }] })).get("enum"), None);
}

#[test]
fn a_default_is_told_as_a_sentence() {
    assert_eq!(field(json!({ "description": "D.", "default": 3 }))["description"], "D. Default: 3.");
    assert_eq!(field(json!({ "description": "D.", "default": "" }))["description"], "D.");
}

#[test]
fn lists_have_items_and_objects_have_fields_all_as_plain() {
    assert_eq!(field(json!({ "type": "array" })), json!({ "type": "array", "items": { "type": "string" } }));
    let item = json!({ "type": "object", "properties": { "sku": { "type": ["string", "null"], "pattern": "x" } },
        "required": ["sku"], "additionalProperties": false, "minProperties": 1 });
    let plain = json!({ "type": "object", "properties": { "sku": { "type": "string" } }, "required": ["sku"],
        "additionalProperties": false });
    let list = json!({ "type": "array", "items": item, "minItems": 1, "uniqueItems": true });
    assert_eq!(field(list), json!({ "type": "array", "items": plain }));
}

#[test]
fn conditions_are_told_where_models_read_them() {
    let fields = json!({ "id": {}, "status": {}, "date": { "description": "When." }, "rpo": {}, "why": {} });
    let is = |values: Value| json!({ "properties": { "status": { "enum": values } }, "required": ["status"] });
    let schema = input(
        fields,
        json!({
            "allOf": [
                { "if": is(json!(["sent", "paid"])), "then": { "required": ["date"], "properties": { "date": {} } } },
                { "if": { "properties": { "status": { "const": "sent" } } }, "then": { "required": ["rpo"] },
                  "else": { "required": ["why"] } },
                { "if": { "properties": { "status": { "pattern": "^x" } } }, "then": { "required": ["id"] } },
            ],
            "if": { "required": ["rpo"] }, "then": { "required": ["date"] },
            "dependentRequired": { "why": ["rpo"] },
        }),
    );
    assert_eq!(described(&schema, "date"), "When. Required when rpo is given. Required when status is sent or paid.");
    assert_eq!(described(&schema, "rpo"), "Required when why is given. Required when status is sent.");
    assert_eq!(described(&schema, "why"), "Required unless status is sent.");
    // What has no short sentence is left to the plugin.
    assert_eq!(described(&schema, "id"), "");
}

#[test]
fn that_one_of_several_fields_is_needed_is_told_with_the_tool() {
    let more = json!({ "anyOf": [{ "required": ["id"] }, { "required": ["phone"] }] });
    let tool = tool(&action(with(json!({ "id": {}, "phone": {} }), more), json!({})));
    assert_eq!(tool["description"], "Does it. At least one of these is required: id, phone.");
}

#[test]
fn an_output_is_never_said_to_be_more_than_it_is() {
    let schema = json!({
        "$schema": "x", "title": "Done", "description": "d", "type": "object",
        "properties": {
            "id": { "title": "Id", "type": "string", "pattern": "x", "enum": ["a"] },
            "any": {}, "maybe": { "type": ["string", "null"] }, "either": { "type": ["string", "integer"] },
            "list": { "type": "array", "items": { "type": "integer", "minimum": 1 } },
            "loose": { "type": "array" },
        },
        "required": ["id", "any"], "additionalProperties": false, "allOf": [{}],
    });
    let plain = json!({
        "type": "object",
        "properties": {
            "id": { "type": "string", "description": "Id", "enum": ["a"] },
            "list": { "type": "array", "items": { "type": "integer" } },
        },
        "required": ["id"],
    });
    assert_eq!(output(schema), plain);
    let whole = json!({ "type": "object", "properties": { "a": { "type": "string" } }, "additionalProperties": false });
    assert_eq!(output(whole)["additionalProperties"], false);
    assert_eq!(output(json!({ "type": "array" })), Value::Null);
}

#[test]
fn hints_are_the_actions_and_what_is_no_read_may_destroy() {
    let hinted = |hints: Value| {
        let mut action = action(with(json!({ "id": {} }), json!({})), json!({}));
        action["annotations"] = hints;
        tool(&action)["annotations"].clone()
    };
    assert_eq!(hinted(Value::Null), json!({ "title": "An action", "destructiveHint": true }));
    assert_eq!(hinted(json!({ "readOnlyHint": true })), json!({ "title": "An action", "readOnlyHint": true }));
    let all = json!({ "title": "T", "readOnlyHint": false, "destructiveHint": false, "idempotentHint": true });
    assert_eq!(hinted(all.clone()), all);
    assert_eq!(hinted(json!({ "destructiveHint": "no", "more": 1 }))["destructiveHint"], true);
}

#[test]
fn with_several_connections_the_first_argument_chooses_one() {
    let mut tool = tool(&action(with(json!({ "id": {} }), json!({})), json!({})));
    assert!(choose(&mut tool, &["berlin", "paris"]));
    assert_eq!(faults(&tool), Vec::<String>::new());
    let schema = &tool["inputSchema"];
    assert_eq!(schema["properties"]["connection"]["enum"], json!(["berlin", "paris"]));
    assert_eq!(schema["required"], json!(["connection", "id"]));
    assert_eq!(schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["connection", "id"]);
    let before = tool.clone();
    assert!(!choose(&mut tool, &["rome"]));
    assert_eq!(tool, before);
}

#[test]
fn a_tool_that_breaks_a_rule_is_told_with_the_place() {
    let good = || tool(&action(with(json!({ "id": { "type": "string" } }), json!({})), json!({ "type": "object" })));
    let broken = |change: fn(&mut Value)| {
        let mut tool = good();
        change(&mut tool);
        faults(&tool).join("; ")
    };
    for keyword in ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref", "$defs", "$schema", "title"] {
        for place in ["inputSchema", "outputSchema"] {
            let mut tool = good();
            tool[place][keyword] = json!({});
            assert_eq!(faults(&tool), [format!("{place} has {keyword}")]);
        }
    }
    for keyword in [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "$ref",
        "$defs",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "const",
        "multipleOf",
        "uniqueItems",
        "format",
        "pattern",
        "minimum",
        "default",
        "title",
        "properties",
    ] {
        let mut tool = good();
        tool["inputSchema"]["properties"]["id"][keyword] = json!({});
        assert_eq!(faults(&tool), [format!("inputSchema.id has {keyword}")]);
    }
    for (told, change) in [
        ("the name \"a.b\"", (|tool| tool["name"] = "a.b".into()) as fn(&mut Value)),
        ("the name", |tool| tool["name"] = "a".repeat(65).into()),
        ("no title", |tool| tool["title"] = "".into()),
        ("no description", |tool| tool["description"] = Value::Null),
        ("neither readOnlyHint", |tool| tool["annotations"]["destructiveHint"] = Value::Null),
        ("annotations has no title", |tool| tool["annotations"]["title"] = "".into()),
        ("no inputSchema", |tool| drop(tool.as_object_mut().unwrap().shift_remove("inputSchema"))),
        ("inputSchema is no object", |tool| tool["inputSchema"]["type"] = "array".into()),
        ("inputSchema.id has not one type", |tool| tool["inputSchema"]["properties"]["id"]["type"] = json!(["string"])),
        ("inputSchema.id is an array without", |tool| tool["inputSchema"]["properties"]["id"]["type"] = "array".into()),
        ("inputSchema.id has items", |tool| tool["inputSchema"]["properties"]["id"]["items"] = json!({})),
        ("an enum of something else", |tool| tool["inputSchema"]["properties"]["id"]["enum"] = json!([1])),
        ("an enum of something else", |tool| tool["inputSchema"]["properties"]["id"]["enum"] = json!([])),
        ("a property \"a b\"", |tool| tool["inputSchema"]["properties"]["a b"] = json!({ "type": "string" })),
        ("requires \"x\"", |tool| tool["inputSchema"]["required"] = json!(["x"])),
        ("additionalProperties that", |tool| tool["inputSchema"]["additionalProperties"] = json!({})),
    ] {
        let faults = broken(change);
        assert!(faults.contains(told), "{told}: {faults}");
    }
    assert_eq!(broken(|_| {}), "");
}
