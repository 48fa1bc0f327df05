"""What seqtune overrides of Keras Tuner, and uses of it that is not public: all in this file.

Keras Tuner's bookkeeping writes two files at every step, copies the whole space, and goes through
all trials that ended. Here the space is fixed, so that trials share it, and nothing is written: the
caller keeps the state, when and where it wants.

`tests/search/test_tuner_base.py` fails when a release of Keras Tuner changes one of the functions
in `DIGESTS`. Then compare the function with what this file and its subclasses expect of it, run
`tests/search`, and write the new digest and version here.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus

TESTED_VERSIONS = ("1.4.7", "1.4.8")
"""The releases whose functions have these digests."""

DIGESTS = {
    "HyperParameters.copy": "20ae9d6b8e93",
    "HyperParameters.ensure_active_values": "a0fd658c0977",
    "Oracle.__init__": "5991b96debba",
    "Oracle.create_trial": "f8f80e18a03e",
    "Oracle.end_trial": "71966d6b1a8e",
    "Oracle.score_trial": "836254c13af5",
    "Oracle.update_space": "a480e1875e7c",
    "Oracle.save": "98da90901c80",
    "Oracle._compute_values_hash": "82d0c2e23b95",
    "Oracle._check_consecutive_failures": "7565895495d2",
    "Oracle._duplicate": "543f4e64cdf5",
    "Oracle._record_values": "07c2d27297af",
    "Oracle._retry": "2fe9629860e1",
    "Oracle._save_trial": "9457bc148420",
    "oracles.GridSearchOracle.end_trial": "0161058d5f40",
    "oracles.GridSearchOracle._get_next_combination": "7a64097074fa",
    "oracles.HyperbandOracle.__init__": "98920a420168",
    "oracles.HyperbandOracle._compute_values_hash": "ad2e1590fe58",
    "oracles.HyperbandOracle._get_epochs": "ef42bdce1619",
    "oracles.HyperbandOracle._get_num_brackets": "dd74e5ba1f92",
    "oracles.HyperbandOracle._get_num_rounds": "ea7303a290c5",
    "oracles.HyperbandOracle._get_size": "4fbec76deb09",
    "oracles.HyperbandOracle._increment_bracket_num": "596dc8cd596f",
    "oracles.HyperbandOracle._start_new_bracket": "069301bf8431",
}
"""Digests of the source of what is overridden or called, by its name in `keras_tuner`."""


class FixedSpace(keras_tuner.HyperParameters):  # type: ignore[misc]
    """A space whose copies share its hyperparameters and differ in their values."""

    def copy(self) -> FixedSpace:
        """Return the same space with values of its own."""
        other = copy.copy(self)
        other.values = dict(self.values)
        return other


class TunerOracle(keras_tuner.Oracle):  # type: ignore[misc]
    """Keras Tuner's bookkeeping in memory; a mixin before one of Keras Tuner's oracles.

    Args:
        options: Arguments of Keras Tuner's oracle; its space is a `FixedSpace`.
    """

    def __init__(self, **options: Any) -> None:
        # the study ends a search that keeps failing
        options |= {"max_consecutive_failed_trials": None}
        super().__init__(allow_new_entries=False, tune_new_entries=False, **options)
        self.verbose = 0
        self._recorded: dict[str, Any] | None = None

    def propose(self, trial_id: str) -> dict[str, Any]:
        """Return status and values of the next trial; see `keras_tuner.Oracle.populate_space`."""
        raise NotImplementedError

    def record(self, values: Mapping[str, Any]) -> Trial:
        """Begin the trial that an earlier oracle had begun with these values."""
        self._recorded = dict(values)
        return self.begin()

    def begin(self) -> Trial:
        """Return the next trial, or one whose status says that there is none now or ever."""
        return self.create_trial(str(len(self.trials)))

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return the recorded values where there are any, or else a proposal."""
        values, self._recorded = self._recorded, None
        return self.propose(trial_id) if values is None else running(values)

    def is_tried(self, values: Mapping[str, Any]) -> bool:
        """Say whether a trial has these values."""
        return bool(self._duplicate(values))

    def score_trial(self, trial: Trial) -> None:
        """Leave the score as it is."""

    def update_space(self, hyperparameters: keras_tuner.HyperParameters) -> None:
        """Leave the space as it is: a trial cannot add to it."""

    def save(self) -> None:
        """Write nothing."""

    def _save_trial(self, trial: Trial) -> None:
        """Write nothing."""


def running(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Keras Tuner takes for a trial that begins."""
    return {"status": TrialStatus.RUNNING, "values": dict(values)}
