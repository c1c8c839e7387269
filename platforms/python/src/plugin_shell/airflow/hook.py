"""Airflow's hook of the plugin."""

from .. import _made
from ._hook import PluginHook

_FACES = _made.faces()
_HOOK = type(
    f"{_FACES.client}Hook",
    (PluginHook,),
    {
        "__module__": __name__,
        "__doc__": f"Calls {_FACES.title} with a connection of Airflow.",
        "conn_name_attr": _FACES.connection_id,
        "default_conn_name": f"{_FACES.name}_default",
        "conn_type": _FACES.name,
        "hook_name": _FACES.title,
    },
)
globals()[_HOOK.__name__] = _HOOK
