"""How stubs are written: functions, and docstrings that no text can end."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from maker.model import model

_WIDTH = 116


def method_of_trigger(
    method: "model.Method",
    way: "model.Way",
    first: str,
    indent: str,
    decorator: str = "",
    defaults: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """A method of a trigger."""
    yield ""
    if decorator:
        yield f"{indent}@{decorator}"
    yield f"{indent}def {way.name}_{method.action}("
    own = [f"{it.name}: {model.annotation(it.kind)}{'' if it.required else ' = None'}" for it in method.parameters]
    kinds = {**{name: kind for name, (kind, _) in model.TRIGGER_ARGUMENTS.items()}, **defaults}
    placed, named = ([f"{it}: {kinds[it]}" for it in names] for names in (way.placed, way.named))
    for argument in (first, *placed, "*", *own, *named):
        yield f"{indent}    {argument},"
    yield f"{indent}) -> {way.result_of(model.annotation(method.result))}:"
    about = [f"{it}: {model.TRIGGER_ARGUMENTS[it][1]}" for it in (*way.placed, *way.named)]
    told = "\n".join(f"    {line}" for line in (*(f"{it.name}: {it.about}" for it in method.parameters), *about))
    parts = (way.about, method.about, f"Args:\n{told}", f"Raises:\n    {way.raises}")
    yield from docstring("\n\n".join(parts), f"{indent}    ")


def deprecation(methods: Sequence["model.Method"]) -> Iterator[str]:
    """What a stub imports if any of its methods is deprecated."""
    if any(method.deprecated for method in methods):
        yield "from typing_extensions import deprecated"
        yield ""


def function(
    method: "model.Method",
    name: str,
    parameters: Sequence["model.Parameter"],
    before: Sequence[str],
    after: Sequence[str],
    result: str,
    indent: str,
    decorator: str = "",
) -> Iterator[str]:
    """A method or a function of an action."""
    yield ""
    if decorator:
        yield f"{indent}@{decorator}"
    if method.deprecated:
        yield f"{indent}@deprecated({method.deprecated!r})"
    yield f"{indent}def {name}("
    own = [f"{it.name}: {model.annotation(it.kind)}{'' if it.required else ' = None'}" for it in parameters]
    for argument in (*before, *(["*"] if own or after else []), *own, *after):
        yield f"{indent}    {argument},"
    yield f"{indent}) -> {result}:"
    told = arguments_told(method, parameters, last=[model.HOW_MANY] if after else [])
    yield from docstring(told, f"{indent}    ")


def arguments_told(method: "model.Method", parameters: Iterable["model.Parameter"], last: Sequence[str] = ()) -> str:
    """What a method does, and what its arguments are."""
    arguments = [*(f"{parameter.name}: {parameter.about}" for parameter in parameters), *last]
    told = "\n".join(f"    {argument}" for argument in arguments)
    return method.about + (f"\n\nArgs:\n{told}" if told else "")


def docstring(text: str, indent: str) -> Iterator[str]:
    """A text as a docstring, which no text can end."""
    lines = [part for line in text.strip().splitlines() or [""] for part in _wrapped(line, indent)]
    clean = [
        line.replace("\\", "\\\\").replace('"', '\\"' if '"""' in line or line.endswith('"') else '"') for line in lines
    ]
    if len(clean) == 1:
        yield f'{indent}"""{clean[0]}"""'
        return
    yield f'{indent}"""{clean[0]}'
    yield from (f"{indent}{line}".rstrip() for line in clean[1:])
    yield f'{indent}"""'


def _wrapped(line: str, indent: str) -> list[str]:
    own = line[: len(line) - len(line.lstrip())]
    printable = "".join(letter if letter.isprintable() else " " for letter in line)
    return textwrap.wrap(
        printable,
        _WIDTH - len(indent),
        initial_indent="",
        subsequent_indent=f"{own}    " if own else "",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
