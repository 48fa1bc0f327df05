"""What a page shows of anomalies, on rows that are worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.figures.bars import Bars
from seqtune.figures.grid import Grid
from seqtune.figures.lines import Lines
from seqtune.tasks.anomaly.evidence.by_channel import channels_block
from seqtune.tasks.anomaly.evidence.found import counts_of, found_block
from seqtune.tasks.anomaly.evidence.gallery import events_block, missed_block
from seqtune.tasks.anomaly.evidence.over_time import over_time_block
from seqtune.tasks.anomaly.evidence.planted import planted_block
from seqtune.tasks.anomaly.evidence.scene import Judged, Scene
from seqtune.tasks.anomaly.evidence.thinning import drawn_span, kept_rows
from seqtune.tasks.anomaly.evidence.thresholds import thresholds_block

NAN = math.nan
Floats = npt.NDArray[np.float64]


class Blamed:
    """Blames channel 0 of every row: 1 was expected, 5 came."""

    def at(self, row: int) -> dict[str, Any]:
        return {"channel": 0, "expected": 1.0, "found": 5.0, "unchanged": None}


def judged(name: str, scores: Sequence[float]) -> Judged:
    return Judged(name, np.array(scores), np.ones((len(scores), 1)), Blamed())


def scene(
    scores: Sequence[float],
    other: Sequence[float] | None = None,
    labels: Sequence[int] | None = None,
    offsets: Sequence[int] = (),
    channels: tuple[str, ...] = ("load",),
    threshold: float = 4.0,
) -> Scene:
    """Rows of values 0, 1, 2 and so on."""
    rows = len(scores)
    borders = np.array(offsets or [0, rows])
    names = [f"s{number}" for number in range(len(borders) - 1)] if offsets else [""]
    values = np.tile(np.arange(float(rows))[:, None], (1, len(channels)))
    return Scene(
        values=values,
        labels=np.full(rows, -1, np.int8) if labels is None else np.array(labels, np.int8),
        offsets=borders,
        series=names,
        channels=channels,
        times_of=lambda segment: [
            f"t{row}" for row in range(int(borders[segment]), int(borders[segment + 1]))
        ],
        time="time",
        threshold=threshold,
        season=2,
        model=judged("net", scores),
        baseline=None if other is None else judged("naive", other),
    )


#         0    1    2    3    4    5    6    7    8    9   10   11
SCORES = [0.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0, 2.0]
LABELS = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
QUIET = [0.0] * 12


def text_of(block: object) -> str:
    return " ".join(getattr(block, "sentences", ()))


def test_found_missed_and_false_events_by_hand() -> None:
    here = scene(SCORES, QUIET, LABELS)
    found = counts_of(here, here.model)
    assert (found.events, found.marked) == (2, 2)
    assert (found.found, found.missed, found.false, found.delay) == (1, 1, 1, 1.0)
    block = found_block(here)
    assert block.sentences[0] == (
        "net finds 1 of 2 labelled events and raises 1 false event in 12 rows of the test part."
    )
    assert "1 labelled event is found by net alone, 0 by naive alone" in text_of(block)
    assert "chance alone could give it" in text_of(block)
    (grid,) = block.figures
    assert isinstance(grid, Grid)
    assert grid.rows == (("net", "2", "1", "1", "1", "1.00"), ("naive", "2", "0", "2", "0", "-"))


def test_without_labels_events_are_counted_and_nothing_is_claimed() -> None:
    block = found_block(scene(SCORES, QUIET))
    assert "net finds 2 events, 2 rows of 12." in block.sentences
    assert "nobody knows which events are anomalies" in text_of(block)


def test_rows_without_a_label_are_neither_found_nor_false() -> None:
    labels = [1, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0]
    here = scene(SCORES, None, labels)
    found = counts_of(here, here.model)
    # row 1 stands beside the labelled row 0, and is labelled as normal itself
    assert (found.found, found.missed, found.false) == (0, 1, 1)


def test_an_event_that_holds_a_labelled_row_is_not_false() -> None:
    here = scene([0.0, 9.0, 0.0, 9.0, 0.0], None, [0, 1, 0, 0, 0])  # one event, rows 1 to 3
    assert counts_of(here, here.model).false == 0
    block = thresholds_block(here)
    assert block is not None
    false = block.figures[1]
    assert isinstance(false, Lines) and false.lines[0].values[0] == 0.0


def test_a_labelled_event_without_a_score_is_left_out() -> None:
    scores = [NAN, 0.0, 5.0, 0.0, 0.0]
    here = scene(scores, None, [1, 0, 1, 0, 0])
    assert here.labelled.tolist() == [[2, 2]]


def test_the_test_part_is_drawn_with_what_was_labelled_and_found() -> None:
    block = over_time_block(scene(SCORES, QUIET, LABELS))
    assert block is not None
    values, scores = block.figures
    assert isinstance(values, Lines) and isinstance(scores, Lines)
    assert [(each.role, each.first, each.last) for each in values.spans] == [
        ("actual", 0, 1),
        ("actual", 11, 11),
        ("model", 1, 1),
        ("model", 7, 7),
    ]
    assert values.x == scores.x and values.x[0] == "t0"
    assert (scores.level, scores.level_name) == (4.0, "threshold")
    assert [line.name for line in scores.lines] == ["naive", "net"]


def test_of_many_series_the_strangest_are_drawn_and_the_rest_is_counted() -> None:
    scores = [float(row) for row in range(10)]
    block = over_time_block(scene(scores, offsets=[0, 2, 4, 6, 8, 10]))
    assert block is not None
    titles = [figure.title for figure in block.figures]
    assert titles == [
        *("load of s4", "Score of s4", "load of s3", "Score of s3", "load of s2", "Score of s2"),
    ]
    assert block.sentences == (
        "3 of 5 series are drawn: those of the highest scores. 2 others are not shown.",
    )


def test_nothing_is_drawn_where_nothing_has_a_score() -> None:
    here = scene([NAN] * 4)
    assert over_time_block(here) is None
    assert events_block(here) is None
    assert thresholds_block(here) is None


def test_events_are_shown_the_strangest_first_with_what_was_expected() -> None:
    scores = [0.0] * 60
    scores[30], scores[50] = 6.0, 8.0
    labels = [0] * 60
    labels[30] = 1
    other = [0.0] * 60
    other[30] = 5.0
    block = events_block(scene(scores, other, labels))
    assert block is not None and block.is_gallery
    first, second = block.figures
    assert isinstance(first, Lines) and isinstance(second, Lines)
    assert first.title == "t50: load"
    assert first.caption == (
        "Score 8.00, threshold 4.00. load was 5.00, 1.00 was expected, at the peak. It is labelled "
        "as normal. naive does not mark it."
    )
    assert "labelled as an anomaly. naive marks it too." in second.caption
    assert (second.x[0], second.x[-1]) == ("t10", "t50")
    assert [(each.name, each.first) for each in second.spans] == [
        ("labelled as an anomaly", 20),
        ("found by net", 20),
        ("found by net", 40),
    ]


def test_no_event_shows_the_strangest_rows() -> None:
    block = events_block(scene([0.0, 1.0, 3.0, 0.5]))
    assert block is not None
    assert "No row is beyond the threshold of 4.00." in text_of(block)
    assert block.figures[0].title == "t2: load"


def test_missed_events_are_shown_with_their_score() -> None:
    block = missed_block(scene(SCORES, SCORES, LABELS))
    assert block is not None
    (figure,) = block.figures
    assert figure.title == "t11: load"
    assert figure.caption == "Highest score 2.00, threshold 4.00. naive misses it too."
    assert missed_block(scene(SCORES)) is None
    assert missed_block(scene([9.0, 0.0], None, [1, 0])) is None


def test_planted_anomalies_by_kind() -> None:
    kinds = np.array([1, 0, 2, 2, 0, 1], np.int8)
    marked = {"net": kinds == 2, "naive": kinds < 0}
    block = planted_block(kinds, ("spike", "level_shift"), marked, np.array([0, 6]))
    assert block is not None
    (bars,) = block.figures
    assert isinstance(bars, Bars)
    assert bars.categories == ("spike (2)", "level shift (1)")
    assert [group.values for group in bars.groups] == [(0.0, 100.0), (0.0, 0.0)]
    assert block.sentences == (
        "Of 3 anomalies that were planted into copies of the test part, net finds 1, naive 0. They "
        "are not told apart: 1 are found by net alone, 0 by naive alone.",
    )
    assert planted_block(np.zeros(3, np.int8), ("spike",), {}, np.array([0, 3])) is None


def test_other_thresholds_by_hand() -> None:
    block = thresholds_block(scene(SCORES, None, LABELS))
    assert block is not None
    found, false = block.figures
    assert isinstance(found, Lines) and isinstance(false, Lines)
    at = found.spans[0].first
    assert found.x[at] == 4.0
    assert (found.lines[0].values[0], found.lines[0].values[at]) == (100.0, 50.0)
    assert (false.lines[0].values[at], false.lines[0].values[-1]) == (1.0, 0.0)
    assert "find all 2 labelled events, the threshold would have to be below 2.00" in (
        text_of(block)
    )
    assert "--set threshold.false_alarms=0.001." in text_of(block)


def test_events_by_column_and_by_series() -> None:
    block = channels_block(scene(SCORES, QUIET, offsets=[0, 6, 12], channels=("load", "heat")))
    assert block is not None
    columns, series = block.figures
    assert isinstance(columns, Bars) and isinstance(series, Bars)
    assert (columns.categories, columns.groups[0].values) == (("load", "heat"), (2.0, 0.0))
    assert (series.categories, series.groups[0].values) == (("s0", "s1"), (1.0, 1.0))
    assert "2 of 2 events are of load." in text_of(block)
    assert channels_block(scene(SCORES)) is None
    assert channels_block(scene(QUIET, channels=("load", "heat"))) is None


def test_no_peak_is_lost_in_thinning() -> None:
    draw = np.random.default_rng(0)
    line = draw.normal(size=10_000)
    line[1234], line[7000:7500] = 50.0, NAN
    line[4321] = -50.0
    kept = kept_rows(10_000, 400, [line, np.zeros(10_000)])
    assert len(kept) <= 400
    assert 1234 in kept and 4321 in kept and np.all(np.diff(kept) > 0)
    assert kept_rows(3, 400, [line]).tolist() == [0, 1, 2]


def test_a_span_between_rows_that_are_drawn_is_not_lost() -> None:
    kept = np.array([0, 10, 20])
    assert drawn_span(3, 4, kept) == (1, 1)
    assert drawn_span(21, 22, kept) == (2, 2)
    assert drawn_span(0, 20, kept) == (0, 2)
