"""What a file asks of the machine is bounded by the machine, and no file names a cluster."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from command_line import TINY, seqtune, weekly

from seqtune.errors import RecipeError
from seqtune.recipe.load import Recipe
from seqtune.runtime.devices import Machine
from seqtune.runtime.workers import shares
from seqtune.workflow.options import FitOptions, load_recipe

ELSEWHERE = "ray://elsewhere:10001"


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """A recipe that names a cluster."""
    path = tmp_path / "theirs.yaml"
    path.write_text(f"task: forecast\nsearch:\n  executor: ray\n  address: {ELSEWHERE}\n")
    return path


@pytest.mark.parametrize("command", ["fit", "plan"])
def test_a_recipe_that_names_a_cluster_is_refused(
    command: str, stranger: Path, tmp_path: Path
) -> None:
    weekly(60).to_csv(tmp_path / "sales.csv", index=False)
    words = ("--task", "forecast", "--recipe", stranger)
    with mock.patch("socket.create_connection", side_effect=AssertionError("it was called")):
        done = seqtune(command, tmp_path / "sales.csv", *words, code=1)
    assert f"search.address: found {ELSEWHERE}, expected auto" in done.err
    assert done.err.endswith(f"hint: if you trust it: --address {ELSEWHERE}\n")


@pytest.mark.parametrize(
    "typed", [{"address": ELSEWHERE}, {"set": [f"search.address={ELSEWHERE}"]}]
)
def test_the_command_line_names_one(typed: dict[str, object], stranger: Path) -> None:
    for recipe in (None, stranger):
        options = FitOptions.of(recipe=recipe, **typed)  # type: ignore[arg-type]
        assert load_recipe("forecast", options).values.search.address == ELSEWHERE


def test_the_cluster_of_a_search_is_not_kept(tmp_path: Path) -> None:
    weekly(60).to_csv(tmp_path / "sales.csv", index=False)
    out = tmp_path / "run"
    words = (*TINY, "--executor", "inline", "--address", ELSEWHERE, "--quiet", "--out", out)
    seqtune("fit", tmp_path / "sales.csv", "--task", "forecast", *words)
    assert "elsewhere" not in (out / "recipe.yaml").read_text()
    again = FitOptions.of(recipe=out / "recipe.yaml")
    assert load_recipe("forecast", again).values.search.address == "auto"
    text = (out / "recipe.yaml").read_text()
    (out / "recipe.yaml").write_text(text.replace("address: auto", f"address: {ELSEWHERE}"))
    with mock.patch("seqtune.workflow.search.open_executor", side_effect=KeyboardInterrupt) as made:
        seqtune("resume", out, "--trials", "2", "--executor", "ray", code=130)
    assert made.call_args.kwargs["search"].address == "auto"
    with mock.patch("seqtune.workflow.search.open_executor", side_effect=KeyboardInterrupt) as made:
        words = ("--trials", "2", "--executor", "ray", "--address", "ray://mine:1")
        seqtune("resume", out, *words, code=130)
    assert made.call_args.kwargs["search"].address == "ray://mine:1"


@pytest.mark.parametrize(
    ("machine", "most"),
    [(Machine((0, 1)), 16), (Machine(tuple(range(4)), gpus=("0",)), 64)],
)
def test_no_more_workers_are_granted_than_a_machine_can_bear(machine: Machine, most: int) -> None:
    plan = shares(machine, 1000)
    assert plan.workers == most
    assert f"{most} at most on this machine, 1000 were asked for" in plan.why
    assert shares(machine, 8).workers == 8


@pytest.mark.parametrize(
    "key",
    [
        *("search.workers=1000000", "search.workers_per_gpu=1000000", "ensemble.size=100000000"),
        *("horizon=100000000", f"quantiles=[{','.join(f'{n / 1000}' for n in range(1, 1000))}]"),
    ],
)
def test_what_no_machine_can_bear_is_no_recipe(key: str) -> None:
    with pytest.raises(RecipeError):
        Recipe.load(None, "forecast", [key])
