"""The README of a plugin's package: what people see where they find it, made of the description."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from maker.model import model


def readme(faces: "model.Faces", description: Mapping[str, Any]) -> str:
    """The text, in Markdown."""
    return "\n".join(_lines(faces, description)) + "\n"


def _lines(faces: "model.Faces", description: Mapping[str, Any]) -> Iterator[str]:
    module, distribution = model.module_of(faces.name), model.distribution_of(faces.name)
    yield f"# {distribution}"
    yield ""
    yield _line(faces.about)
    yield ""
    yield (
        "For Python ≥ 3.11, Airflow ≥ 3.3 and Prefect ≥ 3.8. Inside is a WebAssembly module that knows the service; "
        "this package runs it and does its HTTP."
    )
    yield ""
    yield "```python"
    yield f"from {module} import ActionError, Connection, {faces.client}"
    yield ""
    variables = [faces.variable(key) for key in faces.keys if key.required]
    if variables:
        yield f"# {', '.join(variables)} in the environment; or Connection({faces.keys[0].name}=…)."
    yield f'account = {faces.client}(Connection.from_env(), timezone="UTC")'
    yield "try:"
    yield from _example(faces, description)
    yield "except ActionError as error:"
    yield '    raise SystemExit(f"{error.kind}: {error}")'
    yield "```"
    yield ""
    yield f"| method of `{faces.client}` | |"
    yield "|---|---|"
    for method in faces.python:
        arguments = ", ".join(f"{it.name}=" for it in method.parameters)
        yield f"| `{method.name}({arguments})` | {_cell(method.about)} |"
        if method.item is not None:
            yield f"| `iter_{method.action}(…, limit=)` | the same, all of it, one by one |"
    for trigger in faces.polls:
        yield f"| `events_{trigger.action}(cursor_store=, …)` | {_cell(trigger.about)} |"
        yield f"| `poll_{trigger.action}(cursor=, …)` | the same, asked once |"
    for trigger in faces.webhooks:
        yield f"| `webhook_{trigger.action}(method, headers, query, body)` | {_cell(trigger.about)} |"
    if faces.webhooks:
        yield "| `confirmed(trigger, event)` | whether the service itself says so: ask before a webhook counts |"
    yield "| `options(action, field, search=)` | the choices of a field, where the service lists them |"
    yield "| `check_connection()` | proves that the connection is right, and changes nothing |"
    yield "| `call(action, input)`, `describe()` | any action by its name; all actions with their JSON Schemas |"
    yield ""
    yield "| value of a connection | in the environment | |"
    yield "|---|---|---|"
    for key in faces.keys:
        yield f"| `{key.name}` | `{faces.variable(key)}` | {_cell(key.about)} |"
    yield ""
    yield (
        "A failed call is an `ActionError`: its text says what is wrong and what to do, `kind` what kind of failure it "
        "is, `retry` whether the call may be repeated (`later` or `never`), `effect` whether anything may have been "
        "changed (`none` or `unknown`)."
    )
    yield ""
    yield (
        f"Airflow: the connection type `{faces.name}`, and in `{module}.airflow.operator` "
        f"{', '.join(f'`{faces.operator(method)}`' for method in faces.airflow)}. "
        f"Prefect: in `{module}.prefect` the block `{faces.credentials}`, and the tasks "
        f"{', '.join(f'`{method.name}`' for method in faces.prefect)}."
    )
    if faces.polls:
        polled = [method.action for method in faces.polls]
        yield ""
        yield (
            f"What happens ({', '.join(f'`{name}`' for name in polled)}): in Airflow by `{faces.sensor}` in "
            f"`{module}.airflow.sensor`, which can wait without a worker; in Prefect by "
            f"{', '.join(f'`events_{name}`' for name in polled)}."
        )
    if faces.homepage:
        yield ""
        yield f"More: <{faces.homepage}>"


def _example(faces: "model.Faces", description: Mapping[str, Any]) -> Iterator[str]:
    """A call as the first example of an action has it."""
    actions = {action["name"]: action for action in description["actions"]}
    for method in faces.python:
        examples = actions[method.action].get("examples") or ()
        if examples:
            given = examples[0]["input"]
            known = [it for it in method.parameters if it.field in given and it.field != method.key]
            arguments = [f"{it.name}={_value(given[it.field])}" for it in known]
            yield f"    print(account.{method.name}({', '.join(arguments)}))"
            return
    yield "    print(account.check_connection())"


def _value(value: Any) -> str:
    return repr(value) if not isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
