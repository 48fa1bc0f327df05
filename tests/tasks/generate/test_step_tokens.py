"""Events as tokens and as texts, and which of them may follow."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.generate import kneser_ney
from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END, SYMBOL, UNKNOWN
from seqtune.errors import DataError, UsageError
from seqtune.metrics.generate import score_events
from seqtune.tasks.generate.predictions import network_predictions
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.sampling import SamplingSettings
from seqtune.tasks.generate.simple_reader import SimpleReader
from seqtune.tasks.generate.step_rule import StepRule, rule_of
from seqtune.tasks.generate.step_tokens import STEP_END, Layout, StepTokens
from seqtune.tasks.generate.writing import write

NOTES = StepTokens.fit_steps([], Layout(per_beat=2), most=300)
ROWS = Layout(("what", "how long"))
CELLS = StepTokens.fit_steps(
    [ROWS.spelt(row) for row in [("a", "1"), ("a", ""), ("b c", "1"), ("<end>", "100%")]],
    ROWS,
    most=300,
)
WORDS = StepTokens.fit_steps([" in out in"], Layout(("door",)), most=300)


def note(number: int) -> int:
    return STEP_END + 1 + number


def test_a_set_is_its_notes_in_ascending_order_and_its_end() -> None:
    text = "".join(map(NOTES.layout.spelt, [(60, 64), (), (0, 127)]))
    ids = [note(60), note(64), STEP_END, STEP_END, note(0), note(127), STEP_END]
    assert text == " 60 64 | | 0 127 |"
    assert NOTES.encode(text).tolist() == ids and NOTES.decode(ids) == text
    assert NOTES.steps_of(text) == [[60, 64], [], [0, 127]]
    assert NOTES.units(ids).tolist() == [0, 0, 1, 1, 0, 0, 1]
    assert NOTES.characters(ids).tolist() == [3, 3, 2, 2, 2, 4, 2]


def test_the_sum_over_a_step_is_the_probability_of_its_set() -> None:
    ids = NOTES.encode(" 60 64 | |")
    made = network_predictions(NOTES, ids, np.log([0.5, 0.5, 0.8, 0.25]))
    nats = -np.log(made[:, 0]).sum()
    assert nats == pytest.approx(-np.log(0.5 * 0.5 * 0.8) - np.log(0.25))
    score = score_events(nats, len(made), made[:, 1].sum())
    assert score["nats_per_step"] == pytest.approx(nats / 2)
    assert score["nats_per_token"] == pytest.approx(nats / 4)
    assert score["perplexity"] == pytest.approx(np.exp(nats / 4))


def test_the_chances_of_all_sets_that_may_be_written_sum_to_one() -> None:
    """Three notes have eight sets; the ninth thing that may come is the end."""
    texts = [" 0 2 | 1 |", " 0 1 2 | |"]
    documents = Ragged.from_list([[*NOTES.encode(text).tolist(), END] for text in texts])
    model = kneser_ney.fit(documents, NOTES.size, order=4)
    rule = StepRule(NOTES, np.bincount(documents.values, minlength=NOTES.size).tolist())
    found: dict[str, float] = {}

    def follow(context: list[int], rest: bytes, chance: float) -> None:
        state = model.start()
        for token in context:
            state = model.follow(state, token)
        chances = model.expect(state)[0] * rule.allowed(rest)
        for token, share in enumerate((chance * chances / chances.sum()).tolist()):
            if share and token in (END, STEP_END):
                found[NOTES.decode([*context, token])] = share
            elif share:
                follow([*context, token], rule.after(rest, token), share)

    follow([], b"", 1.0)
    assert {*found} == {
        *("", " |", " 0 |", " 1 |", " 2 |", " 0 1 |", " 0 2 |", " 1 2 |", " 0 1 2 |")
    }
    assert sum(found.values()) == pytest.approx(1.0)


def test_cells_bring_their_column_and_may_hold_anything() -> None:
    rows = [("a", "1"), ("b c", ""), ("<end>", "100%")]
    text = "".join(map(ROWS.spelt, rows))
    assert text == " what=a how%20long=1 what=b%20c how%20long=% what=%3Cend> how%20long=100%25"
    ids = CELLS.encode(text)
    assert (ids > UNKNOWN).all() and CELLS.decode(ids.tolist()) == text
    assert [tuple(row) for row in CELLS.steps_of(text)] == rows
    assert CELLS.units([END, *ids]).tolist() == [0, *[0.5] * 6]
    assert CELLS.encode(" what=new how%20long=1").tolist()[0] == UNKNOWN


def test_a_single_column_needs_no_name() -> None:
    assert WORDS.decode(WORDS.encode("in out").tolist()) == " in out"
    assert WORDS.steps_of(" in out % in=out") == [["in"], ["out"], [""], ["in=out"]]
    assert WORDS.units([END, 2, 3]).tolist() == [0, 1, 1]


@pytest.mark.parametrize("tokens", [NOTES, CELLS, WORDS])
def test_a_vocabulary_comes_back_from_json(tokens: StepTokens) -> None:
    assert StepTokens.from_dict(json.loads(json.dumps(tokens.to_dict()))) == tokens


@pytest.mark.parametrize(
    "change",
    [
        {"columns": "what"}, {"columns": [1]}, {"columns": ["x"] * 51}, {"per_beat": 0},
        {"per_beat": True}, {"kind": "word"}, {"vocabulary": NOTES.to_dict()["vocabulary"][:-1]},
        {"more": 1}, {"columns": ["a", "b"]},
    ],
)  # fmt: skip
def test_a_damaged_vocabulary_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        StepTokens.from_dict({**NOTES.to_dict(), **change})


@pytest.mark.parametrize(
    "columns", [["what"], ["what", "what"], ["what", "other"], ["what", "how long", "more"]]
)
def test_a_vocabulary_has_cells_of_each_column(columns: list[str]) -> None:
    values = {**CELLS.to_dict(), "columns": columns}
    if len(columns) == 1:  # cells without names may be spelt in any way
        assert StepTokens.from_dict(values).columns == ("what",)
        return
    with pytest.raises(ValueError, match="cells of each column"):
        StepTokens.from_dict(values)


def test_a_column_of_rare_cells_has_one_in_the_vocabulary() -> None:
    texts = [ROWS.spelt((f"a{number // 2}", str(number))) for number in range(20)]
    tokens = StepTokens.fit_steps(texts, ROWS, most=5)
    known = [each.partition("=")[0] for each in tokens.vocabulary[2:]]
    assert known == ["what"] * 4 + ["how%20long"]


@pytest.mark.parametrize("layout", [Layout(("what",)), Layout(("other", "what"))])
def test_a_column_of_long_cells_is_refused(layout: Layout) -> None:
    texts = [layout.spelt(("a",) * (len(layout.columns) - 1) + ("x" * 10_000,))]
    with pytest.raises(DataError, match="no training cell of the column 'what'"):
        StepTokens.fit_steps(texts, layout, most=300)


def test_a_prompt_is_brought_into_order() -> None:
    assert NOTES.tidy("64 60 60 | 72x | 7") == " 60 64 | | 7"
    assert WORDS.tidy(" in   out") == " in out"


@pytest.mark.parametrize("text", ["how%20long=1", "what=a what=a", "what=a how%20long=1 x", "a"])
def test_cells_of_a_prompt_come_in_the_order_of_their_columns(text: str) -> None:
    assert CELLS.tidy("what=new  how%20long=9 what=a") == " what=new how%20long=9 what=a"
    with pytest.raises(UsageError, match="expected a cell of the column") as caught:
        CELLS.tidy(text)
    assert caught.value.hint == '--prompt "what=VALUE how%20long=VALUE"'


def allowed(tokens: StepTokens, text: str, counts: list[int] | None = None) -> list[int]:
    rule, rest = StepRule(tokens, counts), b""
    for token in tokens.encode(text).tolist():
        rest = rule.after(rest, token)
    return np.flatnonzero(rule.allowed(rest)).tolist()


def test_notes_of_a_set_rise_and_a_piece_ends_behind_a_set() -> None:
    everything = list(range(note(0), note(128)))
    assert allowed(NOTES, "") == [END, STEP_END, *everything]
    assert allowed(NOTES, "60") == [STEP_END, *range(note(61), note(128))]
    assert allowed(NOTES, "60 |") == [END, STEP_END, *everything]
    assert allowed(NOTES, "60 | 127") == [STEP_END]


def test_no_note_is_written_that_training_lacks_but_a_set_can_always_end() -> None:
    counts = [0] * NOTES.size
    counts[note(60)] = counts[note(72)] = 1
    assert allowed(NOTES, "", counts) == [END, STEP_END, note(60), note(72)]
    assert allowed(NOTES, "60", counts) == [STEP_END, note(72)]
    assert allowed(NOTES, "72", counts) == [STEP_END]


def test_cells_come_in_the_order_of_their_columns() -> None:
    first, second = CELLS.encode(" what=a how%20long=1").tolist()
    assert first in allowed(CELLS, "") and END in allowed(CELLS, "")
    assert second not in allowed(CELLS, "")
    assert second in allowed(CELLS, " what=a") and first not in allowed(CELLS, " what=a")
    assert END not in allowed(CELLS, " what=a")
    assert allowed(CELLS, " what=a how%20long=1") == allowed(CELLS, "")
    assert allowed(WORDS, "in") == [END, *WORDS.encode("in out").tolist()]


class Random:
    """A model that likes every token, each time others."""

    def __init__(self, tokens: StepTokens) -> None:
        self.tokens, self.draw = tokens, np.random.default_rng(0)

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        return ()

    def advance(self, state: tuple[Any, ...], ids: Any) -> tuple[Any, tuple[Any, ...]]:
        return self.draw.normal(0, 2, (1, self.tokens.size)), ()

    def score(self, ids: Any) -> Any:
        raise AssertionError("nobody asks")


@pytest.mark.parametrize("temperature", [0.0, 1.0, 5.0])
def test_what_is_written_is_well_formed_whatever_the_model_says(temperature: float) -> None:
    choice = SamplingSettings(temperature=temperature, top_p=1.0)
    for found in write(Random(NOTES), Request("60 | 62 70", 40, choice, count=5)):
        assert found.text.endswith("|") and found.layout == NOTES.layout
        for step in found.whole.split("|")[:-1]:
            notes = list(map(int, step.split()))
            assert notes == sorted(set(notes))
        assert [each < 72 for each in found.steps[1][:2]] == [True, True]
        if found.ended == "length":
            assert found.text.count("|") == 40
    for found in write(Random(CELLS), Request("", 40, choice, count=5)):
        words = found.text.split()
        assert len(words) % 2 == 0 and len(words) <= 80
        assert all(word.startswith("what=") for word in words[::2])
        assert all(word.startswith("how%20long=") for word in words[1::2])


def test_a_piece_that_is_known_by_heart_is_written_again() -> None:
    text = " 60 64 | 60 | | 62 67 |"
    documents = Ragged.from_list([[*NOTES.encode(text).tolist(), END]])
    reader = SimpleReader(kneser_ney.fit(documents, NOTES.size, order=9), NOTES)
    greedy = SamplingSettings(temperature=0)
    (whole,) = write(reader, Request("", 100, greedy))
    (part,) = write(reader, Request(" 60 64 |", 2, greedy))
    (stopped,) = write(reader, Request("", 100, greedy, stops=(" 62",)))
    assert (whole.text, whole.ended) == (text, "end")
    assert (part.text, part.ended) == (" 60 | |", "length")
    assert part.steps == [[60, 64], [60], []]
    assert (stopped.text, stopped.ended) == (" 60 64 | 60 | |", "stop")


def test_texts_keep_their_rule() -> None:
    assert not isinstance(rule_of(SimpleText(), None), StepRule)
    assert isinstance(rule_of(NOTES, None), StepRule) and NOTES.kind == SYMBOL


class SimpleText:
    """What a rule asks of the vocabulary of a text."""

    size = 3
    spellings = (b"", b"?", b"a")
