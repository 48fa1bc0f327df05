"""What the oracles propose: the portfolio first, then whole configurations inside the space."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import pytest

from seqtune.errors import RunError, SearchError
from seqtune.recipe.dimension import Dimension
from seqtune.recipe.load import Recipe
from seqtune.search.oracle import FORMAT, ORACLES, WAIT, Oracle, Proposal
from seqtune.search.oracles.bayesian import RANDOM_POINTS
from seqtune.search.oracles.gaussian_process import GaussianProcess

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
whole = pytest.mark.parametrize("kind", ["random", "bayesian", "grid"])


def oracle_of(
    kind: str,
    space: list[Dimension] = SPACE,
    portfolio: tuple[Mapping[str, Any], ...] = (),
    seed: int = 0,
    trials: int | None = None,
    direction: str = "min",
) -> Oracle:
    return Oracle(
        kind,
        space,
        portfolio,
        metric="mase",
        direction=direction,
        seed=seed,
        trials=trials,
    )


def score_of(values: Mapping[str, Any]) -> float:
    """Say how good a configuration is, always the same."""
    return sum(len(str(value)) * (number + 1) for number, value in enumerate(values.values())) / 10


def ask(oracle: Oracle) -> Proposal:
    """Ask where a configuration must come."""
    proposal = oracle.ask()
    assert isinstance(proposal, Proposal)
    return proposal


def proposals(oracle: Oracle, count: int) -> list[Proposal]:
    """Ask so often, or until nothing is left, and tell a score each time."""
    found = []
    for _ in range(count):
        proposal = oracle.ask()
        if proposal is None:
            break
        assert isinstance(proposal, Proposal)
        found.append(proposal)
        oracle.tell(proposal.trial, score_of(proposal.values))
    return found


def reborn(oracle: Oracle, **arguments: Any) -> Oracle:
    """Return another oracle that went through a file."""
    other = oracle_of(oracle._kind, **{"seed": 77, **arguments})
    other.restore(json.loads(json.dumps(oracle.state(), allow_nan=False)))
    return other


@kinds
def test_a_space_of_one_gives_one(kind: str) -> None:
    oracle = oracle_of(kind, [choice("network.cell", "gru")], ({"network.cell": "gru"},))
    assert oracle.ask() == Proposal("t001", {"network.cell": "gru"})
    assert oracle.ask() is None
    oracle.tell("t001", 1.0)
    assert oracle.ask() is None


@kinds
def test_every_proposal_is_whole_and_inside_the_space(kind: str) -> None:
    found = proposals(oracle_of(kind), 12)
    assert [each.trial for each in found] == [f"t{number:03d}" for number in range(1, 13)]
    for proposal in found:
        assert list(proposal.values) == [dimension.path for dimension in SPACE]
        for dimension in SPACE:
            assert dimension.contains(proposal.values[dimension.path]), dimension.path


@kinds
def test_an_option_varies_under_its_parent_alone(kind: str) -> None:
    for proposal in proposals(oracle_of(kind), 12):
        for dimension in SPACE:
            if dimension.when and proposal.values[dimension.when[0]] != dimension.when[1]:
                assert proposal.values[dimension.path] == dimension.default


@kinds
def test_values_are_plain(kind: str) -> None:
    for proposal in proposals(oracle_of(kind), 10):
        assert {type(value) for value in proposal.values.values()} <= {str, int, float, bool}


@kinds
def test_the_portfolio_comes_first_and_whole(kind: str) -> None:
    found = proposals(oracle_of(kind, portfolio=(FIRST, SECOND, dict(FIRST))), 8)
    assert len(found) == 8
    assert found[0].values == {d.path: FIRST.get(d.path, d.default) for d in SPACE}
    assert found[1].values == {d.path: SECOND.get(d.path, d.default) for d in SPACE}
    assert found[2].values != found[0].values  # what is alike is tried once
    assert all(d.contains(each.values[d.path]) for each in found for d in SPACE)


@kinds
def test_no_configuration_begins_twice(kind: str) -> None:
    space = [choice(name, 1, 2, 3) for name in ("a", "b")]
    oracle = oracle_of(kind, space, ({"a": 2, "b": 2},))
    begun = [each.values for each in proposals(oracle, 60) if not each.continues]
    assert sorted(tuple(values.values()) for values in begun) == list(product((1, 2, 3), repeat=2))
    assert oracle.ask() is None


@kinds
@pytest.mark.parametrize("portfolio", [(), ({"network.cell": "lstm", "both_ways": True},)])
def test_an_exhausted_space_gives_none(kind: str, portfolio: tuple[dict[str, Any], ...]) -> None:
    oracle = oracle_of(kind, SMALL, portfolio)
    found = {tuple(each.values.values()) for each in proposals(oracle, 40)}
    assert found == set(product(("gru", "lstm"), (False, True)))
    assert oracle.ask() is None


@whole
def test_an_exhausted_space_gives_none_while_trials_are_under_way(kind: str) -> None:
    oracle = oracle_of(kind, SMALL)
    assert len({ask(oracle).trial for _ in range(4)}) == 4
    assert oracle.ask() is None


def test_a_bayesian_search_repeats_nothing() -> None:
    """Go on past its first random proposals, until every configuration was tried."""
    space = [choice(name, 1, 2, 3) for name in ("a", "b", "c")]
    found = [tuple(each.values.values()) for each in proposals(oracle_of("bayesian", space), 40)]
    assert sorted(found) == list(product((1, 2, 3), repeat=3))


@kinds
def test_no_more_trials_than_allowed(kind: str) -> None:
    found = proposals(oracle_of(kind, portfolio=(FIRST,), trials=3), 20)
    assert {each.trial for each in found} == {"t001", "t002", "t003"}
    assert [each.trial for each in found if not each.continues] == ["t001", "t002", "t003"]


@kinds
def test_the_seed_decides(kind: str) -> None:
    one, same, other = (
        [each.values for each in proposals(oracle_of(kind, seed=seed), 10)] for seed in (0, 0, 1)
    )
    assert one == same
    if kind != "grid":
        assert one != other


@kinds
@pytest.mark.parametrize("score", [None, math.nan, math.inf])
def test_a_failed_trial_does_not_end_the_search(kind: str, score: float | None) -> None:
    oracle = oracle_of(kind, portfolio=(FIRST,))
    failed = set()
    for _ in range(8):
        failed.add(ask(oracle).trial)
        oracle.tell(max(failed), score, "the loss became nan in epoch 1")
    assert len(failed) == 8
    for _ in range(8):
        proposal = ask(oracle)
        oracle.tell(proposal.trial, score_of(proposal.values))
        assert proposal.trial not in failed
    assert "NaN" not in json.dumps(oracle.state(), allow_nan=False)


@kinds
def test_several_trials_may_be_under_way(kind: str) -> None:
    oracle = oracle_of(kind, portfolio=(FIRST,))
    for _ in range(4):
        asked = [ask(oracle) for _ in range(4)]
        assert len({each.trial for each in asked}) == 4
        assert len({str(each.values) for each in asked}) == 4
        for proposal in reversed(asked):
            oracle.tell(proposal.trial, 1.0)


@kinds
def test_telling_of_a_trial_that_nobody_asked_for_is_ignored(kind: str) -> None:
    oracle = oracle_of(kind)
    before = oracle.state()
    oracle.tell("t099", 1.0)
    assert oracle.state() == before
    assert ask(oracle).trial == "t001"


@kinds
@pytest.mark.parametrize(("again", "kept"), [(0.5, 0.5), (None, 0.7)])
def test_a_second_score_of_a_trial_counts_but_no_failure(
    kind: str, again: float | None, kept: float
) -> None:
    oracle = oracle_of(kind)
    oracle.tell(ask(oracle).trial, 0.7)
    oracle.tell("t001", again, "stopped")
    assert [trial["score"] for trial in oracle.state()["oracle"]["trials"]] == [kept]
    assert ask(oracle).trial == "t002"


@pytest.mark.parametrize("direction", ["min", "max"])
def test_a_bayesian_search_finds_the_end_of_a_slope(direction: str) -> None:
    oracle = oracle_of("bayesian", [SPACE[6], SPACE[7]], direction=direction)
    rates = []
    for _ in range(RANDOM_POINTS + 10):
        proposal = ask(oracle)
        rates.append(proposal.values["rate"])
        oracle.tell(proposal.trial, math.log(proposal.values["rate"]))
    learnt = sorted(rates[RANDOM_POINTS:], reverse=direction == "max")
    near = [rate < 0.0015 if direction == "min" else rate > 0.07 for rate in learnt]
    assert all(near[:4])  # by chance about one in eleven is


def test_a_random_search_learns_nothing() -> None:
    def told(sign: float) -> list[dict[str, Any]]:
        oracle = oracle_of("random")
        found = []
        for _ in range(6):
            found.append(ask(oracle))
            oracle.tell(found[-1].trial, sign * found[-1].values["rate"])
        return [each.values for each in found]

    assert told(1) == told(-1)


@pytest.mark.parametrize("scores", [[1.0], [1.0, 1.0, 1.0, 1.0, 5.0], [1e300, -1e300, 0.0]])
def test_a_bayesian_search_bears_any_scores(scores: list[float]) -> None:
    oracle = oracle_of("bayesian")
    proposed = set()
    for number in range(RANDOM_POINTS + 6):
        proposal = ask(oracle)
        proposed.add(json.dumps(proposal.values, sort_keys=True))
        oracle.tell(proposal.trial, scores[number % len(scores)])
    assert len(proposed) == RANDOM_POINTS + 6


def position(proposal: Proposal) -> float:
    """Return where the rate of a proposal stands between its ends, 0 to 1."""
    return math.log(proposal.values["rate"] / 0.001) / math.log(100)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_bayesian_search_stays_away_from_trials_that_failed(seed: int) -> None:
    """All of the upper three fifths fails; the best is at a fifth."""
    oracle = oracle_of("bayesian", [SPACE[6], SPACE[7]], seed=seed)
    found = []
    for _ in range(RANDOM_POINTS + 12):
        proposal = ask(oracle)
        found.append(position(proposal))
        score = abs(found[-1] - 0.2) + proposal.values["dropout"]
        oracle.tell(proposal.trial, None if found[-1] > 0.4 else score)
    assert sum(at > 0.4 for at in found[RANDOM_POINTS:]) < 6


def test_bayesian_trials_under_way_are_apart() -> None:
    oracle = oracle_of("bayesian", [SPACE[6]])
    for _ in range(RANDOM_POINTS):
        proposal = ask(oracle)
        oracle.tell(proposal.trial, math.sin(7 * position(proposal)))
    assert abs(position(ask(oracle)) - position(ask(oracle))) > 0.02


def test_every_bayesian_proposal_has_candidates_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    improvement, seen = GaussianProcess.improvement, []

    def heard(self: GaussianProcess, features: Any) -> Any:
        seen.append(features[0, 0])
        return improvement(self, features)

    monkeypatch.setattr(GaussianProcess, "improvement", heard)
    proposals(oracle_of("bayesian", [SPACE[6]]), RANDOM_POINTS + 3)
    assert len(set(seen)) == len(seen) == 3


def test_of_many_trials_the_best_and_the_last_are_learnt_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("seqtune.search.oracles.bayesian.MAX_LEARNT", 6)
    learn, learnt = GaussianProcess.learn, []

    def heard(self: GaussianProcess, features: Any, scores: Any, generator: Any) -> None:
        learnt.append(features[:, 0].round(6).tolist())
        learn(self, features, scores, generator)

    monkeypatch.setattr(GaussianProcess, "learn", heard)
    oracle = oracle_of("bayesian", [SPACE[6]])
    at = []
    for score in (5.0, 0.1, 6.0, None, 0.2, 7.0, 0.3, 8.0, 9.0, None, 0.4):
        proposal = ask(oracle)
        at.append(position(proposal))
        oracle.tell(proposal.trial, score)
    ask(oracle)
    assert learnt[-1] == pytest.approx([at[number] for number in (1, 4, 6, 8, 9, 10)], abs=1e-5)


def test_an_unknown_oracle_is_told_with_the_nearest() -> None:
    with pytest.raises(SearchError, match="did you mean 'bayesian'"):
        oracle_of("baysian")


@pytest.mark.parametrize("name", ["quick", "default", "thorough"])
@kinds
def test_every_shipped_recipe_can_be_searched(kind: str, name: str) -> None:
    recipe = Recipe.load(name, "forecast", ["lookback=[10, 20]"])
    oracle = oracle_of(kind, recipe.dimensions(), tuple(recipe.portfolio()))
    count = len(recipe.portfolio()) + RANDOM_POINTS + 2
    found = proposals(oracle, count)
    assert len(found) == count
    for entry, proposal in zip(recipe.portfolio(), found, strict=False):
        assert proposal.values.items() >= entry.items()


# Hyperband


def test_hyperband_trains_a_third_of_a_rung_three_times_longer() -> None:
    oracle = oracle_of("hyperband", portfolio=(FIRST, SECOND))
    found = []
    for _ in range(27 + 9 + 3 + 1):
        found.append(ask(oracle))
        oracle.tell(found[-1].trial, score_of(found[-1].values))
    shares = [(round(27 * each.share), each.continues) for each in found]
    assert sorted(shares) == [(1, False)] * 27 + [(3, True)] * 9 + [(9, True)] * 3 + [(27, True)]
    assert [each.values["rate"] for each in found[:2]] == [0.0123, 0.01]
    begun = {each.trial: each.values for each in found if not each.continues}
    assert list(begun) == [f"t{number:03d}" for number in range(1, 28)]
    for rung, size in ((3, 9), (9, 3), (27, 1)):
        went_on = [each for each in found if round(27 * each.share) == rung]
        assert all(each.values == begun[each.trial] for each in went_on)
        best = sorted(score_of(values) for values in begun.values())[:size]
        assert sorted(score_of(each.values) for each in went_on) == best
    following = ask(oracle)  # the next bracket begins higher
    assert (following.trial, following.share, following.continues) == ("t028", 3 / 27, False)
    assert [each["bracket_num"] for each in oracle.state()["oracle"]["brackets"]] == [2]


def test_hyperband_lets_the_highest_go_on_where_higher_is_better() -> None:
    oracle = oracle_of("hyperband", direction="max")
    for number in range(27):
        oracle.tell(ask(oracle).trial, float(number))
    assert {ask(oracle).trial for _ in range(9)} == {f"t{number:03d}" for number in range(19, 28)}


def test_hyperband_lets_no_worker_wait_for_a_rung() -> None:
    oracle = oracle_of("hyperband")
    asked = [ask(oracle) for _ in range(30)]
    assert [round(27 * each.share) for each in asked] == [1] * 27 + [3] * 3
    for each in asked[:19]:
        oracle.tell(each.trial, float(each.trial[1:]))
    assert (ask(oracle).trial, ask(oracle).continues) == ("t001", False)
    oracle.tell("t020", 20.0)
    assert ask(oracle).trial == "t002"


def test_hyperband_goes_on_with_fewer_where_trials_fail() -> None:
    """Of 27 trials 24 fail: three go on, then one, and the next bracket begins."""
    oracle = oracle_of("hyperband")
    for number in range(27):
        oracle.tell(ask(oracle).trial, float(number) if number < 3 else None)
    found = []
    for _ in range(8):
        found.append(ask(oracle))
        oracle.tell(found[-1].trial, 1.0)
    shares = [(each.trial, round(27 * each.share)) for each in found]
    assert shares[:7] == [
        *(("t001", 3), ("t002", 3), ("t003", 3)),
        *(("t001", 9), ("t002", 9), ("t003", 9)),
        ("t001", 27),
    ]
    assert shares[7][0] == "t028"


@pytest.mark.parametrize("trials", [1, 4])
def test_hyperband_trains_the_best_to_the_end_where_nothing_new_may_begin(trials: int) -> None:
    oracle = oracle_of("hyperband", trials=trials)
    found = proposals(oracle, 40)
    assert [each.share for each in found if not each.continues] == [1 / 27] * trials
    assert found[-1].share == 1.0
    assert oracle.ask() is None


def test_hyperband_waits_for_trials_that_may_go_on() -> None:
    oracle = oracle_of("hyperband", SMALL)
    asked = [ask(oracle) for _ in range(4)]
    assert oracle.ask() is WAIT
    for each in asked[:3]:
        oracle.tell(each.trial, float(each.trial[1:]))
    assert ask(oracle).trial == "t001"  # two of four go on: it is among them whatever comes
    assert oracle.ask() is WAIT
    oracle.tell("t004", 0.0)
    assert ask(oracle).trial == "t004"
    assert oracle.ask() is WAIT
    for trial in ("t001", "t004"):
        oracle.tell(trial, 1.0)
    last = ask(oracle)
    assert (last.trial, last.share) == ("t001", 9 / 27)
    oracle.tell(last.trial, None)
    assert oracle.ask() is None


# State


@kinds
@pytest.mark.parametrize("ended", [0, 1, 3, RANDOM_POINTS + 4, 29])
def test_a_restored_oracle_goes_on_like_the_first(kind: str, ended: int) -> None:
    portfolio = (FIRST, SECOND)
    first = oracle_of(kind, portfolio=portfolio)
    proposals(first, ended)
    second = reborn(first, portfolio=portfolio)
    assert second.state() == first.state()
    assert proposals(second, 12) == proposals(first, 12)


@kinds
def test_trials_under_way_are_proposed_again_before_new_ones(kind: str) -> None:
    first = oracle_of(kind, portfolio=(FIRST,))
    proposals(first, 9)
    open_ones = [ask(first) for _ in range(3)]
    first.tell(open_ones[1].trial, 0.5)
    second = reborn(first, portfolio=(FIRST,))
    assert [second.ask() for _ in range(2)] == [open_ones[0], open_ones[2]]
    for number, proposal in enumerate((open_ones[2], open_ones[0])):
        first.tell(proposal.trial, float(number))
        second.tell(proposal.trial, float(number))
    assert proposals(second, 6) == proposals(first, 6)


@kinds
def test_a_trial_that_ended_after_the_state_was_kept_is_not_proposed_again(kind: str) -> None:
    first = oracle_of(kind)
    asked = [ask(first) for _ in range(2)]
    second = reborn(first)
    second.tell(asked[0].trial, 0.5)
    assert second.ask() == asked[1]
    assert ask(second).trial == "t003"


def test_a_promotion_under_way_is_proposed_again() -> None:
    first = oracle_of("hyperband")
    proposals(first, 27)
    promoted = ask(first)
    assert promoted.continues and promoted.share == 3 / 27
    second = reborn(first)
    assert second.ask() == promoted
    for oracle in (first, second):
        oracle.tell(promoted.trial, 0.1)
    assert proposals(second, 15) == proposals(first, 15)


def test_a_state_can_be_restored_again_and_again() -> None:
    steady = oracle_of("bayesian", portfolio=(FIRST,))
    unsteady = oracle_of("bayesian", portfolio=(FIRST,))
    for _ in range(14):
        proposal = ask(unsteady)
        assert proposal == ask(steady)
        for oracle in (steady, unsteady):
            oracle.tell(proposal.trial, score_of(proposal.values))
        unsteady = reborn(unsteady, portfolio=(FIRST,))


@kinds
def test_a_changed_portfolio_repeats_nothing(kind: str) -> None:
    first = oracle_of(kind, portfolio=(FIRST,))
    begun = proposals(first, 1)
    second = reborn(first, portfolio=(SECOND, FIRST))
    following = ask(second)
    assert following.trial == "t002"
    assert following.values != begun[0].values


@kinds
def test_a_state_does_not_change_when_the_search_goes_on(kind: str) -> None:
    oracle = oracle_of(kind)
    proposals(oracle, 8)
    ask(oracle)
    state = oracle.state()
    text = json.dumps(state)
    proposals(oracle, 30)
    oracle.tell("t001", 0.0)
    assert json.dumps(state) == text


@kinds
def test_a_longer_search_goes_on_with_the_next_name(kind: str) -> None:
    first = oracle_of(kind, trials=2)
    proposals(first, 20)
    second = reborn(first, trials=4)
    new = [each.trial for each in proposals(second, 20) if not each.continues]
    assert new == ["t003", "t004"]


@kinds
def test_the_one_trial_of_a_fixed_space_is_not_given_again(kind: str) -> None:
    space = [choice("network.cell", "gru")]
    first = oracle_of(kind, space)
    asked = ask(first)
    second = reborn(first, space=space)
    assert second.ask() == asked
    assert second.ask() is None
    second.tell("t001", 1.0)
    assert reborn(second, space=space).ask() is None


def test_nothing_is_written(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    oracle = oracle_of("hyperband")
    proposals(oracle, 3)
    oracle.state()
    assert not list(tmp_path.iterdir())


def test_a_state_of_another_space_is_refused() -> None:
    state = proposals_state("random", SMALL)
    with pytest.raises(RunError, match="match this recipe: space: found other dimensions") as told:
        oracle_of("random").restore(state)
    assert "seqtune fit" in told.value.hint


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("kind", "grid", "kind: found 'grid', expected 'random'"),
        ("direction", "max", "direction: found 'max', expected 'min'"),
        ("metric", "mae", "metric: found 'mae', expected 'mase'"),
        ("format", 99, f"format: found 99, expected {FORMAT}"),
    ],
)
def test_a_state_of_another_search_is_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(RunError, match=message):
        oracle_of("random").restore({**proposals_state("random"), name: value})


@pytest.mark.parametrize("state", [{}, [], None, "state", 7, {"format": FORMAT}])
def test_what_is_no_state_is_refused(state: Any) -> None:
    with pytest.raises(RunError, match="the state of the search is damaged"):
        oracle_of("random").restore(state)


def proposals_state(kind: str, space: list[Dimension] = SPACE) -> dict[str, Any]:
    """Return the state after 28 trials, one of them under way."""
    state: dict[str, Any] = json.loads(state_text(kind, tuple(space)))
    return state


@cache
def state_text(kind: str, space: tuple[Dimension, ...]) -> str:
    oracle = oracle_of(kind, list(space))
    proposals(oracle, 28)
    oracle.ask()
    return json.dumps(oracle.state())


@kinds
@pytest.mark.parametrize("wrong", [None, "x", 3.5, [], {"0001": 1}, [[]]])
def test_a_damaged_state_is_refused_and_leaves_the_oracle_as_it_was(kind: str, wrong: Any) -> None:
    state = proposals_state(kind)
    own = state["oracle"]
    spoilt = [{**state, "oracle": wrong}]
    spoilt += [{**state, "oracle": {**own, "draws": wrong}}]
    if wrong != []:  # nothing may have been tried yet
        spoilt += [{**state, "oracle": {**own, "trials": wrong}}]
    extra = {"bayesian": ["kernel"], "hyperband": ["brackets", "current_bracket"]}
    spoilt += [
        {**state, "oracle": {**own, name: wrong}}
        for name in extra.get(kind, [])
        if (name, wrong) != ("brackets", [])  # all of them may have ended
    ]
    oracle = oracle_of(kind)
    before = oracle.state()
    for each in spoilt:
        with pytest.raises(RunError, match="damaged"):
            oracle.restore(each)
        assert oracle.state() == before


@pytest.mark.parametrize(
    "trial",
    [
        {"status": "IDLE"},
        {"status": "FAILED"},
        {"score": None},
        {"score": "low"},
        {"score": math.nan},
        {"values": {"rate": 7.0}},
        {"values": {BUILT: "hostile"}},
        {"values": {"tuner/epochs": -1}},
        {"values": None},
    ],
)
def test_a_trial_that_cannot_be_is_refused(trial: dict[str, Any]) -> None:
    state = proposals_state("random")
    state["oracle"]["trials"][3].update(trial)
    with pytest.raises(RunError, match="damaged"):
        oracle_of("random").restore(state)


@pytest.mark.parametrize("earlier", ["9999", 5, []])
def test_a_trial_that_goes_on_from_none_is_refused(earlier: Any) -> None:
    state = proposals_state("random")
    state["oracle"]["trials"][3]["values"]["tuner/trial_id"] = earlier
    with pytest.raises(RunError, match="damaged"):
        oracle_of("random").restore(state)


@pytest.mark.parametrize(("at", "wrong"), [("id", "0099"), ("past_id", "0099"), ("id", None)])
def test_a_rung_of_unknown_trials_is_refused(at: str, wrong: str | None) -> None:
    state = proposals_state("hyperband")
    state["oracle"]["brackets"][0]["rounds"][0][3][at] = wrong
    with pytest.raises(RunError, match="damaged"):
        oracle_of("hyperband").restore(state)
