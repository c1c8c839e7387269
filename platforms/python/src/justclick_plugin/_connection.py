"""A connection: which account, and the key that signs for it."""

import os
from dataclasses import dataclass, fields
from typing import NoReturn, Self

from justclick_plugin import _errors


@dataclass(frozen=True, repr=False)
class Connection:
    """A JustClick account. Its `repr` hides the key, and it is not pickled."""

    login: str
    """The account's login: the first part of the account's address."""
    api_key: str
    """The key for forming a hash, from the API section of the account."""
    base_url: str
    """The account's address with https, without anything after the host name."""
    allow_http: bool | str = False
    """Allows plain http to a host other than this machine. Anyone on the way can then read and change what is sent.
    A text, as an environment has it, goes to the plugin as it is."""

    def __post_init__(self) -> None:
        """Refuses what is no text.

        Raises:
            ConfigurationError: a value is none.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            # Not the value in any message: it may be the key.
            if not isinstance(value, bool | str if field.name == "allow_http" else str):
                wanted = "True or False" if field.name == "allow_http" else "a text"
                message = f"{field.name} has to be {wanted}, not {type(value).__name__}."
                raise _errors.configuration(field.name, message)
            try:
                str(value).encode()
            except UnicodeEncodeError:
                message = f"{field.name} is not UTF-8: type it anew."
                raise _errors.configuration(field.name, message) from None

    @classmethod
    def from_env(cls) -> Self:
        """The account of `JUSTCLICK_LOGIN`, `JUSTCLICK_API_KEY`, `JUSTCLICK_BASE_URL` and `JUSTCLICK_ALLOW_HTTP`.

        Raises:
            ConfigurationError: one of the first three is not set.
        """
        required = {name: os.environ.get(f"JUSTCLICK_{name.upper()}", "") for name in ("login", "api_key", "base_url")}
        missing = [name for name, value in required.items() if not value]
        if missing:
            names = ", ".join(f"JUSTCLICK_{name.upper()}" for name in missing)
            raise _errors.configuration(missing[0], f"Set {names} in the environment.")
        # What is a yes and what a no, the plugin says for all hosts.
        return cls(**required, allow_http=os.environ.get("JUSTCLICK_ALLOW_HTTP") or False)

    def config(self) -> dict[str, str]:
        """The values as the plugin reads them: texts, always."""
        return {
            "login": self.login,
            "api_key": self.api_key,
            "base_url": self.base_url,
            "allow_http": self.allow_http if isinstance(self.allow_http, str) else str(self.allow_http).lower(),
        }

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _copies: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Connection can't be pickled: its key would go along. Make it where it is used.")

    def __repr__(self) -> str:
        shown = f"login={self.login!r}, api_key=***, base_url={self.base_url!r}, allow_http={self.allow_http}"
        # People paste keys into the wrong field.
        return f"Connection({shown.replace(self.api_key, '***') if self.api_key else shown})"
