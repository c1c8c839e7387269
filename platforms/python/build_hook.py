"""Copies the plugin's bundle into the package when the package is built."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What the package needs of the bundle.
FILES = ("justclick.wasm", "describe.json", "extism.json")
SUMS = "SHA256SUMS"


class BundleHook(BuildHookInterface[Any]):
    """Hatchling's custom hook."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Copies the files, unless this is a source distribution that has them already."""
        del version, build_data
        root = Path(self.root)
        target = root / "src" / "justclick_plugin" / "bundle"
        named = os.environ.get("JUSTCLICK_BUNDLE")
        source = Path(named) if named else root / ".." / ".." / "dist"
        if not named and not (source / SUMS).is_file() and (target / SUMS).is_file():
            return
        copy(source, target)


def copy(source: Path, target: Path) -> None:
    """Copies the files of a bundle after checking their sums."""
    try:
        sums = (source / SUMS).read_text(encoding="utf-8")
        lines = [line for line in sums.splitlines() if line.split()[-1] in FILES]
        for line in lines:
            expected, name = line.split()
            if hashlib.sha256((source / name).read_bytes()).hexdigest() != expected:
                raise SystemExit(f"{source / name} is not what {SUMS} says. Make the bundle anew: cargo xtask dist")
        target.mkdir(exist_ok=True)
        for name in FILES:
            shutil.copyfile(source / name, target / name)
        (target / SUMS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise SystemExit(
            f"There is no bundle in {source} ({error.strerror}: {error.filename}). "
            "Make it with `cargo xtask dist`, or name its folder in JUSTCLICK_BUNDLE."
        ) from error
