"""What was found to drift, as a value: a row for each trait and measure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from seqtune.data.drift.chance import holm

LEVEL = 0.01
"""How likely a table of data that has not drifted may have a flag at all."""

LEAST = {
    "level": 0.1,
    "scale": math.log(1.1),
    "shape": 0.1,
    "mix": 0.1,
    "missing": 0.01,
    "unknown": 0.01,
    "season": 0.1,
    "coverage": 0.02,
    "confidence": 0.02,
}
"""The least size of each measure that is worth a flag, however sure it is. Of PSI, 0.1 is the
customary border of "some shift" (Siddiqi 2006, Credit Risk Scorecards, chapter 9)."""

MOST_NAME = 1_000
MOST_FINDINGS = 10_000


@dataclass(frozen=True)
class Finding:
    """One measure of one trait, then and now.

    Args:
        name: The trait: a column, a length, the labels.
        measure: A key of `LEAST`: "level" and "scale", in the trait's unit; "shape" and "mix", the
            population stability index, whose `usual` is 0; "missing" and "unknown", shares;
            "season", the strength of the season, 0 to 1; "coverage" and "confidence", shares of new
            labelled rows, whose `usual` is what was promised.
        usual: The figure of the data that the run was fitted on.
        now: The figure of the new rows.
        size: How far they are apart: in deviations of the trait for a level, as a logarithm for a
            scale, else as their difference.
        chance: How likely chance alone brings forth as much.
        error: Standard error of `now`; 0 where the measure has none.
        is_flagged: Whether it is more than chance explains, and large enough to matter.
    """

    name: str
    measure: str
    usual: float
    now: float
    size: float
    chance: float
    error: float = 0.0
    is_flagged: bool = False

    @property
    def matters(self) -> bool:
        """Whether it is large enough to matter, if chance does not explain it."""
        return abs(self.size) >= LEAST[self.measure]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Finding:
        """Read what `DriftTable.to_dict` has of it, from a file that may be a stranger's.

        Raises:
            ValueError: It is something else.
        """
        found = cls(**values)
        numbers = (found.usual, found.now, found.size, found.chance, found.error)
        is_sound = (
            isinstance(found.name, str)
            and len(found.name) <= MOST_NAME
            and found.measure in LEAST
            and type(found.is_flagged) is bool
            and all(type(each) in (int, float) and math.isfinite(each) for each in numbers)
        )
        if not is_sound:
            raise ValueError("a finding of drift is none")
        return found


@dataclass(frozen=True)
class DriftTable:
    """Everything that was looked at.

    Args:
        findings: The findings, flagged ones marked.
        rows: How many new values or cases it is of: of the trait that has most.
    """

    findings: Sequence[Finding]
    rows: int

    @classmethod
    def of(cls, findings: Iterable[Finding], rows: int, level: float = LEVEL) -> DriftTable:
        """Flag what chance does not explain, over all findings together.

        Args:
            findings: What was found; those that are no finite figures are left out.
            rows: How many new values it is of.
            level: How likely a flag may be where nothing has drifted.
        """
        sound = [each for each in findings if _is_finite(each)]
        surely = holm([each.chance for each in sound], level)
        flagged = [
            replace(each, name=each.name[:MOST_NAME], is_flagged=sure and each.matters)
            for each, sure in zip(sound, surely, strict=True)
        ]
        if len(flagged) > MOST_FINDINGS:  # what drifted is kept, of whatever there is
            flagged.sort(key=lambda each: not each.is_flagged)
        return cls(flagged[:MOST_FINDINGS], rows)

    @property
    def flagged(self) -> list[Finding]:
        """What drifted, the surest first."""
        return sorted(
            (each for each in self.findings if each.is_flagged),
            key=lambda each: (each.chance, -abs(each.size)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"rows": self.rows, "findings": [asdict(each) for each in self.findings]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DriftTable:
        """Read what `to_dict` returned, from a file that may be a stranger's.

        Raises:
            ValueError: It is something else.
            KeyError: Something is missing.
        """
        rows, findings = values["rows"], values["findings"]
        if type(rows) is not int or rows < 0 or not isinstance(findings, list):
            raise ValueError("it is no table of drift")
        if len(findings) > MOST_FINDINGS:
            raise ValueError("it has too many findings of drift")
        return cls([Finding.from_dict(each) for each in findings], rows)


def _is_finite(finding: Finding) -> bool:
    numbers = (finding.usual, finding.now, finding.size, finding.chance, finding.error)
    return all(math.isfinite(each) for each in numbers)
