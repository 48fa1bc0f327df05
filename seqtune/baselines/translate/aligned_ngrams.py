"""Aligned n-grams: each symbol's sound, spelling or form by those before it.

Every pair is cut into chunks, a symbol of the source with those of the target that come of it
(`_alignment.py`). Modified Kneser-Ney over n-grams of up to 6 chunks, and the end, then gives every
pair a probability, and a beam finds the target that is most probable with a source. Orders up to 10
and wider beams change nothing beyond chance on French, Dutch and Korean (SIGMORPHON 2021).

Symbols that training does not have are left out; a source without any other gets the commonest
target. Syllables of Hangul are taken letter by letter. The log-probability is that of the answer
among all found for its source, by the units of the answer and its end.

Source:
    Bisani and Ney 2008, "Joint-sequence models for grapheme-to-phoneme conversion", Speech
    Communication 50; with n-grams counted after the alignment as in Phonetisaurus: Novak,
    Minematsu and Hirose 2016, Natural Language Engineering 22(6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seqtune.baselines.method import Floats
from seqtune.baselines.ngram_model import fit_order
from seqtune.baselines.translate import commonest
from seqtune.baselines.translate._alignment import Chunk, align
from seqtune.baselines.translate._chunk_decoder import ChunkDecoder
from seqtune.baselines.translate._chunk_scorer import NO_SYMBOL, ChunkScorer
from seqtune.baselines.translate._pairs import Answers, Pairs, Write, joined, units_of
from seqtune.data.ragged import Ragged
from seqtune.data.text.hangul import in_letters

KINDS = ("text", "symbols")

ORDER = 6
BEAM = 20

MAX_UNITS = 50
"""Longer sources and targets are no spellings."""

MAX_CHUNK = 4
"""Symbols of a target that may come of one symbol."""

MAX_CHUNKS = 100
"""Chunks of one symbol that are tried, the commonest."""

NEARLY_ALL = 0.98
"""Share of the pairs that can be cut, at which chunks are long enough."""

MEANT_FOR = 0.9
"""Share of the pairs that can be cut, from which on the method is meant for them."""


def suits(pairs: Pairs) -> bool:
    """Say whether nearly all pairs are short, and no target much longer than its source."""
    cut = sum(_can_be_cut(*units, MAX_CHUNK) for units in _units(pairs))
    return cut >= MEANT_FOR * len(pairs)


def fit(pairs: Pairs, *, seed: int) -> Write:
    """Align the pairs that can be cut, and count the n-grams of chunks."""
    fallback = commonest.fit(pairs, seed=seed)
    every = list(_units(pairs))
    longest = _longest_chunk(every)
    units = [each for each in every if _can_be_cut(*each, longest)]
    if not units:
        return fallback
    symbols = _numbered(unit for source, _ in units for unit in source)
    written = _numbered(unit for _, target in units for unit in target)
    paths = align(
        [[symbols[unit] for unit in source] for source, _ in units],
        [[written[unit] for unit in target] for _, target in units],
        longest,
    )
    decoder = _decoder(paths, len(symbols))
    left_out = len(pairs) - len(units)
    return _Writer(pairs, symbols, list(written), decoder, fallback, left_out)


@dataclass(frozen=True, eq=False)
class _Writer:
    """Writes the target of each source."""

    pairs: Pairs
    symbols: Mapping[str, int]
    spelling: Sequence[str]
    decoder: ChunkDecoder
    fallback: Write
    left_out: int

    @property
    def detail(self) -> str:
        """How many pairs could not be aligned."""
        return f"{self.left_out} pairs not aligned" if self.left_out else ""

    def __call__(self, sources: Sequence[str]) -> Answers:
        known = self._known(sources)
        answers = self.fallback(sources)
        for row, ((target, score), *_) in enumerate(self.decoder.decode(known)):
            if known[row]:
                answers[row] = self._text(target), score / (len(target) + 1)
        return answers

    def candidates(self, sources: Sequence[str], most: int) -> list[list[str]]:
        """Return the most probable targets of each source; see `Rates`."""
        known = self._known(sources)
        found = self.decoder.decode(known, most)
        return [
            [self._text(target) for target, _ in each] if symbols else []
            for symbols, each in zip(known, found, strict=True)
        ]

    def log_probabilities(self, sources: Sequence[str], targets: Sequence[str]) -> Floats:
        """Return how likely each source and its target are together; see `Rates`."""
        numbers = {unit: number for number, unit in enumerate(self.spelling)}
        written = [
            [numbers.get(unit, NO_SYMBOL) for unit in units_of(target, self.pairs.target_kind)]
            for target in targets
        ]
        return ChunkScorer(self.decoder).score(self._known(sources), written)

    def _known(self, sources: Sequence[str]) -> list[list[int]]:
        """Return the symbols of sources that training has."""
        return [
            [self.symbols[unit] for unit in units if unit in self.symbols]
            for units in (_source_units(source, self.pairs.kind) for source in sources)
        ]

    def _text(self, target: Sequence[int]) -> str:
        return joined([self.spelling[unit] for unit in target], self.pairs.target_kind)


def _decoder(paths: Sequence[Sequence[Chunk]], symbols: int) -> ChunkDecoder:
    """Count n-grams of chunks; every symbol has at least the chunk that it was cut into."""
    times = Counter(chunk for path in paths for chunk in path)
    numbers = {chunk: number for number, chunk in enumerate(times)}
    end = len(numbers)
    documents = Ragged.from_list([[*(numbers[chunk] for chunk in path), end] for path in paths])
    by_symbol: list[list[int]] = [[] for _ in range(symbols)]
    for chunk, _ in times.most_common():
        if len(by_symbol[chunk[0]]) < MAX_CHUNKS:
            by_symbol[chunk[0]].append(numbers[chunk])
    return ChunkDecoder(
        fit_order(documents, end + 1, ORDER),
        [target for _, target in numbers],
        Ragged.from_list(by_symbol),
        BEAM,
    )


def _units(pairs: Pairs) -> Iterator[tuple[list[str], list[str]]]:
    for source, target in zip(pairs.sources, pairs.targets, strict=True):
        yield _source_units(source, pairs.kind), units_of(target, pairs.target_kind)


def _source_units(source: str, kind: str) -> list[str]:
    if kind == "text":
        source = in_letters(source)
    return units_of(source, kind)


def _longest_chunk(units: Sequence[tuple[list[str], list[str]]]) -> int:
    """Return the symbols of a target in a chunk at most: few, unless many pairs need more."""
    for longest in range(2, MAX_CHUNK):
        cut = sum(_can_be_cut(*each, longest) for each in units)
        if cut >= NEARLY_ALL * len(units):
            return longest
    return MAX_CHUNK


def _can_be_cut(source: Sequence[str], target: Sequence[str], longest: int) -> bool:
    return len(target) <= min(longest * len(source), MAX_UNITS) and 0 < len(source) <= MAX_UNITS


def _numbered(units: Iterable[str]) -> dict[str, int]:
    """Number what is new, in the order in which it comes."""
    return {unit: number for number, unit in enumerate(dict.fromkeys(units))}
