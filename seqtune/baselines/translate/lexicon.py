"""Lexicon: every word by its most probable translation, in the order of the source.

The probability t(e | f) that the word f is translated by e is learnt from sentences that belong
together, without knowing which words do: expectation maximisation of IBM model 1, in which each
target word comes of any word of its source, or of none, with equal chance. An unknown word is
copied.

The log-probability is the mean of ln t(e | f) over the words that are known.

Source:
    Brown, Della Pietra, Della Pietra and Mercer 1993, "The mathematics of statistical machine
    translation: parameter estimation", Computational Linguistics 19(2), section 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import log

import numpy as np

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.translate._pairs import Answers, Pairs, Write
from seqtune.data.ragged import Ragged

KINDS = ("text", "symbols")

ROUNDS = 10
"""After 5, full stops still belong to many words: 23.6 BLEU on Multi30k, 27.2 after 10 or more."""

MAX_LINKS = 10_000_000
"""Words of a source by words of its target that are held at most; of more pairs, every second or
third is read, and so on."""

LEAST = 1e-300

SENTENCES = 3
"""Words of a source, by the median, from which on the method is meant for them."""

WORD = re.compile(r"\w+|[^\w\s]")
BEFORE = re.compile(r" (?=[.,;:!?%)\]}»”…])")
AFTER = re.compile(r"(?<=[(\[{«„“]) ")


def suits(pairs: Pairs) -> bool:
    """Say whether most sources and targets have several words."""
    sides = ((pairs.sources, pairs.kind), (pairs.targets, pairs.target_kind))
    return all(
        np.median([len(_words(text, kind)) for text in texts]) >= SENTENCES for texts, kind in sides
    )


def fit(pairs: Pairs, *, seed: int) -> Write:
    """Learn the lexicon."""
    both = [
        (_words(source, pairs.kind), _words(target, pairs.target_kind))
        for source, target in zip(pairs.sources, pairs.targets, strict=True)
    ]
    links = sum((len(source) + 1) * len(target) for source, target in both)
    lexicon = _lexicon(both[:: links // MAX_LINKS + 1])

    def write(sources: Sequence[str]) -> Answers:
        return [_translated(_words(source, pairs.kind)) for source in sources]

    def _translated(words: Sequence[str]) -> tuple[str, float]:
        known = [lexicon[word][1] for word in words if word in lexicon]
        text = [lexicon[word][0] if word in lexicon else word for word in words]
        return _sentence(text, pairs.target_kind), sum(known) / max(len(known), 1)

    return write


def _lexicon(pairs: Sequence[tuple[list[str], list[str]]]) -> dict[str, tuple[str, float]]:
    """Return the best translation of each word, and the logarithm of its probability."""
    words = _numbered(source for source, _ in pairs)
    translations = _numbered(target for _, target in pairs)
    source, target, place = _links(
        Ragged.from_list([[len(words), *(words[one] for one in those)] for those, _ in pairs]),
        Ragged.from_list([[translations[one] for one in those] for _, those in pairs]),
    )
    entries, entry = np.unique(source * max(len(translations), 1) + target, return_inverse=True)
    word, translation = np.divmod(entries, max(len(translations), 1))
    likely = _learn(word, entry, place)
    best: dict[str, tuple[str, float]] = {}
    spelling, meaning = list(words), list(translations)
    for row in np.lexsort((translation, -likely)).tolist():  # the likeliest first
        if word[row] < len(words):
            best.setdefault(
                spelling[word[row]], (meaning[translation[row]], log(max(likely[row], LEAST)))
            )
    return best


def _links(sources: Ragged, targets: Ragged) -> tuple[Integers, Integers, Integers]:
    """Link each target word with each word of its source.

    Args:
        sources: Numbers of words, a sequence per pair, at least one each.
        targets: Numbers of words, a sequence per pair.

    Returns:
        The source word and the target word of each link, and which of all target words it is,
        each (links,).
    """
    pair = np.repeat(np.arange(len(targets)), targets.lengths)  # of each target word
    counts = sources.lengths[pair]
    place = np.repeat(np.arange(len(pair)), counts)
    begin = np.repeat(sources.offsets[pair] - (np.cumsum(counts) - counts), counts)
    source = sources.values[begin + np.arange(len(place))].astype(np.int64)
    return source, targets.values[place].astype(np.int64), place


def _learn(word: Integers, entry: Integers, place: Integers) -> Floats:
    """Return t(e | f) of each entry of the lexicon.

    Args:
        word: (entries,) the source word of each.
        entry: (links,) which entry a link is.
        place: (links,) which target word.
    """
    likely = np.ones(len(word))
    for _ in range(ROUNDS):
        each = likely[entry]
        each /= np.bincount(place, each)[place]
        counts = np.bincount(entry, each, minlength=len(word))
        likely = counts / np.bincount(word, counts)[word]
    return likely


def _words(text: str, kind: str) -> list[str]:
    return text.split() if kind == "symbols" else WORD.findall(text)


def _sentence(words: Sequence[str], kind: str) -> str:
    text = " ".join(words)
    return text if kind == "symbols" else AFTER.sub("", BEFORE.sub("", text))


def _numbered(texts: Iterable[Iterable[str]]) -> dict[str, int]:
    every = dict.fromkeys(word for text in texts for word in text)
    return {word: number for number, word in enumerate(every)}
