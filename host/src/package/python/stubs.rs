//! The stubs of a package: what type checkers and editors read of the classes that are made when it is imported.

use serde_json::Value;

use super::faces::Faces;
use super::method::Method;
use super::names::is_identifier;
use super::types::{Body, Kind, Member, Type};
use super::writing::{Function, Stub, literal};
use super::{engine_stubs, taken, ways};

/// What every package has, by the modules that have it.
const MODULES: [(&str, &[&str]); 3] = [
    ("_cursors", &["CursorStore", "FileCursorStore", "MemoryCursorStore"]),
    (
        "_errors",
        &[
            "ActionError",
            "BundleError",
            "ConfigurationError",
            "Effect",
            "ErrorDocument",
            "ForgedEventError",
            "Kind",
            "Problem",
            "Retry",
            "Upstream",
            "WebhookError",
        ],
    ),
    ("_events", &["CloudEvent", "Event", "Page", "Received", "Subscription", "WebhookResponse"]),
];

/// The stubs, by the names of their files.
pub fn stubs(faces: &Faces) -> [(&'static str, String); 7] {
    [
        ("__init__.pyi", package(faces)),
        ("airflow/hook.pyi", engine_stubs::hook(faces)),
        ("airflow/operator.pyi", engine_stubs::operators(faces)),
        ("airflow/retries.pyi", engine_stubs::retries(faces)),
        ("airflow/sensor.pyi", engine_stubs::sensor(faces)),
        ("airflow/trigger.pyi", engine_stubs::trigger(faces)),
        ("prefect.pyi", engine_stubs::prefect(faces)),
    ]
}

fn package(faces: &Faces) -> String {
    let mut stub = Stub::default();
    stub.docstring(&faces.about, "");
    stub.lines(&[
        "import asyncio",
        "import datetime",
        "import threading",
        "from collections.abc import AsyncIterator, Iterator, Sequence",
        "from dataclasses import dataclass",
        "from typing import Any, Literal, NotRequired, SupportsFloat, TypedDict",
        "",
    ]);
    stub.deprecation(&faces.python);
    stub.lines(&[
        "from ._async_client import AsyncClient",
        "from ._base_client import Option as Option",
        "from ._client import Client",
        "from ._connection import BaseConnection",
    ]);
    for (module, names) in MODULES {
        for name in names {
            stub.line(format!("from .{module} import {name} as {name}"));
        }
    }
    stub.lines(&[
        "from ._triggers import Headers",
        "from ._types import Moment, Number, Start, Switch, Text, Whole",
        "",
    ]);
    let own = faces.types.iter().map(|it| it.name.as_str()).chain([faces.client.as_str(), &faces.async_client]);
    let mut exported: Vec<_> = taken::EXPORTED.into_iter().chain(own).map(literal).collect();
    exported.sort();
    stub.line(format!("__all__ = [{}]", exported.join(", ")));
    for kind in &faces.types {
        stub.line("");
        match &kind.body {
            Body::Choice(values) => choice(&mut stub, kind, values),
            Body::Shape(members) => shape(&mut stub, kind, members),
        }
    }
    stub.lines(&["", "@dataclass(frozen=True, repr=False)", "class Connection(BaseConnection):"]);
    let what = format!("An account of {}. Its `repr` hides the keys to it, and it is not pickled.", faces.title);
    stub.docstring(&what, "    ");
    for key in &faces.keys {
        let kind = if key.is_switch { "bool | str" } else { "str" };
        stub.line(format!("    {}: {kind}{}", key.name, if key.required { "" } else { " = ..." }));
        stub.docstring(&key.about, "    ");
    }
    client(&mut stub, faces, &faces.client, "Client");
    stub.is_async = true;
    client(&mut stub, faces, &faces.async_client, "AsyncClient");
    stub.text()
}

fn client(stub: &mut Stub, faces: &Faces, name: &str, base: &str) {
    stub.lines(&["", &format!("class {name}({base}):")]);
    stub.docstring(&faces.about, "    ");
    stub.lines(&[
        "    def __init__(",
        "        self,",
        "        connection: Connection,",
        "        *,",
        "        timeout_s: SupportsFloat = 30.0,",
        "        timezone: str | datetime.tzinfo | None = None,",
        "        allow_private: bool = False,",
        "    ) -> None: ...",
    ]);
    let before = ["self".to_owned()];
    let limit = ["limit: int | None = None".to_owned()];
    for it in &faces.python {
        let call = Function {
            name: &it.name,
            parameters: it.parameters.iter().collect(),
            before: &before,
            after: &[],
            result: it.result.annotation(),
            indent: "    ",
            decorator: "",
        };
        stub.function(it, &call);
        if let Some(item) = &it.item {
            let many = if stub.is_async { "AsyncIterator" } else { "Iterator" };
            let (name, result) = (format!("iter_{}", it.action), format!("{many}[{}]", item.annotation()));
            stub.function(
                it,
                &Function { name: &name, parameters: it.searched().collect(), after: &limit, result, ..call },
            );
        }
    }
    let others: &[_] = if stub.is_async { &[("stop", "asyncio.Event | None = None")] } else { &[] };
    let told: [(&[Method], &[ways::Way]); 2] =
        [(&faces.polls, &[ways::POLL, ways::EVENTS]), (&faces.webhooks, &[ways::WEBHOOK])];
    for (methods, ways) in told {
        for method in methods {
            for way in ways {
                stub.of_trigger(method, way, "self", "    ", "", others);
            }
        }
    }
}

fn choice(stub: &mut Stub, kind: &Type, values: &[Value]) {
    let values: Vec<_> = values.iter().map(value).collect();
    stub.line(format!("{} = Literal[{}]", kind.name, values.join(", ")));
    stub.docstring(&kind.about, "");
}

/// A text, a whole number, true or false as Python writes it.
fn value(value: &Value) -> String {
    match value {
        Value::String(text) => literal(text),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        number => number.to_string(),
    }
}

fn shape(stub: &mut Stub, kind: &Type, members: &[Member]) {
    let written = |member: &Member| {
        let told: &Kind = &member.kind;
        if member.required { told.annotation() } else { format!("NotRequired[{}]", told.annotation()) }
    };
    if members.iter().all(|member| is_identifier(&member.key)) {
        stub.line(format!("class {}(TypedDict):", kind.name));
        if !kind.about.is_empty() || members.is_empty() {
            stub.docstring(&kind.about, "    ");
        }
        for member in members {
            stub.line(format!("    {}: {}", member.key, written(member)));
            stub.docstring(&member.about, "    ");
        }
        return;
    }
    let held: Vec<_> = members.iter().map(|it| format!("{}: {}", literal(&it.key), written(it))).collect();
    stub.line(format!("{} = TypedDict({}, {{{}}})", kind.name, literal(&kind.name), held.join(", ")));
}
