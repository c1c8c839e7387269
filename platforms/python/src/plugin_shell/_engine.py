"""The compiled module and its instances.

Fuel limits how much a call may calculate. Extism's timeout is not used: it ends every call of the process's instances
of a module, also those whose request has been answered already.

Extism's own `http_request` opens a connection for every request, follows redirects unchecked, and stops the plugin
where there is no response, with the reason lost. Extism links functions of the host after its own and lets them take
their place, so `http_request` and `http_status_code` are the ones below.

They are not made with `extism.host_fn`: that puts them into a registry from which every other plugin of the process
takes its functions, too.
"""

import base64
import json
import math
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

try:
    import extism
    import extism.extism
    import extism_sys
except (ImportError, OSError) as error:
    _reason = " ".join(str(error).split())
    raise ImportError(
        f"Extism's library can't be loaded on this machine ({_reason}). Install extism-sys again, or, where it has no "
        "wheel for the machine, use plugin-host serve, which needs no Python."
    ) from None

from ._bundle import Bundle
from ._errors import BundleError
from ._gate import gate
from ._http import BEFORE_SENDING, Client, Failure, NoResponseError, Request, Response
from ._origin import Origin

_NAMESPACE = "extism:host/env"
# As much as plugin-host gives to a call: about a second of calculating.
_FUEL = 2_000_000_000
# As many requests as one call may make; refused ones count.
_MOST_REQUESTS = 100
_CALLBACK = "void(ExtismCurrentPlugin*, const ExtismVal*, ExtismSize, ExtismVal*, ExtismSize, void*)"


@dataclass
class Exchange:
    """What a call may use, and what it did with it."""

    client: Client
    deadline: float = math.inf
    """When its time is over, on the monotonic clock."""
    requests: int = 0
    """How many requests the plugin asked for."""
    may_have_sent: bool = False
    """Whether the service may have seen one."""
    retry_after_s: int | None = None
    """When the last server to answer would like to be asked again."""
    status: int = 0
    """The last response's status; 0 if there was none."""
    sent_to: Origin | None = None
    """Where the last response would have sent the request on."""
    note: str = ""
    """What else there is to say of the last request."""
    fault: BaseException | None = None
    """What a host function raised: an interrupt, or a bug."""

    def send(self, document: bytes, body: bytes) -> bytes:
        """The answer to a request of the plugin; or the word for why there is none, with the status 0."""
        self.status, self.retry_after_s, self.sent_to, self.note = 0, None, None, ""
        try:
            if self.requests >= _MOST_REQUESTS:
                raise NoResponseError(Failure.NOT_ALLOWED, f"It asked for more than {_MOST_REQUESTS} requests.")
            self.requests += 1
            response = self._send(Request.parse(document, body))
        except NoResponseError as error:
            self.note = error.note
            return error.failure.value.encode()
        self.status, self.retry_after_s, self.sent_to = response.status, response.retry_after_s, response.sent_to
        return response.body

    def _send(self, request: Request) -> Response:
        before, self.may_have_sent = self.may_have_sent, True
        try:
            return self.client.send(request, self.deadline)
        except NoResponseError as error:
            if error.failure in BEFORE_SENDING:
                self.may_have_sent = before
            raise


class Trap(Exception):  # noqa: N818 - that is its name
    """The call ended in the middle or without a result of the contract. Its instance is not to be used again."""


class PluginFailure(Exception):  # noqa: N818 - not an error of this side
    """The plugin set this error."""


class _Call(threading.local):
    # A call lives on one thread from beginning to end, so the functions below find what belongs to it here.
    exchange: Exchange | None = None


_call = _Call()


def _exchange() -> Exchange:
    if _call.exchange is None:
        raise RuntimeError("no call is under way")
    return _call.exchange


def _http_request(current: Any, inputs: Any, _inputs: int, outputs: Any, _outputs: int, _data: Any) -> None:
    exchange = _exchange()
    plugin = extism.CurrentPlugin(current)
    document, body = _take(plugin, inputs[0].v.i64), _take(plugin, inputs[1].v.i64)
    # A fork need not wait for the service.
    with gate.outside():
        answer = exchange.send(document, body)
    # 0 stands for an empty answer.
    outputs[0].v.i64 = _put(plugin, answer) if answer else 0


def _http_status_code(_current: Any, _inputs: Any, _n: int, outputs: Any, _outputs: int, _data: Any) -> None:
    outputs[0].v.i32 = _exchange().status


def _take(plugin: Any, offset: int) -> bytes:
    """The block that the plugin handed over, which is freed, as Extism's own functions do."""
    memory = plugin.memory_at_offset(offset)
    content = bytes(plugin.memory(memory)) if len(memory) else b""
    plugin.free(memory)
    return content


def _put(plugin: Any, content: bytes) -> int:
    memory = plugin.alloc(len(content))
    plugin.memory(memory)[:] = content
    return int(memory.offset)


def _keep(_kind: type[BaseException], fault: BaseException, _traceback: TracebackType | None) -> None:
    """Nothing can be raised through the plugin, so it is kept until the call is back."""
    if _call.exchange is not None:
        _call.exchange.fault = fault


def _host_function(name: str, inputs: list[Any], output: Any, work: Callable[..., None]) -> Any:
    callback = extism_sys.ffi.callback(_CALLBACK, work, onerror=_keep)
    return extism.Function(_NAMESPACE, name, inputs, [output], callback)


_POINTER, _I32 = extism.ValType.PTR, extism.ValType.I32
# They have to live as long as any module that calls them.
_FUNCTIONS = [
    _host_function("http_request", [_POINTER, _POINTER], _POINTER, _http_request),
    _host_function("http_status_code", [], _I32, _http_status_code),
]


class Engine:
    """A module, compiled once, when it is first needed: a process that was forked before that has one of its own."""

    def __init__(self, bundle: Bundle) -> None:
        memory = {} if bundle.max_pages is None else {"max_pages": bundle.max_pages}
        wasm = base64.b64encode(bundle.wasm).decode()
        self._manifest = json.dumps({"wasm": [{"data": wasm}], "memory": memory}).encode()
        self._compiled: _Compiled | None = None
        self._lock = threading.Lock()

    def renew(self) -> None:
        """Begins anew in a child: a thread of the parent may hold the lock. What is compiled is memory, and stays."""
        self._lock = threading.Lock()

    def instance(self, config: Mapping[str, str]) -> "Instance":
        """A new instance for the connection of these values. The first one compiles the module.

        Raises:
            Trap: the module imports what this host does not have, or memory is exhausted.
            BundleError: it is not a WebAssembly module.
        """
        # Inside until the result is kept: a fork in between would find the library in use, and nothing to use.
        with gate.inside():
            with self._lock:
                if self._compiled is None:
                    self._compiled = _compile(self._manifest)
            try:
                return Instance(extism.Plugin(self._compiled, config=dict(config)))
            except extism.Error as error:
                raise Trap(f"it can't be started: {error}") from None


class _Compiled(extism.extism.CompiledPlugin):  # type: ignore[misc]
    """Extism's own, with a limit of fuel, which Python's class does not offer."""

    def __init__(self, manifest: bytes) -> None:
        lib, ffi = extism_sys.lib, extism_sys.ffi
        self.functions = _FUNCTIONS
        wrapped = [extism.extism._ExtismFunctionMetadata(function) for function in _FUNCTIONS]
        pointers = ffi.new("ExtismFunction*[]", [function.pointer for function in wrapped])
        message = ffi.new("char**")
        self.pointer = lib.extism_compiled_plugin_new_with_fuel_limit(
            manifest, len(manifest), pointers, len(wrapped), False, _FUEL, message
        )
        if self.pointer == ffi.NULL:
            text = ffi.string(message[0]).decode()
            lib.extism_plugin_new_error_free(message[0])
            raise extism.Error(text)


def _compile(manifest: bytes) -> _Compiled:
    """From wasmtime's cache on disk, where there is one."""
    try:
        return _Compiled(manifest)
    except extism.Error:
        # A cache folder that can't be written must not keep anyone from running a plugin.
        variable = "EXTISM_CACHE_CONFIG"
        before = os.environ.get(variable)
        os.environ[variable] = ""
        try:
            return _Compiled(manifest)
        except extism.Error as error:
            raise BundleError(f"The module can't be compiled: {' '.join(str(error).split())}") from None
        finally:
            if before is None:
                del os.environ[variable]
            else:
                os.environ[variable] = before


class Instance:
    """One instance of the module. It runs one call at a time."""

    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin

    def call(self, export: str, data: bytes, exchange: Exchange) -> bytes:
        """Calls an export.

        Raises:
            PluginFailure: with the text of the error that the plugin set.
            Trap: the call ended in the middle.
            BaseException: what a host function raised.
        """
        _call.exchange = exchange
        try:
            with gate.inside():
                output: bytes = self._plugin.call(export, data)
        except extism.Error as error:
            if exchange.fault is None:
                text = str(error)
                raise (PluginFailure(text) if text.startswith("{") else Trap(text)) from None
        finally:
            _call.exchange = None
        if exchange.fault is not None:
            raise exchange.fault
        return output
