"""Dataclasses as groups of flags of a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from seqtune.cli.flag_groups import with_flag_groups

heard: list[Any] = []


@dataclass(frozen=True)
class Draw:
    seed: Annotated[int, typer.Option(help="Seed of all random numbers.")] = 0
    is_loud: Annotated[bool, typer.Option("--loud")] = False


@with_flag_groups
def command(
    run: Annotated[str, typer.Argument()],
    *,
    first: Annotated[int, typer.Option()] = 1,
    draw: Draw,
    last: Annotated[int, typer.Option()] = 9,
) -> None:
    """Draw a run."""
    heard.append((run, first, draw, last))


app = typer.Typer()
app.command()(command)


@pytest.fixture(autouse=True)
def _nothing_heard() -> None:
    heard.clear()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run",), ("run", 1, Draw(), 9)),
        (("run", "--seed", "7", "--loud", "--last", "2"), ("run", 1, Draw(7, True), 2)),
    ],
)
def test_the_fields_of_a_group_are_flags_and_arrive_as_one_value(words, expected):
    assert CliRunner().invoke(app, words).exit_code == 0
    assert heard == [expected]


def test_flags_stand_where_their_group_does():
    shown = CliRunner().invoke(app, ["--help"]).output
    assert "Draw a run." in shown
    assert "Seed of all random numbers." in shown
    places = [shown.index(flag) for flag in ("--first", "--seed", "--loud", "--last")]
    assert places == sorted(places)


def test_a_flag_of_no_group_is_refused():
    assert CliRunner().invoke(app, ["run", "--draw", "1"]).exit_code == 2
    assert heard == []
