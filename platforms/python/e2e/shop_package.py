"""The package of a plugin that this folder knows nothing of, made of its bundle alone."""

import email
import json
import zipfile
from pathlib import Path

import typed
from harness import HERE, Environment, Run, run


def prove(run_of: Run, tools: Environment) -> None:
    """Proves all of it. `tools` has mypy, and the other package."""
    wheel = run_of.wheel(run_of.shop.bundle)
    run_of.proved(
        "the made-up shop's wheel has its name and version", wheel.name == "shop_plugin-2.0.0-py3-none-any.whl"
    )
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (described,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(described))
    other = [name for name in names if "justclick" in name.lower()]
    run_of.proved("nothing in it is another plugin's", not other, other)
    clean = run_of.environment("shop")
    clean.install(wheel)
    used(run_of, clean)
    as_its_readme_says(run_of, clean, str(metadata.get_payload()))
    tools.install(wheel)
    checked(run_of, tools)


def used(run_of: Run, clean: Environment) -> None:
    """Runs the program beside this file in an environment that holds nothing but the wheel."""
    shop = run_of.shop
    done = run([clean.python, HERE / "shop_program.py"], shop.environment(), cwd=run_of.work)
    told = json.loads(done.stdout)
    run_of.proved("the connection is checked", told["checked"].get("name"), told)
    named = told["customers"] and all(title.startswith("Anna B") for _, title in told["customers"])
    run_of.proved("a field's choices are found by their beginning", named, told["customers"])
    (order,) = shop.orders(id=told["created"]["id"])
    lines = [(line["sku"], line["count"], line.get("price")) for line in order["goods"]]
    run_of.proved("line items arrive", lines == [("A-101", 2, "5.50"), ("A-102", 1, None)], order)
    run_of.proved("lists and switches arrive", (order["tags"], order["gift"]) == (["new", "gift"], True), order)
    run_of.proved("a moment is that of the client's time zone", order["until"] == 1795606200, order)
    run_of.proved("a key is made", len(order["request_id"]) == 36, order)
    run_of.proved("with the same key there is one order", told["another"]["id"] == told["repeated"]["id"], told)
    run_of.proved("and the service says so", told["repeated"]["repeated"] is True, told)
    looked_up = told["looked_up"]
    run_of.proved("an order whose answer was lost is looked up", looked_up["verified"] is True, looked_up)
    run_of.proved("and is there once", len(shop.orders(customer="11")) == 1, shop.orders(customer="11"))
    lost = told["lost"]
    run_of.proved(
        "where that fails, the effect is unknown", (lost["effect"], lost["retry"]) == ("unknown", "never"), lost
    )
    run_of.proved("by the key that its error names it is repeated", told["again"]["repeated"] is True, told)
    run_of.proved("and makes no second order", len(shop.orders(customer="8")) == 1, shop.orders(customer="8"))
    run_of.proved("what is wrong in a line has its place", told["refused"]["field"] == "goods[0].count", told)
    run_of.proved("an action on one thing works", told["paid"] == {"id": told["created"]["id"], "paid": True}, told)
    run_of.proved("a search finds all of its pages", told["all"] == 250, told["all"])
    run_of.proved("or as many as are wanted", (told["some"], told["page"]) == (120, 20), told)
    found = [order["request_id"] for order in told["orders"]]
    run_of.proved("and what was made is found", "r-e2e" in found, found)
    happened = [event["subject"] for event in told["happened"]]
    all_orders = [order["id"] for order in shop.orders()]
    run_of.proved("all that has happened is told, page by page, in its order", happened == all_orders, told["happened"])
    run_of.proved("and not again", told["happened_again"] == 0, told)
    run_of.proved("an event says what it is", told["happened"][0]["type"] == "shop.order_created", told["happened"])
    run_of.proved("what narrows a trigger down does", set(told["of_one"]) == {"7"}, told["of_one"])
    wrong = {**shop.environment(), "SHOP_TOKEN": "another-token-that-is-secret"}
    done = run([clean.python, HERE / "shop_program.py"], wrong, cwd=run_of.work, succeeds=False)
    run_of.proved("a wrong token is not shown", wrong["SHOP_TOKEN"] not in done.stdout + done.stderr, done.stderr)


def as_its_readme_says(run_of: Run, clean: Environment, readme: str) -> None:
    """Runs the program of the README that the wheel brings."""
    program = readme.split("```python\n")[1].split("```", 1)[0]
    before = len(run_of.shop.orders())
    done = run([clean.python, "-c", program], run_of.shop.environment(), cwd=run_of.work)
    run_of.proved("the README that is made for it has a program that works", "'id': " in done.stdout, done)
    run_of.proved("and makes an order", len(run_of.shop.orders()) == before + 1)


def checked(run_of: Run, tools: Environment) -> None:
    """Has a user's programs checked by the package's types."""
    mypy: list[str | Path] = [tools.program("mypy"), "--strict", "--no-incremental"]
    run([*mypy, HERE / "shop_program.py"], cwd=run_of.work)
    run_of.proved("mypy --strict finds nothing in the program", True)
    typed.checked(run_of, tools, "shop", typed.SHOP, ["str", "bool", "bool"])
