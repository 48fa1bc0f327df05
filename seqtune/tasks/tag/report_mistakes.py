"""The surest mistakes of a tagger, in their sentence or with their stretch of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.wording import count, literal, percent, several
from seqtune.tasks.tag import report_check as check

WRONG = "bold red"
LONGEST_WORD = 40
INDENT = "    "


@dataclass(frozen=True)
class Mistake:
    """A run of positions that were all given the same wrong tag.

    Args:
        where: Where its first position stands: file:line.
        truth: The true tag.
        tag: The tag that was given.
        confidence: How sure the tagger was where it was surest; 0 to 1.
        positions: How many positions there are.
        before: Tokens before; empty for steps.
        tokens: Its own tokens; empty for steps.
        after: Tokens after; empty for steps.
    """

    where: str
    truth: str
    tag: str
    confidence: float
    positions: int
    before: Sequence[str] = ()
    tokens: Sequence[str] = ()
    after: Sequence[str] = ()


@dataclass(frozen=True)
class TagMistakes:
    """The mistakes that are worth a look.

    Args:
        mistakes: The surest first.
        total: How many positions are wrong in all.
        unit: What a position is: "token" or "step".
    """

    kind: ClassVar[str] = "tag_mistakes"

    mistakes: Sequence[Mistake]
    total: int
    unit: str

    def __rich__(self) -> RenderableType:
        """Draw a line per mistake, and below it the sentence."""
        if not self.total:
            return Group(Text("No mistakes", style="bold"))
        title = f"The surest mistakes of {several(self.total, f'wrong {self.unit}')}"
        parts: list[RenderableType] = [Text(title, style="bold")]
        for mistake in self.mistakes:
            parts += [Text(), self._line(mistake)]
            if mistake.tokens:
                parts.append(_in_sentence(mistake))
        return Group(*parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the mistakes, the surest first."""
        made = [asdict(each) for each in self.mistakes]
        return {"total": self.total, "unit": self.unit, "mistakes": made}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TagMistakes:
        """Read what `to_dict` returned, which may come from a stranger.

        Raises:
            ValueError: It is something else.
        """
        return cls(
            tuple(_mistake(each) for each in check.several(values["mistakes"])),
            check.whole(values["total"]),
            check.text(values["unit"]),
        )

    def _line(self, mistake: Mistake) -> Text:
        long = mistake.positions > 1
        length = f"{count(mistake.positions)} {self.unit}s, " if long else ""
        return Text.assemble(
            (f"{literal(mistake.where)}: ", "dim"),
            (literal(mistake.truth), "green"),
            " -> ",
            (literal(mistake.tag), "red"),
            f" ({length}{percent(mistake.confidence)} sure)",
            overflow="fold",
        )


def _in_sentence(mistake: Mistake) -> Text:
    """Return the sentence, what is wrong between arrows."""
    before, wrong, after = (
        " ".join(_short(token) for token in tokens)
        for tokens in (mistake.before, mistake.tokens, mistake.after)
    )
    text = Text(INDENT, overflow="fold")
    text.append(f"{before} " if before else "")
    text.append(f">{wrong}<", style=WRONG)
    return text.append(f" {after}" if after else "")


def _short(token: str) -> str:
    shown = literal(token)
    return shown if len(shown) <= LONGEST_WORD else f"{shown[: LONGEST_WORD - 1]}…"


def _mistake(values: Mapping[str, Any]) -> Mistake:
    tokens = {
        name: tuple(map(check.text, check.several(values[name])))
        for name in ("before", "tokens", "after")
    }
    return Mistake(
        check.text(values["where"]),
        check.text(values["truth"]),
        check.text(values["tag"]),
        check.share(values["confidence"]) or 0.0,
        check.whole(values["positions"]),
        **tokens,
    )
