"""The sensor: a task that waits for what happens."""

import datetime
import hashlib
import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

from airflow.sdk import BaseSensorOperator, PokeReturnValue, Variable
from airflow.sdk.configuration import conf

from .. import _made
from .._base_client import zone_of
from .._client import Client
from .._errors import ActionError
from .._events import Event, Page
from .._progress import Progress
from .._trial import refusal_of_trigger
from .._triggers import started
from . import hook, trigger
from ._operator import beginning, by_name, failure_of, is_literal, timezone_of_dag

_HOOK: Any = hook._HOOK
_TRIGGER: Any = trigger._TRIGGER
# A variable of Airflow has a key of at most 250 characters.
_LONGEST_KEY = 250
# So many pages without events are asked for at once.
_MOST_PAGES = 1_000


class PluginEventSensor(BaseSensorOperator):
    """Waits until something happens, and gives the events: a list of CloudEvents.

    With `deferrable=True` it waits in the triggerer and holds no worker. How far it has come is a variable of Airflow
    for each Dag and task, which every run goes on from. The events are in it until a run has handed them on: a task
    that is tried again gets the same ones, the next run gets what a failed one had, and none is lost.
    """

    trigger: str
    input: Mapping[str, Any] | None
    start: Any
    limit: Any
    deferrable: bool
    timezone: Any
    _connection_id = ""

    def _check(self) -> None:
        """Tells when the Dag is read what would fail when it runs."""
        polled = [method.action for method in _made.faces().polls]
        if self.trigger not in polled:
            raise ValueError(f"trigger has to be one of {', '.join(polled) or 'none'}, not {self.trigger!r}.")
        given = self.input or {}
        if not is_literal(self.timezone) or not isinstance(given, Mapping):
            return
        literals = {field: value for field, value in given.items() if is_literal(value)}
        zone = zone_of(self.timezone) or datetime.UTC
        error = refusal_of_trigger(self.trigger, literals, zone, given.keys() - literals.keys())
        if error is not None:
            raise error
        if is_literal(self.start):
            started(self.start, zone)

    def execute(self, context: Any) -> Any:
        """Polls, and waits if there is nothing yet."""
        if not self.deferrable:
            return super().execute(context)
        found = self._look(context)
        return found if found is not None else self._wait(context)

    def execute_complete(self, context: Any, event: Mapping[str, Any]) -> Any:
        """Goes on with what the triggerer has found."""
        if "error" in event:
            error = ActionError(event["error"])
            raise failure_of(error) from error
        client = self._client()
        stored = tuple(client._triggers().stored(self.trigger, kept) for kept in event["events"])
        found = self._kept(context, client, Page(stored, event["cursor"], False))
        return found if found is not None else self._wait(context)

    def poke(self, context: Any) -> PokeReturnValue:
        """Polls once, where it does not wait in the triggerer."""
        found = self._look(context)
        return PokeReturnValue(found is not None, found)

    def _look(self, context: Any) -> list[Any] | None:
        """The events that there are now; None if there are none."""
        kept = self._load(context)
        if kept.get("pending") and not self._is_handed_on(context, str(kept.get("run"))):
            self._save(context, {**kept, "run": _run(context)})
            return cast("list[Any]", kept["pending"])
        client = self._client()
        try:
            for page in self._pages(client, kept.get("cursor")):
                found = self._kept(context, client, page)
                if found is not None:
                    return found
        except ActionError as error:
            if error.retry == "never":
                raise failure_of(error) from error
            self.log.warning("It is asked again later: %s", error)
        return None

    def _is_handed_on(self, context: Any, run: str) -> bool:
        """Whether the run that kept events last has handed them on; this one has not."""
        if run == _run(context):
            return False
        instance = context["ti"]
        place = {"map_index": instance.map_index} if getattr(instance, "map_index", -1) >= 0 else {}
        states = instance.get_task_states(dag_id=instance.dag_id, task_ids=[instance.task_id], run_ids=[run], **place)
        return "success" in states.get(run, {}).values()

    def _pages(self, client: Client, cursor: str | None) -> Iterator[Page[Any]]:
        for _ in range(_MOST_PAGES):
            page = client.poll(self.trigger, input=self.input or {}, cursor=cursor, start=self.start, limit=self.limit)
            yield page
            if not page.has_more:
                return
            cursor = page.next_cursor

    def _kept(self, context: Any, client: Client, page: Page[Any]) -> list[Any] | None:
        """Keeps how far it has come, and gives the events that are new, once they are safe; None if there are none."""
        kept = self._load(context)
        progress = Progress.read(self._key(context), kept or None)
        new = [event for event in progress.remember(page.events) if self._confirmed(client, event, progress)]
        if not page.events and progress.cursor == page.next_cursor:
            return None
        progress.cursor = page.next_cursor
        progress.pending = [dict(event.cloud_event()) for event in new]
        self._save(context, {**progress.written(), "run": _run(context)})
        return progress.pending or None

    def _confirmed(self, client: Client, event: Event[Any], progress: Progress) -> bool:
        try:
            is_so = client.confirmed(self.trigger, event)
        except ActionError as error:
            raise failure_of(error) from error
        if not is_so:
            self.log.warning("The event %s is dropped: the service does not confirm it", event.id)
            progress.refuted(event)
        return is_so

    def _wait(self, context: Any) -> Any:
        """Goes on in the triggerer, from where it is now."""
        kept, client = self._load(context), self._client()
        start = started(self.start, client._terms.zone)
        return self.defer(
            trigger=_TRIGGER(
                connection=getattr(self, self._connection_id),
                trigger=self.trigger,
                input=client._triggers().input(self.trigger, "poll", self.input or {}),
                cursor=kept.get("cursor"),
                # Where the first poll has failed: now is when the task began to wait, however often it is asked.
                start=int(time.time()) if start == "now" else start,
                limit=int(self.limit),
                interval_s=float(self.poke_interval),
            ),
            method_name="execute_complete",
            timeout=datetime.timedelta(seconds=self.timeout),
        )

    def _client(self) -> Client:
        connection = getattr(self, self._connection_id)
        client = _HOOK(connection, timezone=self.timezone or timezone_of_dag(self)).get_conn()
        return cast("Client", client)

    def _key(self, context: Any) -> str:
        instance = context["ti"]
        place = f".{instance.map_index}" if getattr(instance, "map_index", -1) >= 0 else ""
        key = f"{_made.faces().name}_events.{instance.dag_id}.{instance.task_id}{place}"
        return key if len(key) <= _LONGEST_KEY else f"{key[:180]}.{hashlib.sha256(key.encode()).hexdigest()}"

    def _load(self, context: Any) -> dict[str, Any]:
        kept = Variable.get(self._key(context), default=None, deserialize_json=True)
        return {} if kept is None else cast("dict[str, Any]", kept)

    def _save(self, context: Any, kept: Mapping[str, Any]) -> None:
        told = f"How far {context['ti'].task_id} has come. Delete it to begin anew."
        Variable.set(self._key(context), kept, description=told, serialize_json=True)


def sensor_class(module: str) -> type[PluginEventSensor]:
    """The sensor of the plugin."""
    faces = _made.faces()
    own = [
        by_name("trigger", by_name("trigger", None).empty),
        by_name("input", None),
        by_name("start", "now"),
        by_name("limit", 100),
        by_name("deferrable", conf.getboolean("operators", "default_deferrable", fallback=False)),
        by_name("timezone", None),
        by_name(faces.connection_id, _HOOK.default_conn_name),
    ]
    begin = beginning(faces.sensor, BaseSensorOperator, own, lambda made: made._check())
    triggers = "\n".join(f"    {method.action}: {method.about}" for method in faces.polls)
    begin.__doc__ = f"What happens is one of:\n\n{triggers}\n"
    members: dict[str, Any] = {
        "__module__": module,
        "__doc__": f"{PluginEventSensor.__doc__}",
        "__init__": begin,
        "_connection_id": faces.connection_id,
        "template_fields": ("input", "start", "limit", "timezone", faces.connection_id),
    }
    make: Any = type(PluginEventSensor)
    return cast("type[PluginEventSensor]", make(faces.sensor, (PluginEventSensor,), members))


def _run(context: Any) -> str:
    """The run of the Dag, which its tasks have in common, and each of their tries."""
    return str(context["ti"].run_id)
