"""Simple methods that write texts: answers worked by hand."""

from __future__ import annotations

from itertools import product
from math import exp, log
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.ngram_model import fit_order
from seqtune.baselines.translate import (
    _alignment,
    aligned_ngrams,
    commonest,
    copy,
    lexicon,
    nearest_neighbour,
    translation_memory,
)
from seqtune.baselines.translate._alignment import align
from seqtune.baselines.translate._chunk_decoder import ChunkDecoder
from seqtune.baselines.translate._chunk_scorer import NO_SYMBOL, ChunkScorer
from seqtune.baselines.translate._fitting import TranslateFitting
from seqtune.baselines.translate._memory import commonest_by_source
from seqtune.baselines.translate._pairs import Answers, Pairs, Rates, Write, joined, units_of
from seqtune.data.ragged import Ragged
from seqtune.registry import baselines

NAMES = [
    "aligned_ngrams",
    "commonest",
    "copy",
    "lexicon",
    "nearest_neighbour",
    "translation_memory",
]
SEED = 3


def texts(answers: Answers) -> list[str]:
    return [text for text, _ in answers]


def of(*pairs: tuple[Any, str], kind: str = "text", target_kind: str = "text") -> Pairs:
    return Pairs(
        [source for source, _ in pairs], [target for _, target in pairs], kind, target_kind
    )


def test_these_are_the_methods() -> None:
    assert list(baselines("translate")) == NAMES


@pytest.mark.parametrize(("text", "kind", "units"), [
    ("", "text", []), ("", "symbols", []), ("a b", "text", ["a", " ", "b"]),
    ("t͡s  ɛ", "symbols", ["t͡s", "ɛ"]),
])  # fmt: skip
def test_units_are_characters_or_symbols(text: str, kind: str, units: list[str]) -> None:
    assert units_of(text, kind) == units
    assert joined(units, kind).split() == text.split()


def test_a_copy_is_the_source_in_the_units_of_the_target() -> None:
    same = copy.fit(of(("a", "b")), seed=SEED)
    assert same(["a  b", ""]) == [("a  b", 0.0), ("", 0.0)]
    spelt = copy.fit(of(("ab", "a b"), target_kind="symbols"), seed=SEED)
    assert texts(spelt(["ab"])) == ["a b"]
    run_on = copy.fit(of(("a b", "ab"), kind="symbols"), seed=SEED)
    assert texts(run_on(["a b"])) == ["ab"]


def test_the_commonest_target_is_the_first_of_equals_with_its_share() -> None:
    write = commonest.fit(of(("x", "no"), ("y", "yes"), ("z", "yes"), ("x", "no")), seed=SEED)
    assert write(["q", "x"]) == [("no", log(2 / 4) / 3)] * 2  # two letters and the end


def test_of_several_targets_of_a_source_the_commonest_is_kept() -> None:
    assert commonest_by_source(["a", "b", "a", "a"], ["x", "y", "z", "z"]) == {0: "z", 1: "y"}
    assert commonest_by_source(["a", "a"], ["x", "y"]) == {0: "x"}


def test_a_translation_memory_finds_the_most_alike_source() -> None:
    write = translation_memory.fit(
        of(("the red house", "A"), ("a dog barks", "B"), ("the red horse", "C"), ("xyz", "B")),
        seed=SEED,
    )
    asked = ["a dog barked", "the red horses", "red house", "日本", ""]
    assert texts(write(asked)) == ["B", "C", "A", "B", "B"]  # the commonest of all is B


def test_a_translation_memory_takes_symbols_whole() -> None:
    pairs = of(("ab c", "A"), ("a bc", "B"), kind="symbols")
    assert texts(translation_memory.fit(pairs, seed=SEED)(["bc x", "ab", "a"])) == ["B", "A", "B"]


def test_a_translation_memory_reads_blocks_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [f"case {number:03d}" for number in range(50)]
    write = translation_memory.fit(Pairs(sources, sources, "text"), seed=SEED)
    monkeypatch.setattr(translation_memory, "CELLS", 150)
    assert texts(write(sources[::-1])) == sources[::-1]


def test_the_nearest_neighbour_of_features_and_series() -> None:
    rows = [np.array([[0.0, 1000.0]]), np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])]
    pairs = Pairs(rows, ["low", "high", "high"], "features")
    write = nearest_neighbour.fit(pairs, seed=SEED)
    assert texts(write([np.array([[0.9, 100.0]]), np.array([[0.2, 900.0]])])) == ["high", "low"]
    rise, fall = np.arange(5.0)[:, None], -np.arange(9.0)[:, None]
    write = nearest_neighbour.fit(Pairs([rise, fall], ["up", "down"], "series"), seed=SEED)
    assert texts(write([np.arange(3.0)[:, None] * 2, -np.ones((1, 1)) * 4])) == ["up", "down"]


def test_an_alignment_follows_from_how_often_symbols_go_together() -> None:
    """`x` alone is 8, so of `ax` the 7 is from `a`; then `b` is silent, and `c` brings two."""
    sources = [[0], [0, 1], [0, 2], [3, 0], [1, 0]]
    targets = [[8], [8, 7], [8], [5, 6, 8], [7, 8]]
    assert align(sources, targets) == [
        [(0, (8,))],
        [(0, (8,)), (1, (7,))],
        [(0, (8,)), (2, ())],
        [(3, (5, 6)), (0, (8,))],
        [(1, (7,)), (0, (8,))],
    ]


def test_of_ways_equally_likely_the_one_with_short_chunks_is_best() -> None:
    """All six chunks have a sixth: two with one symbol each beat one with two and one with none."""
    assert align([[0, 1]], [[7, 8]]) == [[(0, (7,)), (1, (8,))]]


def plain_counts(
    pairs: list[tuple[list[int], list[int]]], likely: dict[Any, float], longest: int
) -> dict[Any, float]:
    """Counts of one round by all ways to cut, one by one."""
    counts: dict[Any, float] = {}
    for source, target in pairs:
        ways = []
        for sizes in product(range(longest + 1), repeat=len(source)):
            if sum(sizes) == len(target):
                ends = np.cumsum((0, *sizes))
                ways.append([
                    (symbol, tuple(target[a:b]))
                    for symbol, a, b in zip(source, ends[:-1], ends[1:], strict=True)
                ])  # fmt: skip
        shares = [np.prod([likely.get(chunk, 0.0) for chunk in way]) for way in ways]
        for way, share in zip(ways, shares, strict=True):
            for chunk in way:
                counts[chunk] = counts.get(chunk, 0.0) + float(share / sum(shares))
    return counts


def test_the_counts_are_those_of_all_ways_to_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(SEED)
    pairs = [
        (draw.integers(3, size=size).tolist(), draw.integers(2, size=draw.integers(2 * size + 1)))
        for size in (1, 2, 2, 3, 4, 4)
    ]
    pairs = [(source, target.tolist()) for source, target in pairs]
    monkeypatch.setattr(_alignment, "BUCKET", 2)
    seen: list[float] = []
    count = _alignment._Bucket.count

    def spy(bucket: Any, likely: Any) -> Any:
        counts = count(bucket, likely)
        seen.append(float((counts**2).sum()))
        return counts

    monkeypatch.setattr(_alignment._Bucket, "count", spy)
    align(*map(list, zip(*pairs, strict=True)), 2)
    ordered = sorted(pairs, key=lambda pair: (len(pair[0]), len(pair[1])))
    likely = {
        (symbol, run): 1.0
        for symbol in range(3)
        for length in range(3)
        for run in product(range(2), repeat=length)
    }
    expected = []
    for _ in range(_alignment.ROUNDS):
        parts = [plain_counts(ordered[start : start + 2], likely, 2) for start in (0, 2, 4)]
        expected += [sum(number**2 for number in part.values()) for part in parts]
        every = {chunk: sum(part.get(chunk, 0.0) for part in parts) for chunk in likely}
        likely = {chunk: number / sum(every.values()) for chunk, number in every.items()}
    assert seen == pytest.approx(expected)


def test_long_pairs_are_aligned_without_running_out_of_small_numbers() -> None:
    draw = np.random.default_rng(SEED)
    source = draw.integers(9, size=200).tolist()
    paths = align([source, source], [source, source], 2)
    assert paths[0] == [(symbol, (symbol,)) for symbol in source]


def test_the_beam_finds_what_trying_everything_finds() -> None:
    """Symbol 0 is written 0 or 1, symbol 1 is written 1 or not at all."""
    documents = [[0, 2, 4], [1, 3, 4], [1, 2, 4], [0, 0, 2, 4], [0, 3, 3, 4], [2, 1, 4]]
    model = fit_order(Ragged.from_list(documents), 5, 3)
    targets: list[tuple[int, ...]] = [(0,), (1,), (1,), ()]
    chunks = Ragged.from_list([[0, 1], [2, 3]])
    sources = [[0], [1], [0, 1], [1, 0, 0], [0, 1, 1, 0], []]
    decoder = ChunkDecoder(model, targets, chunks, beam=100)
    found = decoder.decode(sources, 3)
    for source, best in zip(sources, found, strict=True):
        shares: dict[tuple[int, ...], float] = {}
        for way in product(*[chunks.select([symbol])[0].tolist() for symbol in source]):
            written = tuple(symbol for chunk in way for symbol in targets[chunk])
            logs = model.log_probabilities(Ragged.from_list([[*way, 4]]))
            shares[written] = shares.get(written, 0.0) + exp(logs.sum())
        ranked = sorted(shares, key=lambda one: -shares[one])[:3]
        assert [target for target, _ in best] == ranked
        expected = [log(shares[target] / sum(shares.values())) for target in ranked]
        assert [score for _, score in best] == pytest.approx(expected)
        scored = ChunkScorer(decoder).score([source] * len(shares), list(shares))
        assert scored == pytest.approx([log(share) for share in shares.values()])
    assert [each[:1] for each in found] == decoder.decode(sources)


def test_what_cannot_be_cut_has_no_probability() -> None:
    """Symbol 0 is written 0 or 1, symbol 1 is written 1 or not at all."""
    model = fit_order(Ragged.from_list([[0, 2, 4], [1, 3, 4]]), 5, 2)
    targets: list[tuple[int, ...]] = [(0,), (1,), (1,), ()]
    scorer = ChunkScorer(ChunkDecoder(model, targets, Ragged.from_list([[0, 1], [2, 3]]), beam=9))
    impossible = [[0, 1], [0, 0, 0], [], [NO_SYMBOL], [1, 1]]
    found = scorer.score([[0], [0, 1], [0], [0], [0]], impossible)
    assert found.tolist() == [-np.inf] * 5
    assert scorer.score([], []).tolist() == []
    assert np.isfinite(scorer.score([[0, 1], [], [1]], [[0, 1], [], []])).all()


def test_a_narrow_beam_still_finds_the_one_way_to_cut_a_pair() -> None:
    """The likelier chunk of the first symbol leaves a rest that nothing writes."""
    documents = [[0, 3], [0, 3], [0, 3], [1, 2, 3]]
    model = fit_order(Ragged.from_list(documents), 4, 2)
    targets: list[tuple[int, ...]] = [(5,), (5, 6), (7,)]
    scorer = ChunkScorer(ChunkDecoder(model, targets, Ragged.from_list([[0, 1], [2]]), beam=1))
    (found,) = scorer.score([[0, 1]], [[5, 6, 7]])
    assert found == pytest.approx(model.log_probabilities(Ragged.from_list([[1, 2, 3]])).sum())


def test_states_of_the_model_go_on_token_by_token() -> None:
    draw = np.random.default_rng(SEED)
    model = fit_order(Ragged.from_list([draw.integers(4, size=60)]), 4, 4)
    asked = draw.integers(4, size=(5, 9))
    states, found = model.beginnings(5), []
    for tokens in asked.T:
        probabilities, states = model.extend(states, tokens)
        found.append(probabilities)
    expected = model.log_probabilities(Ragged.from_list(list(asked)))
    np.testing.assert_allclose(np.log(found).T.ravel(), expected)
    only = fit_order(Ragged.from_list([[0, 1]]), 2, 1)
    assert only.extend(only.beginnings(1), np.array([0]))[0] == only.expect(only.start())[0][0]


def spelt(count: int, seed: int = SEED) -> Pairs:
    """Words of a made-up language: `c` is K before `a` and S before `e`, `h` is silent."""
    draw = np.random.default_rng(seed)
    sources = ["".join(draw.choice([*"aehb", "ca", "ce", "x"], size=5)) for _ in range(count)]
    sounds = {"a": "A", "e": "E", "b": "B", "h": "", "x": "K S"}
    targets = [
        " ".join(
            ("K" if text[place + 1] == "a" else "S") if letter == "c" else sounds[letter]
            for place, letter in enumerate(text)
        )
        for text in sources
    ]
    return Pairs(sources, [" ".join(text.split()) for text in targets], "text", "symbols")


def test_aligned_ngrams_learn_a_spelling_with_rules() -> None:
    pairs, new = spelt(300), spelt(100, seed=9)
    assert aligned_ngrams.suits(pairs)
    answers = aligned_ngrams.fit(pairs, seed=SEED)(new.sources)
    assert texts(answers) == list(new.targets)
    assert all(-0.5 < score <= 0 for _, score in answers)


def test_aligned_ngrams_rate_targets_of_a_source() -> None:
    method: Any = aligned_ngrams.fit(spelt(300), seed=SEED)
    assert isinstance(method, Rates)
    best, *others = method.candidates(["caeb"], 5)[0]
    assert best == method(["caeb"])[0][0] and best not in others and 0 < len(others) < 5
    logs = method.log_probabilities(["caeb"] * 3, [best, others[-1], "no such text"])
    assert 0 > logs[0] > logs[1] > logs[2] == -np.inf
    assert method.candidates(["?"], 5) == [[]] and method.candidates([], 5) == []
    assert method.log_probabilities(["?"], [best]).tolist() == [-np.inf]
    assert not isinstance(commonest.fit(spelt(3), seed=SEED), Rates)


def test_aligned_ngrams_leave_out_what_they_never_saw() -> None:
    write = aligned_ngrams.fit(spelt(300), seed=SEED)
    assert texts(write(["ca!b", "cab", "b🙂"])) == ["K A B", "K A B", "B"]
    usual = texts(commonest.fit(spelt(300), seed=SEED)(["?"]))
    assert texts(write(["!?", ""])) == usual * 2


def test_hangul_is_read_letter_by_letter() -> None:
    """Each syllable is seen once; what is asked shares no syllable with training."""
    syllables = [(first, last) for first in "ㄱㄴㅁ" for last in "ㅏㅗㅜ"]
    places = {"ㄱ": 0, "ㄴ": 2, "ㅁ": 6, "ㅏ": 0, "ㅗ": 8, "ㅜ": 13}

    def word(first: str, last: str) -> str:  # the order of Unicode, without a final consonant
        return chr(0xAC00 + (places[first] * 21 + places[last]) * 28)

    sounds = dict(zip("ㄱㄴㅁㅏㅗㅜ", "knmaou", strict=True))
    pairs = [(word(*both), " ".join(sounds[letter] for letter in both)) for both in syllables]
    write = aligned_ngrams.fit(of(*pairs[:-1] * 3, target_kind="symbols"), seed=SEED)
    assert texts(write([pairs[-1][0]])) == ["m u"]


def test_pairs_that_cannot_be_cut_are_counted() -> None:
    pairs = spelt(100)
    odd = Pairs([*pairs.sources, "a", ""], [*pairs.targets, "A A A A A", "A"], "text", "symbols")
    write: Any = aligned_ngrams.fit(odd, seed=SEED)
    assert write.detail == "2 pairs not aligned"
    assert texts(write(["a"])) == ["A"]
    assert aligned_ngrams.fit(of(("", "x"), ("", "y"), ("", "y")), seed=SEED)(["q"])[0][0] == "y"


def test_targets_longer_than_twice_their_source_are_cut_where_many_are() -> None:
    pairs = of(*[("ab", "xxxyyy"), ("ba", "yyyxxx"), ("a", "xxx"), ("b", "yyy")] * 5)
    assert texts(aligned_ngrams.fit(pairs, seed=SEED)(["abb"])) == ["xxxyyyyyy"]


@pytest.mark.parametrize(("pairs", "suits"), [
    (of(("dog", "hund")), True),
    (of(("dog", "")), True),
    (of(("", "hund")), False),
    (of(("dog", "x" * 13)), False),
    (of(("d" * 51, "x")), False),
    (of(("d " * 50, "x"), kind="symbols"), True),
])  # fmt: skip
def test_aligned_ngrams_are_meant_for_short_texts(pairs: Pairs, suits: bool) -> None:
    assert aligned_ngrams.suits(pairs) == suits


def test_a_lexicon_worked_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """One round from equal chances: each target word is a third from each of none and two."""
    monkeypatch.setattr(lexicon, "ROUNDS", 1)
    write = lexicon.fit(of(("das haus", "the house"), ("das buch", "the book")), seed=SEED)
    # das: the 2/3, house 1/3, book 1/3; haus: the 1/3, house 1/3, and the first of equals
    answers = write(["das", "haus", "unbekannt das", "unbekannt"])
    assert texts(answers) == ["the", "the", "unbekannt the", "unbekannt"]
    assert [score for _, score in answers] == pytest.approx([log(1 / 2)] * 3 + [0.0])


def test_a_word_may_come_of_none_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a round, x is 1/2 and y 1/2 from b, x 2/3 and y 1/3 from none.

    So b has 3/7 of the x and 3/5 of the y of its pair in the second.
    """
    monkeypatch.setattr(lexicon, "ROUNDS", 2)
    write = lexicon.fit(of(("a", "x"), ("b", "x y")), seed=SEED)
    assert write(["b"]) == [("y", pytest.approx(log(3 / 5 / (3 / 5 + 3 / 7))))]


def test_a_lexicon_knows_words_by_the_company_they_keep() -> None:
    """The example of Koehn 2010, section 4.2: das Haus, das Buch, ein Buch."""
    pairs = of(("das haus", "the house"), ("das buch", "the book"), ("ein buch", "a book"))
    answers = lexicon.fit(pairs, seed=SEED)(["ein haus, das buch!"])
    assert texts(answers) == ["a house, the book!"]
    assert log(0.5) < answers[0][1] < 0


def test_a_lexicon_reads_fewer_of_very_many_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "MAX_LINKS", 12)
    pairs = of(*[("a b", "x y"), ("c d", "z w")] * 6)  # 72 links: every seventh pair
    assert texts(lexicon.fit(pairs, seed=SEED)(["a"])) == ["x"]


@pytest.mark.parametrize(("pairs", "suits"), [
    (of(("ein alter mann", "an old man")), True),
    (of(("wort", "an old man")), False),
    (of(("ein alter mann", "word")), False),
    (of(("a b c", "a b c"), kind="symbols", target_kind="symbols"), True),
])  # fmt: skip
def test_a_lexicon_is_meant_for_sentences(pairs: Pairs, suits: bool) -> None:
    assert lexicon.suits(pairs) == suits


@pytest.mark.parametrize(("answer", "fault"), [
    ([], "answered 0 of 1 sources"),
    ([(3, 0.0)], "answered with int, expected a text"),
    ([("a", 0.1)], "answered with log-probability 0.1"),
    ([("a", float("nan"))], "answered with log-probability nan"),
    ([("a", float("-inf"))], "answered with log-probability -inf"),
])  # fmt: skip
def test_what_is_no_answer_is_refused(answer: list[Any], fault: str) -> None:
    write: Write = lambda sources: answer  # noqa: E731
    with pytest.raises(ValueError, match=fault):
        TranslateFitting("text").predict(write, ["a"])


def test_a_method_for_other_sources_says_which_it_takes() -> None:
    method: Any = SimpleNamespace(KINDS=("features", "series"))
    refusal = TranslateFitting("text").refusal(method)
    assert refusal == "is for features and series, not for text"
    assert TranslateFitting("series").refusal(method) == ""
