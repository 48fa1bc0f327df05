"""Texts that a model wrote, and the words that it expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import literal, percent, visible

if TYPE_CHECKING:
    from seqtune.tasks.generate.next_words import NextWord
    from seqtune.tasks.generate.step_tokens import Layout
    from seqtune.tasks.generate.writing import Completion

BETWEEN = "\n\n---\n\n"
"""What stands between several texts."""


@dataclass(frozen=True)
class WrittenReport:
    """Texts that a model wrote.

    Args:
        run: The run folder.
        model: The leaderboard row that wrote them.
        texts: The texts.
    """

    run: str
    model: str
    texts: Sequence[Completion]

    def __rich__(self) -> RenderableType:
        """Draw the texts as they are, what would steer a terminal made visible."""
        return Text(visible(self.plain))

    @property
    def plain(self) -> str:
        """The texts, each after its prompt, one below the other."""
        return BETWEEN.join(text.whole for text in self.texts)

    @property
    def speed(self) -> str:
        """How long the writing took, in words."""
        unit = "tokens" if self._layout else "characters"
        written = sum(text.tokens if self._layout else len(text.text) for text in self.texts)
        seconds = sum(text.seconds for text in self.texts)
        rate = written / max(seconds, 1e-6)
        return f"{written:,} {unit} in {seconds:.2f}s ({rate:,.0f} {unit} per second)"

    @property
    def _layout(self) -> Layout | None:
        """What a step is made of; None for texts."""
        return next((text.layout for text in self.texts), None)

    def save(self, path: Path) -> str:
        """Write the texts to a file, music and events in the form that its ending names.

        Returns:
            How much it was, in words.

        Raises:
            UsageError: The form does not hold them.
        """
        from seqtune.files import write_text
        from seqtune.tasks.generate.event_files.endings import is_event_file
        from seqtune.tasks.generate.event_files.write import write_events

        layout = self._layout
        if layout is None or not is_event_file(path):
            write_text(path, self.plain + "\n")
            return f"{len(self.plain):,} characters"
        write_events(path, [text.steps for text in self.texts], layout)
        return f"{sum(len(text.steps) for text in self.texts):,} steps"

    def to_dict(self) -> dict[str, Any]:
        """Return the texts, each with its prompt, and why it ended."""
        return {
            "run": self.run,
            "model": self.model,
            "texts": [
                {
                    "prompt": text.prompt,
                    "text": text.whole,
                    "ended": text.ended,
                    "tokens": text.tokens,
                    "seconds": text.seconds,
                    **({"steps": text.steps} if text.layout else {}),
                }
                for text in self.texts
            ],
        }


@dataclass(frozen=True)
class WordsReport:
    """Words that a model expects in a place.

    Args:
        run: The run folder.
        model: The leaderboard row that was asked.
        text: The text, with `___` where a word is missing; at its end where it has no gap.
        words: The words, the likeliest first.
    """

    run: str
    model: str
    text: str
    words: Sequence[NextWord]

    def __rich__(self) -> RenderableType:
        """Draw a line per word."""
        heading = Text(literal(self.text), style="bold", overflow="fold")
        if not self.words:
            return Group(
                heading, Text("No word can be listed: every candidate is unknown to the model.")
            )
        columns = [Column("word", foldable=True), Column("probability", numeric=True)]
        rows = [(each.word, percent(each.probability)) for each in self.words]
        return Group(heading, Text(), table(columns, rows))

    def to_dict(self) -> dict[str, Any]:
        """Return the words with their probabilities."""
        return {
            "run": self.run,
            "model": self.model,
            "text": self.text,
            "words": [{"word": each.word, "probability": each.probability} for each in self.words],
        }
