"""Both ways into wasmtime: what its package calls itself, and the package."""

import pytest
import wasmtime
from made_up import TEXT
from test_contract import MODULE, NAMES

from justclick_plugin import _engine
from justclick_plugin._bundle import Bundle
from justclick_plugin._engine import Ended, Engine
from justclick_plugin._entry import Entry, QuickEntry, entry_of

WASM = MODULE.replace("REQUEST", "{}").replace("LENGTH", "2")
# Keeps more than it may.
GREEDY = """(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (memory (export "memory") 32)
  TEXT
  (func (export "keep") (result i32)
    (call $var_set (call $text (i32.const 0) (i32.const 1)) (call $text (i32.const 0) (i32.const 1100000)))
    (i32.const 0))
  (func (export "two") (result i32 i32) (i32.const 0) (i32.const 0)))""".replace("TEXT", TEXT)


def ended(way: type[Entry], wasm: str, export: str, monkeypatch: pytest.MonkeyPatch) -> list[Ended]:
    """How some runs end."""
    monkeypatch.setattr(_engine, "entry_of", way)
    bundle = Bundle(wasm.encode(), {}, max_pages=64)
    instance = Engine(bundle).instance({"key": "value"})
    ends = [instance.run(export, b'{"a": 1}')]
    # What stopped is not used again.
    return [*ends, instance.run(export, b"{}", fuel=100_000)] if instance.is_fit(ends[0]) else ends


def test_the_wasmtime_that_is_installed_is_entered_quickly() -> None:
    store = Engine(Bundle(WASM.encode(), {})).instance({})._store
    assert isinstance(entry_of(store), QuickEntry)


@pytest.mark.parametrize("export", [*NAMES, "ask_and_ask"])
def test_a_run_ends_alike_whichever_way_it_is_entered(export: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended(QuickEntry, WASM, export, monkeypatch) == ended(Entry, WASM, export, monkeypatch)


def test_what_the_host_stops_is_told_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    for way in (QuickEntry, Entry):
        [end] = ended(way, GREEDY, "keep", monkeypatch)
        assert end.stopped is not None
        assert "variables" in end.stopped


def test_an_export_of_another_type_is_none_of_the_contract_and_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended(QuickEntry, GREEDY, "two", monkeypatch) == ended(Entry, GREEDY, "two", monkeypatch)


def test_a_wasmtime_whose_inside_is_another_one_is_entered_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Engine(Bundle(WASM.encode(), {})).instance({})._store
    monkeypatch.delattr(wasmtime._bindings, "_wasmtime_func_call")
    assert type(entry_of(store)) is Entry
