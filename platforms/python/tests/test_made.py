"""Any plugin: what becomes of its description in its package, and how its actions are called there."""

import ast
import email
import inspect
import json
import math
import re
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import made_up
import pytest
from made_up import action, bundle, description, make, package, search, sign, trigger

TEXT = {"type": "string", "title": "A text", "description": "Some text."}
GOODS = {
    "type": "array",
    "title": "Goods",
    "description": "What is ordered.",
    "items": {
        "type": "object",
        "properties": {"sku": TEXT, "count": {"type": "integer"}, "price": {"type": ["string", "number", "null"]}},
        "required": ["sku", "count"],
    },
}
UNKNOWN = {"kind": "unavailable", "message": "It broke.", "retry": "later", "effect": "unknown"}
KEYED = action("create", {"request": TEXT}, required=["request"], idempotency={"key": "request"})


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


def echo(name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {"action": name, "given": given}


def test_names_that_python_keeps_get_a_line_behind_them(tmp_path: Path) -> None:
    fields = {"from": TEXT, "self": TEXT, "bill-id": TEXT, "bill_id": TEXT, "2fa": TEXT, "input": TEXT}
    described = description([action("import", fields, required=["from"]), action("options", {}), action("list", {})])
    with package(tmp_path, described, echo) as (_, client):
        given = {"from": "a", "self": "b", "bill-id": "c", "bill_id": "d", "2fa": "e", "input": "f"}
        output = client.import_(from_="a", self_="b", bill_id="c", bill_id_="d", field_2fa="e", input="f")
        assert output == {"action": "import", "given": given}
        assert client.options_()["action"] == "options"
        assert client.list()["action"] == "list"


def test_line_items_and_lists_reach_the_plugin(tmp_path: Path) -> None:
    fields = {"goods": GOODS, "tags": {"type": ["array", "null"], "items": {"type": "string"}}}
    with package(tmp_path, description([action("order", fields, required=["goods"])]), echo) as (made, client):
        goods = [{"sku": "a", "count": 2, "price": "5.50"}, {"sku": "b", "count": 1}]
        assert client.order(goods=goods, tags=("x", "y"))["given"] == {"goods": goods, "tags": ["x", "y"]}
        with pytest.raises(made.ActionError, match=re.escape("goods[1].price is nan")) as caught:
            client.order(goods=[goods[0], {"sku": "b", "count": 1, "price": math.nan}])
        assert caught.value.field == "goods[1].price"
        assert made.GoodsItem.__required_keys__ == {"sku", "count"}


def test_an_argument_that_is_missing_or_none_is_told_as_python_tells_it(tmp_path: Path) -> None:
    with package(tmp_path, description([action("order", {"goods": GOODS}, required=["goods"])]), echo) as (_, client):
        with pytest.raises(TypeError, match=r"order\(\) missing a required .*'goods'"):
            client.order()
        with pytest.raises(TypeError, match=r"order\(\) got an unexpected keyword argument 'good'"):
            client.order(goods=[], good=1)
        with pytest.raises(TypeError, match=r"order\(\) too many positional arguments"):
            client.order([])
        assert str(inspect.signature(client.order)).startswith("(*, goods:")
        assert "What is ordered." in (inspect.getdoc(client.order) or "")


def test_a_key_is_made_for_each_call_that_has_none(tmp_path: Path) -> None:
    with package(tmp_path, description([KEYED]), echo) as (_, client):
        keys = [client.create()["given"]["request"] for _ in range(2)]
        assert keys[0] != keys[1]
        assert all(len(key) == 36 for key in keys)
        assert client.create(request="mine")["given"] == {"request": "mine"}
        assert len(client.call("create", {"request": ""})["given"]["request"]) == 36


@pytest.mark.parametrize(
    ("rule", "form"),
    [
        ({"maxLength": 32}, r"[0-9a-f]{32}"),
        ({"pattern": r"^\S{1,22}$"}, r"[0-9A-Za-z]{22}"),
        ({"pattern": r"^[0-9]+$"}, r"[0-9]{39}"),
        ({"maxLength": 3}, r"[0-9a-f-]{36}"),
        ({"pattern": "(?<bad"}, r"[0-9a-f-]{36}"),
    ],
)
def test_a_key_keeps_the_rule_of_its_field(rule: dict[str, Any], form: str, tmp_path: Path) -> None:
    def keyed(rule: dict[str, Any]) -> dict[str, Any]:
        return description([action("create", {"request": {**TEXT, **rule}}, idempotency={"key": "request"})])

    with package(tmp_path, keyed(rule), echo, packed=keyed({})) as (_, client):
        assert re.fullmatch(form, client.create()["given"]["request"])


def test_after_an_unknown_effect_only_who_knows_the_key_may_repeat(tmp_path: Path) -> None:
    asked: list[str] = []

    def breaking(_name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.append(given["request"])
        return 500, UNKNOWN

    with package(tmp_path, description([KEYED]), breaking) as (made, client):
        with pytest.raises(made.ActionError) as caught:
            client.create()
        assert caught.value.retry == "never"
        assert str(caught.value) == f"It broke. To repeat it as the same call, give it request={asked[0]}."
        with pytest.raises(made.ActionError) as caught:
            client.create(request=asked[0])
        assert (caught.value.retry, str(caught.value)) == ("later", "It broke.")
        from made_up_plugin._repeated import key_of_run  # type: ignore[import-not-found]  # noqa: PLC0415
        from made_up_plugin._runner import Repeat  # type: ignore[import-not-found]  # noqa: PLC0415

        # As an engine calls it: each attempt with the same key.
        for _ in range(2):
            with pytest.raises(made.ActionError) as caught:
                client._call("create", {}, Repeat(key=key_of_run("dag", "task", "run")))
            assert caught.value.retry == "later"
        assert asked[-1] == asked[-2] != asked[0]


@pytest.mark.parametrize(
    ("said", "hint", "retry"),
    [("natural", False, "later"), ("none", True, "never"), (None, True, "later"), (None, False, "never")],
)
def test_what_an_action_says_of_repeats_counts_more_than_its_hints(
    said: str | None, hint: bool, retry: str, tmp_path: Path
) -> None:
    told = {} if said is None else {"idempotency": said}
    described = description([action("change", {}, hints={"idempotentHint": hint}, **told)])
    with package(tmp_path, described, lambda *_: (500, UNKNOWN), packed=description([action("change", {})])) as (
        made,
        client,
    ):
        with pytest.raises(made.ActionError) as caught:
            client.change()
        assert caught.value.retry == retry


VERIFY = {
    "action": "find",
    "arguments": {"of": "customer"},
    "done": [
        {"pointer": "/items/0/request", "field": "request"},
        {"pointer": "/items/0/customer", "field": "customer"},
    ],
    "undone": [{"pointer": "/items", "value": []}],
}
LOOKED_UP = description(
    [
        action(
            "create",
            {"request": TEXT, "customer": {"type": ["string", "integer"]}, "note": TEXT},
            idempotency={"key": "request"},
            verify=VERIFY,
            output={
                "type": "object",
                "title": "Created",
                "properties": {"id": {"type": "string"}, "customer": {"type": "string"}},
                "required": ["id"],
            },
        ),
        search("find", {"of": TEXT}),
    ]
)


@pytest.mark.parametrize(
    ("found", "effect", "retry", "told"),
    [
        ((200, {"items": []}), "none", "later", "It broke. It was looked up with find: it was not done."),
        (
            (200, {"items": [{"request": "another"}]}),
            "unknown",
            "never",
            "find, whose answer tells neither that it was done nor that it was not"
            " (at /items/0/request, /items/0/customer, /items).",
        ),
        (
            (500, {**UNKNOWN, "message": "Down. Try again."}),
            "unknown",
            "never",
            "could not be looked up with find: Down. To repeat it",
        ),
    ],
)
def test_after_an_unknown_effect_a_call_is_looked_up(
    found: tuple[int, dict[str, Any]], effect: str, retry: str, told: str, tmp_path: Path
) -> None:
    def service(name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        assert name == "create" or given == {"of": 7}
        return (500, UNKNOWN) if name == "create" else found

    with package(tmp_path, LOOKED_UP, service) as (made, client):
        with pytest.raises(made.ActionError, match=re.escape(told)) as caught:
            client.create(customer=7)
        assert (caught.value.effect, caught.value.retry) == (effect, retry)
        assert ("give it request=" in str(caught.value)) is (effect == "unknown")


def test_a_call_that_is_found_has_succeeded(tmp_path: Path) -> None:
    made_orders: list[dict[str, Any]] = []

    def service(name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if name == "create":
            made_orders.append({"request": given["request"], "customer": "7"})
            return 500, UNKNOWN
        return 200, {"items": made_orders}

    with package(tmp_path, LOOKED_UP, service) as (made, client):
        output = client.create(customer=7, note="hidden")
        assert output == {"customer": "7", "verified": True, "found": {"items": made_orders}}
        assert made.Created.__required_keys__ == frozenset()
        assert made.Created.__optional_keys__ == {"id", "customer", "verified", "found"}


def test_nothing_is_looked_up_for_which_no_time_is_left(tmp_path: Path) -> None:
    asked: list[str] = []

    def service(name: str, _given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.append(name)
        return 500, UNKNOWN

    with package(tmp_path, LOOKED_UP, service) as (made, client):
        # What the call leaves of this is less than a look needs.
        hasty = type(client)(client._connection, allow_private=True, timeout_s=0.9)
        with pytest.raises(made.ActionError, match="could not be looked up with find: no time is left") as caught:
            hasty.create(customer=7)
        assert (caught.value.effect, caught.value.retry) == ("unknown", "never")
        assert asked == ["create"]


NUMBERS = [{"id": str(number)} for number in range(8)]


def pages(name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    assert name == "find"
    start = int(given.get("cursor", 0))
    end = start + given.get("limit", 3)
    return 200, {"items": NUMBERS[start:end], **({"nextCursor": str(end)} if end < len(NUMBERS) else {})}


def test_a_search_gives_all_of_its_pages_one_by_one(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    def service(name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.append(given)
        return pages(name, given)

    with package(tmp_path, description([search("find", {"name": TEXT})]), service) as (_, client):
        assert list(client.iter_find(name="x")) == NUMBERS
        assert asked == [{"name": "x"}, {"name": "x", "cursor": "3"}, {"name": "x", "cursor": "6"}]
        asked.clear()
        assert list(client.iter_find(limit=5)) == NUMBERS[:5]
        assert asked == [{"limit": 3}, {"cursor": "3", "limit": 3}], "no page more is asked for than is needed"
        asked.clear()
        found = client.iter_find()
        assert asked == []
        assert next(found) == NUMBERS[0]
        assert len(asked) == 1, "a page is read when it is needed"
        assert list(client.iter_find(limit=0)) == []
        assert client.find(cursor="6", limit=1) == {"items": [{"id": "6"}], "nextCursor": "7"}


def endless(cursors: Iterator[str]) -> made_up.Service:
    return lambda _name, _given: (200, {"items": [{"id": "1"}], "nextCursor": next(cursors)})


def test_pages_without_an_end_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = description([search("find", {})])
    with package(tmp_path, described, endless(iter("abab" * 9))) as (made, client):
        found = client.iter_find()
        with pytest.raises(made.ActionError, match="find answered with a cursor that it has given before") as caught:
            list(found)
        assert (caught.value.kind, caught.value.effect) == ("unexpected_reply", "none")
    with package(tmp_path, described, endless(map(str, range(99)))) as (made, client):
        monkeypatch.setattr(f"{made.__name__}._searches._MOST_PAGES", 5)
        with pytest.raises(made.ActionError, match="more than 5 pages"):
            list(client.iter_find())


def test_what_is_no_list_of_items_is_an_error(tmp_path: Path) -> None:
    with package(tmp_path, description([search("find", {})]), lambda *_: (200, {"items": None})) as (made, client):
        with pytest.raises(made.ActionError, match="no list of items") as caught:
            list(client.iter_find())
        assert caught.value.kind == "unexpected_reply"


def test_an_item_that_a_later_page_tells_again_is_left_out(tmp_path: Path) -> None:
    shown = {"": (["1", "1", "2"], "a"), "a": (["2", "3"], "b"), "b": (["4"], None)}

    def service(_name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        items, following = shown[given.get("cursor", "")]
        return 200, {"items": [{"id": item} for item in items], **({"nextCursor": following} if following else {})}

    with package(tmp_path, description([search("find", {})]), service) as (_, client):
        assert [item["id"] for item in client.iter_find()] == ["1", "1", "2", "3", "4"]
        assert [item["id"] for item in client.iter_find(limit=4)] == ["1", "1", "2", "3"]


@pytest.mark.parametrize("limit", [-1, 1.5, "many", True])
def test_a_limit_that_is_none_is_refused(limit: Any, tmp_path: Path) -> None:
    with package(tmp_path, description([search("find", {})]), pages) as (made, client):
        assert len(list(client.iter_find(limit="2"))) == 2
        with pytest.raises(made.ActionError, match="limit has to be a whole number") as caught:
            list(client.iter_find(limit=limit))
        assert (caught.value.kind, caught.value.field) == ("invalid_input", "limit")


def test_the_choices_of_a_field_are_those_of_its_read(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    def service(_name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.append(given)
        items = [{"a/b": {"id": 7}, "names": ["Ann"]}, {"a/b": {"id": 8}}, {"names": ["nobody's"]}]
        return 200, {"items": items}

    rule = {"action": "find", "value": "/a~1b/id", "title": "/names/0", "search": "name", "arguments": {"of": "shop"}}
    order = action("order", {"customer": TEXT, "shop": TEXT}, form={"options": {"customer": rule}})
    with package(tmp_path, description([order, search("find", {"name": TEXT, "of": TEXT})]), service) as (made, client):
        assert client.options("order", "customer") == [(7, "Ann"), (8, "8")]
        assert client.options("order", "customer", search="A", input={"shop": "x"})[0].title == "Ann"
        assert asked == [{}, {"name": "A", "of": "x"}]
        with pytest.raises(made.ActionError, match=r"shop of order has no choices .* Fields that have: customer"):
            client.options("order", "shop")
        with pytest.raises(made.ActionError, match=r"Made up has no action buy. Its actions: order, find"):
            client.options("buy", "shop")


def test_an_action_that_is_deprecated_says_what_to_use_instead(tmp_path: Path) -> None:
    old = action("find", {}, deprecated={"since": "2.0", "use": "search"})
    with package(tmp_path, description([old]), echo) as (_, client):
        with pytest.warns(DeprecationWarning, match=r"find is deprecated since 2\.0: use search") as told:
            client.find()
        assert told[0].filename == __file__


def test_a_connection_has_the_keys_of_its_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = description([])
    described["connection"]["schema"]["properties"] |= {
        "region": {"type": "string", "title": "Region", "description": "Where.", "default": "eu"},
        "config": {"type": "string", "title": "Pin", "description": "A second key.", "format": "password"},
    }
    with package(tmp_path, described, echo) as (made, _):
        account = made.Connection("https://a.example", "hunter2hunter2", config_="pin-pin")
        assert account.config() == {
            "address": "https://a.example",
            "token": "hunter2hunter2",
            "region": "eu",
            "config": "pin-pin",
        }
        pasted = made.Connection(
            "https://pin-pin.example", "hunter2hunter2", region="hunter2hunter2", config_="pin-pin"
        )
        assert repr(pasted) == "Connection(address='https://***.example', token=***, region='***', config_=***)"
        monkeypatch.setenv("MADE_UP_ADDRESS", "https://a.example")
        with pytest.raises(made.ConfigurationError, match="Set MADE_UP_TOKEN in the environment"):
            made.Connection.from_env()
        monkeypatch.setenv("OTHER_ADDRESS", "https://b.example")
        monkeypatch.setenv("OTHER_TOKEN", "t")
        found = made.Connection.from_env("OTHER")
        assert found.config() == {"address": "https://b.example", "token": "t", "region": "eu"}


def test_what_a_description_says_is_never_run(tmp_path: Path) -> None:
    hostile = 'a """ b \\" \\\n"""\nraise SystemExit(1)\n" \\'
    field = {"type": "string", "title": "x = 1\nimport os", "description": hostile, "enum": ['"', "\\", "\n", hostile]}
    goods = {**GOODS, "title": hostile, "items": {"type": "object", "properties": {"class": TEXT, hostile: TEXT}}}
    described = description(
        [
            action("order", {"a": field, "goods": goods, hostile: TEXT}, described={"description": hostile}),
            search("find", {}, deprecated={"since": hostile, "use": hostile}),
        ],
        description=hostile,
        title=hostile,
        triggers=[
            trigger(
                f"{way}_it",
                way,
                title=hostile,
                description=f"Triggers when {' '.join(hostile.split())}.",
                docs=hostile,
                inputSchema={"type": "object", "properties": {"a": field, hostile: TEXT}},
                eventSchema={"type": "object", "title": hostile, "properties": {hostile: TEXT, "b": field}},
            )
            for way in ("poll", "webhook")
        ],
    )
    project = make(bundle(tmp_path / "bundle", described), tmp_path / "out")
    (metadata,) = project.glob("*.dist-info/METADATA")
    headers = email.message_from_bytes(metadata.read_bytes())
    assert set(headers) == SAID
    assert headers["Summary"] == " ".join(hostile.split())
    with tarfile.open(next((tmp_path / "out" / "package").glob("*.tar.gz"))) as source:
        (settings,) = [name for name in source.getnames() if name.endswith("/pyproject.toml")]
        read = tomllib.loads(source.extractfile(settings).read().decode())  # type: ignore[union-attr]
    assert read.keys() == {"build-system", "project", "tool"}
    assert read["project"]["description"] == headers["Summary"]
    stubs = sorted(project.rglob("*.pyi"))
    assert len(stubs) == 7
    for stub in stubs:
        for node in ast.walk(ast.parse(stub.read_text(encoding="utf-8"))):
            # Statements of a stub, and no call but those of its own making.
            assert not isinstance(node, ast.Raise | ast.Lambda | ast.If), ast.dump(node)
            if isinstance(node, ast.Call):
                assert getattr(node.func, "id", "") in {"dataclass", "deprecated", "TypedDict"}, ast.dump(node)
    with package(tmp_path, described, echo) as (_, client):
        assert client.order(a="\n")["given"] == {"a": "\n"}


SAID = {
    "Classifier",
    "Description-Content-Type",
    "Keywords",
    "License-File",
    "Metadata-Version",
    "Name",
    "Provides-Extra",
    "Requires-Dist",
    "Requires-Python",
    "Summary",
    "Version",
}
"""The headers of a package."""


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_same_bundle_makes_the_same_package(tmp_path: Path) -> None:
    source = bundle(tmp_path / "bundle", description([KEYED, search("find", {})]))
    for name in ("first", "again"):
        make(source, tmp_path / name)
    assert files(tmp_path / "first" / "package") == files(tmp_path / "again" / "package")


def test_a_package_names_who_publishes_it_and_its_licence(tmp_path: Path) -> None:
    source = bundle(tmp_path / "bundle", description([], version="1.4.0-rc.1", homepage="https://made-up.example"))

    def headers() -> Any:
        (metadata,) = make(source, tmp_path / "out").glob("*.dist-info/METADATA")
        return email.message_from_bytes(metadata.read_bytes())

    assert headers()["Version"] == "1.4.0rc1"
    assert headers().get_all("License-File") == ["LICENSE-APACHE", "LICENSE-MIT"]
    publisher = {"author": {"name": "Ann, B.", "email": "ann@made-up.example"}, "license": "BSD-3-Clause"}
    (source / "publisher.json").write_text(json.dumps(publisher))
    (source / "THIRD-PARTY-NOTICES.txt").write_text("None.")
    sign(source)
    own = headers()
    assert (own["Author-email"], own["License-Expression"]) == ('"Ann, B." <ann@made-up.example>', "BSD-3-Clause")
    assert own.get_all("Project-URL") == ["Homepage, https://made-up.example"]
    assert own.get_all("License-File")[-1] == "THIRD-PARTY-NOTICES.txt"


def test_a_package_is_the_shell_and_what_is_no_code(tmp_path: Path) -> None:
    project = make(bundle(tmp_path / "bundle", description([KEYED])), tmp_path)
    shell = Path(__file__).resolve().parents[1] / "src" / "plugin_shell"
    own = {name.removeprefix("made_up_plugin/"): content for name, content in files(project).items()}
    code = {name: content for name, content in own.items() if name.endswith(".py")}
    assert code == {name: content for name, content in files(shell).items() if name.endswith(".py")}


def test_the_stubs_say_what_the_package_has(tmp_path: Path) -> None:
    told = [trigger(f"{way}_it", way) for way in ("poll", "webhook")]
    order = action("from", {"goods": GOODS, "self": TEXT, "way": {**TEXT, "enum": ["a", "b"]}}, required=["goods"])
    with package(tmp_path, description([order, KEYED, search("find", {})], triggers=told), echo) as (made, client):
        stub = ast.parse((Path(made.__path__[0]) / "__init__.pyi").read_text(encoding="utf-8"))
        classes = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
        (listed,) = [node.value for node in stub.body if isinstance(node, ast.Assign) and "__all__" in ast.dump(node)]
        assert set(ast.literal_eval(listed)) == set(made.__all__)
        clients = (type(client), made.AsyncMadeUp)
        for kind in clients:
            functions = (
                it for it in classes[kind.__name__].body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)
            )
            methods = {it.name: it for it in functions}
            own = {name for name, it in vars(kind).items() if inspect.isfunction(it) and not name.startswith("_")}
            assert methods.keys() - {"__init__"} == own
            for name in own:
                signature = inspect.signature(getattr(kind, name))
                said = methods[name].args
                assert [it.arg for it in (*said.args, *said.kwonlyargs)] == list(signature.parameters), name
                is_many = name.startswith(("iter_", "events_"))
                is_awaited = kind is not type(client) and not is_many
                assert isinstance(methods[name], ast.AsyncFunctionDef) is is_awaited, name
        for name, node in classes.items():
            if name not in {"Connection", *(kind.__name__ for kind in clients)}:
                members = [it.target.id for it in node.body if isinstance(it, ast.AnnAssign)]  # type: ignore[union-attr]
                assert members == list(getattr(made, name).__annotations__), name


def test_no_service_is_named_in_the_shell() -> None:
    root = Path(__file__).resolve().parents[1]
    for file in (root / "src").rglob("*.py"):
        assert "justclick" not in file.read_text(encoding="utf-8").lower(), file


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"name": "../up"}, "name"),
        ({"connection": {}}, "connection"),
        ({"title": None}, "title"),
        ({"version": "first"}, "its version .* is none that Python knows"),
    ],
)
def test_a_description_that_breaks_the_contract_makes_no_package(
    broken: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    source = bundle(tmp_path / "bundle", {**description([]), **broken})
    with pytest.raises(ValueError, match=reason):
        make(source, tmp_path / "out")
    assert not (tmp_path / "out" / "package").exists()
