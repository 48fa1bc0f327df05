"""From rows to sentences and series; what is said, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.open import open_source
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe
from seqtune.tasks.tag.read_sequences import aligned, read_sequences
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.sequences import Sequences

TOKENS = Roles("tokens", "tag", "token", "s")
STEPS = Roles("steps", "state", "", "s", "t", ("x", "y"))


def read(columns: Mapping[str, Any], roles: Roles, *, with_labels: bool = True) -> Sequences:
    source = Source.from_frame(pd.DataFrame(columns))
    return read_sequences(source, roles, with_labels=with_labels)


def refusal(columns: Mapping[str, Any], roles: Roles) -> DataError:
    with pytest.raises(DataError) as fault:
        read(columns, roles)
    assert fault.value.hint
    return fault.value


# tokens


def test_rows_of_one_sentence_come_together_in_their_order() -> None:
    found = read({"s": ["q", "p", "q"], "token": ["a", "NA", "c"], "tag": ["X", "Y", None]}, TOKENS)
    assert found.offsets.tolist() == [0, 2, 3]
    assert found.rows.tolist() == [0, 2, 1]
    assert found.tokens == ["a", "c", "NA"]
    assert found.tags == ["X", "", "Y"]
    assert found.names == ["q", "p"]
    assert found.notes[0].startswith(
        "rows of sentences that do not stand together are joined: 1 times, the first at data: row 3"
    )
    assert found.notes[1:] == (
        "rows without a label, context that is neither learnt nor scored: 1 of 3, the first at "
        "data: row 3",
    )


def test_blank_sentences_are_those_above() -> None:
    columns = {"s": ["1", None, "2", None], "token": list("abcd"), "tag": list("XOOO")}
    found = read(columns, TOKENS)
    assert found.offsets.tolist() == [0, 2, 4]
    assert "blank cells of column 's': 2, taken" in found.notes[0]
    assert "column 's' is empty" in refusal({**columns, "s": [None, "1", "1", "1"]}, TOKENS).message


def test_without_a_column_of_sentences_all_is_one() -> None:
    found = read({"token": ["a", "b"], "tag": ["X", "O"]}, Roles("tokens", "tag", "token"))
    assert (found.offsets.tolist(), found.names) == ([0, 2], ["all"])


def test_new_rows_need_no_labels() -> None:
    found = read({"s": [1], "token": ["a"]}, TOKENS, with_labels=False)
    assert (found.tokens, found.tags, found.groups) == (["a"], [], None)
    with pytest.raises(DataError, match="lacks column 'token'"):
        read({"s": [1]}, TOKENS, with_labels=False)


def test_long_and_empty_tokens_are_said() -> None:
    found = read({"s": [1, 1, 1], "token": ["a", "x" * 10_000, None], "tag": list("XOO")}, TOKENS)
    assert found.tokens[2] == ""
    assert found.notes == (
        "empty tokens: 1, the first at data: row 3",
        "tokens of more than 1,000 characters (up to 10,000): 1, the first at data: row 2",
    )


def test_one_label_for_all_is_refused() -> None:
    fault = refusal({"s": [1, 1], "token": ["a", "b"], "tag": ["O", "O"]}, TOKENS)
    assert "'tag' is 'O' in every row, so there is nothing to learn" in fault.message


def test_no_label_at_all_is_refused() -> None:
    fault = refusal({"s": [1, 1], "token": ["a", "b"], "tag": [None, " "]}, TOKENS)
    assert "'tag' has no values" in fault.message


def test_a_label_of_whole_sentences_is_for_another_task() -> None:
    columns = {"s": [1, 1, 2, 2], "token": list("abcd"), "tag": list("XXOO")}
    fault = refusal(columns, TOKENS)
    assert "'tag' is constant within each sentence (column 's')" in fault.message
    assert fault.hint.startswith("--task classify --label tag")
    assert read({**columns, "s": [1, 2, 3, 4]}, TOKENS).tags == list("XXOO")  # of one token each


def test_a_group_is_one_for_each_sentence() -> None:
    roles = Roles("tokens", "tag", "token", "s", group="g")
    columns = {"s": [1, 1, 2, 3], "token": list("abcd"), "tag": list("XOOO")}
    groups = read({**columns, "g": ["u", None, None, "u"]}, roles).groups
    assert groups is not None
    assert groups[0] == groups[2] != groups[1]
    fault = refusal({**columns, "g": ["u", "v", "u", "u"]}, roles)
    assert "data: row 2: '1' has the group 'v', and 'u' before" in fault.message


def test_a_run_reads_a_file_whose_columns_have_other_names(tmp_path: Path) -> None:
    (tmp_path / "a.conllu").write_text("1\tDo\t_\t_\t_\t_\t_\t_\t_\t_\n")
    source = open_source(tmp_path / "a.conllu", Recipe.load(None, "tag"))
    assert aligned(source, TOKENS) == Roles("tokens", "tag", "form", "sentence")
    assert read_sequences(source, TOKENS, with_labels=False).tokens == ["Do"]


# steps


def test_steps_come_in_the_order_of_their_time() -> None:
    found = read({
        "s": ["b", "b", "a", "b"], "t": [2, 1, 5, 1], "x": [1.0, 2.0, 3.0, None],
        "y": [0, 0, 0, 0], "state": ["u", "v", "u", "u"],
    }, STEPS)  # fmt: skip
    assert found.rows.tolist() == [1, 3, 0, 2]
    assert found.offsets.tolist() == [0, 3, 4]
    assert found.tags == ["v", "u", "u", "u"]
    assert found.values is not None
    np.testing.assert_equal(found.values[:, 0], [2, np.nan, 1, 3])
    assert found.notes == (
        "rows are brought in the order of column 't'",
        "rows that repeat the time of another of their series, and keep the order of the table: 1, "
        "the first at data: row 4",
        "missing values, filled from those around them in their series: 1, the first at data: "
        "row 4",
    )


def test_steps_without_a_time_come_last_and_are_said() -> None:
    times = pd.to_datetime(["2020-01-02", None, "2020-01-01"])
    found = read({"s": 1, "t": times, "x": [1.0, 2.0, 3.0], "y": 0, "state": list("uvu")}, STEPS)
    assert found.rows.tolist() == [2, 0, 1]
    assert "rows without a time" in found.notes[0]


def test_labels_that_are_numbers_are_whole() -> None:
    found = read({"s": 1, "t": [1, 2], "x": [1, 2], "y": 0, "state": [0.0, 1.0]}, STEPS)
    assert found.tags == ["0", "1"]


def test_a_series_without_a_label_is_said() -> None:
    found = read({
        "s": ["a", "a", "b", "b"], "t": [1, 2, 1, 2], "x": 1.0, "y": 0,
        "state": ["u", "v", None, None],
    }, STEPS)  # fmt: skip
    assert found.notes[-1] == (
        "sequences without any label: 1 of 2, the first is 'b' at data: row 3"
    )


def test_a_label_of_whole_series_is_for_another_task() -> None:
    fault = refusal({
        "s": ["a", "a", "b", "b"], "t": [1, 2, 1, 2], "x": 1.0, "y": 0, "state": list("uuvv"),
    }, STEPS)  # fmt: skip
    assert "constant within each series (column 's')" in fault.message
    assert fault.hint.startswith("--task classify --label state --series s")


def test_a_step_without_a_series_and_channels_without_values_are_refused() -> None:
    columns = {"s": ["a", None], "t": [1, 2], "x": 1.0, "y": 0, "state": list("uv")}
    assert "data: row 2: column 's' is empty" in refusal(columns, STEPS).message
    empty = {**columns, "s": "a", "x": [np.nan] * 2, "y": [np.nan] * 2}
    assert "no value in x, y" in refusal(empty, STEPS).message
