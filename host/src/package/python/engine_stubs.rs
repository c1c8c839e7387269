//! The stubs of what the engines have: Airflow's hook, operators, sensor and trigger, and Prefect's blocks and tasks.

use super::faces::Faces;
use super::method::Parameter;
use super::types::Kind;
use super::ways;
use super::writing::{Function, Stub, arguments_told, literal};

/// A flow keeps track in a block, and is begun anew by its schedule.
const IN_PREFECT: [(&str, &str); 2] = [("cursor_store", "CursorStore | None = None"), ("wait", "bool = False")];

/// Airflow's hook.
pub fn hook(faces: &Faces) -> String {
    let Faces { client, title, connection_id, .. } = faces;
    let mut stub = Stub::default();
    stub.lines(&["import datetime", "from typing import Any", "", &format!("from .. import {client}")]);
    stub.lines(&["from ._hook import PluginHook", "", &format!("class {client}Hook(PluginHook):")]);
    stub.docstring(&format!("Calls {title} with a connection of Airflow."), "    ");
    stub.lines(&[
        "    def __init__(",
        "        self,",
        &format!("        {connection_id}: str = ...,"),
        "        *,",
        "        timezone: str | datetime.tzinfo | None = None,",
        "        **kwargs: Any,",
        "    ) -> None: ...",
        &format!("    def get_conn(self) -> {client}: ..."),
    ]);
    stub.text()
}

/// Airflow's operators.
pub fn operators(faces: &Faces) -> String {
    let mut stub = Stub::default();
    stub.lines(&["from typing import Any", ""]);
    stub.deprecation(&faces.airflow);
    stub.line("from ._operator import ActionOperator");
    for method in &faces.airflow {
        stub.line("");
        stub.deprecated(method, "");
        stub.line(format!("class {}(ActionOperator):", faces.operator(method)));
        stub.docstring(&method.about, "    ");
        stub.lines(&["    def __init__(", "        self,", "        *,"]);
        let parameters: Vec<&Parameter> = method.searched().collect();
        // A template and what another task returns are as good as a value.
        for parameter in &parameters {
            let default = if parameter.required { "" } else { " = None" };
            stub.line(format!("        {}: Any{default},", parameter.name));
        }
        if method.item.is_some() {
            stub.line("        limit: Any = None,");
        }
        stub.lines(&[
            "        timezone: str | None = None,",
            &format!("        {}: str = ...,", faces.connection_id),
            "        **kwargs: Any,",
            "    ) -> None:",
        ]);
        let last: &[&str] = if method.item.is_some() { &[ways::HOW_MANY] } else { &[] };
        stub.docstring(&arguments_told(method, &parameters, last), "        ");
    }
    stub.text()
}

/// Airflow's sensor, if there is something to wait for.
pub fn sensor(faces: &Faces) -> String {
    let mut stub = Stub::default();
    if faces.polls.is_empty() {
        return stub.text();
    }
    stub.lines(&["from collections.abc import Mapping", "from typing import Any, Literal", ""]);
    stub.lines(&["from ._sensor import PluginEventSensor", "", &format!("class {}(PluginEventSensor):", faces.sensor)]);
    let triggers: Vec<_> = faces.polls.iter().map(|it| format!("    {}: {}", it.action, it.about)).collect();
    let told = "Waits for what happens, and gives the events: a list of CloudEvents.";
    stub.docstring(&format!("{told}\n\n{}", triggers.join("\n")), "    ");
    let names: Vec<_> = faces.polls.iter().map(|it| literal(&it.action)).collect();
    stub.lines(&[
        "    def __init__(",
        "        self,",
        "        *,",
        &format!("        trigger: Literal[{}],", names.join(", ")),
        // A template and what another task returns are as good as a value.
        "        input: Mapping[str, Any] | None = None,",
        "        start: Any = 'now',",
        "        limit: Any = 100,",
        "        deferrable: bool = ...,",
        "        timezone: str | None = None,",
        &format!("        {}: str = ...,", faces.connection_id),
        "        **kwargs: Any,",
        "    ) -> None: ...",
    ]);
    stub.text()
}

/// What waits in Airflow's triggerer.
pub fn trigger(faces: &Faces) -> String {
    format!("from ._trigger import PluginEventTrigger\n\nclass {}(PluginEventTrigger): ...\n", faces.trigger)
}

/// When Airflow repeats a failed task.
pub fn retries(faces: &Faces) -> String {
    format!("from ._retries import PluginRetryPolicy\n\nclass {}RetryPolicy(PluginRetryPolicy): ...\n", faces.client)
}

/// Prefect's blocks and tasks.
pub fn prefect(faces: &Faces) -> String {
    let mut stub = Stub::default();
    stub.lines(&[
        "import threading",
        "from collections.abc import Iterator, Sequence",
        "from typing import Any, SupportsFloat",
        "",
        "from prefect import task",
        "from pydantic import SecretStr",
    ]);
    stub.deprecation(&faces.prefect);
    let own = faces.types.iter().map(|it| it.name.as_str());
    let mut imported: Vec<_> = [faces.client.as_str(), "CursorStore", "Event", "Page"].into_iter().chain(own).collect();
    imported.sort_unstable();
    stub.lines(&[
        "",
        &format!("from . import {}", imported.join(", ")),
        "from ._prefect import LONGEST_WAIT_S as LONGEST_WAIT_S",
        "from ._prefect import PluginCredentials",
        "from ._prefect import may_be_repeated as may_be_repeated",
        "from ._prefect_events import PluginCursor",
        "from ._types import Moment, Number, Start, Switch, Text, Whole",
        "",
        &format!("class {}(PluginCredentials):", faces.credentials),
    ]);
    stub.docstring(&format!("An account of {}.", faces.title), "    ");
    for key in &faces.keys {
        let kind = match (key.is_secret, key.is_switch) {
            (true, _) => "SecretStr",
            (false, true) => "bool",
            (false, false) => "str",
        };
        stub.line(format!("    {}: {kind}{}", key.block_name, if key.required { "" } else { " = ..." }));
        stub.docstring(&key.about, "    ");
    }
    stub.lines(&["    timezone: str | None = None", &format!("    def get_client(self) -> {}: ...", faces.client)]);
    let account = format!("credentials: {}", faces.credentials);
    let (before, limit) = ([account.clone()], ["limit: int | None = None".to_owned()]);
    for method in &faces.prefect {
        let result = match &method.item {
            Some(item) => Kind::Many { many: Box::new(item.clone()), given: false }.annotation(),
            None => method.result.annotation(),
        };
        let function = Function {
            name: &method.name,
            parameters: method.searched().collect(),
            before: &before,
            after: if method.item.is_some() { &limit } else { &[] },
            result,
            indent: "",
            decorator: "task",
        };
        stub.function(method, &function);
    }
    stub.lines(&["", &format!("class {}(PluginCursor): ...", faces.cursor_block)]);
    for method in &faces.polls {
        stub.of_trigger(method, &ways::POLL, &account, "", "task", &[]);
        stub.of_trigger(method, &ways::EVENTS, &account, "", "", &IN_PREFECT);
    }
    stub.text()
}
