"""Networks that judge rows: they train, are saved, and look at no later row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.initializers import seed_everything
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.registry import baselines
from seqtune.runtime.network import KerasNetwork
from seqtune.search.network_file import load_network, save_network
from seqtune.search.space import complete
from seqtune.tasks.anomaly.inference import FEWEST, STALE, Judge
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.reference_states import reference_of
from seqtune.tasks.anomaly.score_parts import COLUMNS, lasting_level
from seqtune.tasks.anomaly.scorer import STATE
from seqtune.tasks.anomaly.scoring import score_columns, score_segments
from seqtune.tasks.anomaly.segment import Segment
from seqtune.tasks.anomaly.simple_methods import score_by_method
from seqtune.tasks.anomaly.task import TASK

OF_EACH_FORM = ("conv_recurrent", "encoder_decoder")
"""One that gives a state at every step, and one that writes rows again from it."""


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    """Two channels of a sine with a season of 12 rows."""
    rows = np.arange(400)
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "step": rows,
            "a": np.sin(rows * 2 * np.pi / 12) + draw.normal(0, 0.1, 400),
            "b": np.cos(rows * 2 * np.pi / 12) + draw.normal(0, 0.1, 400),
        }
    )
    recipe = Recipe.load(None, "anomaly", ("lookback=8", "seasonality=12"))
    ready: Prepared = TASK.prepare(Source.from_frame(frame), recipe, silent)[0]
    return ready


def values_of(architecture: str, cell: str) -> dict[str, Any]:
    recipe = Recipe.load(
        None, "anomaly", ("lookback=8", "seasonality=12", f"network.architecture={architecture}")
    )
    asked = {
        "network.architecture": architecture,
        "network.cell": cell,
        "network.units": 4,
        "network.layers": 2,
        "preprocessing.reach": 0.5,
        "preprocessing.points": 3,
        "preprocessing.activity": False,
        "training.batch_size": 4,
    }
    return complete(recipe.dimensions(), {}) | asked


@pytest.mark.parametrize(
    ("architecture", "cell"), [("conv_recurrent", "jordan"), ("encoder_decoder", "lstm")]
)
def test_a_detector_trains_is_saved_and_scores_the_same(
    architecture: str, cell: str, prepared: Prepared, tmp_path: Path
) -> None:
    values = values_of(architecture, cell)
    seed_everything(0)
    model = TASK.build(prepared, values)
    model.compile(
        optimizer=keras.optimizers.Adam(0.01), loss=TASK.loss(prepared, values), run_eagerly=False
    )
    before = [np.array(weight) for weight in model.get_weights()]
    history = model.fit(TASK.batches(prepared, values, 0, steps=2), verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    changed = [(old != new).any() for old, new in zip(before, model.get_weights(), strict=True)]
    assert all(changed), "weights that nothing is learnt by"
    scores = TASK.forward(
        KerasNetwork(model, TASK.network_facts), prepared, prepared.encoded("validation"), values
    )
    held = prepared.held_out["validation"]
    assert scores.shape == (len(held.scored), len(prepared.codec.scorers.all()) + COLUMNS + 2)
    assert np.isfinite(scores).all()
    save_network(model, tmp_path / "network.keras")
    again = load_network(TASK, prepared, values, tmp_path / "network.keras")
    np.testing.assert_allclose(
        TASK.forward(
            KerasNetwork(again, TASK.network_facts),
            prepared,
            prepared.encoded("validation"),
            values,
        ),
        scores,
        rtol=1e-4,
        atol=1e-4,
    )


def first(scores: Sequence[Any]) -> Any:
    """Return the scores of the only scorer, in every column."""
    return np.column_stack([scores[0]] * COLUMNS)


@pytest.mark.parametrize("architecture", OF_EACH_FORM)
def test_what_comes_after_a_row_does_not_change_its_score(
    architecture: str, prepared: Prepared
) -> None:
    values = values_of(architecture, "gru")
    model = TASK.build(prepared, values)
    judge = Judge(KerasNetwork(model, TASK.network_facts), prepared.codec, values)
    usual = reference_of(judge, prepared)
    scorers = list(range(len(prepared.codec.scorers.all())))
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(900, 2))
    other = rows.copy()
    other[600:] = 50.0

    def scored(table: Any) -> list[Any]:
        segment = Segment(table, np.ones(table.shape, np.bool_), 0, 0, np.zeros(2), np.ones(2))
        return [
            score_segments(judge, [segment], usual, [scorer], first)[0][0] for scorer in scorers
        ]

    for one, two, short in zip(scored(rows), scored(other), scored(rows[:600]), strict=True):
        np.testing.assert_array_equal(one[:600], two[:600])
        np.testing.assert_allclose(one[:600], short, rtol=1e-4, atol=1e-5)
        assert np.nanmax(np.abs(one[600:] - two[600:])) > 0.1


def test_usual_states_are_those_of_training_rows(prepared: Prepared) -> None:
    values = values_of("stacked", "gru")
    judge = Judge(
        KerasNetwork(TASK.build(prepared, values), TASK.network_facts), prepared.codec, values
    )
    end = int(prepared.split.train_end[0])
    assert end < prepared.panel.rows
    rows = np.array(prepared.panel.target)
    rows[end:] = 50.0
    strange = replace(prepared, panel=replace(prepared.panel, target=rows))
    one, other = reference_of(judge, prepared), reference_of(judge, strange)
    np.testing.assert_array_equal(one.states.center, other.states.center)
    np.testing.assert_array_equal(one.states.precision, other.states.precision)
    assert (one.errors != other.errors).any(), "errors are those of rows held out"
    assert one.states.center.shape == (4,)


@pytest.mark.parametrize("architecture", OF_EACH_FORM)
def test_what_is_told_in_a_long_gap_and_just_after_it_does_not_count(
    architecture: str, prepared: Prepared
) -> None:
    values = values_of(architecture, "gru")
    judge = Judge(
        KerasNetwork(TASK.build(prepared, values), TASK.network_facts), prepared.codec, values
    )
    rows = np.random.default_rng(1).normal(size=(200, 2))
    seen = np.ones(rows.shape, np.bool_)
    seen[100:120] = False
    seen[50:53] = False  # not a long one
    segment = Segment(rows, seen, 0, 0, np.zeros(2), np.ones(2))
    judged = judge.judge([segment], 0)[0]
    stale = np.flatnonzero(~judged.fresh)
    assert stale[stale >= FEWEST].tolist() == list(range(100 + STALE, 120 + FEWEST))
    after = np.arange(124, 200)
    fresh = np.stack([judged.fresh[after - max(each, 0)] for each in judge.offsets], axis=1)
    observed = np.stack([seen[after + min(each, 0), 0] for each in judge.offsets], axis=1)
    counted = judged.counted[after, :, 0]
    np.testing.assert_array_equal(counted[fresh.any(axis=1)], (fresh & observed)[fresh.any(axis=1)])
    assert not counted.all() and counted.any(axis=1).all(), (
        "a row is judged by stale ones if need be"
    )
    assert judged.counted[60:100].all(), "a short gap is bridged"


def test_errors_of_a_refitted_network_are_measured_on_what_it_was_before(
    prepared: Prepared,
) -> None:
    values = values_of("stacked", "gru")
    seed_everything(0)
    first, other = (
        Judge(
            KerasNetwork(TASK.build(prepared, values), TASK.network_facts), prepared.codec, values
        )
        for _ in range(2)
    )
    before, alone = reference_of(first, prepared), reference_of(other, prepared)
    found = reference_of(other, prepared, first)
    np.testing.assert_allclose(found.errors, before.errors, rtol=1e-5)
    np.testing.assert_allclose(found.states.center, alone.states.center, rtol=1e-4, atol=1e-5)
    assert (before.errors != alone.errors).all()
    assert (before.states.center != alone.states.center).any()


@pytest.mark.parametrize("architecture", OF_EACH_FORM)
def test_hindsight_looks_at_what_comes_after(architecture: str, prepared: Prepared) -> None:
    values = values_of(architecture, "gru")
    judge = Judge(
        KerasNetwork(TASK.build(prepared, values), TASK.network_facts),
        prepared.codec,
        values,
        noncausal=True,
    )
    usual = reference_of(judge, prepared)
    slow = len(prepared.codec.scorers.smoothing) - 1
    rows = np.random.default_rng(1).normal(size=(200, 2))
    other = rows.copy()
    other[100:] = 50.0
    found = []
    for table in (rows, other):
        segment = Segment(table, np.ones(table.shape, np.bool_), 0, 0, np.zeros(2), np.ones(2))
        found.append(score_segments(judge, [segment], usual, [slow], first)[0][0])
    assert np.abs(found[0][90:100] - found[1][90:100]).max() > 0.01


@pytest.mark.parametrize("noncausal", [False, True])
def test_scores_do_not_depend_on_how_many_rows_are_averaged_at_a_time(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch, noncausal: bool
) -> None:
    values = values_of("stacked", "gru")
    judge = Judge(
        KerasNetwork(TASK.build(prepared, values), TASK.network_facts),
        prepared.codec,
        values,
        noncausal=noncausal,
    )
    usual = reference_of(judge, prepared)
    rows = np.random.default_rng(1).normal(size=(300, 2))
    seen = np.ones(rows.shape, np.bool_)
    seen[90:140] = False
    segment = Segment(rows, seen, 30, 0, np.zeros(2), np.ones(2))
    scorers = list(range(len(prepared.codec.scorers.all())))

    def mean(scores: Sequence[Any]) -> Any:
        return np.column_stack([np.mean(scores, axis=0), *[scores[0]] * 3, scores[-1]])

    whole, expected = score_segments(judge, [segment], usual, scorers, mean)[0]
    monkeypatch.setattr("seqtune.tasks.anomaly.scoring.SMOOTHED_ROWS", 7)
    pieces, again = score_segments(judge, [segment], usual, scorers, mean)[0]
    assert len(whole) == 270 and np.isfinite(whole).any()
    np.testing.assert_allclose(pieces, whole, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(again, expected)


@pytest.mark.parametrize(("architecture", "noncausal"), [("stacked", False), ("autoencoder", True)])
def test_scores_do_not_depend_on_the_chunks_that_a_network_reads(
    architecture: str, noncausal: bool, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = values_of(architecture, "gru")
    judge = Judge(
        KerasNetwork(TASK.build(prepared, values), TASK.network_facts),
        prepared.codec,
        values,
        noncausal=noncausal,
    )
    usual = reference_of(judge, prepared)
    rows = np.random.default_rng(1).normal(size=(3 * judge.steps, 2))
    segment = Segment(rows, np.ones(rows.shape, np.bool_), 40, 0, np.zeros(2), np.ones(2))
    scorers = prepared.codec.scorers.all()
    chosen = [0, len(scorers) - 1]
    assert scorers[chosen[1]].of == STATE

    def both(scores: Sequence[Any]) -> Any:
        return np.column_stack([*scores, *[scores[0]] * 3])

    whole, expected = score_segments(judge, [segment], usual, chosen, both)[0]
    monkeypatch.setattr("seqtune.tasks.anomaly.scoring.CHUNK_STREAMS", 1)
    pieces, again = score_segments(judge, [segment], usual, chosen, both)[0]
    np.testing.assert_allclose(pieces, whole, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(again, expected, rtol=1e-4, atol=1e-5)
    codec = replace(judge.codec, scorers=replace(judge.codec.scorers, noncausal=noncausal))
    columns = score_columns(judge.judge([segment], 40)[0], segment, usual, codec)[:, chosen]
    whole = whole[:, : len(chosen)]
    far = np.abs(columns - whole)  # streams begin elsewhere, which shows where they do
    assert np.quantile(far, 0.98) < 1e-3 and far.max() < 0.1
    assert np.abs(columns[1:] - whole[:-1]).mean() > 10 * far.mean()


@pytest.mark.parametrize("noncausal", [False, True])
@pytest.mark.parametrize("method", list(baselines("anomaly")))
def test_scores_of_simple_methods_do_not_depend_on_chunks(
    method: str, noncausal: bool, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.random.default_rng(1).normal(size=(3_000, 2))
    segment = Segment(rows, np.ones(rows.shape, np.bool_), 20, 0, np.zeros(2), np.ones(2))
    (whole, _), *_ = score_by_method(prepared, method, [segment], noncausal=noncausal)
    monkeypatch.setattr("seqtune.tasks.anomaly.simple_methods.CHUNK_ROWS", 500)
    (pieces, medians), *_ = score_by_method(prepared, method, [segment], noncausal=noncausal)
    assert np.isfinite(whole).all() and medians.shape == (2_980, 2)
    np.testing.assert_allclose(pieces, whole, rtol=1e-6, atol=1e-6)


def test_the_levels_of_a_simple_method_are_measured_on_all_rows_that_it_was_fitted_on(
    prepared: Prepared,
) -> None:
    """A level that has moved since the training part is no longer strange."""
    panel = prepared.panel
    target = np.array(panel.target)
    target[300:] += 50.0
    moved = replace(prepared, panel=replace(panel, target=target))
    segment = moved.rows.segment(0, 0, 400, 0)
    ((parts, _),) = score_by_method(moved, "moving_deviation", [segment])
    assert 0.5 < lasting_level(parts)[-1] < 4.0  # as one of the rarest of 400 rows
