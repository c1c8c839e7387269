"""What a plugin keeps from one call of a connection to the next."""

from collections.abc import Mapping

Variables = Mapping[bytes, bytes]
"""Values by name. Never changed: who changes something makes another one."""
Changes = Mapping[bytes, bytes | None]
"""What a run has changed; None stands for a variable that was removed."""

_MOST_BYTES = 1 << 20
# What each counts beside its name and value.
_EACH_BYTES = 64


class View:
    """The variables as one run sees them: as they were when its call began, with what the run itself has changed."""

    def __init__(self, before: Variables) -> None:
        self._before = before
        self.changes: dict[bytes, bytes | None] = {}

    def get(self, name: bytes) -> bytes | None:
        """The value of a name."""
        return self.changes[name] if name in self.changes else self._before.get(name)

    def set(self, name: bytes, value: bytes | None) -> bool:
        """Changes a value, and says whether there is room for it."""
        self.changes[name] = value
        kept = changed(self._before, self.changes)
        return sum(_EACH_BYTES + len(name) + len(value) for name, value in kept.items()) <= _MOST_BYTES


def changed(before: Variables, changes: Changes) -> Variables:
    """The variables after a run that counts."""
    after = {**before, **changes}
    return {name: value for name, value in after.items() if value is not None}
