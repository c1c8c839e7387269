"""Airflow's sensor of the plugin, if it has triggers that are polled."""

from .. import _made
from ._sensor import sensor_class

if _made.faces().polls:
    _SENSOR = sensor_class(__name__)
    globals()[_SENSOR.__name__] = _SENSOR
