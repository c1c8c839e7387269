"""Where it is kept how far a program has come with the events of a trigger."""

import contextlib
import copy
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Protocol

from . import _errors


class CursorStore(Protocol):
    """Keeps a dict of JSON for each of some names: two methods, so that any database will do.

    A name is letters, digits, `-` and `_`, at most 100.
    """

    def load(self, name: str) -> dict[str, Any] | None:
        """What was last saved under a name; None if nothing was."""

    def save(self, name: str, kept: dict[str, Any]) -> None:
        """Saves it whole, or raises. Once it returns, it has to survive whatever `load` is to survive."""


class MemoryCursorStore:
    """In the memory of this process: for tests, and for programs that begin anew each time."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}

    def load(self, name: str) -> dict[str, Any] | None:
        """What was last saved under a name."""
        return copy.deepcopy(self._kept.get(name))

    def save(self, name: str, kept: dict[str, Any]) -> None:
        """Keeps it."""
        self._kept[name] = copy.deepcopy(kept)


class FileCursorStore:
    """In a folder, each name in a file of its own. One program at a time goes on with a name.

    A file is written whole and then put in its place: after `kill -9` or a power cut it is either what it was or what
    it was to be.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def load(self, name: str) -> dict[str, Any] | None:
        """What was last saved under a name.

        Raises:
            ConfigurationError: the file can't be read, or is something else.
        """
        file = self._file(name)
        try:
            kept = json.loads(file.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _errors.configuration("cursor_store", f"{file} can't be read: {error.strerror}.") from error
        except (ValueError, RecursionError):
            kept = None
        if not isinstance(kept, dict):
            message = f"{file} holds no cursor: keep cursors elsewhere, or delete it to begin anew."
            raise _errors.configuration("cursor_store", message)
        return kept

    def save(self, name: str, kept: dict[str, Any]) -> None:
        """Writes it through to the disk.

        Raises:
            ConfigurationError: that can't be done.
        """
        file = self._file(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, new = tempfile.mkstemp(dir=self._folder, prefix=f".{name}.")
            try:
                with open(handle, "w", encoding="utf-8") as output:
                    json.dump(kept, output)
                    output.flush()
                    os.fsync(output.fileno())
                os.replace(new, file)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(new)
                raise
            _sync(self._folder)
        except OSError as error:
            raise _errors.configuration("cursor_store", f"{file} can't be written: {error.strerror}.") from error

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _sync(folder: Path) -> None:
    """Has the disk know of a file's new name, where a folder can be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
