"""How much of a generated text was learnt by heart.

The longest run of characters that stands word for word in the source, and which share of the text's
sequences of eight words, and of its sequences of 50 characters, occurs in it. In scripts without
spaces between words, each character counts as a word. Beside that, how many of its words the source
has at all: the others are made up. The source is read once, piece by piece.

Source:
    The share of n-grams is that of McCoy et al., How much do language models copy from their
    training data?, arXiv 2111.09509; the hashes are Karp & Rabin 1987, modulo 2^64, and every
    longest run is compared character by character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

WORDS = 8
"""Words of a run whose copies are counted."""

SPAN = 50
"""Characters of a span whose copies are counted."""

CHUNK = 1 << 20
"""Characters of the source that are looked at together."""

BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that its powers never vanish
FILTER_BITS = 18

_ALONE = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003347f"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese."""

_WORD = re.compile(rf"[{_ALONE}]|[^\s{_ALONE}]+")

_LETTERS = re.compile(rf"[^\W\d_{_ALONE}]+(?:['’][^\W\d_{_ALONE}]+)*")
"""A word without signs around it, in scripts with spaces between words."""


@dataclass(frozen=True)
class Memorised:
    """What a text has in common with its source.

    Args:
        run: The longest part of the text that stands in the source; one of equals.
        runs: How many sequences of eight words the text has.
        copied: Share of those that occur in the source; None where the text has none.
        spans: Share of the text's spans of 50 characters that occur in the source; None where the
            text is shorter.
        words: Share of the text's words that the source has, whatever their case; None where there
            are none.
    """

    run: str
    runs: int
    copied: float | None
    spans: float | None = None
    words: float | None = None

    @property
    def characters(self) -> int:
        """Length of the longest copied run."""
        return len(self.run)


def memorised(text: str, source: Iterable[str]) -> Memorised:
    """Compare a text with its source.

    Args:
        text: What was generated, without its prompt; up to some 100,000 characters.
        source: The source in pieces of any size, which are joined as they are.

    Example:
        >>> memorised("the cat sat", ["a cat", " sat down"]).run
        ' cat sat'
    """
    characters, words, known = _LongestRun(text), _WordRuns(text), _KnownWords(text)
    for chunk in _chunks(source):
        characters.look(chunk)
        words.look(chunk)
        known.look(chunk)
    words.look("", is_end=True)
    known.look("", is_end=True)
    return Memorised(characters.run, words.runs, words.copied, characters.spans, known.share)


def _chunks(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the text of the pieces in chunks of less than twice CHUNK, all but the last as long."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        for start in range(0, len(piece), CHUNK):
            waiting.append(piece[start : start + CHUNK])
            size += len(waiting[-1])
            if size >= CHUNK:
                yield "".join(waiting)
                waiting, size = [], 0
    if waiting:
        yield "".join(waiting)


class _Windows:
    """The hash of every window of any length in a sequence of numbers.

    Args:
        codes: (steps,) uint64.
        powers: (at least steps + 1,) the powers of BASE.
    """

    def __init__(self, codes: Hashes, powers: Hashes) -> None:
        steps = len(codes)
        self.sums = np.zeros(steps + 1, np.uint64)
        np.cumsum(codes * powers[:steps], out=self.sums[1:])
        self.levels = powers[::-1]  # brings the window at step 0 to the power of the last

    def of(self, length: int) -> Hashes:
        """Return (steps - length + 1,) hashes; empty where the windows are too long."""
        windows = max(len(self.sums) - length, 0)
        return (self.sums[length:] - self.sums[:windows]) * self.levels[:windows]


def _powers(count: int) -> Hashes:
    powers = np.full(count, BASE, np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


class _Known:
    """A set of hashes that tells which of many others are in it."""

    def __init__(self, hashes: Hashes) -> None:
        self.sorted = np.unique(hashes)
        self.may_be = np.zeros(1 << FILTER_BITS, np.bool_)
        self.may_be[hashes >> np.uint64(64 - FILTER_BITS)] = True

    def places(self, hashes: Hashes) -> npt.NDArray[np.intp]:
        """Return where in `hashes` those are that the set has."""
        likely = np.flatnonzero(self.may_be[hashes >> np.uint64(64 - FILTER_BITS)])
        wanted = hashes[likely]
        place = np.minimum(np.searchsorted(self.sorted, wanted), len(self.sorted) - 1)
        return np.asarray(likely[self.sorted[place] == wanted])


class _LongestRun:
    """Finds the longest part of a text in a source that comes in chunks.

    Where a longer run than the longest so far is in a chunk, its length is found by doubling and
    then by halving steps; where none is, the chunk is passed over once.
    """

    def __init__(self, text: str) -> None:
        self.text, self.run, self.tail = text, "", ""
        self.powers = _powers(2 * CHUNK + len(text) + 2)
        self.windows = _Windows(_codes(text), self.powers)
        self.own_spans = self.windows.of(SPAN)
        self.is_span = np.zeros(len(self.own_spans), np.bool_)

    @property
    def spans(self) -> float | None:
        return float(self.is_span.mean()) if len(self.is_span) else None

    def look(self, chunk: str) -> None:
        """Look for a longer run in the next chunk, with the end of the one before."""
        if not self.text:
            return
        chunk = self.tail + chunk
        self.tail = chunk[max(len(chunk) - len(self.text) + 1, 0) :]
        windows = _Windows(_codes(chunk), self.powers)
        there = windows.of(SPAN)
        if len(self.own_spans) and len(there):
            places = _Known(self.own_spans).places(there)
            self.is_span |= np.isin(self.own_spans, there[places])
        step, is_growing = 1, True
        while step:
            found = self._find(len(self.run) + step, windows, chunk)
            if found:
                self.run = found
            is_growing = is_growing and bool(found)
            step = step * 2 if is_growing else step // 2

    def _find(self, length: int, windows: _Windows, chunk: str) -> str:
        """Return a part of the text so long that stands in the chunk; "" without one."""
        own = self.windows.of(length)
        there = windows.of(length)
        if not len(own) or not len(there):
            return ""
        places = _Known(own).places(there)
        if not len(places):
            return ""
        shared = np.isin(own, there[places])
        for start in np.flatnonzero(shared).tolist():
            candidate = self.text[start : start + length]
            if candidate in chunk:  # two texts may have one hash
                return candidate
        return ""


class _WordRuns:
    """Counts the sequences of eight words of a text that occur in a source read in chunks."""

    def __init__(self, text: str) -> None:
        words = _WORD.findall(text)
        self.ids = {word: number for number, word in enumerate(dict.fromkeys(words), start=1)}
        self.powers = _powers(WORDS)
        self.own = self._hashes(words)
        self.is_copied = np.zeros(len(self.own), np.bool_)
        self.half, self.tail = "", list[str]()

    @property
    def runs(self) -> int:
        return len(self.own)

    @property
    def copied(self) -> float | None:
        return float(self.is_copied.mean()) if len(self.own) else None

    def look(self, chunk: str, *, is_end: bool = False) -> None:
        """Look at the next chunk; the word at its end may go on in the one after."""
        if not len(self.own):
            return
        words = _WORD.findall(self.half + chunk)
        self.half = ""
        if words and not is_end and not chunk[-1:].isspace():
            self.half = words.pop()
        words = self.tail + words
        self.tail = words[len(words) - WORDS + 1 :] if len(words) >= WORDS else words
        there = self._hashes(words)
        if len(there):
            self.is_copied |= np.isin(self.own, there[_Known(self.own).places(there)])

    def _hashes(self, words: list[str]) -> Hashes:
        """Return the hash of each sequence of eight words; words not in the text count as one."""
        ids = np.fromiter((self.ids.get(word, 0) for word in words), np.uint64, len(words))
        total = np.zeros(max(len(words) - WORDS + 1, 0), np.uint64)
        mixed = _mixed(ids)
        for place in range(WORDS):
            total += mixed[place : place + len(total)] * self.powers[place]
        return total


class _KnownWords:
    """Finds which words of a text a source has that comes in chunks."""

    def __init__(self, text: str) -> None:
        self.words = _LETTERS.findall(text.casefold())
        self.missing = set(self.words)
        self.half = ""

    @property
    def share(self) -> float | None:
        if not self.words:
            return None
        return 1.0 - sum(word in self.missing for word in self.words) / len(self.words)

    def look(self, chunk: str, *, is_end: bool = False) -> None:
        """Look at the next chunk; the word at its end may go on in the one after."""
        if not self.missing:
            return
        text = (self.half + chunk).casefold()
        found = list(_LETTERS.finditer(text))
        goes_on = bool(found) and not is_end and len(text) - found[-1].end() < 2  # or "'" comes
        self.half = text[found.pop().start() :] if goes_on else ""
        self.missing -= {match[0] for match in found}


def _codes(text: str) -> Hashes:
    """Return a number per character, far from those of its neighbours."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _mixed(points.astype(np.uint64))


def _mixed(numbers: Hashes) -> Hashes:
    """Spread small numbers over 64 bits.

    Source:
        Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators (SplitMix64).
    """
    mixed = (numbers + np.uint64(1)) * BASE
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
