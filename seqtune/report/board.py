"""What the live board knows of a search, and how it is drawn."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from seqtune.drawing.wording import (
    better,
    count,
    duration,
    figure,
    literal,
    metric_name,
    percent,
)
from seqtune.progress import (
    BaselineEnded,
    EpochEnded,
    Event,
    SearchStarted,
    StageStarted,
    TrialEnded,
    TrialStarted,
)
from seqtune.run.leaderboard import relative_gain

BARS = "▁▂▃▄▅▆▇█"
PLAIN_BARS = "_.-:=+*#"
RECENT = 16  # scores in a sparkline
WORKERS_SHOWN = 8


@dataclass
class WorkerState:
    """What one worker is doing."""

    trial: str = ""
    epoch: int = 0
    epochs: int = 0
    score: float = math.nan
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))


@dataclass
class BoardState:
    """Everything the board shows; `take` keeps it up to date.

    Args:
        since: When the present stage began, by the board's clock.
    """

    since: float
    stage: str = ""
    detail: str = ""
    search: SearchStarted | None = None
    deadline: float = math.nan
    baselines: dict[str, float] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    workers: dict[int, WorkerState] = field(default_factory=dict)
    best_trial: str = ""
    best_score: float = math.nan

    def take(self, event: Event, now: float) -> None:
        """Take in an event."""
        if isinstance(event, StageStarted):
            self.stage, self.detail, self.since = event.name, event.detail, now
            self.workers.clear()
        elif isinstance(event, SearchStarted):
            self.search, self.deadline = event, now + event.seconds_left
            if event.baseline_name and event.baseline_score is not None:
                self.baselines[event.baseline_name] = event.baseline_score
        elif isinstance(event, BaselineEnded):
            if event.score is not None:
                self.baselines[event.name] = event.score
        elif isinstance(event, TrialStarted):
            worker = self.workers.setdefault(event.worker, WorkerState())
            worker.trial, worker.epochs, worker.score = event.trial, 0, math.nan
        elif isinstance(event, EpochEnded):
            self._take_epoch(event)
        elif isinstance(event, TrialEnded):
            self._take_trial(event)

    @property
    def running(self) -> int:
        """Trials under way."""
        return sum(1 for worker in self.workers.values() if worker.trial)

    @property
    def direction(self) -> str:
        """Which way is better: "min" or "max"."""
        return self.search.direction if self.search else "min"

    def best_baseline(self) -> tuple[str, float] | None:
        """Return name and validation score of the best simple method so far."""
        if self.search and self.search.baseline_name in self.baselines:
            name = self.search.baseline_name
            return name, self.baselines[name]
        known = [(name, score) for name, score in self.baselines.items() if math.isfinite(score)]
        sign = -1 if self.direction == "max" else 1
        return min(known, key=lambda entry: sign * entry[1]) if known else None

    def _take_epoch(self, event: EpochEnded) -> None:
        worker = self.workers.setdefault(event.worker, WorkerState())
        worker.trial, worker.epoch, worker.epochs = event.trial, event.epoch, event.epochs
        worker.score = event.score
        worker.recent.append(event.score)

    def _take_trial(self, event: TrialEnded) -> None:
        self.ended[event.trial] = event.status  # a trial that goes on ends again
        if worker := self.workers.get(event.worker):
            worker.trial = ""
        score = math.nan if event.score is None else event.score
        if event.status == "failed" or not math.isfinite(score):
            return
        sign = -1 if self.direction == "max" else 1
        if math.isnan(self.best_score) or sign * score < sign * self.best_score:
            self.best_trial, self.best_score = event.trial, score


def to_beat(state: BoardState) -> str:
    """Return the best simple method with its score, or nothing."""
    baseline = state.best_baseline()
    return f"{literal(baseline[0])} {figure(baseline[1])}" if baseline else ""


def board_panel(state: BoardState, now: float, plain: bool = False) -> RenderableType:
    """Draw the board.

    Args:
        state: What it knows.
        now: The time by its clock.
        plain: Use ASCII characters only.
    """
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    stage = " ".join(part for part in (state.stage or "start", state.detail) if part)
    grid.add_row(Text("stage"), Text(f"{literal(stage)}, {duration(now - state.since)}"))
    if state.search:
        grid.add_row(Text("trials"), Text(_trials(state)))
        grid.add_row(Text("best"), Text(_best(state)))
    busy = {number: worker for number, worker in sorted(state.workers.items()) if worker.trial}
    for number, worker in list(busy.items())[:WORKERS_SHOWN]:
        grid.add_row(Text(f"worker {number}"), _worker(worker, PLAIN_BARS if plain else BARS))
    if len(busy) > WORKERS_SHOWN:
        grid.add_row(Text(""), Text(f"and {len(busy) - WORKERS_SHOWN} more at work"))
    left = f"{duration(state.deadline - now)} left" if state.search else None
    return Panel(
        grid,
        title="seqtune",
        title_align="left",
        subtitle=left,
        subtitle_align="right",
        box=box.ASCII if plain else box.ROUNDED,
    )


def sparkline(scores: Iterable[float], bars: str = BARS) -> str:
    """Draw scores as a row of bars, the largest highest; a blank where there is no number.

    Example:
        >>> sparkline([1.0, 0.5, 0.0])
        '█▅▁'
    """
    values = list(scores)
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return " " * len(values)
    low, span = min(known), max(known) - min(known)
    top = len(bars) - 1

    def bar(value: float) -> str:
        if not math.isfinite(value):
            return " "
        return (
            bars[math.floor((value - low) / span * top + 0.5)] if 0 < span < math.inf else bars[0]
        )

    return "".join(bar(value) for value in values)


def _trials(state: BoardState) -> str:
    statuses = Counter(state.ended.values())
    parts = [f"{count(number)} {literal(status)}" for status, number in statuses.items()]
    parts.append(f"{count(state.running)} running")
    limit = state.search.trials if state.search else None
    return ", ".join(parts) + (f" (at most {count(limit)})" if limit is not None else "")


def _best(state: BoardState) -> str:
    metric = metric_name(state.search.metric) if state.search else ""
    beat = to_beat(state)
    if math.isnan(state.best_score):
        return f"{literal(metric)}: none yet" + (f"; to beat: {beat}" if beat else "")
    said = f"{literal(metric)} {figure(state.best_score)}, trial {literal(state.best_trial)}"
    baseline = state.best_baseline()
    if not baseline:
        return said
    share = relative_gain(state.best_score, baseline[1])
    if share is None:
        return f"{said}; {beat}"
    ahead = -share if state.direction == "max" else share
    way = better(state.direction) if ahead >= 0 else better(_opposite(state.direction))
    return f"{said}; {percent(abs(share))} {way} than {beat}"


def _opposite(direction: str) -> str:
    return "min" if direction == "max" else "max"


def _worker(worker: WorkerState, bars: str) -> Text:
    epoch = f"epoch {worker.epoch}/{worker.epochs}" if worker.epochs else "starting"
    score = "" if math.isnan(worker.score) else f"  {figure(worker.score)}"
    shown = f"trial {literal(worker.trial)}  {epoch}{score}  "
    text = Text(shown, no_wrap=True, overflow="ellipsis")
    text.append(sparkline(worker.recent, bars), style="cyan")
    return text
