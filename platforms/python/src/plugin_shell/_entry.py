"""The way into a store of wasmtime's.

With each call its package looks the function's type up, makes room for arguments and results, and wraps a context
around it: a third as much again as what is called takes. Exports of the contract take nothing and give a number, so all
of that is made once. It is done by what the package itself calls, which is no part of its interface: where a version
does not have it, the package's own way is taken.
"""

import contextlib
import ctypes
from collections.abc import Callable
from typing import Any

import wasmtime


class Entry:
    """A store, entered in the package's own way."""

    def __init__(self, store: wasmtime.Store) -> None:
        self._store = store

    def export(self, function: wasmtime.Func) -> Callable[[], Any]:
        """Calls a function that takes nothing; what it raises is `WasmtimeError`, `Trap`, or what Python had raised."""
        return lambda: function(self._store)

    def set_fuel(self, fuel: int) -> None:
        """How much may be calculated from now on."""
        self._store.set_fuel(fuel)

    def fuel(self) -> int:
        """How much of it is left."""
        return self._store.get_fuel()


class QuickEntry(Entry):
    """The same, with all that is needed made before."""

    def __init__(self, store: wasmtime.Store) -> None:
        """Fails with whatever it may be where the package's inside is another.

        Args:
            store: it has to be kept as long as this.
        """
        super().__init__(store)
        from wasmtime import _bindings, _ffi, _func  # noqa: PLC0415 - it may not be there

        self._context = store._context()
        self._call = _bindings._wasmtime_func_call
        self._set_fuel = _bindings._wasmtime_context_set_fuel
        self._get_fuel = _bindings._wasmtime_context_get_fuel
        self._left = ctypes.c_uint64(0)
        self._left_at = ctypes.byref(self._left)
        self._value = _ffi.wasmtime_val_t
        self._trap = ctypes.POINTER(_ffi.wasm_trap_t)
        self._raise_own = _func.maybe_raise_last_exn
        self._as_error = wasmtime.WasmtimeError._from_ptr
        self._as_trap = wasmtime.Trap._from_ptr
        self.set_fuel(self.fuel())

    def export(self, function: wasmtime.Func) -> Callable[[], Any]:
        """As above."""
        kind = function.type(self._store)
        is_action = not kind.params and [str(each) for each in kind.results] == ["i32"]
        if not is_action or not hasattr(function, "_func"):
            return super().export(function)
        call, context, place, result = self._call, self._context, ctypes.byref(function._func), self._value()
        result_at, trap = ctypes.byref(result), self._trap()
        trap_at = ctypes.byref(trap)
        given = result.of

        def entered() -> Any:
            error = call(context, place, None, 0, result_at, 1, trap_at)
            if error or trap:
                self._fail(error, trap)
            return given.i32

        return entered

    def _fail(self, error: Any, trap: Any) -> None:
        # What is raised owns it, and the next call begins without.
        given = self._trap.from_buffer_copy(trap)
        ctypes.memset(ctypes.byref(trap), 0, ctypes.sizeof(trap))
        failed = self._as_error(error) if error else self._as_trap(given)
        self._raise_own()
        raise failed

    def set_fuel(self, fuel: int) -> None:
        """As above."""
        if error := self._set_fuel(self._context, fuel):
            raise self._as_error(error)

    def fuel(self) -> int:
        """As above."""
        if error := self._get_fuel(self._context, self._left_at):
            raise self._as_error(error)
        return self._left.value


def entry_of(store: wasmtime.Store) -> Entry:
    """The quickest way that there is; the store has fuel."""
    # A name, a class or a signature that is another one.
    with contextlib.suppress(ImportError, AttributeError, TypeError, ctypes.ArgumentError):
        return QuickEntry(store)
    return Entry(store)
