"""Run the forecasting baselines within a time: the cheap first, and say what was left out.

The simple methods cost milliseconds and always run. Each other method first forecasts a few
windows; its total is extrapolated from them, and then they run in order of that total, each as
long as it would end in time.

A method may have no answer for a window (a history too short for it, a fit that fails): its row
is NaN then, takes the seasonal naive forecast's place, and is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np
import numpy.typing as npt

from seqtune.baselines.forecast import seasonal_naive
from seqtune.baselines.pace import Allowance, Turn, take_turns
from seqtune.progress import Advance, Listener, Note, no_progress
from seqtune.registry import baselines

Floats = npt.NDArray[np.float64]

PARTS = ("validation", "test")
ALWAYS = frozenset({"naive", "seasonal_naive", "drift"})
WARM_UP = 1  # windows; the first also pays for importing the library
PROBE = 4  # windows that the total is extrapolated from
CHUNK = 32  # windows between two looks at the clock
SIMPLE_CHUNK = 1024


@dataclass(frozen=True)
class BaselineProblem:
    """What every baseline forecasts.

    Args:
        histories: Called with a part ("validation" or "test") and a range of its windows, start
            and stop; returns a (steps,) float64 array without NaN for each, of any lengths of at
            least 1: the values up to the window's first step.
        windows: Number of windows by part.
        horizon: Steps ahead.
        periods: Seasonal periods in steps, shortest first; () for none.
        levels: Quantile levels in ascending order.
    """

    histories: Callable[[str, int, int], Sequence[Floats]]
    windows: Mapping[str, int]
    horizon: int
    periods: tuple[int, ...]
    levels: tuple[float, ...]


@dataclass(frozen=True)
class BaselineForecast:
    """What one baseline forecast, or why it was left out.

    Args:
        name: The method's name, as in the registry.
        forecasts: By part: (windows, horizon, 1 + levels), float64, the point forecast, then the
            quantiles; empty where the method was left out.
        seconds: Time that it took, what was left unfinished included.
        left_out: Why it was left out; "" where it was not.
        fallbacks: In how many windows, of both parts, the seasonal naive forecast stands in.
    """

    name: str
    forecasts: Mapping[str, Floats]
    seconds: float
    left_out: str = ""
    fallbacks: int = 0


def forecast_windows(
    name: str,
    histories: Sequence[Floats],
    horizon: int,
    periods: tuple[int, ...],
    levels: tuple[float, ...],
    tell: Advance = no_progress,
) -> tuple[Floats, int]:
    """Forecast by one baseline, the seasonal naive standing in where it has no answer.

    Args:
        name: A forecasting baseline's name.
        histories: A (steps,) float64 array per window, at least one step long, without NaN.
        horizon: Steps ahead.
        periods: Seasonal periods in steps, shortest first.
        levels: Quantile levels in ascending order.
        tell: Is told how many more windows are done.

    Returns:
        (windows, horizon, 1 + levels), float64, without NaN; and in how many windows the
        seasonal naive forecast stands in.
    """
    method = baselines("forecast")[name]
    forecasts, fallbacks = np.empty((len(histories), horizon, 1 + len(levels))), 0
    size = _chunk(name)
    for part in (slice(first, first + size) for first in range(0, len(histories), size)):
        forecasts[part], more = _answer(method, histories[part], horizon, periods, levels)
        fallbacks += more
        tell(len(histories[part]))
    return forecasts, fallbacks


def _chunk(name: str) -> int:
    """Return how many windows a method forecasts between two looks at the clock."""
    return SIMPLE_CHUNK if name in ALWAYS else CHUNK


def run_baselines(
    methods: Sequence[str], problem: BaselineProblem, allowance: Allowance, listener: Listener
) -> list[BaselineForecast]:
    """Forecast both parts by each method, as far as the time goes.

    Args:
        methods: Names of forecasting baselines.
        problem: What they forecast.
        allowance: The time that they may take. The methods of `ALWAYS` run even where none is
            left.
        listener: Hears a BaselineEnded with the reason for each method left out, and a Note for
            each in which the seasonal naive stands in. Scores are the caller's to tell.

    Returns:
        One result per method, in the order of `methods`.
    """
    jobs = [_Job(name, baselines("forecast")[name], problem) for name in methods]
    take_turns(jobs, ALWAYS, allowance, listener)
    results = [job.result() for job in jobs]
    for result in results:
        _tell_fallbacks(result, sum(problem.windows.values()), listener)
    return results


@dataclass
class _Job(Turn):
    """One method on its way through the windows of both parts."""

    method: ModuleType
    problem: BaselineProblem
    forecasts: dict[str, Floats] = field(default_factory=dict)
    done: int = 0
    warm_up_seconds: float = 0.0
    fallbacks: int = 0

    def __post_init__(self) -> None:
        problem = self.problem
        for part in PARTS:
            shape = (problem.windows[part], problem.horizon, 1 + len(problem.levels))
            self.forecasts[part] = np.empty(shape)

    @property
    def windows(self) -> int:
        return sum(self.problem.windows[part] for part in PARTS)

    @property
    def seconds_to_go(self) -> float:
        """Seconds that the rest would take at the pace so far, the first window not counted."""
        paced = self.done - WARM_UP
        pace = (self.seconds - self.warm_up_seconds) / paced if paced > 0 else 0.0
        return pace * (self.windows - self.done)

    def probe(self, allowance: Allowance) -> None:
        """Forecast the first few windows, to know the pace."""
        if not self.may_begin(allowance):
            return
        self.advance(WARM_UP)
        self.warm_up_seconds = self.seconds
        self.advance(PROBE)

    def finish(self, allowance: Allowance) -> None:
        """Forecast the other windows, or leave the method out once the time would not do."""
        chunk = _chunk(self.name)
        while self.done < self.windows and self.may_go_on(allowance):
            self.advance(chunk)

    def advance(self, count: int) -> None:
        """Forecast the next windows, of both parts where the range spans them."""
        self.attempt(lambda: self._advance(count))

    def result(self) -> BaselineForecast:
        forecasts = {} if self.left_out else self.forecasts
        return BaselineForecast(
            self.name,
            forecasts,
            self.seconds,
            self.left_out,
            0 if self.left_out else self.fallbacks,
        )

    def _advance(self, count: int) -> None:
        problem = self.problem
        for part, start, stop in self._ranges(min(self.done + count, self.windows)):
            histories = problem.histories(part, start, stop)
            self.forecasts[part][start:stop], fallbacks = _answer(
                self.method, histories, problem.horizon, problem.periods, problem.levels
            )
            self.fallbacks += fallbacks
            self.done += stop - start

    def _ranges(self, end: int) -> Iterator[tuple[str, int, int]]:
        """Yield the windows from `done` to `end`, counted over both parts, as part and range."""
        first = 0
        begin = self.done
        for part in PARTS:
            count = self.problem.windows[part]
            start, stop = max(begin - first, 0), min(end - first, count)
            if start < stop:
                yield part, start, stop
            first += count


def _answer(
    method: ModuleType,
    histories: Sequence[Floats],
    horizon: int,
    periods: tuple[int, ...],
    levels: tuple[float, ...],
) -> tuple[Floats, int]:
    rows: Floats = method.forecast(histories, horizon, periods, levels)
    unanswered = np.flatnonzero(~np.isfinite(rows).all(axis=(1, 2)))
    if len(unanswered):
        few = [histories[int(window)] for window in unanswered]
        rows[unanswered] = seasonal_naive.forecast(few, horizon, periods, levels)
    return rows, len(unanswered)


def _tell_fallbacks(result: BaselineForecast, windows: int, listener: Listener) -> None:
    if result.fallbacks:
        listener(
            Note(
                f"{result.name}: seasonal_naive stands in for {result.fallbacks} of {windows} "
                "windows (history too short, or the fit failed)"
            )
        )
