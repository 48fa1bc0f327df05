"""What keeps a text from going round: chances by hand, and a model that loops without it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.generate import kneser_ney
from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END
from seqtune.errors import UsageError
from seqtune.tasks.generate.beam import BLOCKED
from seqtune.tasks.generate.prompt import ONE_TEXT
from seqtune.tasks.generate.repetition import STRUCTURE, Repetition
from seqtune.tasks.generate.request import Request, request_of
from seqtune.tasks.generate.requests import OPTIONS
from seqtune.tasks.generate.sampling import SamplingSettings
from seqtune.tasks.generate.simple_reader import SimpleReader
from seqtune.tasks.generate.step_tokens import Layout, StepTokens
from seqtune.tasks.generate.writing import write

CHANCES = np.array([[0.1, 0.2, 0.3, 0.4]])
"""Of the end and three more tokens."""


def chances(rule: Repetition, shift: float = 0.0) -> list[float]:
    """Return what is drawn from; logits are known up to a constant."""
    powers = np.exp(rule.weighed(np.log(CHANCES) + shift))[0]
    return [round(float(each), 6) for each in powers / powers.sum()]


@pytest.mark.parametrize("shift", [0.0, 7.0, -7.0])
def test_a_penalty_is_a_power_of_the_chance_of_what_was_there(shift: float) -> None:
    rule = Repetition(penalty=2.0)
    assert chances(rule, shift) == CHANCES[0].tolist()
    rule.read([3, END, 3])
    total = 0.1 + 0.2 + 0.3 + 0.16
    wanted = [0.1 / total, 0.2 / total, 0.3 / total, 0.16 / total]
    assert chances(rule, shift) == pytest.approx(wanted, abs=1e-5)


def test_no_sequence_comes_twice() -> None:
    rule = Repetition(no_repeat=3)
    rule.read([1, 2])
    assert chances(rule) == CHANCES[0].tolist()
    rule.read([3, 1, 2])
    assert np.isneginf(rule.weighed(np.log(CHANCES)))[0].tolist() == [False] * 3 + [True]
    rule.read([1, 2])  # 1 2 1, and now 1 2 again, behind which both 3 and 1 came
    assert np.isneginf(rule.weighed(np.log(CHANCES)))[0].tolist() == [False, True, False, True]


def test_no_token_comes_twice() -> None:
    rule = Repetition(no_repeat=1)
    rule.read([1, 3])
    assert np.isneginf(rule.weighed(np.log(CHANCES)))[0].tolist() == [False, True, False, True]


def test_what_alone_may_come_comes_twice_rather_than_nothing() -> None:
    rule = Repetition(no_repeat=1, forbidden=[END])
    rule.read([1, 2, 3])
    assert chances(rule) == CHANCES[0].tolist()


def test_what_ends_a_step_is_not_penalised() -> None:
    rule = Repetition(penalty=3.0, exempt=STRUCTURE)
    rule.read([2, 3, 2])
    total = 0.1 + 0.2 + 0.3 + 0.064
    assert chances(rule)[2:] == pytest.approx([0.3 / total, 0.064 / total], abs=1e-5)


def looping(kind: str = "word") -> SimpleReader:
    """Trigrams of a text that goes round more often than it goes on."""
    text = " the cat sat on the mat and" * 6 + " the dog ran off to sea"
    tokens = Tokenizer.fit([text], kind, max_tokens=500, min_count=1)
    documents = Ragged.from_list([[*tokens.encode(text).tolist(), END]])
    return SimpleReader(kneser_ney.fit(documents, tokens.size, order=3), tokens)


def written(length: int = 120, **choice: Any) -> str:
    settings = SamplingSettings(temperature=0, **choice)
    (found,) = write(looping(), Request(" the cat", length, settings), frame=ONE_TEXT)
    return found.whole


def test_the_likeliest_text_does_not_go_round_even_if_nothing_is_asked_for() -> None:
    words = written(length=400).split()
    spans = [tuple(words[place : place + BLOCKED["word"]]) for place in range(len(words) - 7)]
    assert len(words) > 60 and len(set(spans)) == len(spans)


def test_shorter_sequences_that_come_once_can_be_asked_for() -> None:
    assert written(no_repeat=100, length=200).count("sat on the mat") > 2
    assert written(no_repeat=4).count("sat on the mat") == 1
    words = written(no_repeat=2).split()
    pairs = list(pairwise(words))
    assert words[:4] == ["the", "cat", "sat", "on"] and len(words) > 8
    assert len(set(pairs[:8])) == 8
    assert "dog" in written(repetition_penalty=20.0)


def test_the_prompt_counts() -> None:
    settings = SamplingSettings(temperature=0, no_repeat=3)
    request = Request(" the cat sat on the cat", 8, settings)
    (found,) = write(looping(), request, frame=ONE_TEXT)
    assert not found.text.startswith(" sat")


def test_music_stays_well_formed() -> None:
    tokens = StepTokens.fit_steps([], Layout(), most=200)
    documents = Ragged.from_list([[*tokens.encode(" 60 64 | 60 64 |" * 9).tolist(), END]])
    reader = SimpleReader(kneser_ney.fit(documents, tokens.size, order=4), tokens)
    counts = np.bincount(documents.values, minlength=tokens.size).tolist()
    for choice in ({"no_repeat": 2}, {"no_repeat": 6}, {"repetition_penalty": 5.0}):
        request = request_of("", 12, temperature=0, **choice)
        (found,) = write(reader, request, frame=ONE_TEXT, counts=counts)
        assert len(found.steps) == 12
        assert {tuple(step) for step in found.steps} <= {(), (60,), (64,), (60, 64)}


@pytest.mark.parametrize(
    "choice",
    [{"repetition_penalty": 0.5}, {"repetition_penalty": float("nan")}, {"no_repeat": 0}],
)
def test_values_out_of_range_are_refused_with_the_flag(choice: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        SamplingSettings(**choice)
    (name,) = choice
    assert f"--{name.replace('_', '-')}" in caught.value.message


def test_a_served_model_can_be_asked_for_it() -> None:
    schemas = {option.name: option.schema for option in OPTIONS}
    assert schemas["repetition_penalty"]["minimum"] == 1
    assert schemas["no_repeat"]["type"] == "integer"
