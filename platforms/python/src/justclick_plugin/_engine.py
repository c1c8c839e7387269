"""The compiled module and its instances.

Extism's own `http_request` opens a connection for every request, follows redirects unchecked, and stops the plugin
where there is no response, with the reason lost. Extism links functions of the host after its own and lets them take
their place, so `http_request` and `http_status_code` are the ones below.

They are not made with `extism.host_fn`: that puts them into a registry from which every other plugin of the process
takes its functions, too.
"""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import extism
import extism.extism
import extism_sys

from justclick_plugin._bundle import Bundle, BundleError
from justclick_plugin._http import Client, NoResponseError, Request

_NAMESPACE = "extism:host/env"
_CALLBACK = "void(ExtismCurrentPlugin*, const ExtismVal*, ExtismSize, ExtismVal*, ExtismSize, void*)"


@dataclass
class Exchange:
    """What a call may use, and what it did with it."""

    client: Client
    requests: int = 0
    """How many requests the plugin made."""
    retry_after_s: int | None = None
    """When the last server to answer would like to be asked again."""
    status: int = 0
    """The last response's status; 0 if there was none."""
    fault: BaseException | None = None
    """What a host function raised: an interrupt, or a bug."""


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
    exchange.status, exchange.retry_after_s = 0, None
    plugin = extism.CurrentPlugin(current)
    document, body = _take(plugin, inputs[0].v.i64), _take(plugin, inputs[1].v.i64)
    try:
        request = Request.parse(document, body)
        exchange.requests += 1
        response = exchange.client.send(request)
        exchange.status, exchange.retry_after_s = response.status, response.retry_after_s
        answer = response.body
    except NoResponseError as error:
        answer = error.failure.value.encode()
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
    """A module, compiled once."""

    def __init__(self, bundle: Bundle) -> None:
        """Compiles it, from wasmtime's cache on disk where there is one.

        Raises:
            BundleError: it is not a WebAssembly module.
        """
        memory = {} if bundle.max_pages is None else {"max_pages": bundle.max_pages}
        manifest = {"wasm": [{"data": bundle.wasm}], "memory": memory}
        self._compiled = _compile(manifest)

    def instance(self, config: Mapping[str, str]) -> "Instance":
        """A new instance for the connection of these values.

        Raises:
            Trap: the module imports what this host does not have, or memory is exhausted.
        """
        try:
            return Instance(extism.Plugin(self._compiled, config=dict(config)))
        except extism.Error as error:
            raise Trap(f"it can't be started: {error}") from None


def _compile(manifest: Mapping[str, Any]) -> Any:
    try:
        return extism.extism.CompiledPlugin(manifest, functions=_FUNCTIONS)
    except extism.Error:
        # A cache folder that can't be written must not keep anyone from running a plugin.
        variable = "EXTISM_CACHE_CONFIG"
        before = os.environ.get(variable)
        os.environ[variable] = ""
        try:
            return extism.extism.CompiledPlugin(manifest, functions=_FUNCTIONS)
        except extism.Error as error:
            raise BundleError(f"The module can't be compiled: {error}") from None
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
