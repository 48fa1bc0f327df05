"""What `seqtune fit` asks in a terminal: which file, which task, which target, how long.

Every answer is checked at once, and asked for again where it does not do. Nothing is written.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from seqtune.cli.output import console, show_error
from seqtune.errors import DataError, SeqtuneError, UsageError, literal, nearest
from seqtune.tasks._info import Flag, info_of
from seqtune.workflow.options import FitOptions, load_recipe, task_name

if TYPE_CHECKING:
    from seqtune.data.reading.source import Source

Answer = TypeVar("Answer")

BUDGET = "search.budget="
"""How a budget begins that was typed as `--set`."""

MOST_FILES = 9
MOST_COLUMNS = 60
MOST_ENTRIES = 2000
"""Entries of folders that are looked at."""


@dataclass(frozen=True)
class Asked:
    """What a search needs to know.

    Args:
        data: The file.
        task: The name of the task.
        options: The flags.
    """

    data: str
    task: str
    options: FitOptions

    def command(self, *flags: str) -> str:
        """Return the command line that says the same.

        Args:
            flags: Further ones.
        """
        from seqtune.drawing.wording import command

        words = ("fit", self.data, "--task", self.task, *self.options.words(), *flags)
        return command("seqtune", *words)


def is_terminal() -> bool:
    """Say whether there is somebody who could answer."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def ask(task: str | None, options: FitOptions, example: str) -> Asked:
    """Ask for what was not typed.

    Args:
        task: The task, if it was.
        options: The flags that were.
        example: A command line that needs no questions.

    Raises:
        UsageError: There is nobody who could answer.
        KeyboardInterrupt: Ctrl-C or Ctrl-D.
    """
    if not is_terminal():
        raise UsageError("missing argument 'DATA'", f"{example}; in a terminal, seqtune fit asks")
    task = None if task is None else task_name(task)
    data, source = _ask_file(options)
    chosen, options = _ask_task(source, data, task, options)
    if "budget" not in options.flags and not any(each.startswith(BUDGET) for each in options.set):
        options = _ask_budget(chosen, options)
    return Asked(data, chosen, options)


def _ask_file(options: FitOptions) -> tuple[str, Source]:
    from seqtune.workflow.inspect import opened

    files = _files()

    def read(answer: str) -> tuple[str, Source]:
        if not answer and not files:
            raise DataError("no file was named", "type its name; Tab completes it")
        path = _choice(answer, files) or os.path.expanduser(answer)  # noqa: PTH111 (keeps ./)
        if path == "-":
            raise DataError("the terminal gives the answers, so no data can come from it", "a file")
        path = f"./{path}" if path.startswith("-") else path
        return path, opened(path, options)

    _show_numbered([(path, "") for path in files[:MOST_FILES]])
    if len(files) > MOST_FILES:
        typer.echo(f"    … {len(files) - MOST_FILES:,} more; Tab completes a name", err=True)
    return _ask("Which file?", read, files[:1], _paths)


def _ask_task(
    source: Source, data: str, task: str | None, options: FitOptions
) -> tuple[str, FitOptions]:
    """Ask for the task, if it was not typed, and then for what it needs to know."""
    from seqtune.workflow.inspect import suited_tasks

    if task is not None:
        found = None
        while found is None:
            found = _ask_target(source, task, options, is_settled=True)
        return task, found
    suited, unsuited, _ = suited_tasks(source, options, [data])
    names = [*suited, *unsuited]
    lines = [(name, info_of(name).summary) for name in suited]
    lines += [(name, f"not as it is: {reason}") for name, reason in unsuited.items()]

    def read(answer: str) -> str:
        return _choice(answer, names) or task_name(answer)

    while True:
        _show_numbered(lines, suited=len(suited))
        chosen = _ask("Which task?", read, [*suited][:1], lambda begun: names)
        found = _ask_target(source, chosen, options)
        if found is not None:
            return chosen, found


def _ask_target(
    source: Source, task: str, options: FitOptions, *, is_settled: bool = False
) -> FitOptions | None:
    """Ask which column is to be learnt; None if nothing is answered where nothing can be guessed.

    What was typed, or is no choice, is not asked for.

    Args:
        source: The data.
        task: The task.
        options: The flags so far.
        is_settled: Whether there can be no other task.

    Raises:
        SeqtuneError: What was typed does not suit the data, and no answer would mend it.
    """
    from seqtune.workflow.inspect import suggested

    flag, named = _column_flag(task)
    guess, is_typed = "", bool(named & options.flags.keys())
    try:
        assumptions = suggested(source, task, options)
    except SeqtuneError as error:
        if is_settled and (is_typed or flag is None):
            raise
        show_error(error)
        if is_typed or flag is None:
            return None
    else:
        flags = {f"--{name}" for name in named}
        taken = [each.taken for each in assumptions if flags & {*each.flag.split()}]
        if is_typed or flag is None or not taken:
            return options
        guess = taken[0]
    known = [name for name in source.names if name.isprintable()]

    def read(answer: str) -> FitOptions | None:
        if not answer and not guess:
            return None
        if not answer and guess not in source.names:
            return options
        chosen = [guess] if not answer else _columns(answer, source.names, flag.kind)
        value: Any = chosen if flag.kind == "columns" else chosen[0]
        settled = replace(options, flags={**options.flags, flag.name: value})
        suggested(source, task, settled)
        return settled

    _show_columns(source)
    question = f"Which {flag.name}" + (
        "?" if guess or is_settled else ", or Enter for another task?"
    )
    return _ask(question, read, [guess] if guess else [], lambda begun: known)


def _column_flag(task: str) -> tuple[Flag | None, set[str]]:
    """Return the flag that names what is learnt, and the names of all that set the same key."""
    flags = [flag for flag in info_of(task).flags if flag.kind in ("column", "columns")]
    first = sorted(flags, key=lambda flag: flag.name != "target")[:1]
    if not first:
        return None, set()
    return first[0], {flag.name for flag in flags if flag.path == first[0].path}


def _columns(answer: str, names: Sequence[str], kind: str) -> list[str]:
    """Return the columns that are named, or numbered, with commas between.

    Raises:
        UsageError: There is no such column.
    """
    if answer in names:
        return [answer]
    words = [word.strip() for word in answer.split(",")] if kind == "columns" else [answer]
    found = []
    for word in words:
        name = _choice(word, names)
        if not name:
            guess = nearest(word, names)
            hint = f"did you mean {guess}?" if guess else "its name, or its number"
            raise UsageError(f"there is no column '{literal(word)}'", hint)
        found.append(name)
    return found


def _ask_budget(task: str, options: FitOptions) -> FitOptions:
    from seqtune.recipe.duration import seconds

    usual = str(load_recipe(task, options).values.search.budget)

    def read(answer: str) -> FitOptions:
        seconds(answer or usual)
        return replace(options, flags={**options.flags, "budget": answer or usual})

    return _ask("How long?", read, [usual], lambda begun: ["30s", "5m", "1h"])


def _choice(answer: str, names: Sequence[str]) -> str:
    """Return what is chosen by its name or its number, the first by nothing; "" if nothing is."""
    if answer in names:
        return answer
    if not answer:
        return names[0] if names else ""
    is_number = answer.isascii() and answer.isdigit() and 1 <= int(answer[:9]) <= len(names)
    return names[int(answer) - 1] if is_number else ""


def _files() -> list[str]:
    """Return tables and texts here, and then those one folder below."""
    from seqtune.data.reading.file_form import TEXT_ENDING
    from seqtune.data.reading.folder import is_table

    here, below = _entries(Path()), []
    for folder in here:
        if folder.is_dir() and not (folder / "run.json").exists():
            below += _entries(folder)
    files = (str(path) for path in [*here, *below][:MOST_ENTRIES] if path.is_file())
    return [file for file in files if is_table(file) or file.endswith(TEXT_ENDING)]


def _entries(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return []


def _paths(begun: str) -> Iterable[str]:
    """Return paths that begin so."""
    typed = begun[: begun.rfind("/") + 1]
    for path in _entries(Path(typed or ".").expanduser()):
        yield f"{typed}{path.name}{'/' if path.is_dir() else ''}"


def _show_numbered(lines: Sequence[tuple[str, str]], suited: int | None = None) -> None:
    """Show what can be chosen, a line each.

    Args:
        lines: A name, and what is said of it.
        suited: So many stand out; all if None.
    """
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    for number, (name, remark) in enumerate(lines, start=1):
        is_plain = suited is None or number <= suited
        shown = Text(literal(name), style="bold" if is_plain else "", overflow="fold")
        said = Text(literal(remark), style="" if is_plain else "dim", overflow="fold")
        grid.add_row(Text(f"{number:>3}"), shown, *([said] if remark else []))
    if lines:
        console(stderr=True).print(grid)


def _show_columns(source: Source) -> None:
    from rich.text import Text

    columns = [
        f"{number} {literal(name)} ({source.kind(name)})"
        for number, name in enumerate(source.names[:MOST_COLUMNS], start=1)
    ]
    if len(source.names) > MOST_COLUMNS:
        columns.append(f"… {len(source.names) - MOST_COLUMNS:,} more")
    console(stderr=True).print(Text(f"Columns: {', '.join(columns)}", overflow="fold"))


def _ask(
    question: str,
    read: Callable[[str], Answer],
    usual: Sequence[str],
    complete: Callable[[str], Iterable[str]],
) -> Answer:
    """Ask until there is an answer that does.

    Args:
        question: The question.
        read: Makes of the answer what it stands for, "" for Enter alone.
        usual: What Enter alone stands for, at most one.
        complete: What Tab offers for the beginning of an answer.
    """
    default = "".join(f" [{literal(each)}]" for each in usual)
    while True:
        try:
            return read(_line(f"{question}{default} ", complete))
        except SeqtuneError as error:
            show_error(error)


def _line(prompt: str, complete: Callable[[str], Iterable[str]]) -> str:
    """Read a line that can be edited and completed, where the system can do that."""
    if os.environ.get("TERM") != "dumb":
        with suppress(ImportError):
            _edit_with(complete)
    sys.stderr.flush()
    try:
        return input(prompt).strip()
    except EOFError:
        typer.echo(err=True)
        raise KeyboardInterrupt from None


def _edit_with(complete: Callable[[str], Iterable[str]]) -> None:
    """Have lines edited, and completed at Tab.

    Raises:
        ImportError: The system cannot do that.
    """
    import readline

    def offer(begun: str, number: int) -> str | None:
        found = [each for each in complete(begun) if each.startswith(begun)]
        found = [each for each in found if each.isprintable()]
        return found[number] if number < len(found) else None

    readline.set_completer(offer)
    readline.set_completer_delims("\n")
    readline.parse_and_bind("tab: complete")
