"""What the oracles propose: the portfolio first, then whole configurations inside the space."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from seqtune.errors import SearchError
from seqtune.recipe.dimension import Dimension
from seqtune.recipe.load import Recipe
from seqtune.search.oracle import ORACLES, RANDOM_POINTS, Oracle, Proposal

BUILT = "network.architecture"


def choice(path: str, *choices: Any, when: tuple[str, str] | None = None) -> Dimension:
    kind = "choice" if len(choices) > 1 else "fixed"
    return Dimension(path, kind, choices, default=choices[0], when=when)


SPACE = [
    choice(BUILT, "segment", "stacked"),
    choice("network.segment.length", 6, 12, when=(BUILT, "segment")),
    choice("network.stacked.bidirectional", False, True, when=(BUILT, "stacked")),
    choice("network.cell", "gru"),
    Dimension("network.layers", "int", minimum=1, maximum=3, step=1, default=2),
    Dimension("network.units", "int", minimum=8, maximum=64, log=True, default=23),
    Dimension("rate", "float", minimum=0.001, maximum=0.1, log=True, default=0.01),
    Dimension("dropout", "float", minimum=0.0, maximum=0.4, step=0.1, default=0.2),
]
SMALL = [choice("network.cell", "gru", "lstm"), choice("both_ways", False, True)]
FIRST = {BUILT: "stacked", "network.stacked.bidirectional": True, "rate": 0.0123}
SECOND = {BUILT: "segment", "network.segment.length": 12, "network.units": 40}

kinds = pytest.mark.parametrize("kind", list(ORACLES))


def oracle_of(
    folder: Path,
    kind: str,
    space: list[Dimension] = SPACE,
    portfolio: tuple[Mapping[str, Any], ...] = (),
    seed: int = 0,
    trials: int | None = None,
) -> Oracle:
    return Oracle(
        kind,
        space,
        portfolio,
        metric="mase",
        direction="min",
        seed=seed,
        trials=trials,
        folder=folder / "oracle",
    )


def proposals(oracle: Oracle, count: int) -> list[Proposal]:
    """Ask so often, or until nothing is left, and tell a score each time."""
    found = []
    for number in range(count):
        proposal = oracle.ask()
        if proposal is None:
            break
        found.append(proposal)
        oracle.tell(proposal.trial, 1.0 + (number * 7 % 5) / 10)
    return found


@kinds
def test_every_proposal_is_whole_and_inside_the_space(tmp_path: Path, kind: str) -> None:
    found = proposals(oracle_of(tmp_path, kind), 12)
    assert [each.trial for each in found] == [f"t{number:03d}" for number in range(1, 13)]
    for proposal in found:
        assert list(proposal.values) == [dimension.path for dimension in SPACE]
        for dimension in SPACE:
            assert dimension.contains(proposal.values[dimension.path]), dimension.path


@kinds
def test_an_option_varies_under_its_parent_alone(tmp_path: Path, kind: str) -> None:
    for proposal in proposals(oracle_of(tmp_path, kind), 12):
        for dimension in SPACE:
            if dimension.when and proposal.values[dimension.when[0]] != dimension.when[1]:
                assert proposal.values[dimension.path] == dimension.default


@kinds
def test_the_portfolio_comes_first_and_whole(tmp_path: Path, kind: str) -> None:
    found = proposals(oracle_of(tmp_path, kind, portfolio=(FIRST, SECOND, dict(FIRST))), 8)
    assert len(found) == 8
    assert found[0].values == {d.path: FIRST.get(d.path, d.default) for d in SPACE}
    assert found[1].values == {d.path: SECOND.get(d.path, d.default) for d in SPACE}
    assert found[2].values != found[0].values  # what is alike is tried once
    assert all(d.contains(each.values[d.path]) for each in found for d in SPACE)


@kinds
def test_a_failed_trial_does_not_end_the_search(tmp_path: Path, kind: str) -> None:
    oracle = oracle_of(tmp_path, kind, portfolio=(FIRST,))
    for _ in range(6):
        proposal = oracle.ask()
        assert proposal is not None
        oracle.tell(proposal.trial, None, "the loss became nan in epoch 1")
    proposal = oracle.ask()
    assert proposal is not None
    oracle.tell(proposal.trial, 0.5)


@kinds
def test_the_seed_decides(tmp_path: Path, kind: str) -> None:
    one, same, other = (
        [each.values for each in proposals(oracle_of(tmp_path / folder, kind, seed=seed), 10)]
        for folder, seed in (("a", 0), ("b", 0), ("c", 1))
    )
    assert one == same
    if kind != "grid":
        assert one != other


@pytest.mark.parametrize("kind", ["random", "bayesian", "grid"])
@pytest.mark.parametrize("portfolio", [(), ({"network.cell": "lstm", "both_ways": True},)])
def test_an_exhausted_space_gives_none(
    tmp_path: Path, kind: str, portfolio: tuple[dict[str, Any], ...]
) -> None:
    oracle = oracle_of(tmp_path, kind, SMALL, portfolio)
    found = [tuple(each.values.values()) for each in proposals(oracle, 20)]
    assert sorted(found) == list(product(("gru", "lstm"), (False, True)))
    assert oracle.ask() is None


def test_a_bayesian_search_repeats_nothing(tmp_path: Path) -> None:
    """Go on past its first random proposals, until every configuration was tried."""
    space = [choice(name, 1, 2, 3) for name in ("a", "b", "c")]
    found = [
        tuple(each.values.values())
        for each in proposals(oracle_of(tmp_path, "bayesian", space), 40)
    ]
    assert sorted(found) == list(product((1, 2, 3), repeat=3))


@kinds
def test_a_space_of_one_gives_one(tmp_path: Path, kind: str) -> None:
    oracle = oracle_of(tmp_path, kind, [choice("network.cell", "gru")], ({"network.cell": "gru"},))
    assert [each.values for each in proposals(oracle, 5)] == [{"network.cell": "gru"}]


@kinds
def test_no_more_trials_than_allowed(tmp_path: Path, kind: str) -> None:
    assert len(proposals(oracle_of(tmp_path, kind, portfolio=(FIRST,), trials=3), 20)) == 3


def test_several_trials_may_be_under_way(tmp_path: Path) -> None:
    oracle = oracle_of(tmp_path, "bayesian", portfolio=(FIRST,))
    asked = [oracle.ask() for _ in range(4)]
    for proposal in reversed(asked):
        assert proposal is not None
        oracle.tell(proposal.trial, 1.0)
    assert oracle.ask() is not None


def test_telling_of_a_trial_that_nobody_asked_for_is_ignored(tmp_path: Path) -> None:
    oracle = oracle_of(tmp_path, "random")
    oracle.tell("t099", 1.0)
    proposal = oracle.ask()
    assert proposal is not None and proposal.trial == "t001"


def test_a_random_search_learns_nothing_but_a_bayesian_one_does(tmp_path: Path) -> None:
    """Show that scores reach the oracle: with them reversed it goes elsewhere."""

    def told(folder: str, kind: str, sign: float) -> list[dict[str, Any]]:
        oracle = oracle_of(tmp_path / folder, kind, [SPACE[6]])
        values = []
        for _ in range(RANDOM_POINTS + 2):
            proposal = oracle.ask()
            assert proposal is not None
            values.append(proposal.values)
            oracle.tell(proposal.trial, sign * float(proposal.values["rate"]))
        return values

    assert told("a", "random", 1) == told("b", "random", -1)
    assert told("c", "bayesian", 1) != told("d", "bayesian", -1)


def test_the_state_is_kept_in_its_folder(tmp_path: Path) -> None:
    proposals(oracle_of(tmp_path, "bayesian"), 2)
    assert (tmp_path / "oracle" / "oracle.json").is_file()
    assert not list(tmp_path.rglob("*.pkl"))


def test_an_unknown_oracle_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="did you mean 'bayesian'"):
        oracle_of(tmp_path, "baysian")


@pytest.mark.parametrize("name", ["quick", "default", "thorough"])
def test_every_shipped_recipe_can_be_searched(tmp_path: Path, name: str) -> None:
    recipe = Recipe.load(name, "forecast", ["lookback=[10, 20]"])
    oracle = oracle_of(
        tmp_path,
        recipe.values.search.oracle,
        recipe.dimensions(),
        tuple(recipe.portfolio()),
    )
    found = proposals(oracle, len(recipe.portfolio()) + 2)
    assert len(found) == len(recipe.portfolio()) + 2
    for entry, proposal in zip(recipe.portfolio(), found, strict=False):
        assert proposal.values.items() >= entry.items()


def ended(oracle: Oracle, count: int) -> list[tuple[str, dict[str, Any], float]]:
    trials = []
    for number in range(count):
        proposal = oracle.ask()
        assert proposal is not None
        oracle.tell(proposal.trial, float(number))
        trials.append((proposal.trial, proposal.values, float(number)))
    return trials


@kinds
def test_a_replayed_oracle_goes_on_like_the_first(tmp_path: Path, kind: str) -> None:
    first = oracle_of(tmp_path / "first", kind, portfolio=(FIRST, SECOND))
    trials = ended(first, 4)
    second = oracle_of(tmp_path / "second", kind, portfolio=(FIRST, SECOND))
    assert second.replay(trials)
    assert second.ask() == first.ask()


def test_an_oracle_that_cannot_be_replayed_gives_no_name_twice(tmp_path: Path) -> None:
    trials = ended(oracle_of(tmp_path / "first", "random"), 3)
    other = oracle_of(tmp_path / "second", "random", seed=5)
    assert not other.replay(trials)
    proposal = other.ask()
    assert proposal is not None and proposal.trial == "t004"
