"""The merchant's automation as a flow in a real Prefect, with the service failing, and the flow killed in between."""

from typing import Any

from harness import HERE, Command, Run, readme_program, run
from prefect_server import Prefect

BUYER, NEXT_BUYER = "flow.buyer@email.com", "next.flow.buyer@email.com"
FIRST, SECOND, THIRD = "400001", "400002", "400003"


def prove(run_of: Run, prefect: Prefect) -> str:
    """Proves all of it, and returns what the flows printed."""
    sandbox = run_of.sandbox
    said = flow(prefect)
    run_of.proved("the first run finds nothing new", "handled" not in said, said)
    blocks = cursors(prefect)
    run_of.proved("how far it has come is a block of the server", len(blocks) == 1, blocks)

    sandbox.pay(FIRST, BUYER)
    said += flow(prefect, KILLED="yes")
    run_of.proved("a run that is killed leaves its work half done", sandbox.groups_of(BUYER) == ["customers"])
    run_of.proved("the order is not sent yet", sandbox.ask(f"/orders/{FIRST}")["status"] == "paid")

    sandbox.fail(getOrdersWithGoods="http-503", AddLeadToGroup="http-503", UpdateOrderStatus="drop-after")
    done = flow(prefect)
    run_of.proved("the next run begins with the same event", f"handled paid:{FIRST}:" in done, done)
    order = sandbox.ask(f"/orders/{FIRST}")
    expected = {"status": "sent", "rpo": f"RA{FIRST}RU"}
    run_of.proved("the order is marked as sent, with its tracking number", expected.items() <= order.items(), order)
    run_of.proved("the buyer is in the buyers' group", sandbox.groups_of(BUYER) == ["customers"])
    # The server hears of the last states a moment later.
    run_of.until("all tasks have ended", lambda: all(state == "COMPLETED" for _, state, _ in tasks(prefect)))
    tries = {name: count for name, _, count in tasks(prefect)}
    run_of.proved("tasks that met a failing service were repeated", tries["add"] == tries["send"] == 2, tries)
    run_of.proved("and so was the poll", 2 in tries.values() and max(polls(prefect)) == 2, tasks(prefect))

    sandbox.pay(SECOND, NEXT_BUYER)
    more = flow(prefect)
    told = [line.split()[-1] for line in more.splitlines() if "handled" in line]
    run_of.proved("what comes next comes alone", [it.split(":")[1] for it in told] == [SECOND], more)
    run_of.proved("and its work is done", sandbox.ask(f"/orders/{SECOND}")["status"] == "sent")
    changes = sandbox.ask(f"/orders/{FIRST}")["changes"]
    run_of.proved("the first order is not touched again", len(changes) == 3, changes)
    return said + done + more + readme(run_of, prefect) + shop(run_of, prefect)


def flow(prefect: Prefect, **variables: str) -> str:
    """Runs the flow once, as a schedule does, and returns what it printed. With KILLED it dies in the middle."""
    program: Command = [prefect.environment.python, HERE / "flows" / "buyers_flow.py"]
    done = run(program, {**prefect.variables, **variables}, prefect.home, succeeds=not variables)
    return done.stdout + done.stderr


def readme(run_of: Run, prefect: Prefect) -> str:
    """Runs the README's flow, which goes on from where the other one is, as both keep their cursor on the server."""
    program = readme_program("JustClickCredentials, add_contact").split("if __name__")[0] + "\nbuyers()\n"
    file = prefect.home / "readme_buyers.py"
    file.write_text(program, encoding="utf-8")
    run_of.sandbox.pay(THIRD, BUYER)
    done = run([prefect.environment.python, file], prefect.variables, prefect.home)
    order = run_of.sandbox.ask(f"/orders/{THIRD}")
    run_of.proved("the README's flow sends what was paid", order["rpo"] == f"RA{THIRD}RU", (order, done))
    return done.stdout + done.stderr


def shop(run_of: Run, prefect: Prefect) -> str:
    """Runs a flow with the events of a plugin that this folder knows nothing of."""
    goods = [{"sku": "A-101", "count": 1}]
    program: Command = [prefect.environment.python, HERE / "flows" / "shop_events_flow.py"]
    variables = {**prefect.variables, **run_of.shop.environment()}
    first = run(program, variables, prefect.home)
    made = [
        run_of.shop.ask("/orders", {"request_id": f"f-{customer}", "customer": customer, "goods": goods})["id"]
        for customer in ("31", "32")
    ]
    second = run(program, variables, prefect.home)
    paid = {order["id"]: order["paid"] for order in run_of.shop.orders()}
    run_of.proved("the shop's flow takes what it is narrowed down to", [paid[it] for it in made] == [True, False], paid)
    return first.stdout + first.stderr + second.stdout + second.stderr


def polls(prefect: Prefect) -> list[int]:
    """The tries of the polls of the flow that has ended last."""
    return [count for name, _, count in tasks(prefect) if name not in {"add", "send"}]


def cursors(prefect: Prefect) -> list[Any]:
    """The blocks that hold how far a flow has come."""
    blocks = prefect.ask("/block_documents/filter", {})
    return [block for block in blocks if block["block_type"]["slug"] == "justclick-cursor"]


def tasks(prefect: Prefect) -> list[tuple[str, str, int]]:
    """Name, state and tries of the tasks of the flow that has ended last."""
    flows = prefect.ask("/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 1})
    wanted = {"flow_runs": {"id": {"any_": [flows[0]["id"]]}}}
    runs = prefect.ask("/task_runs/filter", wanted)
    return [(run["name"], run["state_type"], run["run_count"]) for run in runs]
