"""The classifier as the search sees it: loss, epochs, what it is compared by, what calms it."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.pace import ALL_THE_TIME
from seqtune.data.ragged import Ragged
from seqtune.metrics.classify import score_classes
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.labels import Labels
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.roles import Roles
from seqtune.tasks.classify.task import MAX_STEPS, MIN_STEPS, TASK, WORST_LOG_LOSS
from seqtune.tasks.classify.temperature import Temperature

Targets = list[list[float]]

YES_NO = Labels(("no", "yes"))
STARS = Labels(("1", "2", "3"), values=(1.0, 2.0, 3.0))
TAGS = Labels(("a", "b"), separator=";")

VALUES = {
    "training.batch_size": 6, "training.class_weights": False, "training.label_smoothing": 0.0,
    "series.scaling": "none", "series.slice": 1.0, "series.stretch": 0.0, "series.jitter": 0.0,
}  # fmt: skip
"""A configuration whose batches are of the cases as they are."""


def prepared_of(targets: Targets, parts: list[int], labels: Labels = YES_NO) -> Prepared:
    """Series of two steps; the values of the one channel say which case it is."""
    count = len(targets)
    codec = Codec(
        roles=Roles("series", "label", series="case", channels=("x",)),
        labels=labels,
        metric="accuracy",
        weights=(1.0,) * len(labels.names),
        longest={"series": 2},
        center=(0.0,),
        spread=(1.0,),
    )
    cases = Ragged.from_list([np.full((2, 1), float(case)) for case in range(count)], 1)
    return Prepared(
        codec, {"series": cases}, np.array(targets, np.float32), np.array(parts, np.int8),
        np.arange(count),
    )  # fmt: skip


def yes_no(validation: int) -> Prepared:
    """Two training cases, so many for validation, two to test; every other one is yes."""
    parts = [0, 0, *[1] * validation, 2, 2]
    return prepared_of([[1 - n % 2, n % 2] for n in range(len(parts))], parts)


def test_more_is_better_and_refits_begin_anew() -> None:
    assert (TASK.name, TASK.search.refits_anew) == ("classify", True)


def test_the_loss_is_the_cross_entropy_of_logits() -> None:
    loss = TASK.loss(yes_no(2), {})
    logits = np.log(np.array([[1.0, 3.0], [1.0, 1.0]], np.float32))
    truth = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)
    expected = -(np.log(0.75) + np.log(0.5)) / 2
    assert float(loss(truth, logits)) == pytest.approx(expected, rel=1e-5)


def test_labels_are_smoothed_where_batches_are_made_and_not_once_more_by_the_loss() -> None:
    prepared = yes_no(2)
    values = VALUES | {"training.label_smoothing": 0.2}
    _, truth, _ = TASK.batches(prepared, values, 1, steps=1)[0]
    assert sorted(truth[:, 1].tolist()) == pytest.approx([0.1] * 3 + [0.9] * 3)
    logits = np.log(np.array([[1.0, 3.0], [1.0, 1.0]], np.float32))
    blurred = -(0.9 * np.log(0.75) + 0.1 * np.log(0.25) + np.log(0.5)) / 2
    soft = np.array([[0.1, 0.9], [0.9, 0.1]], np.float32)
    assert float(TASK.loss(prepared, values)(soft, logits)) == pytest.approx(blurred, rel=1e-5)


def test_the_loss_of_several_labels_asks_each_by_itself() -> None:
    prepared = prepared_of([[1, 1], [0, 1], [0, 0]], [0, 1, 2], TAGS)
    loss = TASK.loss(prepared, {})
    logits = np.log(np.array([[3.0, 1 / 3]], np.float32))  # sigmoid: 0.75 and 0.25
    found = float(loss(np.array([[1.0, 1.0]], np.float32), logits))
    assert found == pytest.approx(-(np.log(0.75) + np.log(0.25)) / 2, rel=1e-5)


@pytest.mark.parametrize(
    ("cases", "batch", "steps"),
    [
        (1, 64, MIN_STEPS),
        (MIN_STEPS * 10, 10, MIN_STEPS),
        (MIN_STEPS * 10 + 1, 10, MIN_STEPS + 1),  # the last batch is not full
        (MAX_STEPS * 10, 10, MAX_STEPS),
        (MAX_STEPS * 10 + 1, 10, MAX_STEPS),
        (10**7, 16, MAX_STEPS),
    ],
)
def test_an_epoch_is_a_round_of_the_training_cases_within_bounds(
    cases: int, batch: int, steps: int
) -> None:
    rows = {"train": range(cases), "validation": range(1)}
    values = {"training.batch_size": batch}
    assert TASK.steps_per_epoch(SimpleNamespace(rows=rows), values) == steps  # type: ignore[arg-type]


def shares_of(prepared: Prepared, right: int, sure: float) -> Any:
    """Probabilities of the validation part, the first `right` ones right, all equally sure."""
    truth = prepared.truth("validation")
    is_right = (np.arange(len(truth)) < right)[:, None]
    return np.where((truth == 1) == is_right, sure, 1 - sure)


@pytest.mark.parametrize("count", [1, 2, 5, 100])
def test_the_tie_break_is_less_than_half_a_case(count: int) -> None:
    prepared = yes_no(count)

    def objective(right: int, sure: float) -> float:
        predictions = shares_of(prepared, right, sure)
        return TASK.objective(
            prepared, TASK.score(prepared, prepared.encoded("validation"), predictions)
        )

    for right in range(count):
        # the worst that one more right case may come with, and the best with one less
        assert objective(right + 1, 1 - 1e-12) > objective(right, 0.5 + 1e-9)
        assert objective(right + 1, 0.5 + 1e-9) > objective(right, 1 - 1e-12)
    for right in range(count + 1):
        assert abs(objective(right, 0.9) - right / count) <= 0.5 / count
    # of the same accuracy, the one of the lower log loss
    assert objective(count, 0.9) > objective(count, 0.6)
    assert objective(0, 0.6) > objective(0, 0.9)


def test_the_objective_by_hand() -> None:
    prepared = yes_no(4)
    assert TASK.objective(prepared, {"accuracy": 0.75, "log_loss": 2.0}) == pytest.approx(0.725)
    for beyond in (WORST_LOG_LOSS, 34.0, float("inf")):
        found = TASK.objective(prepared, {"accuracy": 0.75, "log_loss": beyond})
        assert found == pytest.approx(0.625)


def test_a_score_that_is_no_number_stays_none() -> None:
    prepared = yes_no(4)
    nothing = TASK.score(prepared, prepared.encoded("validation"), np.full((4, 2), np.nan))
    assert np.isnan(TASK.objective(prepared, nothing))


def test_scores_are_those_of_the_part() -> None:
    prepared = yes_no(3)  # validation: no, yes, no; test: yes, no
    sure = np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1]])
    found = TASK.score(prepared, prepared.encoded("validation"), sure)
    assert found == score_classes(sure, prepared.truth("validation"), is_multi=False)
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert TASK.score(prepared, prepared.encoded("test"), sure[:2])["accuracy"] == 0.5
    assert "mae" not in found


def test_ordered_labels_are_scored_by_how_far_off_they_are() -> None:
    prepared = prepared_of(np.eye(3).tolist(), [0, 1, 2], STARS)
    found = TASK.score(
        prepared, prepared.encoded("test"), np.array([[1.0, 0.0, 0.0]])
    )  # 1 star, and it was 3
    assert (found["mae"], found["accuracy"]) == (2.0, 0.0)


def test_too_sure_a_classifier_is_calmed_and_says_the_same() -> None:
    prepared = yes_no(200)
    encoded = prepared.encoded("validation")
    bold = shares_of(prepared, 150, 0.999)  # right in three of four cases
    calibration = TASK.calibrate(prepared, encoded, bold)
    assert calibration.value > 2
    calm = calibration.apply(bold)
    assert calm.max() == pytest.approx(0.75, abs=0.03)  # a little short of it: the prior
    assert (calm.argmax(axis=1) == bold.argmax(axis=1)).all()
    assert TASK.score(prepared, encoded, calm)["log_loss"] < 0.6


def test_too_shy_a_classifier_is_made_surer() -> None:
    prepared = yes_no(200)
    shy = shares_of(prepared, 190, 0.55)
    calibration = TASK.calibrate(prepared, prepared.encoded("validation"), shy)
    assert calibration.value < 0.5
    assert calibration.apply(shy).max() > 0.9


def test_several_labels_are_calmed_each_by_itself() -> None:
    prepared = prepared_of([[1, 1], [0, 1], [0, 0]], [0, 1, 2], TAGS)
    calibration = TASK.read_calibration(prepared, {"temperature": 2.0})
    # the root of odds of 9 is 3
    assert calibration.apply(np.array([[0.9, 0.5]])) == pytest.approx(np.array([[0.75, 0.5]]))


def test_a_network_answers_at_its_temperature_and_without_one_as_it_is() -> None:
    prepared = yes_no(2)
    values = {"series.scaling": "none"}

    def network(inputs: Any) -> Any:
        return np.log(np.tile(np.float32([[0.9, 0.1]]), (len(inputs["series"]), 1)))

    encoded = prepared.encoded("test")
    raw = TASK.forward(network, prepared, encoded, values)
    assert raw == pytest.approx(np.tile([[0.9, 0.1]], (2, 1)))
    calibration = TASK.read_calibration(prepared, {"temperature": 2.0})
    calm = TASK.forward(network, prepared, encoded, values, calibration)
    assert calm == pytest.approx(np.tile([[0.75, 0.25]], (2, 1)))


def test_a_temperature_comes_back_from_its_file() -> None:
    prepared = yes_no(2)
    kept = json.loads(json.dumps(Temperature(1.5, is_multi=False).to_dict()))
    assert TASK.read_calibration(prepared, kept) == Temperature(1.5, is_multi=False)
    assert TASK.read_calibration(prepared, {"temperature": 2}).value == 2.0


@pytest.mark.parametrize(
    "value", [0, 0.0, -1.0, 1e-4, 1001.0, 10**400, math.nan, math.inf, True, "1", None, [1.0]]
)
def test_a_temperature_that_none_can_have_fitted_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="found the temperature"):
        TASK.read_calibration(yes_no(2), {"temperature": value})


@pytest.mark.parametrize("values", [None, [], 7, {}, {"heat": 1.0}, {"temperature": 1.0, "x": 1}])
def test_what_is_no_temperature_at_all_is_refused(values: Any) -> None:
    with pytest.raises(ValueError, match="expected a temperature"):
        TASK.read_calibration(yes_no(2), values)


@pytest.mark.parametrize(
    ("until", "cases"), [("train", {0, 1}), ("validation", {0, 1, 2, 3}), ("test", set(range(6)))]
)
def test_training_batches_have_the_cases_up_to_a_part(until: Any, cases: set[int]) -> None:
    prepared = yes_no(2)
    batches = TASK.batches(prepared, VALUES, 1, steps=3, until=until)
    assert len(batches) == 3
    inputs, _, _ = batches[0]
    assert set(inputs["series"][:, 0, 0].astype(int).tolist()) == cases


def test_the_confusion_of_the_test_part_is_kept_as_plain_values() -> None:
    prepared = yes_no(1)  # test: yes, no
    unused: Any = None
    found = TASK.illustrate(prepared, np.array([[0.8, 0.2], [0.7, 0.3]]), unused, unused)
    assert found["kind"] == "confusion"
    assert found["labels"] == ["no", "yes"]
    assert found["counts"] == [[1, 0], [1, 0]]
    assert found["title"] == "Answers on the test part"


def test_simple_methods_are_scored_and_all_but_the_majority_may_be_blended() -> None:
    """Cases are told apart by their one value: below or above 6."""
    parts = [0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0]
    targets = [[1.0, 0.0] if case < 6 else [0.0, 1.0] for case in range(12)]
    prepared = prepared_of(targets, parts)
    heard: list[Any] = []
    recipe = Recipe.load(None, "classify", ["baselines.methods=[majority,nearest_neighbour]"])
    majority, neighbour = TASK.baselines(prepared, recipe, ALL_THE_TIME, heard.append)
    assert [event.name for event in heard] == ["majority", "nearest_neighbour"]
    assert majority.validation["accuracy"] == majority.test["accuracy"] == 0.5
    assert majority.predictions == {}
    assert neighbour.validation["accuracy"] == neighbour.test["accuracy"] == 1.0
    assert neighbour.predictions["validation"].shape == (4, 2)
    plain = Recipe.load(
        None, "classify", ["baselines.methods=[nearest_neighbour]", "baselines.blend=false"]
    )
    assert TASK.baselines(prepared, plain, ALL_THE_TIME, silent)[0].predictions == {}


def test_a_method_for_texts_is_left_out_of_series() -> None:
    prepared = yes_no(4)
    recipe = Recipe.load(None, "classify", ["baselines.methods=[tfidf_naive_bayes]"])
    left_out = TASK.baselines(prepared, recipe, ALL_THE_TIME, silent)[0]
    assert left_out.left_out == "is for text, not for series"
    assert left_out.validation == {}
