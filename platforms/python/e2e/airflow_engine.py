"""The operator and the connection type in a real Airflow: API server, Dag processor, scheduler, tasks as processes."""

import json
import time
import urllib.parse
from typing import Any

import airflow_events
import typed
from airflow_server import DAG_RUN, Airflow
from harness import PROJECT, Run, files_with, run

OTHER_KEY = "another-key-that-is-secret-too"


def prove(run_of: Run) -> None:
    """Proves all of it."""
    airflow = Airflow(run_of)
    typed.checked_in(run_of, airflow.environment, "airflow", typed.AIRFLOW, ["str"])
    airflow.command("db", "migrate")
    connection_type(run_of, airflow)
    connections(run_of, airflow)
    airflow.start(run_of)
    form(run_of, airflow)
    mistakes(run_of, airflow)
    tasks(run_of, airflow)
    readme_dag(run_of, airflow)
    another_plugin(run_of, airflow)
    airflow_events.prove(run_of, airflow)
    secrets(run_of, airflow)


def connection_type(run_of: Run, airflow: Airflow) -> None:
    """Looks at what Airflow knows of the package."""
    providers = json.loads(airflow.command("providers", "list", "--output", "json"))
    run_of.proved(
        "Airflow lists the package as a provider",
        any(provider["package_name"] == "justclick-plugin" for provider in providers),
        providers,
    )
    hooks = json.loads(airflow.command("providers", "hooks", "--output", "json"))
    found = [hook for hook in hooks if hook["connection_type"] == "justclick"]
    run_of.proved("the connection type justclick has its hook", found and "JustClickHook" in str(found), hooks)


def form(run_of: Run, airflow: Airflow) -> None:
    """Asks the API server for the form that it shows."""
    token = run_of.until("the API server answers", lambda: airflow.ask("/auth/token"))["access_token"]
    (meta,) = [
        meta for meta in airflow.ask("/ui/connections/hook_meta", token) if meta["connection_type"] == "justclick"
    ]
    standard = meta["standard_fields"]
    shown = {name: (field or {}).get("title") for name, field in standard.items() if not (field or {}).get("hidden")}
    labels = {"login": "Login", "password": "API key", "host": "Base URL"}
    run_of.proved("the connection's form has the labels of the description", labels.items() <= shown.items(), meta)
    run_of.proved("and asks for nothing else", not {"url_schema", "port", "extra"} & shown.keys(), meta)
    run_of.proved("but whether plain http is allowed", list(meta["extra_fields"]) == ["allow_http"], meta)
    run_of.fill_in("airflow", airflow.api, "by_hand")
    said = airflow.command("connections", "test", "by_hand")
    run_of.proved("what is filled in there is a connection that works", "Connection success!" in said, said)


def mistakes(run_of: Run, airflow: Airflow) -> None:
    """Looks at what Airflow says of a Dag that can't work."""
    found = run_of.until("Airflow tells of the broken Dags", lambda: broken(airflow))
    told = [text for name, text in found if name.endswith("broken_dag.py")]
    run_of.proved("a literal mistake is told when the Dag is read", len(found) == 3 and told, found)
    run_of.proved("in the plugin's words", "status must be one of sent, paid, return" in told[0], told)
    told = [text for name, text in found if name.endswith("broken_shop_dag.py")]
    run_of.proved("also one in a line item", told and "goods[0].count" in told[0], found)
    told = [text for name, text in found if name.endswith("broken_sensor_dag.py")]
    run_of.proved("and one of a sensor", told and "customer" in told[0], found)


def broken(airflow: Airflow) -> list[Any] | None:
    """The Dags that can't be read, once Airflow knows of all three."""
    found = airflow.rows("select filename, stacktrace from import_error")
    return found if len(found) > 2 else None


def another_plugin(run_of: Run, airflow: Airflow) -> None:
    """Runs a Dag with the operators of a plugin that this folder knows nothing of."""
    shop = run_of.shop
    account = ("--conn-type", "shop", "--conn-host", shop.url, "--conn-password", shop.token)
    airflow.command("connections", "add", "shop_default", *account)
    said = airflow.command("connections", "test", "shop_default")
    run_of.proved("Airflow's test of another plugin's connection succeeds", "Connection success!" in said, said)
    # The answer is lost, and looking it up fails as well.
    shop.ask("/control/next", ["lose_answer", "busy"])
    airflow.run_dag("shop")
    ended = run_of.until("the shop's Dag run ends", lambda: airflow.ended("shop"))
    run_of.proved("a task whose answer was lost is repeated", ended["create"] == ("success", 2), ended)
    orders = shop.orders(customer="9")
    run_of.proved("with the same key, so that there is one order", len(orders) == 1, orders)
    lines = [(line["sku"], line["count"], line.get("price")) for line in orders[0]["goods"]]
    run_of.proved("templates in line items are rendered", lines == [("A-101", 2, "5.50"), ("A-102", 1, None)], orders)
    run_of.proved("and those in lists", orders[0]["tags"] == ["shop"], orders)
    run_of.proved("a moment is that of the operator's time zone", orders[0]["until"] == 1795606200, orders)
    run_of.proved("what a search finds is mapped over", orders[0]["paid"] is True, (ended, orders))
    names = set(
        run(
            [airflow.environment.python, "-c", TAKEN, NAMES.read_text()], airflow.variables, airflow.home
        ).stdout.split()
    )
    run_of.proved("no field takes a name that Airflow's operators have", not names, names)


# What plugin-host knows of the names that Airflow's operators have.
NAMES = PROJECT.parents[1] / "host" / "src" / "package" / "python" / "airflow_names.txt"
# What they have, and the list of them lacks.
TAKEN = """
from airflow.sdk import BaseOperator
import sys
AIRFLOW_TAKEN = sys.argv[1].split()
names = {*dir(BaseOperator), *BaseOperator.__annotations__, *vars(BaseOperator(task_id="x"))}
print(*(name for name in names if not name.startswith("_") and name not in AIRFLOW_TAKEN))
"""


def connections(run_of: Run, airflow: Airflow) -> None:
    """Makes connections as people make them, and has Airflow test them."""
    sandbox = run_of.sandbox
    add = ("connections", "add")
    fields = ("--conn-type", "justclick", "--conn-login", sandbox.login, "--conn-host", sandbox.url)
    airflow.command(*add, "justclick_default", *fields, "--conn-password", sandbox.key)
    airflow.command(*add, "wrong_key", *fields, "--conn-password", OTHER_KEY)
    address = urllib.parse.urlsplit(sandbox.url)
    account = f"{urllib.parse.quote(sandbox.login)}:{urllib.parse.quote(sandbox.key)}"
    # Not by `--conn-uri`, which Airflow writes into its own log of commands as it is.
    airflow.variables |= {
        "AIRFLOW_CONN_BY_URI": f"justclick://http://{account}@{address.netloc}/",
        "AIRFLOW_CONN_BY_PARTS": f"justclick://{account}@{address.netloc}/http",
        "AIRFLOW_CONN_ELSEWHERE": f"justclick://{account}@shop.invalid/?allow_http=true",
        "AIRFLOW_CONN_NO_LOGIN": f"justclick://:key@{address.netloc}/http",
    }
    for name in ("justclick_default", "by_uri", "by_parts"):
        said = airflow.command("connections", "test", name)
        run_of.proved(f"Airflow's test of the connection {name} succeeds", "Connection success!" in said, said)
    for name, expected in (
        ("wrong_key", "API key"),
        ("elsewhere", "no server of that name: https://shop.invalid"),
        ("no_login", "Login is missing"),
    ):
        said = airflow.command("connections", "test", name, succeeds=False)
        run_of.proved(f"Airflow's test of the connection {name} says what is wrong", expected in said, said)
        run_of.proved(f"and shows no key ({name})", OTHER_KEY not in said and sandbox.key not in said)


def tasks(run_of: Run, airflow: Airflow) -> None:
    """Runs the Dag."""
    sandbox = run_of.sandbox
    sandbox.put_order("100000")
    sandbox.put_order("100001", "http-503")
    for order in ("100002", "100003"):
        sandbox.put_order(order)
    sandbox.put_order("100004", "http-429")
    before = len(sandbox.requests_for("100001"))
    airflow.run_dag("orders")
    run_of.until("the task throttled is tried", lambda: sandbox.requests_for("100004"))
    begun = time.monotonic()
    sandbox.ask("/orders/100004", {"misbehaviour": None})
    waits: list[float] = []

    def throttled_again() -> bool:
        if not waits and len(sandbox.requests_for("100004")) > 1:
            waits.append(time.monotonic() - begun)
        return bool(waits)

    # It has few tries, a second apart, so its service recovers while the other task still waits.
    run_of.until(
        "the task later is tried twice",
        lambda: (throttled_again(), len(sandbox.requests_for("100001")) > before + 1)[1],
    )
    sandbox.ask("/orders/100001", {"misbehaviour": None})
    run_of.until("the task throttled is tried again", throttled_again)
    # The sandbox asks for 7 s, the task's own delay is 1 s.
    run_of.proved("a repeat comes no sooner than the service asked for", waits[0] > 6, waits)
    ended = run_of.until("the Dag run ends", lambda: airflow.ended("orders"))
    run_of.proved("the good order's task succeeds", ended["good"] == ("success", 1), ended)
    order = sandbox.ask("/orders/100000")
    expected = {"status": "sent", "date": 1362254400, "rpo": "10000000000000"}
    run_of.proved("its templates were rendered and the order changed", expected.items() <= order.items(), order)
    own = sandbox.ask("/orders/100002")["date"]
    run_of.proved("a time as Airflow writes it is taken", own and abs(own - time.time()) < 3600, own)
    day = sandbox.ask("/orders/100003")["date"]
    run_of.proved("a day is that of the operator's time zone", day == 1795554000, day)
    (result,) = airflow.rows(
        f"select value from xcom where run_id = '{DAG_RUN}' and key = 'return_value' and task_id = 'good'"
    )
    run_of.proved("the task's result is the action's output", "order status changed" in str(result), result)
    reasons = {
        "unknown_order": "JustClick has no such order",
        "bad_input": "rpo is required for the status sent",
        "wrong_key": "API key",
    }
    for task, reason in reasons.items():
        run_of.proved(
            f"the task {task} fails at its first try, for all its retries", ended[task] == ("failed", 1), ended
        )
        run_of.proved(f"the log of {task} says why", reason in airflow.task_log(task), airflow.task_log(task))
    state, tries = ended["throttled"]
    run_of.proved("the task throttled succeeds then", (state, tries) == ("success", 2), ended)
    state, tries = ended["later"]
    run_of.proved("the task later is repeated until it succeeds", state == "success" and 2 <= tries <= 4, ended)
    run_of.proved("and changes its order", sandbox.ask("/orders/100001")["status"] == "cancel")
    run_of.proved(
        "its log says why it was repeated", "HTTP 503" in airflow.task_log("later"), airflow.task_log("later")
    )


def readme_dag(run_of: Run, airflow: Airflow) -> None:
    """Runs the README's Dag."""
    run_of.sandbox.put_order("100000")
    airflow.run_dag("posted")
    ended = run_of.until("the README's Dag run ends", lambda: airflow.ended("posted"))
    order = run_of.sandbox.ask("/orders/100000")
    changed = ended["tell_the_shop"] == ("success", 1) and order["status"] == "sent"
    run_of.proved("the README's Dag changes its order", changed, (ended, order))


def secrets(run_of: Run, airflow: Airflow) -> None:
    """Looks for the keys in all that Airflow wrote."""
    logs = [airflow.home / "logs", *airflow.home.glob("*.out"), *airflow.home.glob("airflow.db*")]
    run_of.proved("there are logs to look into", list((airflow.home / "logs").rglob("*.log")))
    keys = {"the key": run_of.sandbox.key, "the wrong key": OTHER_KEY, "the shop's token": run_of.shop.token}
    for name, key in keys.items():
        found = files_with(key, *logs)
        run_of.proved(f"no log and no table of Airflow shows {name}", not found, found)
