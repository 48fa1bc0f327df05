"""How answers are searched for: what a recipe or `predict` says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_BEAMS = 100
"""Answers to one source that are followed at the same time, at most."""


@dataclass(frozen=True)
class DecodingSettings:
    """How answers are searched for.

    Args:
        beam: Answers of each source that are followed at the same time; 1 takes the most probable
            token each time.
        length_penalty: How much longer answers are favoured.
        n_best: Answers of each source that are returned.
        longest: Tokens of an answer at most; 0 for as many as the longest training answer.
    """

    beam: int = 1
    length_penalty: float = 1.0
    n_best: int = 1
    longest: int = 0

    @classmethod
    def of(cls, section: Any) -> DecodingSettings:
        """Read the section `decoding` of a recipe."""
        longest = 0 if section.longest == "auto" else int(section.longest)
        return cls(section.beam, section.length_penalty, section.n_best, longest)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DecodingSettings:
        """Read what `to_dict` returned, from a file that may be a stranger's.

        Raises:
            ValueError: It is something else.
        """
        if not isinstance(values, Mapping) or {*values} != {*cls.__dataclass_fields__}:
            raise ValueError("its decoding is not as it is written")
        found = cls(**values)
        wholes = (found.beam, found.n_best, found.longest)
        is_sound = (
            all(type(each) is int for each in wholes)
            and 1 <= found.beam <= MOST_BEAMS
            and 1 <= found.n_best <= MOST_BEAMS
            and found.longest >= 0
            and type(found.length_penalty) in (int, float)
            and 0 <= found.length_penalty <= 10
        )
        if not is_sound:
            raise ValueError("its decoding is not as it is written")
        return found


GREEDY = DecodingSettings()
"""The most probable token each time: what trials are compared by."""
