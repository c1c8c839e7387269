"""The types of the package say what the plugin's description says."""

import datetime
import inspect
import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, SupportsIndex, get_args, get_type_hints

import pytest
from sandbox import Sandbox

from justclick_plugin import (
    ActionError,
    Connection,
    Effect,
    ErrorDocument,
    JustClick,
    Kind,
    Problem,
    Retry,
    Status,
    UpdatedOrder,
    Upstream,
)
from justclick_plugin import _bundle as bundle
from justclick_plugin._engine import Engine
from justclick_plugin._trial import refusal_of
from justclick_plugin._words import in_words

DESCRIPTION = JustClick.describe()
ACTIONS = {action["name"]: action for action in DESCRIPTION["actions"]}
TYPED = {"update_order_status": (JustClick.update_order_status, UpdatedOrder)}
# JSON Schema's types, and those of Python that become them.
PYTHON: dict[str, type] = {"string": str, "integer": int, "null": type(None), "boolean": bool}


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_action_takes_exactly_the_fields_of_its_schema(name: str) -> None:
    schema = ACTIONS[name]["inputSchema"]
    parameters = inspect.signature(TYPED[name][0]).parameters
    given = {key: parameter for key, parameter in parameters.items() if key != "self"}
    assert list(given) == ACTIONS[name]["form"]["order"]
    assert given.keys() == schema["properties"].keys()
    assert {key for key, parameter in given.items() if parameter.default is parameter.empty} == set(schema["required"])
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in given.values())


@pytest.mark.parametrize("name", TYPED)
def test_the_fields_of_a_typed_action_take_the_types_of_its_schema(name: str) -> None:
    hints = get_type_hints(TYPED[name][0])
    for key, schema in ACTIONS[name]["inputSchema"]["properties"].items():
        if "enum" in schema:
            assert list(get_args(hints[key])) == schema["enum"]
            continue
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        # SupportsIndex is a whole number, of Python or of NumPy; a date is a convenience of this package.
        taken = {int if kind is SupportsIndex else kind for kind in get_args(hints[key])}
        assert taken >= {PYTHON[kind] for kind in types}


@pytest.mark.parametrize("name", TYPED)
def test_the_result_of_a_typed_action_has_the_members_of_its_schema(name: str) -> None:
    schema, result = ACTIONS[name]["outputSchema"], TYPED[name][1]
    # A call that was looked up has what it was found by, and no more than is known.
    verified = {"verified", "found"} if "verify" in ACTIONS[name] else set()
    assert get_type_hints(result).keys() == schema["properties"].keys() | verified
    assert result.__required_keys__ == frozenset(() if verified else schema["required"])


def test_the_statuses_are_those_of_the_schema() -> None:
    assert list(get_args(Status)) == ACTIONS["update_order_status"]["inputSchema"]["properties"]["status"]["enum"]


def test_a_connection_has_the_keys_of_the_description() -> None:
    schema = DESCRIPTION["connection"]["schema"]
    assert [field.name for field in fields(Connection)] == list(schema["properties"])
    assert [field.name for field in fields(Connection) if field.default is MISSING] == schema["required"]
    assert Connection("l", "k", "u").config() == {
        "login": "l",
        "api_key": "k",
        "base_url": "u",
        "allow_http": schema["properties"]["allow_http"]["default"],
    }
    assert (
        Connection("l", "k", "u", allow_http=True).config()["allow_http"]
        in (schema["properties"]["allow_http"]["enum"])
    )
    assert Connection("l", "k", "u", allow_http="TRUE").config()["allow_http"] == "TRUE"


def test_an_error_has_the_members_of_the_description() -> None:
    error = json.loads((Path(__file__).resolve().parents[3] / "manifest" / "error.schema.json").read_bytes())
    schema = error["properties"]
    members = get_type_hints(ErrorDocument)
    assert members.keys() == schema.keys()
    assert ErrorDocument.__required_keys__ == frozenset(error["required"])
    for words, member in ((Kind, "kind"), (Retry, "retry"), (Effect, "effect")):
        # The last kind is this host's own.
        assert [word for word in get_args(words) if word != "superseded"] == schema[member]["enum"]
    assert get_type_hints(Upstream).keys() == schema["upstream"]["properties"].keys()
    assert Upstream.__required_keys__ == frozenset(schema["upstream"]["required"])
    assert get_type_hints(Problem).keys() == schema["problems"]["items"]["properties"].keys()
    assert all(hasattr(ActionError, name) for name in members)


def test_the_description_of_the_package_is_what_its_module_says() -> None:
    packaged = bundle.packaged()
    output = Engine(packaged).instance({}).run("describe", b"").output
    described: dict[str, Any] = json.loads(output)
    # Other languages are of the bundle, not of the module.
    assert described == {name: member for name, member in DESCRIPTION.items() if name != "i18n"}


def test_what_is_wrong_with_a_connection_is_told_in_the_words_of_a_form(sandbox: Sandbox) -> None:
    def told(**config: str) -> str:
        with pytest.raises(ActionError) as caught:
            sandbox.client(**config).check_connection()
        return in_words(caught.value)

    assert told(api_key='"x"') == "API key is in quotation marks: take them off"
    assert re.fullmatch(
        "Login is missing: [^;]+; Base URL is in quotation marks: [^;]+", told(login=" ", base_url="'x'")
    )
    assert told(base_url="http://shop.example").endswith('turn on "Allow plain http"')
    assert told(api_key="another-key").startswith("JustClick refused the request's signature")


def test_what_is_known_to_be_wrong_of_an_input_is_told_in_sentences() -> None:
    def told(values: dict[str, Any], unknown: set[str]) -> str:
        return str(refusal_of("update_order_status", values, datetime.UTC, unknown))

    assert told({"status": "posted"}, {"bill_id"}).endswith("did you mean sent?")
    assert told({"status": "sent", "bill_id": "x", "rpo": "None"}, {"date"}).endswith('(got "None").')
    assert told({"status": "cancel"}, {"bill_id"}) == "None"


def test_a_description_is_the_callers_own() -> None:
    JustClick.describe()["actions"].clear()
    assert JustClick.describe() == DESCRIPTION
