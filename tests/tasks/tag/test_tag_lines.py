"""A line of text as a sentence: where it is cut, and what answers it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from seqtune.data.reading.open import open_source
from seqtune.recipe.load import Recipe
from seqtune.tasks.tag.lines import by_line, tokens_of_line
from seqtune.tasks.tag.read_sequences import read_sequences
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.spelling import Lexicon
from seqtune.tasks.tag.task import TASK


def codec(*, lower: bool = True, series: str | None = "sentence") -> Any:
    """What lines need of a codec: it knows `don't`, `u.s.` and `new`."""
    lexicon = Lexicon.fit(["Don't", "U.S.", "new"], most=300, least_count=1, lower=lower)
    return SimpleNamespace(lexicon=lexicon, roles=Roles("tokens", "tag", "token", series))


@pytest.mark.parametrize(("line", "tokens"), [
    ("fly to Rome", ["fly", "to", "Rome"]),
    ("Rome, then (maybe) Oslo!", ["Rome", ",", "then", "(", "maybe", ")", "Oslo", "!"]),
    ("in the U.S. now.", ["in", "the", "U.S.", "now", "."]),  # known as it stands
    ("the E.U.", ["the", "E", ".", "U", "."]),  # not known
    ("\ta\u00a0b\u3000c ", ["a", "b", "c"]),
    ("3.50 \U0001f642", ["3.50", "\U0001f642"]),
    ("", []),
    (" \t", []),
])  # fmt: skip
def test_a_line_is_cut_at_blanks_and_punctuation(line: str, tokens: list[str]) -> None:
    assert tokens_of_line(codec(), line) == tokens


def test_what_is_known_with_capitals_alone_is_cut_without_them() -> None:
    assert tokens_of_line(codec(lower=False), "U.S. u.s.") == ["U.S.", "u", ".", "s", "."]


def test_each_sentence_has_its_rows() -> None:
    table = pd.DataFrame({"tag": list("XYZ"), "confidence": [0.5, 0.6, 0.7]})
    assert by_line(table, [["a"], [], ["b", "c"]], "form") == [
        [{"form": ["a"], "tag": ["X"], "confidence": [0.5]}],
        [{"form": [], "tag": [], "confidence": []}],
        [{"form": ["b", "c"], "tag": ["Y", "Z"], "confidence": [0.6, 0.7]}],
    ]


@pytest.mark.parametrize("series", ["sentence", None])
def test_lines_of_one_token_are_a_sentence_each(series: str | None) -> None:
    """Else the answer to a line would depend on which others are there."""
    found: Any = SimpleNamespace(codec=codec(series=series))
    data = {"data.token": "token", "data.label": "tag", "data.series": series}
    recipe = Recipe.load(None, "tag", values=data)
    source = open_source(TASK.line_table(found, ["yes", "no", "17"]), recipe, joins=False)
    read = read_sequences(source, found.codec.roles, with_labels=False)
    assert read.offsets.tolist() == [0, 1, 2, 3] and read.tokens == ["yes", "no", "17"]
