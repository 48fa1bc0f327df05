"""Words for a gap: which token stands there, and which texts have none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.errors import UsageError
from seqtune.tasks.generate.fill import fill_gap, sides
from seqtune.tasks.generate.inference import Floats

TEXT = "Cats sit. A cat sat, a hat sat."


class Fixed:
    """A model of words whose answer is given, and which remembers what it was asked."""

    def __init__(self, **probabilities: float) -> None:
        self.tokens = Tokenizer.fit([TEXT], "word", max_tokens=60, min_count=1)
        self.answer = np.full(self.tokens.size, 1e-9)
        for word, probability in probabilities.items():
            self.answer[self.tokens.ids[word.replace("_", " ")]] = probability
        self.asked = ("", "")

    def gap(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Floats:
        self.asked = (self.tokens.decode(np.asarray(left)), self.tokens.decode(np.asarray(right)))
        logits: Floats = np.log(self.answer / self.answer.sum())
        return logits


def test_words_are_ranked_and_bring_the_blank_before_them() -> None:
    model = Fixed(_cat=0.5, _hat=0.3, **{",": 0.2})
    found = fill_gap(model, "A ___ sat", 2)
    assert [each.word for each in found] == ["cat", "hat"]
    assert [each.probability for each in found] == pytest.approx([0.5, 0.3], abs=1e-6)
    assert model.asked == ("A", " sat")


def test_a_gap_at_the_beginning_is_a_word_without_a_blank() -> None:
    model = Fixed(_cat=0.5, Cats=0.4, A=0.1)
    assert [each.word for each in fill_gap(model, "___ sat", 2)] == ["Cats", "A"]
    assert model.asked == ("", " sat")


def test_a_gap_at_the_end_and_one_alone() -> None:
    model = Fixed(_cat=0.9)
    assert fill_gap(model, "A ____", 1)[0].word == "cat"
    assert model.asked == ("A", "")
    fill_gap(model, "___", 1)
    assert model.asked == ("", "")


@pytest.mark.parametrize(("text", "said"), [
    ("no gap", "no gap in"),
    ("a __ gap", "no gap in"),
    ("", "no gap in"),
    ("a ___ and ___", "2 gaps in"),
    ("un___ed", "part of a word"),
    ("a ___s", "part of a word"),
])  # fmt: skip
def test_what_has_not_one_gap_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        sides(text)
    assert "___" in refused.value.hint


def test_no_words_at_all_are_refused() -> None:
    with pytest.raises(UsageError, match="0 words"):
        fill_gap(Fixed(), "a ___", 0)


def test_signs_are_no_words() -> None:
    model = Fixed(**{",": 0.5, ".": 0.4, "_sat": 0.1})
    assert fill_gap(model, "A cat ___", 1)[0].word == "sat"
