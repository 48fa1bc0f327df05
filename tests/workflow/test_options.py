"""The flags of `fit` as a value: into a recipe, and back into words that can be typed."""

from __future__ import annotations

import pytest

from seqtune.errors import UsageError
from seqtune.workflow.options import FitOptions, load_recipe, task_name


def test_flags_are_typed_again_as_they_were_given() -> None:
    options = FitOptions(target=["sales", "visits"], horizon=7, set=("data.missing=[-999]",))
    assert options.words() == [
        *("--set", "data.missing=[-999]"),
        *("--target", "sales", "--target", "visits"),
        *("--horizon", "7"),
    ]
    assert FitOptions().words() == []


def test_flags_stand_in_the_recipe() -> None:
    options = FitOptions(target=["sales"], past=("price",), budget="90s", seed=3)
    recipe = load_recipe("forecasting", options)
    assert recipe.get("data.target") == "sales"
    assert recipe.get("data.past") == ("price",)
    assert (recipe.get("search.budget"), recipe.get("seed")) == ("90s", 3)


def test_quantiles_are_ordered_and_the_median_is_among_them() -> None:
    options = FitOptions(quantiles="0.95, 0.05")
    assert load_recipe("forecast", options).get("quantiles") == (0.05, 0.5, 0.95)
    assert options.notes == [
        "the median, quantile 0.5, is forecast too: the point forecast is the median"
    ]
    options = FitOptions(quantiles=[0.1, 0.5, 0.9, 0.1])
    assert load_recipe("forecast", options).get("quantiles") == (0.1, 0.5, 0.9)
    assert options.notes == FitOptions().notes == []
    assert options.words() == ["--quantiles", "0.1,0.5,0.9,0.1"]


@pytest.mark.parametrize("given", ["0.1,x", "", "0,0.5", "0.5,1", "10,90", []])
def test_quantiles_that_are_none(given: str | list[float]) -> None:
    with pytest.raises(UsageError, match="expected numbers between 0 and 1") as told:
        load_recipe("forecast", FitOptions(quantiles=given))
    assert told.value.hint == "--quantiles 0.05,0.5,0.95"


def test_an_unknown_task_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'forecast'"):
        task_name("forcast")
