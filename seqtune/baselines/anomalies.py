"""Run the simple anomaly detectors within a time: the cheap first, and say what was left out.

The methods of `ALWAYS` run whatever the time. Each other method first fits and scores few rows; its
total is extrapolated from them by the method's own law of growth (`work`), and then they run in
order of that total, each as long as it would end in time.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

from seqtune.baselines.anomaly._contract import Floats, Scorer
from seqtune.baselines.pace import Allowance, Turn, take_turns
from seqtune.progress import Listener
from seqtune.registry import baselines

ALWAYS = frozenset({"moving_z_score", "seasonal_residual"})
PROBES = (200, 2000)  # rows of the samples; the first also pays for importing the library


@dataclass(frozen=True)
class Part:
    """Rows to score, and the rows that may be learnt from for it.

    Args:
        train: (rows, channels) of each stretch, float64, in order of time; NaN where not observed.
            Parts with the same list (the same object) share one fit.
        scored: (rows, channels) of each stretch to score. The first rows of a stretch have no
            score: hand in what came before, and cut it off afterwards.
    """

    train: Sequence[Floats]
    scored: Sequence[Floats]


@dataclass(frozen=True)
class AnomalyProblem:
    """What every baseline scores.

    Args:
        parts: By name, such as "validation" and "test".
        period: Season in rows; None where there is none.
        seed: Of the methods that draw at random.
    """

    parts: Mapping[str, Part]
    period: int | None
    seed: int


@dataclass(frozen=True)
class BaselineScores:
    """What one baseline scored, or why it was left out.

    Args:
        name: The method's name, as in the registry.
        scores: By part: (rows,) for each stretch, float64, higher is stranger, NaN where it cannot
            be scored. Empty where the method was left out.
        seconds: Time that it took, what was left unfinished included.
        left_out: Why it was left out; "" where it was not.
    """

    name: str
    scores: Mapping[str, Sequence[Floats]]
    seconds: float
    left_out: str = ""


def fit_detector(name: str, train: Sequence[Floats], period: int | None, seed: int) -> Scorer:
    """Fit one baseline.

    Args:
        name: An anomaly baseline's name.
        train: (rows, channels) of each stretch, float64, NaN where not observed.
        period: Season in rows; None where there is none.
        seed: Of the methods that draw at random.

    Returns:
        From the rows of a stretch, (rows, channels), to (rows,), float64. A row's score depends on
        it and the rows before it alone. It raises a ValueError where the method's answer has
        another shape, or is infinite.

    Raises:
        RecipeError: There is no such baseline.
    """
    method = baselines("anomaly")[name]
    # Warnings of the library about one fit are not news to the user, who sees the score.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scorer: Scorer = method.fit(train, period, seed=seed)

    def checked(values: Floats) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scores = scorer(values)
        if scores.shape != (len(values),):
            raise ValueError(f"answered with shape {scores.shape}, expected ({len(values)},)")
        if np.isinf(scores).any():
            raise ValueError("answered with an infinite score")
        return scores

    return checked


def run_detectors(
    methods: Sequence[str], problem: AnomalyProblem, allowance: Allowance, listener: Listener
) -> list[BaselineScores]:
    """Score all parts by each method, as far as the time goes.

    Args:
        methods: Names of anomaly baselines.
        problem: What they score.
        allowance: The time that they may take. The methods of `ALWAYS` run even where none is
            left.
        listener: Hears a BaselineEnded with the reason for each method left out. What the scores
            are worth is the caller's to tell.

    Returns:
        One result per method, in the order of `methods`.

    Raises:
        RecipeError: There is no such baseline.
    """
    jobs = [_Job(name, baselines("anomaly")[name], problem) for name in methods]
    take_turns(jobs, ALWAYS, allowance, listener)
    return [job.result() for job in jobs]


@dataclass
class _Job(Turn):
    """One method on its way through all parts."""

    method: ModuleType
    problem: AnomalyProblem
    done: dict[str, list[Floats]] = field(default_factory=dict)

    @property
    def seconds_to_go(self) -> float:
        """Seconds that the parts not yet scored would take at the pace so far."""
        work, fitted = 0.0, None
        for name, part in self.problem.parts.items():
            known = 0 if part.train is fitted else _rows(part.train)
            fitted = part.train
            if name not in self.done:
                work += self._work(known, _rows(part.scored))
        return self.pace * work

    def probe(self, allowance: Allowance) -> None:
        """Fit and score few rows to know the pace."""
        for size in PROBES:
            for part in list(self.problem.parts.values())[:1]:
                if self.may_begin(allowance):
                    train = _sample(part.train, size)
                    self._score(Part(train, train), None)

    def finish(self, allowance: Allowance) -> None:
        """Score every part, or leave the method out once the time would not do."""
        fitted: tuple[Sequence[Floats], Scorer] | None = None
        for name, part in self.problem.parts.items():
            if not self.may_go_on(allowance):
                return
            scorer = fitted[1] if fitted is not None and fitted[0] is part.train else None
            answer = self._score(part, scorer)
            if answer is not None:
                self.done[name], scorer = answer
                fitted = (part.train, scorer)

    def result(self) -> BaselineScores:
        done = {} if self.left_out else self.done
        return BaselineScores(self.name, done, self.seconds, self.left_out)

    def _score(self, part: Part, scorer: Scorer | None) -> tuple[list[Floats], Scorer] | None:
        """Fit, unless that is done, and score; learn the pace, or why the method is left out."""
        problem = self.problem
        known = _rows(part.train) if scorer is None else 0

        def act() -> tuple[list[Floats], Scorer]:
            fitted = scorer or fit_detector(self.name, part.train, problem.period, problem.seed)
            return [fitted(values) for values in part.scored], fitted

        return self.attempt(act, self._work(known, _rows(part.scored)))

    def _work(self, training: int, rows: int) -> float:
        work = getattr(self.method, "work", None)
        return float(training + rows) if work is None else float(work(training, rows))


def _rows(stretches: Sequence[Floats]) -> int:
    return sum(map(len, stretches))


def _sample(stretches: Sequence[Floats], size: int) -> list[Floats]:
    """Return the first rows of as many stretches as make up the size."""
    taken: list[Floats] = []
    for values in stretches:
        left = size - _rows(taken)
        if left <= 0:
            break
        taken.append(values[:left])
    return taken
