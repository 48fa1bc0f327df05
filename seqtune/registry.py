"""A folder of modules seen as a mapping from file name to module.

The name of a file is the word in the recipe: `seqtune/cells/gru.py` is `cell: gru`. Names,
summaries and options are read from the source text, so that listing and validating them loads
neither Keras nor a backend; a module is imported only when it is looked up. Packages outside
add their own modules through entry points of the group `seqtune.<folder>`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from seqtune.errors import RecipeError, unknown


class Registry(Mapping[str, ModuleType]):
    """The plug-in modules of one package, keyed by file name.

    Args:
        package: Dotted name of the package whose modules are listed.
        kind: What one of them is called in messages: "cell", "architecture", …
        verb: Function that a module must define to be listed; None lists all.

    Example:
        >>> sorted(cells)
        ['gru', 'lstm', 'simple_rnn']
        >>> cells.summary("gru")
        'Gated recurrent unit (Cho et al. 2014).'
    """

    def __init__(self, package: str, kind: str, verb: str | None = None) -> None:
        self.package = package
        self.kind = kind
        self.verb = verb

    @cached_property
    def modules(self) -> dict[str, str]:
        """Dotted module name of every plug-in, by its short name, sorted."""
        spec = find_spec(self.package)
        found: dict[str, str] = {}
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            for path in Path(folder).iterdir():
                is_package = (path / "__init__.py").is_file()
                if (path.suffix == ".py" or is_package) and not path.name.startswith("_"):
                    found[path.stem] = f"{self.package}.{path.stem}"
        for point in entry_points(group=self.package):
            found.setdefault(point.name, point.value)
        return {
            name: module
            for name, module in sorted(found.items())
            if self.verb is None or _defines(module, self.verb)
        }

    def __getitem__(self, name: str) -> ModuleType:
        if name not in self.modules:
            raise RecipeError(unknown(self.kind, name, self), "seqtune recipes list")
        return import_module(self.modules[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.modules)

    def __len__(self) -> int:
        return len(self.modules)

    def __contains__(self, name: object) -> bool:
        return name in self.modules

    def folders(self, name: str) -> list[Path]:
        """Return the folders of a plug-in that is a package, without importing it."""
        spec = find_spec(self.modules[name])
        return [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []

    def summary(self, name: str) -> str:
        """Return the first line of the module's docstring, without importing the module."""
        return (ast.get_docstring(_syntax(self.modules[name])) or "").split("\n")[0]

    def options(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the module's literal `OPTIONS`, JSON-Schema fragments by option name."""
        for node in _syntax(self.modules[name]).body:
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == "OPTIONS" for target in node.targets
            ):
                options: dict[str, dict[str, Any]] = ast.literal_eval(node.value)
                return options
        return {}


@cache
def _syntax(module: str) -> ast.Module:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise RecipeError(f"plug-in module {module} cannot be found", "pip install it again")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def _defines(module: str, verb: str) -> bool:
    """Say whether a module defines a function, without importing it."""
    return any(
        isinstance(node, ast.FunctionDef) and node.name == verb for node in _syntax(module).body
    )


cells = Registry("seqtune.cells", "cell")
architectures = Registry("seqtune.architectures", "architecture")
tasks = Registry("seqtune.tasks", "task")


@cache
def architectures_for(task: str) -> Registry:
    """Return the architectures of one task: those that define a function of its name."""
    return Registry("seqtune.architectures", "architecture", task)


stateful_cells = Registry("seqtune.cells", "cell", "stateful")
"""The cells whose state can go on from batch to batch."""


@cache
def baselines(task: str) -> Registry:
    """Return the baselines of one task, keyed by file name."""
    return Registry(f"seqtune.baselines.{task}", "baseline")
