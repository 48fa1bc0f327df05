"""A folder of modules seen as a mapping from file name to module.

The name of a file is the word in the recipe: `seqtune/cells/gru.py` is `cell: gru`. Names,
summaries and options are read from the source text, so that listing and validating them loads
neither Keras nor a backend; a module is imported only when it is looked up. Packages outside
add their own modules through entry points of the group `seqtune.<folder>`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
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
        functions: Functions of which a module must define one to be listed; none lists all.

    Example:
        >>> sorted(cells)
        ['gru', 'lstm', 'simple_rnn']
        >>> cells.summary("gru")
        'Gated recurrent unit (Cho et al. 2014).'
    """

    def __init__(self, package: str, kind: str, functions: Sequence[str] = ()) -> None:
        self.package = package
        self.kind = kind
        self.functions = functions

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
        for point in _entry_points().select(group=self.package):
            found.setdefault(point.name, point.value)
        return {
            name: module
            for name, module in sorted(found.items())
            if not self.functions or _defines(module, self.functions)
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
def _entry_points() -> Any:
    """Return what all packages add; to look through them takes milliseconds."""
    return entry_points()


@cache
def _syntax(module: str) -> ast.Module:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise RecipeError(f"plug-in module {module} cannot be found", "pip install it again")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def _defines(module: str, functions: Sequence[str]) -> bool:
    """Say whether a module defines one of some functions, without importing it."""
    return any(
        isinstance(node, ast.FunctionDef) and node.name in functions
        for node in _syntax(module).body
    )


FORMS: Mapping[str, tuple[str, ...]] = {
    "states": ("states",),
    "memory": ("memory", "states"),
    "vector": ("vector", "states"),
    "decode": ("decode",),
    "decode_each": ("decode",),
    "stream": ("stream",),
    "context": ("context",),
}
"""Each form of an architecture, and the functions of which any gives it; they are described in
`seqtune.architectures._forms`."""


class Architectures(Registry):
    """The architectures that offer one of some forms.

    Args:
        forms: Names in `FORMS`, the preferred one first.
        causal: Whether options that let a step look at later ones are left out.

    Example:
        >>> sorted(Architectures(["stream"]))
        ['stateful']
    """

    def __init__(self, forms: Sequence[str], *, causal: bool = False) -> None:
        functions = [function for form in forms for function in FORMS[form]]
        super().__init__("seqtune.architectures", "architecture", functions)
        self.forms, self.causal = forms, causal

    def form_of(self, name: str) -> str:
        """Return the form in which an architecture is taken: the first of these that it offers."""
        if name not in self:
            raise RecipeError(unknown(self.kind, name, self), "seqtune recipes list")
        offered = (form for form in self.forms if _defines(self.modules[name], FORMS[form]))
        return next(offered)

    def options(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the options of an architecture that have a meaning in its form."""
        form = self.form_of(name)
        return {
            option: fragment
            for option, fragment in super().options(name).items()
            if form in fragment.get("forms", self.forms)
            and (fragment.get("causal", True) or not self.causal)
        }


cells = Registry("seqtune.cells", "cell")
architectures = Registry("seqtune.architectures", "architecture")
tasks = Registry("seqtune.tasks", "task")
trackers = Registry("seqtune.trackers", "tracker", ["start"])
"""Where a search can be followed from outside."""

formats = Registry("seqtune.export.formats", "format", ["write"])
"""The forms in which a row of a leaderboard leaves its run."""


@cache
def architectures_with(*forms: str, causal: bool = False) -> Architectures:
    """Return the architectures that offer one of some forms.

    Args:
        forms: Names in `FORMS`, the preferred one first.
        causal: Whether options that let a step look at later ones are left out.

    Example:
        >>> list(architectures_with("vector"))
        ['conv_recurrent', 'dilated', 'segment', 'stacked']
    """
    return Architectures(forms, causal=causal)


stateful_cells = Registry("seqtune.cells", "cell", ["step"])
"""The cells whose state can go on from batch to batch."""


@cache
def baselines(task: str) -> Registry:
    """Return the baselines of one task, keyed by file name."""
    return Registry(f"seqtune.baselines.{task}", "baseline")
