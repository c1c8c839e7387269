"""Airflow: the connection type, a hook and an operator for each action."""

from importlib import metadata
from typing import Any

from .. import _bundle, _made
from ._fields import BASE, fields_of


def get_provider_info() -> dict[str, Any]:
    """What Airflow shows of this package. The form's words are those of the plugin's description."""
    faces, description = _made.faces(), _bundle.packaged().description
    properties = description["connection"]["schema"]["properties"]
    held = fields_of(faces)
    own = {field: key for key, field in held if field in BASE}
    return {
        "package-name": faces.distribution,
        "name": faces.title,
        "description": faces.about,
        "versions": [metadata.version(faces.distribution)],
        "connection-types": [
            {
                "connection-type": faces.name,
                "hook-class-name": f"{faces.module}.airflow.hook.{faces.client}Hook",
                "hook-name": faces.title,
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port", "extra", *(field for field in BASE if field not in own)],
                    "relabeling": {field: key.title for field, key in own.items()},
                    "placeholders": {
                        field: str(properties[key.key].get("examples", [key.about])[0]) for field, key in own.items()
                    },
                },
                "conn-fields": {
                    key.key: {
                        "label": key.title,
                        "description": key.about,
                        "schema": (
                            {"type": ["boolean", "null"], "default": key.default == "true"}
                            if key.is_switch
                            else {"type": ["string", "null"], **({"format": "password"} if key.is_secret else {})}
                        ),
                    }
                    for key, field in held
                    if field not in BASE
                },
            }
        ],
    }
