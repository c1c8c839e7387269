"""The built module in Extism's Python SDK: the snippet of docs/sdks.md, then the cases of cases.json and every.json."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import extism

# As cases.json calls it.
SDK = "python"
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DIST = Path(os.environ["JUSTCLICK_DIST"])
SANDBOX = os.environ["SANDBOX"]
LOGIN = os.environ["JUSTCLICK_LOGIN"]
API_KEY = os.environ["JUSTCLICK_API_KEY"]
ACCOUNT = {"login": LOGIN, "api_key": API_KEY, "base_url": SANDBOX}
ORDER = "100000"
OTHER_KEY = "another-key-that-is-secret-too"
# A call that takes longer hangs.
PATIENCE_S = 60
# When webhooks come.
NOW = 1362340860
TOOLS = Path(__file__).parent.parent.parent / "manifest" / "tools.json"


def check(condition, reason):
    if not condition:
        raise AssertionError(reason)


def ask(path, change=None):
    """The sandbox's own face: GET, or PUT of what is to change."""
    body = None if change is None else json.dumps(change).encode()
    request = urllib.request.Request(SANDBOX + path, data=body, method="GET" if body is None else "PUT")
    # Not through a proxy, whatever the environment says.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE_S) as answer:
        return json.load(answer)


def prepare(misbehaviour=None):
    ask(f"/orders/{ORDER}", {"status": "new", "date": None, "rpo": None, "misbehaviour": misbehaviour})


def guarded(text, *keys):
    """The text, once it is certain that it holds no key."""
    for key in (API_KEY, OTHER_KEY, *keys):
        check(not key.strip() or key not in text, "the API key is in what came out")
    return text


def difference(expected, actual, at=""):
    """Where `actual` differs; it may hold more. `None` is what is not there."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            found = difference(value, actual.get(name), f"{at}.{name}")
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        found = (difference(*pair, f"{at}[{index}]") for index, pair in enumerate(zip(expected, actual)))
        return next(filter(None, found), None)
    same = type(expected) is type(actual) and expected == actual
    return None if same else f"{at or 'it'} is {json.dumps(actual)}, not {json.dumps(expected)}"


def instance(config, allowed_hosts=("127.0.0.1", "localhost")):
    manifest = json.loads((DIST / "extism.json").read_bytes())
    for wasm in manifest["wasm"]:
        wasm["path"] = str(DIST / wasm["path"])
    manifest["config"] = {key: value for key, value in config.items() if value is not None}
    manifest["allowed_hosts"] = list(allowed_hosts)
    return extism.Plugin(manifest)


INSTANCES = {}


def configured(change):
    """One instance a configuration, so that it has to outlive the errors it gives."""
    name = json.dumps(change, sort_keys=True)
    if name not in INSTANCES:
        INSTANCES[name] = instance({**ACCOUNT, **change})
    return INSTANCES[name]


def filled(value):
    """What a case can't spell out: `$SANDBOX`, `$LOGIN`, and what follows from the bundle."""
    known = {
        "$SANDBOX": SANDBOX,
        "$LOGIN": LOGIN,
        # Other languages are of the bundle, not of the module.
        "$DESCRIBE": {
            name: member for name, member in json.loads((DIST / "describe.json").read_bytes()).items() if name != "i18n"
        },
        "$TOOLS": json.loads(TOOLS.read_bytes()),
    }
    if isinstance(value, dict):
        return {name: filled(member) for name, member in value.items()}
    return known.get(value, value) if isinstance(value, str) else value


def outcome(plugin, function, data, *keys):
    """Output and error text; one of the two is None."""
    try:
        return guarded(plugin.call(function, data).decode(), *keys), None
    except extism.Error as error:
        return None, guarded(str(error), *keys)


def check_error(expected, text):
    check(text is not None, "it succeeded")
    check("\n" not in text, f"the error has more than one line: {text}")
    found = difference(expected, json.loads(text))
    check(not found, f"{found}: {text}")


def check_output(expected, output):
    check(json.loads(output) == expected, f"the output is {output}, not {json.dumps(expected)}")


def check_tool(expected, output):
    result = json.loads(output)
    is_error = "error" in expected
    check(result["isError"] is is_error, f"isError is {result['isError']}")
    check([content["type"] for content in result["content"]] == ["text"], f"not one text: {output}")
    text = result["content"][0]["text"]
    if is_error:
        check("structuredContent" not in result, "an error has structured content")
        check_error(expected["error"], text)
    else:
        check_output(expected["output"], text)
        check(result["structuredContent"] == expected["output"], f"the structured content differs: {output}")


def given(case):
    """What the export is given, as text."""
    if "raw" in case:
        return case["raw"]
    if "form" in case:
        body = base64.b64encode(case["form"].encode()).decode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return json.dumps({"input": {}, "method": "POST", "headers": headers, "query": "", "body": body, "now": NOW})
    return json.dumps(case["input"]) if "input" in case else ""


def run(case):
    prepare(case.get("misbehaviour"))
    before = ask("/requests")["count"]
    config = case.get("config", {})
    output, error = outcome(configured(config), case["call"], given(case), config.get("api_key") or "")
    expected = case.get("instead", {}).get(SDK, case)
    if "error" in expected:
        check_error(expected["error"], error)
    elif "thrown" in expected:
        check(error == expected["thrown"], f"the error is {error}")
    else:
        check(error is None, f"it failed: {error}")
        check_tool(expected["tool"], output) if "tool" in expected else check_output(filled(expected["output"]), output)
    requests = ask("/requests")
    if case.get("unsent"):
        check(requests["count"] == before, "a request was sent")
    if "request" in case:
        check(requests["count"] == before + 1, f"{requests['count'] - before} requests were sent, not one")
        found = difference(case["request"], requests["requests"][-1])
        check(not found, f"the request: {found}")
    found = difference(case.get("after", {}), ask(f"/orders/{ORDER}"))
    check(not found, f"the order afterwards: {found}")


def snippet(api_key):
    """Runs the lines of docs/sdks.md as a reader would: beside the bundle, with three variables set."""
    account = {"JUSTCLICK_LOGIN": LOGIN, "JUSTCLICK_API_KEY": api_key, "JUSTCLICK_BASE_URL": SANDBOX}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(DIST, Path(folder) / "dist")
        done = subprocess.run(
            [sys.executable, HERE / "snippets" / "python.py"],
            cwd=folder, env={**os.environ, **account}, capture_output=True, text=True, timeout=PATIENCE_S,
        )
    guarded(done.stdout + done.stderr)
    return done


def the_snippet_of_the_readme_changes_the_order():
    prepare()
    done = snippet(API_KEY)
    check(done.returncode == 0, f"it failed: {done.stderr}")
    check_output(CASES[0]["output"], done.stdout)
    found = difference(CASES[0]["after"], ask(f"/orders/{ORDER}"))
    check(not found, f"the order afterwards: {found}")


def the_snippet_of_the_readme_shows_the_message_of_an_error():
    prepare()
    done = snippet(OTHER_KEY)
    _, error = outcome(configured({"api_key": OTHER_KEY}), "check_connection", "")
    check(done.returncode == 1 and not done.stdout, f"it ended with {done.returncode} and wrote {done.stdout!r}")
    check(done.stderr.strip() == json.loads(error)["message"], f"it wrote {done.stderr!r}")


def the_docs_show_exactly_the_snippets_that_are_tested():
    page = ROOT / "docs" / "sdks.md"
    check(page.exists(), "there is no docs/sdks.md")
    text = page.read_text(encoding="utf-8")
    for name, language in (("python.py", "python"), ("javascript.mjs", "javascript"), ("rust.rs", "rust")):
        block = f"```{language}\n{(HERE / 'snippets' / name).read_text(encoding='utf-8').rstrip()}\n```\n"
        mend = f"copy tests/sdk/snippets/{name} into it to the letter"
        check(block in text, f"docs/sdks.md has no ```{language} block with what is tested: {mend}")


def an_address_that_the_host_does_not_allow_is_not_called():
    before = ask("/requests")["count"]
    output, error = outcome(instance(ACCOUNT, ["shop.example"]), "check_connection", "")
    check(output is None, f"it succeeded: {output}")
    # A trap, and the C API loses its reason: README.md beside this file.
    check(not error.startswith("{"), f"the SDK now tells more: {error}")
    check(ask("/requests")["count"] == before, "a request was sent")


def a_connection_that_breaks_is_an_error_and_a_new_instance_works():
    prepare("drop-after")
    order = json.dumps({"bill_id": ORDER, "status": "cancel"})
    output, error = outcome(instance(ACCOUNT), "update_order_status", order)
    check(output is None, f"it succeeded: {output}")
    check(not error.startswith("{"), f"the SDK now tells more: {error}")
    prepare()
    output, error = outcome(instance(ACCOUNT), "update_order_status", order)
    check(error is None, f"a new instance fails: {error}")


def every_action_and_trigger_has_a_case():
    described = json.loads((DIST / "describe.json").read_bytes())
    names = {each["name"] for each in described["actions"] + described["triggers"]}
    missing = names - {case["call"] for case in CASES}
    check(not missing, f"no case calls {sorted(missing)}")


CASES = [case for name in ("cases", "every") for case in json.loads((HERE / f"{name}.json").read_bytes())["cases"]]
TESTS = [
    the_snippet_of_the_readme_changes_the_order,
    the_snippet_of_the_readme_shows_the_message_of_an_error,
    the_docs_show_exactly_the_snippets_that_are_tested,
    every_action_and_trigger_has_a_case,
    an_address_that_the_host_does_not_allow_is_not_called,
    a_connection_that_breaks_is_an_error_and_a_new_instance_works,
]


def main():
    named = [(test.__name__.replace("_", " "), test, ()) for test in TESTS]
    named += [(case["name"], run, (case,)) for case in CASES]
    order = ask(f"/orders/{ORDER}")
    failed = 0
    try:
        for name, test, arguments in named:
            try:
                test(*arguments)
                print(f"ok  {name}", flush=True)
            # Whatever it is, the others run, and the reason is shown without a key.
            except Exception as reason:  # noqa: BLE001
                failed += 1
                shown = f"{type(reason).__name__}: {reason}".replace(API_KEY, "***")
                print(f"FAILED  {name}: {shown}", flush=True)
    finally:
        ask(f"/orders/{ORDER}", order)
    print(f"{len(named) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
