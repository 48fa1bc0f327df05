"""A text in the source never names a flag that the command which it speaks of lacks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

import seqtune
from seqtune.cli.app import app
from seqtune.tasks._info import infos
from seqtune.workflow.options import SHARED

ROOT = Path(seqtune.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "__pycache__" not in path.parts)
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*(?![\w-])")
COMMAND = re.compile(r"seqtune ([a-z]+(?: (?:list|show|check|new|schema)\b)?)([^;|,\n]*)")
OTHERS = re.compile(r"(pip|ray|curl) [a-z][^,;]*")
"""Command lines of other programs."""
ANY_TASK = {f"--{flag.name}" for flag in SHARED} | {
    *("--set", "--task", "--recipe", "--out", "--query", "--json", "--quiet"),
}


OF_MODULES = {"export/slim.py": {"--system"}}
"""The flags of modules that are run by themselves."""

PROGRAM = get_command(app)
COMMANDS = [
    command
    for name, found in PROGRAM.commands.items()
    for command in (name, *(f"{name} {word}" for word in getattr(found, "commands", {})))
]
"""All commands, the sub-commands of `recipes` included."""


@cache
def flags_of(command: str) -> frozenset[str]:
    """Return the flags of a command, such as "fit" or "recipes show"."""
    found = PROGRAM
    for word in command.split():
        found = found.commands[word]
    return frozenset(option for each in found.params for option in each.opts) | {"--help"}


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module that people may read, each with its line; docstrings are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for part in node.values}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
            yield node.lineno, "".join(map(str, parts))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in inner | docstrings
        ):
            yield node.lineno, node.value


def known(path: Path) -> set[str]:
    """Return the flags that a module may name: those of its command or task, else all."""
    everything = {option for each in PROGRAM.params for option in each.opts}
    everything = everything.union(*(flags_of(command) for command in COMMANDS))
    place = path.relative_to(ROOT).parts
    by_name = {info.name: info for info in infos()}
    if place[0] == "cli" and path.stem in PROGRAM.commands and path.stem != "recipes":
        return set(flags_of(path.stem))
    if place[0] in ("tasks", "baselines") and len(place) > 2 and place[1] in by_name:
        info = by_name[place[1]]
        uses = {*flags_of("predict"), *flags_of("evaluate"), *flags_of("report")}
        own = {f"--{flag.name}" for flag in info.flags} | uses | ANY_TASK
        return own | (set(flags_of(info.verb)) if info.verb in COMMANDS else set())
    return everything | OF_MODULES.get(path.relative_to(ROOT).as_posix(), set())


def lacking(path: Path) -> Iterator[str]:
    """Yield where a module names a flag that is not there."""
    allowed, names = known(path), set(COMMANDS)
    for line, text in texts(path):
        text = OTHERS.sub("", text)
        for command, rest in COMMAND.findall(text):
            if command in names and (flags := set(FLAG.findall(rest)) - flags_of(command)):
                yield f"{path}:{line}: seqtune {command} has no {flags}: {text!r}"
        if flags := set(FLAG.findall(text)) - allowed:
            yield f"{path}:{line}: there is no {flags}: {text!r}"


def test_every_flag_in_a_text_is_one_that_its_command_has() -> None:
    assert [line for path in MODULES for line in lacking(path)] == []


@pytest.mark.parametrize("key", ["encoding", "separator", "sheet", "folder"])
def test_keys_that_hints_set_are_keys_of_every_recipe(key: str) -> None:
    from seqtune.recipe.schema import Reading

    assert key in Reading.model_fields
