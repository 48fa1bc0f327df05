"""The flags of `fit` as a value: into a recipe, and back into words that can be typed."""

from __future__ import annotations

import pytest

from seqtune.errors import UsageError
from seqtune.options import FitOptions, load_recipe, task_name


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


def test_an_unknown_task_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'forecast'"):
        task_name("forcast")
