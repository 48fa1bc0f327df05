"""Models as they were before they learnt from the test part, on which a report shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seqtune.tasks._values import Calibration, Models, Network, OpenMember, Values


@dataclass(frozen=True)
class Searched:
    """A model as the search left it.

    Args:
        member: The model as it is given out.
    """

    member: OpenMember

    @property
    def method(self) -> str:
        """Name of the simple method; empty for a network."""
        return self.member.method

    @property
    def weight(self) -> float:
        """Its share in the row's predictions."""
        return self.member.weight

    @property
    def values(self) -> Values:
        """Its configuration."""
        return self.member.values

    @property
    def is_refitted(self) -> bool:
        """Never."""
        return False

    @property
    def network(self) -> Network:
        """The network, which has not learnt from the test part."""
        return self.member.network.searched


@dataclass(frozen=True)
class BeforeRefit:
    """Opens models as the search left them.

    Args:
        models: Opens them as they are given out.
    """

    models: Models

    @property
    def calibrations(self) -> Mapping[str, Calibration]:
        """What makes predictions honest."""
        return self.models.calibrations

    def name_of(self, use: str | None) -> str:
        """Return the name of the row that is meant."""
        return self.models.name_of(use)

    def open_members(self, name: str) -> Sequence[OpenMember]:
        """Return the models behind a row."""
        return [Searched(member) for member in self.models.open_members(name)]
