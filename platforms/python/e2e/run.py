"""Runs the package where it will live: `run.py python`, `run.py airflow` or `run.py prefect`.

It needs the bundle's folder in JUSTCLICK_BUNDLE, a folder for its own use in E2E_WORK, a sandbox in SANDBOX_URL,
SANDBOX_LOGIN and SANDBOX_KEY, and the made-up shop in SHOP_BUNDLE, SHOP_URL and SHOP_TOKEN.
"""

import sys

import airflow_engine
import prefect_engine
import python_package
from harness import Failed, Run

FACES = {"python": python_package.prove, "airflow": airflow_engine.prove, "prefect": prefect_engine.prove}


def main() -> int:
    """The exit code."""
    if len(sys.argv) != 2 or sys.argv[1] not in FACES:
        print(f"usage: run.py {'|'.join(FACES)}", file=sys.stderr)
        return 2
    name = sys.argv[1]
    run = Run.from_env()
    try:
        FACES[name](run)
    except Failed as reason:
        print(f"FAILED  {run.hide(str(reason))}", flush=True)
        return 1
    finally:
        run.stop()
    print(f"e2e {name}: {run.checks} checks passed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
