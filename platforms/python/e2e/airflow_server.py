"""An Airflow of its own: API server, Dag processor, scheduler, triggerer, and tasks as processes."""

import json
import shutil
import sqlite3
import subprocess
import urllib.parse
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from harness import HERE, Command, Environment, Run, free_port, readme_program, run

# Those beside this file, and that of the README.
DAGS = ("orders", "posted", "shop", "buyers", "shop_events")
DAG_RUN = "shipping-day"


class Airflow:
    """An Airflow of its own in an empty home."""

    def __init__(self, run_of: Run) -> None:
        self.environment: Environment = run_of.engine("airflow")
        self.home = run_of.fresh("airflow-home")
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        port = free_port()
        self.api = f"http://127.0.0.1:{port}"
        self.variables = {
            "AIRFLOW_HOME": str(self.home),
            "PATH": f"{self.environment.folder / 'bin'}:/usr/bin:/bin",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags()),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "2",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "true",
            "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
            # On a busy machine its own server takes longer than the 5 s that a task allows it.
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.api}/execution/",
            "AIRFLOW__API__BASE_URL": self.api,
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of this test, and long enough for the signature of a token",
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
            "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
            # One that is killed is missed so soon.
            "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "6",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "false",
        }

    def dags(self) -> Path:
        """A folder with the Dags beside this file, and those of the README."""
        folder = self.home / "dags"
        shutil.copytree(HERE / "dags", folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "readme.py").write_text(readme_program("\n\nposted()"), encoding="utf-8")
        # As it is, but for how long it waits.
        buyers = readme_program("airflow.sensor").replace("timedelta(minutes=1)", "timedelta(seconds=1)")
        (folder / "buyers.py").write_text(buyers.replace("poke_interval=60", "poke_interval=1"), encoding="utf-8")
        return folder

    def command(self, *words: str, succeeds: bool = True) -> str:
        """What `airflow` prints."""
        done = run([self.environment.program("airflow"), *words], self.variables, self.home, succeeds)
        return done.stdout + ("" if succeeds else done.stderr)

    def rows(self, query: str) -> list[Any]:
        """What the database holds."""
        with closing(sqlite3.connect(f"file:{self.home / 'airflow.db'}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def ask(self, path: str, token: str = "", change: Any = None) -> Any:
        """What the API server answers: to GET, or to PATCH of what is to change."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = None if change is None else json.dumps(change).encode()
        request = urllib.request.Request(self.api + path, body, headers, method="PATCH" if body else "GET")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)

    def start(self, run_of: Run) -> None:
        """Starts its servers, and waits until the Dag is there."""
        for server in ("api-server", "dag-processor", "scheduler", "triggerer"):
            self.start_server(run_of, server)
        run_of.until("Airflow reads the Dags", lambda: len(self.rows("select dag_id from serialized_dag")) == len(DAGS))

    def start_server(self, run_of: Run, server: str) -> None:
        """Starts one of its servers."""
        command: Command = [self.environment.program("airflow"), server]
        self.servers[server] = run_of.start(command, self.variables, self.home / f"{server}.out")

    def runs(self, name: str) -> list[str]:
        """The states of a Dag's runs, the oldest first."""
        rows = self.rows(f"select state from dag_run where dag_id = '{name}' order by id")
        return [state for (state,) in rows]

    def tasks_of(self, name: str, number: int) -> dict[str, tuple[str, int]]:
        """State and tries of each task of a run, counted from 0; of those that are mapped, the first's."""
        rows = self.rows(f"select run_id from dag_run where dag_id = '{name}' order by id")
        if len(rows) <= number:
            return {}
        which = f"dag_id = '{name}' and run_id = '{rows[number][0]}' and map_index < 1"
        found = self.rows(f"select task_id, state, try_number from task_instance where {which} order by map_index")
        return {task: (state, tries) for task, state, tries in found}

    def fail_run(self, name: str, run_id: str) -> None:
        """Marks a run of a Dag as failed, as a person does."""
        token = self.ask("/auth/token")["access_token"]
        self.ask(f"/api/v2/dags/{name}/dagRuns/{urllib.parse.quote(run_id)}", token, {"state": "failed"})

    def run_dag(self, name: str) -> None:
        """Begins a run of a Dag."""
        self.command("dags", "unpause", name)
        self.command("dags", "trigger", name, "--run-id", DAG_RUN)

    def ended(self, name: str) -> dict[str, tuple[str, int]] | None:
        """State and tries of each task, once the run of the Dag has ended."""
        which = f"dag_id = '{name}' and run_id = '{DAG_RUN}'"
        if not self.rows(f"select 1 from dag_run where {which} and state in ('success', 'failed')"):
            return None
        rows = self.rows(f"select task_id, state, try_number from task_instance where {which}")
        return {task: (state, tries) for task, state, tries in rows}

    def task_log(self, task: str) -> str:
        """All that its tries logged."""
        files = (self.home / "logs").rglob(f"*task_id={task}/*.log")
        return "".join(file.read_text(encoding="utf-8") for file in sorted(files))
