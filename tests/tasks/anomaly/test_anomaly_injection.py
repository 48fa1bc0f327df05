"""Planted anomalies: where they lie, what they change, and what they leave alone."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.metrics.labelled_events import runs
from seqtune.tasks.anomaly.faults import DRAW, KINDS, SHORTEST
from seqtune.tasks.anomaly.injection import ROOM, Planted, plant

PERIOD = 24


def season(rows: int, channels: int = 1, noise: float = 0.1, seed: int = 9):
    random = np.random.default_rng(seed)
    wave = np.sin(np.arange(rows) * 2 * np.pi / PERIOD)[:, None]
    return (np.arange(channels) + 1) * wave + random.normal(scale=noise, size=(rows, channels))


def planted_into(values, period=PERIOD, seed: int = 0) -> Planted:
    return plant(values, period, np.random.default_rng(seed))


@pytest.mark.parametrize("rows", [0, 1, 2, 11])
def test_tiny_parts_are_left_as_they_are(rows: int) -> None:
    values = season(rows, 2)
    planted = planted_into(values)
    assert planted.values.tolist() == values.tolist()
    assert planted.labels.tolist() == planted.kinds.tolist() == [0] * rows
    assert planted.planted == ()


def test_a_small_part_has_fewer_kinds() -> None:
    planted = planted_into(season(60))
    assert 0 < len(planted.planted) < len(KINDS)
    assert 0 < planted.labels.sum() <= 6


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("seed", range(5))
def test_a_part_of_a_thousand_rows_has_every_kind(channels: int, seed: int) -> None:
    planted = planted_into(season(1000, channels), seed=seed)
    assert planted.planted == KINDS
    assert 0.05 < planted.labels.mean() <= 0.1


@pytest.mark.parametrize(("rows", "period"), [(300, None), (1000, 24), (5000, 48), (5000, None)])
@pytest.mark.parametrize("seed", range(4))
def test_anomalies_never_touch_and_keep_their_lengths(rows, period, seed) -> None:
    planted = planted_into(season(rows, 2), period, seed)
    events = runs(planted.labels)
    by_kind = runs(np.diff(planted.kinds, prepend=0) != 0)
    assert len(by_kind) <= 2 * len(events)  # a kind begins and ends where its event does
    room = min(max(ROOM, period or 0), rows // 12)
    assert (events[1:, 0] - events[:-1, 1] > room).all()
    assert events[0, 0] >= room and events[-1, 1] < rows
    for first, last in events.tolist():
        (code,) = set(planted.kinds[first : last + 1].tolist())
        kind, length = KINDS[code - 1], last - first + 1
        assert SHORTEST[kind] <= length <= (3 if kind == "spike" else 2 * (period or 50))


def test_only_labelled_rows_of_the_channels_hit_are_changed() -> None:
    values = season(2000, 3)
    before = values.copy()
    planted = planted_into(values)
    assert (values == before).all()  # the rows that were handed in are not touched
    changed = planted.values != values
    assert not changed[~planted.channels].any()
    assert (planted.channels.any(axis=1) == (planted.labels == 1)).all()
    events = runs(planted.labels)
    hit = [planted.channels[first].sum() for first, _ in events]
    assert {1, 2, 3} >= set(hit) and len(set(hit)) > 1
    for first, last in events.tolist():
        assert (changed[first : last + 1].any(axis=0) == planted.channels[first]).all()


def test_the_same_state_plants_the_same_and_another_does_not() -> None:
    values = season(1000, 2)
    one, same, other = (planted_into(values, seed=seed) for seed in (1, 1, 2))
    assert (one.values == same.values).all() and (one.kinds == same.kinds).all()
    assert (one.labels != other.labels).any()


def test_each_kind_is_what_its_name_says() -> None:
    values = season(20_000, noise=0.05)
    planted = planted_into(values)
    old, new = values[:, 0], planted.values[:, 0]
    for first, last in runs(planted.labels).tolist():
        kind = KINDS[planted.kinds[first] - 1]
        rows = slice(first, last + 1)
        difference = new[rows] - old[rows]
        if kind == "level_shift":
            assert np.ptp(difference) == pytest.approx(0, abs=1e-9)
            assert abs(difference[0]) > 0.1
        elif kind == "flat_line":
            assert (new[rows] == old[first]).all()
        elif kind == "swap":
            half = (last + 1 - first) // 2
            assert new[rows][:half].tolist() == old[rows][-half:].tolist()
            assert sorted(new[rows]) == sorted(old[rows])
        elif kind == "spike":
            assert last - first < 3 and np.abs(difference).max() > 0.1
        elif kind == "time_warp":
            assert old.min() <= new[rows].min() and new[rows].max() <= old.max()
        else:
            assert kind == "noise_burst" and np.abs(difference).mean() > 0.02


def test_sizes_follow_the_channel_and_span_easy_and_hard() -> None:
    values = season(20_000, 2) * np.array([1.0, 1000.0])
    planted = planted_into(values)
    shifts = planted.kinds == KINDS.index("level_shift") + 1
    for channel, unit in enumerate((1.0, 2000.0)):
        hit = shifts & planted.channels[:, channel]
        sizes = np.abs(planted.values - values)[hit, channel] / unit
        assert 0.05 < sizes.min() < 0.8 and 1.2 < sizes.max() < 6


def test_in_white_noise_nothing_is_planted_that_cannot_be_seen() -> None:
    values = np.random.default_rng(0).normal(size=(3000, 1))
    assert set(KINDS) - set(planted_into(values, None).planted) == {"time_warp", "swap"}


def test_a_constant_channel_is_hit_by_what_changes_it() -> None:
    planted = planted_into(np.full((3000, 1), 500.0))
    assert planted.planted == ("spike", "level_shift", "noise_burst")
    assert np.abs(planted.values - 500.0).max() < 500.0


def test_rows_without_values_stay_without() -> None:
    values = season(2000, 2)
    values[np.random.default_rng(1).random(values.shape) < 0.2] = np.nan
    values[500:900] = np.nan
    planted = planted_into(values)
    assert (np.isnan(planted.values) == np.isnan(values)).all()
    assert len(planted.planted) >= 4
    assert planted.labels[520:880].sum() == 0
    nothing = planted_into(np.full((500, 2), np.nan))
    assert nothing.planted == () and np.isnan(nothing.values).all()


def test_every_kind_can_be_drawn() -> None:
    assert tuple(DRAW) == KINDS and set(SHORTEST) == set(KINDS)
