"""The events of a trigger one after another: none is lost, and none comes twice."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_up import package
from sandbox import Sandbox
from test_triggers import DESCRIBED, Service, failure, page


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    service = Service()
    with package(tmp_path, DESCRIBED, service) as (module, client):
        yield module, client, service


def ids(events: Any) -> list[str]:
    return [event.id for event in events]


def test_pages_follow_each_other_and_what_came_before_does_not_come_again(made: Any) -> None:
    module, client, service = made
    store = module.MemoryCursorStore()
    service.answers["made"] = [
        page("1", "2", cursor="c1", more=True),
        page(cursor="c2", more=True),
        page("2", "3", cursor="c3"),
    ]
    assert ids(client.events("made", cursor_store=store, wait=False)) == ["made:1", "made:2", "made:3"]
    assert [given["cursor"] for _, given in service.asked] == [None, "c1", "c2"]
    service.answers["made"] = page("3", "4", cursor="c4")
    assert ids(client.events_made(cursor_store=store, wait=False)) == ["made:4"]
    assert service.asked[-1][1]["cursor"] == "c3"


def test_an_event_is_done_when_the_next_one_is_asked_for(made: Any, tmp_path: Path) -> None:
    module, client, service = made
    store = module.FileCursorStore(tmp_path / "cursors")
    service.answers["made"] = [page("1", "2", "3", cursor="c1"), page(cursor="c2")]
    running = client.events("made", cursor_store=store, wait=False)
    assert next(running).id == "made:1"
    assert next(running).id == "made:2"
    running.close()
    # The second was handed on and nobody knows what became of it. The service has forgotten both.
    again = client.events("made", cursor_store=module.FileCursorStore(tmp_path / "cursors"), wait=False)
    assert ids(again) == ["made:2", "made:3"]
    (file,) = (tmp_path / "cursors").iterdir()
    assert json.loads(file.read_text())["pending"] == []


def test_other_inputs_have_cursors_of_their_own(made: Any) -> None:
    module, client, service = made
    store = module.MemoryCursorStore()
    service.answers["made"] = page("1", cursor="c1")
    for values in ({}, {"group": "a"}, {"group": "b"}):
        assert ids(client.events("made", input=values, cursor_store=store, wait=False)) == ["made:1"], values
    assert len(store._kept) == 3


def test_what_fails_is_asked_again_and_what_can_not_work_is_raised(made: Any) -> None:
    module, client, service = made
    store = module.MemoryCursorStore()
    service.answers["made"] = [failure("unavailable", "later"), failure("throttled", "later"), page("1", cursor="c")]
    running = client.events("made", cursor_store=store, interval_s=0.01)
    assert next(running).id == "made:1"
    service.answers["made"] = [failure("auth")]
    with pytest.raises(module.ActionError, match="It is auth"):
        next(running)
    service.answers["made"] = [failure("unavailable", "later")]
    with pytest.raises(module.ActionError, match="It is unavailable"):
        next(client.events("made", cursor_store=store, wait=False))


def test_what_the_service_does_not_confirm_is_left_out_until_it_does(made: Any) -> None:
    module, client, service = made
    store = module.MemoryCursorStore()
    service.answers["sure"] = page("1", "2", cursor="c")
    service.answers["look"] = [{"is": False}, {"is": True}]
    assert ids(client.events_sure(cursor_store=store, wait=False)) == ["made:2"]
    # While it can't be asked, nothing is dropped and nothing handed on.
    service.answers["look"] = [failure("unavailable", "later")]
    with pytest.raises(module.ActionError):
        list(client.events_sure(cursor_store=store, wait=False))
    service.answers["look"] = {"is": True}
    assert ids(client.events_sure(cursor_store=store, wait=False)) == ["made:1"]


def test_it_can_be_stopped_in_the_middle_of_a_pause(made: Any) -> None:
    module, client, service = made
    service.answers["made"] = page(cursor="c")
    stop = threading.Event()
    ended: list[list[str]] = []
    store = module.MemoryCursorStore()
    running = client.events("made", cursor_store=store, interval_s=3600, stop=stop)
    thread = threading.Thread(target=lambda: ended.append(ids(running)))
    thread.start()
    while not service.asked:
        time.sleep(0.01)
    stop.set()
    thread.join(20)
    assert ended == [[]]


def test_pages_without_end_and_without_events_are_not_asked_for_all_at_once(made: Any) -> None:
    module, client, service = made
    service.answers["made"] = [page(cursor=str(number), more=True) for number in range(1000)]
    assert ids(client.events("made", cursor_store=module.MemoryCursorStore(), wait=False)) == []
    assert service.answers["made"] == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cursor": 7, "pending": [], "seen": {}}', '{"cursor": "c"}'])
def test_a_file_that_is_something_else_is_told_and_left_alone(made: Any, tmp_path: Path, text: str) -> None:
    module, client, service = made
    service.answers["made"] = page("1", cursor="c")
    store = module.FileCursorStore(tmp_path / "cursors")
    list(client.events("made", cursor_store=store, wait=False))
    (file,) = (tmp_path / "cursors").iterdir()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(module.ConfigurationError, match="delete it to begin anew"):
        next(client.events("made", cursor_store=store, wait=False))
    assert file.read_text(encoding="utf-8") == text


def test_a_folder_that_can_not_be_written_is_told_before_an_event_is_handed_on(made: Any, tmp_path: Path) -> None:
    module, client, service = made
    (tmp_path / "cursors").write_text("a file")
    service.answers["made"] = page("1", cursor="c")
    with pytest.raises(module.ConfigurationError, match=r"can't be (read|written)"):
        next(client.events("made", cursor_store=module.FileCursorStore(tmp_path / "cursors"), wait=False))


CONSUMER = """
import sys
from justclick_plugin import Connection, FileCursorStore, JustClick

shop = JustClick(Connection.from_env())
for event in shop.events_paid_order(cursor_store=FileCursorStore(sys.argv[1]), start="beginning", interval_s=0.05):
    with open(sys.argv[2], "a") as done:
        done.write(event.id + "\\n")
"""


def test_nothing_is_lost_and_little_comes_twice_where_a_program_is_killed(sandbox: Sandbox, tmp_path: Path) -> None:
    done = tmp_path / "done.txt"
    done.touch()
    environment = {
        **os.environ,
        "JUSTCLICK_LOGIN": sandbox.login,
        "JUSTCLICK_API_KEY": sandbox.api_key,
        "JUSTCLICK_BASE_URL": sandbox.url,
    }
    command = [sys.executable, "-c", CONSUMER, str(tmp_path / "cursors"), str(done)]
    paid: set[str] = set()
    kills = 0

    def lines() -> list[str]:
        return done.read_text().splitlines()

    for round_ in range(4):
        for number in range(10):
            paid.add(sandbox.pay(str(700000 + round_ * 10 + number)))
        wanted = len(set(lines())) + 4
        program = subprocess.Popen(command, env=environment)
        try:
            deadline = time.monotonic() + 60
            while len(set(lines())) < wanted and time.monotonic() < deadline:
                time.sleep(0.005)
        finally:
            program.send_signal(signal.SIGKILL)
            program.wait()
        kills += 1
    program = subprocess.Popen(command, env=environment)
    try:
        deadline = time.monotonic() + 60
        while not paid <= set(lines()) and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        program.kill()
        program.wait()
    assert paid <= set(lines())
    # Each kill leaves one in doubt at most.
    ours = [line for line in lines() if line in paid]
    assert len(ours) - len(set(ours)) <= kills
