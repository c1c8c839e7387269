"""What the clients of a process share: the compiled module, an account's order, and a connection's instances."""

import os
import threading
import weakref

from . import _bundle
from ._account import Account, account_of
from ._bundle import Bundle
from ._connection import BaseConnection
from ._engine import Engine
from ._guard import Guard
from ._lanes import Lanes
from ._runner import Runner


class Shared:
    """Lanes by account, and runners by connection, as long as someone uses them."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self.forget()

    def forget(self) -> None:
        """Begins anew in a process that was forked: it must not use the parent's connections, instances and locks.

        What is compiled is memory alone and stays.
        """
        self._lock = threading.Lock()
        self._lanes: weakref.WeakValueDictionary[Account, Lanes] = weakref.WeakValueDictionary()
        self._runners: weakref.WeakValueDictionary[tuple[BaseConnection, Guard], Runner] = weakref.WeakValueDictionary()
        if self._engine is not None:
            self._engine.renew()

    def module(self) -> tuple[Bundle, Engine]:
        """The bundle of this package, and its module.

        Raises:
            BundleError: the package is not installed whole.
        """
        bundle = _bundle.packaged()
        if self._engine is None:
            # Two threads may come by here: one of the two is forgotten, and nothing is compiled yet.
            self._engine = Engine(bundle)
        return bundle, self._engine

    def runner(self, connection: BaseConnection, guard: Guard) -> Runner:
        """The runner of a connection.

        Raises:
            BundleError: the package is not installed whole.
        """
        with self._lock:
            runner = self._runners.get((connection, guard))
            if runner is None:
                bundle, engine = self.module()
                config = connection.config()
                account = account_of(bundle.description["connection"], config)
                # Two names for one account are one account.
                lanes = self._lanes.setdefault(account, Lanes())
                runner = Runner(bundle, engine, config, lanes, guard)
                self._runners[connection, guard] = runner
            return runner


shared = Shared()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=shared.forget)
