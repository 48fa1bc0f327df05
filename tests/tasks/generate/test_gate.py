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
    PROBABILITY,
    method_predictions,
    network_predictions,
)
from seqtune.tasks.generate.simple_reader import SimpleReader
from seqtune.tasks.generate.task import TASK

TOKENS = Tokenizer.fit(["abc"], "character", max_tokens=10, min_count=1)
EXAMPLE = Gate(
    (-1.0, -1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 1.0), tuple(0.1 * each for each in range(15))
)


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
    rows[:, 4:] = draw.normal(size=(400, 4))  # what is known of a context has nothing to do with it
    rows[:, [0, 2]] = [0.5, 0.25]  # and both are always equally right
    assert learn_gate(rows) is None


def test_a_gate_is_kept_as_json_and_a_strangers_is_checked() -> None:
    gate = learn_gate(averaged()[0])
    assert gate is not None
    assert TASK.read_calibration(None, gate.to_dict()) == gate  # type: ignore[arg-type]
    whole = gate.to_dict()
    for changes in (
        {"scale": [0.0] * 4}, {"center": [1.0] * 3}, {"coefficients": ["1"] * 15},
        {"coefficients": [float("nan")] * 15}, {"more": 1},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"expected|found"):
            Gate.from_dict({**whole, **changes})
    with pytest.raises(ValueError, match="expected the figures"):
        Gate.from_dict([])  # type: ignore[arg-type]


class Fixed:
    """A network that always expects the same."""

    tokens = TOKENS
    chances = np.array([0.1, 0.1, 0.2, 0.3, 0.3])

    def start(self, batch: int = 1) -> tuple[Any, ...]:
        return ()

    def advance(self, state: tuple[Any, ...], ids: Any) -> tuple[Any, tuple[Any, ...]]:
        return np.log(np.tile(self.chances, (len(ids), 1))), ()


def test_token_by_token_it_is_the_same_as_on_a_whole_text() -> None:
    text = np.array([2, 3, 4, 2, 3, 4, 2, 2, END])
    model = kneser_ney.fit(Ragged.from_list([text.tolist()]), TOKENS.size, order=3)
    asked = np.array([2, 3, 4, 4, 2, 3, END])
    method = method_predictions(TOKENS, asked, model.read(Ragged(asked, np.array([0, len(asked)]))))
    chances, entropy = np.log(Fixed.chances), -(Fixed.chances * np.log(Fixed.chances)).sum()
    network = network_predictions(TOKENS, asked, chances[asked], np.full(len(asked), entropy))
    expected = EXAMPLE.apply(0.3 * method + 0.7 * network)[:, PROBABILITY]
    readers = [Fixed(), SimpleReader(model, TOKENS), Fixed()]
    reader = BlendReader(readers, [0.4, 0.3, 0.3], EXAMPLE)
    state, found = reader.start(), []
    for before, token in zip([END, *asked[:-1].tolist()], asked.tolist(), strict=True):
        logits, state = reader.advance(state, [before])
        assert np.exp(logits).sum() == pytest.approx(1.0)
        found.append(np.exp(logits[0, token]))
    assert found == pytest.approx(expected)
    plain = BlendReader(readers, [0.4, 0.3, 0.3])
    assert np.exp(plain.advance(plain.start(), [END])[0]) != pytest.approx(
        np.exp(reader.advance(reader.start(), [END])[0])
    )
