"""When Airflow repeats a failed task of the plugin."""

from .. import _made
from ._retries import PluginRetryPolicy

_POLICY = type(
    f"{_made.faces().client}RetryPolicy",
    (PluginRetryPolicy,),
    {"__module__": __name__, "__doc__": PluginRetryPolicy.__doc__},
)
globals()[_POLICY.__name__] = _POLICY
