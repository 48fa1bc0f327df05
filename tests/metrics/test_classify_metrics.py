"""Metrics of classifiers against numbers worked by hand, and against scikit-learn's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn

from seqtune.metrics import classify as metrics
from seqtune.metrics.case_values import case_values

# truth a, a, b, c; predicted a, b, b, a; a class d that never occurs
PROBABILITIES = np.array(
    [[0.7, 0.1, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [0.1, 0.5, 0.3, 0.1], [0.4, 0.2, 0.3, 0.1]]
)
TARGETS = np.eye(4)[[0, 0, 1, 2]]

# three labels; predicted yes: (a, b), (none), (b)
MULTI = np.array([[0.9, 0.5, 0.2], [0.1, 0.4, 0.3], [0.2, 0.8, 0.1]])
MULTI_TARGETS = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def _figure(name: str) -> Any:
    """Return one figure of `score_classes` as a function of its own."""

    def figure(
        probabilities: Any, targets: Any, values: Any = None, *, is_multi: bool = False
    ) -> float:
        if name in ("mae", "kappa") and values is None:
            values = np.arange(probabilities.shape[1], dtype=np.float64)
        found = metrics.score_classes(probabilities, targets, is_multi=is_multi, values=values)
        return found[name]

    return figure


accuracy, balanced_accuracy, macro_f1, mae, kappa = map(
    _figure, ("accuracy", "balanced_accuracy", "macro_f1", "mae", "kappa")
)


SINGLE = (accuracy, balanced_accuracy, macro_f1, metrics.log_loss)
BOTH = (*SINGLE, metrics.calibration_error)
NAMES = ["accuracy", "balanced_accuracy", "macro_f1", "log_loss", "calibration_error"]


def one_hot(truth: list[int], classes: int) -> np.ndarray:
    return np.eye(classes)[truth]


def surely(predicted: list[int], classes: int) -> np.ndarray:
    return np.eye(classes)[predicted]


def test_accuracy_is_the_share_of_right_cases() -> None:
    assert accuracy(PROBABILITIES, TARGETS) == 2 / 4


def test_of_equally_probable_classes_the_first_is_predicted() -> None:
    tie = np.array([[0.2, 0.4, 0.4]])
    assert accuracy(tie, one_hot([1], 3)) == 1.0
    assert accuracy(tie, one_hot([2], 3)) == 0.0


def test_several_labels_are_right_only_together_and_yes_from_a_half_on() -> None:
    assert accuracy(MULTI, MULTI_TARGETS, is_multi=True) == pytest.approx(1 / 3)
    just_below = np.array([[np.nextafter(0.5, 0.0)]])
    assert accuracy(just_below, np.ones((1, 1)), is_multi=True) == 0.0


def test_balanced_accuracy_leaves_out_classes_without_a_case() -> None:
    expected = (1 / 2 + 1 / 1 + 0 / 1) / 3
    assert balanced_accuracy(PROBABILITIES, TARGETS) == pytest.approx(expected)


def test_balanced_accuracy_of_several_labels_is_each_ones_yes_and_no() -> None:
    # a: yes 1 of 2, no 1 of 1; b: yes 1 of 1, no 1 of 2; c: never true, no 3 of 3
    expected = ((1 / 2 + 1) / 2 + (1 + 1 / 2) / 2 + 1) / 3
    found = balanced_accuracy(MULTI, MULTI_TARGETS, is_multi=True)
    assert found == pytest.approx(expected)


def test_yes_to_every_label_is_worth_no_more_than_no() -> None:
    truth = np.array([[1.0], [0.0], [0.0], [0.0]])
    for answer in (0.9, 0.1):
        always = np.full((4, 1), answer)
        assert balanced_accuracy(always, truth, is_multi=True) == 0.5


def test_macro_f1_leaves_out_classes_that_are_neither_true_nor_predicted() -> None:
    # a: 1 right, 2 true, 2 predicted; b: 1, 1, 2; c: 0, 1, 0; d: absent
    expected = (2 / 4 + 2 / 3 + 0) / 3
    assert macro_f1(PROBABILITIES, TARGETS) == pytest.approx(expected)


def test_macro_f1_counts_a_class_that_is_only_predicted() -> None:
    assert macro_f1(surely([0, 1], 3), one_hot([0, 0], 3)) == pytest.approx((2 / 3 + 0) / 2)


def test_macro_f1_of_several_labels() -> None:
    # a: 1 right, 2 true, 1 predicted; b: 1, 1, 2; c: absent
    expected = (2 / 3 + 2 / 3) / 2
    assert macro_f1(MULTI, MULTI_TARGETS, is_multi=True) == pytest.approx(expected)
    nothing = macro_f1(np.zeros((2, 2)), np.zeros((2, 2)), is_multi=True)
    assert math.isnan(nothing)


def test_log_loss_is_the_mean_of_what_the_truth_was_given() -> None:
    expected = -(math.log(0.7) + math.log(0.2) + math.log(0.5) + math.log(0.3)) / 4
    assert metrics.log_loss(PROBABILITIES, TARGETS) == pytest.approx(expected)


def test_log_loss_of_several_labels_is_the_mean_binary_cross_entropy() -> None:
    given = [0.9, 0.5, 0.8, 0.1, 0.6, 0.7, 0.8, 0.2, 0.9]
    expected = -sum(map(math.log, given)) / 9
    assert metrics.log_loss(MULTI, MULTI_TARGETS, is_multi=True) == pytest.approx(expected)


@pytest.mark.parametrize("is_multi", [False, True])
def test_a_sure_mistake_costs_much_but_not_infinitely_much(is_multi: bool) -> None:
    wrong = np.array([[0.0, 1.0]])
    loss = metrics.log_loss(wrong, one_hot([0], 2), is_multi=is_multi)
    assert loss == pytest.approx(-math.log(1e-15), rel=0.01)
    assert 0 <= metrics.log_loss(wrong, one_hot([1], 2), is_multi=is_multi) < 1e-14


def test_calibration_error_weighs_the_gap_of_each_bin() -> None:
    # top 0.7 right, 0.6 wrong, 0.5 right, 0.4 wrong: bins (10, 11], (8, 9], (7, 8], (5, 6] of 15
    expected = (abs(1 - 0.7) + abs(0 - 0.6) + abs(1 - 0.5) + abs(0 - 0.4)) / 4
    assert metrics.calibration_error(PROBABILITIES, TARGETS) == pytest.approx(expected)


def test_within_a_bin_too_much_and_too_little_trust_cancel() -> None:
    same_bin = np.array([[0.81, 0.19], [0.85, 0.15]])  # (12/15, 13/15]
    error = metrics.calibration_error(same_bin, one_hot([0, 1], 2))
    assert error == pytest.approx(abs(1 + 0 - 0.81 - 0.85) / 2)
    apart = np.array([[0.79, 0.21], [0.85, 0.15]])
    error = metrics.calibration_error(apart, one_hot([0, 1], 2))
    assert error == pytest.approx((abs(1 - 0.79) + abs(0 - 0.85)) / 2)


def test_a_bin_has_its_upper_bound_and_not_its_lower_one() -> None:
    probabilities = np.array([[0.6, 0.4], [0.58, 0.42]])  # (8/15, 9/15]
    error = metrics.calibration_error(probabilities, one_hot([0, 1], 2))
    assert error == pytest.approx(abs(1 + 0 - 0.6 - 0.58) / 2)


def test_calibration_error_of_several_labels_takes_every_probability() -> None:
    probabilities = np.array([[0.0, 1.0], [0.32, 0.3]])
    truth = np.array([[0.0, 1.0], [1.0, 0.0]])
    expected = (0 + 0 + abs(1 + 0 - 0.32 - 0.3)) / 4
    error = metrics.calibration_error(probabilities, truth, is_multi=True)
    assert error == pytest.approx(expected)


def test_mae_is_in_the_unit_of_the_labels_numbers() -> None:
    values = np.array([1.0, 2.0, 5.0, 10.0])  # truth 1, 1, 2, 5; predicted 1, 2, 2, 1
    assert mae(PROBABILITIES, TARGETS, values) == pytest.approx((0 + 1 + 0 + 4) / 4)


def test_kappa_weighs_by_the_square_of_the_distance_in_ranks() -> None:
    # observed: 0 + 1 + 0 + 4 = 5; by chance: rows (2, 1, 1), columns (2, 2, 0), over 4:
    # (0,1) 4/4 * 1 + (1,0) 2/4 * 1 + (2,0) 2/4 * 4 + (2,1) 2/4 * 1 = 4
    assert kappa(PROBABILITIES, TARGETS) == pytest.approx(1 - 5 / 4)


def test_kappa_ranks_the_classes_by_their_numbers() -> None:
    plain = kappa(PROBABILITIES, TARGETS)
    assert kappa(PROBABILITIES, TARGETS, np.array([1.0, 2.0, 50.0, 51.0])) == plain
    turned = [1, 2, 0, 3]  # the same classes in another order, with the numbers that say so
    values = np.array([0.0, 1.0, 2.0, 3.0])[turned]
    moved = kappa(PROBABILITIES[:, turned], TARGETS[:, turned], values)
    assert moved == pytest.approx(plain)
    assert kappa(PROBABILITIES[:, turned], TARGETS[:, turned]) != pytest.approx(plain)


def test_kappa_of_chance_of_all_right_and_of_all_turned_round() -> None:
    truth = one_hot([0, 1, 2], 3)
    assert kappa(truth, truth) == 1.0
    assert kappa(truth[::-1], truth) == pytest.approx(-1.0)
    assert kappa(surely([1, 1, 1], 3), truth) == pytest.approx(0.0)
    assert kappa(surely([1], 3), one_hot([1], 3)) == 0.0


def test_confusion_has_truth_in_rows() -> None:
    counts = metrics.confusion(PROBABILITIES, TARGETS)
    assert counts.tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert counts.dtype == np.int64


def test_confusion_of_several_labels_is_one_matrix_per_label() -> None:
    counts = metrics.confusion(MULTI, MULTI_TARGETS, is_multi=True)
    assert counts.tolist() == [[[1, 0], [1, 1]], [[1, 1], [0, 1]], [[3, 0], [0, 0]]]
    assert counts.dtype == np.int64


def test_confusion_without_a_case_is_empty() -> None:
    nothing = np.empty((0, 3))
    assert metrics.confusion(nothing, nothing).tolist() == np.zeros((3, 3)).tolist()
    assert metrics.confusion(nothing, nothing, is_multi=True).shape == (3, 2, 2)


def test_one_case_of_one_class() -> None:
    one = np.ones((1, 1))
    for is_multi in (False, True):
        scores = metrics.score_classes(one, one, is_multi=is_multi, values=None)
        assert scores == pytest.approx(dict(zip(NAMES, (1, 1, 1, 0, 0), strict=True)))
    ordered = metrics.score_classes(one, one, is_multi=False, values=np.array([7.0]))
    assert (ordered["mae"], ordered["kappa"]) == (0.0, 0.0)


@pytest.mark.parametrize("is_multi", [False, True])
@pytest.mark.parametrize("metric", BOTH)
def test_a_nan_or_no_case_at_all_makes_the_result_nan(
    metric: Callable[..., float], is_multi: bool
) -> None:
    faulty = PROBABILITIES.copy()
    faulty[3, 3] = math.nan  # of a class that was neither true nor the most probable
    assert math.isnan(metric(faulty, TARGETS, is_multi=is_multi))
    assert math.isnan(metric(np.empty((0, 4)), np.empty((0, 4)), is_multi=is_multi))
    assert math.isfinite(metric(PROBABILITIES, TARGETS, is_multi=is_multi))


def test_a_nan_makes_every_score_nan() -> None:
    faulty = PROBABILITIES.copy()
    faulty[3, 3] = math.nan
    values = np.arange(4.0)
    scores = metrics.score_classes(faulty, TARGETS, is_multi=False, values=values)
    assert list(scores) == [*NAMES, "mae", "kappa"]
    assert all(map(math.isnan, scores.values()))
    assert math.isnan(mae(faulty, TARGETS, values))
    assert math.isnan(kappa(faulty, TARGETS, values))
    with pytest.raises(ValueError, match="NaN"):
        metrics.confusion(faulty, TARGETS)


@pytest.mark.parametrize("row", [[0.0, 0.0], [1.0, 1.0], [0.5, 0.5], [math.nan, 1.0]])
def test_a_case_without_exactly_one_label_is_refused(row: list[float]) -> None:
    with pytest.raises(ValueError, match="exactly one label"):
        metrics.score_classes(np.full((2, 2), 0.5), np.array([[1.0, 0.0], row]), is_multi=False)


def test_ordered_labels_are_one_per_case() -> None:
    with pytest.raises(ValueError, match="one per case"):
        metrics.score_classes(MULTI, MULTI_TARGETS, is_multi=True, values=np.arange(3.0))


def drawn_cases(cases: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(5)
    truth = generator.integers(0, classes, cases)
    probabilities = generator.dirichlet(np.ones(classes), cases)
    probabilities = 0.5 * probabilities + 0.5 * np.eye(classes)[generator.permutation(truth)]
    probabilities[: cases // 2] = 0.5 * probabilities[: cases // 2]
    probabilities[: cases // 2] += 0.5 * np.eye(classes)[truth[: cases // 2]]
    return probabilities, truth


def test_scores_agree_with_scikit_learns() -> None:
    probabilities, truth = drawn_cases(300, 5)
    predicted = probabilities.argmax(axis=1)
    scores = metrics.score_classes(
        probabilities, one_hot(truth.tolist(), 5), is_multi=False, values=np.arange(5.0)
    )
    assert scores["accuracy"] == pytest.approx(sklearn.accuracy_score(truth, predicted))
    expected = sklearn.balanced_accuracy_score(truth, predicted)
    assert scores["balanced_accuracy"] == pytest.approx(expected)
    expected = sklearn.f1_score(truth, predicted, average="macro")
    assert scores["macro_f1"] == pytest.approx(expected)
    assert scores["log_loss"] == pytest.approx(sklearn.log_loss(truth, probabilities))
    assert scores["mae"] == pytest.approx(sklearn.mean_absolute_error(truth, predicted))
    expected = sklearn.cohen_kappa_score(truth, predicted, weights="quadratic")
    assert scores["kappa"] == pytest.approx(expected)


def test_scores_of_several_labels_agree_with_scikit_learns() -> None:
    generator = np.random.default_rng(6)
    probabilities = generator.uniform(size=(200, 4))
    targets = (generator.uniform(size=(200, 4)) < 0.5 * probabilities + 0.2).astype(np.float64)
    said = (probabilities >= 0.5).astype(int)
    truth = targets.astype(int)
    scores = metrics.score_classes(probabilities, targets, is_multi=True, values=None)
    assert scores["accuracy"] == pytest.approx(sklearn.accuracy_score(truth, said))
    assert scores["macro_f1"] == pytest.approx(sklearn.f1_score(truth, said, average="macro"))
    balanced = [sklearn.balanced_accuracy_score(truth[:, c], said[:, c]) for c in range(4)]
    assert scores["balanced_accuracy"] == pytest.approx(np.mean(balanced))
    losses = [sklearn.log_loss(truth[:, c], probabilities[:, c]) for c in range(4)]
    assert scores["log_loss"] == pytest.approx(np.mean(losses))
    expected = sklearn.multilabel_confusion_matrix(truth, said)
    counts = metrics.confusion(probabilities, targets, is_multi=True)
    assert counts.tolist() == expected.tolist()


@pytest.mark.parametrize(("metric", "expected"), [
    ("accuracy", [1, 0, 1, 0]),
    ("balanced_accuracy", [1 / 2 + 1 / 3, 1 / 2 - 1 / 3, 1 / 2, 1 / 2]),  # half of a, all of b
    # F1 of a: 2 of 4, of b: 2 of 3; a case has as much of these as it has of what is divided
    ("macro_f1", np.array([1 / 4, -1 / 8 - 2 / 9, 2 / 9, -1 / 8]) * 4 / 3 + 7 / 18),
])  # fmt: skip
def test_each_case_has_its_share_of_a_metric(metric: str, expected: Any) -> None:
    assert case_values(metric, PROBABILITIES, TARGETS) == pytest.approx(np.array(expected))


def test_a_metric_that_is_no_mean_over_cases_has_no_shares() -> None:
    assert case_values("kappa", PROBABILITIES, TARGETS) is None


@pytest.mark.parametrize("is_multi", [False, True])
@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "macro_f1"])
def test_shares_say_what_leaving_each_case_out_does(metric: str, is_multi: bool) -> None:
    generator = np.random.default_rng(7)
    probabilities = generator.uniform(size=(300, 3))
    targets = (probabilities > generator.uniform(0.3, 0.7, size=(300, 3))).astype(np.float64)
    if not is_multi:
        targets = one_hot((probabilities + targets).argmax(axis=1).tolist(), 3)
        probabilities = 0.5 * probabilities + 0.5 * generator.uniform(size=(300, 3))

    def score(*places: Any) -> float:
        kept = np.delete(np.arange(300), places)
        scores = metrics.score_classes(probabilities[kept], targets[kept], is_multi=is_multi)
        return scores[metric]

    shares = case_values(metric, probabilities, targets, is_multi=is_multi)
    assert shares is not None and shares.mean() == pytest.approx(score())
    left_out = np.array([300 * score() - 299 * score(place) for place in range(300)])
    assert np.abs(shares - left_out).max() < 0.05 * shares.std()
