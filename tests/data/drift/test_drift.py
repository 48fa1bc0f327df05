"""Drift: figures that were worked by hand, and a canary that must not sing."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.data.drift.chance import beyond_chi_square, beyond_normal, beyond_t, holm
from seqtune.data.drift.compare import (
    bin_edges,
    counts_in,
    drift_between,
    findings,
    seasonal_strength,
    stability_index,
)
from seqtune.data.drift.sample import Numbers, Samples, Words, series_as_one
from seqtune.data.drift.stretches import Stretches
from seqtune.data.drift.table import DriftTable, Finding

Floats = npt.NDArray[np.float64]


def floats(*values: float) -> Floats:
    return np.array(values, np.float64)


def measure(table: DriftTable, name: str, measure: str) -> Finding:
    return next(each for each in table.findings if (each.name, each.measure) == (name, measure))


# chance


@pytest.mark.parametrize(("z", "chance"), [(0.0, 1.0), (1.959964, 0.05), (2.575829, 0.01)])
def test_a_normal_deviate_is_as_rare_as_tables_say(z: float, chance: float) -> None:
    assert beyond_normal(z) == pytest.approx(chance, abs=1e-6)


@pytest.mark.parametrize(
    ("t", "freedom", "chance"),
    [(2.262157, 9, 0.05), (3.249836, 9, 0.01), (2.0423, 30, 0.05), (math.inf, 3, 0.0)],
)
def test_a_deviate_of_student_is_as_rare_as_tables_say(
    t: float, freedom: int, chance: float
) -> None:
    assert beyond_t(t, freedom) == pytest.approx(chance, abs=5e-4)


@pytest.mark.parametrize(
    ("value", "freedom", "chance"), [(16.919, 9, 0.05), (21.666, 9, 0.01), (3.841, 1, 0.05)]
)
def test_a_chi_square_is_as_rare_as_tables_say(value: float, freedom: int, chance: float) -> None:
    assert beyond_chi_square(value, freedom) == pytest.approx(chance, abs=3e-3)


def test_holm_asks_less_of_the_second_than_of_the_first() -> None:
    assert holm([0.02, 0.03], 0.05) == [True, True]  # 0.02 <= 0.05 / 2, 0.03 <= 0.05 / 1
    assert holm([0.03, 0.02], 0.05) == [True, True]
    assert holm([0.03, 0.04], 0.05) == [False, False]  # 0.03 > 0.05 / 2 ends it
    assert holm([], 0.05) == []


# measures


def test_the_stability_index_of_two_bins() -> None:
    # (50.5, 50.5) of 101 and (25.5, 75.5) of 101: (0.2525 - 0.5) ln(0.505) + 0.2475 ln(1.495)
    expected = (25.5 / 101 - 0.5) * math.log(25.5 / 50.5)
    expected += (75.5 / 101 - 0.5) * math.log(75.5 / 50.5)
    assert stability_index(floats(50, 50), floats(25, 75)) == pytest.approx(expected)
    assert stability_index(floats(7, 3), floats(7, 3)) == 0


def test_bins_hold_equal_shares_and_a_constant_has_none() -> None:
    edges = bin_edges(np.arange(100.0))
    assert len(edges) == 9
    assert counts_in(np.arange(100.0), edges).tolist() == [10.0] * 10
    assert bin_edges(floats(5, 5, 5)).tolist() == []
    assert counts_in(floats(0.0, np.nan, 99.0), edges).sum() == 2


def test_a_level_is_in_deviations_of_the_usual_values() -> None:
    usual = Numbers(floats(*[-1.0, 1.0] * 50))  # mean 0, deviation 1
    table = drift_between({"x": usual}, {"x": Numbers(floats(*[0.0, 2.0] * 50))})
    level = measure(table, "x", "level")
    assert (level.usual, level.now, level.size) == (0.0, 1.0, 1.0)
    assert level.is_flagged  # z = 1 / sqrt(1/100 + 1/100) = 7.1
    assert measure(table, "x", "scale").size == 0


def test_a_scale_is_the_logarithm_of_how_many_times_as_wide() -> None:
    usual = Numbers(floats(*[-1.0, 1.0] * 50))
    table = drift_between({"x": usual}, {"x": Numbers(floats(*[-2.0, 2.0] * 50))})
    assert measure(table, "x", "scale").size == pytest.approx(math.log(2))
    assert [each.measure for each in table.flagged][:1] == ["scale"]


def test_missing_values_are_shares_of_all() -> None:
    values = np.where(np.arange(100) < 20, np.nan, np.arange(100.0) % 7)
    table = drift_between({"x": Numbers(np.arange(100.0) % 7)}, {"x": Numbers(values)})
    missing = measure(table, "x", "missing")
    assert (missing.usual, missing.now, missing.size) == (0.0, 0.2, 0.2)
    # pooled (0 + 20 + 1) / 202, error sqrt(0.104 * 0.896 * 2 / 100) = 0.0432: 4.6 of them
    assert missing.chance == pytest.approx(beyond_normal(0.2 / 0.04316), rel=0.05)
    assert missing.is_flagged


def test_new_labels_are_more_than_those_that_were_seen_once_foretell() -> None:
    usual = Words({"a": 98, "b": 1, "c": 1}, 100)
    fine = drift_between({"l": usual}, {"l": Words({"a": 97, "new": 3}, 100)})
    unknown = measure(fine, "l", "unknown")
    assert (unknown.usual, unknown.now) == (0.02, pytest.approx(0.03))
    assert not unknown.is_flagged
    bad = drift_between({"l": usual}, {"l": Words({"a": 80, "new": 20}, 100)})
    assert measure(bad, "l", "unknown").is_flagged


def test_a_mix_is_flagged_where_labels_change_places() -> None:
    usual, turned = Words({"a": 700, "b": 300}, 1000), Words({"a": 300, "b": 700}, 1000)
    table = drift_between({"l": usual}, {"l": turned})
    mix = measure(table, "l", "mix")
    assert mix.size == pytest.approx(0.8 * math.log(7 / 3), rel=5e-3)  # 2 * 0.4 * ln(0.7 / 0.3)
    assert mix.is_flagged


def test_labels_that_come_together_count_as_their_units() -> None:
    usual, now = Words({"a": 700, "b": 300}, 1000), Words({"a": 500, "b": 500}, 1000)
    few = Words({"a": 500, "b": 500}, 4)
    assert measure(drift_between({"l": usual}, {"l": now}), "l", "mix").is_flagged
    assert not measure(drift_between({"l": usual}, {"l": few}), "l", "mix").is_flagged


def test_a_season_of_alternating_values_explains_all() -> None:
    steps = np.arange(8)
    assert seasonal_strength(Numbers(floats(*[0.0, 4.0] * 4), steps, 2)) == 1
    # means 1 and 3 of places {0, 2} and {2, 4}: the rest has a variance of 1 of 2
    rest = Numbers(floats(0, 2, 2, 4), np.arange(4), 2)
    assert seasonal_strength(rest) == pytest.approx(0.5)
    assert math.isnan(seasonal_strength(Numbers(floats(3, 3), np.arange(2), 2)))


def test_a_season_that_fades_is_flagged() -> None:
    steps = np.arange(400)
    noise = np.random.default_rng(0).normal(size=400)
    usual = Numbers((3 * np.sin(2 * np.pi * steps / 7) + noise)[:340], steps[:340], 7)
    faded = drift_between({"x": usual}, {"x": Numbers(noise[340:], steps[340:], 7)})
    season = measure(faded, "x", "season")
    assert season.is_flagged and season.usual > 0.75 and season.now < 0.4
    flat = drift_between({"x": usual}, {"x": Numbers(np.full(60, 3.0), steps[340:], 7)})
    assert "season" not in {each.measure for each in flat.findings}


def test_series_count_in_deviations_of_their_own() -> None:
    made = series_as_one(floats(1, 3, 100), np.array([0, 2, 3]), floats(2, 90), floats(1, 0))
    assert made.tolist() == [-1.0, 1.0, 10.0]


# stretches


def test_stretches_are_as_long_as_what_is_new_and_end_with_the_newest() -> None:
    usual = Numbers(np.arange(23.0), np.arange(23))
    cut = Stretches.of(usual, Numbers(floats(1, 2), np.array([23, 24])))
    assert cut is not None and cut.steps == 2
    assert cut.usual[0].values.tolist() == [21.0, 22.0]
    assert len(cut.usual) == 11 and len(cut.now) == 1


def test_new_rows_longer_than_a_tenth_are_cut_too() -> None:
    usual = Numbers(np.arange(40.0), np.arange(40))
    cut = Stretches.of(usual, Numbers(np.arange(9.0), 40 + np.arange(9)))
    assert cut is not None and (cut.steps, len(cut.usual), len(cut.now)) == (4, 10, 2)


def test_too_few_usual_rows_say_nothing() -> None:
    usual = Numbers(floats(1, 2, 3), np.arange(3))
    assert Stretches.of(usual, Numbers(floats(9), np.array([3]))) is None
    assert list(findings("x", usual, Numbers(floats(9), np.array([3])))) == []


def test_a_trait_that_only_one_side_has_is_left_out() -> None:
    assert drift_between({"x": Numbers(floats(1))}, {"y": Numbers(floats(1))}).findings == []
    assert drift_between({}, {}).rows == 0
    both: Samples = {"x": Numbers(floats(1))}
    assert drift_between(both, {"x": Words({"a": 1}, 1)}).findings == []


@pytest.mark.parametrize("values", [floats(), floats(np.nan, np.nan), floats(5.0)])
def test_edges_have_no_figures_that_are_none(values: Floats) -> None:
    usual = Numbers(np.arange(50.0))
    for each in drift_between({"x": usual}, {"x": Numbers(values)}).findings:
        assert math.isfinite(each.size) and 0 <= each.chance <= 1
    for each in drift_between({"x": Numbers(values)}, {"x": usual}).findings:
        assert math.isfinite(each.size) and 0 <= each.chance <= 1


def test_a_table_survives_json_and_refuses_what_is_none() -> None:
    usual = Numbers(floats(*[-1.0, 1.0] * 50))
    table = drift_between({"x": usual}, {"x": Numbers(floats(*[0.0, 2.0] * 50))})
    assert DriftTable.from_dict(table.to_dict()) == table
    good = table.to_dict()
    for broken in (
        {**good, "rows": -1},
        {**good, "findings": {}},
        {**good, "findings": [{**good["findings"][0], "measure": "mood"}]},
        {**good, "findings": [{**good["findings"][0], "size": math.nan}]},
        {**good, "findings": [{**good["findings"][0], "chance": "low"}]},
    ):
        with pytest.raises(ValueError, match=r"drift|finding"):
            DriftTable.from_dict(broken)


# the canary


def week(seed: int, rows: int, shift: float = 0.0) -> tuple[Numbers, Numbers]:
    """A series with a season of a week and a memory, cut into usual rows and 60 new ones."""
    draw = np.random.default_rng(seed)
    values = np.zeros(rows + 60)
    for row in range(1, len(values)):
        values[row] = 0.7 * values[row - 1] + draw.normal()
    steps = np.arange(len(values))
    values += 3 * np.sin(2 * np.pi * steps / 7)
    values[rows:] += shift
    return Numbers(values[:rows], steps[:rows], 7), Numbers(values[rows:], steps[rows:], 7)


def cases(seed: int, count: int, shift: float = 0.0) -> Samples:
    """Labels, lengths and shares of cases that hang on no other."""
    draw = np.random.default_rng((seed, count))
    chances = np.array([0.5, 0.3, 0.2]) if not shift else np.array([0.2, 0.3, 0.5])
    labels = Counter("abc"[code] for code in draw.choice(3, count, p=chances))
    length = draw.lognormal(2 + shift, 0.6, count)
    share = draw.binomial(20, 0.05 + 0.2 * shift, count) / 20
    return {"labels": Words(labels, count), "length": Numbers(length), "unknown": Numbers(share)}


def canary(seed: int, shift: float) -> DriftTable:
    usual, now = week(seed, 800, 4 * shift)
    return drift_between(
        {"sales": usual, **cases(seed, 600)}, {"sales": now, **cases(seed, 90, shift)}
    )


def test_nothing_is_flagged_where_nothing_has_drifted() -> None:
    flags = [
        (seed, each.name, each.measure) for seed in range(20) for each in canary(seed, 0.0).flagged
    ]
    assert flags == []


def test_everything_is_flagged_that_has_drifted() -> None:
    for seed in range(20):
        names = {each.name for each in canary(seed, 1.0).flagged}
        assert names == {"sales", "labels", "length", "unknown"}, seed


def test_a_sure_but_tiny_shift_is_no_flag() -> None:
    draw = np.random.default_rng(0).normal(size=200_000)
    table = drift_between({"x": Numbers(draw[:100_000])}, {"x": Numbers(draw[100_000:] + 0.05)})
    level = measure(table, "x", "level")
    assert level.chance < 1e-9 and level.size == pytest.approx(0.05, abs=0.01)
    assert table.flagged == []
