"""The reference of the commands, made from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from seqtune.cli.app import app


def commands() -> Iterator[tuple[str, Any, Any]]:
    """Return the words, the command and its context, in the order of `seqtune --help`."""
    group = get_command(app)
    yield from _below("seqtune", group, group.context_class(group, info_name="seqtune"))


def _below(words: str, group: Any, context: Any) -> Iterator[tuple[str, Any, Any]]:
    for name, command in group.commands.items():
        inner = command.context_class(command, info_name=name, parent=context)
        if hasattr(command, "commands"):
            yield from _below(f"{words} {name}", command, inner)
        else:
            yield f"{words} {name}", command, inner


def page() -> str:
    """Return the page: a section for each command, with all that its `--help` says."""
    parts = [
        "# Commands",
        "Results go to stdout, progress and warnings to stderr. With `--json`, stdout is exactly "
        "one [JSON document](json.md). Every command has `--help`, which ends in an example.",
    ]
    for words, command, context in commands():
        usage = " ".join([words, *command.collect_usage_pieces(context)])
        parts += [f"## {words}", _cell(command.help), f"```text\n{usage}\n```"]
        records = [each.get_help_record(context) for each in command.get_params(context)]
        rows = [f"| `{names}` | {_cell(text)} |" for names, text in filter(None, records)]
        parts.append("\n".join(["| takes | meaning |", "| --- | --- |", *rows]))
        parts.append(f"```\n{command.epilog.removeprefix('Example: ')}\n```")
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    """Return a text in one line, as a table takes it."""
    return " ".join((text or "").split()).replace("|", "\\|").replace("<", "&lt;")
