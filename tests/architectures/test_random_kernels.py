"""Frozen random kernels: exact features, what padding is to them, and that they stay as drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest

from seqtune.architectures._random_kernels import RandomKernels, dilations_for
from seqtune.export.onnx.program import to_onnx
from seqtune.initializers import NormalQuantiles, SparsePatterns, seed_everything
from seqtune.tasks._exported import predict_alone

EARLY = [2.0, 2.0, 2.0, *[-1.0] * 6]
"""A kernel with its weights of 2 at the first three steps."""


def by_hand(channel: int, threshold: float) -> RandomKernels:
    """Two kernels of neighbouring steps over one channel of two, the first of them padded."""
    layer = RandomKernels(2, 10)
    layer.build((None, None, 1))
    for _, _, kernels, thresholds in layer.groups:
        weights = np.zeros((9, 2, 1))
        weights[:, channel, 0] = EARLY
        kernels.assign(weights)
        thresholds.assign([threshold])
    return layer


@pytest.mark.parametrize(
    ("channel", "series"),
    [(0, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), (1, [5, 5, 5, 6, 6, 6, 6, 6, 6, 6])],
    ids=["values", "changes"],
)
def test_features_by_hand(channel: int, series: list[float]) -> None:
    """One step of 1 is seen with weight `EARLY[3 - t + 4]` from step t.

    From steps 0 to 9 that is -1 (five times), 2, 2, 2, 0, 0; the kernel lies inside the series at
    steps 4 and 5: -1, 2.
    """
    found = by_hand(channel, 1.0).features(np.array(series, np.float32)[None, :, None])
    everywhere, inside = (5 * 1 + 3 * 4) / 10, (1 + 4) / 2
    expected = [0.3, np.log(everywhere) / 2, 0.5, np.log(inside) / 2]
    assert np.asarray(found)[0] == pytest.approx(expected, abs=1e-6)


def test_a_threshold_is_in_sizes_of_the_response() -> None:
    """The largest response, 2, is below 1.6 times the root of 1.7, and above 1.5 times."""
    series = np.array([0, 0, 0, 1, 0, 0, 0, 0, 0, 0], np.float32)[None, :, None]
    for factor in (1.0, 100.0):
        assert float(by_hand(0, 1.6).features(factor * series)[0, 0]) == 0.0
        assert float(by_hand(0, 1.5).features(factor * series)[0, 0]) == pytest.approx(0.3)


def test_a_case_that_never_changes_has_no_response_inside_it() -> None:
    found = np.asarray(by_hand(0, 1.0).features(np.full((1, 10, 1), 7.0, np.float32)))[0]
    assert found[2:] == pytest.approx([0.0, np.log(1e-6)])
    assert found[1] > 0  # from outside, where zeros are, it looks like a step


def test_features_of_the_largest_numbers_are_finite() -> None:
    largest = np.finfo(np.float32).max
    series = np.resize(np.array([largest, -largest], np.float32), (1, 3000, 1))
    assert np.isfinite(np.asarray(by_hand(0, 1.0).features(series))).all()
    assert np.isfinite(np.asarray(by_hand(1, 1.0).features(series))).all()


def test_kernels_lie_as_far_apart_as_fits() -> None:
    assert [dilations_for(steps) for steps in (1, 9, 16)] == [(1,)] * 3
    assert dilations_for(17) == (1, 2)
    assert dilations_for(427) == (1, 2, 4, 8, 16, 32)


@pytest.mark.parametrize("length", [3, 9, 16, 25, 30])
def test_padding_is_nothing(length: int) -> None:
    seed_everything(1)
    layer = RandomKernels(37, 25)
    layer.build((None, None, 3))
    series = np.random.default_rng(0).normal(size=(1, 40, 3)).astype(np.float32)
    mask = np.arange(40)[None] < length
    padded = np.asarray(layer.features(series * mask[..., None], mask))
    assert padded.shape == (1, 74) and np.isfinite(padded).all()
    place = 0
    for dilation, pads, _, thresholds in layer.groups:
        width = 2 * thresholds.shape[0]
        if not pads and length <= 8 * dilation:  # a kernel lies nowhere inside the case
            assert not padded[0, place : place + width].any()
        else:
            assert padded[0, place : place + width].any()
        place += width
    if length > 16:
        alone = np.asarray(layer.features(series[:, :length]))
        assert padded == pytest.approx(alone, abs=1e-5)


def test_where_cases_are_shorter_than_a_kernel_all_look_beyond_them() -> None:
    short, long = RandomKernels(6, 8), RandomKernels(6, 9)
    for each in (short, long):
        each.build((None, None, 1))
    assert [group[:2] for group in short.groups] == [(1, True)]
    assert [group[:2] for group in long.groups] == [(1, True), (1, False)]


def test_kernels_are_spread_over_values_changes_and_few_channels() -> None:
    seed_everything(0)
    kernels = SparsePatterns()((9, 8, 200))
    assert (kernels.sum(axis=0) == 0).all()
    seen = np.abs(kernels).max(axis=0) > 0  # (channels, kernels)
    assert seen[:4, 0::2].any() and not seen[4:, 0::2].any()
    assert seen[4:, 1::2].any() and not seen[:4, 1::2].any()
    counts = np.bincount(seen.sum(axis=0), minlength=5)
    assert counts[0] == 0 and counts[1] > counts[3] > 0 and counts.sum() == 200
    assert ((kernels == 2).sum(axis=0) == 3 * seen).all()


def test_thresholds_are_those_of_a_normal_response() -> None:
    seed_everything(0)
    drawn = NormalQuantiles()((2000,))
    assert np.abs(drawn).max() < 1.645  # 5 % of a normal variable are beyond it on each side
    assert (drawn > 0.6745).mean() == pytest.approx((0.95 - 0.75) / 0.9, abs=0.03)


def build(steps: int = 20, kernels: int = 10) -> Any:
    """A network of the features alone, with a mask."""
    inputs = {
        "series": keras.Input((steps, 2), name="series"),
        "present": keras.Input((steps,), name="present", dtype="bool"),
    }
    layer = RandomKernels(kernels, steps)
    return keras.Model(inputs, layer(*inputs.values()))


def drawn(rows: int = 6, steps: int = 20) -> dict[str, Any]:
    draw = np.random.default_rng(3)
    present = np.arange(steps) < draw.integers(5, steps + 1, rows)[:, None]
    series = draw.normal(size=(rows, steps, 2)).astype(np.float32) * present[..., None]
    return {"series": series.astype(np.float32), "present": present}


def test_nothing_of_it_is_trained_but_how_features_are_normalised() -> None:
    seed_everything(0)
    network = build()
    assert sum(weight.shape[0] for weight in network.trainable_weights) == 2 * 20
    again = build()
    kinds = zip(network.get_weights(), again.get_weights(), strict=True)
    assert any((one != other).any() for one, other in kinds), "another network, other kernels"


def test_all_features_together_are_ten_long() -> None:
    seed_everything(0)
    batch = drawn(rows=64)
    lengths = np.linalg.norm(np.asarray(build(kernels=60)(batch, training=True)), axis=1)
    assert np.sqrt((lengths**2).mean()) == pytest.approx(10, rel=0.1)


def test_a_saved_network_says_the_same(tmp_path: Path) -> None:
    seed_everything(0)
    network = build()
    expected = network.predict_on_batch(drawn())
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    assert loaded.predict_on_batch(drawn()) == pytest.approx(expected, abs=1e-6)
    assert len(np.unique(expected.round(6))) > 50


def test_onnx_says_the_same() -> None:
    seed_everything(0)
    network, batch = build(), drawn()
    program = to_onnx(network, predict_alone(network))
    session = onnxruntime.InferenceSession(program.content, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    by_size = {batch["series"].ndim: batch["series"], batch["present"].ndim: batch["present"]}
    given = {each.name: by_size[len(each.shape)] for each in session.get_inputs()}
    assert len(names) == 2
    (found,) = session.run(None, given)
    assert found == pytest.approx(network.predict_on_batch(batch), abs=1e-5)


@pytest.mark.parametrize("kernels", [1, 3])
def test_there_may_be_fewer_kernels_than_kinds(kernels: int) -> None:
    found = RandomKernels(kernels, 20)(drawn()["series"])
    assert tuple(found.shape) == (6, 2 * kernels)
