"""The package for Python in a real Airflow: `airflow.py BUNDLE WORK SHARED`, with the account in the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

PYTHON = Path(__file__).resolve().parents[3] / "platforms" / "python"
sys.path.insert(0, str(PYTHON / "e2e"))

from harness import HERE, Environment, Run, Sandbox, Shop, run  # noqa: E402

DAG = """
from airflow.sdk import dag
from redmine_plugin.airflow.operator import RedmineCreateIssueOperator, RedmineFindIssuesOperator

@dag(schedule=None)
def redmine():
    create = RedmineCreateIssueOperator(
        task_id="create",
        project_id="shop",
        subject="From a Dag: {{ dag.dag_id }}",
        custom_fields=[{"id": "1", "value": "{{ 40 + 2 }}"}],
        reference="dag-1",
    )
    create >> RedmineFindIssuesOperator(task_id="find", reference="dag-1")

redmine()
"""


def main() -> None:
    """Prints what the tasks gave, as JSON."""
    bundle, work, shared = (Path(argument) for argument in sys.argv[1:4])
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = os.environ["PLUGIN_ALLOW_PRIVATE"] = "*"
    nobody = Shop(bundle, "", "-")
    host = Path(os.environ["PLUGIN_HOST"])
    # The engine of the suite `airflow`, if that has run; the plugin goes into it beside what is there.
    engine = Run(bundle, shared / "airflow", Sandbox("", "", "-"), nobody, host)
    environment = Environment(engine.work / "airflow-engine")
    versions = HERE / "constraints" / "airflow.txt"
    if not (environment.folder / "installed.txt").is_file():
        environment = engine.environment("airflow-engine")
        environment.install("-r", versions)
        (environment.folder / "installed.txt").write_bytes(versions.read_bytes())
    own = Run(bundle, work, engine.sandbox, nobody, host)
    wheel = own.wheel(bundle)
    environment.install("--force-reinstall", "--no-deps", wheel)
    home = own.fresh("home")
    (home / "dags").mkdir()
    (home / "dags" / "redmine_dag.py").write_text(DAG, encoding="utf-8")
    connection = {
        "conn_type": "redmine",
        "host": os.environ["REDMINE_BASE_URL"],
        "password": os.environ["REDMINE_API_KEY"],
    }
    variables = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "true",
        "AIRFLOW_CONN_REDMINE_DEFAULT": json.dumps(connection),
    }
    airflow = [environment.python, "-m", "airflow"]
    run([*airflow, "db", "migrate"], variables, cwd=home)
    done = subprocess.run(
        [*airflow, "dags", "test", "redmine"],
        env={**os.environ, **variables},
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(json.dumps({"code": done.returncode, "said": (done.stdout + done.stderr)[-200000:]}))


if __name__ == "__main__":
    main()
