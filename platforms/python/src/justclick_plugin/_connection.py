"""A connection: which account, and the key that signs for it."""

import os
from dataclasses import dataclass, fields


@dataclass(frozen=True, repr=False)
class Connection:
    """A JustClick account. Its `repr` hides the key."""

    login: str
    """The account's login: the first part of the account's address."""
    api_key: str
    """The key for forming a hash, from the API section of the account."""
    base_url: str
    """The account's address with https, without anything after the host name."""
    allow_http: bool = False
    """Allows plain http to a host other than this machine. Anyone on the way can then read and change what is sent."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, bool if field.name == "allow_http" else str):
                # Not the value: it may be the key.
                kind = "True or False" if field.name == "allow_http" else "a text"
                raise TypeError(f"{field.name} has to be {kind}, not {type(value).__name__}")

    @classmethod
    def from_env(cls) -> "Connection":
        """The account of `JUSTCLICK_LOGIN`, `JUSTCLICK_API_KEY`, `JUSTCLICK_BASE_URL` and `JUSTCLICK_ALLOW_HTTP`.

        Raises:
            LookupError: one of the first three is not set.
        """
        required = {name: os.environ.get(f"JUSTCLICK_{name.upper()}", "") for name in ("login", "api_key", "base_url")}
        missing = [f"JUSTCLICK_{name.upper()}" for name, value in required.items() if not value]
        if missing:
            raise LookupError(f"Set {', '.join(missing)} in the environment.")
        return cls(**required, allow_http=os.environ.get("JUSTCLICK_ALLOW_HTTP", "").lower() == "true")

    def config(self) -> dict[str, str]:
        """The values as the plugin reads them: texts, always."""
        return {
            "login": self.login,
            "api_key": self.api_key,
            "base_url": self.base_url,
            "allow_http": "true" if self.allow_http else "false",
        }

    def __repr__(self) -> str:
        shown = f"login={self.login!r}, api_key=***, base_url={self.base_url!r}, allow_http={self.allow_http}"
        # People paste keys into the wrong field.
        return f"Connection({shown.replace(self.api_key, '***') if self.api_key else shown})"
