"""Words of the test part that were hidden, and what the winner guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.wording import literal, percent

MOST = 50
LONGEST = 2000


@dataclass(frozen=True)
class Gap:
    """A hidden word.

    Args:
        before: What stands before it.
        after: What stands after it.
        truth: The word.
        guesses: Words with their probabilities, the likeliest first.
    """

    before: str
    after: str
    truth: str
    guesses: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class GapsReport:
    """Hidden words and guesses.

    Args:
        model: The leaderboard row that guessed.
        gaps: The hidden words.
    """

    kind: ClassVar[str] = "gaps"

    model: str
    gaps: Sequence[Gap]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> GapsReport:
        """Read what a run kept, which may come from a stranger.

        Raises:
            ValueError: It is something else.
            KeyError: Something is missing.
        """
        model, gaps = values["model"], values["gaps"]
        if not _is_text(model) or not isinstance(gaps, list) or len(gaps) > MOST:
            raise ValueError("expected a list of gaps")
        return cls(model, [_gap(each) for each in gaps])

    def __rich__(self) -> RenderableType:
        """Draw each gap, and below it what was guessed."""
        return _Drawing(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the gaps as the run keeps them."""
        gaps = [
            {
                "before": gap.before,
                "after": gap.after,
                "truth": gap.truth,
                "guesses": [list(guess) for guess in gap.guesses],
            }
            for gap in self.gaps
        ]
        return {"model": self.model, "gaps": gaps}


@dataclass(frozen=True)
class _Drawing:
    """One drawing of the gaps on one console."""

    report: GapsReport

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        title = f"Words of the test part as {literal(self.report.model)} guesses them"
        yield Text(title, style="bold")
        for gap in self.report.gaps:
            yield Text()
            sentence = " ".join(f"{gap.before} ___{gap.after}".split())
            yield Text(literal(sentence), overflow="fold")
            guesses = [f"{literal(word)} ({percent(chance)})" for word, chance in gap.guesses]
            is_right = bool(gap.guesses) and gap.guesses[0][0] == gap.truth
            style = "green" if is_right else "red"
            line = Text(f"    {literal(gap.truth)}", style=style, overflow="fold")
            yield line.append(f": {', '.join(guesses) or 'no guess'}", style="default")


def _gap(values: Mapping[str, Any]) -> Gap:
    texts = values["before"], values["after"], values["truth"]
    guesses = values["guesses"]
    if not all(map(_is_text, texts)) or not isinstance(guesses, list) or len(guesses) > MOST:
        raise ValueError("expected a gap with its guesses")
    for guess in guesses:
        if not isinstance(guess, list) or len(guess) != 2 or not _is_text(guess[0]):
            raise ValueError("expected a word and its probability")
        if type(guess[1]) not in (int, float) or not 0 <= guess[1] <= 1:
            raise ValueError("expected a probability between 0 and 1")
    return Gap(*texts, [(word, float(chance)) for word, chance in guesses])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST
