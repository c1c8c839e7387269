"""A Prefect of its own: its server, and what it answers."""

import json
import urllib.request
from typing import Any

from harness import Command, Run, free_port


class Prefect:
    """A Prefect of its own in an empty home."""

    def __init__(self, run_of: Run) -> None:
        self.environment = run_of.engine("prefect")
        self.home = run_of.fresh("prefect-home")
        self.port = free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.variables = {
            "PREFECT_HOME": str(self.home),
            # Its storage is there, wherever Prefect itself is.
            "HOME": str(self.home),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
            "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "true",
            # What a run prints goes where its key would be noticed.
            "PREFECT_LOGGING_LEVEL": "DEBUG",
            "PREFECT_LOGGING_LOG_PRINTS": "true",
            "DO_NOT_TRACK": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def start(self, run_of: Run) -> None:
        """Starts its server, and waits until it answers."""
        command: Command = [
            self.environment.program("prefect"),
            "server",
            "start",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        run_of.start(command, self.variables, self.home / "server.out")
        run_of.until("Prefect's server answers", lambda: self.ask("/health"))

    def ask(self, path: str, question: dict[str, Any] | None = None) -> Any:
        """What the server answers."""
        body = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(self.api + path, body, {"Content-Type": "application/json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)
