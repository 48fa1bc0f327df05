"""How words are spelt: their characters, how they begin and end, and what kind of word each is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

PADDING, UNKNOWN = 0, 1
"""The first two numbers of words and of characters; those that are known come behind them."""

SPELLED = 20
"""Characters of a word that are read: of a longer one as many of its beginning as of its end."""

AFFIXES = (-2, -3, 2, 3)
"""Lengths of the beginnings (below zero) and of the ends that are told apart."""

MOST_CHARACTERS, MOST_AFFIXES = 1_500, 4_000
LEAST_CHARACTER, LEAST_AFFIX = 2, 3
"""How many there are at most, and how often each is in the training part at least."""

FORMS = ("small", "capital", "capitals", "mixed", "number", "digits", "marks")
"""What kinds of words are told apart: small letters; a capital first; capitals only; capitals among
small letters; digits and marks; digits among letters; marks only."""

FEATURES = len(AFFIXES) + 1
"""Numbers that say how a word is spelt: its affixes, and its form."""

MOST_WORDS = 10_000_000
LONGEST_WORD = 1_000_000

Whole = npt.NDArray[np.int32]


@dataclass(frozen=True)
class WordTypes:
    """Different words, as networks read them.

    Args:
        words: (types,) int32, number of each in the vocabulary.
        characters: (types, `SPELLED`) uint16, 0 behind the last one.
        spelling: (types, `FEATURES`) int32, affixes and form, numbered through.
    """

    words: Whole
    characters: npt.NDArray[np.uint16]
    spelling: Whole

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Lexicon:
    """The words, characters and affixes that are known; plain JSON on disk.

    Args:
        words: The words, the commonest first.
        characters: The characters, in the order of their code points.
        affixes: Those of each of `AFFIXES`, the commonest first.
        lower: Whether words and affixes are known without capitals.
    """

    words: tuple[str, ...] = field(repr=False)
    characters: str = field(repr=False)
    affixes: tuple[tuple[str, ...], ...] = field(repr=False)
    lower: bool = True

    @classmethod
    def fit(cls, tokens: Iterable[str], *, most: int, least_count: int, lower: bool) -> Lexicon:
        """Learn what is known from the tokens of the training part.

        Args:
            tokens: The tokens.
            most: Words at most, padding and the unknown one among them.
            least_count: How often a word must be there.
            lower: Whether capitals become small letters.
        """
        tokens = Counter(tokens)
        words: Counter[str] = Counter()
        letters: Counter[str] = Counter()
        affixes: list[Counter[str]] = [Counter() for _ in AFFIXES]
        for token, count in tokens.items():
            word = token.lower() if lower else token
            words[word] += count
            for letter in clipped(token):
                letters[letter] += count
            for found, length in zip(affixes, AFFIXES, strict=True):
                found[affix(word, length)] += count
        return cls(
            words=tuple(_commonest(words, most - 2, least_count)),
            characters="".join(
                sorted(_commonest(letters, MOST_CHARACTERS, LEAST_CHARACTER), key=ord)
            ),
            affixes=tuple(tuple(_commonest(each, MOST_AFFIXES, LEAST_AFFIX)) for each in affixes),
            lower=lower,
        )

    @property
    def size(self) -> int:
        """Numbers of words, padding and the unknown one among them."""
        return len(self.words) + 2

    @property
    def alphabet(self) -> int:
        """Numbers of characters, padding and the unknown one among them."""
        return len(self.characters) + 2

    @cached_property
    def bases(self) -> tuple[int, ...]:
        """Where the numbers of each feature of spelling begin; the first is what is unknown.

        They are numbered through, so that one table holds the vectors of all.
        """
        sizes = [len(each) + 1 for each in self.affixes]
        return tuple(1 + sum(sizes[:place]) for place in range(FEATURES))

    @property
    def features(self) -> int:
        """Numbers of features of spelling, padding among them."""
        return self.bases[-1] + len(FORMS)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each word."""
        return {word: number for number, word in enumerate(self.words, UNKNOWN + 1)}

    def encode(self, types: Sequence[str]) -> WordTypes:
        """Return different words as networks read them.

        Args:
            types: The words as they are written.
        """
        known = [word.lower() for word in types] if self.lower else types
        words = [self.numbers.get(word, UNKNOWN) for word in known]
        spelling = np.zeros((len(types), FEATURES), np.int32)
        for place, (length, affixes) in enumerate(zip(AFFIXES, self.affixes, strict=True)):
            numbers = {each: number for number, each in enumerate(affixes, self.bases[place] + 1)}
            unknown = self.bases[place]
            spelling[:, place] = [numbers.get(affix(word, length), unknown) for word in known]
        spelling[:, -1] = [self.bases[-1] + form_of(word) for word in types]
        return WordTypes(np.array(words, np.int32), self._characters(types), spelling)

    def _characters(self, types: Sequence[str]) -> npt.NDArray[np.uint16]:
        """Return (types, `SPELLED`) the number of each character that is read."""
        text = "".join(clipped(word).ljust(SPELLED, "\0") for word in types)
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        points = points.reshape(-1, SPELLED)
        known = np.array([ord(each) for each in self.characters] or [0], np.uint32)
        place = np.minimum(np.searchsorted(known, points), len(known) - 1)
        found = np.where(known[place] == points, place + UNKNOWN + 1, UNKNOWN)
        return np.where(points == 0, PADDING, found).astype(np.uint16)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "words": list(self.words),
            "characters": self.characters,
            "affixes": [list(each) for each in self.affixes],
            "lower": self.lower,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Lexicon:
        """Read what `to_dict` returned, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is something else.
            KeyError: Something is missing.
        """
        words, characters, affixes = values["words"], values["characters"], values["affixes"]
        is_sound = (
            _are_different(words, MOST_WORDS)
            and isinstance(characters, str)
            and len(characters) <= MOST_CHARACTERS
            and list(characters) == sorted(set(characters))
            and isinstance(affixes, list)
            and len(affixes) == len(AFFIXES)
            and all(_are_different(each, MOST_AFFIXES) for each in affixes)
            and isinstance(values["lower"], bool)
        )
        if not is_sound:
            raise ValueError("its words are not as they are written")
        return cls(tuple(words), characters, tuple(map(tuple, affixes)), values["lower"])


def clipped(word: str) -> str:
    """Return the characters of a word that are read.

    Example:
        >>> clipped("donau" * 10)
        'donaudonaudonaudonau'
    """
    half = SPELLED // 2
    return word if len(word) <= SPELLED else word[:half] + word[-half:]


def affix(word: str, length: int) -> str:
    """Return the beginning (a length below zero) or the end of a word; a short one is both.

    Example:
        >>> affix("tagging", -2), affix("tagging", 3)
        ('ta', 'ing')
    """
    return word[:-length] if length < 0 else word[-length:]


def form_of(word: str) -> int:
    """Return the number of a word's form in `FORMS`.

    Example:
        >>> [FORMS[form_of(word)] for word in ("Vienna", "3.14", "--")]
        ['capital', 'number', 'marks']
    """
    if word.islower() and word.isalpha():
        return FORMS.index("small")
    has_digit = any(letter.isdigit() for letter in word)
    has_letter = any(letter.isalpha() for letter in word)
    if has_digit:
        return FORMS.index("digits" if has_letter else "number")
    if not has_letter:
        return FORMS.index("marks")
    if word == word.lower():
        return FORMS.index("small")
    if word == word.upper() and len(word) > 1:
        return FORMS.index("capitals")
    is_first = word[0] != word[0].lower() and word[1:] == word[1:].lower()
    return FORMS.index("capital" if is_first else "mixed")


def _commonest(counts: Counter[str], most: int, least: int) -> list[str]:
    """Return what is frequent enough, the commonest first; equals in the order of their text."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [name for name, count in ranked[: max(0, most)] if count >= least]


def _are_different(values: Any, most: int) -> bool:
    return (
        isinstance(values, list)
        and len(values) <= most
        and all(isinstance(each, str) and len(each) <= LONGEST_WORD for each in values)
        and len(set(values)) == len(values)
    )
