"""A stretch of a series, with the true tags and the given ones as bands under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from seqtune.drawing.chart import NOTHING, Axes, axis_span, drawable, time_label
from seqtune.drawing.wording import literal, percent
from seqtune.tasks.tag import report_check as check

COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "white")
WRONG = "bold red"
MAX_ROWS = 10
MAX_POINTS = 2_000
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_NAME = 40


@dataclass(frozen=True)
class StepsReport:
    """A stretch of a series and its tags.

    Args:
        title: What is drawn.
        first: Where the stretch begins, as text.
        last: Where it ends.
        values: (points,) one channel, None where it is missing.
        tags: The names of the tags that occur.
        truth: (points,) the number of the true tag among `tags`, -1 where nothing is known.
        given: (points,) the number of the tag that was given.
        right: Share of all scored steps that are right.
    """

    kind: ClassVar[str] = "steps"

    title: str
    first: str
    last: str
    values: Sequence[float | None]
    tags: Sequence[str]
    truth: Sequence[int]
    given: Sequence[int]
    right: float | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the channel, and a letter per tag below it."""
        yield Text(literal(self.title), style="bold")
        span = axis_span([value for value in self.values if value is not None])
        if span is None:
            yield Text(NOTHING)
            return
        axes = Axes.around(span, len(self.values), console, options, MAX_ROWS)
        points = [
            (axes.x(step), axes.y(value))
            for step, value in enumerate(self.values)
            if value is not None and drawable(value)
        ]
        axes.canvas.line(points, axes.marks.dot)
        columns = axes.canvas.columns
        yield from axes.lines(_ends(time_label(self.first), time_label(self.last), columns))
        truth, given = (self._columns(each, columns) for each in (self.truth, self.given))
        margin = " " * (axes.margin + 2)
        yield self._band(margin, truth)
        yield self._band(margin, given)
        wrong = "".join(
            "x" if -1 < a != b else " " for a, b in zip(truth, given, strict=True)
        ).rstrip()
        yield Text.assemble(margin, (wrong, WRONG), no_wrap=True)
        yield self._legend()
        yield Text("above the true tags, below those given; x where they differ", style="dim")
        if self.right is not None:
            yield Text(f"{percent(self.right)} of all steps are right", style="dim")

    def to_dict(self) -> dict[str, Any]:
        """Return what a run keeps."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> StepsReport:
        """Read what a run kept, which may come from a stranger.

        Raises:
            ValueError: Its parts are not of one length, or hold something else.
        """
        tags = tuple(map(check.text, check.several(values["tags"])))
        drawn = check.several(values["values"], MAX_POINTS)
        codes = {
            name: [
                check.whole(code + 1, len(tags) + 1) - 1 if type(code) is int else -2
                for code in check.several(values[name], MAX_POINTS)
            ]
            for name in ("truth", "given")
        }
        is_sound = (
            len(codes["truth"]) == len(codes["given"]) == len(drawn)
            and min(codes["truth"], default=-1) >= -1
            and min(codes["given"], default=0) >= 0
        )
        if not is_sound:
            raise ValueError("the tags of its chart are not those of its steps")
        return cls(
            check.text(values["title"]),
            check.text(values["first"]),
            check.text(values["last"]),
            [None if value is None else check.number(value) for value in drawn],
            tags,
            codes["truth"],
            codes["given"],
            check.share(values["right"]),
        )

    def _columns(self, codes: Sequence[int], columns: int) -> list[int]:
        """Return the tag of each column: that of the step in its middle."""
        return [codes[(2 * column + 1) * len(codes) // (2 * columns)] for column in range(columns)]

    def _band(self, margin: str, codes: Sequence[int]) -> Text:
        text = Text(margin, no_wrap=True)
        for code in codes:
            if code < 0:
                text.append(" ")
            else:
                text.append(_letter(code), style=f"reverse {COLOURS[code % len(COLOURS)]}")
        return text

    def _legend(self) -> Text:
        text = Text(overflow="fold")
        for code, name in enumerate(self.tags):
            style = f"reverse {COLOURS[code % len(COLOURS)]}"
            text.append(", " if code else "").append(_letter(code), style=style)
            text.append(f" {literal(name[:LONGEST_NAME])}")
        return text


def _letter(code: int) -> str:
    return LETTERS[code] if code < len(LETTERS) else "?"


def _ends(first: str, last: str, columns: int) -> str:
    room = columns - len(first) - len(last)
    return f"{first}{' ' * room}{last}" if room > 0 else first
