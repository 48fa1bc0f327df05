"""Training batches of a classifier: every case in its turn, exact weights, the seed, the shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import UNKNOWN
from seqtune.tasks.classify.batches import TrainingBatches, network_inputs
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.labels import Labels
from seqtune.tasks.classify.roles import Roles

VALUES = {
    "training.batch_size": 4,
    "training.class_weights": False,
    "training.label_smoothing": 0.0,
    "series.scaling": "none",
    "series.slice": 1.0,
    "series.stretch": 0.0,
    "series.jitter": 0.0,
    "text.tokens": "word",
    "text.word_dropout": 0.0,
}
LENGTHS = (3, 1, 2, 3, 2, 1, 3, 3, 2, 1)
SERIES = Ragged.from_list(
    [np.full((length, 1), 100.0 + case) for case, length in enumerate(LENGTHS)], 1
)
"""Ten cases, each of whose values say which it is."""

TARGETS = np.eye(2, dtype=np.float32)[[0, 1, 0, 0, 1, 0, 0, 0, 1, 0]]


def codec(
    weights: tuple[float, ...] = (1.0, 1.0), names: Any = ("a", "b"), separator: str = "",
    **more: Any,
) -> Codec:  # fmt: skip
    given: dict[str, Any] = {
        "roles": Roles("series", "label", series="case", channels=("x",)),
        "labels": Labels(names, separator=separator),
        "metric": "accuracy",
        "weights": weights,
        "longest": {"series": 5},
        "center": (0.0,),
        "spread": (1.0,),
    }
    return Codec(**(given | more))


def batches(
    rows: Any = range(10), seed: int = 1, steps: int = 3, each: Codec | None = None,
    targets: npt.NDArray[np.float32] = TARGETS, **changes: Any,
) -> TrainingBatches:  # fmt: skip
    values = VALUES | {f"training.{name}": value for name, value in changes.items()}
    chosen = np.array(rows, dtype=np.int64)
    return TrainingBatches(each or codec(), SERIES, targets, chosen, values, seed, steps)


def cases_in(batch: Any) -> list[int]:
    """Return which cases a batch is made of."""
    return [int(value) - 100 for value in batch[0]["series"][:, 0, 0]]


def drawn(supply: TrainingBatches, epochs: int) -> list[int]:
    """Return the cases of so many epochs in their order."""
    found = []
    for _ in range(epochs):
        for index in range(len(supply)):
            found += cases_in(supply[index])
        supply.on_epoch_end()
    return found


@pytest.mark.parametrize("rows", [range(10), (0, 3, 4, 9, 7), (5,), (1, 8)])
@pytest.mark.parametrize("steps", [1, 3])
def test_every_case_comes_once_before_any_comes_again(rows: Any, steps: int) -> None:
    """A batch may be larger than a round, and a round may end within a batch."""
    order = drawn(batches(rows, steps=steps), 60 // (4 * steps))
    count = len(rows)
    rounds = [order[first : first + count] for first in range(0, len(order), count)]
    whole = [each for each in rounds if len(each) == count]
    assert len(whole) == 60 // count
    assert all(sorted(each) == sorted(rows) for each in whole)


def test_rounds_are_in_different_orders() -> None:
    order = drawn(batches(), 5)
    rounds = [tuple(order[first : first + 10]) for first in range(0, 60, 10)]
    assert len(set(rounds)) == 6


def test_the_seed_decides_the_batches_whatever_was_drawn_before() -> None:
    one, same, other = batches(seed=1), batches(seed=1), batches(seed=2)
    assert drawn(one, 2) == drawn(same, 2) != drawn(other, 2)
    late = batches(seed=1)
    late.on_epoch_end()
    expected = drawn(batches(seed=1), 2)[12:]
    assert [*cases_in(late[0]), *cases_in(late[1]), *cases_in(late[2])] == expected
    assert cases_in(late[2]) == cases_in(late[2])  # asking twice changes nothing


def test_augmentation_differs_between_batches_and_not_between_calls() -> None:
    values = VALUES | {"series.jitter": 0.5}
    supply = TrainingBatches(
        codec(), SERIES, TARGETS, np.array([0]), values | {"training.batch_size": 2}, 1, 2
    )
    first, again, second = supply[0][0]["series"], supply[0][0]["series"], supply[1][0]["series"]
    assert (first == again).all()
    assert (first[:, :3] != second[:, :3]).all()
    assert (first[0, :3] != first[1, :3]).all()  # the same case twice in a batch
    assert (first[:, 3:] == 0).all()
    supply.on_epoch_end()
    assert (supply[0][0]["series"][:, :3] != first[:, :3]).all()


@pytest.mark.parametrize("rows", [range(10), (5,)])
def test_shapes_are_the_same_for_every_batch(rows: Any) -> None:
    supply = batches(rows)
    for index in range(3):
        inputs, targets, weights = supply[index]
        assert (inputs["series"].shape, inputs["series"].dtype) == ((4, 5, 1), np.float32)
        assert (inputs["length"].shape, inputs["length"].dtype) == ((4,), np.int32)
        assert (targets.shape, targets.dtype) == ((4, 2), np.float32)
        assert (weights.shape, weights.dtype) == ((4,), np.float32)
        chosen = cases_in((inputs,))
        assert inputs["length"].tolist() == [LENGTHS[case] for case in chosen]
        assert (targets == TARGETS[chosen]).all()
        for case, length in zip(inputs["series"][..., 0], inputs["length"], strict=True):
            assert (case[length:] == 0).all() and (case[:length] >= 100).all()


def test_all_cases_weigh_the_same_where_classes_are_not_weighted() -> None:
    _, _, weights = batches(each=codec((0.5, 2.0)))[0]
    assert weights.tolist() == [1.0] * 4


def test_a_case_weighs_what_its_class_does() -> None:
    _, targets, weights = batches(each=codec((0.75, 1.5)), class_weights=True, batch_size=10)[0]
    assert weights.tolist() == [1.5 if is_b else 0.75 for is_b in targets[:, 1]]
    assert sorted(weights.tolist()) == [0.75] * 7 + [1.5] * 3


def test_a_case_of_several_labels_weighs_their_mean_and_one_of_none_is_plain() -> None:
    targets = np.zeros((10, 3), np.float32)
    targets[0] = (1, 1, 0)
    targets[1] = (1, 1, 1)
    targets[2] = (0, 0, 1)
    each = codec((0.5, 1.5, 4.0), names=("a", "b", "c"))
    supply = batches((0, 1, 2, 3), each=each, targets=targets, class_weights=True)
    inputs, _, weights = supply[0]
    found = dict(zip(cases_in((inputs,)), weights.tolist(), strict=True))
    assert found == {0: 1.0, 1: 2.0, 2: 4.0, 3: 1.0}


def test_a_share_of_each_label_is_spread_over_all_classes() -> None:
    """A fifth over two classes is a tenth for each; weights are those of the hard labels."""
    _, plain, _ = batches(batch_size=10)[0]
    _, soft, weights = batches(
        batch_size=10, label_smoothing=0.2, class_weights=True, each=codec((0.75, 1.5))
    )[0]
    assert soft == pytest.approx(np.where(plain == 1, 0.9, 0.1))
    assert (soft.dtype, soft.shape) == (np.float32, (10, 2))
    assert weights.tolist() == [1.5 if is_b else 0.75 for is_b in plain[:, 1]]


def test_of_several_labels_each_goes_towards_a_half() -> None:
    targets = np.zeros((10, 3), np.float32)
    targets[0] = (1, 1, 0)
    each = codec((1.0,) * 3, names=("a", "b", "c"), separator=";")
    _, soft, _ = batches((0,), each=each, targets=targets, label_smoothing=0.2)[0]
    assert soft == pytest.approx(np.array([[0.9, 0.9, 0.1]] * 4))
    each = codec((1.0,) * 3, names=("a", "b", "c"))  # of one label, a third of a fifth to each
    _, soft, _ = batches((2,), each=each, targets=np.eye(3, dtype=np.float32), label_smoothing=0.3)[
        0
    ]
    assert soft == pytest.approx(np.array([[0.1, 0.1, 0.8]] * 4))


def test_series_are_scaled_by_channel_or_case_or_not_at_all() -> None:
    cases = Ragged.from_list([[[1.0], [3.0]], [[5.0]]], 1)
    each = codec(center=(2.0,), spread=(0.5,), longest={"series": 3})

    def scaled(scaling: str) -> Any:
        given = network_inputs(each, cases, np.array([0, 1]), {"series.scaling": scaling})
        assert given["length"].tolist() == [2, 1]
        return given["series"][..., 0].tolist()

    assert scaled("none") == [[1, 3, 0], [5, 0, 0]]
    assert scaled("channel") == [[-2, 2, 0], [6, 0, 0]]
    assert scaled("case") == [[-1, 1, 0], [0, 0, 0]]


def test_differences_are_channels_in_deviations_of_each_case() -> None:
    cases = Ragged.from_list([[[1.0], [4.0], [3.0]], [[2.0], [4.0]], [[5.0]]], 1)
    each = codec(center=(0.0,), spread=(1.0,), longest={"series": 4})
    values = {"series.scaling": "none", "series.differences": True}
    given = network_inputs(each, cases, np.arange(3), values)["series"]
    assert given.shape == (3, 4, 2) and given.dtype == np.float32
    assert given[..., 0].tolist() == [[1, 4, 3, 0], [2, 4, 0, 0], [5, 0, 0, 0]]
    # changes of 3 and -1 deviate by 2 from their mean; a change that stays the same counts as one
    assert given[..., 1].tolist() == [[0, 1.5, -0.5, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


def test_texts_are_tokens_padded_to_the_longest_and_hidden_only_while_training() -> None:
    texts = ["red blue red", "blue"]
    tokenizer = Tokenizer.fit(texts * 3, "word", max_tokens=300, normalization="nfkc_lower")
    each = codec(
        roles=Roles("text", "label", "text"), tokenizers={"word": tokenizer},
        longest={"word": 4}, center=(), spread=(),
    )  # fmt: skip
    encoded, _ = tokenizer.encode_batch(texts, None)
    values = VALUES | {"text.word_dropout": 0.999999}
    plain = network_inputs(each, encoded, np.array([1, 0]), values)["tokens"]
    assert plain.dtype == np.int32
    red, blue = plain[1, 0], plain[0, 0]
    assert plain.tolist() == [[blue, 0, 0, 0], [red, blue, red, 0]]
    assert UNKNOWN not in (red, blue) and red != blue
    draw = np.random.default_rng(0)
    hidden = network_inputs(each, encoded, np.array([1, 0]), values, draw)["tokens"]
    assert hidden.tolist() == [[UNKNOWN, 0, 0, 0], [UNKNOWN] * 3 + [0]]


def test_no_cases_are_an_empty_batch() -> None:
    given = network_inputs(codec(), SERIES, np.array([], np.int64), VALUES)
    assert given["series"].shape == (0, 5, 1)
    assert given["length"].shape == (0,)
