"""The block and the task in a real Prefect, with a server."""

import json
from concurrent.futures import ThreadPoolExecutor

import prefect_events
import typed
from harness import HERE, Command, Run, files_with, pickled_with, readme_program, run
from prefect_server import Prefect

OTHER_KEY = "another-key-that-is-secret-too"
# The orders of the flow that runs in an event loop.
LOOPED = ("100002", "100003", "100004")
# How many tasks all flows have.
RUNS = 16
# A task that no worker has begun has the name of all.
BACKGROUND = "JustClick: Update order status"


def prove(run_of: Run) -> None:
    """Proves all of it."""
    prefect = Prefect(run_of)
    typed.checked_in(run_of, prefect.environment, "prefect", typed.PREFECT, ["str"])
    prefect.start(run_of)
    block_type(run_of, prefect)
    said = flow(run_of, prefect) + readme_flow(run_of, prefect)
    background(run_of, prefect)
    said += another_plugin(run_of, prefect)
    said += prefect_events.prove(run_of, prefect)
    secrets(run_of, prefect, said)


def block_type(run_of: Run, prefect: Prefect) -> None:
    """Registers the block as people do, and looks at the form that the server makes of it."""
    command: Command = [
        prefect.environment.program("prefect"),
        "block",
        "register",
        "--module",
        "justclick_plugin.prefect",
    ]
    said = run(command, prefect.variables, prefect.home).stdout
    run_of.proved("Prefect registers the block", "JustClick Credentials" in said, said)
    found = prefect.ask("/block_types/slug/justclick-credentials")
    schemas = prefect.ask("/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [found["id"]]}}})
    fields = schemas[0]["fields"]
    titles = {name: field["title"] for name, field in fields["properties"].items()}
    described = json.loads((run_of.bundle / "describe.json").read_bytes())["connection"]["schema"]["properties"]
    expected = {**{name: field["title"] for name, field in described.items()}, "timezone": "Time zone"}
    run_of.proved("its form has the fields of the description", titles == expected, titles)
    several = [name for name, field in fields["properties"].items() if "type" not in field]
    run_of.proved("each of them is of one type, with no choice between two", not several, fields)
    run_of.proved("its key is a secret", fields["secret_fields"] == ["api_key"], fields)
    run_of.fill_in("prefect", prefect.api.removesuffix("/api"), "by-hand")
    said = run([prefect.environment.python, "-c", CHECKED], prefect.variables, prefect.home).stdout
    run_of.proved("what is filled in there is an account that works", run_of.sandbox.login in said, said)


# Tells what the service says of the account in the block that was filled in.
CHECKED = """
from justclick_plugin.prefect import JustClickCredentials
print(JustClickCredentials.load("by-hand").get_client().check_connection())
"""


def flow(run_of: Run, prefect: Prefect) -> str:
    """Runs the flow, and returns what it printed."""
    sandbox = run_of.sandbox
    sandbox.put_order("100000")
    sandbox.put_order("100001", "http-503")
    for order in (*LOOPED, "100005"):
        sandbox.put_order(order, "http-503")
    sandbox.put_order("100006")
    before = len(sandbox.requests_for("100001"))
    variables = {**prefect.variables, **sandbox.environment(), "OTHER_KEY": OTHER_KEY}
    with ThreadPoolExecutor(1) as pool:
        program: Command = [prefect.environment.python, HERE / "flows" / "order_flow.py"]
        running = pool.submit(run, program, variables, prefect.home)
        run_of.until(
            "the task later is tried twice", lambda: running.done() or len(sandbox.requests_for("100001")) > before + 1
        )
        sandbox.ask("/orders/100001", {"misbehaviour": None})
        run_of.until(
            "the tasks in the event loop are tried twice",
            lambda: running.done() or all(len(sandbox.requests_for(order)) > 1 for order in LOOPED),
        )
        for order in LOOPED:
            sandbox.ask(f"/orders/{order}", {"misbehaviour": None})
        done = running.result()
    run_of.proved(
        "the flow ends, and has the action's output", "order status changed" in done.stdout + done.stderr, done
    )
    # The server hears of the last states a moment later.
    runs = run_of.until("all tasks have ended", lambda: ended(prefect))
    states = {name: (state, tries) for name, (state, tries, _) in runs.items()}
    run_of.proved("the good order's task succeeds", states["good"] == ("COMPLETED", 1), states)
    order = sandbox.ask("/orders/100000")
    expected = {"status": "sent", "date": 1362254400, "rpo": "10000000000000"}
    run_of.proved("and the order changed", expected.items() <= order.items(), order)
    reasons = {
        "unknown_order": "JustClick has no such order",
        "bad_input": "rpo is required for the status sent",
        "wrong_key": "API key",
    }
    for task, reason in reasons.items():
        run_of.proved(
            f"the task {task} fails at its first try, for all its retries", states[task] == ("FAILED", 1), states
        )
        run_of.proved(f"the state of {task} says why", reason in runs[task][2], runs[task])
    state, tries = states["later"]
    run_of.proved("the task later is repeated until it succeeds", state == "COMPLETED" and 2 <= tries <= 4, states)
    run_of.proved("and changes its order", sandbox.ask("/orders/100001")["status"] == "cancel")
    for task in ("submitted", "mapped", "called"):
        state, tries = states[task]
        run_of.proved(f"in an event loop the task {task} is repeated, too", state == "COMPLETED" and tries > 1, states)
    run_of.proved("a repeat that was overtaken is not made", states["overtaken"] == ("FAILED", 2), states)
    run_of.proved("and its state says why", "A later call on the same subject" in runs["overtaken"][2], runs)
    run_of.proved("the later change stays", sandbox.ask("/orders/100005")["status"] == "cancel")
    order = sandbox.ask("/orders/100006")
    run_of.proved("what waits for the one before it comes after it", order["rpo"] == "NUMBER5", order)
    return done.stdout + done.stderr


def readme_flow(run_of: Run, prefect: Prefect) -> str:
    """Runs the README's flow, and returns what it printed."""
    run_of.sandbox.put_order("100000")
    program = (
        readme_program("from prefect import") + '\n\nposted("100000", "2013-03-03T00:00:00+04:00", "RA123456789RU")\n'
    )
    file = prefect.home / "readme.py"
    file.write_text(program, encoding="utf-8")
    done = run([prefect.environment.python, file], prefect.variables, prefect.home)
    order = run_of.sandbox.ask("/orders/100000")
    run_of.proved("the README's flow changes its order", order["rpo"] == "RA123456789RU", order)
    return done.stdout + done.stderr


def ended(prefect: Prefect) -> dict[str, tuple[str, int, str]] | None:
    """State, tries and the state's message of each task, once all have ended."""
    runs = prefect.ask("/task_runs/filter", {})
    runs = [run for run in runs if run["name"] != BACKGROUND]
    if len(runs) != RUNS or any(run["state_type"] not in {"COMPLETED", "FAILED"} for run in runs):
        return None
    return {run["name"]: (run["state_type"], run["run_count"], run["state"]["message"] or "") for run in runs}


def background(run_of: Run, prefect: Prefect) -> None:
    """Looks at what is kept of a background task."""
    runs = prefect.ask("/task_runs/filter", {})
    kept = [run for run in runs if run["name"] == BACKGROUND]
    run_of.proved("a background task waits for its worker", [run["state_type"] for run in kept] == ["SCHEDULED"], kept)
    packed = pickled_with("_loaded", prefect.home)
    run_of.proved(
        "what it is to be called with is kept with the name of the block", packed, list(prefect.home.rglob("*"))
    )


def another_plugin(run_of: Run, prefect: Prefect) -> str:
    """Runs a flow with the tasks of a plugin that this folder knows nothing of, and returns what it printed."""
    shop = run_of.shop
    program: Command = [prefect.environment.python, HERE / "flows" / "shop_flow.py"]
    done = run(program, {**prefect.variables, **shop.environment()}, prefect.home)
    created, found = json.loads(done.stdout.splitlines()[-1])
    orders = shop.orders(customer="10")
    run_of.proved("a task whose answer was lost is repeated", created["repeated"] is True, created)
    run_of.proved("with the same key, so that there is one order", len(orders) == 1, orders)
    lines = [(line["sku"], line["count"], line.get("price")) for line in orders[0]["goods"]]
    run_of.proved("line items arrive", lines == [("A-101", 2, "5.50"), ("A-102", 1, None)], orders)
    run_of.proved("a search gives a list", [order["id"] for order in found] == [orders[0]["id"]], found)
    run_of.proved("what it finds is worked on", orders[0]["paid"] is True, orders)
    return done.stdout + done.stderr


def secrets(run_of: Run, prefect: Prefect, said: str) -> None:
    """Looks for the keys in all that Prefect wrote."""
    logged = run_of.until("the server has the logs", lambda: prefect.ask("/logs/filter", {}))
    blocks = prefect.ask("/block_documents/filter", {})
    accounts = [block["data"] for block in blocks if block["block_type"]["slug"].endswith("-credentials")]
    kept = [account.get("api_key") or account["token"] for account in accounts]
    run_of.proved(
        "the server shows the keys of the blocks as stars", len(kept) == 4 and set("".join(kept)) == {"*"}, kept
    )
    shown = said + json.dumps(
        [logged, blocks, prefect.ask("/task_runs/filter", {}), prefect.ask("/flow_runs/filter", {})]
    )
    keys = {"the key": run_of.sandbox.key, "the wrong key": OTHER_KEY, "the shop's token": run_of.shop.token}
    for name, key in keys.items():
        run_of.proved(f"nothing that the flow or the server says shows {name}", key not in shown)
        found = [*files_with(key, prefect.home), *pickled_with(key, prefect.home)]
        run_of.proved(f"no log, no result and no table of Prefect holds {name}", not found, found)
