"""Airflow: the connection type `justclick`, a hook and an operator."""

from importlib import metadata
from typing import Any

from justclick_plugin import JustClick


def get_provider_info() -> dict[str, Any]:
    """What Airflow shows of this package. The form's words are those of the plugin's description."""
    description = JustClick.describe()
    fields = description["connection"]["schema"]["properties"]
    # Airflow's own fields, by the key that each of them holds.
    own = {"login": "login", "api_key": "password", "base_url": "host"}
    return {
        "package-name": "justclick-plugin",
        "name": description["title"],
        "description": description["description"],
        "versions": [metadata.version("justclick-plugin")],
        "connection-types": [
            {
                "connection-type": "justclick",
                "hook-class-name": "justclick_plugin.airflow.hook.JustClickHook",
                "hook-name": description["title"],
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port", "extra"],
                    "relabeling": {field: fields[key]["title"] for key, field in own.items()},
                    "placeholders": {
                        field: fields[key].get("examples", [fields[key]["description"]])[0]
                        for key, field in own.items()
                    },
                },
                "conn-fields": {
                    "allow_http": {
                        "label": fields["allow_http"]["title"],
                        "description": fields["allow_http"]["description"],
                        "schema": {"type": ["boolean", "null"], "default": False},
                    },
                },
            }
        ],
    }
