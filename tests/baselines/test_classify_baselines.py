"""The simple classifiers: one contract for all, and numbers worked by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import exp, log
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.naive_bayes import ComplementNB
from threadpoolctl import threadpool_info, threadpool_limits

from seqtune.baselines import series_scale
from seqtune.baselines.classify import (
    _bag_of_words,
    _dtw,
    _minirocket,
    _neighbour,
    _ridge,
    nb_svm,
    nearest_neighbour,
    random_convolutions,
    tfidf_logistic,
    tfidf_naive_bayes,
)
from seqtune.baselines.classify._fitting import ClassifyFitting, Known
from seqtune.registry import baselines

NAMES = [
    "majority",
    "nb_svm",
    "nearest_neighbour",
    "nearest_neighbour_dtw",
    "random_convolutions",
    "tfidf_logistic",
    "tfidf_naive_bayes",
]
SERIES_NAMES = NAMES[2:5]
TEXT_NAMES = ["nb_svm", *NAMES[5:]]
TEXTS = ["good film", "bad film", "", "良い映画です", "😀😀", "?!…", "плохо и скучно", "a b\n\tc"]
RANDOM = np.random.default_rng(0)
SERIES = [RANDOM.normal(size=(steps, 2)) for steps in (1, 2, 9, 30, 8, 30, 12, 300)]
ONE_HOT = np.eye(4)[[0, 1, 0, 2, 1, 0, 2, 1]]  # nobody has the last class


def fitted(name: str, cases: Sequence[Any], targets: Any, is_multi: bool = False) -> Any:
    method = baselines("classify")[name]
    return method.fit(cases, np.asarray(targets, float), is_multi=is_multi, seed=0)


def known(cases: Sequence[Any], targets: np.ndarray) -> Known:
    return Known(cases, np.arange(len(cases)), targets)


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def test_the_registry_finds_them_all_and_what_they_take() -> None:
    assert list(baselines("classify")) == NAMES
    kinds = {name: method.KINDS for name, method in baselines("classify").items()}
    assert kinds == {
        "majority": ("text", "series"),
        **dict.fromkeys(SERIES_NAMES, ("series",)),
        **dict.fromkeys(TEXT_NAMES, ("text",)),
    }


@pytest.fixture
def few_features(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_minirocket, "FEATURES", 1_000)


@pytest.mark.usefixtures("few_features")
@pytest.mark.parametrize("name", SERIES_NAMES)
class TestEverySeriesMethod:
    def test_tells_a_rise_from_a_fall(self, name: str) -> None:
        random = np.random.default_rng(1)
        rise = np.linspace(-1, 1, 30)[:, None]
        signs = np.array([1, -1] * 10)
        cases = [sign * rise + random.normal(0, 0.1, (30, 1)) for sign in signs]
        predict = fitted(name, cases, np.eye(2)[(signs < 0).astype(int)])
        answer = predict([rise, -rise])
        assert answer.argmax(axis=1).tolist() == [0, 1]
        assert answer.max(axis=1).min() > 0.85

    @pytest.mark.parametrize("factor", [1e-200, 1e6, 1e200])
    def test_the_unit_of_a_channel_does_not_matter(self, name: str, factor: float) -> None:
        units = np.array([factor, 1.0])
        equal = [case for case in SERIES if len(case) >= 8]
        targets = ONE_HOT[: len(equal)]
        expected = fitted(name, equal, targets)(equal)
        scaled = [case * units for case in equal]
        np.testing.assert_allclose(fitted(name, scaled, targets)(scaled), expected, atol=1e-3)


def test_majority_by_hand() -> None:
    targets = [[1, 0, 0], [1, 0, 0], [0, 1, 0]]
    answer = fitted("majority", ["a", "b", "c"], targets)(["", "d"])
    np.testing.assert_allclose(answer, [[2 / 3, 1 / 3, 0.0]] * 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's a GOOD film!", ["It", "s", "a", "GOOD", "film"]),
        ("良い映画", ["良", "い", "映", "画"]),
        ("iPhoneを買う", ["iPhone", "を", "買", "う"]),
        ("ดี", ["ด", "ี"]),
        ("yes😀😀", ["yes", "😀", "😀"]),
        ("?! ...", []),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    assert TfidfVectorizer(token_pattern=_bag_of_words.TOKEN).build_tokenizer()(text) == words


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_texts_without_a_word_fall_back_to_the_frequencies(name: str) -> None:
    answer = fitted(name, ["", "?!", " "], [[1, 0], [1, 0], [0, 1]])(["good", ""])
    np.testing.assert_allclose(answer, [[2 / 3, 1 / 3]] * 2)


@pytest.mark.parametrize("name", TEXT_NAMES)
@pytest.mark.parametrize(
    ("good", "bad"), [("a good film", "a bad film"), ("良い映画", "悪い映画"), ("🎬😀", "🎬😞")]
)
def test_one_word_tells_texts_apart(name: str, good: str, bad: str) -> None:
    cases = [good, bad] * 5
    targets = np.eye(2)[[0, 1] * 5]
    for is_multi in (False, True):
        answer = fitted(name, cases, targets, is_multi)([good, bad])
        assert (answer.diagonal() > 0.5).all()
        assert answer.argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize("name", ["nb_svm", "tfidf_logistic"])
def test_pairs_of_words_count(name: str) -> None:
    cases = ["not bad but good", "not good but bad"] * 10
    answer = fitted(name, cases, np.eye(2)[[0, 1] * 10])(cases[:2])
    assert answer.argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize("classes", [2, 5])
def test_complement_naive_bayes_is_scikit_learns(classes: int) -> None:
    draw = np.random.default_rng(classes)
    found = draw.random((60, 30)) * (draw.random((60, 30)) < 0.2)
    labels = 3 * draw.integers(0, classes, 60)
    found[:, 7] = 0.1 * (labels == 3)  # a word that one class has alone
    words = csr_matrix(found)
    own = tfidf_naive_bayes.ComplementNaiveBayes().fit(words, labels)
    theirs = ComplementNB().fit(words, labels)
    assert own.classes_.tolist() == theirs.classes_.tolist()
    np.testing.assert_allclose(own.predict_proba(words), theirs.predict_proba(words), rtol=1e-9)


def test_many_classes_are_told_apart_by_the_commonest_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tfidf_logistic, "MAX_WEIGHTS", 8)
    cases, targets = ["a x", "a y", "b z", "b w"], np.eye(4)[[0, 0, 1, 1]]  # of two classes
    answer = fitted("tfidf_logistic", cases, targets)(["a", "z", "q"])
    assert answer[0, 0] > 0.5 and answer[1, 0] == answer[2, 0]  # of 10 words and pairs 4 are left


def test_log_count_ratios_by_hand() -> None:
    words = csr_matrix([[1, 1, 0], [1, 0, 0], [0, 0, 1]])
    # smoothed, inside: 3, 2, 1 of 6; outside: 1, 1, 2 of 4
    ratios = nb_svm.log_count_ratios(words, np.array([True, True, False]))
    np.testing.assert_allclose(np.exp(ratios), [2.0, 4 / 3, 1 / 3])


def test_weights_lie_between_what_was_learnt_and_its_mean_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words, is_in = csr_matrix([[1, 0, 1], [0, 1, 1], [0, 0, 1]]), np.array([True, False, False])
    ratios = nb_svm.log_count_ratios(words, is_in)
    found = {}
    for beta in (0.0, 0.25, 1.0):
        monkeypatch.setattr(nb_svm, "INTERPOLATION", beta)
        found[beta] = nb_svm.score_of(words, is_in, 0).weights / ratios
    assert np.ptp(found[1.0]) > 0.05
    np.testing.assert_allclose(found[0.0], np.abs(found[1.0]).mean())
    np.testing.assert_allclose(found[0.25], 0.75 * found[0.0] + 0.25 * found[1.0])


def test_nb_svm_is_as_sure_as_it_is_right() -> None:
    """One word is right nine times in ten, among many that mean nothing."""
    random = np.random.default_rng(0)
    labels = np.arange(600) % 2
    is_right = np.arange(600) % 20 >= 2
    signs = np.where(is_right, labels, 1 - labels)
    noise = random.integers(60, size=(600, 8))
    texts = [
        f"{('bad', 'good')[s]} {' '.join(map(str, w))}" for s, w in zip(signs, noise, strict=True)
    ]
    answer = fitted("nb_svm", texts[:300], np.eye(2)[labels[:300]])(texts[300:])
    assert answer.max(axis=1).mean() == pytest.approx(0.9, abs=0.04)


@pytest.mark.parametrize("is_multi", [False, True])
def test_nb_svm_tells_each_of_several_classes_from_the_others(is_multi: bool) -> None:
    cases = ["a good film", "a bad film", "a long film"] * 5
    answer = fitted("nb_svm", cases, np.eye(4)[[0, 1, 2] * 5], is_multi)(cases[:3])
    assert answer[:, :3].argmax(axis=1).tolist() == [0, 1, 2]
    assert (answer[:, 3] == 0).all()
    assert answer.diagonal().min() > 0.6


def test_scores_that_point_the_wrong_way_on_held_out_cases_are_left_as_they_are() -> None:
    """Without either case of a class, its word is told apart by nothing, and its class is rarer."""
    words, is_in = csr_matrix(np.eye(4)), np.array([True, True, False, False])
    raw, found = (make(words, is_in, 0) for make in (nb_svm.score_of, nb_svm.calibrated_score))
    np.testing.assert_array_equal(found.weights, raw.weights)
    assert found.intercept == raw.intercept


def test_neighbours_share_by_hand() -> None:
    cases = [column(0.0), column(1.0), column(10.0)]
    # left out, 0 and 1 find each other, and 10 finds 1, which is wrong: (1 + 1) / (3 + 2)
    for name in ("nearest_neighbour", "nearest_neighbour_dtw"):
        predict = fitted(name, cases, [[1, 0, 0], [1, 0, 0], [0, 1, 0]])
        answer = predict([column(2.0), column(7.0)])
        np.testing.assert_allclose(answer, [[0.6, 0.2, 0.2], [0.2, 0.6, 0.2]])


def test_neighbours_share_with_several_classes_by_hand() -> None:
    cases = [column(float(value)) for value in (0, 1, 10, 11)]
    targets = [[1, 0], [1, 0], [1, 1], [0, 1]]
    # one of eight answers is wrong for 10 and one for 11: (2 + 1) / (8 + 2)
    answer = fitted("nearest_neighbour", cases, targets, is_multi=True)([column(10.2)])
    np.testing.assert_allclose(answer, [[0.7, 0.7]])


def test_a_neighbour_that_is_mostly_wrong_still_has_the_last_word() -> None:
    cases = [column(0.0), column(1.0)]
    answer = fitted("nearest_neighbour", cases, np.eye(2))([column(0.1)])
    np.testing.assert_allclose(answer, [[0.55, 0.45]])  # (2 + 1) / (2 + 2) is cut to 0.9 / 2


@pytest.mark.parametrize("name", ["nearest_neighbour", "nearest_neighbour_dtw"])
def test_of_equally_near_cases_the_first_counts(name: str) -> None:
    for first in (1.0, -1.0):
        cases = [column(value) for value in (first, -first, first, -first)]
        answer = fitted(name, cases, np.eye(4))([column(0.0)])
        assert answer.argmax() == 0


def test_only_a_hundred_cases_are_left_out() -> None:
    asked: list[int] = []

    def distances(cases: Sequence[np.ndarray]) -> np.ndarray:
        asked.append(len(cases))
        return np.abs(np.array([case[0, 0] for case in cases])[:, None] - np.arange(1000.0))

    cases = [column(float(value)) for value in range(1000)]
    targets = np.eye(2)[np.arange(1000) // 500]
    error = _neighbour.error_rate(distances, cases, targets, is_multi=False)
    assert asked == [100]
    assert error == 1 / 102
    assert _neighbour.pairs(1000, 5) == 105_000


def test_nearest_neighbour_stretches_to_the_longest_case() -> None:
    cases = [column(0.0, 2.0, 4.0), column(4.0, 2.0, 0.0)]
    answer = fitted("nearest_neighbour", cases, np.eye(2))([column(4.0, 0.0), column(0.0, 3.9)])
    assert answer.argmax(axis=1).tolist() == [1, 0]


def test_stretching_by_hand() -> None:
    stretched = series_scale.stretch(np.array([[0.0, 5.0], [2.0, 3.0]]), 3)
    np.testing.assert_allclose(stretched, [[0, 5], [1, 4], [2, 3]])
    np.testing.assert_allclose(series_scale.stretch(column(1, 2, 3), 2), column(1, 3))
    np.testing.assert_allclose(series_scale.stretch(column(7), 3), column(7, 7, 7))


def test_standardising_by_hand() -> None:
    standardise = series_scale.standardise_as([np.array([[1.0, 5.0]]), np.array([[3.0, 5.0]])])
    np.testing.assert_allclose(standardise(np.array([[1.0, 5.0], [5.0, 10.0]])), [[-1, 0], [3, 1]])
    assert standardise(np.array([[1e300, 0.0]]))[0, 0] == 1e6


def test_warping_by_hand() -> None:
    # D: 0 4 | 1 1 | - 1, the cell of the last step and the first being outside the band of 1
    assert _dtw.warping_costs([column(0, 1, 2)], [column(0, 2)]).tolist() == [[1.0]]


def test_the_band_by_hand() -> None:
    early, late = column(0, 1, 0, 0, 0), column(0, 0, 0, 1, 0)
    # two steps apart: within a band of 1 both peaks meet zeros
    assert _dtw.warping_costs([early], [late, early]).tolist() == [[2.0, 0.0]]
    wide = _dtw.costs_of_equal_lengths(early[:, None], late[:, None], 2)
    assert wide.tolist() == [[0.0]]


@pytest.mark.parametrize(
    ("steps", "others", "width"),
    [(1, 1, 1), (10, 10, 1), (11, 10, 2), (150, 150, 15), (7, 29, 22), (29, 7, 22)],
)
def test_the_width_of_the_band(steps: int, others: int, width: int) -> None:
    assert _dtw.band(steps, others) == width


def test_channels_are_warped_together() -> None:
    first, second = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 1.0]])
    assert _dtw.warping_costs([first], [second]).tolist() == [[2.0]]


def test_warping_is_that_of_the_plain_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dtw, "CELLS", 20)  # several blocks
    random = np.random.default_rng(2)
    lengths = [1, 2, 5, 5, 5, 8, 12, 12, 25]
    series = [random.normal(size=(steps, 3)) for steps in lengths]
    expected = [[plain_warping(x, y) for y in series] for x in series[::-1]]
    np.testing.assert_allclose(_dtw.warping_costs(series[::-1], series), expected)


def plain_warping(x: np.ndarray, y: np.ndarray) -> float:
    width = max(-(-max(len(x), len(y)) // 10), abs(len(x) - len(y)))
    table = np.full((len(x) + 1, len(y) + 1), np.inf)
    table[0, 0] = 0.0
    for i in range(len(x)):
        for j in range(len(y)):
            if abs(i - j) <= width:
                before = min(table[i, j], table[i, j + 1], table[i + 1, j])
                table[i + 1, j + 1] = ((x[i] - y[j]) ** 2).sum() + before
    return float(table[-1, -1])


def singles(values: Any) -> np.ndarray:
    return np.asarray(values, np.float32)


def group(kernel: tuple[int, int, int], dilation: int, padding: int, *biases: float) -> Any:
    return _minirocket.Group(
        np.array([kernel]), dilation, padding, singles([[1.0]]), singles([biases])
    )


def test_minirocket_by_hand() -> None:
    impulse = singles([1, 0, 0, 0, 0, 0, 0, 0, 0])[None, :, None]
    # padded, the kernel (2 2 2 -1 -1 -1 …) answers -1 -1 2 2 2 0 0 0 0
    padded = group((0, 1, 2), 1, 4, -1.0, -0.5, 0.0, 2.0)
    np.testing.assert_allclose(
        _minirocket.transform(impulse, [padded]), [[7 / 9, 7 / 9, 3 / 9, 0.0]]
    )
    # not padded, it has one place, and its first weight meets the impulse
    inside = [group((0, 1, 2), 1, 0, 1.5, 2.0), group((6, 7, 8), 1, 0, -1.5, -1.0)]
    assert _minirocket.transform(impulse, inside).tolist() == [[1.0, 0.0, 1.0, 0.0]]


@pytest.mark.usefixtures("few_features")
def test_minirocket_is_that_of_the_plain_convolution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_minirocket, "CELLS", 2 * 600)  # blocks of two cases
    series = singles(np.random.default_rng(3).normal(size=(4, 600, 5)))
    groups = _minirocket.draw(series, seed=0)
    features = _minirocket.transform(series, groups)
    start = 0
    for some in groups:
        count = some.biases.shape[1]
        for index in (0, 41):
            weights = np.full(9, -1.0)
            weights[some.kernels[index]] = 2.0
            spread = np.zeros(8 * some.dilation + 1)
            spread[:: some.dilation] = weights
            for case in (0, 4):
                summed = series[some.channels[index] > 0, :, case].sum(axis=0)
                padded = np.pad(summed.astype(float), some.padding)
                convolved = np.correlate(padded, spread, "valid")
                assert some.padding == 0 or len(convolved) == 600
                expected = [(convolved > bias).mean() for bias in some.biases[index]]
                found = features[case, start + index * count :][:count]
                np.testing.assert_allclose(found, expected, atol=1.5 / len(convolved))
        start += some.biases.size
    assert start == features.shape[1]


def test_minirocket_draws_about_ten_thousand_features_with_every_kernel() -> None:
    for steps in (9, 10, 150, 1000):
        groups = _minirocket.draw(singles(np.random.default_rng(4).normal(size=(1, steps, 2))), 0)
        assert sum(some.biases.size for some in groups) == 119 * 84
        assert max(some.dilation for some in groups) == (steps - 1) // 8
        first = [tuple(row) for some in groups[:2] for row in some.kernels]
        assert len(set(first)) == 84


def test_minirocket_takes_each_row_at_its_own_levels() -> None:
    values, levels = singles([[4, 0, 2], [1, 1, 9]]), np.array([[0.0, 0.25, 1.0], [0.5, 0.75, 0.9]])
    expected = [[0.0, 1.0, 4.0], [1.0, 5.0, 7.4]]
    np.testing.assert_allclose(_minirocket._quantiles(values, levels), expected)
    alone = _minirocket._quantiles(singles([[3]]), np.array([[0.0, 0.7]]))
    assert alone.tolist() == [[3.0, 3.0]]


def test_minirocket_draws_by_its_seed() -> None:
    series = singles(np.random.default_rng(5).normal(size=(3, 40, 6)))
    one, same, other = (
        _minirocket.transform(series, _minirocket.draw(series, seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_minirocket_sees_a_shift_only_at_the_padded_ends() -> None:
    # eighths and a whole shift, so that sums of single precision are exact
    series = singles(np.random.default_rng(6).integers(-8, 8, size=(1, 50, 4)) / 8)
    groups = _minirocket.draw(series, seed=0)
    inside = [some for some in groups if not some.padding]
    padded = [some for some in groups if some.padding]
    assert inside
    assert padded
    before, after = (_minirocket.transform(series + shift, inside) for shift in (0, 4))
    np.testing.assert_array_equal(before, after)
    before, after = (_minirocket.transform(series + shift, padded) for shift in (0, 4))
    assert (before != after).mean() > 0.5
    before, after = (_minirocket.transform(series * factor, inside) for factor in (1, 4))
    assert (before != after).mean() > 0.5  # biases are absolute values


@pytest.mark.usefixtures("few_features")
def test_random_convolutions_are_drawn_by_their_seed() -> None:
    one, same, other = (
        random_convolutions.fit(SERIES, ONE_HOT, is_multi=False, seed=seed)(SERIES)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.usefixtures("few_features")
def test_random_convolutions_know_the_length_of_a_case() -> None:
    random = np.random.default_rng(7)
    lengths = [10, 40] * 10
    cases = [random.normal(size=(steps, 1)) for steps in lengths]
    predict = fitted("random_convolutions", cases, np.eye(2)[[0, 1] * 10])
    answer = predict([random.normal(size=(steps, 1)) for steps in (10, 40, 12, 45)])
    assert answer.argmax(axis=1).tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("shape", [(40, 3), (40, 200)])
@pytest.mark.parametrize("is_multi", [False, True])
def test_ridge_is_sure_of_what_tells_classes_apart_and_doubts_noise(
    shape: tuple[int, int], is_multi: bool
) -> None:
    random = np.random.default_rng(9)
    features = random.normal(size=shape)
    new = random.normal(size=shape)
    features[:, :3] *= 100  # a unit does not matter
    new[:, :3] *= 100
    told = [np.eye(2)[(each[:, 0] > 0).astype(int)] for each in (features, new)]
    known = _ridge.fit_ridge(features[:, :3], told[0], is_multi)(new[:, :3])
    assert (known.argmax(axis=1) == told[1].argmax(axis=1)).mean() > 0.8
    assert (known * told[1]).sum(axis=1).mean() > 0.7
    drawn = np.eye(2)[random.integers(2, size=len(features))]
    assert np.abs(_ridge.fit_ridge(features, drawn, is_multi)(new) - 0.5).mean() < 0.25


def test_sharpness_by_hand() -> None:
    # Two cases of each class, all values right by 1: softened targets are 5/6, so that the best
    # factor makes 1 / (1 + exp(-factor)) = 5/6; 0.5 each way makes the values differ by 1.
    values = np.array([[0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [-0.5, 0.5]])
    targets = np.eye(2)[[0, 0, 1, 1]]
    step = _ridge.SHARPNESSES[1] / _ridge.SHARPNESSES[0]
    for is_multi, factor in ((False, log(5)), (True, 2 * log(5))):
        found = _ridge.best_sharpness(values, targets, is_multi)
        assert abs(log(found / factor)) <= log(step)


def test_probabilities_of_values_by_hand() -> None:
    values = np.array([[0.0, log(3)], [1e4, -1e4]])
    np.testing.assert_allclose(_ridge.probabilities(values, False), [[0.25, 0.75], [1, 0]])
    expected = [[0.5, 0.75], [1.0, 0.0]]
    np.testing.assert_allclose(_ridge.probabilities(values, True), expected, atol=1e-12)
    assert _ridge.probabilities(np.array([[1.0, 0.0]]), False)[0, 0] == pytest.approx(
        exp(1) / (exp(1) + 1)
    )


def test_the_work_of_a_large_ridge_outgrows_its_features() -> None:
    work = random_convolutions.work_by_steps
    assert work(50, 150, 960) == pytest.approx((50 + 150 + 200) * 1000, rel=0.01)
    assert work(8000, 0, 960) > 2 * 8000 * 1000
    assert work(400, 100, 20) > 2 * (400 + 100 + 200) * 60  # the ridge is most of it


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_a_class_without_cases_between_others_gets_nothing(name: str) -> None:
    answer = fitted(name, ["good", "bad"] * 5, np.eye(3)[[0, 2] * 5])(["good", "bad"])
    assert answer.argmax(axis=1).tolist() == [0, 2]
    assert answer[:, 1].tolist() == [0.0, 0.0]


def test_kernels_sum_over_one_to_nine_channels() -> None:
    series = singles(np.random.default_rng(10).normal(size=(20, 30, 2)))
    groups = _minirocket.draw(series, seed=0)
    sizes = np.concatenate([some.channels.sum(axis=1) for some in groups])
    assert set(sizes) == set(range(1, 10))
    assert np.median(sizes) < 5  # more often few than many
    assert (sum(some.channels.sum(axis=0) for some in groups) > 0).all()


@pytest.mark.usefixtures("few_features")
def test_random_convolutions_cut_a_case_after_the_longest_of_training() -> None:
    predict = fitted("random_convolutions", SERIES[:6], ONE_HOT[:6])
    longer = np.concatenate([SERIES[3], SERIES[5][::-1]])
    np.testing.assert_array_equal(predict([longer]), predict([SERIES[3]]))


@pytest.mark.usefixtures("few_features")
@pytest.mark.parametrize("name", SERIES_NAMES + TEXT_NAMES)
def test_a_class_that_all_cases_have_is_likely_and_one_that_none_has_is_not(name: str) -> None:
    targets = np.array([[1, 0, 1], [0, 0, 1], [0, 0, 1], [1, 0, 1]] * 2, float)
    cases: Any = TEXTS if name in TEXT_NAMES else SERIES
    answer = fitted(name, cases, targets, is_multi=True)(cases[::-1])
    assert (answer[:, 1] < 0.5).all() and (answer[:, 2] > 0.5).all()


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (np.zeros((2, 2)), r"answered with shape (2, 2), expected (1, 2)"),
        (np.full((1, 2), np.nan), "answered with probabilities outside [0, 1]"),
        (np.array([[-0.5, 1.5]]), "answered with probabilities outside [0, 1]"),
    ],
)
def test_what_are_no_probabilities_is_refused(answer: np.ndarray, fault: str) -> None:
    heard: list[dict[str, Any]] = []

    def fit(cases: Any, targets: Any, **options: Any) -> Any:
        heard.append(options)
        return lambda cases: answer

    fitting = ClassifyFitting("text", is_multi=True, seed=7)
    model = fitting.fit(SimpleNamespace(fit=fit), known(["a"], np.ones((1, 2))))
    with pytest.raises(ValueError, match=re.escape(fault)):
        fitting.predict(model, ["b"])
    assert heard == [{"is_multi": True, "seed": 7}]


def test_methods_fit_and_predict_in_one_thread() -> None:
    """Threads that wait for cores on which trials train made a ridge take five times as long."""
    np.zeros((9, 9)) @ np.zeros((9, 9))  # the library that multiplies is there
    found: list[int] = []

    def count() -> None:
        found.extend(each["num_threads"] for each in threadpool_info())

    def predict(cases: Any) -> Any:
        count()
        return np.ones((1, 1))

    def fit(cases: Any, targets: Any, **options: Any) -> Any:
        count()
        return predict

    fitting = ClassifyFitting("text", is_multi=False, seed=0)
    with threadpool_limits(2):
        fitting.predict(fitting.fit(SimpleNamespace(fit=fit), known(["a"], np.ones((1, 1)))), ["b"])
    assert len(found) >= 2 and set(found) == {1}


def test_a_method_for_another_kind_is_refused() -> None:
    fitting = ClassifyFitting("text", is_multi=False, seed=0)
    taken = [name for name, each in baselines("classify").items() if not fitting.refusal(each)]
    assert taken == ["majority", "nb_svm", "tfidf_logistic", "tfidf_naive_bayes"]
    assert fitting.refusal(nearest_neighbour) == "is for series, not for text"
