"""A connection: which account, and the keys to it, as the description has them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass
from typing import Any, ClassVar, NoReturn, Self

from . import _errors
from ._model import Faces, Key


@dataclass(frozen=True, repr=False)
class BaseConnection:
    """An account. Its `repr` hides the keys to it, and it is not pickled."""

    _keys: ClassVar[tuple[Key, ...]] = ()
    _prefix: ClassVar[str] = ""

    def __post_init__(self) -> None:
        """Refuses what is no text.

        Raises:
            ConfigurationError: a value is none.
        """
        for key in self._keys:
            value = getattr(self, key.name)
            # Not the value in any message: it may be a secret.
            if not isinstance(value, bool | str if key.is_switch else str):
                wanted = "True or False" if key.is_switch else "a text"
                message = f"{key.name} has to be {wanted}, not {type(value).__name__}."
                raise _errors.configuration(key.name, message)
            try:
                str(value).encode()
            except UnicodeEncodeError:
                raise _errors.configuration(key.name, f"{key.name} is not UTF-8: type it anew.") from None

    @classmethod
    def from_env(cls, prefix: str | None = None) -> Self:
        """The account that the environment names, each value in a variable of its own, such as `SHOP_API_KEY`.

        Args:
            prefix: what the variables' names begin with; the plugin's own name if it is left out.

        Raises:
            ConfigurationError: one that is required is not set.
        """
        given: dict[str, str] = {}
        missing: dict[str, str] = {}
        for key in cls._keys:
            variable = key.variable_of(cls._prefix if prefix is None else prefix)
            value = os.environ.get(variable, "")
            if value:
                # What is a yes and what a no, the plugin says for all hosts.
                given[key.name] = value
            elif key.required:
                missing[key.name] = variable
        if missing:
            message = f"Set {', '.join(missing.values())} in the environment."
            raise _errors.configuration(next(iter(missing)), message)
        return cls(**given)

    def config(self) -> dict[str, str]:
        """The values as the plugin reads them: texts, always. One that is empty and need not be there is not there."""
        values = ((key, getattr(self, key.name)) for key in self._keys)
        texts = ((key, str(value).lower() if isinstance(value, bool) else value) for key, value in values)
        return {key.key: text for key, text in texts if text or key.required}

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _copies: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Connection can't be pickled: its key would go along. Make it where it is used.")

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{key.name}=***" if key.is_secret else f"{key.name}={getattr(self, key.name)!r}" for key in self._keys
        )
        # People paste keys into the wrong field.
        for secret in (getattr(self, key.name) for key in self._keys if key.is_secret):
            shown = shown.replace(secret, "***") if secret else shown
        return f"{type(self).__name__}({shown})"


def connection_class(faces: Faces) -> type[BaseConnection]:
    """The connections of a plugin."""
    members: list[tuple[str, Any, Any]] = []
    for key in faces.keys:
        kind, default = (bool | str, key.default == "true") if key.is_switch else (str, key.default)
        members.append((key.name, kind, field() if key.required else field(default=default)))
    told = "\n".join(f"    {key.name}: {key.about}" for key in faces.keys)
    namespace: Mapping[str, Any] = {
        "_keys": faces.keys,
        "_prefix": faces.prefix,
        "__doc__": f"An account of {faces.title}. Its `repr` hides the keys to it, and it is not pickled.\n\n"
        f"Attributes:\n{told}\n",
    }
    made = make_dataclass(
        "Connection", members, bases=(BaseConnection,), namespace=dict(namespace), frozen=True, repr=False
    )
    made.__module__ = str(__package__)
    return made
