"""The shell's own model of a description, loaded without the rest of the shell, which needs Extism and a bundle."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

SHELL = Path(__file__).resolve().parents[1] / "src" / "plugin_shell"


def _loaded() -> ModuleType:
    folder, name = SHELL / "_model", "maker.shell_model"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is no package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


__all__ = ["SHELL", "model"]

if TYPE_CHECKING:
    from plugin_shell import _model as model
else:
    model = _loaded()
