"""The runner of anomaly detectors: what is fitted on what, and what is left out."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hand_moved import Clock

from seqtune.baselines import anomalies
from seqtune.baselines.anomalies import AnomalyProblem, Part, fit_detector, run_detectors
from seqtune.baselines.pace import ALL_THE_TIME, Allowance
from seqtune.errors import RecipeError
from seqtune.progress import BaselineEnded
from seqtune.registry import baselines


class Method:
    """A detector that takes seconds per row, and notes what it was asked."""

    def __init__(self, clock: Clock, seconds_per_row: float) -> None:
        self.clock, self.pace = clock, seconds_per_row
        self.fitted: list[int] = []
        self.scored: list[int] = []

    def fit(self, train, period, *, seed):
        rows = sum(map(len, train))
        self.fitted.append(rows)
        self.clock.now += self.pace * rows

        def score(values):
            self.scored.append(len(values))
            self.clock.now += self.pace * len(values)
            return np.full(len(values), float(rows))

        return score


def registered(monkeypatch: pytest.MonkeyPatch, **methods) -> None:
    monkeypatch.setattr(anomalies, "baselines", lambda task: methods)


def rows(count: int):
    return np.zeros((count, 1))


def problem(train: int = 5000, scored: int = 1000) -> AnomalyProblem:
    known = [rows(train)]
    parts = {"train": Part(known, known), "validation": Part(known, [rows(scored), rows(3)])}
    more = [rows(train), rows(scored)]
    return AnomalyProblem(parts | {"test": Part(more, [rows(7)])}, None, 0)


def test_every_part_is_scored_by_a_fit_on_what_it_may_know(monkeypatch, clock) -> None:
    method = Method(clock, 0.0)
    registered(monkeypatch, moving_z_score=method)
    (result,) = run_detectors(["moving_z_score"], problem(), Allowance(1.0), lambda event: None)
    assert method.fitted == [5000, 6000]  # the first two parts share a fit
    assert method.scored == [5000, 1000, 3, 7]
    assert [part[0][0] for part in result.scores.values()] == [5000.0, 5000.0, 6000.0]
    assert [len(each) for each in result.scores["validation"]] == [1000, 3]
    assert (result.name, result.left_out) == ("moving_z_score", "")


def test_a_method_that_always_runs_needs_no_time(monkeypatch, clock) -> None:
    registered(monkeypatch, moving_z_score=Method(clock, 1.0), slow=Method(clock, 1.0))
    events = []
    first, second = run_detectors(
        ["moving_z_score", "slow"], problem(), Allowance(5.0), events.append
    )
    assert first.left_out == "" and len(first.scores) == 3
    assert second.left_out == "no time was left" and second.scores == {}
    assert events == [BaselineEnded("slow", None, 0.0, "no time was left")]


def test_what_would_not_end_in_time_is_left_out_and_says_what_it_would_take(
    monkeypatch, clock
) -> None:
    registered(monkeypatch, slow=Method(clock, 1.0), quick=Method(clock, 0.01))
    slow, quick = run_detectors(["slow", "quick"], problem(), Allowance(6000.0), lambda event: None)
    # both samples: 2 * (200 + 2000) rows fitted and scored; then 5000 + 5000 + 1003 + 6000 + 7
    assert slow.left_out == "would take about 5h; its share of the budget has 1386s left"
    assert slow.seconds == pytest.approx(4400.0)
    assert quick.left_out == "" and set(quick.scores) == {"train", "validation", "test"}


def test_the_cheap_come_first(monkeypatch, clock) -> None:
    registered(monkeypatch, dear=Method(clock, 0.05), cheap=Method(clock, 0.02))
    dear, cheap = run_detectors(["dear", "cheap"], problem(), Allowance(1000.0), lambda event: None)
    assert cheap.left_out == ""
    assert dear.left_out.startswith("would take about 15m")


def test_a_method_may_say_how_its_work_grows(monkeypatch, clock) -> None:
    method = Method(clock, 0.0)

    def fit(train, period, *, seed):
        clock.now += 10.0
        return lambda values: np.zeros(len(values))

    registered(monkeypatch, steady=SimpleNamespace(fit=fit, work=lambda known, rows: known > 0))
    (result,) = run_detectors(["steady"], problem(), Allowance(50.0), lambda event: None)
    assert result.left_out == "" and result.seconds == 40.0  # two samples, two fits
    assert method.fitted == []


@pytest.mark.parametrize(("answer", "reason"), [
    (lambda values: np.zeros(len(values) + 1), "ValueError: answered with shape"),
    (lambda values: np.full(len(values), math.inf), "ValueError: answered with an infinite score"),
    (lambda values: 1 / 0, "ZeroDivisionError"),
])  # fmt: skip
def test_a_method_that_breaks_is_left_out_and_ends_nothing(
    monkeypatch, clock, answer, reason
) -> None:
    broken = SimpleNamespace(fit=lambda train, period, *, seed: answer)
    registered(monkeypatch, broken=broken, sound=Method(clock, 0.0))
    first, second = run_detectors(
        ["broken", "sound"], problem(), Allowance(9.0), lambda event: None
    )
    assert first.left_out.startswith(f"failed: {reason}") and first.scores == {}
    assert second.left_out == ""


def test_the_real_methods_run_on_tiny_parts() -> None:
    known = [rows(3), rows(0)]
    tiny = AnomalyProblem({"validation": Part(known, [rows(2), rows(0)])}, 24, 0)
    for result in run_detectors(list(baselines("anomaly")), tiny, ALL_THE_TIME, lambda event: None):
        assert result.left_out == ""
        assert [len(each) for each in result.scores["validation"]] == [2, 0]


def test_without_rows_or_parts_nothing_breaks() -> None:
    nothing = AnomalyProblem({"validation": Part([], [])}, None, 0)
    for result in run_detectors(
        list(baselines("anomaly")), nothing, ALL_THE_TIME, lambda event: None
    ):
        assert result.left_out == "" and result.scores["validation"] == []
    none = AnomalyProblem({}, None, 0)
    assert run_detectors(["sub_pca"], none, ALL_THE_TIME, lambda event: None)[0].scores == {}


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(RecipeError, match="unknown baseline 'z_scor'"):
        fit_detector("z_scor", [rows(5)], None, 0)
    with pytest.raises(RecipeError, match="unknown baseline"):
        run_detectors(["z_scor"], problem(), Allowance(1.0), lambda event: None)
