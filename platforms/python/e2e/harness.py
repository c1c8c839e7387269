"""What the faces share: environments, processes, the sandbox, and a line for each thing that is proved."""

import base64
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import venv
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from services import Sandbox, Shop

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
# How long anything may take on a busy machine before it counts as hanging.
PATIENCE_S = 600

T = TypeVar("T")
Command = Sequence[str | Path]


class Failed(Exception):  # noqa: N818 - it is a verdict
    """Something is not as it should be."""


@dataclass
class Environment:
    """A virtual environment."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def program(self, name: str) -> Path:
        """One of its commands."""
        return self.folder / "bin" / name

    def install(self, *what: str | Path) -> None:
        """Installs by pip, which need not be in the environment."""
        pip: Command = [sys.executable, "-m", "pip", "--python", self.python, "--disable-pip-version-check"]
        run([*pip, "install", "--quiet", *what])


@dataclass
class Run:
    """One run of a face."""

    bundle: Path
    work: Path
    sandbox: Sandbox
    shop: Shop
    host: Path
    checks: int = 0
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def from_env(cls) -> "Run":
        """What the environment says."""
        sandbox = ("JUSTCLICK_BUNDLE", "E2E_WORK", "SANDBOX_URL", "SANDBOX_LOGIN", "SANDBOX_KEY")
        names = (*sandbox, "SHOP_BUNDLE", "SHOP_URL", "SHOP_TOKEN", "PLUGIN_HOST")
        missing = [name for name in names if not os.environ.get(name)]
        if missing:
            sys.exit(f"Set {', '.join(missing)} in the environment, or run this by `cargo xtask e2e`.")
        bundle, work, url, login, key, shop_bundle, shop_url, shop_token, host = (os.environ[name] for name in names)
        work_folder = Path(work).resolve()
        work_folder.mkdir(parents=True, exist_ok=True)
        # What runs here talks to this machine alone.
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = os.environ["PLUGIN_ALLOW_PRIVATE"] = "*"
        shop = Shop(Path(shop_bundle).resolve(), shop_url.rstrip("/"), shop_token)
        return cls(
            Path(bundle).resolve(), work_folder, Sandbox(url.rstrip("/"), login, key), shop, Path(host).resolve()
        )

    def proved(self, sentence: str, holds: object, otherwise: object = "") -> None:
        """Notes that something is as it should be.

        Raises:
            Failed: it is not.
        """
        if not holds:
            raise Failed(f"{sentence}: {otherwise}" if otherwise != "" else sentence)
        self.checks += 1
        print(f"ok  {sentence}", flush=True)

    def hide(self, text: str) -> str:
        """The text without the key."""
        return text.replace(self.sandbox.key, "***").replace(self.shop.token, "***")

    def fresh(self, name: str) -> Path:
        """An empty folder."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def environment(self, name: str) -> Environment:
        """A new virtual environment."""
        environment = Environment(self.fresh(name))
        venv.create(environment.folder, with_pip=False, symlinks=True)
        return environment

    def engine(self, name: str) -> Environment:
        """An environment with the package in an engine at the versions of its list, which is kept from run to run."""
        versions = HERE / "constraints" / f"{name}.txt"
        environment = Environment(self.work / f"{name}-engine")
        stamp = environment.folder / "installed.txt"
        if not stamp.is_file() or stamp.read_bytes() != versions.read_bytes():
            environment = self.environment(f"{name}-engine")
            environment.install("-r", versions)
            shutil.copyfile(versions, stamp)
        # Both plugins, which know nothing of each other.
        for bundle in (self.bundle, self.shop.bundle):
            wheel = self.wheel(bundle)
            # Also where the last run left the same version; and then with what it needs for the engine.
            environment.install("--force-reinstall", "--no-deps", wheel)
            environment.install(f"{wheel}[{name}]")
        return environment

    def wheel(self, bundle: Path | None = None) -> Path:
        """The package of a plugin, of JustClick's unless another bundle is given, as its author makes it."""
        folder = self.fresh("wheel")
        run([self.host, "package", "python", bundle or self.bundle, "--out", folder])
        return next(folder.glob("*.whl"))

    def start(self, command: Command, variables: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
        """Starts a server, which is stopped at the end with all that it started."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.work,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Ends a server at once, with all that it started, as a crash of its machine does."""
        self._processes.remove(process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)

    def until(self, what: str, ask: Callable[[], T | None], patience_s: float = PATIENCE_S) -> T:
        """Waits for an answer.

        Raises:
            Failed: none came in time, or a server that was started has ended.
        """
        end = time.monotonic() + patience_s
        while True:
            with suppress(OSError):
                answer = ask()
                if answer:
                    return answer
            for process in self._processes:
                if process.poll() is not None:
                    raise Failed(f"{what}: {process.args!r} has ended with {process.returncode}")
            if time.monotonic() > end:
                raise Failed(f"{what}: not within {patience_s:.0f} s")
            time.sleep(0.5)

    def fill_in(self, engine: str, address: str, name: str) -> None:
        """Enters the sandbox's account under a name in the engine's web interface, in a browser."""
        run(["node", HERE / "forms.mjs", engine, address, name])

    def stop(self) -> None:
        """Stops what was started: each is the leader of its own group."""
        for sign, patience_s in ((signal.SIGTERM, 20), (signal.SIGKILL, 20)):
            for process in self._processes:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, sign)
            for process in self._processes:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(patience_s)
        self._processes.clear()


def run(
    command: Command,
    variables: Mapping[str, str] | None = None,
    cwd: Path = PROJECT,
    succeeds: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end.

    Raises:
        Failed: it did not end as it should.
    """
    done = subprocess.run(
        command,
        env={**os.environ, **(variables or {})},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if (done.returncode == 0) is not succeeds:
        words = " ".join(map(str, command))
        raise Failed(f"{words} ended with {done.returncode}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done


def development_requirements() -> list[str]:
    """The tools that the project names for its own development."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["dependency-groups"]["dev"])


def readme_program(holding: str) -> str:
    """The first of the README's Python programs that holds a text."""
    programs = (PROJECT / "README.md").read_text(encoding="utf-8").split("```python\n")[1:]
    return next(program for program in (it.split("```", 1)[0] for it in programs) if holding in program)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def pickled_with(secret: str, folder: Path) -> list[Path]:
    """The files that hold a text in something that was packed as text: base64, as engines keep what is pickled."""
    found = []
    for file in (file for file in folder.rglob("*") if file.is_file()):
        for packed in re.findall(rb"(?:[A-Za-z0-9+/]|\\n){40,}={0,2}", file.read_bytes()):
            clean = packed.replace(b"\\n", b"").rstrip(b"=")
            if secret.encode() in base64.b64decode(clean[: len(clean) // 4 * 4]):
                found.append(file)
    return found


def files_with(secret: str, *folders: Path) -> list[Path]:
    """The files that hold a text."""
    files = (file for folder in folders for file in ([folder] if folder.is_file() else folder.rglob("*")))
    return [file for file in files if file.is_file() and secret.encode() in file.read_bytes()]
