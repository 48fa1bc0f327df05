"""The likeliest next words, whatever the tokens are.

A word may be several tokens, and is only known to be over once something else follows. So the
probability of a word is that of its tokens times that of what ends it: a blank, a sign, the end.
The likeliest beginnings are followed first; no beginning is given up that could still be among
the words asked for, as long as there are not too many.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field

import numpy as np

from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.errors import UsageError
from seqtune.tasks.generate.inference import Floats, Reader
from seqtune.tasks.generate.prompt import DOCUMENTS, Begun, Frame, fitting, read

MAX_STEPS = 1500
"""Beginnings that are followed at most."""

MAX_FOLLOWED = 64
"""Likeliest tokens that each beginning is followed by."""

LEAST = 1e-5
"""Less likely beginnings are not followed."""

_INSIDE = "'’-"
"""What may stand inside a word, but not at its end."""

_WORD = re.compile(rf"[^\W_]+(?:[{_INSIDE}][^\W_]+)*[{_INSIDE}]?")


@dataclass(frozen=True)
class NextWord:
    """A word that may come next.

    Args:
        word: The word; where it goes on from the last letters of the text, with those.
        probability: That it comes next and then ends.
    """

    word: str
    probability: float


def next_words(
    reader: Reader, text: str, most: int = 10, frame: Frame = DOCUMENTS
) -> list[NextWord]:
    """Return the likeliest next words, the likeliest first.

    Args:
        reader: The model.
        text: What stands before; where it ends in a letter, the word may go on.
        most: How many words to return at most.
        frame: How texts begin for the model.

    Raises:
        UsageError: No word is asked for.
    """
    if most < 1:
        raise UsageError(f"{most} words; expected at least 1", "--top 10")
    search = _Search(reader, _broken_off(text), most)
    search.run(_beginnings(reader, read(reader, text, frame)))
    best = sorted(search.found.items(), key=lambda entry: (-entry[1], entry[0]))[:most]
    return [NextWord(word, probability) for word, probability in best]


@dataclass(order=True)
class _Beginning:
    """What may be the beginning of a word; the likeliest is the least."""

    order: float
    spelling: bytes = field(compare=False)
    after: Begun = field(compare=False)

    @property
    def probability(self) -> float:
        return -self.order


class _Search:
    """Follows beginnings of words, the likeliest first."""

    def __init__(self, reader: Reader, begun: str, most: int) -> None:
        self.reader, self.begun, self.most = reader, begun, most
        self.ends = np.array([_ends_a_word(each) for each in reader.tokens.spellings])
        self.found: dict[str, float] = {}
        self.waiting: list[_Beginning] = []

    def run(self, beginnings: list[_Beginning]) -> None:
        """Follow beginnings until no other can be among the words asked for."""
        self.waiting = beginnings
        heapq.heapify(self.waiting)
        for _ in range(MAX_STEPS):
            if not self.waiting or self.waiting[0].probability < max(LEAST, self._least_kept()):
                return
            self._follow(heapq.heappop(self.waiting))

    def _follow(self, beginning: _Beginning) -> None:
        probabilities = beginning.probability * _probabilities(beginning.after)
        probabilities[UNKNOWN] = 0.0
        if _word_of(beginning.spelling)[0]:
            self._keep(beginning.spelling, float(probabilities[self.ends].sum()))
            probabilities[self.ends] = 0.0
        likeliest = np.argsort(-probabilities, kind="stable")[: max(MAX_FOLLOWED, self.most)]
        for token in likeliest.tolist():
            probability = float(probabilities[token])
            if probability >= LEAST and token != END:
                self._go_on(beginning, token, probability)

    def _go_on(self, beginning: _Beginning, token: int, probability: float) -> None:
        spelling = beginning.spelling + self.reader.tokens.spellings[token]
        if _word_of(spelling)[1]:
            self._keep(spelling, probability)
            return
        after = beginning.after.then(self.reader, token)
        heapq.heappush(self.waiting, _Beginning(-probability, spelling, after))

    def _keep(self, spelling: bytes, probability: float) -> None:
        word, _ = _word_of(spelling)
        goes_on = not spelling[:1].isspace() and not _ends_a_word(spelling)
        word = self.begun + word if goes_on else word
        self.found[word] = self.found.get(word, 0.0) + probability

    def _least_kept(self) -> float:
        """Return the probability of the last word to be returned now; 0 while there is room."""
        if len(self.found) < self.most:
            return 0.0
        return heapq.nlargest(self.most, self.found.values())[-1]


def _word_of(spelling: bytes) -> tuple[str, bool]:
    """Return the first word of what follows a text, and whether it is over; a sign is at once."""
    text = spelling.decode("utf-8", "ignore")
    rest = text.lstrip()
    match = _WORD.match(rest)
    if match is None:
        is_whole = len(text.encode("utf-8")) == len(spelling)
        return (rest[:1], True) if rest and is_whole else ("", False)
    return match[0].rstrip(_INSIDE), match.end() < len(rest)


def _broken_off(text: str) -> str:
    """Return the letters at the end of a text, which may be the beginning of a word."""
    words = [match for match in _WORD.finditer(text) if match.end() == len(text)]
    return words[0][0] if words else ""


def _ends_a_word(spelling: bytes) -> bool:
    """Say whether a token cannot go on with a word that has begun."""
    if not spelling:
        return True
    first = spelling.decode("utf-8", "ignore")[:1]
    is_part = spelling[0] >= 0x80 and (not first or first.encode("utf-8")[0] != spelling[0])
    return not (is_part or first.isalnum() or first in _INSIDE)


def _beginnings(reader: Reader, begun: Begun) -> list[_Beginning]:
    """Return what may stand at the end of a text that breaks off inside a token.

    Their probabilities are those given that the text is as it is; they sum to one.
    """
    waiting, found = [_Beginning(-1.0, b"", begun)], list[_Beginning]()
    while waiting:
        one = waiting.pop()
        if not one.after.pending:
            found.append(one)
            continue
        probabilities = one.probability * _probabilities(one.after)
        probabilities[~fitting(reader.tokens, one.after.pending)] = 0.0
        for token in np.argsort(-probabilities, kind="stable")[:MAX_FOLLOWED].tolist():
            if probabilities[token] > 0:
                rest = reader.tokens.spellings[token][len(one.after.pending) :]
                after = one.after.then(reader, token)
                waiting.append(_Beginning(-float(probabilities[token]), rest, after))
    total = sum(one.probability for one in found)
    return [_Beginning(one.order / total, one.spelling, one.after) for one in found]


def _probabilities(begun: Begun) -> Floats:
    row = np.asarray(begun.logits[0], np.float64)
    powers = np.exp(row - row.max())
    shares: Floats = powers / powers.sum()
    return shares
