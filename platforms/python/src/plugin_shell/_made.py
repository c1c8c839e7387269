"""What is made of this package's description: its client, its connections, and the types that it names."""

import functools
import inspect
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, TypeVar

from ._async_client import AsyncClient
from ._base_client import BaseClient
from ._client import Client
from ._connection import BaseConnection, connection_class
from ._errors import BundleError
from ._events import Event, Page, Received
from ._model import Faces, Method, Parameter, Way, load
from ._types import realized

C = TypeVar("C", bound=BaseClient)

Run = Callable[..., Any]
LIMITED = (inspect.Parameter("limit", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=int | None),)
"""What a search over all pages takes besides."""
_SELF = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)


@functools.cache
def faces() -> Faces:
    """What everything is called.

    Raises:
        BundleError: the package is not installed whole.
    """
    try:
        return load(resources.files(__package__) / "_faces.json")
    except (OSError, ValueError, LookupError, TypeError) as error:
        name = str(__package__).replace("_", "-")
        raise BundleError(f"{name} is not installed whole ({error}). Install it again.") from error


@functools.cache
def types() -> Mapping[str, Any]:
    """The types that have names of their own."""
    return {name: realized(kind) for name, kind in faces().types.items()}


@functools.cache
def connection() -> type[BaseConnection]:
    """The class of the plugin's connections."""
    return connection_class(faces())


@functools.cache
def client() -> type[Client]:
    """The class of the plugin's clients."""
    return _client_class(faces().client, Client)


@functools.cache
def async_client() -> type[AsyncClient]:
    """The class of the plugin's clients for asyncio."""
    return _client_class(faces().async_client, AsyncClient)


def _client_class(name: str, base: type[C]) -> type[C]:
    of = faces()
    members: dict[str, Any] = {
        "__module__": __package__,
        "__doc__": f"{of.about}\n\n{base.__doc__}",
        "_own_addresses": tuple(key.variable_of(of.prefix) for key in of.keys if key.is_address),
    }
    for method in of.python:
        members[method.name] = _call_method(method, base)
        if method.item is not None:
            members[f"iter_{method.action}"] = _search_method(method, base)
    for methods, names in ((of.polls, ("poll", "events")), (of.webhooks, ("webhook",))):
        ways = [of.ways[it] for it in names]
        members |= {
            f"{way.name}_{method.action}": _trigger_method(method, way, base) for method in methods for way in ways
        }
    made = type(name, (base,), members)
    for member_name, member in members.items():
        if inspect.isfunction(member):
            member.__qualname__ = f"{name}.{member_name}"
    return made


def _call_method(method: Method, base: type[BaseClient]) -> Run:
    def run(client: Any, values: Mapping[str, Any]) -> Any:
        if method.deprecated:
            warnings.warn(method.deprecated, DeprecationWarning, stacklevel=3)
        return client._call(method.action, values)

    result = _awaited(realized(method.result), base)
    return function(method.name, docstring(method), method.parameters, result, run, [_SELF])


def _search_method(method: Method, base: type[BaseClient]) -> Run:
    def run(client: Any, values: Mapping[str, Any], limit: int | None = None) -> Any:
        return client._search(method.action, values, limit)

    result = _many(Any if method.item is None else realized(method.item), base)
    told = docstring(method, method.searched, [faces().how_many])
    name = f"iter_{method.action}"
    return function(name, told, method.searched, result, run, [_SELF], LIMITED)


def _trigger_method(method: Method, way: Way, base: type[BaseClient]) -> Run:
    """A method of a trigger, which takes what narrows it down by its names."""
    generic = getattr(base, way.name)
    before, after = ([inspect.signature(generic).parameters[it] for it in names] for names in (way.placed, way.named))

    def run(client: BaseClient, *given: Any, **named: Any) -> Any:
        *placed, values = given
        return generic(client, method.action, *placed, input=values, **named)

    kinds: Mapping[str, Any] = {"poll": Page, "events": Event, "webhook": Received}
    found = kinds[way.name][realized(method.result)]
    returned = _many(found, base) if way.name == "events" else _awaited(found, base)
    told = docstring_of_trigger(method, way)
    return function(f"{way.name}_{method.action}", told, method.parameters, returned, run, [_SELF, *before], after)


def _awaited(kind: Any, base: type[BaseClient]) -> Any:
    coroutine: Any = Coroutine
    return coroutine[Any, Any, kind] if issubclass(base, AsyncClient) else kind


def _many(kind: Any, base: type[BaseClient]) -> Any:
    many: Any = AsyncIterator if issubclass(base, AsyncClient) else Iterator
    return many[kind]


def docstring_of_trigger(method: Method, way: Way, first: Sequence[str] = ()) -> str:
    """What a method of a trigger does."""
    own = [f"{parameter.name}: {parameter.about}" for parameter in method.parameters]
    placed, named = ([f"{it}: {faces().arguments[it]}" for it in names] for names in (way.placed, way.named))
    arguments = "\n".join(f"    {it}" for it in (*first, *placed, *own, *named))
    return f"{way.about}\n\n{method.about}\n\nArgs:\n{arguments}\n\nRaises:\n    {way.raises}\n"


def docstring(
    method: Method, parameters: Sequence[Parameter] | None = None, more: Sequence[str] = (), first: Sequence[str] = ()
) -> str:
    """What a method does, in Google's manner."""
    found = method.parameters if parameters is None else parameters
    arguments = [*first, *(f"{parameter.name}: {parameter.about}" for parameter in found), *more]
    parts = [method.about]
    if method.deprecated:
        parts.append(method.deprecated)
    if arguments:
        parts.append("Args:\n" + "\n".join(f"    {argument}" for argument in arguments))
    parts.append("Raises:\n    ActionError: it did not work; `retry` says whether it may be repeated.")
    return "\n\n".join(parts) + "\n"


def function(
    name: str,
    told: str,
    parameters: Sequence[Parameter],
    result: Any,
    run: Run,
    before: Sequence[inspect.Parameter] = (),
    after: Sequence[inspect.Parameter] = (),
) -> Run:
    """A function with the arguments of an action by their names.

    Args:
        name: the function's.
        told: its docstring.
        parameters: the action's.
        result: the type that it returns.
        run: is called with the values of `before`, the input, and the values of `after` by their names.
        before: what it takes besides, by place or name.
        after: what it takes besides, by name.
    """
    own = [
        inspect.Parameter(
            parameter.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if parameter.required else None,
            annotation=realized(parameter.kind),
        )
        for parameter in parameters
    ]
    signature = inspect.Signature([*before, *own, *after], return_annotation=result)

    fields = {parameter.name: parameter.field for parameter in parameters}
    required = {parameter.name for parameter in parameters if parameter.required}

    def made(*args: Any, **given: Any) -> Any:
        if len(args) == len(before) and fields.keys() >= given.keys() >= required:
            return run(*args, {fields[name]: value for name, value in given.items() if value is not None})
        try:
            bound = signature.bind(*args, **given).arguments
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        values = {parameter.field: bound.get(parameter.name) for parameter in parameters}
        named = {parameter.name: bound[parameter.name] for parameter in after if parameter.name in bound}
        firsts = [bound[parameter.name] for parameter in before]
        return run(*firsts, {field: value for field, value in values.items() if value is not None}, **named)

    made.__name__ = made.__qualname__ = name
    made.__module__ = str(__package__)
    made.__doc__ = told
    made.__signature__ = signature  # type: ignore[attr-defined]
    made.__annotations__ = {
        **{it.name: it.annotation for it in (*before, *own, *after) if it.annotation is not inspect.Parameter.empty},
        "return": result,
    }
    return made
