"""Imports point down only: a module never imports from a layer above its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import seqtune

LAYERS = [
    ["seqtune.__main__", "seqtune.cli"],
    ["seqtune.report"],
    ["seqtune.workflow.resume", "seqtune.workflow.refit"],
    [
        *("seqtune.workflow.fit", "seqtune.workflow.search", "seqtune.workflow.plan"),
        *("seqtune.workflow.fitting", "seqtune.workflow.inspect", "seqtune.workflow"),
        "seqtune.workflow.tracking",
    ],
    ["seqtune.serve", "seqtune.export", "seqtune.sklearn", "seqtune.trackers"],
    ["seqtune.run"],
    ["seqtune.search"],
    ["seqtune.tasks"],
    ["seqtune.architectures", "seqtune.cells", "seqtune.baselines", "seqtune.initializers"],
    ["seqtune.data", "seqtune.metrics"],
    ["seqtune.recipe", "seqtune.workflow.options"],
    ["seqtune.plots"],
    ["seqtune.pages"],
    ["seqtune.drawing", "seqtune.figures"],
    ["seqtune.tasks._info"],
    ["seqtune.registry", "seqtune.files", "seqtune.progress", "seqtune.errors", "seqtune.runtime"],
    ["seqtune.garbage"],
]
"""Which module or package stands on which layer, the highest first."""

FRONT = "seqtune"
"""The package itself: it hands the public names through and stands beside the layers."""

COMMAND = re.compile(r"seqtune\.tasks\.\w+\.command")

ROOT = Path(seqtune.__file__).parent
MODULES = sorted(
    ".".join(["seqtune", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
)


def layer_of(module: str) -> int:
    """Return the number of a module's layer, 0 for the highest.

    The commands that a task adds stand with the command line.
    """
    if COMMAND.fullmatch(module):
        return 0
    for name in (module, *map(str, _packages_of(module))):
        for number, members in enumerate(LAYERS):
            if name in members:
                return number
    raise AssertionError(f"{module} has no layer: add it to LAYERS in {Path(__file__).name}")


def _packages_of(module: str) -> Iterator[str]:
    """Yield the packages that a module stands in, the innermost first."""
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


@cache
def syntax_of(module: str) -> ast.Module:
    path = ROOT.joinpath(*module.split(".")[1:])
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of every module of ours that is imported, in functions too."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            names = [
                f"{node.module}.{alias.name}"
                if f"{node.module}.{alias.name}" in MODULES
                else str(node.module)
                for alias in node.names
            ]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
            names = [
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
        for name in names:
            if name == "seqtune" or name.startswith("seqtune."):
                yield node.lineno, name


def upward(module: str, tree: ast.AST) -> list[str]:
    """Return what a module imports from above, as text."""
    here = layer_of(module)
    return [
        f"{module}:{line} imports {name}"
        for line, name in imports_of(tree)
        if name != FRONT and layer_of(name) < here
    ]


def test_no_module_imports_from_above() -> None:
    found = {name: upward(name, syntax_of(name)) for name in MODULES if name != FRONT}
    assert [line for lines in found.values() for line in lines] == []


@pytest.mark.parametrize("code", [
    "import seqtune.cli.app",
    "from seqtune.cli import app",
    "from seqtune import cli",
    "def act():\n    from seqtune.report.fit import FitReport",
    "if TYPE_CHECKING:\n    from seqtune.run.run import Run",
    "import_module('seqtune.search.study')",
])  # fmt: skip
def test_an_import_from_above_is_found_wherever_it_stands(code: str) -> None:
    assert upward("seqtune.tasks.forecast.task", ast.parse(code)) != []
    assert upward("seqtune.cli.fit", ast.parse(code)) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    known = set(MODULES) - {FRONT}
    graph = {
        module: known & {name for _, name in imports_of(syntax_of(module))} - {module}
        for module in known
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
    else:
        circle = []
    assert circle == []


def test_every_layer_is_there() -> None:
    members = [member for layer in LAYERS for member in layer]
    assert sorted(set(members)) == sorted(members)
    assert [member for member in members if member not in MODULES] == []
