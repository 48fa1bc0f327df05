"""Sentences in which one word is wrong: made from right ones, and looked for by a trigram model.

In about half of the sentences one word is replaced: by another word of its confusion set (their,
there), or by another form of itself, as a word with the same lemma and part of speech in the
training file. A token and its tag a line: `wrong`, or `ok`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seqtune.baselines.ngram_model import KneserNey, fit_order
from seqtune.data.ragged import Ragged

Sentence = list[str]
Others = Mapping[str, Sequence[str]]

SETS = """
their there they're | your you're | its it's | to too two | than then | whose who's | who whom |
himself herself yourself themselves itself | myself me I | he him | she her | they them | we us |
is are | was were | has have | do does | am is are | a an the | this these | that those |
affect effect | accept except | lose loose | advice advise | weather whether | quiet quite |
principal principle | passed past | led lead | brake break | buy by | hear here | know no |
new knew | right write | piece peace | weak week | where were | wear where | threw through |
fewer less | much many | good well | bad badly | in on at | of off | from form | for four |
between among | since for | lay lie | raise rise | could should would | can may | any some
"""
"""Words that are taken for each other."""

SHARE = 0.5
LEAST = 3
RARE = 0.02
"""How often a form must have a lemma, and its share of the lemma's words: rarer ones are mostly
slips of the pen."""

UNKNOWN = "<unk>"


@dataclass(frozen=True)
class Marked:
    """A sentence, and the place of its wrong word, -1 where it has none."""

    words: Sentence
    wrong: int


def read_conllu(path: Path) -> list[list[tuple[str, str, str]]]:
    """Return the sentences of a CoNLL-U file: form, lemma and part of speech of each word."""
    sentences: list[list[tuple[str, str, str]]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if not line:
            sentences.append([])
        elif fields[0].isdigit():
            sentences[-1].append((fields[1], fields[2], fields[3]))
    return [sentence for sentence in sentences if sentence]


def others_of(sentences: Iterable[Sequence[tuple[str, str, str]]]) -> Others:
    """Return what each word, in small letters, may be taken for: of its sets, and of its lemma."""
    forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for form, lemma, part in sentence:
            if part in ("NOUN", "VERB", "AUX", "ADJ", "ADV", "PRON", "DET") and form.isalpha():
                forms[lemma.lower(), part][form.lower()] += 1
    others: dict[str, set[str]] = defaultdict(set)
    often = [
        [form for form, times in each.items() if times >= max(LEAST, RARE * each.total())]
        for each in forms.values()
    ]
    groups = [*(each.split() for each in SETS.split("|")), *often]
    for group in groups:
        small = {word.lower() for word in group}
        for word in small:
            others[word] |= small - {word}
    return {word: sorted(each) for word, each in others.items() if each}


def with_wrong_words(
    sentences: Iterable[Sequence[tuple[str, str, str]]], others: Others, seed: int
) -> list[Marked]:
    """Replace one word in about half of the sentences."""
    draw = np.random.default_rng(seed)
    made = []
    for sentence in sentences:
        words = [form for form, _, _ in sentence]
        places = [place for place, word in enumerate(words) if word.lower() in others]
        wrong = -1
        if places and draw.random() < SHARE:
            wrong = places[int(draw.integers(len(places)))]
            choices = others[words[wrong].lower()]
            words[wrong] = _written_as(choices[int(draw.integers(len(choices)))], words[wrong])
        made.append(Marked(words, wrong))
    return made


def write_conll(path: Path, sentences: Iterable[Marked]) -> None:
    """Write a token and its tag a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for sentence in sentences:
            for place, word in enumerate(sentence.words):
                file.write(f"{word}\t{'wrong' if place == sentence.wrong else 'ok'}\n")
            file.write("\n")


def truth_of(sentences: Iterable[Marked]) -> np.ndarray:
    """Return (words,) whether each word is wrong."""
    return np.concatenate([np.arange(len(each.words)) == each.wrong for each in sentences])


Window = tuple[list[str], int]
"""A word with two words before and after it, in small letters, and its place among them."""


def _window(sentence: Marked, place: int, word: str) -> Window:
    """Return what stands around a place, with a word in it."""
    begin = max(0, place - 2)
    words = [*sentence.words[begin:place], word, *sentence.words[place + 1 : place + 3]]
    return [each.lower() for each in words], place - begin


class TrigramModel:
    """Trigrams of words, Kneser-Ney: finds words that do not go with those around them.

    Args:
        sentences: Right ones.
        others: What each word may be taken for.
    """

    def __init__(self, sentences: Iterable[Sequence[tuple[str, str, str]]], others: Others) -> None:
        texts = [[form.lower() for form, _, _ in sentence] for sentence in sentences]
        counts = Counter(word for text in texts for word in text)
        known = [word for word, times in counts.items() if times > 1]
        self.numbers = {word: at + 1 for at, word in enumerate(known)}
        self.others = others
        documents = Ragged.from_list([self._numbers(text) for text in texts])
        self.model: KneserNey = fit_order(documents, len(known) + 1, 3)

    def surprise(self, sentences: Sequence[Marked]) -> np.ndarray:
        """Return (words,) how unlikely the trigrams are that each word stands in."""
        windows = [
            _window(sentence, place, word)
            for sentence in sentences
            for place, word in enumerate(sentence.words)
        ]
        return -self._scores(windows)

    def suspicion(self, sentences: Sequence[Marked]) -> np.ndarray:
        """Return (words,) how much likelier the best of the other words is; -inf for none."""
        windows, owners = [], []
        total = 0
        for sentence in sentences:
            for place, word in enumerate(sentence.words):
                choices = self.others.get(word.lower(), ())
                for choice in (word, *choices) if choices else ():
                    windows.append(_window(sentence, place, choice))
                    owners.append(total + place)
            total += len(sentence.words)
        scores, owner = self._scores(windows), np.array(owners)
        is_own = np.append(True, owner[1:] != owner[:-1])
        others = np.where(is_own, -np.inf, scores)
        found = np.full(total, -np.inf)
        best = np.maximum.reduceat(others, np.flatnonzero(is_own))
        found[owner[is_own]] = best - scores[is_own]
        return found

    def _scores(self, windows: Sequence[Window]) -> np.ndarray:
        """Return (windows,) the log-probability of each from its word on."""
        documents = Ragged.from_list([self._numbers(words) for words, _ in windows])
        logarithms = self.model.log_probabilities(documents)
        place = np.array([place for _, place in windows])
        step = np.arange(len(logarithms)) - np.repeat(documents.offsets[:-1], documents.lengths)
        counted = step >= np.repeat(place, documents.lengths)
        return np.add.reduceat(np.where(counted, logarithms, 0.0), documents.offsets[:-1])

    def _numbers(self, words: Iterable[str]) -> list[int]:
        return [self.numbers.get(word, 0) for word in words]


def f_half(marked: np.ndarray, truth: np.ndarray) -> float:
    """Return the F0.5 of words that are marked: precision counts twice as much as recall."""
    right = int((marked & truth).sum())
    return 1.25 * right / (0.25 * truth.sum() + marked.sum()) if right else 0.0


def best_threshold(scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the score from which on words are marked best, by the F0.5."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(truth[order])
    value = 1.25 * right / (0.25 * truth.sum() + np.arange(1, len(order) + 1))
    return float(scores[order[int(value.argmax())]])


def _written_as(word: str, before: str) -> str:
    """Return a word in capitals, or with one, as another was."""
    if before.isupper() and len(before) > 1:
        return word.upper()
    return word.capitalize() if before[:1].isupper() or word == "i" else word
