"""Simple methods that tag: answers worked by hand."""

from __future__ import annotations

import doctest
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from test_method_contract import paths, sentences

from seqtune.baselines.tag import (
    _spelling,
    commonest_tag,
    crf_features,
    logistic_regression,
    majority,
    previous_tag,
    window_trees,
)
from seqtune.baselines.tag._fitting import TagFitting
from seqtune.baselines.tag._sequences import frequencies_of
from seqtune.baselines.tag._spelling import different
from seqtune.baselines.tag._token_features import TokenFeatures
from seqtune.baselines.tag._window_statistics import PER_WIDTH, WIDTHS, WindowStatistics
from seqtune.registry import baselines


def fit(method: Any, known: Any, targets: list[int], tags: int = 2, *, causal: bool = False) -> Any:
    return method.fit(known, np.array(targets), tags, causal=causal, seed=0)


def steps(*lengths: int, names: tuple[str, ...] = ()) -> Any:
    return paths(*(np.zeros((length, 2)) for length in lengths), names=names)


def test_these_are_the_methods() -> None:
    assert list(baselines("tag")) == [
        "commonest_tag", "crf_features", "logistic_regression", "majority", "previous_tag",
        "window_trees",
    ]  # fmt: skip


def test_the_examples_are_right() -> None:
    assert doctest.testmod(_spelling).failed == 0


def test_the_majority_is_of_labelled_steps() -> None:
    assert fit(majority, steps(4), [0, 1, 1, -1])(steps(2)).tolist() == [[1 / 3, 2 / 3]] * 2
    assert frequencies_of(np.array([-1]), 2).tolist() == [0.0, 0.0]


def test_different_tokens_come_in_the_order_of_their_first_positions() -> None:
    types, codes = different(["b", "", "b", "nan", "a"])
    assert (types, codes.tolist()) == (["b", "", "nan", "a"], [0, 1, 0, 2, 3])
    assert different([])[0] == []


def test_a_known_token_has_its_tags_and_a_new_one_those_of_its_ending() -> None:
    known = sentences(["walking", "talking", "house", "mouse"])
    tag = fit(commonest_tag, known, [0, 0, 1, 1])
    found = tag(sentences(["walking", "baking", "grouse", "12"]))
    assert found.argmax(axis=1)[:3].tolist() == [0, 0, 1]
    assert found[0, 0] > found[1, 0] > 0.9
    assert found[3].tolist() == pytest.approx([0.5, 0.5])  # never seen, of no known spelling


def test_the_shares_of_a_token_are_mixed_with_its_spelling() -> None:
    tag = fit(commonest_tag, sentences(["a", "a", "a"]), [0, 0, 1])
    # all: (2 + 1/2) / (3 + 1) = 0.625; then its shape, five endings and itself, each 2 of 3
    share = 0.625
    for _ in range(7):
        share = (2 + share) / 4
    assert tag(sentences(["a"]))[0] == pytest.approx([share, 1 - share])


def test_capitals_tell_new_names_from_new_words() -> None:
    known = sentences(["Bonn", "Rome", "come", "dome", "home", "Nome"])
    tag = fit(commonest_tag, known, [0, 0, 1, 1, 1, 0])
    assert tag(sentences(["Tome", "gome"])).argmax(axis=1).tolist() == [0, 1]


def test_the_words_around_decide() -> None:
    text = [*(["to", "run"], ["a", "run"]) * 10]
    regression = fit(logistic_regression, sentences(*text), [1, 0, 1, 1] * 10)
    assert regression(sentences(["to", "run"], ["a", "run"])).argmax(axis=1)[1::2].tolist() == [
        0, 1,
    ]  # fmt: skip


def test_a_chain_learns_what_follows_what() -> None:
    """Of two words that say nothing the second has the tag of the first, so that one is known."""
    text = [*(["a", "x", "x"], ["b", "x", "x"]) * 20]
    field = fit(crf_features, sentences(*text), [0, 0, 0, 1, 1, 1] * 20)
    found = field(sentences(["a", "x", "x"], [], ["b", "x", "x"]))
    assert found.argmax(axis=1).tolist() == [0, 0, 0, 1, 1, 1]
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_a_position_without_a_tag_ends_a_chain() -> None:
    chains = crf_features._chains(np.array([0, 3, 3, 6]), np.array([1, 0, 1, 1, 1, 0], bool))
    assert chains == [(0, 1), (2, 3), (3, 5)]


def test_what_comes_later_is_no_feature_where_it_must_not_be() -> None:
    text = [*(["is", "it"], ["is", "he"]) * 10]
    targets = [0, 1, 1, 1] * 10
    asked = sentences(["is", "it"], ["is", "he"])
    both = fit(logistic_regression, sentences(*text), targets)(asked)
    assert both.argmax(axis=1).tolist() == [0, 1, 1, 1]
    before = fit(logistic_regression, sentences(*text), targets, causal=True)(asked)
    assert before[0].tolist() == before[2].tolist()


def test_features_seen_once_and_beyond_the_most_are_left_out() -> None:
    known, every = sentences(["a", "b"], ["a", "b"], ["a", "c"]), np.ones(6, bool)
    features = TokenFeatures(known, every, 1_000, causal=False)
    seen = features.of(known).toarray()
    assert (seen.sum(axis=0) >= 2).all() and set(np.unique(seen)) == {0.0, 1.0}
    few = TokenFeatures(known, every, 3, causal=False)
    assert 0 < len(few) <= 3 and few.of(sentences(["a"], [])).shape == (1, len(few))


def test_a_stretch_goes_on_with_the_last_tag_before_it() -> None:
    # series x: tags 0 0 0 1 1 1 at rows 0 to 5; chain with halves added, by hand
    known = replace(steps(6, names=("x",)), rows=np.arange(6))
    tag = fit(previous_tag, known, [0, 0, 0, 1, 1, 1])
    chain = np.array([[2.5 / 4, 1.5 / 4], [0.5 / 3, 2.5 / 3]])
    later = replace(steps(3, names=("x",)), rows=np.arange(6, 9))
    expected = [np.linalg.matrix_power(chain, power)[1] for power in (1, 2, 3)]
    np.testing.assert_allclose(tag(later), expected)
    early = replace(later, rows=np.array([2, 3, 4]))
    np.testing.assert_allclose(tag(early)[0], chain[0])
    other = replace(later, names=("y",))
    assert tag(other).tolist() == [[0.5, 0.5]] * 3
    first = replace(later, rows=np.array([0, 1, 2]))
    assert tag(first).tolist() == [[0.5, 0.5]] * 3


def test_a_chain_that_has_settled_stays() -> None:
    tag = fit(previous_tag, replace(steps(6), rows=np.arange(6)), [0, 0, 0, 1, 1, 1])
    later = tag(replace(steps(5_000), rows=np.arange(6, 5_006)))
    np.testing.assert_allclose(later[-1], [4 / 13, 9 / 13], atol=1e-6)
    np.testing.assert_allclose(later.sum(axis=1), 1.0)


def test_figures_of_windows_by_hand() -> None:
    series = paths(np.array([[1.0, 0.0], [3.0, 0.0], [3.0, 0.0]]), np.array([[9.0, 0.0]]))

    def figures(causal: bool) -> np.ndarray:
        statistics = WindowStatistics(series, series.values, causal=causal)
        assert (statistics.of(np.array([3, 1])) == statistics.of(np.arange(4))[[3, 1]]).all()
        return statistics.of(np.arange(4)).reshape(4, -1, 2)[..., 0]

    found = figures(causal=False)
    assert found.shape == (4, 1 + len(WIDTHS) * PER_WIDTH)
    mean, deviation = 7 / 3, np.sqrt(19 / 3 - (7 / 3) ** 2)
    assert found[1, :5] == pytest.approx([3, mean, deviation, 2 / 3, 2])
    assert found[3, :5].tolist() == [9, 9, 0, 0, 0]
    so_far = figures(causal=True)
    assert so_far[1, :5].tolist() == [3, 2, 1, 1, 2]


def test_trees_tell_levels_apart() -> None:
    draw = np.random.default_rng(0)
    values = np.concatenate([draw.normal(0, 1, (200, 2)), draw.normal(5, 1, (200, 2))])
    tag = fit(window_trees, paths(values), [0] * 200 + [1] * 200)
    found = tag(paths(draw.normal(5, 1, (50, 2)), draw.normal(0, 1, (50, 2)))).argmax(axis=1)
    assert found[:50].mean() > 0.9 and found[50:].mean() < 0.1


@pytest.mark.parametrize(("answer", "fault"), [
    (np.full((3, 2), 0.5), "shape"),
    (np.full((2, 2), 0.4), "do not sum to 1"),
    (np.array([[1.5, -0.5]] * 2), "below 0"),
    (np.full((2, 2), np.nan), "probabilities"),
])  # fmt: skip
def test_an_answer_that_cannot_be_is_refused(answer: np.ndarray, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        TagFitting("steps", 2).predict(lambda asked: answer, steps(2))


def test_a_method_for_the_other_kind_is_refused() -> None:
    method = SimpleNamespace(KINDS=("tokens",))
    assert TagFitting("tokens", 2).refusal(method) == ""
    assert TagFitting("steps", 2).refusal(method) == "is for tokens, not for steps"
    method = SimpleNamespace(KINDS=("tokens",), CAUSAL=False)
    assert TagFitting("tokens", 2).refusal(method) == ""
    assert TagFitting("tokens", 2, causal=True).refusal(method) == "looks at what comes later"
