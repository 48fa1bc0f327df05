"""The runner: what runs, in what order, and what is left out, by a clock of the test's own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_moved import Clock

from seqtune.baselines import problem as problem_module
from seqtune.baselines import runner
from seqtune.baselines.pace import ALL_THE_TIME, Allowance
from seqtune.baselines.problem import PARTS, Portion, Problem, check_answer
from seqtune.baselines.runner import (
    NOTHING_KEPT,
    BaselineResult,
    KeptResults,
    run_simple_methods,
)
from seqtune.errors import RecipeError
from seqtune.progress import BaselineEnded, Event, silent


class Sums:
    """Fits on numbers; a model adds what it was fitted on to each of those asked."""

    task = "sums"

    def refusal(self, method: Any) -> str:
        return getattr(method, "REFUSAL", "")

    def fit(self, method: Any, known: Sequence[float], before: Any) -> Any:
        return method.fit(known, before)

    def predict(self, model: Any, asked: Sequence[float]) -> np.ndarray:
        return check_answer(model(asked), (len(asked),), True, "")


def problem(
    train: int = 100, validation: int = 50, test: int = 50, samples: Sequence[int] = (4, 40)
) -> Problem:
    """Ones are known; of the validation part 0, 1, 2, … is asked, of the test part 1000, 1001, …"""

    def portion(known: int, asked: np.ndarray) -> Portion:
        return Portion(np.ones(known), asked, (known, len(asked)))

    def gather(name: str, answers: Sequence[Any], listener: Any) -> dict[str, Any]:
        return dict(zip(PARTS, answers, strict=True))

    def sample(size: int) -> Portion:
        size = min(size, train)
        return portion(size, np.ones(size)[::4])

    portions = [
        portion(train, np.arange(validation)),
        portion(train + validation, 1000 + np.arange(test)),
    ]
    return Problem(Sums(), portions, gather, samples, sample)


def timed(
    clock: Clock,
    seconds: float,
    first: float = 0.0,
    calls: list[tuple[int, int]] | None = None,
    work: Callable[[int, int], float] = lambda known, asked: known + asked,
    **attributes: Any,
) -> SimpleNamespace:
    """A method that takes so many seconds an example (or unit of work), and more for the first."""
    state = {"first": first}

    def fit(known: np.ndarray, before: Any = None) -> Any:
        def predict(asked: np.ndarray) -> np.ndarray:
            clock.now += seconds * work(len(known), len(asked)) + state["first"]
            state["first"] = 0.0
            if calls is not None:
                calls.append((len(known), len(asked)))
            return known.sum() + asked

        return predict

    return SimpleNamespace(fit=fit, work=work, **attributes)


@pytest.fixture
def methods(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    class Known(dict):
        def __missing__(self, name: str) -> Any:
            raise RecipeError(f"unknown baseline {name!r}")

    known = Known()
    for module in (problem_module, runner):
        monkeypatch.setattr(module, "baselines", lambda task: known)
    return known


def run(
    names: Any,
    asked: Problem | None = None,
    allowance: Allowance = ALL_THE_TIME,
    listener: Callable[[Event], None] = silent,
    may_blend: bool = True,
    kept: KeptResults = NOTHING_KEPT,
) -> list[BaselineResult]:
    def score(part: str, predictions: np.ndarray) -> dict[str, float]:
        return {"mean": float(predictions.mean()) if len(predictions) else 0.0}

    return run_simple_methods(
        asked or problem(),
        names,
        allowance,
        listener,
        kept,
        score=score,
        metric="mean",
        may_blend=may_blend,
    )


def test_validation_is_by_training_alone_and_test_by_both(clock: Clock, methods: Any) -> None:
    methods["plain"] = timed(clock, 0.01)
    events: list[Event] = []
    (result,) = run(["plain"], problem(3, 2, 2), listener=events.append)
    assert result.predictions["validation"].tolist() == [3, 4]
    assert result.predictions["test"].tolist() == [1005, 1006]
    assert (result.validation, result.test) == ({"mean": 3.5}, {"mean": 1005.5})
    assert events == [BaselineEnded("plain", 3.5, result.seconds)]


def test_each_result_is_kept_before_the_next_method_runs(clock: Clock, methods: Any) -> None:
    kept: list[str] = []
    for name in ("one", "two"):
        methods[name] = timed(clock, 0.01, ALWAYS=True)

    def fail(known: Any, *rest: Any) -> None:
        assert kept == ["one", "two"]
        raise KeyboardInterrupt

    methods["hit"] = SimpleNamespace(fit=fail, ALWAYS=True)
    with pytest.raises(KeyboardInterrupt):
        run(
            ["one", "two", "hit"],
            kept=KeptResults({}, lambda result: kept.append(result.name)),
        )


def test_what_was_kept_is_not_run_again(clock: Clock, methods: Any) -> None:
    calls: list[tuple[int, int]] = []
    kept: list[BaselineResult] = []
    methods["old"] = timed(clock, 0.01, calls=calls)
    methods["new"] = timed(clock, 0.01)
    old = BaselineResult("old", {"mean": 2.0}, {"mean": 3.0}, 1.5)
    events: list[Event] = []
    results = run(
        ["new", "old"],
        None,
        listener=events.append,
        kept=KeptResults({"old": old, "gone": old}, kept.append),
    )
    assert [result.name for result in results] == ["new", "old"]
    assert results[1] is old and kept == [results[0]]
    assert calls == []
    assert [event.name for event in events] == ["new"]


def test_results_stand_in_the_order_asked_for(clock: Clock, methods: Any) -> None:
    for name, seconds in (("dear", 0.05), ("cheap", 0.01), ("free", 0.0)):
        methods[name] = timed(clock, seconds, ALWAYS=name == "free")
    names = ["dear", "free", "cheap"]
    assert [result.name for result in run(names)] == names


def test_auto_takes_all_that_suit_the_data(clock: Clock, methods: Any) -> None:
    methods["one"] = timed(clock, 0.0)
    methods["other"] = timed(clock, 0.0, REFUSAL="is for texts")
    methods["rare"] = timed(clock, 0.0, is_rare=True)
    asked = problem()
    some = Problem(
        asked.fitting,
        asked.portions,
        asked.gather,
        asked.samples,
        asked.sample,
        suits=lambda method: not hasattr(method, "is_rare"),
    )
    assert [result.name for result in run("auto", asked)] == ["one", "rare"]
    assert [result.name for result in run("auto", some)] == ["one"]


def test_a_method_for_other_data_is_left_out_and_never_called(clock: Clock, methods: Any) -> None:
    calls: list[tuple[int, int]] = []
    methods["other"] = timed(clock, 0.0, calls=calls, REFUSAL="is for texts", ALWAYS=True)
    events: list[Event] = []
    (result,) = run(["other"], listener=events.append)
    assert (result.left_out, result.predictions, calls) == ("is for texts", {}, [])
    assert events == [BaselineEnded("other", None, 0.0, "is for texts")]


def test_samples_come_before_all(clock: Clock, methods: Any) -> None:
    calls: list[tuple[int, int]] = []
    methods["costly"] = timed(clock, 0.01, calls=calls)
    (result,) = run(["costly"], allowance=Allowance(100.0))
    assert calls == [(4, 1), (40, 10), (100, 50), (150, 50)]
    assert result.seconds == pytest.approx(0.01 * (5 + 50 + 150 + 200))


def test_without_samples_the_first_portions_say_how_long_it_takes(
    clock: Clock, methods: Any
) -> None:
    calls: list[tuple[int, int]] = []
    methods["costly"] = timed(clock, 1.0, first=20.0, calls=calls)
    sizes = (1, 4, 32, 32, 31)
    portions = [Portion(np.ones(0), np.ones(size), (0, size)) for size in sizes]

    def gather(name: str, answers: Sequence[Any], listener: Any) -> dict[str, Any]:
        return dict.fromkeys(PARTS, np.concatenate(answers))

    asked = Problem(Sums(), portions, gather)
    (result,) = run(["costly"], asked, Allowance(120.0))
    assert result.left_out == "" and len(result.predictions["test"]) == 100
    assert calls == [(0, size) for size in sizes]  # what a portion said is kept
    (result,) = run(["costly"], asked, Allowance(clock.now + 99.0))
    assert result.left_out == "would take about 95s; its share of the budget has 94s left"


def test_a_method_that_would_not_end_in_time_is_left_out_and_said(
    clock: Clock, methods: Any
) -> None:
    methods["slow"] = timed(clock, 2.0)
    events: list[Event] = []
    clock.now = 1000.0
    (result,) = run(["slow"], None, Allowance(1310.0), events.append)
    # (100 + 50) + (150 + 50) examples at 2 s, after 55 of samples
    reason = "would take about 12m; its share of the budget has 200s left"
    assert (result.left_out, result.predictions, result.validation) == (reason, {}, {})
    assert events == [BaselineEnded("slow", None, 110.0, reason)]


def test_the_total_grows_by_the_methods_own_law(clock: Clock, methods: Any) -> None:
    methods["pairs"] = timed(clock, 0.01, work=lambda known, asked: float(known * asked))
    (result,) = run(["pairs"], allowance=Allowance(100.0))
    # 40 x 10 pairs take 4 s, twice, 80 x 20 take 16 s, 100 x 50 + 150 x 50 pairs 125 s
    assert result.left_out == "would take about 3m; its share of the budget has 76s left"


def test_a_slow_first_fit_is_not_held_against_a_method(clock: Clock, methods: Any) -> None:
    methods["imports"] = timed(clock, 0.1, first=20.0)
    (result,) = run(["imports"], allowance=Allowance(61.0))
    assert result.left_out == "" and result.seconds == pytest.approx(20.0 + 0.1 * 405)


def test_a_small_sample_that_says_too_slow_is_followed_by_a_larger(
    clock: Clock, methods: Any
) -> None:
    calls: list[tuple[int, int]] = []
    costly = timed(clock, 0.0, calls=calls)

    def fit(known: Any, before: Any) -> Any:
        clock.now += 1.0  # whatever the number of examples
        return costly.fit(known)

    methods["overhead"] = SimpleNamespace(fit=fit)
    (result,) = run(["overhead"], problem(4000, 100, 100), Allowance(100.0))
    # 8,300 examples at 1 s per 50 would take 166 s; at 1 s per 100, 83 s
    assert calls[:5] == [(4, 1), (40, 10), (40, 10), (80, 20), (4000, 100)]
    assert result.left_out == ""


def test_a_sample_that_says_too_slow_because_it_was_the_first_is_tried_once_more(
    clock: Clock, methods: Any
) -> None:
    calls: list[tuple[int, int]] = []
    costly = timed(clock, 0.1, calls=calls)

    def fit(known: Any, before: Any) -> Any:
        clock.now += 10.0 if len(known) == 40 and len(calls) == 1 else 0.0  # to clear its memory
        return costly.fit(known)

    methods["clearing"] = SimpleNamespace(fit=fit)
    (result,) = run(["clearing"], allowance=Allowance(100.0))
    # 350 examples would take 105 s at 15 s for 50; at 5 s they take 35 s
    assert calls == [(4, 1), (40, 10), (40, 10), (100, 50), (150, 50)]
    assert result.left_out == ""


def test_a_method_may_know_how_long_examples_are(clock: Clock, methods: Any) -> None:
    methods["steps"] = SimpleNamespace(
        fit=timed(clock, 0.01).fit, work_by_steps=lambda known, asked, steps: known * steps
    )
    turn = runner.Turn("steps", methods["steps"], problem())
    assert turn.work(Portion([], [], (3, 100), 7.0)) == 21.0


def test_the_larger_sample_takes_only_a_little_of_the_time(clock: Clock, methods: Any) -> None:
    calls: list[tuple[int, int]] = []
    methods["slow"] = timed(clock, 0.2, calls=calls)
    run(["slow"], problem(4000, 100, 100), Allowance(100.0))
    # the same 50 examples take 10 s once more; the next 100 would take 20 of 79 s
    assert calls == [(4, 1), (40, 10), (40, 10)]
    calls.clear()
    clock.now = 0.0
    run(["slow"], problem(4000, 100, 100), Allowance(60.0))
    assert calls == [(4, 1), (40, 10)]  # not even those: 10 of 49 s


def test_the_cheaper_run_first_and_only_the_costlier_is_left_out(
    clock: Clock, methods: Any
) -> None:
    methods["costlier"], methods["cheaper"] = timed(clock, 1.0), timed(clock, 0.5)
    results = run(["costlier", "cheaper"], allowance=Allowance(500.0))
    assert [bool(result.left_out) for result in results] == [True, False]


def test_what_an_ensemble_takes_in_comes_before_time_goes_to_learn_what_others_cost(
    clock: Clock, methods: Any
) -> None:
    methods["others"] = timed(clock, 0.1)
    methods["wanted"] = timed(clock, 1.0, horizons_seen=len)
    results = run(["others", "wanted"], allowance=Allowance(410.0))  # 405 with the samples
    assert [bool(result.left_out) for result in results] == [True, False]


def test_a_method_slower_than_its_sample_is_given_up_on_the_way(clock: Clock, methods: Any) -> None:
    calls: list[tuple[int, int]] = []
    methods["tiring"] = timed(clock, 0.001, calls=calls)
    methods["tiring"].work = lambda known, asked: 1.0
    (result,) = run(["tiring"], allowance=Allowance(0.3))
    # by its own word the second part takes no longer than the first: 0.15 s
    assert calls[-1] == (100, 50)
    assert result.left_out == "would take about 1s; its share of the budget has 0s left"
    assert result.predictions == {}


def test_what_costs_next_to_nothing_runs_even_after_the_deadline(
    clock: Clock, methods: Any
) -> None:
    methods["free"] = timed(clock, 1.0, ALWAYS=True)
    methods["costly"] = timed(clock, 0.01)
    events: list[Event] = []
    results = run(["costly", "free"], None, Allowance(-1.0), events.append)
    assert [result.left_out for result in results] == ["no time was left", ""]
    assert events[1] == BaselineEnded("costly", None, 0.0, "no time was left")


@pytest.mark.parametrize("sizes", [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1), (3, 1, 2)])
def test_few_examples_are_all_predicted(
    clock: Clock, methods: Any, sizes: tuple[int, int, int]
) -> None:
    methods["costly"] = timed(clock, 0.01)
    (result,) = run(["costly"], problem(*sizes), Allowance(100.0))
    assert [len(each) for each in result.predictions.values()] == list(sizes[1:])


def test_a_method_that_breaks_is_left_out_and_not_tried_again(clock: Clock, methods: Any) -> None:
    calls: list[int] = []

    def fit(*_: object) -> Any:
        calls.append(1)
        raise ZeroDivisionError("by nought")

    methods["broken"], methods["sound"] = SimpleNamespace(fit=fit), timed(clock, 0.0)
    broken, sound = run(["broken", "sound"])
    assert broken.left_out == "failed: ZeroDivisionError: by nought"
    assert (calls, sound.left_out) == ([1], "")


def test_a_wrong_answer_is_left_out(methods: Any) -> None:
    methods["wrong"] = SimpleNamespace(fit=lambda *_: lambda asked: np.zeros((2, 2)))
    (result,) = run(["wrong"], problem(1, 1, 1))
    reason = "answered with shape (2, 2), expected (1,)"
    assert result.left_out == f"failed: ValueError: {reason}"


def test_warnings_of_a_method_do_not_reach_the_user(methods: Any) -> None:
    def fit(known: Any, before: Any) -> Any:
        warnings.warn("did not converge", UserWarning, stacklevel=1)
        return lambda asked: asked

    methods["loud"] = SimpleNamespace(fit=fit)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        (result,) = run(["loud"])
    assert (heard, result.left_out) == ([], "")


def test_an_unknown_method_is_refused(methods: Any) -> None:
    with pytest.raises(RecipeError, match="unknown baseline"):
        run(["naif"])


def test_a_model_goes_on_from_portion_to_portion_and_says_what_it_chose(methods: Any) -> None:
    class Model(SimpleNamespace):
        def __call__(self, asked: np.ndarray) -> np.ndarray:
            return asked

    def fit(known: np.ndarray, before: Any) -> Model:
        return Model(detail="order 3" if before is None else f"{before.detail} again")

    methods["counts"] = SimpleNamespace(fit=fit)
    (result,) = run(["counts"])
    assert result.detail == "order 3 again"  # samples are no portions


def test_an_ensemble_takes_in_what_may_be_blended(clock: Clock, methods: Any) -> None:
    methods["one"], methods["none"] = timed(clock, 0.0), timed(clock, 0.0, BLENDS=False)
    assert [set(result.predictions) for result in run(["one", "none"])] == [
        {"validation", "test"},
        set(),
    ]
    assert [result.predictions for result in run(["one"], may_blend=False)] == [{}]


def test_a_task_may_look_at_a_fitted_method_before_an_ensemble_takes_it_in(
    clock: Clock, methods: Any
) -> None:
    methods["one"] = timed(clock, 0.0)
    for answer in (True, False):
        asked = replace(problem(), blends=lambda fitted, answer=answer: answer)
        assert [bool(result.predictions) for result in run(["one"], asked)] == [answer]
