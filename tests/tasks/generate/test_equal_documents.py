"""Equal documents stay on one side of a split, and what a text says twice is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from seqtune.progress import Note
from seqtune.tasks.generate.corpus import Cell, Corpus, divide
from seqtune.tasks.generate.equal_documents import keep_together, numbers_of_equal, tell_repeats

MANY = [f"document number {number}" for number in range(30)]


def corpus(texts: Sequence[str]) -> Corpus:
    return Corpus([Cell(text) for text in texts], "text")


def heard(texts: Sequence[str]) -> tuple[Corpus, Any, list[str]]:
    notes: list[Any] = []
    kept, groups = keep_together(corpus(texts), notes.append)
    return kept, groups, [note.text for note in notes if isinstance(note, Note)]


def test_different_documents_stay_as_they_are_and_nothing_is_said() -> None:
    kept, groups, notes = heard(["one", "two", "three"])
    assert len(kept.documents) == 3 and groups.tolist() == [0, 1, 2] and notes == []


def test_documents_are_equal_that_differ_in_blanks_alone() -> None:
    found = numbers_of_equal(corpus(["a b\n", "c", " a  b", "ab c", "abc"]))
    assert found.tolist() == [0, 1, 0, 2, 2]


def test_of_few_different_documents_the_later_ones_are_left_out() -> None:
    kept, groups, (note,) = heard(["x", "y", "x", "z", "y"])
    assert [document.text for document in kept.documents] == ["x", "y", "z"]  # type: ignore[attr-defined]
    assert groups.tolist() == [0, 1, 2]
    assert note == (
        "2 of 5 documents are equal to an earlier one: left out, as the text is divided in its "
        "order"
    )
    assert heard(["x", "x"])[2][0].startswith("1 of 2 documents is equal")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("is_mixed", [True, False])
def test_no_document_of_validation_or_test_has_a_twin_elsewhere(seed: int, is_mixed: bool) -> None:
    texts = [*MANY, *reversed(MANY)]
    kept, groups, (note,) = heard(texts)
    assert note == "60 of 60 documents are equal to another one: equal documents stay in one part"
    lengths = [document.characters for document in kept.documents]
    found = divide(lengths, 0.1, 0.2, is_mixed=is_mixed, seed=seed, groups=groups.tolist())
    assert sorted(each.document for each in found) == list(range(60))
    parts = {
        part: {texts[each.document] for each in found if each.part == part}
        for part in ("train", "validation", "test")
    }
    assert [len(each) for each in parts.values()] == [21, 3, 6]
    assert not parts["train"] & (parts["validation"] | parts["test"])
    assert not parts["validation"] & parts["test"]
    if not is_mixed:
        assert parts["train"] == set(MANY[:21])
    assert [each.part for each in found] == ["train"] * 42 + ["validation"] * 6 + ["test"] * 12


def test_without_twins_documents_are_divided_as_by_themselves() -> None:
    lengths = np.random.default_rng(0).integers(1, 50, 40).tolist()
    alone = divide(lengths, 0.1, 0.1, is_mixed=True, seed=5)
    assert divide(lengths, 0.1, 0.1, is_mixed=True, seed=5, groups=list(range(40))) == alone
    mixed = np.random.default_rng(5).permutation(40).tolist()
    assert [each.document for each in alone] == mixed


LINES = [f"this is line {number} of a text, and no other line is like it\n" for number in range(90)]


def told(text: str, test: float) -> list[str]:
    notes: list[Any] = []
    whole = corpus([text])
    tell_repeats(whole, divide([len(text)], 0.1, test, is_mixed=False, seed=0), notes.append)
    return [note.text for note in notes]


def test_a_long_text_that_says_the_same_twice_is_told() -> None:
    once = "".join(LINES)
    assert told(once, 0.2) == []
    (note,) = told(once + once, 0.25)
    assert note.startswith("98% of the test part stands word for word in the text before it")
    half = "".join(LINES[:-10]) + "".join(LINES[-5:]) + "".join(LINES[:5])
    assert told(half, 10 / 90)[0].startswith(("49%", "50%"))


def test_short_lines_come_again_by_chance() -> None:
    assert told("the same short line again\n" * 100, 0.2) == []
