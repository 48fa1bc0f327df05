"""The configurations behind a row of a leaderboard, as the only ones that a search may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seqtune.recipe.load import Recipe
from seqtune.run.leaderboard_row import Row
from seqtune.run.members import Member
from seqtune.run.run import Run
from seqtune.search.recorded import has_effect
from seqtune.search.trial import MIN_STEPS, Result

MOST_CHOSEN = 8
"""So many networks of a run that was refitted itself are refitted again."""

SHARE_ALONE = 0.9
"""Share of the budget for simple methods where nothing else is run."""


@dataclass(frozen=True)
class Chosen:
    """A row of a leaderboard, and what it is made of.

    Args:
        row: The row.
        members: Its networks, the most important first.
        values: The configuration of each, with the steps that it is to be trained.
    """

    row: Row
    members: Sequence[Member]
    values: Sequence[dict[str, Any]]

    @classmethod
    def of(cls, run: Run, use: str | None = None) -> Chosen:
        """Return what stands behind the winner of a run, or another row.

        A run that was refitted itself may have left members out of its ensemble, and the clock may
        have cut others: all have their turn again, as long as they should have been trained. Else
        there would be less every night.

        Args:
            run: The run.
            use: The row, or "network".

        Raises:
            UsageError: There is no such row.
        """
        row, is_again = run.choose(use), bool(run.board.chosen)
        if row.kind == "baseline":
            return cls(row, (), ())
        trials = {trial["trial"]: Result(**trial) for trial in run.checked_trials}
        every = sorted(run.predictor.members[row.name], key=lambda member: -member.weight)
        most = len(every)
        if is_again and use is None:
            most = max(most, MOST_CHOSEN)
            every += [each for members in run.predictor.members.values() for each in members]
        networks: dict[str, Member] = {}
        for member in every:
            if member.trial in trials:
                networks.setdefault(member.trial, member)
        chosen = list(networks.values())[:most]
        results = [trials[member.trial] for member in chosen]
        return cls(
            row, chosen, [in_effect(one) if is_again else as_trained(one) for one in results]
        )

    def configurations(self) -> list[dict[str, Any]]:
        """Return the different configurations."""
        found: list[dict[str, Any]] = []
        for values in self.values:
            if values not in found:
                found.append(values)
        return found


def as_trained(result: Result) -> dict[str, Any]:
    """Return the configuration of a trial with the steps that it was trained.

    One that the clock cut is trained as many steps as it had, so that it anneals in them; one that
    had next to none, as many as it should have had.

    Example:
        >>> as_trained(Result("t001", "stopped", {"training.steps": 900}, steps=300))
        {'training.steps': 300}
    """
    values = in_effect(result)
    if result.status == "stopped" and MIN_STEPS <= result.steps < int(values["training.steps"]):
        return {**values, "training.steps": result.steps}
    return values


def in_effect(result: Result) -> dict[str, Any]:
    """Return the configuration of a trial without options of architectures that it has not."""
    return {path: value for path, value in result.values.items() if has_effect(path, result.values)}


def narrowed(recipe: Recipe, configurations: Sequence[dict[str, Any]]) -> Recipe:
    """Return a recipe whose search tries some configurations, and nothing else.

    Args:
        recipe: A recipe, every value filled in.
        configurations: Values by path; none leaves simple methods alone.
    """
    trials = len(configurations)
    if not trials:
        return recipe.replace({"search.trials": 0, "baselines.share": SHARE_ALONE})
    changes: dict[str, Any] = {}
    for path in dict.fromkeys(path for each in configurations for path in each):
        held: list[Any] = []
        for each in configurations:
            if path in each and each[path] not in held:
                held.append(each[path])
        changes[path] = held[0] if len(held) == 1 else held
    return recipe.replace(
        {
            **changes,
            "search.trials": trials,
            "search.oracle": "random",
            "search.stopping": "none",
            "search.trial_share": max(float(recipe.get("search.trial_share")), 1 / trials),
            "portfolio": [dict(each) for each in configurations],
        }
    )
