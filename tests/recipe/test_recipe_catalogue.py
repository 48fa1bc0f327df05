import shutil
from pathlib import Path

import pytest

from seqtune.errors import RecipeError
from seqtune.recipe import catalogue

ROOT = Path(__file__).resolve().parents[2]


def test_the_recipes_of_the_checkout_are_found():
    assert {"forecast/default", "forecast/quick", "forecast/thorough"} <= set(catalogue.names())
    assert {f"classify/{name}" for name in ("default", "quick", "text", "series")} <= set(
        catalogue.names()
    )
    assert catalogue.path("forecast/quick") == catalogue.folder() / "forecast" / "quick.yaml"
    assert catalogue.path("quick", "forecast") == catalogue.path("forecast/quick")
    assert catalogue.path("quick", "classify") == catalogue.path("classify/quick")
    assert catalogue.path("thorough") == catalogue.path("forecast/thorough")


def test_recipes_inside_the_package_go_before_those_beside_it(tmp_path, monkeypatch):
    package = tmp_path / "seqtune"
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes")
    package.mkdir()
    monkeypatch.setattr(catalogue, "_PACKAGE", package)
    assert catalogue.folder() == tmp_path / "recipes"
    (package / "recipes").mkdir()
    assert catalogue.folder() == package / "recipes"


@pytest.mark.parametrize("name", catalogue.names())
def test_summaries_fit_a_terminal_of_80_columns(name):
    summary = catalogue.summary(name)
    assert summary.endswith(".")
    width = max(len(other) for other in catalogue.names())
    assert width + 2 + len(summary) <= 80


def test_an_unknown_name_gets_the_nearest(monkeypatch):
    with pytest.raises(RecipeError, match=r"did you mean 'forecast/thorough'\?") as caught:
        catalogue.path("througho", "forecast")
    assert caught.value.hint == "seqtune recipes list"


def test_a_short_name_of_several_tasks_has_to_be_told_apart(monkeypatch):
    known = {"a/default": Path("a"), "b/default": Path("b"), "b/quick": Path("c")}
    monkeypatch.setattr(catalogue, "_paths", lambda: known)
    assert catalogue.full_name("quick") == "b/quick"
    assert catalogue.full_name("default", "b") == "b/default"
    with pytest.raises(RecipeError, match="is ambiguous: a/default, b/default"):
        catalogue.full_name("default")
