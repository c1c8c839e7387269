"""The project of one plugin's package: a folder that hatchling builds, and that needs nothing from outside."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from maker.model import SHELL, model
from maker.readme import readme
from maker.stubs import stubs

_REPOSITORY = SHELL.parents[3]
_DESCRIPTION, _MANIFEST, _SUMS = "describe.json", "extism.json", "SHA256SUMS"
# The notices of what is compiled into the module.
_NOTICES = "THIRD-PARTY-NOTICES.txt"
_LICENSES = ("LICENSE-APACHE", "LICENSE-MIT")
# Who publishes the package: of the plugin, or else of this repository.
_PUBLISHER = "publisher.json"


def make(bundle: Path, out: Path, linked: bool = False) -> Path:
    """Makes the project of a plugin, and returns its folder.

    Args:
        bundle: the folder with the plugin's bundle.
        out: where the project's folder is to be. What is there of an earlier one goes.
        linked: whether the shell's modules are to be those of the repository, so that a change is seen at once.

    Raises:
        SystemExit: the bundle can't be used. The text says why and what to do.
    """
    files = _files(bundle)
    description = _object(files[_DESCRIPTION], bundle / _DESCRIPTION)
    try:
        faces = model.Faces(description)
    except ValueError as error:
        raise SystemExit(f"There can't be a package of {bundle}: {error}. See `plugin-host describe`.") from error
    version = _version(description.get("version"), bundle)
    project = out / model.distribution_of(faces.name)
    package = project / "src" / model.module_of(faces.name)
    shutil.rmtree(project, ignore_errors=True)
    _put_shell(package, linked)
    for name, content in {**files, **{name: text.encode() for name, text in stubs(faces).items()}}.items():
        target = package / name if name.endswith(".pyi") else package / "bundle" / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
    licenses = [name for name in (*_LICENSES, _NOTICES) if _brought(name, bundle, project)]
    _write(project / "README.md", readme(faces, description))
    _write(project / "pyproject.toml", _settings(faces, version, _publisher(bundle), licenses))
    return project


def _files(bundle: Path) -> dict[str, bytes]:
    """The files of a bundle that the package needs, once their sums are right, with these sums."""
    try:
        lines = (bundle / _SUMS).read_text(encoding="utf-8").splitlines()
        sums = {name: line for line in lines for name in line.split()[1:]}
        manifest = _object((bundle / _MANIFEST).read_bytes(), bundle / _MANIFEST)
        names = sorted([manifest["wasm"][0]["path"], _DESCRIPTION, _MANIFEST])
        files = {name: (bundle / name).read_bytes() for name in names if name in sums}
        for name in names:
            if name not in sums or hashlib.sha256(files[name]).hexdigest() != sums[name].split()[0]:
                raise SystemExit(f"{bundle / name} is not what {_SUMS} says. Make the bundle anew: cargo xtask dist")
    except OSError as error:
        raise SystemExit(
            f"There is no bundle in {bundle} ({error.strerror}: {error.filename}). "
            "Make it with `cargo xtask dist`, or name its folder in PLUGIN_BUNDLE."
        ) from error
    except (LookupError, TypeError, AttributeError) as error:
        raise SystemExit(f"{bundle / _MANIFEST} names no module. Make the bundle anew: cargo xtask dist") from error
    return {**files, _SUMS: "".join(f"{sums[name]}\n" for name in names).encode()}


def _object(content: bytes, file: Path) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SystemExit(f"{file} is no JSON object. Make the bundle anew: cargo xtask dist")
    return found


def _put_shell(package: Path, linked: bool) -> None:
    for source in sorted(SHELL.rglob("*")):
        if source.suffix != ".py" and source.name != "py.typed":
            continue
        target = package / source.relative_to(SHELL)
        target.parent.mkdir(parents=True, exist_ok=True)
        if linked:
            target.symlink_to(os.path.relpath(source, target.parent))
        else:
            shutil.copyfile(source, target)


def _brought(name: str, bundle: Path, project: Path) -> bool:
    """Copies a licence: the plugin's own, or else that of this repository."""
    for source in (bundle, _REPOSITORY):
        if (source / name).is_file():
            shutil.copyfile(source / name, project / name)
            return True
    return False


def _publisher(bundle: Path) -> dict[str, Any]:
    own = bundle / _PUBLISHER
    file = own if own.is_file() else _REPOSITORY / "platforms" / _PUBLISHER
    return _object(file.read_bytes(), file)


def _version(given: Any, bundle: Path) -> str:
    """The plugin's version, which is the package's as well, as Python writes it."""
    try:
        return str(Version(str(given)))
    except InvalidVersion as error:
        raise SystemExit(
            f"There can't be a package of {bundle}: its version {given!r} is none that Python knows. "
            "Write it as 1.4.0 or 1.4.0-rc.1."
        ) from error


def _settings(faces: "model.Faces", version: str, publisher: Mapping[str, Any], licenses: list[str]) -> str:
    """The project's `pyproject.toml`: the template with what is this plugin's."""
    urls = {"Homepage": faces.homepage, "Repository": publisher.get("repository"), "Issues": publisher.get("bugs")}
    values = {
        "name": model.distribution_of(faces.name),
        "version": version,
        "description": " ".join(faces.about.split()),
        "license": publisher.get("license", "MIT OR Apache-2.0"),
        "license-files": licenses,
        "authors": [publisher["author"]] if publisher.get("author") else [],
        "keywords": sorted({"airflow", "extism", "prefect", faces.name}),
        "urls": {name: url for name, url in urls.items() if url},
    }
    told = "\n".join(f"{name} = {_toml(value)}" for name, value in values.items())
    template = Path(__file__).with_name("pyproject.template.toml").read_text(encoding="utf-8")
    return template.replace("PACKAGE", model.module_of(faces.name)).replace("# PLUGIN", told)


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(member)}' for name, member in value.items())} }}"
    # What JSON escapes, TOML does as well, and one character more.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
