"""What could be typed next: run folders, recipes, keys of `--set`, columns of the file.

A shell asks at every Tab: nothing heavy is loaded, little is read, and what cannot be read is
nothing to offer.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from seqtune.errors import SeqtuneError
from seqtune.tasks._info import Flag, info_of, infos

if TYPE_CHECKING:
    from seqtune.recipe.kind import Kind
    from seqtune.recipe.schema import RecipeSchema

Offer = Callable[[typer.Context, str], list[str]]
Find = Callable[[Mapping[str, Any], str], Iterable[str]]
"""Takes what was typed already, by parameter, and the beginning of the word."""

MOST_OFFERED = 500
MOST_ENTRIES = 2000
"""Entries of folders that are looked at."""

DEPTH = 2
"""Folders below the one that was typed."""

MOST_BYTES = 1 << 20
"""Of a file of a run that is read."""

UNQUOTABLE = frozenset("\\\"'`$!")
"""Not one way of quoting these holds in every shell."""

BUNDLE = ".zip"


def offering(find: Find) -> Offer:
    """Return what a parameter of a command offers; whatever goes wrong is nothing to offer.

    Args:
        find: Finds it; what does not begin as the word does is left out.
    """

    def offer(ctx: typer.Context, incomplete: str) -> list[str]:
        found: dict[str, None] = {}
        with suppress(Exception):
            for each in find(_typed(ctx), incomplete):
                if each.startswith(incomplete) and is_harmless(each):
                    found[each] = None
                if len(found) == MOST_OFFERED:
                    break
        return list(found)

    return offer


def _typed(ctx: typer.Context) -> dict[str, Any]:
    """Return what was typed, by parameter; behind `--flag ` arguments are not parsed yet."""
    names = [each.name for each in ctx.command.params if each.param_type_name == "argument"]
    unparsed = dict(zip(names, ctx.args, strict=False))
    parsed = {name: value for name, value in ctx.params.items() if value is not None}
    return {**unparsed, **parsed}


def is_harmless(text: str) -> bool:
    r"""Say whether a text can be put on a command line: no shell obeys it, nor does a terminal.

    Example:
        >>> is_harmless("sales (EUR)"), is_harmless("a\x1b[2J"), is_harmless("$(reboot)")
        (True, False, False)
    """
    return (
        bool(text)
        and text.isprintable()
        and not text.startswith("-")
        and UNQUOTABLE.isdisjoint(text)
        and not any(unicodedata.category(each) == "Zs" and each != " " for each in text)
    )


def runs(typed: Mapping[str, Any], begun: str) -> Iterator[str]:
    """Find run folders."""
    return _below(begun, lambda entry: False)


def runs_and_bundles(typed: Mapping[str, Any], begun: str) -> Iterator[str]:
    """Find run folders and bundles."""
    return _below(begun, lambda entry: entry.name.endswith(BUNDLE))


def tasks(typed: Mapping[str, Any], begun: str) -> Iterator[str]:
    """Find tasks."""
    return (info.name for info in infos())


def recipes(typed: Mapping[str, Any], begun: str) -> Iterator[str]:
    """Find recipes: those of the task, if it was typed, and files."""
    from seqtune.recipe import catalogue

    task = _task(typed)
    yield from (name for name in catalogue.names() if not task or name.startswith(f"{task}/"))
    yield from _below(begun, lambda entry: entry.name.endswith((".yaml", ".yml")), depth=0)


def columns(typed: Mapping[str, Any], begun: str) -> Iterable[str]:
    """Find columns of the file that was typed."""
    from seqtune.data.reading.first_rows import first_names

    return first_names(Path(typed["data"]).expanduser())


def keys(typed: Mapping[str, Any], begun: str) -> Iterator[str]:
    """Find keys of recipes: those of the task, if it was typed, or else those of every task."""
    return _keys(_schema(_task(typed)), begun, lambda path: path != "task")


def reading_keys(typed: Mapping[str, Any], begun: str) -> Iterator[str]:
    """Find keys that say how a file is read."""
    return _keys(_schema(""), begun, lambda path: path.startswith("data."))


def predict_keys(typed: Mapping[str, Any], begun: str) -> Iterator[str]:
    """Find the keys that need no new training of the run's task."""
    task = _read(Path(typed["run"]).expanduser() / "run.json")["task"]
    return _keys(_schema(task), begun, lambda path: path in info_of(task).predict_keys)


def rows(typed: Mapping[str, Any], begun: str) -> Iterator[str]:
    """Find rows of the leaderboard of the run that was typed."""
    yield "network"
    board = _read(Path(typed["run"]).expanduser() / "leaderboard.json")
    yield from (str(row["name"]) for row in board["leaderboard"])


def of_flag(flag: Flag) -> Offer | None:
    """Return what a flag of `fit` offers: columns, or the words that its key takes."""
    if flag.kind in ("column", "columns"):
        return offering(columns)
    if flag.kind == "integer":
        return None

    def words(typed: Mapping[str, Any], begun: str) -> Iterable[str]:
        kinds = {".".join(steps): field.metadata for steps, field in _schema("").leaves()}
        return _words(kinds[flag.path][0])

    return offering(words)


def _below(
    begun: str, is_wanted: Callable[[os.DirEntry[str]], bool], depth: int = DEPTH
) -> Iterator[str]:
    """Yield run folders, and files that are wanted, below the folder that was typed.

    Args:
        begun: The beginning of a path.
        is_wanted: Whether a file is.
        depth: How far below that folder.
    """
    typed = begun[: begun.rfind("/") + 1]
    top = str(Path(typed or ".").expanduser())
    waiting, left = [(top, typed, 0)], MOST_ENTRIES
    while waiting and left > 0:
        folder, shown, level = waiting.pop(0)
        for entry in sorted(_entries(folder, left), key=lambda each: each.name):
            left -= 1
            name = f"{shown}{entry.name}"
            if level == 0 and not name.startswith(begun):
                continue
            if not entry.is_dir():
                if is_wanted(entry):
                    yield name
            elif Path(entry.path, "run.json").is_file():
                yield name
            elif level < depth and not entry.is_symlink():
                waiting.append((entry.path, f"{name}/", level + 1))


def _entries(folder: str, most: int) -> list[os.DirEntry[str]]:
    found: list[os.DirEntry[str]] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                found.append(entry)
            if len(found) == most:
                break
    return found


def _task(typed: Mapping[str, Any]) -> str:
    """Return the task that was typed, by its name or in the name of a recipe; "" if none was."""
    from seqtune.workflow.options import task_name

    recipe = str(typed.get("recipe") or typed.get("name") or "")
    for word in (typed.get("task"), recipe.split("/")[0]):
        with suppress(SeqtuneError):
            if word:
                return task_name(word)
    return ""


def _schema(task: str) -> type[RecipeSchema]:
    from seqtune.recipe.check import schema_of
    from seqtune.recipe.schema import RecipeSchema

    return schema_of(task) if task else RecipeSchema


def _keys(
    schema: type[RecipeSchema], begun: str, is_wanted: Callable[[str], bool]
) -> Iterator[str]:
    """Yield keys that begin so; where one is left, what could be its value.

    A shell puts a blank behind the only thing there is; behind `key=` comes a value.
    """
    fields = {
        path: field
        for path, field in ((".".join(steps), field) for steps, field in schema.leaves())
        if is_wanted(path) and (path.startswith(begun) or begun.startswith(f"{path}="))
    }
    yield from (f"{path}=" for path in fields)
    if len(fields) == 1:
        path, field = fields.popitem()
        shown = field.default
        words = [shown] if isinstance(shown, (int, float)) and not isinstance(shown, bool) else []
        yield from (f"{path}={word}" for word in (*words, *_words(field.metadata[0])))


def _words(kind: Kind) -> list[str]:
    """Return the words that are values of a kind."""
    from seqtune.recipe.compounds import Or
    from seqtune.recipe.kinds import Flag as TrueOrFalse
    from seqtune.recipe.kinds import Word

    if isinstance(kind, Word):
        return list(kind.words)
    if isinstance(kind, TrueOrFalse):
        return ["true", "false"]
    if isinstance(kind, Or):
        words = ["null" if word is None else word for word in kind.words]
        return [*words, *_words(kind.otherwise)]
    inner = getattr(kind, "item", None)
    return _words(inner) if inner is not None else []


def _read(path: Path) -> Any:
    import json

    if not path.is_file():  # a pipe would be waited for
        raise FileNotFoundError(path)
    with path.open(encoding="utf-8") as file:
        return json.loads(file.read(MOST_BYTES))
