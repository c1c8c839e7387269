"""The package by itself: built, installed in a clean environment, tested there, and used as its README says."""

import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path

import shop_package
import typed
import web_package
from harness import PROJECT, Command, Environment, Run, development_requirements, readme_program, run

ORDER = "100000"


def prove(run_of: Run) -> None:
    """Proves all of it."""
    wheel = built(run_of)
    clean = run_of.environment("clean")
    clean.install(wheel)
    used_as_the_readme_says(run_of, clean)
    web_package.prove(run_of, wheel)
    tools = run_of.environment("tools")
    tools.install(wheel, *development_requirements())
    tested(run_of, tools)
    checked(run_of, tools)
    shop_package.prove(run_of, tools)


def built(run_of: Run) -> Path:
    """Makes the package, and the same of its source by Python's own tools."""
    out = run_of.fresh("dist")
    make: Command = [run_of.host, "package", "python", run_of.bundle, "--out", out]
    run(make)
    (wheel,), (source,) = out.glob("*.whl"), out.glob("*.tar.gz")
    again = run_of.wheel()
    run_of.proved("each time the same wheel is made, byte for byte", again.read_bytes() == wheel.read_bytes(), again)
    pip: Command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    from_source = run_of.fresh("from-source")
    run([*pip, "--wheel-dir", from_source, source], {"PLUGIN_BUNDLE": ""}, out)
    (other,) = from_source.glob("*.whl")
    run_of.proved("what pip builds of the source is the same package", content(other) == content(wheel), other)
    develop = run_of.fresh("develop")
    run([*pip, "--wheel-dir", develop, PROJECT], {"PLUGIN_BUNDLE": str(run_of.bundle)})
    run_of.proved(
        "and so is what pip builds of this folder", next(develop.glob("*.whl")).read_bytes() == wheel.read_bytes()
    )
    run_of.proved("the wheel suits every machine", wheel.name.endswith("-py3-none-any.whl"), wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        for name in ("justclick.wasm", "describe.json", "extism.json"):
            packed = hashlib.sha256(archive.read(f"justclick_plugin/bundle/{name}")).hexdigest()
            expected = hashlib.sha256((run_of.bundle / name).read_bytes()).hexdigest()
            run_of.proved(f"the wheel holds the bundle's {name}", packed == expected)
        for name in ("LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-NOTICES.txt"):
            held = [file for file in archive.namelist() if file.endswith(f".dist-info/licenses/{name}")]
            run_of.proved(f"the wheel holds {name}", held)
            if name.startswith("THIRD"):
                run_of.proved("the notices name the crates inside", b"serde_json" in archive.read(held[0]))
        (described,) = [file for file in archive.namelist() if file.endswith(".dist-info/METADATA")]
        metadata = archive.read(described).decode()
        publisher = json.loads((PROJECT.parents[1] / "manifest" / "publisher.json").read_bytes())
        for url in (publisher["repository"], publisher["bugs"], publisher["author"]["email"]):
            run_of.proved(f"the wheel names {url}", url in metadata, metadata[:1000])
        for name in ("py.typed", "__init__.pyi", "airflow/operator.pyi", "prefect.pyi"):
            run_of.proved(f"the wheel holds {name}", f"justclick_plugin/{name}" in archive.namelist())
    failed = run([*make[:3], run_of.fresh("empty"), *make[4:]], succeeds=False)
    run_of.proved(
        "where there is no bundle, it names the command that makes one", "plugin-host build" in failed.stderr, failed
    )
    return wheel


def content(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel, without what only says which tool has made it."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.endswith(("/RECORD", "/WHEEL"))}
    return {
        name: held.removeprefix(held.split(b"\n")[0]) if name.endswith("/METADATA") else held
        for name, held in files.items()
    }


def used_as_the_readme_says(run_of: Run, clean: Environment) -> None:
    """Runs the README's first program in an environment that holds nothing but the wheel."""
    sandbox = run_of.sandbox
    program = readme_program("shop.update_order_status")
    sandbox.put_order(ORDER)
    done = run([clean.python, "-c", program], sandbox.environment(), cwd=run_of.work)
    run_of.proved("the README's program prints what JustClick answered", "order status changed" in done.stdout, done)
    order = sandbox.ask(f"/orders/{ORDER}")
    run_of.proved("the README's program changes the order", order["status"] == "sent", order)
    wrong = {**sandbox.environment(), "JUSTCLICK_API_KEY": "another-key-that-is-secret-too"}
    done = run([clean.python, "-c", program], wrong, cwd=run_of.work, succeeds=False)
    said = done.stdout + done.stderr
    run_of.proved("with a wrong key it says so in one line", re.fullmatch(r"auth: .*key.*\n", said), said)
    run_of.proved("and does not show the key", wrong["JUSTCLICK_API_KEY"] not in said)


def tested(run_of: Run, tools: Environment) -> None:
    """Runs the unit tests against the installed wheel."""
    sandbox = run_of.sandbox
    variables = {"SANDBOX_URL": sandbox.url, "SANDBOX_LOGIN": sandbox.login, "SANDBOX_KEY": sandbox.key}
    where = run([tools.python, "-c", "import justclick_plugin as p; print(p.__file__)"], cwd=run_of.work).stdout
    run_of.proved("the installed package is what is tested", str(tools.folder) in where, where)
    done = run([tools.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], variables)
    summary = done.stdout.strip().splitlines()[-1]
    run_of.proved(f"its tests pass ({summary})", re.match(r"\d+ passed in ", summary), summary)


def checked(run_of: Run, tools: Environment) -> None:
    """Has the code checked by its linters, and a user's program by the package's types."""
    run([tools.program("mypy"), "--no-incremental"])
    run_of.proved("mypy --strict finds nothing", True)
    run([tools.program("ruff"), "check", "--no-cache"])
    run([tools.program("ruff"), "format", "--check", "--no-cache"])
    run_of.proved("ruff finds nothing", True)
    typed.checked(run_of, tools, "justclick", typed.JUSTCLICK, ["str", "str", "str", "int", "str", "str", "int"])
