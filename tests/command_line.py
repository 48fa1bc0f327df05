"""The command as a user types it, run in this process; flags and samples that tests share."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd

from seqtune.progress import Advanced, Event
from seqtune.run.run import Run

DATA = Path(__file__).parents[1] / "data"

TINY = (
    *("--trials", "1", "--budget", "9h", "--workers", "1"),
    *("--set", "portfolio=[]", "--set", "refit=false", "--set", "search.stopping=none"),
    *("--set", "baselines.methods=[naive,seasonal_naive]"),
    *("--set", "network.architecture=segment", "--set", "network.cell=gru"),
    *("--set", "network.units=4", "--set", "network.layers=1"),
    *("--set", "training.steps=4", "--set", "training.steps_per_epoch=2"),
)
"""Flags of `fit` for a search of one network that is trained in a moment."""

TINY_CLASSIFY = (
    *TINY,
    *("--set", "baselines.methods=[majority,tfidf_logistic]"),  # the later of two holds
    *("--set", "network.dropout=0", "--set", "network.segment.length=2"),
    *("--set", "network.pooling=max", "--set", "text.tokens=word", "--set", "text.embedding=4"),
)
"""The same for `fit --task classify`."""

TINY_GENERATE = (
    *TINY,
    *("--set", "baselines.methods=[unigram]", "--set", "network.architecture=stateful"),
    *("--set", "network.embedding=4", "--set", "network.tied=false", "--set", "network.dropout=0"),
    *("--set", "network.weight_dropout=0", "--set", "network.layer_normalization=false"),
    *("--set", "tokens.kind=character", "--set", "training.sequence=16"),
    *("--set", "training.batch_size=4"),
)
"""The same for `fit --task generate`."""

TINY_TRANSLATE = (
    *TINY[: TINY.index("network.architecture=segment") - 1],
    *("--set", "baselines.methods=[copy,commonest]", "--set", "network.architecture=stacked"),
    *("--set", "network.cell=gru", "--set", "network.units=4", "--set", "network.layers=1"),
    *("--set", "network.embedding=4", "--set", "network.dropout=0", "--set", "network.tied=false"),
    *("--set", "network.attention=dot", "--set", "training.batch_size=8"),
    *("--set", "training.label_smoothing=0", "--set", "training.word_dropout=0"),
    *("--set", "tokens.source=character", "--set", "tokens.target=character"),
    *("--set", "decoding.beam=1"),
    *("--set", "training.steps=4", "--set", "training.steps_per_epoch=2"),
)
"""The same for `fit --task translate`."""

TINY_ANOMALY = (
    *("--trials", "1", "--budget", "9h", "--workers", "1", "--executor", "inline"),
    *("--set", "portfolio=[]", "--set", "refit=false", "--set", "search.stopping=none"),
    *("--set", "baselines.methods=[moving_z_score]"),
    *("--set", "network.architecture=stacked", "--set", "network.cell=gru"),
    *("--set", "network.units=4", "--set", "network.layers=1", "--set", "network.dropout=0"),
    *("--set", "preprocessing.reach=0.5", "--set", "preprocessing.points=2"),
    *("--set", "training.batch_size=8"),
    *("--set", "training.steps=4", "--set", "training.steps_per_epoch=2"),
)
"""The same for `fit --task anomaly`."""

TINY_TAG = (
    *TINY[: TINY.index("network.architecture=segment") - 1],
    *(
        "--set",
        "baselines.methods=[commonest_tag,majority]",
        "--set",
        "network.architecture=stacked",
    ),
    *("--set", "network.cell=gru", "--set", "network.units=4", "--set", "network.layers=1"),
    *("--set", "network.dropout=0", "--set", "network.head=softmax"),
    *("--set", "network.stacked.bidirectional=false", "--set", "training.batch_size=8"),
    *("--set", "tokens.embedding=4", "--set", "tokens.characters=none"),
    *("--set", "tokens.spelling=false", "--set", "tokens.word_dropout=0"),
    *("--set", "steps.scaling=channel", "--set", "steps.jitter=0", "--set", "steps.stretch=0"),
    *("--set", "training.label_smoothing=0"),
    *("--set", "training.steps=4", "--set", "training.steps_per_epoch=2"),
)
"""The same for `fit --task tag`; the first simple method is for tokens, the second for steps."""


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document that stdout is; fails where it is anything else."""
        return json.loads(self.out, parse_constant=_refuse)

    @property
    def table(self) -> pd.DataFrame:
        """The CSV that stdout is."""
        return pd.read_csv(io.StringIO(self.out), float_precision="round_trip")


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


def seqtune(*words: object, code: int | None = 0) -> Done:
    """Run a command line, errors and exit code as the shell would see them.

    Args:
        words: The command line without its first word.
        code: The exit code that it must have; None for any.
    """
    from seqtune.cli.app import main

    out, err = io.StringIO(), io.StringIO()
    found = 0
    with (
        mock.patch.object(sys, "argv", ["seqtune", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            found = int(end.code or 0)
    done = Done(found, out.getvalue(), err.getvalue())
    assert code is None or found == code, done
    return done


def advances(run: Run, act: Callable[[], object]) -> list[Advanced]:
    """Return how far a run said that it was while it predicted; it came to the end."""
    heard: list[Advanced] = []

    def hear(event: Event) -> None:
        assert isinstance(event, Advanced)
        heard.append(event)

    run.listener = hear
    act()
    assert heard and heard[-1].done == heard[-1].total, heard
    assert all(0 <= event.done <= event.total for event in heard)
    return heard


def parse(line: str) -> list[str]:
    """Return the words of a command line; raises where a command, flag or argument is unknown."""
    from typer.main import get_command

    from seqtune.cli.app import app

    program, *words = shlex.split(line)
    assert program == "seqtune", line
    command, rest = get_command(app), list(words)
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    command.make_context(command.name, rest)
    return words


SHOPS_ROLES = ("--target", "sales", "--future", "promotion", "--static", "region")


def weekly(rows: int = 140, first: str = "2024-01-01") -> pd.DataFrame:
    """A daily series with a season of a week, a trend and noise: columns `date`, `y`."""
    noise = np.random.default_rng(3).normal(0, 0.3, rows)
    step = np.arange(rows)
    season = np.array([0.0, 1.0, 3.0, 2.0, 4.0, 8.0, 7.0])[step % 7]
    date = pd.date_range(first, periods=rows, freq="D")
    return pd.DataFrame({"date": date, "y": np.round(20 + 0.05 * step + season + noise, 3)})


def lines(header: str, rows: Sequence[object]) -> str:
    """A CSV of a header and rows."""
    return "\n".join([header, *map(str, rows), ""])


@contextlib.contextmanager
def left_alone(folder: Path) -> Iterator[None]:
    """Check that nothing in a folder is added, changed or taken away."""
    before = _contents(folder)
    yield
    assert _contents(folder) == before


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }
