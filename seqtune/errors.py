"""The errors that seqtune raises, named by who must act.

SeqtuneError            anything that the user can mend; one line, one hint
├── UsageError          the command line itself is incomplete or contradictory
├── RecipeError         the recipe, or an override of it
├── DataError           the file that was read
├── RunError            the run folder
├── SearchError         the search found nothing, or could not start
├── ExportError         the model cannot be written in the wanted form
└── MissingExtra        an optional package is needed
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class SeqtuneError(Exception):
    """A fault that the user can mend.

    What it quotes may come from strangers: characters that steer a terminal are made visible, so
    that a traceback in Python is as harmless as the two lines of the command.

    Args:
        message: What was found, what was expected, and where (file:line, column).
        hint: How to mend it; a command wherever one does it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = ("\n".join(map(literal, t.split("\n"))) for t in (message, hint))
        super().__init__(self.message)


class UsageError(SeqtuneError):
    """The command line is incomplete or contradicts itself."""


class RecipeError(SeqtuneError):
    """A recipe, or an override of one key, is not valid."""


class DataError(SeqtuneError):
    """The data cannot be read, or does not suit the task."""


class RunError(SeqtuneError):
    """A run folder is missing, damaged, occupied or of another format."""


class SearchError(SeqtuneError):
    """The search cannot start, or ended without a single usable trial."""


class ExportError(SeqtuneError):
    """The model cannot be written in the wanted form."""


class MissingExtra(SeqtuneError):
    """An optional package is needed for what was asked."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like `name`, or None.

    Example:
        >>> nearest("sesonal_naive", ["naive", "seasonal_naive"])
        'seasonal_naive'
    """
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that `name` is not a known `kind`, with the nearest name and all known ones.

    Example:
        >>> unknown("cell", "lstn", ["gru", "lstm"])
        "unknown cell 'lstn'; did you mean 'lstm'? Known: gru, lstm"
    """
    names = list(known)
    guess = nearest(name, names)
    question = f"; did you mean '{guess}'?" if guess else "."
    return f"unknown {kind} '{name}'{question} Known: {', '.join(names)}"


def listed(names: Iterable[object], most: int = 160) -> str:
    """Return names of the user's as they stand in a message, cut after so many characters.

    Example:
        >>> listed(["day", "load", "price"], most=12)
        'day, load, …'
    """
    shown = ""
    for name in names:
        longer = f"{shown}, {name}" if shown else str(name)
        if len(longer) > most:
            return f"{shown}, …" if shown else f"{longer[:most]}…"
        shown = longer
    return shown


def literal(text: object) -> str:
    r"""Return text from outside with its control characters made visible.

    Example:
        >>> literal("a\tb")
        'a\\tb'
    """
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in str(text)
    )
