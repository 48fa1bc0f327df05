"""Keras Tuner's oracles behind two verbs: ask what to train, tell how it went.

`Tuner.search()` is sequential, has no clock and cannot survive a dying trial; the oracles below it
are sound. The recipe's portfolio, a few configurations known to be good, is proposed first.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus

from seqtune.errors import RunError, SearchError, unknown
from seqtune.recipe.dimension import Dimension
from seqtune.search.oracles.bayesian import Bayesian
from seqtune.search.oracles.cost import Signature
from seqtune.search.oracles.fixed_space import FixedSpaceOracle
from seqtune.search.oracles.grid import Grid
from seqtune.search.oracles.hyperband import Hyperband
from seqtune.search.space import active_entries, complete, hyperparameters

UNLIMITED = 1_000_000
"""More trials than any search runs: the budget ends it."""

MAX_EPOCHS = 27
"""Hyperband's units of training: its trials begin with 1, 3, 9 or all 27 of them."""

FACTOR = 3
"""The best third of Hyperband's trials goes on to the next rung, and trains three times as long."""

ORACLES: dict[str, tuple[type[FixedSpaceOracle], dict[str, Any]]] = {
    "random": (FixedSpaceOracle, {"max_trials": UNLIMITED}),
    "bayesian": (Bayesian, {"max_trials": UNLIMITED}),
    "hyperband": (
        Hyperband,
        {"max_epochs": MAX_EPOCHS, "factor": FACTOR, "hyperband_iterations": UNLIMITED},
    ),
    "grid": (Grid, {"max_trials": UNLIMITED}),
}
"""Class and own arguments of each kind of oracle."""

FORMAT = 3
"""Grows when a state of an earlier version cannot be read any more."""


class Wait(Enum):
    """What an oracle answers that has nothing to train before trials under way have ended."""

    LATER = "later"


WAIT: Final = Wait.LATER
"""Nothing now; ask again when a trial has ended."""


@dataclass(frozen=True)
class Proposal:
    """A configuration to train, or to train on.

    Args:
        trial: Its name, "t001" and on.
        values: A value for every dimension of the recipe, by path.
        share: Share of the whole training at which this stretch of it ends.
        continues: Whether the trial goes on from the weights that it has.
    """

    trial: str
    values: dict[str, Any]
    share: float = 1.0
    continues: bool = False


class Oracle:
    """Proposes configurations and learns from their scores.

    Args:
        kind: "random", "bayesian", "hyperband" or "grid".
        dimensions: The recipe's dimensions.
        portfolio: Configurations to propose first, values by path.
        metric: Name of the score.
        direction: "min" or "max".
        seed: Where random choices begin.
        trials: How many trials there are at most; None for no limit.
        signature: From a configuration to what it has in common with others that run the same
            compiled program, which then costs less; None where that makes no difference.

    Example:
        >>> rate = Dimension("rate", "float", minimum=0.001, maximum=0.1, log=True, default=0.01)
        >>> first = [{"rate": 0.02}]
        >>> oracle = Oracle(
        ...     "random", [rate], first, metric="mase", direction="min", seed=0, trials=None
        ... )
        >>> oracle.ask()
        Proposal(trial='t001', values={'rate': 0.02}, share=1.0, continues=False)
        >>> oracle.tell("t001", 0.9)
    """

    def __init__(
        self,
        kind: str,
        dimensions: Sequence[Dimension],
        portfolio: Sequence[Mapping[str, Any]],
        *,
        metric: str,
        direction: str,
        seed: int,
        trials: int | None,
        signature: Signature | None = None,
    ) -> None:
        if kind not in ORACLES:
            raise SearchError(unknown("oracle", kind, ORACLES), "--set search.oracle=random")
        self.dimensions = dimensions
        self._space = hyperparameters(dimensions)
        # where all is fixed there is one trial, and nothing to halve
        self._kind = kind if self._space.space else "random"
        self._objective = (metric, direction)
        self._seed = seed
        self._signature = signature
        self._limit = trials
        self._entries = active_entries(dimensions, self._space, portfolio)
        self._oracle = self._begin()
        self._names: dict[str, str] = {}
        self._current: dict[str, Trial] = {}
        self._pending: list[Proposal] = []
        self._proof = {
            "format": FORMAT,
            "kind": self._kind,
            "metric": metric,
            "direction": direction,
            "space": json.loads(json.dumps(self._space.get_config()["space"])),
        }

    @property
    def halves(self) -> bool:
        """Whether its proposals themselves say how far a trial trains, and which go on."""
        return self._kind == "hyperband"

    def ask(self, remaining: float = 1.0) -> Proposal | Wait | None:
        """Return what to train next.

        Args:
            remaining: Share of the search's time that is left: the more, the more it counts what a
                trial costs.

        Returns:
            A configuration, or an earlier trial that goes on; `WAIT` when there is nothing before
            a trial under way has ended; None when there is nothing ever again.
        """
        if self._pending:
            return self._pending.pop(0)
        if self._limit is not None:  # a search by trials hangs on no clock
            remaining = 1 - len(self._current) / max(1, self._limit)
        self._oracle.remaining = remaining
        self._oracle.is_closed = self._limit is not None and len(self._current) >= self._limit
        trial = self._oracle.begin()
        if trial.status == TrialStatus.IDLE:
            return WAIT
        if trial.status != TrialStatus.RUNNING:
            return None
        return self._proposal(_enter(trial, self._names, self._current), trial)

    def tell(
        self, name: str, score: float | None, reason: str = "", cost: float | None = None
    ) -> None:
        """Say how a trial went; a second time, of one that trained on, the new score counts.

        Args:
            name: The trial, as `ask` named it; any other is ignored.
            score: Its validation score; None if it failed.
            reason: Why it failed.
            cost: Operations that it took; None where they were not counted.
        """
        trial = self._current.get(name)
        if trial is None:
            return
        self._pending = [proposal for proposal in self._pending if proposal.trial != name]
        is_number = score is not None and math.isfinite(score)
        known = float(score) if score is not None and is_number else None
        self._oracle.tell(trial, known, reason, cost)

    def state(self) -> dict[str, Any]:
        """Return everything that is needed to go on, as plain JSON values."""
        return {**self._proof, "oracle": self._oracle.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where another oracle with the same arguments was.

        Trials that it had asked for and not heard of are proposed again, before any new one.

        Args:
            state: From `state`.

        Raises:
            RunError: It is damaged, or the state of a search over another space.
        """
        hint = "start a new search: seqtune fit"
        for name, own in self._proof.items():
            if not isinstance(state, Mapping) or name not in state:
                raise RunError(f"the state of the search is damaged: it has no {name!r}", hint)
            if state[name] != own:
                found = (
                    "other dimensions" if name == "space" else f"{state[name]!r}, expected {own!r}"
                )
                raise RunError(
                    f"the saved search does not match this recipe: {name}: found {found}", hint
                )
        try:
            self._take(state)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            fault = f"{type(error).__name__}: {error}"
            raise RunError(f"the state of the search is damaged: {fault}", hint) from error

    def _take(self, state: Mapping[str, Any]) -> None:
        oracle = self._begin()
        oracle.restore(state["oracle"])
        names: dict[str, str] = {}
        current: dict[str, Trial] = {}
        again: dict[str, Proposal] = {}
        for trial in oracle.trials.values():
            name = _enter(trial, names, current)
            proposal = self._checked(self._proposal(name, trial))
            if trial.status == TrialStatus.RUNNING:
                again[name] = proposal
        self._oracle, self._names = oracle, names
        self._current, self._pending = current, list(again.values())

    def _begin(self) -> FixedSpaceOracle:
        kind, options = ORACLES[self._kind]
        if kind is Bayesian and self._signature is not None:
            options = {**options, "signature": self._signature_of}
        return kind(
            portfolio=self._entries,
            objective=keras_tuner.Objective(*self._objective),
            hyperparameters=self._space,
            seed=self._seed + 1,  # Keras Tuner takes a seed of 0 for none
            **options,
        )

    def _signature_of(self, active: Mapping[str, Any]) -> str:
        assert self._signature is not None
        return self._signature(complete(self.dimensions, active))

    def _proposal(self, name: str, trial: Trial) -> Proposal:
        """Return the proposal that a trial of Keras Tuner's makes."""
        chosen = trial.hyperparameters.values
        return Proposal(
            name,
            complete(self.dimensions, chosen),
            share=chosen.get("tuner/epochs", MAX_EPOCHS) / MAX_EPOCHS,
            continues="tuner/trial_id" in chosen,
        )

    def _checked(self, proposal: Proposal) -> Proposal:
        """Return a proposal of a restored state that could be one of this search."""
        for dimension in self.dimensions:
            if not dimension.contains(proposal.values[dimension.path]):
                value = proposal.values[dimension.path]
                raise ValueError(f"{dimension.path} of {proposal.trial} cannot be {value!r}")
        if not 0 < proposal.share <= 1:
            raise ValueError(f"{proposal.trial} cannot train {proposal.share} of its training")
        return proposal


def _enter(trial: Trial, names: dict[str, str], current: dict[str, Trial]) -> str:
    """Return the name of a trial that begins, or goes on from another one of Keras Tuner's trials.

    Args:
        trial: The trial.
        names: Names by the number of the trial; takes this one.
        current: The last trial of each name; takes this one.
    """
    earlier = trial.hyperparameters.values.get("tuner/trial_id")
    name = f"t{len(current) + 1:03d}" if earlier is None else names[earlier]
    names[trial.trial_id], current[name] = name, trial
    return name
