"""What the operators have in common."""

import datetime
import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from .. import _made
from .._base_client import zone_of
from .._errors import ActionError
from .._model import Method
from .._repeated import key_of_run
from .._runner import Repeat
from .._trial import refusal_of
from . import hook, retries

_TEMPLATE_MARKS = ("{{", "{%", "{#")
_HOOK: Any = hook._HOOK


class ActionOperator(BaseOperator):
    """Runs an action of the plugin.

    What would fail again fails at once; what may work later is repeated as the task's `retries` say, and as late as
    the service asks for. A search gives the list of all that it finds.
    """

    _method: ClassVar[Method]
    _connection_id: ClassVar[str] = ""

    def _refuse_literals(self) -> None:
        """Tells when the Dag is read what would fail when it runs."""
        given = self._given()
        literals = {field: value for field, value in given.items() if is_literal(value)}
        # In which time zone a date is meant can be a template as well.
        zone = zone_of(self.timezone) if is_literal(self.timezone) else None
        unknown = {*(given.keys() - literals.keys()), *([self._method.key] if self._method.key else [])}
        error = refusal_of(self._method.action, literals, zone or datetime.UTC, unknown)
        if error is not None:
            raise error

    def _given(self) -> dict[str, Any]:
        """The input, as far as it is known."""
        return {parameter.field: getattr(self, parameter.name) for parameter in self._method.searched}

    def execute(self, context: Mapping[str, Any]) -> Any:
        """Runs the action; its output becomes the task's result."""
        values = {field: value for field, value in self._given().items() if value is not None}
        connection = getattr(self, self._connection_id)
        try:
            client = _HOOK(connection, timezone=self.timezone or timezone_of_dag(self)).get_conn()
            if self._method.item is not None:
                return list(client._search(self._method.action, values, self.limit))
            return client._call(self._method.action, values, Repeat(key=_key(context)))
        except ActionError as error:
            raise failure_of(error) from error


def failure_of(error: ActionError) -> AirflowException:
    """A failure that Airflow repeats, or one that it does not."""
    failure = AirflowFailException if error.retry == "never" else AirflowException
    return cast("AirflowException", failure(str(error)))


def timezone_of_dag(task: Any) -> datetime.tzinfo | None:
    """What dates without a time zone are meant in, where a task says nothing of it."""
    return cast("datetime.tzinfo | None", getattr(task.get_dag(), "timezone", None))


def beginning(
    name: str, base: Any, own: Sequence[inspect.Parameter], check: Callable[[Any], None]
) -> Callable[..., None]:
    """The `__init__` of an operator with arguments of its own, each of which becomes an attribute.

    Args:
        name: the operator's class.
        base: the class that takes the others.
        own: the arguments.
        check: is called at the end.
    """
    first = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    rest = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)

    def begin(self: Any, **kwargs: Any) -> None:
        given = {it.name: kwargs.pop(it.name, None if it.default is it.empty else it.default) for it in own}
        # Unless the Dag's `default_args` have one, which Airflow hands over here.
        if "retry_policy" not in (kwargs.get("default_args") or {}):
            kwargs.setdefault("retry_policy", retries._POLICY())
        base.__init__(self, **kwargs)
        for argument, value in given.items():
            setattr(self, argument, value)
        check(self)

    begin.__name__, begin.__qualname__ = "__init__", f"{name}.__init__"
    begin.__signature__ = inspect.Signature([first, *own, rest])  # type: ignore[attr-defined]
    return begin


def operator_class(method: Method, module: str) -> type[ActionOperator]:
    """The operator of an action."""
    faces = _made.faces()
    own = [
        *(
            by_name(parameter.name, inspect.Parameter.empty if parameter.required else None)
            for parameter in method.searched
        ),
        *([] if method.item is None else [by_name("limit", None)]),
        by_name("timezone", None),
        by_name(faces.connection_id, _HOOK.default_conn_name),
    ]

    def check(self: Any) -> None:
        if method.deprecated:
            warnings.warn(method.deprecated, DeprecationWarning, stacklevel=4)
        self._refuse_literals()

    begin = beginning(faces.operator(method), BaseOperator, own, check)
    begin.__doc__ = _made.docstring(method, method.searched, [] if method.item is None else [faces.how_many])
    members: dict[str, Any] = {
        "__module__": module,
        "__doc__": f"{method.about}\n\n{ActionOperator.__doc__}",
        "__init__": begin,
        "_method": method,
        "_connection_id": faces.connection_id,
        "template_fields": tuple(parameter.name for parameter in own),
    }
    make: Any = type(ActionOperator)
    return cast("type[ActionOperator]", make(faces.operator(method), (ActionOperator,), members))


def by_name(name: str, default: Any) -> inspect.Parameter:
    """An argument of an operator."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)


def _key(context: Mapping[str, Any]) -> Any:
    """The same for all tries of a task in a run of its Dag."""
    instance = context.get("ti")
    if instance is None:
        return None
    return key_of_run("airflow", instance.dag_id, instance.task_id, instance.run_id, getattr(instance, "map_index", -1))


def is_literal(value: Any) -> bool:
    """Whether a value is one already, and not what a template or another task will make of it."""
    if isinstance(value, str):
        return not any(mark in value for mark in _TEMPLATE_MARKS)
    if isinstance(value, Mapping):
        return all(map(is_literal, value.values()))
    if isinstance(value, Sequence):
        return all(map(is_literal, value))
    return value is None or isinstance(value, int | float | datetime.date)
