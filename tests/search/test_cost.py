"""What trials cost, and that a search looks for improvement per cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from seqtune.errors import RunError
from seqtune.recipe.dimension import Dimension
from seqtune.search.oracle import ORACLES, Oracle, Proposal
from seqtune.search.oracles.bayesian import RANDOM_POINTS
from seqtune.search.oracles.cost import COMPILING, MIN_COSTS, STARTING, Cost
from seqtune.search.oracles.gaussian_process import GaussianProcess

CELL, UNITS, RATE = "network.cell", "network.units", "training.learning_rate"
SPACE = [
    Dimension(CELL, "choice", ("gru", "lstm"), default="gru"),
    Dimension(UNITS, "int", minimum=8, maximum=256, log=True, default=64),
    Dimension(RATE, "float", minimum=0.001, maximum=0.1, log=True, default=0.01),
]
Values = Mapping[str, Any]


def signature(values: Values) -> str:
    """Return what all configurations share that differ in their learning rate alone."""
    return f"{values[CELL]} {values[UNITS]}"


def draw() -> np.random.Generator:
    return np.random.default_rng(0)


def cost_of(*known: Values) -> Cost:
    cost = Cost([1], lambda values: str(values["units"]))
    for values in known:
        cost.remember(values)
    return cost


def test_before_any_trial_a_program_that_is_there_makes_the_difference() -> None:
    cost = cost_of({"units": 8})
    found = cost.expected(np.array([[0.0], [1.0]]), [{"units": 8}, {"units": 64}])
    assert found.tolist() == [STARTING, COMPILING]


def test_trials_that_cost_the_same_let_all_cost_that_and_the_setup() -> None:
    cost = cost_of({"units": 8})
    features = np.array([[0.0], [0.5], [1.0]])
    cost.learn(features, np.full(3, 5e11), draw())
    found = cost.expected(features[:2], [{"units": 8}, {"units": 16}])
    assert found == pytest.approx([5e11 + STARTING, 5e11 + COMPILING], rel=1e-6)


def test_of_fewer_trials_nothing_is_learnt() -> None:
    cost = cost_of({"units": 8})
    features = np.linspace(0, 1, MIN_COSTS - 1)[:, None]
    cost.learn(features, np.full(len(features), 5e11), draw())
    assert cost.expected(features[:1], [{"units": 8}]).tolist() == [STARTING]
    cost.learn(np.empty((0, 0)), np.empty(0), draw())
    assert cost.expected(features[:1], [{"units": 8}]).tolist() == [STARTING]


def test_what_cost_more_is_expected_to_cost_more_between_trials_too() -> None:
    cost = cost_of()
    features = np.linspace(0, 1, 6)[:, None]
    cost.learn(features, 10.0 ** (11 + 2 * features[:, 0]), draw())
    between = np.array([[0.1], [0.5], [0.9]])
    found = cost.expected(between, [{"units": 1}] * 3) - COMPILING
    assert np.log10(found) == pytest.approx([11.2, 12.0, 12.8], abs=0.2)


@pytest.mark.parametrize("costs", [[0.0, 0.0, 0.0], [0.0, 1e300, 1e12], [1e308] * 3])
def test_costs_without_measure_stay_finite(costs: list[float]) -> None:
    cost = cost_of()
    features = np.array([[0.0], [0.5], [1.0]])
    cost.learn(features, np.array(costs), draw())
    assert np.isfinite(cost.expected(features, [{"units": 1}] * 3)).all()


def oracle_of(
    seed: int = 0, has_signature: bool = True, kind: str = "bayesian", **options: Any
) -> Oracle:
    return Oracle(
        kind, SPACE, (), metric="mase", direction="min", seed=seed, trials=None,
        signature=signature if has_signature else None, **options,
    )  # fmt: skip


def ask(oracle: Oracle, remaining: float = 1.0) -> Proposal:
    proposal = oracle.ask(remaining)
    assert isinstance(proposal, Proposal)
    return proposal


def score_of(values: Values) -> float:
    """Return the distance from 64 units and a rate of 0.01, in powers of ten."""
    return float(abs(np.log10(values[UNITS] / 64)) + abs(np.log10(values[RATE] / 0.01)))


def by_units(values: Values) -> float:
    return 1e10 * float(values[UNITS]) ** 2


def searched(cost: Callable[[Values], float], **options: Any) -> Oracle:
    """Return an oracle after its random trials, whose costs it has heard in the end."""
    oracle = oracle_of(**options)
    found = []
    for _ in range(RANDOM_POINTS + 3):
        found.append(ask(oracle))
        oracle.tell(found[-1].trial, score_of(found[-1].values))
    for each in found:
        oracle.tell(each.trial, score_of(each.values), cost=cost(each.values))
    return oracle


@pytest.fixture
def all_improve_equally(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expect the same improvement everywhere."""
    monkeypatch.setattr(
        GaussianProcess, "improvement", lambda self, features: np.ones(len(features))
    )


@pytest.mark.usefixtures("all_improve_equally")
@pytest.mark.parametrize("seed", range(3))
def test_of_configurations_that_promise_as_much_the_cheapest_is_proposed(seed: int) -> None:
    assert ask(searched(by_units, seed=seed)).values[UNITS] <= 16
    dear = searched(lambda values: 1e16 / float(values[UNITS]) ** 2, seed=seed)
    assert ask(dear).values[UNITS] >= 64


@pytest.mark.usefixtures("all_improve_equally")
@pytest.mark.parametrize("seed", range(3))
def test_a_configuration_whose_program_is_compiled_is_cheaper(seed: int) -> None:
    oracle = searched(lambda values: 1e9, seed=seed)
    begun = {signature(trial.hyperparameters.values) for trial in oracle._oracle.trials.values()}
    assert signature(ask(oracle).values) in begun


@pytest.mark.parametrize("seed", range(3))
def test_in_the_end_it_does_not_matter_what_a_trial_costs(seed: int) -> None:
    dear = searched(lambda values: 1e16 / float(values[UNITS]) ** 2, seed=seed)
    cheap = searched(by_units, seed=seed)
    for remaining in (0.0, -0.5, 0.04):
        asked = [(oracle, ask(oracle, remaining)) for oracle in (dear, cheap)]
        assert asked[0][1].values == asked[1][1].values
        for oracle, proposal in asked:
            oracle.tell(proposal.trial, 1.0)


def test_the_more_time_is_left_the_more_costs_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 8 to 256 units the improvement grows by 10, and the cost by 1024: to the 0.1, by 2."""
    monkeypatch.setattr(GaussianProcess, "improvement", lambda self, features: 10 ** features[:, 1])
    oracle = searched(by_units)
    assert ask(oracle, 1.0).values[UNITS] <= 16
    assert ask(oracle, 0.1).values[UNITS] >= 128


def test_the_share_of_time_counts_in_tenths() -> None:
    """So the clock has no say in a search by trials that ends long before its time."""
    assert ask(searched(by_units), 0.96) == ask(searched(by_units), 1.04)


def test_without_a_signature_costs_do_not_count() -> None:
    dear = searched(lambda values: 1e16 / float(values[UNITS]) ** 2, has_signature=False)
    cheap = searched(by_units, has_signature=False)
    assert ask(dear).values == ask(cheap).values


def test_at_random_the_cheap_is_drawn_more_often() -> None:
    units = {}
    for name, cost in (("cheap", by_units), ("dear", lambda values: 1e16 / by_units(values))):
        found = []
        for seed in range(6):
            oracle = oracle_of(seed)
            for number in range(RANDOM_POINTS):
                proposal = ask(oracle)
                found += [proposal.values[UNITS]] if number >= MIN_COSTS else []
                oracle.tell(proposal.trial, 1.0, cost=cost(proposal.values))
        units[name] = float(np.median(found))
    assert units["cheap"] < units["dear"]


def test_a_trial_that_failed_or_was_not_counted_has_no_cost() -> None:
    oracle = oracle_of()
    for score, cost in ((None, 5e10), (1.0, None), (1.0, 5e10)):
        oracle.tell(ask(oracle).trial, score, cost=cost)
    assert costs_of(oracle) == [5e10]


def test_a_trial_that_trained_on_has_its_whole_cost() -> None:
    oracle = oracle_of()
    trial = ask(oracle).trial
    oracle.tell(trial, 1.0, cost=1e10)
    oracle.tell(trial, 0.9, cost=3e10)
    assert costs_of(oracle) == [3e10]


def proposals(oracle: Oracle, count: int) -> list[Values]:
    found = []
    for number in range(count):
        proposal = ask(oracle, 1.0 - number / count)
        found.append(proposal.values)
        oracle.tell(proposal.trial, score_of(proposal.values), cost=by_units(proposal.values))
    return found


def costs_of(oracle: Oracle) -> list[float]:
    """Return what each trial that was scored has cost, as the state has it."""
    trials = oracle.state()["oracle"]["trials"]
    return [trial["cost"] for trial in trials if trial["cost"] is not None]


def reborn(oracle: Oracle) -> Oracle:
    """Return another oracle that went through a file."""
    other = oracle_of(seed=77, kind=oracle._kind)
    other.restore(json.loads(json.dumps(oracle.state(), allow_nan=False)))
    return other


def test_one_seed_and_one_history_give_the_same_proposals() -> None:
    first, second, other = (proposals(oracle_of(seed), 14) for seed in (1, 1, 2))
    assert first == second != other


@pytest.mark.parametrize("kind", list(ORACLES))
def test_costs_survive_a_file(kind: str) -> None:
    oracle = oracle_of(kind=kind)
    proposals(oracle, 4)
    costs = costs_of(oracle)
    assert len(costs) == 4
    assert costs_of(reborn(oracle)) == costs


def test_an_oracle_that_went_through_a_file_proposes_what_the_other_does() -> None:
    steady = oracle_of(seed=5)
    unsteady = oracle_of(seed=5)
    for number in range(14):
        remaining = 1 - number / 14
        proposal = ask(steady, remaining)
        assert ask(unsteady, remaining) == proposal
        for oracle in (steady, unsteady):
            oracle.tell(proposal.trial, score_of(proposal.values), cost=by_units(proposal.values))
        unsteady = reborn(unsteady)


@pytest.mark.parametrize("kind", list(ORACLES))
@pytest.mark.parametrize(
    "cost", [7, "x", [], [1.0], -1.0, True, float("inf"), float("nan")], ids=str
)
def test_a_damaged_cost_is_refused_and_leaves_the_oracle_as_it_was(kind: str, cost: Any) -> None:
    oracle = oracle_of(kind=kind)
    proposals(oracle, 4)
    state = json.loads(json.dumps(oracle.state()))
    kept = json.dumps(oracle.state())
    state["oracle"]["trials"][0]["cost"] = cost
    with pytest.raises(RunError, match="the state of the search is damaged"):
        oracle.restore(state)
    assert json.dumps(oracle.state()) == kept


def test_a_trial_under_way_has_no_cost() -> None:
    oracle = oracle_of()
    oracle.ask()
    state = json.loads(json.dumps(oracle.state()))
    state["oracle"]["trials"][0]["cost"] = 1e10
    with pytest.raises(RunError, match=r"a trial that is RUNNING cannot cost 1"):
        oracle.restore(state)


def shared(found: list[Values]) -> int:
    """Return how many configurations run the program of an earlier one."""
    return len(found) - len({signature(values) for values in found})


def test_with_signatures_more_trials_run_a_program_that_is_there() -> None:
    with_them, without = (
        sum(shared(proposals(oracle_of(seed, has_signature), 20)) for seed in range(3))
        for has_signature in (True, False)
    )
    assert with_them > without + 3
