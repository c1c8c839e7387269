"""What the clients of a process share: the compiled module, and for each connection its instances and its order."""

import os
import threading
import weakref

from justclick_plugin import _bundle
from justclick_plugin._connection import Connection
from justclick_plugin._engine import Engine
from justclick_plugin._http import Limits
from justclick_plugin._runner import Runner


class Shared:
    """Runners by connection, as long as someone uses them."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self.forget()

    def forget(self) -> None:
        """Begins anew in a process that was forked: it must not use the parent's connections and locks.

        The compiled module is memory alone and stays.
        """
        self._lock = threading.Lock()
        self._runners: weakref.WeakValueDictionary[tuple[Connection, Limits], Runner] = weakref.WeakValueDictionary()

    def runner(self, connection: Connection, limits: Limits) -> Runner:
        """The runner of a connection.

        Raises:
            BundleError: the package is not installed whole.
        """
        with self._lock:
            runner = self._runners.get((connection, limits))
            if runner is None:
                bundle = _bundle.packaged()
                if self._engine is None:
                    self._engine = Engine(bundle)
                runner = Runner(bundle, self._engine, connection.config(), limits)
                self._runners[connection, limits] = runner
            return runner


shared = Shared()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=shared.forget)
