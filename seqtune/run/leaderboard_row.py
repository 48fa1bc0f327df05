"""A row of the leaderboard: one model, and its figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from seqtune.files import figures_from_json, figures_to_json, finite, number
from seqtune.run.untrusted import parsed

if TYPE_CHECKING:
    from typing_extensions import Self

Kind = Literal["network", "ensemble", "baseline"]


@dataclass(frozen=True)
class Row:
    """One model on the leaderboard.

    Args:
        name: Unique on its leaderboard; `predict --use` takes it.
        kind: "network" (one trial), "ensemble" (several of them) or "baseline".
        validation: Metric name to figure on the validation part; chooses.
        test: Metric name to figure on the test part; reports.
        fit_seconds: Wall time that fitting it took.
        parameters: Trainable parameters; None where the notion does not apply.
        detail: What an ensemble consists of, or the configuration in a few words.
        error: Standard error of the validation figure that selects; NaN where it is not known.
        difference_error: That of its distance to the figure of the first row.
    """

    name: str
    kind: Kind
    validation: Mapping[str, float]
    test: Mapping[str, float]
    fit_seconds: float
    parameters: int | None = None
    detail: str = ""
    error: float = math.nan
    difference_error: float = math.nan

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON has it; figures that are not finite become null."""
        errors = {"error": self.error, "difference_error": self.difference_error}
        return {
            "name": self.name,
            "kind": self.kind,
            "validation": figures_to_json(self.validation),
            "test": figures_to_json(self.test),
            "fit_seconds": finite(self.fit_seconds),
            "parameters": None if self.parameters is None else int(self.parameters),
            "detail": self.detail,
            **{name: value for name, value in errors.items() if math.isfinite(value)},
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises:
            RunError: A key is missing or holds something else.
        """
        return parsed("leaderboard row", value, cls._from_json)

    @classmethod
    def _from_json(cls, value: Mapping[str, Any]) -> Self:
        if value["kind"] not in ("network", "ensemble", "baseline"):
            raise ValueError(f"kind {value['kind']!r}")
        parameters = value["parameters"]
        return cls(
            name=str(value["name"]),
            kind=value["kind"],
            validation=figures_from_json(value["validation"]),
            test=figures_from_json(value["test"]),
            fit_seconds=number(value["fit_seconds"]),
            parameters=None if parameters is None else int(parameters),
            detail=str(value.get("detail", "")),
            error=number(value.get("error")),
            difference_error=number(value.get("difference_error")),
        )
