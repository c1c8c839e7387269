"""Puts into the package what lies elsewhere in the repository: the plugin's bundle, licences, and who publishes it.

A source distribution has all of it already.
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

# What the package needs of the bundle.
FILES = ("justclick.wasm", "describe.json", "extism.json")
SUMS = "SHA256SUMS"
# The notices of what is compiled into the module.
NOTICES = "THIRD-PARTY-NOTICES.txt"
LICENSES = ("LICENSE-APACHE", "LICENSE-MIT")
PUBLISHER = "publisher.json"


class PublisherHook(MetadataHookInterface):
    """Hatchling's custom hook for metadata: runs first, so that the licences are there when they are looked for."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Names the publisher, as all packages of the repository do."""
        root = Path(self.root)
        bring(LICENSES, root / ".." / "..", root)
        bring((PUBLISHER,), root / "..", root)
        if (bundle_folder(root) / NOTICES).is_file() or not (root / ".." / ".." / "Cargo.toml").is_file():
            bring((NOTICES,), bundle_folder(root), root)
        else:
            (root / NOTICES).write_text(notices(root / ".." / ".."), encoding="utf-8")
        publisher = json.loads((root / PUBLISHER).read_text(encoding="utf-8"))
        metadata["authors"] = [publisher["author"]]
        metadata["urls"] = {"Repository": publisher["repository"], "Issues": publisher["bugs"]}


class BundleHook(BuildHookInterface[Any]):
    """Hatchling's custom hook for builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Copies the bundle's files, unless they are there already."""
        del version, build_data
        root = Path(self.root)
        target = root / "src" / "justclick_plugin" / "bundle"
        source = bundle_folder(root)
        if not os.environ.get("JUSTCLICK_BUNDLE") and not (source / SUMS).is_file() and (target / SUMS).is_file():
            return
        copy(source, target)


def bundle_folder(root: Path) -> Path:
    """Where the bundle lies."""
    named = os.environ.get("JUSTCLICK_BUNDLE")
    return Path(named) if named else root / ".." / ".." / "dist"


def bring(names: tuple[str, ...], source: Path, root: Path) -> None:
    """Copies files from elsewhere in the repository; in a source distribution they are here already."""
    for name in names:
        if (source / name).is_file():
            shutil.copyfile(source / name, root / name)
        elif not (root / name).is_file():
            raise SystemExit(f"There is no {name} in {source}. Make the bundle first: cargo xtask dist")


def notices(repository: Path) -> str:
    """The licences of the crates that are compiled into the module."""
    command = ["cargo", "metadata", "--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"]
    done = subprocess.run(command, cwd=repository, stdout=subprocess.PIPE, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit("cargo metadata failed, which tells the crates whose licences go into the package.")
    found = json.loads(done.stdout)
    packages = {package["id"]: package for package in found["packages"]}
    needs = {node["id"]: node["deps"] for node in found["resolve"]["nodes"]}
    own = next(number for number, package in packages.items() if package["name"] == "justclick-plugin")
    inside, todo = set[str](), [own]
    while todo:
        # What is built for the build alone, and what expands code, is not in there.
        for need in needs[todo.pop()]:
            expands = any("proc-macro" in target["kind"] for target in packages[need["pkg"]]["targets"])
            normal = any(kind["kind"] is None for kind in need["dep_kinds"])
            if normal and not expands and need["pkg"] not in inside:
                inside.add(need["pkg"])
                todo.append(need["pkg"])
    parts = ["The module justclick.wasm holds code of these crates, under these licences.\n"]
    told: dict[str, str] = {}
    for package in sorted((packages[number] for number in inside), key=lambda package: package["name"]):
        folder = Path(package["manifest_path"]).parent
        texts = [
            file for file in sorted(folder.iterdir()) if file.name.upper().startswith(("LICEN", "COPYING", "NOTICE"))
        ]
        parts.append(f"\n{'=' * 80}\n{package['name']} {package['version']}: {package['license']}\n{'=' * 80}\n")
        for file in texts:
            text = file.read_text(encoding="utf-8").strip()
            first = told.setdefault(text, f"{package['name']}, {file.name}")
            same = first != f"{package['name']}, {file.name}"
            parts.append(f"\n{file.name}: the same as of {first}.\n" if same else f"\n{file.name}:\n\n{text}\n")
    return "".join(parts)


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
