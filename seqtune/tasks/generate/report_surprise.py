"""The passages of a text that a language model expected least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.excerpt import excerpt
from seqtune.drawing.wording import figure, literal, several


@dataclass(frozen=True)
class Passage:
    """A part of a text that a language model read, about a sentence long.

    Args:
        where: Where it stands: file:line.
        bits_per_character: How little it was expected.
        text: What it says.
    """

    where: str
    bits_per_character: float
    text: str


@dataclass(frozen=True)
class SurpriseReport:
    """The passages that are worth a look.

    Args:
        passages: The most surprising first, as `most_surprising` finds them.
        name: The model that read the text.
        bits_per_character: That of the whole text.
    """

    kind: ClassVar[str] = "surprise"

    passages: Sequence[Passage]
    name: str
    bits_per_character: float

    def __rich__(self) -> RenderableType:
        """Draw a line per passage, and below it the start of its text."""
        return _Drawing(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the passages, the most surprising first, with their whole texts."""
        return {
            "model": self.name,
            "bits_per_character": self.bits_per_character,
            "surprising": [asdict(passage) for passage in self.passages],
        }


@dataclass(frozen=True)
class _Drawing:
    """One drawing of the passages on one console."""

    report: SurpriseReport

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self._title(), style="bold")
        for passage in self.report.passages:
            yield Text()
            bits = f"{figure(passage.bits_per_character)} bits per character"
            parts = [(f"{literal(passage.where)}: ", "dim"), (bits, "")]
            yield Text.assemble(*parts, overflow="fold")
            if passage.text.strip():
                yield from excerpt(passage.text, console, options)

    def _title(self) -> str:
        name, shown = literal(self.report.name), len(self.report.passages)
        if not shown:
            return f"No text surprised {name}"
        whole = figure(self.report.bits_per_character)
        passages = several(shown, "passage")
        return f"The {passages} that surprised {name} most (whole text: {whole} bits per character)"
