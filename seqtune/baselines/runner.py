"""Runs the simple methods of any task within a time: the cheap first, and says what is left out.

The validation part is predicted by a fit on the training part alone, the test part by a fit on both
before it, as by networks. Methods that cost next to nothing always run. Then come those that an
ensemble takes in before others, before time goes to learn what the rest costs; they may take up to
half of the budget. Each other method first fits and predicts few examples; its total is foreseen
from them by the method's own law of growth (`work`), and then the methods run in order of that
total, each as long as it would end in time.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from seqtune.baselines.pace import ALL_THE_TIME, Allowance, too_slow
from seqtune.baselines.problem import PARTS, Part, Portion, Problem
from seqtune.progress import BaselineEnded, Listener
from seqtune.registry import baselines

if TYPE_CHECKING:
    from seqtune.baselines.method import Floats

FIRST_PORTIONS = 2
"""Portions that say how long a method takes, where there are no samples. The first of them, as the
first sample, also pays for importing a library: it does not count."""

GROWTH = 2
"""A small sample overstates the time: where it says "too slow", it is tried once more, with memory
that is there already, which took dynamic time warping a quarter of the time; and then one this many
times larger."""

SAMPLE_SHARE = 0.2
"""Share of the time left that such a sample may take."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class BaselineResult:
    """What a simple method did.

    Args:
        name: Its name in the registry.
        validation: Metric name to figure on the validation part.
        test: Metric name to figure on the test part.
        seconds: Wall time it took.
        left_out: Why it was not run; empty if it was.
        detail: What the user should know, such as what it chose.
        predictions: Its predictions by part, where an ensemble may blend them with networks'.
        tested: Its predictions for the test part, for a page that shows them; None for none.
    """

    name: str
    validation: Mapping[str, float] = field(default_factory=dict)
    test: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    left_out: str = ""
    detail: str = ""
    predictions: Mapping[str, Floats] = field(default_factory=dict, repr=False)
    tested: Floats | None = field(default=None, repr=False)


@dataclass(frozen=True)
class KeptResults:
    """What simple methods did before a command was ended, and where more of it is kept.

    Args:
        earlier: Results by name, on the same data with the same recipe; these are not run again.
        keep: Is given each result as soon as it is there.
    """

    earlier: Mapping[str, BaselineResult] = field(default_factory=dict)
    keep: Callable[[BaselineResult], None] = lambda result: None


NOTHING_KEPT = KeptResults()


def run_simple_methods(
    problem: Problem,
    names: Sequence[str] | Literal["auto"],
    allowance: Allowance,
    listener: Listener,
    kept: KeptResults = NOTHING_KEPT,
    *,
    score: Callable[[Part, Floats], Mapping[str, float]],
    metric: str,
    may_blend: bool,
) -> list[BaselineResult]:
    """Predict both parts by each method, as far as the time goes, and score them.

    Args:
        problem: What they predict.
        names: Names of simple methods of the task; "auto" for all that suit the data.
        allowance: The time that they may take.
        listener: Hears a BaselineEnded for each method, with its score or why it is left out.
        kept: Results that are there already; takes each that is new.
        score: From a part and predictions to every metric.
        metric: The one that is told.
        may_blend: Whether an ensemble may take predictions in.

    Returns:
        One result per method, in the order of `names`.

    Raises:
        RecipeError: There is no such method.
    """
    methods = baselines(problem.fitting.task)
    chosen = problem.suited() if names == "auto" else names
    turns = [Turn(name, methods[name], problem) for name in chosen if name not in kept.earlier]
    found = dict(kept.earlier)
    for turn in take_turns(turns, allowance):
        found[turn.name] = _result(turn, listener, score, metric, may_blend)
        if not turn.left_out:
            kept.keep(found[turn.name])
    return [found[name] for name in chosen]


def take_turns(turns: Sequence[Turn], allowance: Allowance) -> Iterator[Turn]:
    """Let every method have its turn: those that always run, those that come first, the cheapest.

    Yields:
        Each when its turn is over.
    """
    for turn in turns:
        if turn.always:
            turn.finish(ALL_THE_TIME)
            yield turn
    costly = []
    for turn in turns:
        if turn.first:
            turn.probe(allowance.longer)
            turn.finish(allowance.longer)
            yield turn
        elif not turn.always:
            costly.append(turn)
    for turn in costly:
        turn.probe(allowance)
    for turn in sorted(costly, key=lambda turn: turn.seconds_to_go):
        turn.finish(allowance)
        yield turn


class Turn:
    """One method on its way through all portions.

    Args:
        name: The method's name.
        method: Its module.
        problem: What it predicts.
    """

    def __init__(self, name: str, method: ModuleType, problem: Problem) -> None:
        self.name, self.method, self.problem = name, method, problem
        self.always: bool = getattr(method, "ALWAYS", False)
        self.first: bool = hasattr(method, "horizons_seen")
        self.left_out = problem.fitting.refusal(method)
        self.seconds = 0.0
        self.pace = 0.0  # seconds per unit of work
        self.work_to_go = sum(self.work(portion) for portion in problem.portions)
        self.answers: list[Any] = []
        self.model: Any = None

    @property
    def seconds_to_go(self) -> float:
        """Seconds that the portions not yet predicted would take at the pace so far."""
        return self.pace * self.work_to_go

    def work(self, portion: Portion) -> float:
        """Return how much work a portion is, in units of the method's own."""
        known, asked = portion.sizes
        if (by_steps := getattr(self.method, "work_by_steps", None)) is not None:
            return float(by_steps(known, asked, portion.steps))
        work = getattr(self.method, "work", None)
        return float(known + asked if work is None else work(known, asked))

    def probe(self, allowance: Allowance) -> None:
        """Predict few examples to know the pace; the same and then more if they say: too slow."""
        if not self.left_out and allowance.seconds <= 0:
            self.left_out = "no time was left"
        if self.problem.sample is None:
            for _ in range(FIRST_PORTIONS):
                self.advance()
            return
        size = 0
        for size in self.problem.samples:
            self.answer(self.problem.sample(size))
        growth = 1
        while not self.left_out and size < self.problem.portions[0].sizes[0]:
            size, growth = size * growth, GROWTH
            sample, left = self.problem.sample(size), allowance.seconds
            takes = self.pace * self.work(sample)
            if self.seconds_to_go <= left or takes > SAMPLE_SHARE * left:
                return
            self.answer(sample)

    def finish(self, allowance: Allowance) -> None:
        """Predict all portions, or leave the method out once the time would not do."""
        seconds, work = self.seconds, self.work_to_go
        while not self.left_out and len(self.answers) < len(self.problem.portions):
            left = allowance.seconds
            if self.seconds_to_go > left:
                self.left_out = too_slow(self.seconds_to_go, left)
                return
            self.advance()
            self.pace = (self.seconds - seconds) / max(work - self.work_to_go, 1.0)

    def advance(self) -> None:
        """Predict the next portion, if one is left."""
        portions = self.problem.portions
        if self.left_out or len(self.answers) == len(portions):
            return
        portion = portions[len(self.answers)]
        found = self.answer(portion, self.model)
        if found is not None:
            answer, self.model = found
            self.answers.append(answer)
            self.work_to_go -= self.work(portion)

    def answer(self, portion: Portion, before: Any = None) -> tuple[Any, Any] | None:
        """Fit and predict; on the way, learn the pace, or why the method is left out.

        Returns:
            The answer and the fitted model; None where the method is left out.
        """
        if self.left_out:
            return None
        found = None
        began = monotonic()
        try:
            found = quietly(partial(self._answer, portion, before))
        except Exception as error:  # a plug-in must not end the run
            self.left_out = f"failed: {type(error).__name__}: {error}"
        took = monotonic() - began
        self.seconds += took
        self.pace = took / max(self.work(portion), 1.0)
        return found

    def _answer(self, portion: Portion, before: Any) -> tuple[Any, Any]:
        fitting = self.problem.fitting
        model = fitting.fit(self.method, portion.known, before)
        return fitting.predict(model, portion.asked), model


def quietly(act: Callable[[], Answer]) -> Answer:
    """Do something without warnings: those of a library about one fit are no news to the user.

    He sees the score.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return act()


def _result(
    turn: Turn,
    listener: Listener,
    score: Callable[[Part, Floats], Mapping[str, float]],
    metric: str,
    may_blend: bool,
) -> BaselineResult:
    """Score what a method predicted, and tell it."""
    if turn.left_out:
        listener(BaselineEnded(turn.name, None, turn.seconds, turn.left_out))
        return BaselineResult(turn.name, left_out=turn.left_out)
    predictions = turn.problem.gather(turn.name, turn.answers, listener)
    validation, test = (score(part, predictions[part]) for part in PARTS)
    listener(BaselineEnded(turn.name, validation[metric], turn.seconds))
    suits = turn.problem.blends
    blends = may_blend and getattr(turn.method, "BLENDS", True)
    blends = blends and (suits is None or suits(turn.model))
    return BaselineResult(
        turn.name,
        validation,
        test,
        turn.seconds,
        detail=", ".join(filter(None, [getattr(turn.model, "detail", ""), turn.problem.detail])),
        predictions=predictions if blends else {},
        tested=predictions["test"],
    )
