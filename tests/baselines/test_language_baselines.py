"""Simple language models: figures worked by hand, and those of a slow but plain program."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.generate import kneser_ney, unigram
from seqtune.baselines.generate._fitting import GenerateFitting
from seqtune.baselines.ngram_counts import discounts
from seqtune.data.ragged import Ragged
from seqtune.errors import RunError
from seqtune.registry import baselines

NAMES = list(baselines("generate"))
SEED = 5


def documents(*parts: Sequence[int]) -> Ragged:
    return Ragged.from_list(list(parts))


def after(model: Any, context: Sequence[int]) -> Any:
    """(vocabulary,) probabilities of the next token."""
    state = model.start()
    for token in context:
        state = model.follow(state, int(token))
    return model.expect(state)[0]


def logarithms(model: Any, asked: Ragged) -> Any:
    """(tokens,) the logarithm of the probability of each."""
    return model.read(asked)[:, 0]


class Reference:
    """Interpolated modified Kneser-Ney over dictionaries, straight from the paper's equation."""

    def __init__(self, texts: Sequence[Sequence[int]], vocabulary: int, order: int) -> None:
        self.vocabulary, self.order = vocabulary, order
        raw: Counter[tuple[int, ...]] = Counter()
        left: dict[tuple[int, ...], set[int]] = defaultdict(set)
        for text in texts:
            marked = (vocabulary, *text)
            for end in range(1, len(marked)):
                for length in range(1, min(order, end + 1) + 1):
                    gram = marked[end - length + 1 : end + 1]
                    raw[gram] += 1
                    if end - length >= 0:
                        left[gram].add(marked[end - length])
        self.counts: list[dict[tuple[int, ...], int]] = [
            {
                gram: number if length == order or gram[0] == vocabulary else len(left[gram])
                for gram, number in raw.items()
                if len(gram) == length
            }
            for length in range(1, order + 1)
        ]
        self.discounts = [discounts(np.array(list(counts.values()))) for counts in self.counts]

    def probability(self, context: tuple[int, ...], token: int) -> float:
        """p(token | context); the context begins with the mark where the document does."""
        context = context[-(self.order - 1) :] if self.order > 1 else ()
        return self._probability(context, token)

    def _probability(self, context: tuple[int, ...], token: int) -> float:
        counts, taken = self.counts[len(context)], self.discounts[len(context)]
        after = {gram: number for gram, number in counts.items() if gram[:-1] == context}
        shorter = self._probability(context[1:], token) if context else 1.0 / self.vocabulary
        total = sum(after.values())
        if not total:
            return shorter
        own = after.get((*context, token), 0)
        rest = sum(float(taken[min(number, 3) - 1]) for number in after.values())
        discounted = own - float(taken[min(own, 3) - 1]) if own else 0.0
        return discounted / total + rest / total * shorter


@pytest.mark.parametrize(("counts", "expected"), [
    ([], [0.5, 1.0, 1.5]),
    ([1, 1, 1], [0.5, 1.0, 1.5]),
    ([2, 2], [0.5, 1.0, 1.5]),
    ([1, 2], [1 / 3] * 3),  # 1 / (1 + 2)
    ([1, 2, 3], [1 / 3] * 3),
    # y = 4 / 8: 1 - 2 y 2/4, 2 - 3 y 1/2, 3 - 4 y 1/1
    ([1, 1, 1, 1, 2, 2, 3, 4, 9], [0.5, 1.25, 1.0]),
    ([1, 2, 3, 4, 4, 4, 4, 4], [1 / 3] * 3),  # 3 - 4/3 * 5 is below 0
])  # fmt: skip
def test_discounts_come_from_counts_of_counts_and_fall_back(
    counts: list[int], expected: list[float]
) -> None:
    assert discounts(np.array(counts, np.int64)) == pytest.approx(expected)


def test_bigrams_of_three_tokens_worked_by_hand() -> None:
    """Of `aba`: a follows the beginning and b, b follows a; so p1(a) = 5/9 + 1/9, p1(b) = 1/3."""
    model = kneser_ney.fit(documents([0, 1, 0]), 2, order=2)
    assert after(model, []) == pytest.approx([1 / 2 + 1 / 2 * 2 / 3, 1 / 6])
    assert after(model, [0]) == pytest.approx([1 / 3, 1 / 2 + 1 / 2 * 1 / 3])
    assert after(model, [1]) == pytest.approx([5 / 6, 1 / 6])
    assert np.exp(logarithms(model, documents([0, 1, 0]))) == pytest.approx([5 / 6, 2 / 3, 5 / 6])


def test_what_is_known_of_a_context_worked_by_hand() -> None:
    """Of `aba`: behind b only a came, once, of which half is left to shorter contexts.

    Behind nothing at all both came, a twice and b once: 5/3 of 3 are left.
    """
    model = kneser_ney.fit(documents([0, 1, 0]), 2, order=2)
    state = model.follow(model.follow(model.start(), 0), 1)
    probabilities, known = model.expect(state)
    assert np.exp(known) == pytest.approx([probabilities[0], 1 / 2, 1])
    nowhere = model.follow(kneser_ney.fit(documents([0, 0]), 2, order=2).start(), 1)
    assert np.exp(model.expect(nowhere)[1])[2] >= 1


@pytest.mark.parametrize("texts", [[], [[0, 1, 0, 1, 2]], [[0] * 300, [1, 2]]])
def test_a_model_that_is_kept_says_the_same(tmp_path: Path, texts: list[list[int]]) -> None:
    model = kneser_ney.fit(documents(*texts), 3, order=3)
    kneser_ney.keep(model, tmp_path / "kept.json")
    again = kneser_ney.kept(tmp_path / "kept.json", 3)
    asked = documents([0, 1, 2, 0, 0], [2])
    assert again.read(asked).tolist() == model.read(asked).tolist()
    assert after(again, [0, 1]).tolist() == after(model, [0, 1]).tolist()
    assert again.detail == model.detail
    assert isinstance(again.levels[0].keys.base, np.memmap) or not texts


def test_kept_counts_take_few_bytes(tmp_path: Path) -> None:
    text = np.random.default_rng(SEED).integers(60, size=5000)
    model = kneser_ney.fit(documents(text), 60, order=4)
    kneser_ney.keep(model, tmp_path / "kept.json")
    ngrams = sum(len(level.keys) for level in model.levels)
    assert (tmp_path / "kept.npy").stat().st_size < 6 * ngrams


@pytest.mark.parametrize("damage", ["order", "size", "vocabulary", "taken"])
def test_counts_that_are_damaged_are_refused(tmp_path: Path, damage: str) -> None:
    kneser_ney.keep(kneser_ney.fit(documents([0, 1, 0, 2]), 3, order=2), tmp_path / "kept.json")
    described = json.loads((tmp_path / "kept.json").read_text())
    content = np.load(tmp_path / "kept.npy")
    if damage == "order":
        content[:4] = 255
    elif damage == "size":
        content = content[:-8]
    elif damage == "vocabulary":
        described["vocabulary"] = 4
    else:
        described["levels"][0]["taken"][1] = 1.5
    np.save(tmp_path / "kept.npy", content)
    (tmp_path / "kept.json").write_text(json.dumps(described))
    with pytest.raises((ValueError, RunError)):
        kneser_ney.kept(tmp_path / "kept.json", 3)


def test_a_unigram_adds_one_by_hand() -> None:
    model = unigram.fit(documents([0, 0, 2], [2]), 4)
    expected = np.array([3, 1, 3, 1]) / 8
    assert after(model, [1]) == pytest.approx(expected)
    assert np.exp(logarithms(model, documents([1], [0, 2]))) == pytest.approx(expected[[1, 0, 2]])
    assert model.refitted(documents([1])).probabilities == pytest.approx([0.2, 0.4, 0.2, 0.2])


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("vocabulary", [1, 2, 4])
def test_every_probability_is_that_of_the_slow_program(order: int, vocabulary: int) -> None:
    draw = np.random.default_rng(SEED)
    texts = [draw.integers(vocabulary, size=size).tolist() for size in (40, 1, 0, 17, 3)]
    asked = [draw.integers(vocabulary, size=size).tolist() for size in (30, 0, 2)]
    reference = Reference(texts, vocabulary, order)
    model = kneser_ney.fit(documents(*texts), vocabulary, order=order)
    expected = [
        reference.probability((vocabulary, *text[:place]), text[place])
        for text in asked
        for place in range(len(text))
    ]
    found = np.exp(logarithms(model, documents(*asked)))
    assert found == pytest.approx(expected, rel=1e-12)
    for text in asked:
        for place in range(len(text)):
            given = after(model, text[:place])
            slowly = [
                reference.probability((vocabulary, *text[:place]), t) for t in range(vocabulary)
            ]
            assert given == pytest.approx(slowly, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("texts", [[], [[]], [[0]], [[2] * 9], [[0, 1, 2, 0, 1, 2, 0, 1], [1, 1]]])
def test_probabilities_sum_to_one_after_any_context_and_none_is_zero(
    name: str, texts: list[list[int]]
) -> None:
    model = baselines("generate")[name].fit(documents(*texts), 4, kind="word")
    for context in ([], [0], [3], [0, 1, 2], [3, 3, 3, 3, 3, 3, 3], [2] * 30):
        given = after(model, context)
        assert given.shape == (4,) and given.min() > 0
        assert given.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_one_step_at_a_time_gives_what_scoring_gives(name: str) -> None:
    draw = np.random.default_rng(SEED)
    texts = [draw.integers(5, size=60).tolist(), draw.integers(5, size=9).tolist()]
    model = baselines("generate")[name].fit(documents(*texts), 5, kind="word")
    asked = [*draw.integers(5, size=12).tolist()]
    state, found = model.start(), []
    for token in asked:
        probabilities, known = model.expect(state)
        found.append([np.log(probabilities[token]), *known])
        state = model.follow(state, token)
    assert np.array(found) == pytest.approx(model.read(documents(asked)))


def test_no_context_reaches_across_a_border() -> None:
    """Every document is `ab`; after its end stands an `a`, which no n-gram may have seen."""
    apart = kneser_ney.fit(documents(*[[0, 1]] * 50), 2, order=3)
    joined = kneser_ney.fit(documents([0, 1] * 50), 2, order=3)
    assert after(joined, [0, 1])[0] > 0.98
    assert after(apart, [0, 1])[0] == pytest.approx(after(apart, [1, 1])[0])
    found = np.exp(apart.log_probabilities(documents([0, 1], [0, 1])))
    assert found[:2] == pytest.approx(found[2:])


def test_the_order_is_the_one_that_predicts_held_out_data() -> None:
    """Each token is its second to last plus one: three tokens tell what two cannot."""
    text = [0, 0]
    draw = np.random.default_rng(SEED)
    while len(text) < 3000:
        text.append((text[-2] + 1) % 3 if draw.random() < 0.9 else int(draw.integers(3)))
    model = kneser_ney.fit(documents(text[:2000]), 3, kind="word", held_out=documents(text[2000:]))
    scores = {
        order: kneser_ney.fit(documents(text[:2000]), 3, order=order)
        .log_probabilities(documents(text[2000:]))
        .mean()
        for order in range(1, kneser_ney.MAX_ORDER["word"] + 1)
    }
    best = max(scores, key=lambda order: float(scores[order]))
    assert (best, model.detail) == (3, "order 3")
    assert logarithms(model, documents(text[2000:])).mean() == pytest.approx(scores[3])
    again = model.refitted(documents(text))
    assert again.detail == "order 3"
    assert logarithms(again, documents(text[2000:])).mean() > scores[3]


def test_without_held_out_data_the_order_is_the_customary_one() -> None:
    assert kneser_ney.fit(documents([0, 1]), 2, kind="character").detail == "order 8"
    assert (
        kneser_ney.fit(documents([0]), 2, kind="word", held_out=documents([])).detail == "order 4"
    )


def test_a_large_vocabulary_and_long_ngrams_are_exact() -> None:
    """Keys are numbers of contexts times the vocabulary, which must not run over."""
    draw = np.random.default_rng(SEED)
    vocabulary = 1_000_000
    text = draw.integers(vocabulary, size=500)
    model = kneser_ney.fit(documents(text), vocabulary, order=6)
    found = np.exp(logarithms(model, documents(text)))
    assert found.min() > 0.4
    assert after(model, text[:100]).argmax() == text[100]


def test_a_model_is_fitted_again_with_the_order_that_it_chose() -> None:
    fitting = GenerateFitting(2, "word")
    train, held_out = documents([0, 1] * 40), documents([0, 1] * 40)
    model = fitting.fit(kneser_ney, (train, held_out))
    assert 2 <= int(model.detail.removeprefix("order ")) <= kneser_ney.MAX_ORDER["word"]
    again = fitting.fit(kneser_ney, (documents([1, 1]), held_out), model)
    assert again.detail == model.detail and after(again, [1])[1] > 0.5


@pytest.mark.parametrize("answer", [
    np.zeros((1, 4)), np.full((3, 4), np.nan), np.full((3, 4), 0.1), np.full((3, 4), -np.inf),
    np.zeros((3, 1)),
])  # fmt: skip
def test_what_are_no_log_probabilities_is_refused(answer: np.ndarray) -> None:
    model = SimpleNamespace(read=lambda documents: answer)
    with pytest.raises(ValueError, match=r"answered with (shape|what is no log-probability)"):
        GenerateFitting(2, "word").predict(model, documents([1, 1, 1]))
