"""The flags of `fit` as a value: into a recipe, and back into words that can be typed."""

from __future__ import annotations

import pytest

from seqtune.errors import UsageError
from seqtune.workflow.options import FitOptions, help_of, load_recipe, task_name


def test_flags_are_typed_again_as_they_were_given() -> None:
    options = FitOptions.of(target=["sales", "visits"], horizon=7, set=("data.missing=[-999]",))
    assert options.words() == [
        *("--set", "data.missing=[-999]"),
        *("--target", "sales", "--target", "visits"),
        *("--horizon", "7"),
    ]
    assert FitOptions.of().words() == []


def test_flags_stand_in_the_recipe() -> None:
    options = FitOptions.of(target=["sales"], past=("price",), budget="90s", seed=3)
    recipe = load_recipe("forecasting", options)
    assert recipe.get("data.target") == "sales"
    assert recipe.get("data.past") == ("price",)
    assert (recipe.get("search.budget"), recipe.get("seed")) == ("90s", 3)


def test_quantiles_are_ordered_and_the_median_is_among_them() -> None:
    options = FitOptions.of(quantiles="0.95, 0.05")
    assert load_recipe("forecast", options).get("quantiles") == (0.05, 0.5, 0.95)
    assert options.notes("forecast") == [
        "the median, quantile 0.5, is forecast too: the point forecast is the median"
    ]
    options = FitOptions.of(quantiles=[0.1, 0.5, 0.9, 0.1])
    assert load_recipe("forecast", options).get("quantiles") == (0.1, 0.5, 0.9)
    assert options.notes("forecast") == FitOptions.of().notes("forecast") == []
    assert options.words() == ["--quantiles", "0.1,0.5,0.9,0.1"]


@pytest.mark.parametrize("given", ["0.1,x", "", "0,0.5", "0.5,1", "10,90", []])
def test_quantiles_that_are_none(given: str | list[float]) -> None:
    with pytest.raises(UsageError, match="expected numbers between 0 and 1") as told:
        load_recipe("forecast", FitOptions.of(quantiles=given))
    assert told.value.hint == "--quantiles 0.05,0.5,0.95"


def test_an_unknown_task_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'forecast'"):
        task_name("forcast")


def test_a_flag_sets_the_key_that_its_task_names() -> None:
    options = FitOptions.of(target=["sales"], past="price")
    assert load_recipe("classify", options).get("data.label") == "sales"
    assert load_recipe("classify", options).get("data.channels") == ("price",)


def test_a_flag_that_the_task_does_not_take_names_those_that_do() -> None:
    with pytest.raises(UsageError, match="generate has no flag --horizon; forecast has it"):
        load_recipe("generate", FitOptions.of(horizon=3))
    with pytest.raises(UsageError, match="forecast, tag and translate have it"):
        load_recipe("generate", FitOptions.of(time="t"))


def test_an_unknown_flag_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'horizon'"):
        FitOptions.of(horizn=3)


def test_help_says_which_tasks_take_a_flag() -> None:
    assert help_of("horizon") == "Number of steps to forecast (forecast)."
    assert help_of("text") == "Column of texts (classify, generate). Column of tokens (tag)."
    assert help_of("seed") == "Seed of all random numbers."


def test_numbers_of_workers_are_numbers() -> None:
    assert load_recipe("forecast", FitOptions.of(workers="2")).get("search.workers") == 2
    assert load_recipe("forecast", FitOptions.of(workers="auto")).get("search.workers") == "auto"
