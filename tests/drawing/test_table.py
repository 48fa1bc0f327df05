"""Tables on narrow terminals: what can be spared is left out and named, nothing else is cut."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from seqtune.drawing.table import Column, table

COLUMNS = (
    Column("#", numeric=True),
    Column("name", foldable=True),
    Column("kind", spare=1),
    Column("para-\nmeters", numeric=True, spare=2),
    Column("score", numeric=True),
)
ROWS = [("1", "segment-gru-of-a-long-name", "network", "326,352", "0.484")]


def drawn(width: int) -> str:
    console = Console(file=StringIO(), width=width)
    console.print(table(COLUMNS, ROWS))
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    return "\n".join(line.rstrip() for line in lines)


def test_where_there_is_room_everything_is_shown() -> None:
    text = drawn(80)
    assert text.splitlines()[1:] == [
        "#  name                        kind      meters  score",
        "──────────────────────────────────────────────────────",
        "1  segment-gru-of-a-long-name  network  326,352  0.484",
    ]


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (44, ""),
        (43, "parameters"),
        (35, "parameters"),
        (34, "kind, parameters"),
        (26, "kind, parameters"),
    ],
)
def test_the_most_spare_columns_go_first_and_are_named(width: int, left_out: str) -> None:
    text = drawn(width)
    said = " ".join(text.split("Too narrow for: ")[1].split()) if "Too" in text else ""
    assert said.removesuffix(".") == left_out
    assert "0.484" in text and "…" not in text
    assert ("326,352" in text) == ("parameters" not in left_out)


def test_a_name_is_broken_after_a_hyphen_where_there_is_no_room_for_all_of_it() -> None:
    lines = drawn(52).splitlines()  # 54 are needed
    assert [line[3:27].rstrip() for line in lines[-2:]] == ["segment-gru-of-a-long-", "name"]
    lines = drawn(44).splitlines()
    assert [line[3:19].rstrip() for line in lines[-2:]] == ["segment-gru-of-", "a-long-name"]


@pytest.mark.parametrize("width", [8, 14, 20])
def test_where_nothing_more_can_be_spared_cells_are_broken(width: int) -> None:
    text = drawn(width)
    assert "…" not in text
    assert {*"0.484segmnt-ru"} <= {*text}
