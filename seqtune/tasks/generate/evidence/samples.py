"""How models continue a text that was held out, beside what really follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seqtune.drawing.wording import count, percent, several, visible
from seqtune.figures.block import Block
from seqtune.figures.passage import Passage, Piece
from seqtune.tasks.generate.memorisation import SPAN, Memorised

PROMPT, LENGTH = 80, 400
"""Characters that are given, and written."""


@dataclass(frozen=True)
class Continued:
    """A text that goes on after the prompt.

    Args:
        title: Who wrote it.
        text: What stands after the prompt.
        check: What of it is in the training text; None where that was not looked at.
    """

    title: str
    text: str
    check: Memorised | None = None


def prompt_of(text: str, begin: int, end: int) -> tuple[str, str]:
    """Return what is given of a document, up to the end of a word, and what follows it.

    Args:
        text: The text.
        begin: Where the prompt begins.
        end: Where the document ends.

    Example:
        >>> prompt_of("Once upon a time", 0, 16)
        ('Once upon a', ' time')
    """
    here = text[begin : min(end, begin + PROMPT + LENGTH)]
    most = min(PROMPT, max(1, 3 * len(here) // 4))
    blank = here.rfind(" ", 1, most + 1)
    cut = blank if blank > 0 else most
    return here[:cut], here[cut : cut + LENGTH]


def samples_block(
    prompt: str,
    texts: Sequence[Continued],
    temperature: float,
    looked_at: int | None = None,
    *,
    is_of_events: bool = False,
) -> Block | None:
    """Return how a text goes on; None where nothing was written.

    Args:
        prompt: What was given.
        texts: The model's first.
        temperature: At which tokens were drawn.
        looked_at: Characters of the training text in which copies were looked for, where these are
            not all.
        is_of_events: Whether these are music or events, and no texts of words.
    """
    if not texts:
        return None
    check = texts[0].check
    return Block(
        key="sample",
        title="What is written",
        sentences=(
            f"The first {'steps' if is_of_events else 'words'} are of the test part, which the "
            f"models never saw; the rest is drawn at temperature {temperature:g}.",
            *(_copied(check, looked_at, is_of_events) if check is not None else ()),
            *(
                _known(check)
                if check is not None and looked_at is None and not is_of_events
                else ()
            ),
        ),
        figures=tuple(_passage(prompt, each) for each in texts),
    )


def _copied(check: Memorised, looked_at: int | None, is_of_events: bool) -> tuple[str, ...]:
    where = "the training data" if is_of_events else "the training text"
    if looked_at is not None:
        where = f"the first {several(looked_at, 'character')} of {where}"
    if not check.characters:
        return (f"Nothing of what the model wrote is in {where}.",)
    words = "tokens" if is_of_events else "words"
    size, unit = check.characters, "character"
    if is_of_events:
        size, unit = len(check.run.split()), "token"
    said = (
        f"The longest part of what the model wrote that is in {where} {words[:-1]} for "
        f"{words[:-1]} has {several(size, unit)} (it is marked)"
    )
    if check.copied is None:
        return (f"{said}.",)
    return (
        f"{said}; of its {count(check.runs)} sequences of eight {words}, {percent(check.copied)} "
        "are there.",
    )


def _known(check: Memorised) -> tuple[str, ...]:
    """Say which share of the words that were written the training text has."""
    if check.words is None:
        return ()
    said = f"The training text has {percent(check.words)} of the words that were written"
    if check.spans is None:
        return (f"{said}.",)
    return (f"{said}, and {percent(check.spans)} of their sequences of {SPAN} characters.",)


def _passage(prompt: str, continued: Continued) -> Passage:
    run = "" if continued.check is None else continued.check.run
    at = continued.text.find(run) if run.strip() else -1
    parts = [Piece(text=visible(continued.text))]
    if at >= 0:
        before, after = continued.text[:at], continued.text[at + len(run) :]
        note = "longest part that is in the training text"
        marked = Piece(text=visible(run), weight=0.5, note=note)
        parts = [Piece(text=visible(before)), marked, Piece(text=visible(after))]
    given = Piece(text=visible(prompt), note="given", role="given")
    return Passage(
        title=continued.title,
        pieces=tuple(piece for piece in (given, *parts) if piece.text),
        legend="Shaded: the longest part that is in the training text." if at >= 0 else "",
    )
