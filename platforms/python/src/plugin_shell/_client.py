"""What people call: an account, with a method for each action."""

from collections.abc import Iterator, Mapping
from typing import Any

from . import _bundle, _searches
from ._base_client import Option
from ._runner import Repeat
from ._searches import Choices, Search
from ._trigger_client import TriggerClient


class Client(TriggerClient):
    """One account. Any number of threads may call it at once; calls on one subject keep their order.

    Clients of one account share that order, and clients of one connection what they hold besides, so that making one
    where it is needed costs little.
    """

    def call(self, action: str, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 - the contract's word
        """Runs any action of the description, by its name.

        Raises:
            ActionError: it did not work; `retry` says whether it may be repeated.
        """
        return self._call(action, input)

    def _call(self, action: str, values: Mapping[str, Any], repeat: Repeat | None = None) -> dict[str, Any]:
        return self._finish(self._runner().call(action, values, self._terms, repeat))

    def _search(self, action: str, values: Mapping[str, Any], limit: object = None) -> Iterator[Any]:
        return _searches.found(Search(_bundle.packaged(), action, values, limit), self._call)

    def options(
        self,
        action: str,
        field: str,
        *,
        search: str | None = None,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the contract's word
    ) -> list[Option]:
        """The choices of a field, as the service has them now.

        Args:
            action: the action's name.
            field: the field's, as the description has it under `form.options`.
            search: the beginning of what is looked for, where the service can search.
            input: what is known of the action's input, where the choices depend on it.

        Raises:
            ActionError: it did not work, or the field has no such choices.
        """
        choices = Choices(_bundle.packaged(), action, field, search, input or {})
        found = choices.among(_searches.found(choices.search, self._call))
        return [Option(value, title) for value, title in found]

    def check_connection(self) -> dict[str, Any]:
        """Proves that the connection is right, without changing anything.

        Raises:
            ActionError: it is not, or the service can't be reached.
        """
        return self._finish(self._runner().check(self._terms))
