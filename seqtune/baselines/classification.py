"""Run the simple classifiers within a time: the cheap first, and say what was left out.

The validation part is predicted by a fit on the training part alone, the test part by a fit on
training and validation together, as the networks are. The simple methods always run. Each other
method first fits and predicts a few cases; its total is extrapolated from them by the method's
own law of growth (`work`), and then they run in order of that total, each as long as it would
end in time.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from seqtune.baselines.pace import Allowance, Turn, take_turns
from seqtune.progress import Listener
from seqtune.registry import baselines

Floats = npt.NDArray[np.float64]
Part = Literal["train", "validation", "test"]
Kind = Literal["text", "series"]

PREDICTED: tuple[Part, ...] = ("validation", "test")
ALWAYS = frozenset({"majority", "nearest_neighbour", "tfidf_naive_bayes"})
WARM_UP = 4  # training cases of the first sample, which also pays for importing the library
PROBE = 40  # training cases of the sample that the total is extrapolated from
PREDICTED_SHARE = 4  # one of so many cases of a sample is also predicted
GROWTH = 2  # a small sample overstates the pace: the next is so many times larger,
PROBE_SHARE = 0.2  # … as long as it takes no more of the time that is left


@dataclass(frozen=True)
class ClassificationProblem:
    """What every baseline classifies.

    Args:
        kind: What a case is: "text" (a `str`), or "series" (a (steps, channels) float64 array
            without NaN, of any length of at least 1).
        cases: Called with a part; returns its cases. Training has at least one.
        targets: Called with a part; returns (cases, classes), float64, zeros and ones: one 1 per
            row, or with `is_multi` any number.
        is_multi: Whether a case may have any number of classes.
        seed: Of the methods that draw at random.
    """

    kind: Kind
    cases: Callable[[Part], Sequence[Any]]
    targets: Callable[[Part], Floats]
    is_multi: bool
    seed: int


@dataclass(frozen=True)
class BaselineProbabilities:
    """What one baseline predicted, or why it was left out.

    Args:
        name: The method's name, as in the registry.
        probabilities: By part ("validation", "test"): (cases, classes), float64; rows sum to 1
            unless a case may have several classes. Empty where the method was left out.
        seconds: Time that it took, what was left unfinished included.
        left_out: Why it was left out; "" where it was not.
    """

    name: str
    probabilities: Mapping[str, Floats]
    seconds: float
    left_out: str = ""


def methods_for(kind: Kind) -> list[str]:
    """Return the names of the classifiers that take such cases, in alphabetical order.

    Example:
        >>> methods_for("text")
        ['majority', 'tfidf_logistic', 'tfidf_naive_bayes']
    """
    return [name for name, method in baselines("classify").items() if kind in method.KINDS]


def probabilities_of(
    name: str,
    training_cases: Sequence[Any],
    training_targets: Floats,
    cases: Sequence[Any],
    *,
    is_multi: bool,
    seed: int,
) -> Floats:
    """Fit one baseline and predict by it.

    Args:
        name: A classification baseline's name.
        training_cases: At least one case, as in `ClassificationProblem`.
        training_targets: (training cases, classes), float64, zeros and ones.
        cases: Cases to predict, none or more.
        is_multi: Whether a case may have any number of classes.
        seed: Of the methods that draw at random.

    Returns:
        (cases, classes), float64.

    Raises:
        RecipeError: There is no such baseline.
        ValueError: The method's answer has another shape, or values outside [0, 1].
    """
    method = baselines("classify")[name]
    # Warnings of the library about one fit (it did not converge, a class is empty) are not news
    # to the user, who sees the score.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predict = method.fit(training_cases, training_targets, is_multi=is_multi, seed=seed)
        answer: Floats = predict(cases)
    expected = (len(cases), training_targets.shape[1])
    if answer.shape != expected:
        raise ValueError(f"answered with shape {answer.shape}, expected {expected}")
    if not ((answer >= 0) & (answer <= 1 + 1e-9)).all():
        raise ValueError("answered with probabilities outside [0, 1]")
    return answer


def run_classifiers(
    methods: Sequence[str], problem: ClassificationProblem, allowance: Allowance, listener: Listener
) -> list[BaselineProbabilities]:
    """Predict both parts by each method, as far as the time goes.

    Args:
        methods: Names of classification baselines.
        problem: What they classify.
        allowance: The time that they may take. The methods of `ALWAYS` run even where none is
            left.
        listener: Hears a BaselineEnded with the reason for each method left out. Scores are the
            caller's to tell.

    Returns:
        One result per method, in the order of `methods`.

    Raises:
        RecipeError: There is no such baseline.
    """
    parts = _Parts(problem)
    jobs = [_Job(name, baselines("classify")[name], parts) for name in methods]
    take_turns(jobs, ALWAYS, allowance, listener)
    return [job.result() for job in jobs]


class _Parts:
    """The cases and targets of all parts, read once for all methods."""

    def __init__(self, problem: ClassificationProblem) -> None:
        self.problem = problem
        known: tuple[Part, ...] = ("train", *PREDICTED)
        self.cases = {part: problem.cases(part) for part in known}
        self.targets = {part: problem.targets(part) for part in known}

    def known_for(self, part: Part) -> tuple[Sequence[Any], Floats]:
        """Return what a fit that predicts `part` may see."""
        if part == "validation":
            return self.cases["train"], self.targets["train"]
        cases = [*self.cases["train"], *self.cases["validation"]]
        return cases, np.concatenate([self.targets["train"], self.targets["validation"]])

    def sample(self, size: int) -> tuple[Sequence[Any], Floats]:
        """Return so many training cases, evenly spaced."""
        cases = self.cases["train"]
        chosen = np.unique(np.linspace(0, len(cases) - 1, min(size, len(cases))).astype(int))
        return [cases[int(case)] for case in chosen], self.targets["train"][chosen]

    def sizes(self, part: Part) -> tuple[int, int]:
        """Return how many cases are fitted, and how many predicted, for a part."""
        extra = len(self.cases["validation"]) if part == "test" else 0
        return len(self.cases["train"]) + extra, len(self.cases[part])


@dataclass
class _Job(Turn):
    """One method on its way through both parts."""

    method: ModuleType
    parts: _Parts
    done: dict[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = self.method.KINDS
        if self.parts.problem.kind not in kinds:
            self.left_out = f"is for {' and '.join(kinds)}, not for {self.parts.problem.kind}"

    @property
    def seconds_to_go(self) -> float:
        """Seconds that the parts not yet predicted would take at the pace so far."""
        to_go = (part for part in PREDICTED if part not in self.done)
        return self.pace * sum(self._work(*self.parts.sizes(part)) for part in to_go)

    def probe(self, allowance: Allowance) -> None:
        """Fit and predict few cases to know the pace; more of them if few say: too slow."""
        if not self.may_begin(allowance):
            return
        self._sample(WARM_UP)
        size = PROBE
        self._sample(size)
        while not self.left_out and size < len(self.parts.cases["train"]):
            left = allowance.seconds
            size *= GROWTH
            takes = self.pace * self._work(size, size // PREDICTED_SHARE)
            if self.seconds_to_go <= left or takes > PROBE_SHARE * left:
                return
            self._sample(size)

    def finish(self, allowance: Allowance) -> None:
        """Predict both parts, or leave the method out once the time would not do."""
        for part in PREDICTED:
            if not self.may_go_on(allowance):
                return
            known, targets = self.parts.known_for(part)
            answer = self._answer(known, targets, self.parts.cases[part])
            if answer is not None:
                self.done[part] = answer

    def result(self) -> BaselineProbabilities:
        done = {} if self.left_out else self.done
        return BaselineProbabilities(self.name, done, self.seconds, self.left_out)

    def _sample(self, size: int) -> None:
        cases, targets = self.parts.sample(size)
        self._answer(cases, targets, cases[::PREDICTED_SHARE])

    def _answer(self, known: Sequence[Any], targets: Floats, cases: Sequence[Any]) -> Floats | None:
        """Fit and predict; on the way, learn the pace, or why the method is left out."""
        problem = self.parts.problem
        return self.attempt(
            lambda: probabilities_of(
                self.name, known, targets, cases, is_multi=problem.is_multi, seed=problem.seed
            ),
            self._work(len(known), len(cases)),
        )

    def _work(self, training: int, cases: int) -> float:
        work: Callable[[int, int], float] = getattr(self.method, "work", _sum)
        return work(training, cases)


def _sum(training: int, cases: int) -> float:
    return float(training + cases)
