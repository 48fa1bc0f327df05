"""`predict RUN -`: a line of stdin is a case, and is answered by a line."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from seqtune.cli import lines
from seqtune.errors import DataError
from seqtune.tasks._lines import LinesAreRows


class Stdin:
    """A stream of bytes, of a pipe or of a terminal."""

    def __init__(self, text: bytes, is_terminal: bool = False) -> None:
        self.buffer = io.BufferedReader(io.BytesIO(text))  # type: ignore[arg-type]
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


class Shouting(LinesAreRows):
    """A task whose answer to a line is the line in capitals, or that and its length."""

    line_answer = ("prediction", "score")

    def line_column(self, prepared: Any) -> str:
        return str(prepared)


class ShoutingRun:
    """A run of it, which remembers what it was asked."""

    task, prepared = Shouting(), "text"

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.settings: list[Any] = []
        self.notes = ["said before"]
        self.predictor = SimpleNamespace(change=self.settings.append)

    def predict(self, table: pd.DataFrame, use: str | None = None) -> pd.DataFrame:
        texts = table["text"].tolist()
        self.asked.append(texts)
        self.notes.append("a note")
        columns = {"prediction": [text.upper() for text in texts], "score": map(len, texts)}
        return pd.DataFrame({"row": range(1, len(texts) + 1), **columns})


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def answer(text: bytes, as_json: bool = False, settings: Any = (), **options: Any) -> Any:
        monkeypatch.setattr(sys, "stdin", Stdin(text, **options))
        run: Any = ShoutingRun()
        if lines.lines_column(run):
            lines.answer_lines(run, None, settings, as_json)
        return run, capsys.readouterr()

    return answer


def test_each_line_is_answered_by_a_line(answered: Any) -> None:
    _, said = answered(b"ab\r\n\nthe end")
    assert said.out == "AB\t2\n\nTHE END\t7\n"
    assert said.err == "note: a note\n"


def test_answers_may_be_json(answered: Any) -> None:
    _, said = answered("ä\n".encode(), as_json=True)
    assert json.loads(said.out) == {"prediction": "Ä", "score": 1}


def test_lines_that_are_there_are_answered_together_but_not_too_many(
    answered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST_LINES", 2)
    run, said = answered(b"a\nb\nc\n")
    assert [text for asked in run.asked for text in asked] == ["a", "b", "c"]
    assert max(map(len, run.asked)) <= 2
    assert said.out.splitlines() == ["A\t1", "B\t1", "C\t1"]


def test_settings_hold_for_all_lines(answered: Any) -> None:
    run, _ = answered(b"a\n", settings=("decoding.beam=2",))
    assert run.settings == [("decoding.beam=2",)]


def test_a_terminal_is_asked(answered: Any) -> None:
    _, said = answered(b"a\n", is_terminal=True)
    assert said.out == "A\t1\n" and said.err.startswith("> ")


@pytest.mark.parametrize("header", [b"text\n", b"id,text\n", b'\xef\xbb\xbf"text";id\n'])
def test_a_header_that_names_the_column_begins_a_table(answered: Any, header: bytes) -> None:
    run, said = answered(header + b"1,a\n")
    assert run.asked == [] and "its first line names 'text'" in said.err


@pytest.mark.parametrize("first", [b"a text\n", b"text", b"texts,id\n"])
def test_another_first_line_is_a_case(answered: Any, first: bytes) -> None:
    run, _ = answered(first)
    assert len(run.asked[0]) == 1


def test_no_line_is_no_answer(answered: Any) -> None:
    assert answered(b"")[1].out == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"a\nb\0c\n", "stdin:2: found a zero byte"),
        (b"a\n\xff\n", "stdin:2: found the byte 0xff"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(answered: Any, text: bytes, found: str) -> None:
    with pytest.raises(DataError, match=found):
        answered(text)


def test_a_line_too_long_is_refused_not_divided(
    answered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST", 4)
    assert answered(b"abc\n")[1].out == "ABC\t3\n"
    with pytest.raises(DataError, match="stdin:2: found a line of more than 4 bytes"):
        answered(b"abc\nabcde\n")


def test_lines_that_cannot_be_read_are_an_error_and_not_waited_for() -> None:
    class Gone:
        def __init__(self) -> None:
            self.left = [b"a\n"]

        def readline(self, most: int) -> bytes:
            if self.left:
                return self.left.pop()
            raise OSError(5, "Input/output error")

    stream: Any = Gone()
    arriving = lines._arriving(stream, False)
    assert next(arriving) == ["a"]
    with pytest.raises(OSError, match="Input/output error"):
        next(arriving)


def test_rows_that_are_more_than_a_text_are_read_as_a_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"a\n"))
    other: Any = SimpleNamespace(task=SimpleNamespace(), prepared="text")
    assert lines.lines_column(other) == ""
    series: Any = SimpleNamespace(task=Shouting(), prepared="")
    assert lines.lines_column(series) == ""
