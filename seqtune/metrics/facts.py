"""Whether a text says the facts that it was to say: of sources such as `inform(name='x';area=y)`.

A fact is a key, `=` and a value, which may stand in quotes; facts are divided by `;`, `,` or `|`,
and may stand in brackets after the name of what is to be said. Only facts that a text can name
count: the value has to stand, word by word, in every reference of its row (`area=dont_care` and
`kids=yes` are said in other words).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

FACT = re.compile(
    r"(?P<key>[^\W\d][\w .-]*?)\s*=\s*"
    r"(?:'(?P<single>.*?)'(?=\s*(?:[;,|)\]}]|$))|\"(?P<double>.*?)\"(?=\s*(?:[;,|)\]}]|$))"
    r"|(?P<bare>[^;,|()\[\]{}]*))"
)
WORDS = re.compile(r"\w+")

ORDINARY = 0.1
"""Share of the rows whose references have a word; where more than these do without such a fact,
as "restaurant" of `type=restaurant`, the word says no fact."""


def facts_of(source: str) -> list[tuple[str, str]]:
    """Return the keys and values of a source in their order, without quotes.

    Args:
        source: What is to be said.

    Returns:
        Pairs of key and value; empty where the source has no fact, or none with a value.

    Example:
        >>> facts_of("inform(name='joe's pizza';area=soma)")
        [('name', "joe's pizza"), ('area', 'soma')]
    """
    return [
        (match["key"].strip(), value)
        for match in FACT.finditer(source)
        if (value := (match["single"] or match["double"] or match["bare"] or "").strip())
    ]


def slot_error(
    sources: Sequence[str],
    answers: Sequence[str],
    references: Sequence[Sequence[str]],
    known: Iterable[str] = (),
) -> float:
    """Slot error: facts that the texts lack or invent, by the facts to be said; 0 at best.

    `sum_i (lacking_i + invented_i) / sum_i facts_i`. A fact lacks where its value is not in the
    answer, word by word, whatever the case and punctuation. A value of any other source is
    invented where it is in the answer, while neither the row's source nor a reference has it. A
    value counts once a row, and what is a part of a longer value found counts not at all; nor is
    a word invented that a tenth of the references that use it use without the fact.

    Args:
        sources: What was to be said, one per row.
        answers: What was said.
        references: The right texts of each row, at least one each.
        known: More sources, as those of training, whose values may be invented.

    Returns:
        The share; NaN where no row has a fact that its references name.

    Source:
        Wen et al. 2015, "Semantically conditioned LSTM-based natural language generation for
        spoken dialogue systems", arXiv:1508.01745, section 5.1 (ERR).

    Example:
        >>> slot_error(["say(name=Bo; food=thai)"], ["bo is great"], [["Bo serves Thai food"]])
        0.5
    """
    rows = [_Row(*row) for row in zip(sources, answers, references, strict=True)]
    every = {_plain(value) for source in (*known, *sources) for _, value in facts_of(source)} - {""}
    longest = max((value.count(" ") + 1 for value in every), default=0)
    every -= _ordinary(every, longest, rows)
    facts = sum(len(row.named) for row in rows)
    faults = sum(
        len(row.lacking) + len(row.invented(_values(row.answer, every, longest))) for row in rows
    )
    return faults / facts if facts else float("nan")


class _Row:
    """What was to be said, what was said, and the right texts, in plain words."""

    def __init__(self, source: str, answer: str, references: Sequence[str]) -> None:
        self.source, self.answer = _plain(source), _plain(answer)
        self.references = [_plain(text) for text in references]
        values = {_plain(value) for _, value in facts_of(source)} - {""}
        self.named = {
            value for value in values if all(_has(text, value) for text in self.references)
        }

    @property
    def lacking(self) -> set[str]:
        return {value for value in self.named if not _has(self.answer, value)}

    def is_right(self, value: str) -> bool:
        return any(_has(text, value) for text in self.references)

    def invented(self, said: Iterable[str]) -> set[str]:
        return {
            value for value in said if not _has(self.source, value) and not self.is_right(value)
        }


def _ordinary(every: set[str], longest: int, rows: Sequence[_Row]) -> set[str]:
    """Return the values that references also use without that fact."""
    uses, without = Counter[str](), Counter[str]()
    for row in rows:
        used = {value for text in row.references for value in _ngrams(text, longest)} & every
        uses.update(used)
        without.update(value for value in used if not _has(row.source, value))
    return {value for value in without if without[value] > ORDINARY * uses[value]}


def _plain(text: str) -> str:
    """Return the words of a text in lower case, one blank between them."""
    return " ".join(WORDS.findall(text.lower()))


def _has(text: str, words: str) -> bool:
    return f" {words} " in f" {text} "


def _ngrams(text: str, longest: int) -> Iterator[str]:
    """Yield every run of up to so many words."""
    words = text.split()
    for place in range(len(words)):
        for end in range(place + 1, min(place + longest, len(words)) + 1):
            yield " ".join(words[place:end])


def _values(text: str, every: set[str], longest: int) -> set[str]:
    """Return the values that stand in a text, the longest first, each word in one at most."""
    words, place, found = text.split(), 0, set()
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            candidate = " ".join(words[place : place + length])
            if candidate in every:
                found.add(candidate)
                place += length - 1
                break
        place += 1
    return found
