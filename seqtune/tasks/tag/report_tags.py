"""How well each tag is found, and what is taken for what most often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import bullets, count, literal, percent, several
from seqtune.tasks.tag import report_check as check

MAX_TAGS = 25
MAX_PAIRS = 10
LONGEST_NAME = 40


@dataclass(frozen=True)
class TagFigures:
    """What can be said of one tag, or of one kind of span.

    Args:
        tag: Its name.
        right: How many that have it were given it.
        support: How many have it.
        predicted: How many were given it.
    """

    tag: str
    right: int
    support: int
    predicted: int

    @property
    def precision(self) -> float | None:
        """The share of those given it that have it; None where none was."""
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """The share of those that have it that were given it; None where none has it."""
        return self.right / self.support if self.support else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where nobody has or was given it."""
        both = self.support + self.predicted
        return 2 * self.right / both if both else None


@dataclass(frozen=True)
class Confused:
    """A tag that was taken for another.

    Args:
        truth: The true tag.
        tag: The tag that was given.
        times: How often.
        share: The share of the positions with the true tag.
    """

    truth: str
    tag: str
    times: int
    share: float


@dataclass(frozen=True)
class TagsReport:
    """Figures of each tag, and the commonest errors.

    Args:
        title: Whose answers they are.
        unit: What is counted for each tag: "token", "step" or "span".
        figures: The commonest tag first.
        confused: The commonest error first, in tokens or steps.
        pairs: How many different errors there are.
    """

    kind: ClassVar[str] = "tags"

    title: str
    unit: str
    figures: Sequence[TagFigures]
    confused: Sequence[Confused]
    pairs: int

    def __rich__(self) -> RenderableType:
        """Draw a table of tags, and a line per error."""
        heading = [Text(literal(self.title), style="bold")]
        if not self.figures:
            return Group(*heading, Text("No position was scored."))
        parts: list[RenderableType] = [*heading, Text(), self._table()]
        left_out = len(self.figures) - MAX_TAGS
        if left_out > 0:
            parts.append(Text(f"and {several(left_out, 'rarer tag')}", style="dim"))
        return Group(*parts, Text(), *self._errors())

    def to_dict(self) -> dict[str, Any]:
        """Return all figures, precision, recall and F1 (0 to 1, or null) among them."""
        return {
            "title": self.title,
            "unit": self.unit,
            "pairs": self.pairs,
            "by_tag": [
                {**asdict(each), "precision": each.precision, "recall": each.recall, "f1": each.f1}
                for each in self.figures
            ],
            "confused": [asdict(each) for each in self.confused],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TagsReport:
        """Read what `to_dict` returned, which may come from a stranger.

        Raises:
            ValueError: It is something else.
        """
        return cls(
            check.text(values["title"]),
            check.text(values["unit"]),
            tuple(_figures(each) for each in check.several(values["by_tag"])),
            tuple(
                Confused(
                    check.text(each["truth"]),
                    check.text(each["tag"]),
                    check.whole(each["times"]),
                    check.share(each["share"]) or 0.0,
                )
                for each in check.several(values["confused"])
            ),
            check.whole(values["pairs"]),
        )

    def _table(self) -> RenderableType:
        names = ("precision", "recall", "F1")
        columns = [
            Column("tag" if self.unit != "span" else "kind", foldable=True),
            Column(f"{self.unit}s", numeric=True),
            *(Column(f"{name}\n(%)", numeric=True) for name in names),
        ]
        rows = [
            (
                _short(each.tag),
                count(each.support),
                *(_per_cent(share) for share in (each.precision, each.recall, each.f1)),
            )
            for each in self.figures[:MAX_TAGS]
        ]
        return table(columns, rows)

    def _errors(self) -> Sequence[RenderableType]:
        if not self.confused:
            return [Text("No tag was taken for another.")]
        lines = [
            f"'{_short(each.truth)}' taken for '{_short(each.tag)}': "
            f"{several(each.times, 'time')} ({percent(each.share)} of '{_short(each.truth)}')"
            for each in self.confused[:MAX_PAIRS]
        ]
        more = self.pairs - len(lines)
        ending = [Text(f"and {several(more, 'more pair')}", style="dim")] if more > 0 else []
        return [Text("The commonest errors", style="bold"), *bullets(lines), *ending]


def _figures(values: Mapping[str, Any]) -> TagFigures:
    """Read the figures of a tag.

    Raises:
        ValueError: More are right than there are.
    """
    counts = [check.whole(values[name]) for name in ("right", "support", "predicted")]
    if counts[0] > min(counts[1:]):
        raise ValueError("more of a tag are right than have it, or were given it")
    return TagFigures(check.text(values["tag"]), *counts)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _per_cent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}".replace("100.0", "100")
