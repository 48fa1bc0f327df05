"""No shared module names a task: what belongs to one is in its own folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import seqtune
from seqtune.registry import tasks

ROOT = Path(seqtune.__file__).parent

SHARED = (
    *("cli", "data", "drawing", "recipe", "report", "run", "runtime", "search", "serve"),
    "workflow",
    *("errors.py", "files.py", "progress.py", "registry.py"),
)
"""Folders and files that must do for any task."""

TOPS = ("baselines", "architectures", "cells")
"""Folders whose own files must; those below are tasks' own."""

NAMES = tuple(tasks)
CAPITALS = re.compile("(?<=[a-z0-9])(?=[A-Z])")
WORD = re.compile(rf"(?<![a-z])({'|'.join(NAMES)})(?![a-z])", re.IGNORECASE)


OTHER_MEANINGS = {
    "data/reading/column_names.py": "a day, in German",
    "recipe/positions.py": "the type of a value in YAML",
    "recipe/write.py": "the type of a value in YAML",
}
"""Where `tag` is no task, and what it is there."""


def named(tree: ast.AST) -> Iterator[str]:
    """Yield where code names a task: in a name, an import or a text that is no docstring.

    Docstrings and the commands of `EXAMPLE` may show a task at work.
    """
    examples = {id(text) for text in _examples(tree)}
    for node in ast.walk(tree):
        words: list[str] = []
        if isinstance(node, ast.Import):
            words = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            words = [str(node.module), *(alias.name for alias in node.names)]
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            words = [node.name]
        elif isinstance(node, ast.Name):
            words = [node.id]
        elif isinstance(node, ast.Attribute):
            words = [] if hasattr(bytes, node.attr) else [node.attr]  # a method of Python's own
        elif isinstance(node, (ast.arg, ast.keyword)):
            words = [str(node.arg)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = [] if id(node) in examples else [node.value]
        for word in words:
            if found := WORD.search(CAPITALS.sub(" ", word).replace("_", " ")):
                yield f"line {getattr(node, 'lineno', '?')}: {found[0]} in {word[:60]!r}"


def _examples(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the texts that may name a task: docstrings, `EXAMPLE`, and `epilog` of a command."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id == "EXAMPLE":
                yield node.value
        elif isinstance(node, ast.keyword) and node.arg == "epilog":
            yield node.value


MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.py")
    if path.relative_to(ROOT).parts[0] in SHARED or path.parent.name in TOPS
)


def test_no_shared_module_names_a_task() -> None:
    found = [
        f"{module}, {each}"
        for module in MODULES
        for each in named(ast.parse((ROOT / module).read_text(encoding="utf-8")))
        if module not in OTHER_MEANINGS or ": tag in " not in each.lower()
    ]
    assert found == []


@pytest.mark.parametrize("code", [
    "from seqtune.tasks.forecast.task import TASK",
    "import seqtune.tasks.anomaly",
    "if task == 'generate': pass",
    "class ForecastChart: pass",
    "def classify_rows(): pass",
    "run(is_forecast=True)",
    "help = 'Columns to forecast.'",
])  # fmt: skip
def test_a_name_is_found_wherever_it_stands(code: str) -> None:
    assert list(named(ast.parse(code))) != []


@pytest.mark.parametrize("code", [
    "from seqtune.tasks._info import info_of",
    '"""A module, such as `forecast/default`."""',
    "EXAMPLE = 'seqtune fit data.csv --task forecast'",
    "generator = classifier = statsforecast = anomalous",
    "rest = start.translate(None, b'ab')",
])  # fmt: skip
def test_examples_and_other_words_are_let_through(code: str) -> None:
    assert list(named(ast.parse(code))) == []
