"""What comes with data cannot steer a terminal, and reaches a pipe or a file unchanged."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from rich.console import Console
from rich.text import Text

from seqtune.cli.output import put, show, write_table
from seqtune.drawing.harmless import Harmless

HOSTILE = "a\x1b[2J\x9bb\u202e"
TABLE = pd.DataFrame({"series": [HOSTILE], "mean": [1.5]})


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def printed(act: Any, stream: io.StringIO) -> str:
    with mock.patch.object(sys, "stdout", stream):
        act()
    return stream.getvalue()


def test_a_pipe_gets_the_table_as_a_file_does(tmp_path: Path) -> None:
    out = printed(lambda: write_table(TABLE, None, False), io.StringIO())
    write_table(TABLE, tmp_path / "table.csv", False)
    assert out == (tmp_path / "table.csv").read_text(encoding="utf-8") == TABLE.to_csv(index=False)
    assert HOSTILE in out


def test_a_pipe_of_another_encoding_gets_utf_8() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1", errors="replace")
    with mock.patch.object(sys, "stdout", stream):
        put("größe …\n")
    assert raw.getvalue().decode() == "größe …\n"


def test_a_terminal_shows_control_characters_as_such() -> None:
    out = printed(lambda: write_table(TABLE, None, False), Terminal())
    assert out == "series,mean\na\\x1b[2J\\x9bb\\u202e,1.5\n"


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_json_says_the_same_without_a_character_that_steers(stream: Any) -> None:
    out = printed(lambda: write_table(TABLE, None, True), stream())
    assert out.strip().isprintable()
    assert json.loads(out) == {"predictions": [{"series": HOSTILE, "mean": 1.5}]}


def test_json_lines_hold_one_value_per_line_for_every_reader(tmp_path: Path) -> None:
    path = tmp_path / "table.jsonl"
    write_table(pd.DataFrame({"series": ["a\u2028b\x85c"]}), path, False)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


def test_reports_are_drawn_harmlessly() -> None:
    class Report:
        def __rich__(self) -> Text:
            return Text(HOSTILE, style="bold")

        def to_dict(self) -> dict[str, Any]:
            return {"name": HOSTILE}

    assert printed(lambda: show(Report(), False), Terminal()).count("\x1b[2J") == 0
    assert printed(lambda: show(Report(), True), Terminal()).count("\x1b") == 0


def test_styles_of_our_own_stay() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard")
    console.print(Harmless(Text("bad\x1b[31m", style="bold")))
    assert stream.getvalue() == "\x1b[1mbad\\x1b[31m\x1b[0m\n"
