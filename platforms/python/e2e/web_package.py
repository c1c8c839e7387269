"""The package in the web frameworks that people have, which the service tells what happens."""

import json
import socket
from pathlib import Path
from typing import Any

from harness import HERE, Environment, Run, free_port, readme_program

SECRET = "7f0c5b1e9a3d4c6f8e2b1a0d9c8b7a6f"  # noqa: S105 - of this test alone
ORDERS = {"flask": "500001", "fastapi": "500002", "django": "500003"}


def prove(run_of: Run, wheel: Path) -> None:
    """Proves all of it."""
    environment = run_of.environment("web")
    environment.install(wheel, "flask>=3,<4", "fastapi", "uvicorn", "django>=5,<6")
    for framework, order in ORDERS.items():
        told(run_of, environment, framework, order)


def told(run_of: Run, environment: Environment, framework: str, order: str) -> None:
    """Has an order paid, whose webhook goes to a server of a framework."""
    sandbox, port, folder = run_of.sandbox, free_port(), run_of.fresh(f"web-{framework}")
    kept, program = folder / "kept.ndjson", folder / "readme.py"
    program.write_text(readme_program("from flask import"), encoding="utf-8")
    own = {"PORT": str(port), "KEPT": str(kept), "PROGRAM": str(program), "HOOK_SECRET": SECRET}
    command = [environment.python, HERE / "web" / f"{framework}_app.py"]
    server = run_of.start(command, {**sandbox.environment(), **own}, folder / "server.out")
    run_of.until(f"{framework} listens", lambda: listens(port))
    address = f"http://127.0.0.1:{port}/hooks/{SECRET}/order_paid"
    sandbox.ask("/control/deliveries", {"hold": True})
    sandbox.ask("/control/shop", {"webhooks": {"order_paid": [address]}})
    sandbox.sell(order, "web.buyer@email.com")
    happened = sandbox.ask("/control/events", {"event": "order_paid", "bill_id": order}, "POST")
    (delivery,) = happened["deliveries"]

    def sent(**altered: Any) -> int:
        answer = sandbox.ask(f"/control/deliveries/{delivery}", altered, "POST")
        return int(answer["attempts"][-1]["status"])

    statuses = [sent(), sent(forge="key"), sent(url=address.replace(SECRET, "guessed"))]
    run_of.proved(
        f"{framework} answers what is genuine, forged, and at no address", statuses == [200, 401, 404], statuses
    )
    events = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    told_of = [(event["type"], event["subject"]) for event in events]
    run_of.proved(f"{framework} keeps the event, once", told_of == [("justclick.order_paid", order)], events)
    run_of.kill(server)
    sandbox.ask("/control/shop", {"webhooks": {}})
    sandbox.ask("/control/deliveries", {"hold": False})


def listens(port: int) -> bool:
    """Whether somebody listens at a port."""
    socket.create_connection(("127.0.0.1", port), 5).close()
    return True
