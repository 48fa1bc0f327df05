"""Grid search: the portfolio, then every configuration in its order."""

from __future__ import annotations

from typing import Any

import keras_tuner

from seqtune.search.oracles.fixed_space import FixedSpaceOracle, is_active


class Grid(FixedSpaceOracle, keras_tuner.oracles.GridSearchOracle):  # type: ignore[misc]
    """Keras Tuner's grid, walked by one cursor.

    Keras Tuner's own walk begins the next configuration when one ends: no more than two run side by
    side. The state does not contain the cursor: it walks past what was tried again.

    Args:
        options: Arguments of Keras Tuner's oracle, and the portfolio.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._cursor: dict[str, Any] | None = None

    def own_values(self) -> dict[str, Any] | None:
        """Return the next configuration of the grid that was not tried."""
        while True:
            following = (
                self._first() if self._cursor is None else self._get_next_combination(self._cursor)
            )
            if following is None:
                return None
            self._cursor = following
            if not self.is_tried(following):
                return dict(following)

    def _first(self) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        for parameter in self.hyperparameters.space:
            if is_active(parameter, chosen):
                chosen[parameter.name] = parameter.default
        return chosen
