"""The compiled module and its instances.

An export is run to its end at once, whatever it asks for: a plugin has no clock, no chance and no way out but
`http_request`, so that with the same answers it asks for the same. A run whose request has no answer yet is told that
it was not sent, and thrown away; once there is an answer, the export runs again from its beginning. The run that asks
for nothing new counts. So no thread waits inside a plugin, and how its requests are made is up to whoever runs it.

Fuel limits how much a call may calculate.
"""

import contextlib
import ctypes
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

try:
    import wasmtime
except (ImportError, OSError) as error:
    _reason = " ".join(str(error).split())
    raise ImportError(
        f"wasmtime can't be loaded on this machine ({_reason}). Install it again, or, where it has no wheel for the "
        "machine, use plugin-host serve, which needs no Python."
    ) from None

from . import _kernel
from ._bundle import Bundle
from ._entry import entry_of
from ._errors import BundleError
from ._gate import gate
from ._variables import Changes, Variables, View, changed

_NAMESPACE = "extism:host/env"
_PAGE = 64 << 10
_TABLE_ELEMENTS = 100_000
# As much as plugin-host gives to a call: about a second of calculating.
FUEL = 2_000_000_000
# An instance whose blocks took more than this is not kept, as memory does not shrink.
_KEPT_BYTES = 4 << 20
# As many instances as threads that run one at once, mostly for microseconds.
_MOST_IDLE = 16


class Trap(Exception):  # noqa: N818 - that is its name
    """The call ended in the middle. Its instance is not to be used again."""


class Asked(NamedTuple):
    """A request as the plugin wrote it."""

    document: bytes
    body: bytes


class Answer(NamedTuple):
    """What the plugin gets: status 0 for no response, with the contract's word as the body."""

    status: int
    body: bytes


@dataclass(slots=True)
class Ended:
    """How a run ended. With a request that has no answer yet, nothing else of it counts."""

    output: bytes
    error: bytes | None
    """What the plugin failed with."""
    stopped: str | None
    """Why it ended in the middle."""
    asked: Asked | None
    changes: Changes
    fuel: int
    """What is left of it."""


class Engine:
    """A module, compiled once, when it is first needed: a process that was forked before that has one of its own."""

    def __init__(self, bundle: Bundle) -> None:
        self._wasm = bundle.wasm
        self._bytes = (bundle.max_pages or _kernel.BYTES // _PAGE) * _PAGE
        self._compiled: tuple[wasmtime.Engine, wasmtime.Module, wasmtime.Module] | None = None
        self._lock = threading.Lock()

    def renew(self) -> None:
        """Begins anew in a child: a thread of the parent may hold the lock. What is compiled is memory, and stays."""
        self._lock = threading.Lock()

    def instance(self, config: Mapping[str, str]) -> "Instance":
        """A new instance for the connection of these values. The first one compiles the module.

        Raises:
            Trap: the module imports what this host does not have, or wants more memory than it may have.
            BundleError: it is not a WebAssembly module.
        """
        # Inside until the result is kept: a fork in between would find the library in use, and nothing to use.
        with gate:
            with self._lock:
                if self._compiled is None:
                    self._compiled = _compile(self._wasm)
            return Instance(*self._compiled, config, self._bytes)


def _compile(wasm: bytes) -> tuple[wasmtime.Engine, wasmtime.Module, wasmtime.Module]:
    """The module and the kernel; from wasmtime's cache on disk, where there is one."""
    config = wasmtime.Config()
    config.consume_fuel = True
    # What compiles in threads can't be used again after a fork.
    config.parallel_compilation = False
    # A cache folder that can't be written must not keep anyone from running a plugin.
    with contextlib.suppress(wasmtime.WasmtimeError):
        config.cache = True
    engine = wasmtime.Engine(config)
    try:
        module = wasmtime.Module(engine, wasm)
    except wasmtime.WasmtimeError as error:
        raise BundleError(f"The module can't be compiled: {' '.join(str(error).split())}") from None
    return engine, module, wasmtime.Module(engine, _kernel.WAT)


class Instance:
    """One instance of the module, and the kernel that it imports. It runs one export at a time."""

    def __init__(
        self,
        engine: wasmtime.Engine,
        module: wasmtime.Module,
        kernel: wasmtime.Module,
        config: Mapping[str, str],
        most_bytes: int,
    ) -> None:
        store = self._store = wasmtime.Store(engine)
        store.set_fuel(FUEL)
        entry = self._entry = entry_of(store)
        self._view: View | None = None
        self._halted = ""
        self._is_large = False
        try:
            inside = wasmtime.Instance(store, kernel, [])
            store.set_limits(memory_size=most_bytes, table_elements=_TABLE_ELEMENTS)
            linker = wasmtime.Linker(engine)
            linker.define_instance(store, _NAMESPACE, inside)
            self._kernel = inside.exports(store)
            self._define_variables(linker)
            exports = linker.instantiate(store, module).exports(store)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise Trap(f"it can't be started: {_reason_of(error)}") from None
        self._exports = {name: entry.export(it) for name, it in exports.items() if isinstance(it, wasmtime.Func)}
        memory = self._kernel["memory"]
        assert isinstance(memory, wasmtime.Memory)  # noqa: S101 - the kernel is ours
        # It never grows, so it stays where it is, as long as the store is kept.
        place = ctypes.addressof(memory.data_ptr(store).contents)
        self._memory = memoryview((ctypes.c_char * _kernel.BYTES).from_address(place)).cast("B")
        pairs = [(key.encode(), value.encode()) for key, value in config.items() if key]
        table = b"".join(_kernel.PAIR.pack(len(key), len(value)) + key + value for key, value in pairs)
        table += _kernel.PAIR.pack(0, 0)
        self._memory[_kernel.FREE : _kernel.FREE + len(table)] = table
        self._begin = _aligned(_kernel.FREE + len(table))

    def run(
        self,
        export: str,
        data: bytes,
        answers: Sequence[tuple[Asked, Answer]] = (),
        variables: Variables | None = None,
        fuel: int = FUEL,
    ) -> Ended:
        """Runs an export to its end. With the same it comes to the same end.

        Args:
            export: its name.
            data: its input.
            answers: those that are known so far, in order, each with what was asked for.
            variables: what the plugin kept.
            fuel: how much it may calculate.
        """
        self._view = View(variables or {})
        self._halted = ""
        function = self._exports.get(export)
        if function is None:
            return self._ended(stopped=f"it has no export {export}")
        if not self._write(data, answers):
            return self._ended(stopped=_kernel.HALTS[1])
        self._entry.set_fuel(fuel)
        stopped, code = None, None
        try:
            with gate:
                code = function()
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            stopped = _reason_of(error)
        except _HaltError:
            stopped = self._halted
        return self._read(answers, code, stopped)

    def is_fit(self, ended: Ended) -> bool:
        """Whether it may run again after this."""
        return ended.stopped is None and not self._is_large

    def _write(self, data: bytes, answers: Sequence[tuple[Asked, Answer]]) -> bool:
        """Writes what a run is given into the kernel's memory, and says whether there was room for it."""
        at = self._begin + _kernel.ANSWER.size * len(answers)
        table, bodies = [], []
        for _, answer in answers:
            table.append(_kernel.ANSWER.pack(answer.status, at, len(answer.body)))
            bodies.append(answer.body)
            at += len(answer.body)
        first = _aligned(at)
        start, length = first + _kernel.PAIR.size, len(data)
        end = _aligned(start + length)
        if end > _kernel.BYTES:
            return False
        # The input is the first of the blocks.
        block = _kernel.PAIR.pack(end - start, length)
        given = b"".join((*table, *bodies, bytes(first - at), block, data))
        begin = self._begin
        self._memory[begin : begin + len(given)] = given
        head = (start, length, 0, 0, 0, begin, len(answers), 0, 0, end, 0, 1, 0, _kernel.FREE, first, 0)
        _kernel.HEAD.pack_into(self._memory, 0, *head)
        return True

    def _read(self, answers: Sequence[tuple[Asked, Answer]], code: Any, stopped: str | None) -> Ended:
        """What came of a run."""
        known = len(answers)
        memory = self._memory
        _, _, output, length, error, _, _, requests, _, end, _, _, halted, _, _, _ = _kernel.HEAD.unpack_from(memory)
        self._is_large = end > _KEPT_BYTES
        if stopped is not None and halted in _kernel.HALTS:
            stopped = _kernel.HALTS[halted]
        asked = None
        try:
            for number in range(min(requests, known + 1)):
                place = _kernel.RECORDS + number * _kernel.RECORD.size
                document, size, body, body_size = _kernel.RECORD.unpack_from(memory, place)
                asked = Asked(self._bytes(document, size), self._bytes(body, body_size))
                if number < known and asked != answers[number][0]:
                    reason = "it asked for something else when it was run again with the answer that it had waited for"
                    return self._ended(stopped=reason)
            if requests <= known:
                asked = None
            if stopped is not None:
                return self._ended(stopped=stopped, asked=asked)
            failed = None
            if error or code:
                failed = self._bytes(error, *_kernel.PAIR.unpack(self._bytes(error - 8, 8))[1:]) if error else b""
            written = self._bytes(output, length)
        except _HaltError:
            return self._ended(stopped="it has no such memory")
        return Ended(written, failed, None, asked, self._changes(), self._entry.fuel())

    def _bytes(self, at: int, length: int) -> bytes:
        if at < 0 or at + length > _kernel.BYTES:
            raise _HaltError
        return bytes(self._memory[at : at + length])

    def _ended(self, stopped: str, asked: Asked | None = None) -> Ended:
        return Ended(b"", None, stopped, asked, {}, self._entry.fuel())

    def _changes(self) -> Changes:
        return {} if self._view is None else self._view.changes

    def _define_variables(self, linker: wasmtime.Linker) -> None:
        """What a plugin keeps from one call to the next, which hardly any does."""
        number = wasmtime.ValType.i64()

        def define(name: str, parameters: int, results: int, work: Callable[..., Any]) -> None:
            kind = wasmtime.FuncType([number] * parameters, [number] * results)
            linker.define(self._store, _NAMESPACE, name, wasmtime.Func(self._store, kind, work, access_caller=True))

        define("var_get", 1, 1, self._variable)
        define("var_set", 2, 0, self._set_variable)

    def _variable(self, caller: wasmtime.Caller, key: int) -> int:
        value = self._viewed().get(self._taken(caller, key))
        if not value:
            return 0
        block = self._call(caller, "alloc", len(value))
        self._memory[block : block + len(value)] = value
        return int(block)

    def _set_variable(self, caller: wasmtime.Caller, key: int, value: int) -> None:
        name = self._taken(caller, key)
        if not self._viewed().set(name, self._taken(caller, value) if value else None):
            self._halted = 'it went beyond the cap "variables": 1 MiB in all.'
            raise _HaltError

    def _viewed(self) -> View:
        if self._view is None:
            raise _HaltError
        return self._view

    def _taken(self, caller: wasmtime.Caller, block: int) -> bytes:
        """The content of a block, which is freed."""
        content = self._bytes(block, self._call(caller, "length", block))
        self._call(caller, "free", block)
        return content

    def _call(self, caller: wasmtime.Caller, name: str, value: int) -> Any:
        function = self._kernel[name]
        assert isinstance(function, wasmtime.Func)  # noqa: S101 - the kernel is ours
        return function(caller, value)


class Instances:
    """Those of one connection, which nothing of another's can be in; and the variables that it keeps."""

    def __init__(self, engine: Engine, config: Mapping[str, str]) -> None:
        self._engine = engine
        self._config = dict(config)
        # The last one that was used first. Taking and putting needs no lock.
        self._idle: deque[Instance] = deque(maxlen=_MOST_IDLE)
        self.variables: Variables = {}

    def run(
        self, export: str, data: bytes, answers: Sequence[tuple[Asked, Answer]], variables: Variables, fuel: int
    ) -> Ended:
        """Runs an export to its end on one of them.

        Raises:
            Trap: there is none, and none can be made.
            BundleError: the module is none.
        """
        try:
            instance = self._idle.pop()
        except IndexError:
            instance = self._engine.instance(self._config)
        ended = instance.run(export, data, answers, variables, fuel)
        if instance.is_fit(ended):
            self._idle.append(instance)
        return ended

    def keep(self, changes: Changes) -> None:
        """Keeps what a run that counts has changed."""
        if changes:
            self.variables = changed(self.variables, changes)


class _HaltError(Exception):
    """Ends a run in the middle."""


def _reason_of(error: BaseException) -> str:
    """What went wrong, without where."""
    text = error.message if isinstance(error, wasmtime.Trap) else str(error)
    return " ".join(text.rsplit("wasm trap:", 1)[-1].split())


def _aligned(at: int) -> int:
    return (at + 7) & ~7
