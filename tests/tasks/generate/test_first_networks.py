"""The first networks of a search, fitted to the time that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqtune.data.reading.texts import read_texts
from seqtune.progress import Assumption, Event
from seqtune.recipe.load import Recipe
from seqtune.runtime.devices import Machine
from seqtune.tasks.generate import first_networks
from seqtune.tasks.generate.sizing import Room, dropout_for
from seqtune.tasks.generate.task import TASK

TEXT = "Once upon a time there was a cat, and the cat sat on a mat.\n" * 40


@pytest.fixture
def on_two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_networks, "machine", lambda: Machine((0, 1)))
    monkeypatch.setattr(first_networks, "has_nvidia_gpu", lambda: False)


def prepared_recipe(folder: Path, budget: str, *changes: str) -> tuple[Recipe, list[Event]]:
    path, heard = folder / "tale.txt", list[Event]()
    path.write_text(TEXT, encoding="utf-8")
    recipe = Recipe.load("generate/characters", "generate", changes, {"search.budget": budget})
    return TASK.prepare(read_texts(path), recipe, heard.append)[1], heard


def taken(recipe: Recipe, *names: str) -> list[object]:
    return [recipe.values.portfolio[0][name] for name in names]


@pytest.mark.usefixtures("on_two_cores")
def test_a_network_that_has_all_the_time_is_not_stopped_while_its_rate_is_high(
    tmp_path: Path,
) -> None:
    # 2,160 characters of training; 2 x 256 units take 5.2e6 operations for each: of two cores
    # 0.02 * 0.8 s are enough to read 0.3 of them
    recipe, heard = prepared_recipe(tmp_path, "0.02s")
    names = ("network.units", "network.dropout", "training.batch_size")
    assert taken(recipe, *names) == [256, 0.0, 32]
    assert recipe.get("training.patience") == recipe.get("training.steps") == 40000
    assert (recipe.get("search.pause"), recipe.get("search.trial_share")) == (0.99, 1.0)
    assert "one long run" in [each.taken for each in heard if isinstance(each, Assumption)]


@pytest.mark.usefixtures("on_two_cores")
def test_where_there_is_time_for_several_the_widest_begins_and_patience_counts(
    tmp_path: Path,
) -> None:
    recipe, _ = prepared_recipe(tmp_path, "60s")
    assert taken(recipe, "network.units", "network.dropout") == [512, 0.2]
    assert (recipe.get("training.patience"), recipe.get("search.pause")) == (20, 0.08)


@pytest.mark.usefixtures("on_two_cores")
def test_what_the_user_has_settled_is_taken(tmp_path: Path) -> None:
    changes = ("network.dropout=0.35", "training.batch_size=5", "network.units=20")
    recipe, _ = prepared_recipe(tmp_path, "60s", *changes)
    names = ("network.units", "network.dropout", "training.batch_size")
    assert taken(recipe, *names) == [20, 0.35, 5]


def test_what_is_read_often_is_learnt_by_heart_without_dropout() -> None:
    assert [dropout_for(passes) for passes in (1, 5.9, 6, 14, 100)] == [0.0, 0.0, 0.1, 0.2, 0.2]


def test_passes_by_hand() -> None:
    values = {
        "network.units": 10, "network.layers": 2, "network.embedding": 5, "network.tied": False,
        "network.cell": "lstm", "network.architecture": "stateful",
    }  # fmt: skip
    # (40 * 15 + 40 * 20 + 10 * 7) * 6 = 8,820 operations a token, of 1,000 tokens
    assert Room(8.82, 2).passes(values, 1000, 7) == pytest.approx(2 * 1e11 / 1e6)
