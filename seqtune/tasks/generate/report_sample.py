"""A text that the winner wrote, and how much of it was learnt by heart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.excerpt import excerpt
from seqtune.drawing.wording import bullets, count, literal, percent, several, visible

SPAN = 50
"""Characters of a sequence whose copies are counted."""

LINES = 12
"""Lines of the sample that are shown at most."""

LONGEST = 20_000
"""Characters of a sample at most."""


@dataclass(frozen=True)
class SampleReport:
    """A sample and its check.

    Args:
        model: The leaderboard row that wrote it.
        text: The sample; it began with nothing.
        temperature: At which it was drawn.
        run: Its longest part that stands word for word in the training text.
        runs: How many sequences of eight words, or tokens of events, it has.
        copied: Share of those that stand in the training text; None where it has none.
        is_of_events: Whether it is music or events, and no text of words.
        spans: Share of its sequences of 50 characters that stand in the training text; None where
            it is shorter, or where that is not known.
        words: Share of its words that the training text has; None in the same way.
    """

    kind: ClassVar[str] = "text"

    model: str
    text: str
    temperature: float
    run: str
    runs: int
    copied: float | None
    is_of_events: bool = False
    spans: float | None = None
    words: float | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SampleReport:
        """Read what a run kept, which may come from a stranger.

        Raises:
            ValueError: It is no sample.
            KeyError: Something is missing.
        """
        model, text, run = values["model"], values["text"], values["run"]
        if not all(isinstance(each, str) and len(each) <= LONGEST for each in (model, text, run)):
            raise ValueError("expected texts of a usual length")
        if run not in text:
            raise ValueError("the copied run is no part of the sample")
        runs, copied, temperature = values["runs"], values["copied"], values["temperature"]
        if type(runs) is not int or not 0 <= runs <= LONGEST:
            raise ValueError("expected the count of sequences of eight words")
        if (copied is None) != (runs == 0) or not _is_share(0.0 if copied is None else copied, 1.0):
            raise ValueError("expected the share of copied runs")
        if not _is_share(temperature, 1000.0):
            raise ValueError("expected a temperature")
        is_of_events = values.get("events", False)
        if type(is_of_events) is not bool:
            raise ValueError("expected whether it is of events")
        spans, words = values.get("spans"), values.get("words")
        if not all(each is None or _is_share(each, 1.0) for each in (spans, words)):
            raise ValueError("expected the shares of spans and words")
        return cls(model, text, float(temperature), run, runs, copied, is_of_events, spans, words)

    def __rich__(self) -> RenderableType:
        """Draw the sample, and below it what was copied."""
        return _Drawing(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the sample and its check, as the run keeps it."""
        return {
            "model": self.model,
            "text": self.text,
            "temperature": self.temperature,
            "run": self.run,
            "runs": self.runs,
            "copied": self.copied,
            "spans": self.spans,
            "words": self.words,
            **({"events": True} if self.is_of_events else {}),
        }


@dataclass(frozen=True)
class _Drawing:
    """One drawing of a sample on one console."""

    report: SampleReport

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        report = self.report
        title = f"A sample of {literal(report.model)} at temperature {report.temperature:g}"
        yield Text(title, style="bold")
        yield Text()
        width = max(1, options.max_width)
        lines = Text(visible(report.text.strip())).wrap(console, width, overflow="fold")
        for line in lines[:LINES]:
            line.rstrip()
            yield line
        if len(lines) > LINES:
            yield Text("..." if options.ascii_only else "…")
        yield Text()
        yield from bullets([*self._known(), self._copied(), self._longest()])
        if report.run.strip():
            yield from excerpt(report.run, console, options)

    def _known(self) -> list[str]:
        """Say which share of its words, and of its spans, the training text has."""
        words, spans, where = self.report.words, self.report.spans, self._where
        said = [] if words is None else [f"{percent(words)} of its words are in the {where}"]
        if spans is not None:
            said.append(
                f"{percent(spans)} of its sequences of {SPAN} characters are in the {where}"
            )
        return said

    def _longest(self) -> str:
        run, where = self.report.run, self._where
        if not run:
            return f"nothing of it is in the {where}"
        if self.report.is_of_events:
            return f"longest part in the {where}: {several(len(run.split()), 'token')}"
        return f"longest part in the {where}: {several(len(run), 'character')}"

    def _copied(self) -> str:
        what = "tokens" if self.report.is_of_events else "words"
        if self.report.copied is None:
            return f"too short for a sequence of eight {what}"
        return (
            f"{percent(self.report.copied)} of its {count(self.report.runs)} sequences of eight "
            f"{what} are in the {self._where}"
        )

    @property
    def _where(self) -> str:
        return "training data" if self.report.is_of_events else "training text"


def _is_share(value: object, most: float) -> bool:
    return type(value) in (int, float) and 0 <= value <= most  # type: ignore[operator]
