"""A plugin as each of its faces has it: for Python itself, for Airflow, for Prefect."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .engines import AIRFLOW_TAKEN, BLOCK_TAKEN, PREFECT_MODULE, PREFECT_TAKEN
from .methods import ITEMS, Method, Words, is_read, method_of
from .names import camel, class_of, identifier, variable_of
from .types import Choice, Member, Shape, Types, described
from .ways import TRIGGER_ARGUMENTS

EXPORTED = (
    "ActionError",
    "BundleError",
    "CloudEvent",
    "ConfigurationError",
    "Connection",
    "CursorStore",
    "Effect",
    "ErrorDocument",
    "Event",
    "FileCursorStore",
    "ForgedEventError",
    "Kind",
    "MemoryCursorStore",
    "Option",
    "Page",
    "Problem",
    "Received",
    "Retry",
    "Subscription",
    "Upstream",
    "WebhookError",
    "WebhookResponse",
)
"""What every package has, whatever its plugin."""

CLIENT_TAKEN = (
    "call",
    "check_connection",
    "confirmed",
    "describe",
    "events",
    "options",
    "poll",
    "subscribe",
    "unsubscribe",
    "webhook",
)
"""What every client can do."""

CONNECTION_TAKEN = ("config", "from_env", "self", "prefix")

# What stubs need for themselves.
_STUB_TAKEN = (
    "Any",
    "BaseConnection",
    "Client",
    "Headers",
    "Iterator",
    "Literal",
    "Mapping",
    "Moment",
    "NotRequired",
    "Number",
    "PluginCredentials",
    "PluginCursor",
    "SecretStr",
    "Sequence",
    "Start",
    "SupportsFloat",
    "Switch",
    "Text",
    "TypedDict",
    "Whole",
)


@dataclass(frozen=True)
class Key:
    """A value of a connection."""

    name: str
    """The attribute's."""
    key: str
    """What the description calls it."""
    title: str
    about: str
    is_secret: bool
    is_switch: bool
    """Whether its values are true and false, as texts."""
    is_address: bool
    """Whether it is an origin that the plugin may reach."""
    required: bool
    default: str


class Faces:
    """All that is made of a description.

    Raises:
        ValueError: the description has not what the contract requires. The text says what.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        try:
            self.name = _matching(description["name"], r"[a-z][a-z0-9_-]{0,39}", "name")
            self.title = _matching(description["title"], r".*\S.*", "title")
            self.about = _matching(description["description"], r".*\S.*", "description")
            self.homepage: str | None = description.get("homepage")
            wanted = class_of(self.title, self.name)
            self.client = wanted if wanted not in {*EXPORTED, *_STUB_TAKEN} else f"{wanted}Client"
            self._types = Types((*EXPORTED, *_STUB_TAKEN, self.client))
            self.keys = tuple(_keys(description["connection"]))
            actions: Sequence[Mapping[str, Any]] = description["actions"]
            for action in actions:
                _matching(action["name"], r"[a-z][a-z0-9_]{0,63}", "name of an action")
                _matching(action["title"], ".*", f"title of {action['name']}")
                _matching(action["description"], ".*", f"description of {action['name']}")
            triggers: Sequence[Mapping[str, Any]] = description.get("triggers", ())
            for trigger in triggers:
                _matching(trigger["name"], r"[a-z][a-z0-9_]{0,63}", "name of a trigger")
                _matching(trigger["title"], ".*", f"title of {trigger['name']}")
                _matching(trigger["description"], ".*", f"description of {trigger['name']}")
            telling = [f"{way}_{trigger['name']}" for trigger in triggers for way in ("poll", "events", "webhook")]
            searched = [*telling, *(f"iter_{action['name']}" for action in actions if _searches(action))]
            python = Words("the client's `timezone`", "Made anew for each call if it is left out.")
            self.python = self._methods(actions, (*CLIENT_TAKEN, *searched), ("self",), python)
            airflow = Words(
                "the operator's `timezone`, or the Dag's", "Made of the task and its run if it is left out."
            )
            self.airflow = self._methods(actions, (), (*AIRFLOW_TAKEN, self.connection_id), airflow)
            prefect = Words("the credentials' `timezone`", "Made of the task's run if it is left out.")
            own = {*PREFECT_MODULE, *telling, self.credentials, self.cursor_block}
            self.prefect = self._methods(actions, own, PREFECT_TAKEN, prefect)
            polls, webhooks = (
                self._methods(
                    [
                        {**trigger, "outputSchema": trigger["eventSchema"]}
                        for trigger in triggers
                        if trigger["delivery"] == delivery
                    ],
                    (),
                    {*TRIGGER_ARGUMENTS, *PREFECT_TAKEN},
                    # Triggers of one service tell of the same things.
                    replace(python, owner="event"),
                )
                for delivery in ("poll", "webhook")
            )
            self.polls, self.webhooks = polls, webhooks
            for method in (*self.python, *polls):
                self._types.shape(*_inputs(method))
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"the description breaks the contract: {type(error).__name__}: {error}") from error

    def _methods(
        self, actions: Sequence[Mapping[str, Any]], taken: Collection[str], arguments: Collection[str], words: Words
    ) -> tuple[Method, ...]:
        names = set(taken)
        methods = []
        for action in actions:
            name = identifier(action["name"], names)
            names.add(name)
            methods.append(method_of(action, name, self._types, tuple(arguments), words))
        return tuple(methods)

    @property
    def types(self) -> Mapping[str, Choice | Shape]:
        """The types that have names of their own, by these."""
        return self._types.named

    @property
    def credentials(self) -> str:
        """The block of Prefect: `ShopCredentials`."""
        return f"{self.client}Credentials"

    @property
    def cursor_block(self) -> str:
        """The block of Prefect that holds how far a flow has come with events: `ShopCursor`."""
        return f"{self.client}Cursor"

    @property
    def sensor(self) -> str:
        """The sensor of Airflow: `ShopEventSensor`."""
        return f"{self.client}EventSensor"

    @property
    def trigger(self) -> str:
        """What waits in Airflow's triggerer: `ShopEventTrigger`."""
        return f"{self.client}EventTrigger"

    @property
    def block_names(self) -> tuple[str, ...]:
        """What the block calls the values of a connection, one for each key."""
        found: list[str] = []
        for key in self.keys:
            found.append(identifier(key.name, BLOCK_TAKEN | set(found)))
        return tuple(found)

    @property
    def connection_id(self) -> str:
        """What an operator of Airflow calls its connection: `shop_conn_id`."""
        return f"{self.name}_conn_id".replace("-", "_")

    def operator(self, method: Method) -> str:
        """The operator of an action: `ShopCreateOrderOperator`."""
        return f"{self.client}{camel(method.action)}Operator"

    def variable(self, key: Key) -> str:
        """The variable of the environment that holds a value of the connection."""
        return variable_of(self.name, key.key)


def _matching(value: Any, pattern: str, what: str) -> str:
    """A text of the description that a name or a path is made of."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.DOTALL):
        raise ValueError(f"the description breaks the contract: its {what} can't be {value!r}")
    return value


def _inputs(method: Method) -> tuple[str, str, list[Member], str]:
    """The arguments of a method as one type: its name, what it belongs to, its members, and what it is."""
    members = [Member(it.name, it.kind, it.required, it.about) for it in method.parameters]
    return f"{camel(method.action)}Input", method.action, members, f"The arguments of {method.name}, given along as **."


def _searches(action: Mapping[str, Any]) -> bool:
    properties = described(described(action.get("outputSchema")).get("properties"))
    return is_read(action) and described(properties.get(ITEMS)).get("type") == "array"


def _keys(connection: Mapping[str, Any]) -> list[Key]:
    """Those that are required first, as arguments have to be."""
    schema = connection["schema"]
    required = schema.get("required", ())
    taken = set(CONNECTION_TAKEN)
    found = []
    for key, value in schema["properties"].items():
        name = identifier(key, taken)
        taken.add(name)
        words = set(value.get("enum", ()))
        found.append(
            Key(
                name=name,
                key=key,
                title=value.get("title", key),
                about=value.get("description", ""),
                is_secret=is_secret(value),
                is_switch=value.get("type") == "boolean" or (bool(words) and words <= {"true", "false"}),
                is_address=key in connection.get("origins", ()),
                required=key in required,
                default=str(value.get("default", "")),
            )
        )
    return sorted(found, key=lambda key: not key.required)


def is_secret(schema: Mapping[str, Any]) -> bool:
    """Whether a value of a connection is hidden wherever it turns up."""
    return schema.get("writeOnly") is True or schema.get("format") == "password"
