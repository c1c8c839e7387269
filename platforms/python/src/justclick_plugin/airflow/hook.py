"""Airflow's hook."""

import datetime
from typing import Any

from airflow.sdk import BaseHook

from justclick_plugin import ActionError, Connection, JustClick
from justclick_plugin._words import in_words


class JustClickHook(BaseHook):
    """Calls JustClick with a connection of Airflow.

    Its login is the account's login, its password the API key, and its host the base URL.
    """

    conn_name_attr = "justclick_conn_id"
    default_conn_name = "justclick_default"
    conn_type = "justclick"
    hook_name = "JustClick"

    def __init__(
        self,
        justclick_conn_id: str = default_conn_name,
        *,
        timezone: str | datetime.tzinfo | None = None,
        **kwargs: Any,
    ) -> None:
        """Reads nothing yet.

        Args:
            justclick_conn_id: Airflow's connection.
            timezone: what dates without a time zone are meant in; without it they are refused.
            kwargs: those of every hook.
        """
        super().__init__(**kwargs)
        self.justclick_conn_id = justclick_conn_id
        self.timezone = timezone

    def get_conn(self) -> JustClick:
        """The client for the connection."""
        found = self.get_connection(self.justclick_conn_id)
        allow_http = found.extra_dejson.get("allow_http") or False
        connection = Connection(
            login=found.login or "",
            api_key=found.password or "",
            base_url=base_url(found.host, found.schema, found.port),
            # The form gives true or false, a URI a text: what is a yes, the plugin says for all hosts.
            allow_http=allow_http if isinstance(allow_http, bool) else str(allow_http),
        )
        return JustClick(connection, timezone=self.timezone)

    def test_connection(self) -> tuple[bool, str]:
        """What the button "Test" in Airflow's connection form and `airflow connections test` show."""
        try:
            checked = self.get_conn().check_connection()
        except ActionError as error:
            return False, in_words(error)
        return True, f"{checked['base_url']} accepts the key of {checked['login']}."


def base_url(host: str | None, scheme: str | None, port: int | None) -> str:
    """The base URL of a connection: the form has it in the host, a connection URI may have it in three parts."""
    url = host or ""
    if url and "://" not in url:
        url = f"{scheme or 'https'}://{url}"
    return f"{url.rstrip('/')}:{port}" if url and port else url
