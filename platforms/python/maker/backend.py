"""What pip asks to build the package: hatchling's answers, of the project that is made of a plugin's bundle.

The bundle's folder is named by PLUGIN_BUNDLE; without it, it is the `dist` of the repository.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hatchling.build

from maker.project import make

_ROOT = Path(__file__).resolve().parents[1]
Settings = dict[str, Any] | None


def build_wheel(folder: str, settings: Settings = None, metadata: str | None = None) -> str:
    """Makes a wheel, and returns its name."""
    out = os.path.abspath(folder)
    with _made():
        name: str = hatchling.build.build_wheel(out, settings, metadata)
        return name


def build_sdist(folder: str, settings: Settings = None) -> str:
    """Makes a source distribution, from which hatchling alone builds the wheel, and returns its name."""
    out = os.path.abspath(folder)
    with _made():
        name: str = hatchling.build.build_sdist(out, settings)
        return name


def build_editable(folder: str, settings: Settings = None, metadata: str | None = None) -> str:
    """Makes a wheel that leads to `build/`, whose modules are those of `src/`."""
    out = os.path.abspath(folder)
    project = make(_bundle(), _ROOT / "build", linked=True)
    with contextlib.chdir(project):
        name: str = hatchling.build.build_editable(out, settings, metadata)
        return name


@contextlib.contextmanager
def _made() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(make(_bundle(), Path(folder))):
        yield


def _bundle() -> Path:
    return Path(os.environ.get("PLUGIN_BUNDLE") or _ROOT.parents[1] / "dist").absolute()
