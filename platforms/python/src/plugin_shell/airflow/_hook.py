"""Airflow's hook."""

import datetime
from typing import Any

from airflow.sdk import BaseHook

from .. import _made
from .._client import Client
from .._errors import ActionError
from .._words import in_words
from ._fields import BASE, fields_of


class PluginHook(BaseHook):
    """Calls the service with a connection of Airflow."""

    default_conn_name = ""

    def __init__(
        self, conn_id: str | None = None, *, timezone: str | datetime.tzinfo | None = None, **kwargs: Any
    ) -> None:
        """Reads nothing yet.

        Args:
            conn_id: Airflow's connection.
            timezone: what dates without a time zone are meant in; without it they are refused.
            kwargs: those of every hook, and the connection by the name that the plugin's hooks have for it.
        """
        named = kwargs.pop(str(self.conn_name_attr), None)
        super().__init__(**kwargs)
        self.conn_id = conn_id or named or self.default_conn_name
        setattr(self, str(self.conn_name_attr), self.conn_id)
        self.timezone = timezone

    def get_conn(self) -> Client:
        """The client for the connection."""
        return self.client_of(self.get_connection(self.conn_id))

    def client_of(self, found: Any) -> Client:
        """The client for a connection as Airflow has it."""
        own = {
            "login": found.login or "",
            "password": found.password or "",
            "host": base_url(found.host, found.schema, found.port),
        }
        given: dict[str, Any] = {}
        for key, field in fields_of(_made.faces()):
            value = own[field] if field in BASE else found.extra_dejson.get(field)
            if key.is_switch:
                # The form gives true or false, a URI a text: what is a yes, the plugin says for all hosts.
                given[key.name] = value if isinstance(value, bool) else str(value or "") or key.default == "true"
            else:
                given[key.name] = key.default if value is None else str(value)
        return _made.client()(_made.connection()(**given), timezone=self.timezone)

    def test_connection(self) -> tuple[bool, str]:
        """What the button "Test" in Airflow's connection form and `airflow connections test` show."""
        try:
            checked = self.get_conn().check_connection()
        except ActionError as error:
            return False, in_words(error)
        told = ", ".join(f"{name}: {value}" for name, value in checked.items() if isinstance(value, str | int))
        return True, f"The connection works. {told}".strip()


def base_url(host: str | None, scheme: str | None, port: int | None) -> str:
    """The base URL of a connection: the form has it in the host, a connection URI may have it in three parts."""
    url = host or ""
    if url and "://" not in url:
        url = f"{scheme or 'https'}://{url}"
    return f"{url.rstrip('/')}:{port}" if url and port else url
