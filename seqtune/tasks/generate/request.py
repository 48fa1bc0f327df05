"""What is asked of a model that writes; what is out of range is refused before any is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from seqtune.errors import UsageError
from seqtune.tasks.generate.emission import Emission
from seqtune.tasks.generate.sampling import SamplingSettings


@dataclass(frozen=True)
class Request:
    """What is to be written.

    Args:
        prompt: What the text begins with.
        length: New characters at most.
        choice: How tokens are drawn.
        stops: Texts before which the text ends.
        count: How many texts.

    Raises:
        UsageError: A value is out of range; the hint names the flag.
    """

    prompt: str = ""
    length: int = 500
    choice: SamplingSettings = field(default_factory=SamplingSettings)
    stops: Sequence[str] = ()
    count: int = 1

    def __post_init__(self) -> None:
        Emission(self.stops, self.length)  # says what is wrong with them
        if self.count < 1:
            raise UsageError(f"{self.count} texts; expected at least 1", "--count 3")


def request_of(
    prompt: str, length: int, *, stop: str | Sequence[str] = (), **choice: Any
) -> Request:
    """Return a request from values named as the flags of `seqtune generate`.

    Args:
        prompt: What the text begins with.
        length: New characters at most.
        stop: A text before which it ends, or several.
        choice: `temperature`, `top_k`, `top_p`, `seed`, `repetition_penalty`, `no_repeat`.

    Raises:
        UsageError: A value is out of range.
    """
    stops = (stop,) if isinstance(stop, str) else tuple(stop)
    return Request(prompt, length, SamplingSettings(**choice), stops)
