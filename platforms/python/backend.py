"""What pip asks to build the package: `plugin-host package python` answers, of a plugin's bundle.

The bundle's folder is named by PLUGIN_BUNDLE, and the program by PLUGIN_HOST; without them, they are what
`cargo xtask dist` and `cargo build -p plugin-host` have made in this repository.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent
_REPOSITORY = _ROOT.parents[1]
Settings = dict[str, Any] | None


def build_wheel(folder: str, _settings: Settings = None, _metadata: str | None = None) -> str:
    """Makes a wheel, and returns its name."""
    return _made(folder, ".whl")


def build_sdist(folder: str, _settings: Settings = None) -> str:
    """Makes a source distribution, from which hatchling builds the same wheel, and returns its name."""
    return _made(folder, ".tar.gz")


def build_editable(folder: str, _settings: Settings = None, _metadata: str | None = None) -> str:
    """Makes a wheel that leads to `build/`, whose modules are those of `src/`: a change of them is seen at once."""
    with tempfile.TemporaryDirectory() as made:
        name = _made(made, ".whl")
        with zipfile.ZipFile(Path(made) / name) as wheel:
            (info,) = {part.split("/", 1)[0] for part in wheel.namelist() if ".dist-info/" in part}
            (module,) = {part.split("/", 1)[0] for part in wheel.namelist()} - {info}
            place = _ROOT / "build" / module
            shutil.rmtree(place, ignore_errors=True)
            wheel.extractall(place.parent, (part for part in wheel.namelist() if part.startswith(f"{module}/")))
            kept = {part: wheel.read(part) for part in wheel.namelist() if part.startswith(f"{info}/")}
    _link(_ROOT / "src" / "plugin_shell", place)
    kept[f"{module}.pth"] = f"{place.parent}\n".encode()
    kept[f"{info}/RECORD"] = _record(kept, f"{info}/RECORD").encode()
    with zipfile.ZipFile(Path(folder) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for part, content in kept.items():
            wheel.writestr(part, content)
    return name


def _made(folder: str, ending: str) -> str:
    bundle = os.environ.get("PLUGIN_BUNDLE") or _REPOSITORY / "dist"
    host = os.environ.get("PLUGIN_HOST") or _REPOSITORY / "target" / "debug" / "plugin-host"
    if shutil.which(host) is None:
        sys.exit(f"There is no {host}. Make it with `cargo build -p plugin-host`, or name it in PLUGIN_HOST.")
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(
            [host, "package", "python", bundle, "--out", out], capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stderr.strip())
        (made,) = Path(out).glob(f"*{ending}")
        shutil.copyfile(made, Path(folder) / made.name)
    return made.name


def _link(shell: Path, place: Path) -> None:
    for source in shell.rglob("*.py"):
        target = place / source.relative_to(shell)
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))


def _record(files: dict[str, bytes], own: str) -> str:
    def line(part: str, content: bytes) -> str:
        hashed = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        return f"{part},sha256={hashed},{len(content)}\n"

    return "".join(line(part, content) for part, content in files.items() if part != own) + f"{own},,\n"
