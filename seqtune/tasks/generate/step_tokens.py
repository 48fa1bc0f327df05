"""Events as tokens: sets of notes in ascending order, or the cells of a row of a table.

A text of notes is " 60 64 67 | 60 65 | |": each step ends with a bar, and the last of these three
is silent. So the probability of a step is the product of those of its notes and of its bar. A text
of events has the cells of one row after the other; of several columns, each cell with its name:
" pitch=60 beats=1 pitch=62 beats=2". Every token brings the blank before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.music.piece import NOTES
from seqtune.data.text.decoder import Decoder
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, MAX_TOKEN, MAX_TOKENS, SPECIALS, SYMBOL, fit_symbols
from seqtune.errors import DataError, UsageError

BAR = "|"
"""What ends a step of notes."""

STEP_END = len(SPECIALS)
"""Its id; that of note n is n + 1 more, so that notes rise with their ids."""

EMPTY = "%"
"""What an empty cell is written as."""

MOST_COLUMNS, MOST_PER_BEAT = 50, 96

Steps = Sequence[Sequence[Any]]
"""Of each step its notes, or its cells."""


@dataclass(frozen=True)
class Layout:
    """What a step is made of.

    Args:
        columns: The columns whose cells are a step; () where steps are sets of notes.
        per_beat: Steps of a quarter note; of notes alone.
    """

    columns: tuple[str, ...] = ()
    per_beat: int = 1

    @property
    def is_notes(self) -> bool:
        """Whether steps are sets of notes."""
        return not self.columns

    def spelt(self, step: Sequence[Any]) -> str:
        """Return the text of a step.

        Example:
            >>> Layout().spelt((60, 64)), Layout(("a", "b")).spelt(("x y", ""))
            (' 60 64 |', ' a=x%20y b=%')
        """
        if self.is_notes:
            return "".join(f" {each}" for each in (*step, BAR))
        if len(self.columns) == 1:
            return f" {_escaped(str(step[0]))}"
        cells = zip(self.columns, step, strict=True)
        return "".join(f" {_escaped(name, '=')}={_escaped(str(cell))}" for name, cell in cells)


@dataclass(frozen=True)
class StepTokens(Tokenizer):
    """A vocabulary of notes or of cells.

    Args:
        columns: The columns whose cells are a step; () where steps are sets of notes.
        per_beat: Steps of a quarter note; of notes alone.

    Example:
        >>> tokens = StepTokens.fit_steps([], Layout(), most=100)
        >>> tokens.decode(tokens.encode(" 60 64 | |"))
        ' 60 64 | |'
    """

    columns: tuple[str, ...] = ()
    per_beat: int = 1

    @classmethod
    def fit_steps(cls, texts: Iterable[str], layout: Layout, most: int) -> StepTokens:
        """Take all notes, or the most frequent cells of training texts.

        Args:
            texts: The training texts.
            layout: What a step is made of.
            most: How many cells are known at most.
        """
        found = _NOTES if layout.is_notes else _cells(texts, layout, most)
        return cls(SYMBOL, "none", (*SPECIALS, *found), (), layout.columns, layout.per_beat)

    @property
    def layout(self) -> Layout:
        """What a step is made of."""
        return Layout(self.columns, self.per_beat)

    def decoder(self) -> Decoder:
        """Return what turns one id after the other into text."""
        return Decoder(self.spellings)

    @cached_property
    def spellings(self) -> list[bytes]:
        """The UTF-8 bytes of each id, with the blank before it."""
        known = [f" {each}".encode() for each in self.vocabulary[len(SPECIALS) :]]
        return [b"", " \ufffd".encode(), *known]

    def units(self, ids: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return how many steps each id is: of notes the bar is one, of cells each is its share."""
        tokens = np.asarray(ids)
        is_counted = tokens != END if self.columns else tokens == STEP_END
        return np.asarray(is_counted / max(1, len(self.columns)), np.float64)

    @cached_property
    def column_of(self) -> npt.NDArray[np.int64]:
        """(vocabulary,) the number of the column that each id is of; -1 for none."""
        known = {f"{_escaped(name, '=')}": number for number, name in enumerate(self.columns)}
        if len(known) == 1:
            return np.array([-1, -1, *[0] * (self.size - len(SPECIALS))])
        names = [token.partition("=")[0] for token in self.vocabulary[len(SPECIALS) :]]
        return np.array([-1, -1, *(known.get(name, -1) for name in names)])

    def steps_of(self, text: str) -> list[list[Any]]:
        """Return the steps of a text; what is left over at its end is a step too.

        Returns:
            Of each step its notes, ascending, or its cells.
        """
        words = text.split()
        if self.columns:
            count = len(self.columns)
            written = words if count == 1 else [word.partition("=")[2] for word in words]
            cells = ["" if each == EMPTY else unquote(each) for each in written]
            return [cells[at : at + count] for at in range(0, len(cells) - count + 1, count)]
        steps: list[list[Any]] = [[]]
        for word in words:
            if word == BAR:
                steps.append([])
            elif word in self.ids:
                steps[-1].append(int(word))
        return [sorted(set(step)) for step in (steps if steps[-1] else steps[:-1])]

    def tidy(self, text: str) -> str:
        """Return a text as it is read: the notes of each step ascending, none twice.

        Raises:
            UsageError: Cells do not come in the order of their columns.

        Example:
            >>> StepTokens.fit_steps([], Layout(), most=100).tidy("64 60|60 67 67")
            ' 60 64 | 60 67'
        """
        if self.columns:
            words = text.split()
            self._check_order(words)
            return "".join(f" {word}" for word in words)
        steps = []
        for step in text.split(BAR):
            known = sorted({int(word) for word in step.split() if word in self.ids})
            steps.append("".join(f" {note}" for note in known))
        return f" {BAR}".join(steps)

    def _check_order(self, words: Sequence[str]) -> None:
        """Refuse cells that are not of the columns whose turn it is; of one, none has a name."""
        if len(self.columns) == 1:
            return
        names = [_escaped(name, "=") for name in self.columns]
        for word, name in zip(words, cycle(names)):
            if word.partition("=")[0] != name:
                raise UsageError(
                    f"found {word[:40]!r} in the prompt, expected a cell of the column {name}",
                    f'--prompt "{" ".join(f"{each}=VALUE" for each in names)}"',
                )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes."""
        return {**super().to_dict(), "columns": list(self.columns), "per_beat": self.per_beat}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> StepTokens:
        """Take what `to_dict` gave, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is something else.
        """
        if not isinstance(values, Mapping) or values.keys() != {*cls.__dataclass_fields__}:
            raise ValueError(f"no vocabulary: expected {', '.join(cls.__dataclass_fields__)}")
        own = {"columns", "per_beat"}
        plain = Tokenizer.from_dict({key: each for key, each in values.items() if key not in own})
        columns, per_beat = values["columns"], values["per_beat"]
        if not isinstance(columns, list) or len(columns) > MOST_COLUMNS:
            raise ValueError("expected a list of columns")
        if not all(isinstance(each, str) and each for each in columns):
            raise ValueError("expected names of columns")
        if type(per_beat) is not int or not 1 <= per_beat <= MOST_PER_BEAT:
            raise ValueError(f"expected 1 to {MOST_PER_BEAT} steps of a quarter note")
        if plain.kind != SYMBOL or (not columns and plain.vocabulary[len(SPECIALS) :] != _NOTES):
            raise ValueError("a vocabulary that is not of events")
        found = cls(SYMBOL, "none", plain.vocabulary, (), tuple(columns), per_beat)
        if {*found.column_of[len(SPECIALS) :].tolist()} != {*range(len(columns))} and columns:
            raise ValueError("expected cells of each column, and of no other")
        return found


_NOTES = (BAR, *map(str, range(NOTES)))
"""Notes that training lacks are known too: what they cost is what the model says."""


def _cells(texts: Iterable[str], layout: Layout, most: int) -> list[str]:
    """Return the most frequent cells, of each column at least one: a row is written whole.

    Raises:
        DataError: All cells of a column are too long.
    """
    every, has_names = fit_symbols(texts, MAX_TOKENS, 1), len(layout.columns) > 1
    first = dict[str, str]()
    for cell in every:
        first.setdefault(cell.partition("=")[0] if has_names else "", cell)
    for name in layout.columns:
        if (_escaped(name, "=") if has_names else "") not in first:
            raise DataError(
                f"no training cell of the column {name!r} is short enough for an event: expected "
                f"at most {MAX_TOKEN} characters with its name",
                "name other columns: --events COLUMN",
            )
    kept = {*first.values()}
    room = max(0, most - len(kept))
    common = [cell for cell in every if cell not in kept][:room]
    known = {*kept, *common}
    return [cell for cell in every if cell in known]


def units_of(tokens: Tokenizer, ids: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return how many of what a score is per each id is: steps of events, characters of a text."""
    return tokens.units(ids) if isinstance(tokens, StepTokens) else tokens.characters(ids)


def _escaped(text: str, more: str = "") -> str:
    """Return a text without blanks, that is no special one."""
    text = re.sub(rf"[\s%<{more}]", lambda match: quote(match[0], safe=""), text)
    return text or EMPTY
