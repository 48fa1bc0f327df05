"""Which trials train on: every rule, with an oracle that proposes what it is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.errors import SearchError
from seqtune.search.oracle import WAIT, Proposal
from seqtune.search.stopping import RULES, stopping_rule
from seqtune.search.stopping.halving import ENDING, MIDDLE, Halving
from seqtune.search.stopping.median import GRACE, Median
from seqtune.search.stopping.none import Never
from seqtune.search.stopping.search_rule import LEAST_CASES, pause_folds, pause_margin, rule_for
from seqtune.search.trial import Result
from seqtune.tasks._values import Fold

SHARES = (1 / 9, 1 / 3, 1.0)


@dataclass
class Oracle:
    """Proposes t001 and on, as many as it has."""

    count: int
    told: list[tuple[Any, ...]] = field(default_factory=list)
    asked: int = 0
    waits: bool = False
    halves: bool = False
    remaining: list[float] = field(default_factory=list)
    costs: list[float | None] = field(default_factory=list)

    def ask(self, remaining: float = 1.0) -> Any:
        self.remaining.append(remaining)
        if self.waits:
            return WAIT
        if self.asked == self.count:
            return None
        self.asked += 1
        return Proposal(f"t{self.asked:03d}", {"units": self.asked})

    def tell(
        self, name: str, score: float | None, reason: str = "", cost: float | None = None
    ) -> None:
        self.told.append((name, score, reason))
        self.costs.append(cost)


def result(trial: str, score: float | None, status: str = "stopped", reason: str = "") -> Result:
    return Result(trial, status, {"units": int(trial[1:])}, score, reason=reason)


def halving(scores: list[float], direction: str = "min") -> tuple[Halving, Oracle]:
    """Return the rule after trials paused for the first time with these scores."""
    oracle = Oracle(100)
    rule = Halving(oracle, direction, SHARES)  # type: ignore[arg-type]
    trials = [f"t{number:03d}" for number in range(1, len(scores) + 1)]
    for trial in trials:
        rule._level[trial] = 0  # all were begun at once
        oracle.ask()
    for trial, score in zip(trials, scores, strict=True):
        rule.tell(result(trial, score))
    return rule, oracle


def asked(rule: Any, remaining: float = 1.0) -> tuple[str, float, bool]:
    proposal = rule.ask(remaining)
    assert isinstance(proposal, Proposal)
    return proposal.trial, proposal.share, proposal.continues


@pytest.mark.parametrize("name", RULES)
def test_every_rule_passes_proposals_scores_and_waiting_on(name: str) -> None:
    oracle = Oracle(1)
    rule = stopping_rule(name, oracle, "min")  # type: ignore[arg-type]
    proposal = rule.ask(1.0)
    assert isinstance(proposal, Proposal)
    assert (proposal.trial, proposal.values, proposal.continues) == ("t001", {"units": 1}, False)
    rule.tell(result("t001", None, "failed", "too large"))
    assert oracle.told == [("t001", None, "too large")]
    assert rule.ask(1.0) is None
    oracle.waits = True
    assert rule.ask(1.0) is WAIT


@pytest.mark.parametrize("name", RULES)
def test_every_rule_passes_on_what_a_trial_cost_and_how_much_time_is_left(name: str) -> None:
    oracle = Oracle(3)
    rule = stopping_rule(name, oracle, "min")  # type: ignore[arg-type]
    for remaining, operations, steps in ((0.9, 2e9, 30), (0.5, 0.0, 30)):
        proposal = rule.ask(remaining)
        assert isinstance(proposal, Proposal)
        ended = result(proposal.trial, 1.0, "completed")
        rule.tell(replace(ended, steps=steps, operations=operations))
    assert oracle.remaining == [0.9, 0.5]
    assert oracle.costs == [6e10, None]  # of the second nobody counted


@pytest.mark.parametrize("name", RULES)
def test_every_rule_lets_a_lone_trial_train(name: str) -> None:
    rule = stopping_rule(name, Oracle(1), "min")  # type: ignore[arg-type]
    assert all(rule.hear("t001", epoch / 10, 5.0) for epoch in range(1, 11))


def test_an_unknown_rule_is_refused_with_the_nearest() -> None:
    with pytest.raises(SearchError, match="halving"):
        stopping_rule("halfing", Oracle(1), "min")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", RULES)
def test_no_rule_stands_between_hyperband_and_its_trials(name: str) -> None:
    rule = stopping_rule(name, Oracle(1, halves=True), "min")  # type: ignore[arg-type]
    assert isinstance(rule, Never)


def test_hyperbands_first_trial_is_whole_where_half_a_training_is_worthless() -> None:
    class Third(Oracle):
        """Begins trials with a third of their training."""

        def ask(self, remaining: float = 1.0) -> Any:
            return replace(super().ask(remaining), share=1 / 3)

    oracle: Any = Third(9, halves=True)
    rule = stopping_rule("halving", oracle, "min", is_half_worthless=True)
    assert [asked(rule)[:2] for _ in range(2)] == [("t001", 1.0), ("t002", 1 / 3)]
    rule.tell(result("t001", None, "failed", "killed"))
    again = stopping_rule("halving", oracle, "min", is_half_worthless=True)
    again.restore(json.loads(json.dumps(rule.state())))
    assert asked(again)[:2] == ("t003", 1.0)  # there is no network yet
    again.tell(result("t003", 0.5, "completed"))
    assert asked(again)[:2] == ("t004", 1 / 3)
    assert asked(stopping_rule("halving", oracle, "min"))[:2] == ("t005", 1 / 3)


def test_a_trial_begins_with_a_small_share() -> None:
    rule, _ = halving([])
    assert asked(rule) == ("t001", SHARES[0], False)


def test_the_best_of_three_goes_on() -> None:
    rule, _ = halving([0.9, 0.5, 0.7])
    assert asked(rule) == ("t002", SHARES[1], True)
    assert asked(rule) == ("t004", SHARES[0], False)  # nobody else is good enough


def test_the_highest_of_three_goes_on_where_more_is_better() -> None:
    rule, _ = halving([0.9, 0.5, 0.7], "max")
    assert asked(rule)[0] == "t001"


def test_two_are_too_few_to_choose_between() -> None:
    rule, _ = halving([0.9, 0.5])
    assert asked(rule) == ("t003", SHARES[0], False)


def test_the_best_of_those_that_went_on_trains_to_the_end() -> None:
    rule, _ = halving([0.1 * number for number in range(1, 10)])
    assert [asked(rule)[0] for _ in range(3)] == ["t001", "t002", "t003"]
    for trial, score in (("t001", 0.09), ("t002", 0.04), ("t003", 0.3)):
        rule.tell(result(trial, score))
    assert asked(rule) == ("t002", 1.0, True)
    rule.tell(result("t002", 0.03, "completed"))
    assert asked(rule) == ("t010", SHARES[0], False)


def test_a_trial_that_failed_or_is_done_does_not_go_on() -> None:
    rule, _ = halving([0.9, 0.8])
    rule._level["t003"] = 0
    rule.tell(result("t003", 0.1, "completed"))  # its patience was over
    assert asked(rule)[0] == "t003"  # the name of a new one: the oracle has made two
    rule, _ = halving([0.9, 0.5, 0.7])
    assert asked(rule)[0] == "t002"
    rule.tell(result("t002", 0.5, "stopped", "killed"))
    assert asked(rule)[0] == "t004"


def test_at_the_end_of_the_time_what_is_begun_goes_on_first() -> None:
    rule, _ = halving([0.9, 0.5])
    assert asked(rule, ENDING - 0.01) == ("t002", SHARES[1], True)
    rule.tell(result("t002", 0.4))
    assert asked(rule, ENDING - 0.01) == ("t002", 1.0, True)
    rule.tell(result("t002", 0.3, "completed"))
    assert asked(rule, ENDING - 0.01) == ("t003", SHARES[0], False)


def test_when_the_oracle_has_no_more_the_best_train_to_the_end() -> None:
    rule, oracle = halving([0.9, 0.5, 0.7, 0.8])
    oracle.count = oracle.asked
    trained = []
    while (proposal := rule.ask(1.0)) is not None:
        assert isinstance(proposal, Proposal)
        trained.append((proposal.trial, proposal.share))
        done = "completed" if proposal.share == 1.0 else "stopped"
        rule.tell(result(proposal.trial, 0.1, done))
    assert trained == [("t002", SHARES[1]), ("t002", 1.0), ("t003", SHARES[1])]


def test_the_oracle_compares_scores_of_equal_training() -> None:
    rule, oracle = halving([0.9, 0.5, 0.7])
    asked(rule)
    rule.tell(result("t002", 0.2))
    assert oracle.told == [("t001", 0.9, ""), ("t002", 0.5, ""), ("t003", 0.7, "")]


def test_halving_goes_on_where_it_was() -> None:
    rule, _ = halving([0.1 * number for number in range(1, 10)])
    first = asked(rule)
    assert first[0] == "t001"
    rule.tell(result("t001", 0.05))
    assert asked(rule)[0] == "t002"  # under way when the search is killed
    state = json.loads(json.dumps(rule.state()))
    again = Halving(Oracle(100, asked=9), "min", SHARES)  # type: ignore[arg-type]
    again.restore(state)
    assert [asked(again) for _ in range(2)] == [
        ("t002", SHARES[1], True), ("t003", SHARES[1], True),
    ]  # fmt: skip


def test_what_is_clearly_behind_does_not_go_on_even_at_the_end() -> None:
    rule, _ = halving([0.9, 0.5, 0.58, 0.62, 0.7])
    rule.margin = lambda score: score / 10  # from 0.5 on, two margins end at 0.6
    late = ENDING - 0.01
    assert [asked(rule, late)[0] for _ in range(3)] == ["t002", "t003", "t006"]


def test_what_is_clearly_behind_does_not_go_on_where_more_is_better() -> None:
    rule, _ = halving([0.9, 0.5, 0.58, 0.75, 0.7], "max")
    rule.margin = lambda score: 0.05
    late = ENDING - 0.01
    assert [asked(rule, late)[0] for _ in range(2)] == ["t001", "t006"]


@pytest.mark.parametrize("name", RULES)
def test_without_time_for_one_that_begins_no_rule_proposes_any(name: str) -> None:
    oracle = Oracle(1)
    assert stopping_rule(name, oracle, "min").ask(1.0, begins=False) is None  # type: ignore[arg-type]
    assert oracle.asked == 0


def test_without_time_for_one_that_begins_the_best_goes_on() -> None:
    rule, _ = halving([0.9, 0.5])
    assert rule.ask(1.0, begins=False) == Proposal("t002", {"units": 2}, SHARES[1], True)


def test_where_half_a_training_is_worthless_the_first_does_not_pause() -> None:
    rule, _ = halving([])
    rule.is_half_worthless = True
    assert [asked(rule) for _ in range(2)] == [("t001", 1.0, False), ("t002", SHARES[0], False)]
    rule.tell(result("t001", 0.5))  # cut by the clock, but through all folds
    rule.tell(replace(result("t002", 0.9), folds_left=4))
    assert asked(rule, MIDDLE - 0.01) == ("t003", SHARES[0], False)  # there is a network


@pytest.mark.parametrize("name", ["halving", "hyperband"])
def test_the_first_trial_is_told_as_if_it_had_paused(name: str) -> None:
    oracle: Any = Oracle(1)
    rule: Any = Halving(oracle, "min", (0.4, 1.0), is_half_worthless=True)
    if name == "hyperband":
        oracle.ask = lambda remaining: Proposal("t001", {"units": 1}, 0.4)
        rule = Never(oracle, "min", is_half_worthless=True)
    assert asked(rule) == ("t001", 1.0, False)
    whole = replace(
        result("t001", 0.3, "completed"), steps=50, operations=2.0,
        fold_scores=[0.1, 0.2, 0.25, 0.28, 0.3],
    )  # fmt: skip
    rule.tell(whole)
    assert (oracle.told, oracle.costs) == ([("t001", 0.2, "")], [40.0])  # 20 steps


def test_where_half_a_training_is_worthless_one_goes_on_in_the_middle() -> None:
    rule, _ = halving([])
    rule.is_half_worthless = True
    for trial, score, reason in (("t001", None, "killed"), ("t002", 0.9, ""), ("t003", 0.5, "")):
        assert asked(rule)[0] == trial
        rule.tell(replace(result(trial, score, reason=reason), folds_left=4))
    rule.restore(json.loads(json.dumps(rule.state())))
    assert asked(rule, MIDDLE + 0.01)[0] == "t004"
    assert asked(rule, MIDDLE - 0.01) == ("t003", SHARES[1], True)


def test_over_folds_trials_pause_after_as_many_as_say_something() -> None:
    def folds(*sizes: int) -> list[Fold]:
        return [Fold(None, np.arange(size)) for size in sizes]

    assert pause_folds(folds(*[LEAST_CASES] * 5)) == 1
    assert pause_folds(folds(*[LEAST_CASES - 1] * 5)) == 2
    assert pause_folds(folds(*[2] * 5)) == 2  # no more than half of them
    assert pause_folds(folds(2, 2)) == pause_folds(folds(2, 2, 2)) == 1
    assert [pause_folds(folds(*[9] * 5), share) for share in (0.05, 1 / 3, 0.4, 1.0)] == [
        1, 2, 2, 5,
    ]  # fmt: skip


@pytest.mark.parametrize(("sizes", "shares"), [((), (1 / 3, 1.0)), ([20] * 4, (0.25, 1.0))])
def test_over_folds_alone_half_a_training_is_worthless(
    sizes: Sequence[int], shares: tuple[float, float]
) -> None:
    search = SimpleNamespace(stopping="halving", pause="auto", trial_share=0.4)
    problem: Any = SimpleNamespace(
        direction="max", prepared=None, folds=[Fold(None, np.arange(size)) for size in sizes],
        task=SimpleNamespace(margin=lambda prepared, score: 0.1),
    )  # fmt: skip
    rule: Any = rule_for(search, Oracle(1), problem)  # type: ignore[arg-type]
    assert (rule.shares, rule.ending) == (shares, 0.4)
    assert rule.is_half_worthless is bool(sizes)
    assert (rule.margin(0.5) if sizes else rule.margin) == (0.2 if sizes else None)


def test_scores_of_a_quarter_of_the_folds_are_twice_as_uncertain() -> None:
    task = SimpleNamespace(margin=lambda prepared, score: score * prepared.unit)
    problem: Any = SimpleNamespace(task=task, prepared=SimpleNamespace(unit=0.1), folds=[0] * 4)
    assert pause_margin(problem, 1, 0.5) == pytest.approx(0.1)


def median(direction: str = "min") -> Median:
    """Return the rule after four trials with 1, 2, 3 and 4 throughout."""
    rule = Median(Oracle(100), direction)  # type: ignore[arg-type]
    for number in range(1, 5):
        for epoch in range(1, 11):
            rule.hear(f"t{number:03d}", epoch / 10, float(number))
    return rule


def test_a_trial_worse_than_the_median_stops() -> None:
    # the median of 1, 2, 3 and 4 is 2.5
    assert not median().hear("t005", 0.5, 2.6)
    assert median().hear("t005", 0.5, 2.5)
    assert median("max").hear("t005", 0.5, 2.6)
    assert not median("max").hear("t005", 0.5, 2.4)


def test_the_best_score_so_far_counts() -> None:
    rule = median()
    assert rule.hear("t005", 0.4, 1.0)
    assert rule.hear("t005", 0.5, 9.0)


def test_nothing_stops_before_it_has_begun_or_before_others_came_as_far() -> None:
    assert median().hear("t005", GRACE - 0.01, 9.0)
    rule = Median(Oracle(100), "min")  # type: ignore[arg-type]
    for number in range(1, 5):
        rule.hear(f"t{number:03d}", 0.3, float(number))
    assert rule.hear("t005", 0.4, 9.0)
    assert not rule.hear("t006", 0.3, 9.0)


def test_the_median_rule_goes_on_where_it_was() -> None:
    again = Median(Oracle(100), "min")  # type: ignore[arg-type]
    again.restore(json.loads(json.dumps(median().state())))
    assert not again.hear("t005", 0.5, 2.6)
