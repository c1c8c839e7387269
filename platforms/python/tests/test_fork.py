"""Processes that are forked, at whatever moment: each ends in time, with an answer of its own."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import trustme
from raw_server import serving
from sandbox import Sandbox
from test_tls import over_tls

# What each of the programs below begins with: a service that is slow, and says with which connection it was asked.
BEGINNING = """
    import concurrent.futures, multiprocessing, os, sys, threading, time, warnings
    from raw_server import read_request, serving
    from justclick_plugin import ActionError, Connection, JustClick
    # Newer Pythons warn of forks beside threads; the point here is that it works.
    warnings.simplefilter("ignore", DeprecationWarning)

    def answer(connection):
        while read_request(connection):
            time.sleep(0.02)
            connection.sendall(b"HTTP/1.1 503 No\\r\\nContent-Length: 0\\r\\n\\r\\n")

    def call(shop, order=1):
        begun = time.monotonic()
        try:
            shop.update_order_status(bill_id=order, status="cancel")
        except ActionError as error:
            assert "503" in str(error), error
        assert time.monotonic() - begun < 30

    def child(work):
        number = os.fork()
        if number:
            return number
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)

    def ended(children):
        for number in children:
            end = time.monotonic() + 60
            while (found := os.waitpid(number, os.WNOHANG)) == (0, 0):
                assert time.monotonic() < end, "a child hangs"
                time.sleep(0.01)
            assert found[1] == 0, found

    def callers(shop, how_many=8):
        def forever(number):
            while True:
                call(shop, number)
        for number in range(how_many):
            threading.Thread(target=forever, args=[number + 10], daemon=True).start()

    with serving(answer) as server:
        connection = Connection("username", "X" * 40, server.url)
        shop = JustClick(connection, timeout_s=20, allow_private=True)
"""


def run(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a program after what each begins with."""
    return run_alone(textwrap.dedent(BEGINNING) + textwrap.indent(textwrap.dedent(program), "    "), **variables)


def run_alone(program: str, given: Sequence[str] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a program, and the processes that it forks: all are ended with it."""
    environment = {**os.environ, "NO_PROXY": "*", "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    command = [sys.executable, "-c", program, *given]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            said, complained = process.communicate(timeout=120)
        finally:
            for sign in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, sign)
                except ProcessLookupError:
                    break
                time.sleep(0.1)
    return subprocess.CompletedProcess(process.args, process.returncode, said, complained)


def assert_ends_well(done: subprocess.CompletedProcess[str], said: str = "") -> None:
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")


def test_children_forked_while_threads_call_answer_and_share_no_connection() -> None:
    program = """
        callers(shop)
        # Each has the connection that it will keep.
        while server.connections < 8:
            time.sleep(0.01)
        before, children = server.connections, []
        for number in range(100):
            children.append(child(lambda: call(shop, 1000 + number)))
            if len(children) == 10:
                ended(children)
                children.clear()
        # One for each child: none was asked over a connection of the parent.
        print(server.connections - before)
        os._exit(0)
        """
    assert_ends_well(run(program), "100\n")


def test_a_fork_during_the_first_call_waits_until_the_module_is_compiled() -> None:
    program = """
        callers(shop)
        ended([child(lambda: call(shop, 1000 + number)) for number in range(4)])
        os._exit(0)
        """
    # Without a cache on disk compiling takes a while.
    for _ in range(3):
        assert_ends_well(run(program, HOME="/dev/null", XDG_CACHE_HOME="/dev/null"))


def test_no_call_loads_a_module_that_a_fork_could_leave_half_loaded(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.pay("200001")
    program = """
        import asyncio, os, sys
        from justclick_plugin import ActionError, AsyncJustClick, Connection, JustClick, MemoryCursorStore

        loaded, failed = set(sys.modules), []

        def account(url):
            return Connection("username", "X" * 40, url, allow_http=True)

        def call(url):
            shop = JustClick(account(url), timeout_s=20, allow_private=True)
            tried(lambda: shop.update_order_status(bill_id=100000, status="cancel"))
            tried(lambda: shop.update_order_status(bill_id=999999, status="cancel"))
            tried(lambda: list(shop.find_orders(email="buyer@email.com")))
            store = MemoryCursorStore()
            tried(lambda: list(shop.events("paid_order", cursor_store=store, start="beginning", wait=False)))

        def tried(work):
            try:
                work()
            except ActionError as error:
                failed.append(error.upstream and error.upstream.get("http_status"))

        async def call_async(url):
            shop = AsyncJustClick(account(url), timeout_s=20, allow_private=True)
            try:
                await shop.update_order_status(bill_id=100000, status="cancel")
            except ActionError:
                pass

        def call_both_ways(url):
            call(url)
            asyncio.run(call_async(url))
            print(url.partition(":")[0], failed, sorted(set(sys.modules) - loaded))
            failed.clear()

        plain, secure = sys.argv[1:]
        call_both_ways(plain)
        call_both_ways(secure)
        # An address that is asked through the proxy alone.
        os.environ.update(http_proxy=plain, no_proxy="")
        call_both_ways("http://192.0.2.1")
        """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with serving(over_tls(authority.issue_cert("127.0.0.1"))) as secure:
        addresses = [sandbox.url, secure.url.replace("http:", "https:")]
        variables = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}
        done = run_alone(textwrap.dedent(program), addresses, **variables)
    assert_ends_well(done, "http [200] []\nhttps [503, 503, 503, 503] []\nhttp [200] []\n")


def test_workers_of_a_preloaded_program_work_and_end_as_they_should() -> None:
    program = """
        call(shop)

        def worker():
            threads = [threading.Thread(target=call, args=[shop, number + 1]) for number in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        for status in (0, 3):
            number = os.fork()
            if not number:
                worker()
                print("the last words", flush=False)
                sys.exit(status)
            assert os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) == status
        call(shop)
        """
    assert_ends_well(run(program), "the last words\n" * 2)


def test_pools_of_forked_processes_work() -> None:
    program = """
        call(shop)
        callers(shop, 2)
        context = multiprocessing.get_context("fork")
        with concurrent.futures.ProcessPoolExecutor(4, mp_context=context) as pool:
            for done in [pool.submit(call, shop_of_its_own, number + 1) for number in range(20)]:
                done.result(60)
        os._exit(0)
        """
    # What a pool's process gets is pickled, so that it makes a client of its own.
    setup = """
        class OfItsOwn:
            def __init__(self, url):
                self.url = url
            def update_order_status(self, **fields):
                connection = Connection("username", "X" * 40, self.url)
                return JustClick(connection, timeout_s=20, allow_private=True).update_order_status(**fields)
        shop_of_its_own = OfItsOwn(server.url)
        """
    assert_ends_well(run(textwrap.dedent(setup) + textwrap.dedent(program)))


# Newer Pythons warn of forks beside threads; the point here is that it works.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_client_works_in_a_child_beside_its_parents(sandbox: Sandbox) -> None:
    shop = sandbox.client()
    shop.check_connection()
    parents = shop._runner()
    reading, writing = os.pipe()
    number = os.fork()
    if not number:
        with pytest.MonkeyPatch.context():
            own = shop._runner() is not parents and shop.check_connection()["login"] == sandbox.login
            os.write(writing, b"own" if own else b"shared")
            os._exit(0)
    os.waitpid(number, 0)
    os.close(writing)
    assert os.read(reading, 10) == b"own"
    os.close(reading)
    assert shop.check_connection()["login"] == sandbox.login
