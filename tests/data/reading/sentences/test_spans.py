"""Words of a text and the stretches over them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqtune.data.reading.sentences.spans import labels_of, spans_of
from seqtune.data.reading.sentences.word_places import word_places


@pytest.mark.parametrize("text, words", [
    ("", []), (" \n", []), ("a-b", ["a", "-", "b"]), ("F16 3rd", ["F16", "3rd"]),
    ("3.50, 1,000.5 12:30 1.", ["3.50", ",", "1,000.5", "12:30", "1", "."]),
    ("don't 'tis Joe’s", ["don't", "'", "tis", "Joe’s"]), ("a_b", ["a", "_", "b"]),
    ("हिन्दी है", ["हिन्दी", "है"]), ("cafe\u0301!", ["cafe\u0301", "!"]),
    ("東京へ行く", ["東", "京", "へ", "行", "く"]), ("☎️x", ["☎️", "x"]),
])  # fmt: skip
def test_words(text: str, words: list[str]) -> None:
    assert [text[begin:end] for begin, end in word_places(text)] == words


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_every_character_that_is_no_blank_is_in_one_word(text: str) -> None:
    covered = [at for begin, end in word_places(text) for at in range(begin, end)]
    assert covered == sorted({*covered})
    assert all(text[at].isspace() for at in {*range(len(text))} - {*covered})


def test_labels_of_other_schemes_say_the_same_stretches() -> None:
    places = [(0, 1), (2, 3), (4, 5), (6, 7)]
    assert spans_of(["I-A", "I-A", "B-A", "O"], places) == [(0, 3, "A"), (4, 5, "A")]
    assert spans_of(["B-A", "E-A", "S-A", "S-B"], places) == [
        (0, 3, "A"), (4, 5, "A"), (6, 7, "B"),
    ]  # fmt: skip
    assert spans_of(["B-A", "I-B", "", "x"], places) == [(0, 1, "A"), (2, 3, "B"), (6, 7, "x")]
    assert spans_of(["E-A", "I-A", "O", "I-A"], places) == [(0, 1, "A"), (2, 3, "A"), (6, 7, "A")]


@settings(max_examples=200, deadline=None)
@given(
    st.text("ab .", min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 19), st.integers(1, 9), st.sampled_from("XY")), max_size=4),
)
def test_stretches_come_back_as_whole_words(text: str, drawn: list[tuple[int, int, str]]) -> None:
    spans = [(at, min(len(text), at + size), x) for at, size, x in drawn if at < len(text)]
    places = word_places(text)
    found = labels_of(spans, places)
    again = spans_of(found.labels, places)
    assert len(again) == len(spans) - found.left_out
    assert labels_of(again, places).labels == found.labels
    assert labels_of(again, places).widened == 0
