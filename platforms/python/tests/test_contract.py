"""Any module of the contract: a second action, and modules that do not keep to it."""

import base64
import html
import json
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from made_up import TEXT
from raw_server import answering, read_request, serving

from justclick_plugin import ActionError, BundleError
from justclick_plugin import _bundle as bundle
from justclick_plugin._blocking import finished
from justclick_plugin._bundle import Bundle
from justclick_plugin._engine import Engine
from justclick_plugin._guard import Guard
from justclick_plugin._http import Client
from justclick_plugin._lanes import Lanes
from justclick_plugin._request import Request, Response
from justclick_plugin._runner import Runner, Terms

# Actions of a made-up plugin. `$ask` sends a request to the connection's origin, `$say` outputs a constant.
MODULE = """(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error_set (param i64)))
  (import "extism:host/env" "input_offset" (func $input_offset (result i64)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "REQUEST")
  TEXT
  (func $ask (drop (call $http_request (call $text (i32.const 0) (i32.const LENGTH)) (i64.const 0))))
  (func (export "echo") (result i32) (call $output_set (call $input_offset) (call $input_length)) (i32.const 0))
  (func (export "stop") (result i32) unreachable)
  (func (export "spin") (result i32) (loop $next (br $next)) (i32.const 0))
  (func (export "ask_and_ask") (result i32) (loop $next (call $ask) (br $next)) (i32.const 0))
  (func (export "fail") (result i32) (call $error_set (call $input_offset)) (i32.const 1))
  (func (export "ask_and_stop") (result i32) (call $ask) unreachable)
  (func (export "grow_and_stop") (result i32)
    (drop (call $text (i32.const 0) (i32.const 0x7fffffff))) (i32.const 0))
  (func (export "no_json") (result i32)
    (call $output_set (call $text (i32.const 0) (i32.const 5)) (i64.const 5)) (i32.const 0))
  (func (export "no_document") (result i32) (call $error_set (call $text (i32.const 0) (i32.const 5))) (i32.const 1))
  (func (export "code_alone") (result i32) (i32.const 1))
  (table 1 funcref)
  (func (export "grow_table") (result i32)
    (table.grow (ref.null func) (i32.const 200000))
    (if (i32.ge_s (i32.const 0)) (then unreachable))
    (call $output_set (call $input_offset) (call $input_length)) (i32.const 0))
  (func (export "silent") (result i32) (i32.const 0)))""".replace("TEXT", TEXT)
NAMES = [
    "echo",
    "stop",
    "spin",
    "ask_and_stop",
    "grow_and_stop",
    "no_json",
    "no_document",
    "code_alone",
    "silent",
    "missing",
]
ENDED = {"no_json", "no_document", "code_alone", "silent"}


TOKEN = '\ufeff "tö/ken"&+secret\n'  # noqa: S105


def runner(
    request: bytes = b"{}", url: str = "", module: str = MODULE, annotations: dict[str, bool] | None = None
) -> Runner:
    quoted = "".join(f"\\{byte:02x}" for byte in request)
    wasm = module.replace("REQUEST", quoted).replace("LENGTH", str(len(request)))
    description = {
        "title": "Made up",
        "connection": {
            "schema": {"properties": {"base_url": {}, "token": {"writeOnly": True}, "word": {"format": "password"}}},
            "check": "echo",
            "origins": ["base_url"],
        },
        "actions": [{"name": name} for name in [*NAMES, "ask_and_ask", "grow_table"]]
        + [{"name": "fail", "annotations": annotations or {}}],
    }
    made_up = Bundle(wasm.encode(), description, max_pages=16)
    config = {"base_url": url, "token": TOKEN, "word": "short"}
    return Runner(made_up, Engine(made_up), config, Lanes(), Guard(everything=True))


def call(runner: Runner, action: str, values: dict[str, Any]) -> dict[str, Any]:
    return finished(runner.call(action, values, Terms()), runner.client)


def failure(runner: Runner, action: str) -> ActionError:
    with pytest.raises(ActionError) as caught:
        call(runner, action, {"a": 1})
    assert "\n" not in str(caught.value)
    return caught.value


def test_an_action_without_a_method_of_its_own_is_called_by_its_name() -> None:
    values = {"text": "Заказ 📦", "list": [1, None, {"a": True}]}
    assert call(runner(), "echo", values) == values


@pytest.mark.parametrize("action", [name for name in NAMES if name != "echo"])
def test_a_plugin_that_breaks_the_contract_is_an_internal_error_and_one_that_stopped_is_thrown_away(
    action: str,
) -> None:
    made_up = runner()
    assert call(made_up, "echo", {}) == {}
    broken = made_up._instances._idle[0]
    error = failure(made_up, action)
    assert (error.kind, error.retry, error.effect) == ("internal", "never", "none")
    # One that came to its end holds nothing of the call.
    assert (broken in made_up._instances._idle) is (action in ENDED)
    assert call(made_up, "echo", {"a": 1}) == {"a": 1}


# `echo` says what it kept before, or else a constant, and keeps another one; in between it asks the service.
KEEPING = """(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
  (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "REQUEST")
  (data (i32.const 1024) "name{\\22a\\22:1}{\\22b\\22:2}")
  TEXT
  (func $name (result i64) (call $text (i32.const 1024) (i32.const 4)))
  (func (export "echo") (result i32)
    (local $said i64)
    (local.set $said (call $var_get (call $name)))
    (if (i64.eqz (local.get $said)) (then (local.set $said (call $text (i32.const 1035) (i32.const 7)))))
    (call $var_set (call $name) (call $text (i32.const 1028) (i32.const 7)))
    (drop (call $http_request (call $text (i32.const 0) (i32.const LENGTH)) (i64.const 0)))
    (call $output_set (local.get $said) (call $length (local.get $said)))
    (i32.const 0)))""".replace("TEXT", TEXT)


def test_what_a_plugin_keeps_is_that_of_the_run_that_counts_and_of_its_connection_alone() -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as server:
        one, other = (runner(json.dumps({"url": server.url}).encode(), server.url, KEEPING) for _ in range(2))
        # The run that was thrown away had kept it already.
        assert call(one, "echo", {}) == {"b": 2}
        assert call(one, "echo", {}) == {"a": 1}
        assert call(other, "echo", {}) == {"b": 2}


def test_tables_have_an_end() -> None:
    # What asks for more of one is told so, and goes on.
    assert call(runner(), "grow_table", {"a": 1}) == {"a": 1}


def test_a_plugin_that_never_ends_is_stopped_and_no_other_call_with_it() -> None:
    made_up = runner()
    with ThreadPoolExecutor(4) as pool:
        spinning = pool.submit(failure, made_up, "spin")
        while not spinning.done():
            assert call(made_up, "echo", {"a": 1}) == {"a": 1}
    assert "fuel" in str(spinning.result())


def test_a_plugin_that_asks_without_end_is_stopped() -> None:
    asked: list[bytes] = []

    def handler(connection: socket.socket) -> None:
        while request := read_request(connection):
            asked.append(request)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with serving(handler) as server:
        error = failure(runner(json.dumps({"url": server.url}).encode(), server.url), "ask_and_ask")
    assert (error.kind, error.effect, len(asked)) == ("internal", "unknown", 100)


def fails_with(document: dict[str, Any], **annotations: bool) -> ActionError:
    with pytest.raises(ActionError) as caught:
        call(runner(annotations=annotations), "fail", document)
    return caught.value


def test_what_may_have_happened_once_is_repeated_only_where_twice_is_as_good() -> None:
    unknown = {"kind": "unavailable", "message": "Broke.", "retry": "later", "effect": "unknown"}
    assert fails_with(unknown).retry == "never"
    assert fails_with(unknown, idempotentHint=False).retry == "never"
    assert fails_with(unknown, idempotentHint=True).retry == "later"
    assert fails_with({**unknown, "effect": "none"}).retry == "later"
    # A read has no effect.
    read = fails_with(unknown, readOnlyHint=True)
    assert (read.retry, read.effect) == ("later", "none")


def test_a_connections_secrets_are_hidden_in_outputs_and_errors() -> None:
    clean = TOKEN.strip("\ufeff \n")
    shown = [TOKEN, clean, json.dumps(clean), json.dumps(clean, ensure_ascii=False), urllib.parse.quote_plus(clean)]
    shown += [html.escape(clean), urllib.parse.quote(json.dumps(clean)[1:-1], safe="")]
    output = call(runner(), "echo", {"list": shown, clean: {"deep": f"<{clean}>"}, "word": "short"})
    assert output == {
        "list": ["***", "***", '"***"', '"***"', "***", "***", "***"],
        "***": {"deep": "<***>"},
        "word": "***",
    }
    for before in ("", "u:", "user:", "a user:"):
        packed = base64.b64encode(f"{before}{clean}!".encode()).decode()
        shown_packed = call(runner(), "echo", {"basic": packed})["basic"]
        assert "***" in shown_packed
        # What stays is what stands around it.
        assert len(shown_packed) <= len(packed) - len(base64.b64encode(clean.encode())) + 9
    document = {"kind": "rejected", "message": f"No: {clean}", "retry": "never", "effect": "none"}
    error = fails_with({**document, "upstream": {"http_status": 200, "error_text": clean, "verified": False}})
    assert str(error) == "No: ***"
    assert dict(error.upstream or {}).get("error_text") == "***"


def test_a_plugin_that_stops_after_a_request_may_have_had_an_effect() -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as server:
        request = json.dumps({"url": server.url, "method": "POST", "headers": {"a": "b"}}).encode()
        error = failure(runner(request, server.url), "ask_and_stop")
        assert (error.kind, error.effect, server.connections) == ("internal", "unknown", 1)


def test_a_module_that_wants_more_than_the_contract_gives_can_not_be_started() -> None:
    error = failure(runner(module='(module (import "env" "system" (func)) (func (export "echo")))'), "echo")
    assert (error.kind, error.retry, error.effect) == ("internal", "never", "none")
    assert "can't be started" in str(error)


def test_what_is_no_module_is_not_compiled() -> None:
    with pytest.raises(BundleError, match="can't be compiled"):
        call(runner(module="no module"), "echo", {})


def test_what_the_client_raises_comes_out_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Client, _request: Request, _deadline: float) -> Response:
        raise ZeroDivisionError

    made_up = runner(b'{"url": "http://127.0.0.1"}')
    monkeypatch.setattr(Client, "send", broken)
    with pytest.raises(ZeroDivisionError):
        call(made_up, "ask_and_stop", {})
    assert call(made_up, "echo", {"a": 1}) == {"a": 1}


def damaged(folder: Path, damage: Callable[[Path], Any]) -> Path:
    packaged = Path(sys.modules["justclick_plugin"].__path__[0]) / "bundle"
    for file in packaged.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    damage(folder)
    return folder


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "justclick.wasm").unlink(),
        lambda folder: (folder / "justclick.wasm").write_bytes(b"\0asm\1\0\0\0"),
        lambda folder: (folder / "describe.json").write_text("{}"),
        lambda folder: (folder / "SHA256SUMS").write_text(""),
        lambda folder: (folder / "SHA256SUMS").write_text("what is this?"),
    ],
)
def test_a_damaged_package_is_not_run(damage: Callable[[Path], Any], tmp_path: Path) -> None:
    bundle.load(damaged(tmp_path, lambda _: None))
    with pytest.raises(BundleError, match=r"not installed whole .* Install it again"):
        bundle.load(damaged(tmp_path, damage))


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("", "No module named 'wasmtime'"),
        ("raise OSError('_libwasmtime.so:\\ninvalid ELF header')", "_libwasmtime.so: invalid ELF header"),
    ],
)
def test_a_machine_for_which_wasmtime_has_no_library_is_told_in_one_line(module: str, reason: str) -> None:
    given = f"import types; exec({module!r})" if module else "raise ModuleNotFoundError(f'No module named {name!r}')"
    program = f"""
import importlib.abc, sys
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == 'wasmtime':
            {given}
sys.meta_path.insert(0, Missing())
try:
    import justclick_plugin
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    said = f"wasmtime can't be loaded on this machine ({reason}). Install it again, or, where it has no wheel for the "
    assert done.stdout == f"{said}machine, use plugin-host serve, which needs no Python.\n"
