"""How far a simple method is believed beside networks: learnt, kept, the same token by token."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.baselines.generate import kneser_ney
from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END
from seqtune.tasks.generate.blend_reader import BlendReader
from seqtune.tasks.generate.gate import FEWEST, Gate, learn_gate
from seqtune.tasks.generate.predictions import (
    MATCH,
    METHOD,
    PROBABILITY,
    RECENT,
    method_predictions,
    network_predictions,
)
from seqtune.tasks.generate.prompt import read
from seqtune.tasks.generate.recent import recent_chances
from seqtune.tasks.generate.share import Share
from seqtune.tasks.generate.simple_reader import SimpleReader
from seqtune.tasks.generate.task import TASK

TOKENS = Tokenizer.fit(["abc"], "character", max_tokens=10, min_count=1)
EXAMPLE = Share(
    (-1.0, -1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 1.0), tuple(0.1 * each for each in range(15))
)
LATELY = Share((0.5,) * 5, (2.0,) * 5, tuple(0.1 * (each % 3) for each in range(21)))


def averaged(share: float = 0.25, size: int = 4000) -> Any:
    """Averages of a method that is right where it leaves little, and a network that never knows."""
    draw = np.random.default_rng(3)
    is_known = draw.random(size) < 0.5
    ids = np.full(size, 2)
    told = np.zeros((size, 4))
    told[:, 0] = np.log(np.where(is_known, 0.9, 0.01))
    told[:, 2] = np.log(np.where(is_known, 0.1, 0.9))
    method = method_predictions(TOKENS, ids, told)
    network = network_predictions(TOKENS, ids, np.full(size, np.log(0.3)), np.ones(size))
    return share * method + (1 - share) * network, is_known


def test_a_gate_believes_the_method_where_it_was_right() -> None:
    rows, is_known = averaged()
    gate = learn_gate(rows)
    assert gate is not None
    made = gate.apply(rows)[:, PROBABILITY]
    assert made[is_known] == pytest.approx(0.9, abs=0.02)
    assert made[~is_known] == pytest.approx(0.3, abs=0.02)
    # as good as it can be: whoever knows has all the say
    assert np.log(made).mean() > np.log(rows[:, PROBABILITY]).mean() + 0.2


def test_its_weights_in_the_average_do_not_matter() -> None:
    some, many = (learn_gate(averaged(share)[0]) for share in (0.1, 0.6))
    assert some is not None and many is not None
    assert some.apply(averaged(0.1)[0])[:, 0] == pytest.approx(many.apply(averaged(0.6)[0])[:, 0])


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_one_kind_of_model_alone_has_no_gate(share: float) -> None:
    assert learn_gate(averaged(share)[0]) is None


def test_nothing_is_learnt_of_few_tokens_or_of_noise() -> None:
    assert learn_gate(averaged(size=FEWEST - 1)[0]) is None
    rows, _ = averaged(0.5, size=400)
    draw = np.random.default_rng(0)
    rows[:, 4:8] = draw.normal(size=(400, 4))  # what is known says nothing
    rows[:, [0, 2]] = [0.5, 0.25]  # and both are always equally right
    assert learn_gate(rows) is None


def remembering(is_right: bool, size: int = 4000) -> Any:
    """The same averages, with a memory of a fifth of the tokens, which is right or mostly not."""
    rows, _ = averaged(size=size)
    again = np.random.default_rng(4).random(size) < 0.2
    rows[again, MATCH] = 3.0 * rows[again, METHOD]
    rows[again, RECENT] = (0.95 if is_right else 0.05) * rows[again, METHOD]
    return rows, again


def test_a_memory_is_believed_where_something_comes_again_and_was_right() -> None:
    rows, again = remembering(is_right=True)
    gate, without = learn_gate(rows, "auto"), learn_gate(rows)
    assert gate is not None and without is not None
    assert (gate.method, without.recent) == (without.method, None)
    made, plain = gate.apply(rows)[:, PROBABILITY], without.apply(rows)[:, PROBABILITY]
    assert made[again].min() > 0.9
    assert made[~again].tolist() == plain[~again].tolist()
    assert gate.detail and not without.detail


def test_a_memory_that_gains_nothing_is_kept_only_where_it_is_asked_for() -> None:
    rows, _ = remembering(is_right=False)
    auto, asked = learn_gate(rows, "auto"), learn_gate(rows, True)
    assert auto is not None and auto.recent is None
    assert asked is not None and asked.recent is not None
    rows, again = remembering(is_right=True)
    rows[2000:, RECENT] = np.where(again, 1e-9, 0.0)[2000:]  # right in the one half alone
    half = learn_gate(rows, "auto")
    assert half is not None and half.recent is None


def test_a_memory_alone_is_a_gate() -> None:
    """Where the method has the same share everywhere, what came lately may still have one."""
    rows, again = remembering(is_right=True)
    rows[:, [0, 2]] = [0.4, 0.1]  # both are always equally right
    rows[:, 4:8] = np.random.default_rng(0).normal(size=(4000, 4))
    assert learn_gate(rows) is None
    gate = learn_gate(rows, "auto")
    assert gate is not None and gate.method is None
    assert gate.apply(rows)[again, PROBABILITY].min() > 0.8
    assert gate.apply(rows)[~again, PROBABILITY] == pytest.approx(0.4)


def test_a_gate_is_kept_as_json_and_a_strangers_is_checked() -> None:
    gate = learn_gate(remembering(is_right=True)[0], "auto")
    assert gate is not None and gate.recent is not None
    for kept in (gate, Gate(EXAMPLE), Gate(None, LATELY)):
        assert TASK.read_calibration(None, kept.to_dict()) == kept  # type: ignore[arg-type]
    for name in ("method", "recent"):
        whole: Any = gate.to_dict()
        for changes in (
            {"scale": [0.0] * 4}, {"center": [1.0] * 3}, {"coefficients": ["1"] * 15},
            {"coefficients": [float("nan")] * 15}, {"more": 1},
        ):  # fmt: skip
            with pytest.raises(ValueError, match=r"expected|found"):
                Gate.from_dict({**whole, name: {**whole[name], **changes}})
    for other in ([], {"method": None}, {"method": [], "recent": None}):
        with pytest.raises(ValueError, match="expected the"):
            Gate.from_dict(other)  # type: ignore[arg-type]


class Fixed:
    """A network that always expects the same."""

    tokens = TOKENS
    chances = np.array([0.1, 0.1, 0.2, 0.3, 0.3])

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        return ()

    def advance(self, state: tuple[Any, ...], ids: Any) -> tuple[Any, tuple[Any, ...]]:
        return np.log(np.tile(self.chances, (len(ids), 1))), ()


@pytest.mark.parametrize("gate", [Gate(EXAMPLE), Gate(EXAMPLE, LATELY), Gate(None, LATELY)])
def test_token_by_token_it_is_the_same_as_on_a_whole_text(gate: Gate) -> None:
    text = np.array([2, 3, 4, 2, 3, 4, 2, 2, END])
    model = kneser_ney.fit(Ragged.from_list([text.tolist()]), TOKENS.size, order=3)
    asked = np.array([2, 3, 4, 4, 2, 3, 2, 3, END, 2, 3, 2])  # two documents
    told = model.read(Ragged(asked, np.array([0, 9, len(asked)])))
    method = method_predictions(TOKENS, asked, told, recent_chances(asked))
    chances, entropy = np.log(Fixed.chances), -(Fixed.chances * np.log(Fixed.chances)).sum()
    network = network_predictions(TOKENS, asked, chances[asked], np.full(len(asked), entropy))
    expected = gate.apply(0.3 * method + 0.7 * network)[:, PROBABILITY]
    readers = [Fixed(), SimpleReader(model, TOKENS), Fixed()]
    reader = BlendReader(readers, [0.4, 0.3, 0.3], gate)
    state, found = reader.start(), []
    for before, token in zip([END, *asked[:-1].tolist()], asked.tolist(), strict=True):
        logits, state = reader.advance(state, [before])
        assert np.exp(logits).sum() == pytest.approx(1.0)
        found.append(np.exp(logits[0, token]))
    assert found == pytest.approx(expected)
    plain = BlendReader(readers, [0.4, 0.3, 0.3])
    after = [each.advance(each.advance(each.start(), [2])[1], [2])[0] for each in (plain, reader)]
    assert np.exp(after[0]) != pytest.approx(np.exp(after[1]))


def test_what_a_blend_writes_is_not_remembered_but_what_it_was_given_is() -> None:
    model = kneser_ney.fit(Ragged.from_list([[2, 3, 4, END]]), TOKENS.size, order=3)
    readers = [Fixed(), SimpleReader(model, TOKENS)]
    always = Share((0.0,) * 5, (1.0,) * 5, (20.0, *(0.0,) * 20))
    reader = BlendReader(readers, [0.5, 0.5], Gate(None, always))
    begun = read(reader, "cab")
    assert np.exp(begun.logits).max() < 0.99  # nothing has followed a `b` yet
    assert np.exp(begun.then(reader, 4).logits[0, 2]) > 0.99  # "ca" was read
    written = begun.then(reader, 3).then(reader, 3)  # "bb" was not, however often it is written
    assert np.exp(written.logits[0]).max() < 0.99
    state = reader.start()
    for token in (END, 4, 2, 3, 3):
        logits, state = reader.advance(state, [token])
    assert np.exp(logits[0, 3]) > 0.99  # where all of it is read, it counts
