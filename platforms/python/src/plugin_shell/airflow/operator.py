"""Airflow's operators of the plugin: one for each action."""

from .. import _made
from ._operator import operator_class

for _method in _made.faces().airflow:
    _operator = operator_class(_method, __name__)
    globals()[_operator.__name__] = _operator
