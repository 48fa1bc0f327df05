"""A sentence for each line of two files, or for each row of a table."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from seqtune.data.reading.open import open_source
from seqtune.data.reading.sentences.line_sentences import LineSource
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe


def recipe(**data: str) -> Recipe:
    return Recipe.load(None, "tag", values={f"data.{key}": each for key, each in data.items()})


def both(folder: Path, one: str, other: str) -> Source:
    (folder / "seq.in").write_bytes(one.encode())
    (folder / "seq.out").write_bytes(other.encode())
    return open_source(folder / "seq.in", recipe(label=str(folder / "seq.out")))


def rows(source: Source, *names: str) -> list[list[str]]:
    return [source.texts(name) for name in names or source.names]


def test_lines_of_two_files_are_tokens_and_labels(tmp_path: Path) -> None:
    found = both(tmp_path, "show me  flights\n\nto rome\n", "O O B-x\n\nO B-y\n")
    assert isinstance(found, LineSource)
    assert found.names == ("sentence", "token", "tag")
    assert rows(found, "sentence") == [["1", "1", "1", "3", "3"]]
    assert rows(found, "token", "tag")[0][2:4] == ["flights", "to"]
    assert found.where(3) == f"{tmp_path / 'seq.in'}:3"
    assert (found.label_beside, found.label_column) == ("tag", "tag")
    assert "sentences without a token: 1" in found.notes


def test_labels_are_written_a_line_for_each_line(tmp_path: Path) -> None:
    found = both(tmp_path, "a  b\r\n\r\nc", "X O\n\nO")
    assert found.filled_in("tag", ["1", "2", "3"]) == "1 2\r\n\r\n3"
    assert found.filled_in("tag", {1: "2"}) == "X 2\r\n\r\nO"


def test_a_sentence_with_fewer_labels_than_tokens_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as fault:
        both(tmp_path, "a b\nc d e\n", "X O\nO O\n")
    assert fault.value.message == (
        f"{tmp_path / 'seq.in'}:2: tokens in column 'token': 3; labels in column 'tag': 2; "
        "expected one for each"
    )


def test_files_of_different_lengths_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has 2 lines and"):
        both(tmp_path, "a\nb\n", "X\n")


def test_a_no_break_space_parts_no_tokens(tmp_path: Path) -> None:
    assert rows(both(tmp_path, "10\xa0000 a\n", "N O\n"), "token") == [["10\xa0000", "a"]]


def test_a_run_reads_lines_of_one_file(tmp_path: Path) -> None:
    (tmp_path / "new.in").write_text("show me\nboston to rome\n")
    found = open_source(tmp_path / "new.in", recipe(token="token", label="tag"), joins=False)
    assert rows(found, "token") == [["show", "me", "boston", "to", "rome"]]
    assert found.filled_in("tag", list("abcde")) == "a b\nc d e\n"


def test_a_run_names_no_second_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tag").write_text("secret\n")
    (tmp_path / "new.in").write_text("show me\n")
    found = open_source("new.in", recipe(token="token", label="tag"), joins=False)
    assert found.names == ("sentence", "token")


@pytest.mark.parametrize("names", [("tokens", "tags"), ("Sentence", "Tags"), ("q", "slots_of_q")])
def test_rows_of_sentences_are_tokens_and_labels(names: tuple[str, str]) -> None:
    frame = pd.DataFrame({names[0]: ["a b", "c d e"], names[1]: ["X O", "O O Y"], "n": [1, 2]})
    found = open_source(frame, recipe())
    assert isinstance(found, LineSource)
    assert rows(found, *names) == [list("abcde"), list("XOOOY")]
    assert rows(found, "n") == [["1", "1", "2", "2", "2"]]
    assert found.filled_in(names[1], ["X"] * 5) is None


def test_a_row_with_other_counts_is_refused_and_an_empty_one_has_no_labels() -> None:
    tokens, tags = ["a b"] * 19 + ["a b c"], ["X O"] * 19 + ["X O"]
    with pytest.raises(DataError, match="data: row 20: tokens in column 'tokens': 3;"):
        open_source(pd.DataFrame({"tokens": tokens, "tags": tags}), recipe())
    found = open_source(pd.DataFrame({"tokens": tokens, "tags": [*tags[:-1], None]}), recipe())
    assert found.texts("tags")[-3:] == ["", "", ""]


def test_other_tables_stay_as_they_are() -> None:
    for columns in (
        {"sentence": ["1", "1"], "token": ["a", "b"], "tag": ["X", "O"]},
        {"text": ["a b c", "d e"], "label": ["good one", "x"]},
        {"x": [1.0, 2.0], "label": ["a", "b"]},
    ):
        assert not isinstance(open_source(pd.DataFrame(columns), recipe()), LineSource)


def test_a_run_reads_rows_of_sentences_without_labels() -> None:
    frame = pd.DataFrame({"tokens": ["a b", "c d e"], "n": [1, 2]})
    found = open_source(frame, recipe(token="tokens", label="tags"), joins=False)
    assert rows(found, "tokens") == [list("abcde")]


def test_rows_without_the_sentences_of_a_run_are_sentences() -> None:
    frame = pd.DataFrame({"token": ["yes", "to rome", ""]})
    settled = recipe(token="token", label="tag", series="sentence")
    found = open_source(frame, settled, joins=False)
    assert rows(found, "sentence", "token") == [["1", "2", "2"], ["yes", "to", "rome"]]
    frame["sentence"] = [1, 1, 2]
    assert not isinstance(open_source(frame, settled, joins=False), LineSource)


def test_cells_that_are_lists_are_sentences(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "id": [1, 2, 3], "tokens": [["New York", "!"], ["a"], []],
        "ner_tags": [["X", "O"], ["O"], []],
    })  # fmt: skip
    frame.to_parquet(tmp_path / "a.parquet")
    for data in (frame, tmp_path / "a.parquet"):
        found = open_source(data, recipe())
        assert isinstance(found, LineSource)
        assert rows(found, "tokens", "ner_tags") == [["New York", "!", "a"], ["X", "O", "O"]]
        assert rows(found, "id") == [["1", "1", "2"]]


def test_lines_of_a_pipe_are_sentences_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"to rome\n\nyes\n")))
    found = open_source("-", recipe(token="token", label="tag", series="sentence"), joins=False)
    assert rows(found, "token") == [["to", "rome", "yes"]]
    assert found.filled_in("tag", list("abc")) == "a b\n\nc\n"


def test_a_pipe_may_hold_a_line_for_each_token(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"to\tO\nrome\tX\n\nyes\tO\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    found = open_source("-", recipe())
    assert rows(found, "token", "tag") == [["to", "rome", "yes"], ["O", "X", "O"]]
    assert found.filled_in("tag", {0: "Y"}) == content.decode().replace("to\tO", "to\tY")
