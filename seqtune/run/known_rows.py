"""What was measured of the models of a row on the rows that a run knows, as they predict now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.run.loaded_member import LoadedMember
from seqtune.tasks._abilities import MeasuresKnownRows
from seqtune.tasks._values import Calibration

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OnKnownRows:
    """Calibrations of a row that joins methods.

    What was held out in the search says less: methods are fitted on all rows now, and it is the
    models as they are that predict, in the way that is asked.

    Args:
        networks: By trial; a method is measured where it is fitted.
        average: Of all members.
    """

    networks: Mapping[str, Calibration]
    average: Calibration

    @classmethod
    def measured(
        cls,
        task: MeasuresKnownRows,
        prepared: Any,
        rows: Any,
        members: Sequence[LoadedMember],
        predict: Callable[[LoadedMember], Floats],
    ) -> OnKnownRows:
        """Measure each network, then the average.

        Args:
            task: The task.
            prepared: The data that the models were fitted on.
            rows: Those that are known, from `task.known_rows`.
            members: What is averaged, by their weights.
            predict: Returns what one of them says of these rows.
        """
        networks: dict[str, Calibration] = {}
        parts = []
        for member in members:
            made = predict(member)
            if not member.method:
                networks[member.trial] = task.measured(prepared, rows, made)
                made = networks[member.trial].apply(made)
            parts.append(member.weight * made)
        return cls(networks, task.measured(prepared, rows, np.sum(parts, axis=0)))

    def of_member(self, member: LoadedMember, made: Floats) -> Floats:
        """Return what a member says, as it is averaged."""
        return made if member.method else self.networks[member.trial].apply(made)
