"""What waits in Airflow's triggerer for events of the plugin."""

from .. import _made
from ._trigger import PluginEventTrigger

_TRIGGER = type(
    _made.faces().trigger,
    (PluginEventTrigger,),
    {"__module__": __name__, "__doc__": PluginEventTrigger.__doc__},
)
globals()[_TRIGGER.__name__] = _TRIGGER
