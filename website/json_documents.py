"""The reference of the JSON documents, made from real ones and from the docstrings behind them."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from seqtune.cli.app import main
from seqtune.data.reading.profile import ColumnProfile, Profile
from seqtune.progress import Assumption
from seqtune.report.doctor import DoctorReport, Extra
from seqtune.report.fit import FitReport
from seqtune.report.profile import ProfileReport
from seqtune.report.runs import RunLine, RunsReport
from seqtune.report.scores import Score, ScoresReport
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.plan import Plan, Split
from seqtune.run.summary import Summary
from seqtune.runtime.devices import Machine

ROOT = Path(__file__).resolve().parents[1]

FIT = (
    "seqtune fit airline.csv --task forecast --trials 0 "
    "--set baselines.methods=[naive,seasonal_naive] --out runs/airline --json"
)

DOCUMENTS: dict[str, tuple[str, tuple[type, ...]]] = {
    "fit, resume, report": (FIT, (Summary, Leaderboard, Row, FitReport)),
    "plan": ("seqtune plan airline.csv --task forecast --json", (Plan, Split, Assumption)),
    "inspect": (
        "seqtune inspect airline.csv --json",
        (Profile, ColumnProfile, ProfileReport, Assumption),
    ),
    "evaluate": ("seqtune evaluate runs/airline new.csv --json", (ScoresReport, Score)),
    "runs": ("seqtune runs runs --json", (RunsReport, RunLine)),
    "predict": ("seqtune predict runs/airline --json", ()),
    "doctor": ("seqtune doctor --json", (DoctorReport, Machine, Extra)),
    "recipes list": ("seqtune recipes list --json", ()),
    "recipes check": ("seqtune recipes check runs/airline/recipe.yaml --json", ()),
}
"""Heading to the command that writes the document, and what describes its keys."""

ASSUMED = {
    "what": "What was assumed.",
    "taken": "What was taken for it.",
    "why": "Why.",
    "flag": "The flag that overrides it.",
}

MEANINGS = {
    "fit, resume, report": {
        "winner": "The row with the star; null where nothing was scored.",
        "verdict": "What came out, in sentences.",
        "next": "Commands to type next, the likeliest first.",
    },
    "plan": {**ASSUMED, "next": "The `fit` that does it."},
    "inspect": ASSUMED,
    "evaluate": {
        "windows": "How many examples were scored; the key is what the task calls them.",
        "drift": "How far the rows are from those that the run was fitted on.",
    },
    "runs": {"runs[].run": "The run folder."},
    "predict": {
        "predictions": "The table of predictions, a record per row; with `-o FILE` in its place "
        "`output` and `rows`: the file, and how many rows it has."
    },
    "doctor": {
        "workers": "How many workers `fit` would start for small data.",
        "workers_why": "Why so many.",
        "executor": "Where trials would run.",
    },
    "recipes list": {
        "[].name": "The recipe, as `--recipe` takes it.",
        "[].description": "What it is for.",
    },
    "recipes check": {
        "file": "The recipe.",
        "valid": "Whether it has no fault.",
        "faults": "Each with the key, what was found and what was expected.",
    },
}
"""What no docstring says of a key."""

LONG = 60
"""Characters of an example that a table still shows."""


def page() -> str:
    """Return the page: for each document a table of its keys.

    Raises:
        ValueError: A key of a document is described nowhere.
    """
    parts = [
        "# JSON",
        "With `--json`, stdout is exactly one JSON document, or nothing after an error. Figures "
        "that are not finite are null. The examples are those of a search without networks "
        "(`--trials 0`); long ones are cut. `refit`, `export` and `generate` also take `--json`.",
    ]
    for heading, (command, classes, document) in documents().items():
        known = {**described(classes), **MEANINGS.get(heading, {})}
        rows = [_row(path, value, known, heading) for path, value in keys(document, known)]
        parts += [
            f"## {heading}",
            f"```\n{command}\n```",
            "\n".join(["| key | meaning | example |", "| --- | --- | --- |", *rows]),
        ]
    return "\n\n".join(parts) + "\n"


def documents() -> dict[str, tuple[str, tuple[type, ...], Any]]:
    """Run the commands in a folder of their own, and return what each printed."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        lines = (ROOT / "data" / "airline.csv").read_text().splitlines(keepends=True)
        (Path(folder) / "airline.csv").write_text("".join(lines[:121]))
        (Path(folder) / "new.csv").write_text("".join([lines[0], *lines[121:]]))
        for heading, (command, classes) in DOCUMENTS.items():
            with contextlib.chdir(folder):
                found[heading] = (command, classes, json.loads(printed(command)))
    return found


def printed(command: str) -> str:
    """Run a command line in this process and return what it printed on stdout.

    Raises:
        RuntimeError: It failed.
    """
    out = io.StringIO()
    with (
        mock.patch.object(sys, "argv", shlex.split(command)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        try:
            main()
        except SystemExit as end:
            if end.code:
                raise RuntimeError(f"{command}: exit code {end.code}") from end
    return out.getvalue()


def described(classes: tuple[type, ...]) -> dict[str, str]:
    """Return what docstrings say of fields and properties, by name."""
    found: dict[str, str] = {}
    for each in reversed(classes):
        for name, value in vars(each).items():
            if isinstance(value, property):
                found[name] = (inspect.getdoc(value) or "").split("\n")[0]
        arguments = (inspect.getdoc(each) or "").partition("Args:\n")[2].partition("\n\n")[0]
        for name, text in re.findall(r"^    (\w+): (.*(?:\n      .*)*)", arguments, flags=re.M):
            found[name] = " ".join(text.split())
    return found


def keys(value: Any, known: dict[str, str], path: str = "") -> Iterator[tuple[str, Any]]:
    """Return the keys of a document with their values; `[]` stands for each item of a list."""
    if isinstance(value, list):
        for item in value[:1]:
            yield from keys(item, known, f"{path}[].")
        return
    for name, inner in value.items():
        yield path + name, inner
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield from keys(inner, known, path + name) if name != "predictions" else ()


def _row(path: str, value: Any, known: dict[str, str], heading: str) -> str:
    text = known.get(path, known.get(path.rpartition(".")[2]))
    if not text:
        raise ValueError(f"--json of {heading}: no docstring and no line here describes {path}")
    shown = json.dumps(value, ensure_ascii=False)
    if len(shown) > LONG:
        shown = f"{shown[: LONG - 1].rstrip()}…"
    return f"| `{path}` | {_cell(text)} | `{_cell(shown)}` |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
