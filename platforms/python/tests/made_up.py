"""Packages of made-up plugins, made as the build makes them, whose service is a function of a test."""

import contextlib
import hashlib
import importlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import wasmtime
from raw_server import read_request, serving

Answer = tuple[int, dict[str, Any]]
Service = Callable[[str, dict[str, Any]], Answer]
"""Answers an action and its input. What has not the status 200 is an error document."""

TEXT = """(func $text (param $from i32) (param $length i32) (result i64)
    (local $block i64) (local $at i32)
    (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
    (block $end (loop $next
      (br_if $end (i32.eq (local.get $at) (local.get $length)))
      (call $store (i64.add (local.get $block) (i64.extend_i32_u (local.get $at)))
        (i32.load8_u (i32.add (local.get $from) (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
    (local.get $block))"""
"""A function of a module that takes a text out of its memory."""

# Each action hands its input to the service, and passes on what comes back.
_MODULE = """(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "load_u8" (func $load (param i64) (result i32)))
  (import "extism:host/env" "input_load_u8" (func $read (param i64) (result i32)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error_set (param i64)))
  (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
  (import "extism:host/env" "http_status_code" (func $status (result i32)))
  (memory (export "memory") 1)
  DATA
  TEXT
  (func $input (result i64)
    (local $block i64) (local $at i64)
    (local.set $block (call $alloc (call $input_length)))
    (block $end (loop $next
      (br_if $end (i64.eq (local.get $at) (call $input_length)))
      (call $store (i64.add (local.get $block) (local.get $at)) (call $read (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br $next)))
    (local.get $block))
  (func (export "describe") (result i32)
    (call $output_set (call $text (i32.const AT) (i32.const LENGTH)) (i64.const LENGTH))
    (i32.const 0))
  (func $run (param $from i32) (param $length i32) (result i32)
    (local $answer i64)
    (local.set $answer (call $http_request (call $text (local.get $from) (local.get $length)) (call $input)))
    (if (result i32) (i32.eq (call $status) (i32.const 200))
      (then (call $output_set (local.get $answer) (call $length (local.get $answer))) (i32.const 0))
      (else (call $error_set (local.get $answer)) (i32.const 1))))
  EXPORTS)"""


def action(name: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An action with fields of these schemas."""
    described = {"title": name, "description": f"Does {name}.", **more.pop("described", {})}
    return {
        "name": name,
        **described,
        "inputSchema": {
            "type": "object",
            "properties": properties,
            "required": more.pop("required", []),
            "additionalProperties": False,
        },
        "outputSchema": more.pop("output", {"type": "object"}),
        "annotations": {
            "readOnlyHint": False,
            "destructiveHint": True,
            "idempotentHint": False,
            **more.pop("hints", {}),
        },
        **more,
    }


def search(name: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A read that finds things, page by page."""
    text = {"type": "string", "title": "Number", "description": "The number."}
    item = {"type": "object", "properties": {"id": text}, "required": ["id"], "additionalProperties": True}
    output = {
        "type": "object",
        "title": f"Found by {name}",
        "properties": {"items": {"type": "array", "items": item}, "nextCursor": {"type": "string"}},
        "required": ["items"],
    }
    paging = {"cursor": {"type": "string"}, "limit": {"type": "integer", "maximum": 3}}
    return action(name, {**properties, **paging}, output=output, hints={"readOnlyHint": True}, **more)


def trigger(name: str, delivery: str, **more: Any) -> dict[str, Any]:
    """A trigger whose events have a number and a text."""
    schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    text = {"type": "string", "description": "A text."}
    return {
        "name": name,
        "title": name,
        "description": f"Triggers when {name} happens.",
        "delivery": delivery,
        "inputSchema": schema,
        "eventSchema": {
            "type": "object",
            "title": "Thing",
            "properties": {"number": text, "colour": text},
            "required": ["number"],
        },
        "sample": {"number": "7"},
        **more,
    }


def description(actions: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A plugin with an address and a token. What the contract wants people to be told, it has."""
    actions = actions or ([] if more.get("triggers") else [action("look", {})])
    for told in (*actions, *more.get("triggers", ())):
        told["inputSchema"] = {"additionalProperties": False, **_told(told["inputSchema"])}
    return {
        "contract": 1,
        "name": "made-up",
        "title": "Made up",
        "version": "1.2.0",
        "description": "Does what a test wants.",
        "connection": {
            "schema": {
                "type": "object",
                "properties": {
                    "address": {"type": "string", "title": "Address", "description": "Where it is.", "format": "uri"},
                    "token": {"type": "string", "title": "Token", "description": "The key.", "writeOnly": True},
                },
                "required": ["address", "token"],
            },
            "check": "check",
            "origins": ["address"],
        },
        "actions": actions,
        "errorSchema": {"type": "object"},
        **more,
    }


def _told(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose fields have titles and descriptions."""
    if isinstance(schema.get("items"), dict):
        return {**schema, "items": _told(schema["items"])}
    if not isinstance(schema.get("properties"), dict):
        return schema
    fields = schema["properties"].items()
    told = {name: {"title": name, "description": f"The {name}.", **_told(field)} for name, field in fields}
    return {**schema, "properties": told}


def bundle(folder: Path, described: dict[str, Any], url: str = "https://made-up.invalid") -> Path:
    """Writes the bundle of a plugin whose service is at an address."""
    triggers = described.get("triggers", [])
    calls = ("name", "subscribe", "unsubscribe")
    told = [trigger[call] for trigger in triggers for call in calls if call in trigger]
    names = [*(action["name"] for action in described.get("actions", [])), *told, "check"]
    requests = {name: json.dumps({"url": f"{url}/{name}", "method": "POST"}) for name in names}
    data, exports, at = "", "", 0
    # A description has all its texts in it, so it stands behind the requests.
    for name, request in requests.items():
        quoted = request.replace('"', '\\"')
        data += f'(data (i32.const {at}) "{quoted}")\n'
        run = f"(call $run (i32.const {at}) (i32.const {len(request)}))"
        exports += f'(func (export "{name}") (result i32) {run})\n'
        at += len(request)
    document = json.dumps(described).encode()
    data += f'(data (i32.const {at}) "{"".join(f"{chr(92)}{byte:02x}" for byte in document)}")'
    parts = {"TEXT": TEXT, "DATA": data, "EXPORTS": exports, "AT": str(at), "LENGTH": str(len(document))}
    module = bytes(wasmtime.wat2wasm(re.sub(r"\b(TEXT|DATA|EXPORTS|AT|LENGTH)\b", lambda it: parts[it[0]], _MODULE)))
    manifest = {"wasm": [{"path": "made.wasm", "hash": hashlib.sha256(module).hexdigest()}]}
    contents: dict[str, bytes] = {
        "made.wasm": module,
        "describe.json": document,
        "extism.json": json.dumps({**manifest, "memory": {"max_pages": 64}}).encode(),
    }
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    sign(folder)
    return folder


HOST = os.environ.get("PLUGIN_HOST") or Path(__file__).resolve().parents[3] / "target" / "debug" / "plugin-host"
"""The program that makes packages."""


def make(source: Path, out: Path) -> Path:
    """Makes the package of a bundle, and returns the folder with what its wheel has in it.

    Raises:
        ValueError: there is none. The text says why.
    """
    made = out / "package"
    done = subprocess.run(
        [HOST, "package", "python", source, "--out", made, "--force"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(done.stderr)
    unpacked = out / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    return unpacked


def sign(folder: Path) -> None:
    """Writes the sums of a bundle's files."""
    files = [file for file in sorted(folder.iterdir()) if file.name != "SHA256SUMS"]
    sums = (f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


@contextmanager
def package(
    folder: Path, described: dict[str, Any], service: Service, packed: dict[str, Any] | None = None
) -> Iterator[tuple[ModuleType, Any]]:
    """The package of a plugin, imported, and a client of it.

    `packed` is the description that keeps the contract, where that which the package has in the end does not.
    """

    def handler(connection: socket.socket) -> None:
        while request := read_request(connection):
            head, body = request.split(b"\r\n\r\n", 1)
            name = head.split(b" ", 2)[1].decode().strip("/")
            status, document = service(name, json.loads(body or b"{}"))
            content = json.dumps(document).encode()
            connection.sendall(b"HTTP/1.1 %d So\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content))

    module = f"{described['name']}_plugin".replace("-", "_")
    with serving(handler) as server:
        project = make(bundle(folder / "bundle", packed or described, server.url), folder)
        if packed is not None:
            (project / module / "bundle" / "describe.json").write_text(json.dumps(described), encoding="utf-8")
            sign(project / module / "bundle")
        sys.path.insert(0, str(project))
        try:
            made = importlib.import_module(module)
            client = importlib.import_module(f"{module}._made").client()
            yield made, client(made.Connection(server.url, "t" * 20), allow_private=True)
        finally:
            sys.path.remove(str(project))
            with contextlib.suppress(KeyError):
                for name in [name for name in sys.modules if name == module or name.startswith(f"{module}.")]:
                    del sys.modules[name]
