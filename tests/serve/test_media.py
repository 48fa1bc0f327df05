"""Media types, tokens and problems: what clients say of themselves, and what they are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqtune.errors import DataError, UsageError
from seqtune.serve.access import check_token, read_token
from seqtune.serve.media import CSV, JSON, PARQUET, media_of, wanted_media
from seqtune.serve.problem import Problem


@pytest.mark.parametrize(
    ("header", "media"),
    [
        ("application/json", JSON),
        ('Application/JSON; charset="utf-8"', JSON),
        ("text/csv;charset=UTF8", CSV),
        ("application/x-parquet", PARQUET),
    ],
)
def test_known_media_are_read(header: str, media: str) -> None:
    assert media_of(header) == media


@pytest.mark.parametrize(
    "header",
    ["text/html", "application/json; charset=utf-16", "multipart/form-data; boundary=x", "json"],
)
def test_other_media_are_refused(header: str) -> None:
    with pytest.raises(Problem) as problem:
        media_of(header)
    assert problem.value.status == 415


@pytest.mark.parametrize(
    ("accept", "media"),
    [("", CSV), ("*/*", CSV), ("application/json", JSON), ("image/png, text/*", CSV)],
)
def test_answers_come_in_kind_unless_another_is_wanted(accept: str, media: str) -> None:
    assert wanted_media(accept, CSV) == media


def test_an_answer_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(Problem) as problem:
        wanted_media("image/png", JSON)
    assert problem.value.status == 406


TOKEN = "0123456789abcdef"


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}", f"bearer {TOKEN}"])
def test_the_token_opens_the_door(given: str) -> None:
    check_token(given, TOKEN)
    check_token("", "")


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xff"]
)
def test_anything_else_does_not(given: str) -> None:
    with pytest.raises(Problem) as problem:
        check_token(given, TOKEN)
    assert problem.value.status == 401 and TOKEN not in problem.value.message


def test_a_token_is_read_without_blanks(tmp_path: Path) -> None:
    path = tmp_path / "token.txt"
    path.write_text(f"\n{TOKEN}\n", encoding="ascii")
    assert read_token(path) == TOKEN


@pytest.mark.parametrize("content", ["", "short", "two words that are long", "ä" * 20])
def test_a_file_without_a_token_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="--token"):
        read_token(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_token(tmp_path / "none.txt")


def test_a_problem_names_row_and_column_and_no_hint() -> None:
    error = DataError("request: row 3: column 'y' is 'x'\x1b", "seqtune predict /home/me/runs/1")
    body = Problem.of(error).to_json()
    assert b'"row": 3' in body and b'"column": "y"' in body
    assert b"home" not in body and b"\\\\x1b" in body


def test_a_problem_is_cut() -> None:
    assert len(Problem(422, "x" * 10_000).to_json()) < 800
