"""The tags of a run: their names, how they mark spans, and what may follow what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from seqtune.data.text.span_marks import Legal, Scheme, converted, legal

Codes = npt.NDArray[np.int64]

UNKNOWN = -1
"""In place of a tag that there is none of, or that no training position has."""

MOST_TAGS = 2_000


@dataclass(frozen=True)
class Tags:
    """What a position may be called.

    Args:
        names: (tags,), the commonest in training first.
        scheme: How they mark spans: "none", "bio" or "bioes".
        written: How the user's tags do, which predictions are written in: these, or "iob1".
    """

    names: tuple[str, ...]
    scheme: Scheme = "none"
    written: Scheme = "none"

    def __len__(self) -> int:
        return len(self.names)

    @property
    def has_spans(self) -> bool:
        """Whether the tags mark spans."""
        return self.scheme != "none"

    @cached_property
    def legal(self) -> Legal:
        """Which tags may stand where."""
        return legal(self.names, self.scheme)

    def codes(self, tags: Sequence[str]) -> Codes:
        """Return the number of each tag, (positions,); -1 for none, and for one not known.

        Args:
            tags: (positions,), in the scheme `scheme`.
        """
        numbers = {name: number for number, name in enumerate(self.names)}
        return np.array([numbers.get(tag, UNKNOWN) for tag in tags], np.int64)

    def texts(self, codes: Codes, offsets: Codes) -> list[str]:
        """Return tags as the user writes them.

        Args:
            codes: (positions,), each the number of a tag.
            offsets: (sequences + 1,), where each sequence begins.
        """
        tags = [self.names[code] for code in codes.tolist()]
        return converted(tags, offsets, self.scheme, self.written)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"names": list(self.names), "scheme": self.scheme, "written": self.written}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Tags:
        """Read what `to_dict` returned, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is something else.
            KeyError: Something is missing.
        """
        names, scheme, written = values["names"], values["scheme"], values["written"]
        is_sound = (
            isinstance(names, list)
            and all(isinstance(name, str) and 0 < len(name) <= 1000 for name in names)
            and 1 < len(names) == len(set(names)) <= MOST_TAGS
            and scheme in get_args(Scheme)
            and scheme != "iob1"
            and written in ((scheme, "iob1") if scheme == "bio" else (scheme,))
        )
        if not is_sound:
            raise ValueError("its tags are not as they are written")
        tags = cls(tuple(names), scheme, written)
        if not tags.legal.begin.any() or not tags.legal.end.any():
            raise ValueError("no sequence of its tags is legal")
        return tags
