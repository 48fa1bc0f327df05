"""The rows that detectors are compared on: held-out rows, and copies of them with anomalies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.metrics.vus import vus_pr
from seqtune.tasks.anomaly.codec import Codec
from seqtune.tasks.anomaly.faults import KINDS
from seqtune.tasks.anomaly.flag_metrics import figures_of
from seqtune.tasks.anomaly.injection import plant
from seqtune.tasks.anomaly.panels import Rows
from seqtune.tasks.anomaly.segment import Segment
from seqtune.tasks.anomaly.separation import separation

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

QUALITY = 0.1
"""Weight of the mean error on clean rows beside the planted anomalies. On the eight series of
docs/notes/anomalies.md, two seeds, networks picked with it have a VUS-PR of 0.452 and
0.411, without it 0.428 and 0.414, where all have the same scorers; ensembles are within 0.01 but
for one. Of simple methods and ensembles it picks 0.452 and 0.436, without it 0.422 and 0.424."""

MAX_ERROR = 5.0

MAX_CLEAN = 20_000
"""Held-out rows that are scored; where there are more, the last ones of some series."""

PLANTED_ROWS = 6_000
"""Rows of copies with planted anomalies, together about."""

MAX_COPY = 4_000

MIN_COPIES, MAX_COPIES = 2, 16


@dataclass(frozen=True)
class HeldOut:
    """Segments with what is known of their rows; the arrays are over the scored rows of all.

    Args:
        segments: The clean ones first, then the copies, then rows of the training part.
        clean: How many of them are clean.
        copies: How many are copies.
        known: (rows,) int8, the user's label of clean rows: 0, 1, or -1 where there is none.
        kinds: (rows,) int8, 0, or 1 + place in `KINDS` of the anomaly that was planted.
        scored: (rows,) bool, which rows have a score.
        still: (rows,) float32, how rare it is that some channel stands still for so long.
        season: Rows of a season.
    """

    segments: Sequence[Segment]
    clean: int
    copies: int
    known: npt.NDArray[np.int8]
    kinds: npt.NDArray[np.int8]
    scored: npt.NDArray[np.bool_]
    still: npt.NDArray[np.float32]
    season: int

    def __len__(self) -> int:
        return int(self.offsets[-1])

    @cached_property
    def offsets(self) -> Ints:
        """(segments + 1,) borders between the scored rows of segments."""
        return np.concatenate([[0], np.cumsum([len(each) for each in self.segments])]).astype(
            np.int64
        )

    @property
    def clean_rows(self) -> int:
        """Rows of clean segments; they come first."""
        return int(self.offsets[self.clean])

    @cached_property
    def has_labels(self) -> bool:
        """Whether anomalies are known among the clean rows, and normal rows too."""
        known = self.known[: self.clean_rows][self.scored[: self.clean_rows]]
        return bool((known == 1).any() and (known == 0).any())

    @cached_property
    def values(self) -> Floats:
        """(rows, channels) what came, in the user's unit."""
        return np.concatenate([each.values[each.first :] for each in self.segments])

    @property
    def planted(self) -> tuple[str, ...]:
        """The kinds that are among the copies."""
        return tuple(name for code, name in enumerate(KINDS, 1) if (self.kinds == code).any())

    @property
    def _planted_rows(self) -> slice:
        return slice(self.clean_rows, int(self.offsets[self.clean + self.copies]))

    @property
    def _planted_offsets(self) -> Ints:
        return self.offsets[self.clean : self.clean + self.copies + 1] - self.clean_rows

    def normal_scores(self, scores: Floats) -> Floats:
        """Return scores of mostly normal rows, from which the threshold is found.

        Those of rows held out and of training rows, as they are: the few anomalies among them are
        more than made up for by rows that were learnt (measured in docs/notes/anomalies.md,
        "The promise of the threshold").

        Args:
            scores: (rows,).

        Returns:
            (normal rows,), NaN where there is none and between segments.
        """
        usable = np.where(self.scored, scores, np.nan)
        parts = np.split(usable, self.offsets[1:-1])
        chosen = [*parts[self.clean + self.copies :], *parts[: self.clean]]
        border = np.full(1, np.nan)
        return np.concatenate([each for part in chosen for each in (part, border)])

    def separation(self, scores: Floats, expected: Floats | None = None) -> float:
        """Return how well scores tell planted anomalies from the rows around them, -0.1 to 1.

        Of two models that do so equally well, the one is better that expects normal rows better:
        a tenth of the mean error of what it expected is taken off.

        Args:
            scores: (rows,).
            expected: (rows, channels), what was expected, in the user's unit; nothing is taken off
                without it.
        """
        part = self._planted_rows
        usable = np.where(self.scored[part], scores[part], np.nan)
        found = separation(self.kinds[part], usable, self._planted_offsets, self.season)
        return found if expected is None else found - QUALITY * min(1.0, self.error(expected))

    def error(self, expected: Floats) -> float:
        """Return the mean absolute error of what was expected of clean rows; 0 where none counts.

        It is in units of the channels' deviation; one value counts for no more than
        `MAX_ERROR` of them: what is strange among the rows held out shall not decide.

        Args:
            expected: (rows, channels), in the user's unit.
        """
        counted, came, unit = self._counted
        error = np.abs(came - expected[: self.clean_rows][counted]) / unit
        return float(np.minimum(error, MAX_ERROR).mean()) if len(error) else 0.0

    @cached_property
    def _counted(self) -> tuple[npt.NDArray[np.bool_], Floats, Floats]:
        """Which values of clean rows count, (clean rows, channels); each of them, and its unit."""
        clean = self.segments[: self.clean]
        seen = np.concatenate([each.observed[each.first :] for each in clean])
        counted = seen & self.scored[: self.clean_rows, None]
        unit = np.concatenate([np.tile(each.spread, (len(each), 1)) for each in clean])
        return counted, self.values[: self.clean_rows][counted], unit[counted]

    def volume(self, scores: Floats) -> float:
        """Return the VUS-PR on the clean rows by the user's labels."""
        labels, usable, offsets = self._labelled(scores)
        return vus_pr(labels, usable, self.season, offsets)

    def figures(self, scores: Floats, threshold: float) -> dict[str, float]:
        """Return the metrics that are reported beside the one that selects.

        By the user's labels where there are such, else by the planted anomalies.

        Args:
            scores: (rows,).
            threshold: A row with a higher score is marked.
        """
        if self.has_labels:
            labels, usable, offsets = self._labelled(scores)
        else:
            part, offsets = self._planted_rows, self._planted_offsets
            labels = (self.kinds[part] > 0).astype(np.int8)
            usable = np.where(self.scored[part], scores[part], np.nan)
        return figures_of(labels, usable, threshold, offsets)

    def _labelled(self, scores: Floats) -> tuple[npt.NDArray[np.int8], Floats, Ints]:
        rows = slice(0, self.clean_rows)
        known = self.scored[rows] & (self.known[rows] >= 0)
        usable = np.where(known, scores[rows], np.nan)
        return np.maximum(self.known[rows], 0), usable, self.offsets[: self.clean + 1]


def hold_out(
    rows: Rows,
    begin: Ints,
    end: Ints,
    codec: Codec,
    seed: int,
    trained: tuple[Ints, Ints] | None = None,
) -> HeldOut:
    """Choose the rows of a part that are scored, and plant anomalies into copies of them.

    Args:
        rows: All rows.
        begin: (series,) first row of the part in each series.
        end: (series,) first row after it.
        codec: Season and how gaps are bridged.
        seed: Draws the anomalies.
        trained: First row, and first row after, of the training part in each series, where its
            scores are wanted too.
    """
    longest_context = codec.context
    parts = last_rows(begin, end)
    clean = [rows.segment(series, one, two, longest_context) for series, one, two in parts]
    draw = np.random.default_rng((seed, len(parts)))
    copies: list[Segment] = []
    kinds: list[npt.NDArray[np.int8]] = []
    for series, one, two in _to_copy(parts, draw):
        segment = rows.segment(series, one, two, longest_context)
        values = np.where(segment.observed, segment.values, np.nan)[segment.first :]
        period = codec.season if codec.periods else None
        planted = plant(values, period, draw)
        fresh = segment.values.copy()
        fresh[segment.first :] = np.where(
            np.isnan(planted.values), segment.values[segment.first :], planted.values
        )
        copies.append(replace(segment, values=fresh))
        kinds.append(planted.kinds)
    usual = [
        rows.segment(series, one, two, longest_context)
        for series, one, two in (last_rows(*trained) if trained else [])
    ]
    segments = [*clean, *copies, *usual]
    known = [rows.labels[one:two] for _, one, two in parts]
    unknown = [np.full(len(each), -1, np.int8) for each in (*copies, *usual)]
    nothing, after = ([np.zeros(len(each), np.int8) for each in part] for part in (clean, usual))
    return HeldOut(
        segments,
        len(clean),
        len(copies),
        np.concatenate([*known, *unknown]),
        np.concatenate([*nothing, *kinds, *after]),
        np.concatenate([each.scored(codec.bridge) for each in segments]),
        np.concatenate([each.flat_line_scores(codec.bridge) for each in segments]),
        codec.season,
    )


def last_rows(begin: Ints, end: Ints) -> list[tuple[int, int, int]]:
    """Return series, first row, and first row after, of what is scored: about `MAX_CLEAN` rows.

    Args:
        begin: (series,) first row that may be.
        end: (series,) first row after them.
    """
    used = np.flatnonzero(end > begin)
    longest = int((end - begin).max(initial=0))
    wanted = max(1, MAX_CLEAN // max(1, min(longest, MAX_COPY)))
    if int((end - begin).sum()) > MAX_CLEAN and len(used) > wanted:
        used = used[np.linspace(0, len(used) - 1, wanted).round().astype(np.int64)]
    each = max(1, MAX_CLEAN // max(1, len(used)))
    return [(int(one), int(max(begin[one], end[one] - each)), int(end[one])) for one in used]


def _to_copy(
    parts: list[tuple[int, int, int]], draw: np.random.Generator
) -> list[tuple[int, int, int]]:
    """Return which rows are copied: parts in turn, at most `MAX_COPY` rows of each."""
    usual = float(np.mean([min(two - one, MAX_COPY) for _, one, two in parts]))
    count = int(np.clip(PLANTED_ROWS / max(1.0, usual), MIN_COPIES, MAX_COPIES))
    copies = []
    for number in range(count):
        series, one, two = parts[number * len(parts) // count if len(parts) > count else
                                 number % len(parts)]  # fmt: skip
        if two - one > MAX_COPY:
            one += int(draw.integers(0, two - one - MAX_COPY + 1))
            two = one + MAX_COPY
        copies.append((series, one, two))
    return copies
