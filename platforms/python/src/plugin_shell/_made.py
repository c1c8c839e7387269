"""What is made of this package's description: its client, its connections, and the types that it names."""

import functools
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from ._client import Client
from ._connection import BaseConnection, connection_class
from ._errors import BundleError
from ._events import Event, Page, Received
from ._model import Faces, Method, Parameter, Way, load
from ._types import realized

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
    of = faces()
    members: dict[str, Any] = {
        "__module__": __package__,
        "__doc__": f"{of.about}\n\n{Client.__doc__}",
        "_own_addresses": tuple(key.variable_of(of.prefix) for key in of.keys if key.is_address),
    }
    for method in of.python:
        members[method.name] = _call_method(method)
        if method.item is not None:
            members[f"iter_{method.action}"] = _search_method(method)
    for methods, names in ((of.polls, ("poll", "events")), (of.webhooks, ("webhook",))):
        ways = [of.ways[name] for name in names]
        members |= {f"{way.name}_{method.action}": _trigger_method(method, way) for method in methods for way in ways}
    made = type(of.client, (Client,), members)
    for name, member in members.items():
        if inspect.isfunction(member):
            member.__qualname__ = f"{of.client}.{name}"
    return made


def _call_method(method: Method) -> Run:
    def run(client: Client, values: Mapping[str, Any]) -> Any:
        if method.deprecated:
            warnings.warn(method.deprecated, DeprecationWarning, stacklevel=3)
        return client._call(method.action, values)

    return function(method.name, docstring(method), method.parameters, realized(method.result), run, [_SELF])


def _search_method(method: Method) -> Run:
    def run(client: Client, values: Mapping[str, Any], limit: int | None = None) -> Iterator[Any]:
        return client._search(method.action, values, limit)

    found: Any = Iterator
    result = found[Any if method.item is None else realized(method.item)]
    told = docstring(method, method.searched, [faces().how_many])
    name = f"iter_{method.action}"
    return function(name, told, method.searched, result, run, [_SELF], LIMITED)


def _trigger_method(method: Method, way: Way) -> Run:
    """A method of a trigger, which takes what narrows it down by its names."""
    generic = getattr(Client, way.name)
    before, after = ([inspect.signature(generic).parameters[it] for it in names] for names in (way.placed, way.named))

    def run(client: Client, *given: Any, **named: Any) -> Any:
        *placed, values = given
        return generic(client, method.action, *placed, input=values, **named)

    many: Any = Iterator
    kinds: Mapping[str, Any] = {"poll": Page, "events": Event, "webhook": Received}
    found = kinds[way.name][realized(method.result)]
    returned = many[found] if way.name == "events" else found
    told = docstring_of_trigger(method, way)
    return function(f"{way.name}_{method.action}", told, method.parameters, returned, run, [_SELF, *before], after)


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
