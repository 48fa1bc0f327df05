"""Networks that judge rows: every architecture trains, is saved, and looks at no later row."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
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
from seqtune.registry import baselines, cells
from seqtune.runtime.network import KerasNetwork
from seqtune.search.network_file import load_network, save_network
from seqtune.search.space import complete
from seqtune.tasks.anomaly.flat_line import FlatLine
from seqtune.tasks.anomaly.inference import FEWEST, STALE, Judge
from seqtune.tasks.anomaly.prepared import Prepared
from seqtune.tasks.anomaly.reference_states import Reference
from seqtune.tasks.anomaly.schema import ARCHITECTURES
from seqtune.tasks.anomaly.score_parts import PARTS
from seqtune.tasks.anomaly.scorers import judge_in_chunks, raw_scores
from seqtune.tasks.anomaly.segment import Segment
from seqtune.tasks.anomaly.simple_methods import score_by_method
from seqtune.tasks.anomaly.task import TASK
from seqtune.tasks.anomaly.time_scales import SCORERS

PAIRS = list(zip(ARCHITECTURES, cycle(cells), strict=False))
"""Every architecture, each with another cell."""


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


@pytest.mark.parametrize(("architecture", "cell"), PAIRS)
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
    scores = TASK.forward(KerasNetwork(model), prepared, prepared.encoded("validation"), values)
    held = prepared.held_out["validation"]
    assert scores.shape == (len(held.scored), len(SCORERS) + 2)
    assert np.isfinite(scores).all()
    save_network(model, tmp_path / "network.keras")
    again = load_network(TASK, prepared, values, tmp_path / "network.keras")
    np.testing.assert_allclose(
        TASK.forward(KerasNetwork(again), prepared, prepared.encoded("validation"), values),
        scores,
        rtol=1e-4,
        atol=1e-4,
    )


def judge_of(architecture: str, prepared: Prepared, *, noncausal: bool = False) -> Judge:
    """Return a network that has learnt nothing, ready to judge."""
    values = values_of(architecture, "gru")
    seed_everything(0)
    network = KerasNetwork(TASK.build(prepared, values))
    return Judge(network, prepared.codec, values, noncausal=noncausal)


def reference_of(judge: Judge, prepared: Prepared) -> Reference:
    return Reference.of(judge.judge(prepared.held_out["validation"].trained, 0), prepared.codec)


def segment_of(rows: Any, first: int = 0, seen: Any = None) -> Segment:
    observed = np.ones(rows.shape, np.bool_) if seen is None else seen
    never = FlatLine(np.zeros(2, np.int64), np.zeros(2), np.ones(2))
    return Segment(rows, observed, first, 0, np.zeros(2), np.ones(2), never)


def scored(judge: Judge, segment: Segment, reference: Reference) -> Any:
    """Return the raw scores and expected values of a segment."""
    parts = [
        raw_scores(judge, judged, chunk, rows, reference)
        for judged, chunk, rows in judge_in_chunks(judge, [segment])
    ]
    return np.concatenate(parts)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_what_comes_after_a_row_does_not_change_its_score(
    architecture: str, prepared: Prepared
) -> None:
    judge = judge_of(architecture, prepared)
    reference = reference_of(judge, prepared)
    rows = np.random.default_rng(1).normal(size=(900, 2))
    other = rows.copy()
    other[600:] = 50.0
    one, two, short = (
        scored(judge, segment_of(table), reference) for table in (rows, other, rows[:600])
    )
    np.testing.assert_array_equal(one[:600], two[:600])
    np.testing.assert_allclose(one[:600], short, rtol=1e-4, atol=1e-5)
    changed = np.abs(one[600:] - two[600:]).max(axis=0)
    assert (changed[: len(SCORERS)] > 0.1).all()


def test_what_is_usual_is_measured_on_training_rows(prepared: Prepared) -> None:
    judge = judge_of("stacked", prepared)
    end = int(prepared.split.train_end[0])
    assert end < prepared.panel.rows
    rows = np.array(prepared.panel.target)
    rows[end:] = 50.0
    strange = replace(prepared, panel=replace(prepared.panel, target=rows))
    one, other = reference_of(judge, prepared), reference_of(judge, strange)
    np.testing.assert_array_equal(one.states.center, other.states.center)
    np.testing.assert_array_equal(one.states.precision, other.states.precision)
    np.testing.assert_array_equal(one.units, other.units)
    assert one.states.center.shape == (4,)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_what_is_told_in_a_long_gap_and_just_after_it_does_not_count(
    architecture: str, prepared: Prepared
) -> None:
    judge = judge_of(architecture, prepared)
    rows = np.random.default_rng(1).normal(size=(200, 2))
    seen = np.ones(rows.shape, np.bool_)
    seen[100:120] = False
    seen[50:53] = False  # not a long one
    judged = judge.judge([segment_of(rows, 0, seen)], 0)[0]
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


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_in_hindsight_what_comes_after_counts(architecture: str, prepared: Prepared) -> None:
    judge = judge_of(architecture, prepared, noncausal=True)
    reference = reference_of(judge, prepared)
    rows = np.random.default_rng(1).normal(size=(200, 2))
    other = rows.copy()
    other[100:] = 50.0
    one, two = (scored(judge, segment_of(table), reference) for table in (rows, other))
    long = [scorer.name for scorer in SCORERS].index("long")
    assert np.abs(one[90:100, long] - two[90:100, long]).max() > 0.01


@pytest.mark.parametrize(("architecture", "noncausal"), [("stacked", False), ("autoencoder", True)])
def test_scores_do_not_depend_on_the_chunks_that_a_network_reads(
    architecture: str, noncausal: bool, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = judge_of(architecture, prepared, noncausal=noncausal)
    reference = reference_of(judge, prepared)
    rows = np.random.default_rng(1).normal(size=(3 * judge.steps, 2))
    seen = np.ones(rows.shape, np.bool_)
    seen[90:140] = False
    segment = segment_of(rows, 40, seen)
    whole = scored(judge, segment, reference)
    monkeypatch.setattr("seqtune.tasks.anomaly.scorers.CHUNK_STREAMS", 1)
    pieces = scored(judge, segment, reference)
    assert len(pieces) == len(whole) == len(rows) - 40
    far = np.abs(pieces - whole)  # streams begin elsewhere, which shows a little where they do
    assert np.quantile(far, 0.98) < 1e-3 and far.max() < 0.1


@pytest.mark.parametrize("method", list(baselines("anomaly")))
def test_scores_of_simple_methods_do_not_depend_on_chunks(
    method: str, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.random.default_rng(1).normal(size=(3_000, 2))
    segment = segment_of(rows, 20)
    whole = score_by_method(prepared, method, [segment])
    monkeypatch.setattr("seqtune.tasks.anomaly.simple_methods.CHUNK_ROWS", 500)
    pieces = score_by_method(prepared, method, [segment])
    assert np.isfinite(whole[100:]).all() and whole.shape == (2_980, PARTS + 2)
    np.testing.assert_allclose(pieces, whole, rtol=1e-6, atol=1e-6)
