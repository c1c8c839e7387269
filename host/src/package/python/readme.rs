//! The README of a plugin's package: what people see where they find it, made of the description.

use serde_json::Value;

use super::faces::Faces;
use super::method::Method;
use super::writing::literal;
use crate::package::text::{is_seen, line};

/// The text, in Markdown.
pub fn readme(faces: &Faces, description: &Value) -> String {
    let Faces { module, client, .. } = faces;
    let mut lines = vec![
        format!("# {}", faces.distribution),
        String::new(),
        line(&faces.about),
        String::new(),
        "For Python ≥ 3.11, Airflow ≥ 3.3 and Prefect ≥ 3.8. Inside is a WebAssembly module that knows the service; \
         this package runs it and does its HTTP."
            .to_owned(),
        String::new(),
        "```python".to_owned(),
        format!("from {module} import ActionError, Connection, {client}"),
        String::new(),
    ];
    let required: Vec<_> = faces.keys.iter().filter(|key| key.required).collect();
    if let Some(first) = required.first() {
        let variables: Vec<_> = required.iter().map(|key| line(&faces.variable(key))).collect();
        let variables = variables.join(", ");
        lines.push(format!("# {variables} in the environment; or Connection({}=…).", first.name));
    }
    lines.push(format!("account = {client}(Connection.from_env(), timezone=\"UTC\")"));
    lines.extend(["try:".to_owned(), format!("    print(account.{})", example(faces, description))]);
    lines.extend(
        ["except ActionError as error:", "    raise SystemExit(f\"{error.kind}: {error}\")", "```", ""]
            .map(str::to_owned),
    );
    methods(&mut lines, faces);
    engines(&mut lines, faces);
    if let Some(homepage) = faces.homepage.as_deref().filter(|it| !it.contains(['<', '>']) && it.chars().all(is_seen)) {
        lines.extend([String::new(), format!("More: <{}>", homepage.replace(' ', "%20"))]);
    }
    lines.join("\n") + "\n"
}

fn methods(lines: &mut Vec<String>, faces: &Faces) {
    lines.extend([format!("| method of `{}` | |", faces.client), "|---|---|".to_owned()]);
    for method in &faces.python {
        let arguments: Vec<_> = method.parameters.iter().map(|it| format!("{}=", it.name)).collect();
        lines.push(format!("| `{}({})` | {} |", method.name, arguments.join(", "), cell(&method.about)));
        if method.item.is_some() {
            lines.push(format!("| `iter_{}(…, limit=)` | the same, all of it, one by one |", method.action));
        }
    }
    for trigger in &faces.polls {
        lines.push(format!("| `events_{}(cursor_store=, …)` | {} |", trigger.action, cell(&trigger.about)));
        lines.push(format!("| `poll_{}(cursor=, …)` | the same, asked once |", trigger.action));
    }
    for trigger in &faces.webhooks {
        let about = cell(&trigger.about);
        lines.push(format!("| `webhook_{}(method, headers, query, body)` | {about} |", trigger.action));
    }
    if !faces.webhooks.is_empty() {
        let confirmed =
            "| `confirmed(trigger, event)` | whether the service itself says so: ask before a webhook counts |";
        lines.push(confirmed.to_owned());
    }
    lines.push(format!("| `{}` | all of this for asyncio, to be awaited |", faces.async_client));
    lines.extend(
        [
            "| `options(action, field, search=)` | the choices of a field, where the service lists them |",
            "| `check_connection()` | proves that the connection is right, and changes nothing |",
            "| `call(action, input)`, `describe()` | any action by its name; all actions with their JSON Schemas |",
            "",
            "| value of a connection | in the environment | |",
            "|---|---|---|",
        ]
        .map(str::to_owned),
    );
    for key in &faces.keys {
        lines.push(format!("| `{}` | `{}` | {} |", key.name, cell(&faces.variable(key)), cell(&key.about)));
    }
    lines.extend([
        String::new(),
        "A failed call is an `ActionError`: its text says what is wrong and what to do, `kind` what kind of failure it \
         is, `retry` whether the call may be repeated (`later` or `never`), `effect` whether anything may have been \
         changed (`none` or `unknown`)."
            .to_owned(),
        String::new(),
    ]);
}

fn engines(lines: &mut Vec<String>, faces: &Faces) {
    let Faces { module, name, credentials, sensor, .. } = faces;
    let listed = |methods: &[Method], name: &dyn Fn(&Method) -> String| {
        methods.iter().map(|method| format!("`{}`", name(method))).collect::<Vec<_>>().join(", ")
    };
    lines.push(format!(
        "Airflow: the connection type `{name}`, and in `{module}.airflow.operator` {}. Prefect: in `{module}.prefect` \
         the block `{credentials}`, and the tasks {}.",
        listed(&faces.airflow, &|method| faces.operator(method).to_owned()),
        listed(&faces.prefect, &|method| method.name.clone()),
    ));
    if !faces.polls.is_empty() {
        lines.extend([
            String::new(),
            format!(
                "What happens ({}): in Airflow by `{sensor}` in `{module}.airflow.sensor`, which can wait without a \
                 worker; in Prefect by {}.",
                listed(&faces.polls, &|method| method.action.clone()),
                listed(&faces.polls, &|method| format!("events_{}", method.action)),
            ),
        ]);
    }
}

/// A call as the first example of an action has it.
fn example(faces: &Faces, description: &Value) -> String {
    for (method, action) in faces.python.iter().zip(description["actions"].as_array().into_iter().flatten()) {
        let given = &action["examples"][0]["input"];
        if given.is_object() {
            let known = method.parameters.iter().filter(|it| method.key.as_ref() != Some(&it.field));
            let arguments = known.filter_map(|it| Some(format!("{}={}", it.name, value(given.get(&it.field)?))));
            return format!("{}({})", method.name, arguments.collect::<Vec<_>>().join(", "));
        }
    }
    "check_connection()".to_owned()
}

/// A value as Python writes it.
fn value(given: &Value) -> String {
    match given {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => literal(text),
        Value::Array(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<_> = members.iter().map(|(key, it)| format!("{}: {}", literal(key), value(it))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}
