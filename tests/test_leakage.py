"""Nothing that lies after a window's cut, or after training, reaches the network or a choice.

The planted signal is the future itself: a target and a past covariate of pure noise, which nobody
can forecast who does not see them. Changing them must change nothing that is shown to a network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.baselines.pace import Allowance
from seqtune.data.panel.window import Windows
from seqtune.progress import silent
from seqtune.tasks.forecast.global_methods import global_problem_of
from seqtune.tasks.forecast.inference import window_histories
from seqtune.tasks.forecast.preprocessing import preprocess
from seqtune.tasks.forecast.simple_methods import problem_of
from seqtune.tasks.forecast.task import TASK
from seqtune.tasks.forecast.window_batch import window_batch

PARTS = ("train", "validation", "test")
ROLES = (
    "data.target=[y, z]",
    "data.past=[p]",
    "data.future=[f]",
    "data.series=id",
    "horizon=3",
    "lookback=7",
    "seasonality=[2, 5]",
    "validation.steps=6",
    "test.steps=6",
    "network.segment.length=3",
)


def noise_frame() -> pd.DataFrame:
    """Return three series of noise; the past covariate holds the next value of the target."""
    draw = np.random.default_rng(3)
    parts = []
    for name, length in (("a", 40), ("b", 33), ("c", 9)):  # the last is too short to be split
        y = draw.normal(50, 10, length)
        parts.append(
            pd.DataFrame(
                {
                    "id": name,
                    "step": range(length),
                    "y": y,
                    "z": draw.normal(0, 1, length),
                    "p": np.append(y[1:], 50.0),
                    "f": draw.normal(5, 1, length),
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    frame.loc[[4, 12, 30], ["y", "p"]] = np.nan
    return frame


@pytest.fixture(scope="module")
def noise(prepare: Callable[..., Any]) -> Any:
    """Noise that is ready for forecasting."""
    return prepare(noise_frame(), ROLES)


def spoil(coded: Any, rows: Any, value: float, *, known_ahead: bool = False) -> Any:
    """Return a coded panel with other values in some rows."""
    panel = coded.panel
    names = ["target", "past", "future"] if known_ahead else ["target", "past"]
    arrays = {name: np.array(getattr(panel, name)) for name in names}
    for array in arrays.values():
        array[rows] = value
    observed = np.array(panel.observed)
    observed[rows] = ~observed[rows]
    return replace(coded, panel=replace(panel, observed=observed, **arrays))


def windows_of(prepared: Any, part: str) -> Windows:
    if part != "train":
        return prepared.windows[part]
    every = prepared.training(7)
    return every.take(np.arange(0, every.total, 3))


CONFIGURATIONS = [
    {"preprocessing.scaling": scaling, "preprocessing.base": base, "preprocessing.embedding": size}
    for (scaling, base), size in zip(
        product(("window", "series", "none"), ("blend", "seasonal_naive", "naive", "none")),
        (0, 2) * 6,
        strict=True,
    )
]


@pytest.mark.parametrize("part", PARTS)
def test_what_comes_after_the_cut_is_not_in_the_inputs(noise: Any, part: str) -> None:
    prepared, codec = noise.prepared, noise.prepared.codec
    windows = windows_of(prepared, part)
    assert len(windows) >= 8
    for number in range(len(windows)):
        one = windows[number : number + 1]
        begin, cut = prepared.panel.offsets[one.series[0]], one.cut[0]
        others = np.ones(prepared.panel.rows, bool)
        others[begin:cut] = False  # all rows but those that the window may look at
        spoiled = spoil(prepared.coded, others, -1e6)
        for changes in CONFIGURATIONS:
            values = noise.values | changes
            before = preprocess(prepared.coded, one, codec, values)
            after = preprocess(spoiled, one, codec, values)
            for name, array in before.inputs.items():
                assert np.array_equal(array, after.inputs[name]), (name, changes)
            assert np.array_equal(before.base, after.base), changes
            assert np.array_equal(before.scale, after.scale), changes


def test_the_row_before_the_cut_is_in_the_inputs(noise: Any) -> None:
    """Show that the test above would notice: one row earlier changes the inputs."""
    prepared = noise.prepared
    one = prepared.windows["validation"][:1]
    spoiled = spoil(prepared.coded, one.cut - 1, -1e6)
    before, after = (
        preprocess(coded, one, prepared.codec, noise.values) for coded in (prepared.coded, spoiled)
    )
    assert not np.array_equal(before.inputs["history"], after.inputs["history"])
    assert not np.array_equal(before.base, after.base)


def held_out(prepared: Any) -> Any:
    """Mark the rows of validation and test."""
    rows = np.zeros(prepared.panel.rows, bool)
    for begin, end in zip(prepared.split.train_end, prepared.split.end, strict=True):
        rows[begin:end] = True
    return rows


@pytest.mark.parametrize("value", [np.nan, 1e30])
@pytest.mark.parametrize("changes", CONFIGURATIONS[::3])
def test_training_batches_hold_no_later_row(
    noise: Any, value: float, changes: dict[str, Any]
) -> None:
    prepared = noise.prepared
    rows = held_out(prepared)
    assert rows.sum() == 24
    coded = spoil(prepared.coded, rows, value, known_ahead=True)
    spoiled = replace(prepared, panel=coded.panel)
    values = noise.values | changes | {"training.batch_size": 64}
    batches = TASK.batches(spoiled, values, 0, steps=4)
    untouched = TASK.batches(prepared, values, 0, steps=4)
    for index in range(len(batches)):
        inputs, truth = batches[index]
        expected, expected_truth = untouched[index]
        for name, array in inputs.items():
            assert np.array_equal(array, expected[name]), name
        assert np.array_equal(truth, expected_truth)
        assert np.abs(truth).max() < 1e6


@pytest.mark.parametrize(
    ("until", "end"),
    [({}, "train_end"), ({"until": "validation"}, "validation_end"), ({"until": "test"}, "end")],
)
def test_training_windows_end_with_their_part(noise: Any, until: Any, end: str) -> None:
    windows = noise.prepared.training(7, **until)
    assert windows.limit.tolist() == getattr(noise.prepared.split, end).tolist()


def test_training_on_later_parts_does_hold_their_rows(noise: Any) -> None:
    """Show that the test above would notice: the refit, which may see them, does."""
    prepared = noise.prepared
    coded = spoil(prepared.coded, held_out(prepared), 1e30)
    spoiled = replace(prepared, panel=coded.panel)
    values = noise.values | {"training.batch_size": 64, "preprocessing.scaling": "series"}
    for until in ("validation", "test"):
        inputs, _ = TASK.batches(spoiled, values, 0, steps=4, until=until)[0]
        assert np.abs(inputs["history"]).max() > 1e5


def test_each_refit_holds_the_rows_of_its_parts_alone(noise: Any) -> None:
    prepared = noise.prepared
    rows = np.zeros(prepared.panel.rows, bool)
    for begin, end in zip(prepared.split.validation_end, prepared.split.end, strict=True):
        rows[begin:end] = True
    coded = spoil(prepared.coded, rows, np.nan, known_ahead=True)
    spoiled = replace(prepared, panel=coded.panel)
    values = noise.values | {"training.batch_size": 64}
    for index in range(4):
        inputs, truth = TASK.batches(spoiled, values, 0, steps=4, until="validation")[index]
        assert all(np.isfinite(array).all() for array in (*inputs.values(), truth))


@pytest.mark.parametrize("part", ["validation", "test"])
def test_simple_methods_are_given_no_later_row(noise: Any, part: str) -> None:
    prepared = noise.prepared
    windows = prepared.windows[part]
    histories = [history for each in problem_of(prepared).portions for history in each.asked]
    assert len(histories) == sum(map(len, prepared.windows.values()))
    histories = histories[: len(windows)] if part == "validation" else histories[-len(windows) :]
    for number, history in enumerate(histories):
        series, cut = windows.series[number], windows.cut[number]
        begin = prepared.panel.offsets[series]
        assert len(history) == cut - begin
        column = prepared.panel.target[begin:cut, windows.target[number]]
        assert history.tolist() == column.tolist()
        after = np.arange(prepared.panel.rows) >= cut
        one = windows[number : number + 1]
        spoiled = window_histories(spoil(prepared.coded, after, np.nan), one)[0]
        assert spoiled.tolist() == history.tolist()


@pytest.mark.parametrize("part", ["validation", "test"])
def test_global_methods_learn_from_the_rows_before_a_part_alone(noise: Any, part: str) -> None:
    prepared = noise.prepared
    begin = getattr(prepared.split, {"validation": "train_end", "test": "validation_end"}[part])
    after = np.concatenate(
        [np.arange(a, b) for a, b in zip(begin, prepared.panel.offsets[1:], strict=True)]
    )
    rows = np.isin(np.arange(prepared.panel.rows), after)
    coded = spoil(prepared.coded, rows, np.nan)
    number = 0 if part == "validation" else 1
    known, truth = global_problem_of(replace(prepared, panel=coded.panel), 0).portions[number].known
    expected, came = global_problem_of(prepared, 0).portions[number].known
    np.testing.assert_array_equal(truth, came)
    for name, array in vars(known).items():
        assert np.isfinite(array).all(), name
        np.testing.assert_array_equal(array, getattr(expected, name), name)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_global_methods_are_asked_without_later_rows(noise: Any, part: str) -> None:
    prepared = noise.prepared
    windows = prepared.windows[part]
    for number in range(len(windows)):
        one = windows[number : number + 1]
        after = np.arange(prepared.panel.rows) >= one.cut[0]
        coded = spoil(prepared.coded, after, np.nan)
        batch = window_batch(coded, one, prepared.codec, 40)
        expected = window_batch(prepared.coded, one, prepared.codec, 40)
        for name, array in vars(batch).items():
            np.testing.assert_array_equal(array, getattr(expected, name), name)


def change_test_rows(data: Any) -> pd.DataFrame:
    """Return the table of some data with other values in its test rows."""
    frame = data.frame.copy()
    panel, split = data.prepared.panel, data.prepared.split
    key, time = data.prepared.codec.roles["series"], data.prepared.codec.roles["time"]
    for series, name in enumerate(panel.series):
        first = split.validation_end[series] - split.begin[series]
        steps = np.arange(first, split.end[series] - split.begin[series])
        times = panel.grid.times(panel.starts[series] + steps)
        rows = (frame[key] == name) & frame[time].isin(times)
        for column in (*panel.target_names, *panel.past_names):
            frame.loc[rows, column] = 3e4 + np.arange(rows.sum())
    return frame


def test_validation_figures_do_not_know_the_test_rows(
    noise: Any, prepare: Callable[..., Any]
) -> None:
    changed = prepare(change_test_rows(noise), ROLES)
    before, after = noise.prepared, changed.prepared
    assert not np.array_equal(before.panel.target, after.panel.target)
    assert before.codec.to_dict() == after.codec.to_dict()
    shape = (*before.encoded("validation").truth[0].shape, 3)
    forecast = np.sort(np.random.default_rng(0).normal(50, 10, shape), axis=2)
    assert TASK.score(before, before.encoded("validation"), forecast) == TASK.score(
        after, after.encoded("validation"), forecast
    )
    assert TASK.score(before, before.encoded("test"), forecast) != TASK.score(
        after, after.encoded("test"), forecast
    )
    figures = [
        TASK.baselines(data.prepared, data.recipe, Allowance(0.0), silent)
        for data in (noise, changed)
    ]
    assert [each.validation for each in figures[0]] == [each.validation for each in figures[1]]
    assert [each.test for each in figures[0]] != [each.test for each in figures[1]]


def test_a_trial_does_not_know_the_test_rows(
    tiny: Any, trained: Any, prepare: Callable[..., Any], run_tiny: Callable[..., Any]
) -> None:
    changed = prepare(change_test_rows(tiny), tiny.overrides)
    assert changed.values == tiny.values
    assert not np.array_equal(changed.prepared.panel.target, tiny.prepared.panel.target)
    again = run_tiny(changed)
    assert trained.result.scores == again.result.scores
    assert trained.result.score is not None
