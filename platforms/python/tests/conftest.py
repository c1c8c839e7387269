"""What all tests use."""

from collections.abc import Iterator

import pytest
import sandbox as stand_in
from calling import each_way  # noqa: F401 - a fixture


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[stand_in.Sandbox]:
    with stand_in.running() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: stand_in.Sandbox, monkeypatch: pytest.MonkeyPatch) -> stand_in.Sandbox:
    """The stand-in, with order 100000 as new. It is reached without a proxy, and on this machine."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("PLUGIN_ALLOW_PRIVATE", "*")
    running_sandbox.put_order("100000")
    return running_sandbox
