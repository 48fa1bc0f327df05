"""What clients of a served language model ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seqtune.tasks._requests import StreamOption
from seqtune.tasks.generate.request import request_of
from seqtune.tasks.generate.sampling import HARDEST, TEMPERATURE, TOP_P, WIDEST
from seqtune.tasks.generate.text_generator import TextGenerator

LONGEST_TEXT, LONGEST_PROMPT = 10_000, 100_000
"""Characters that a client may ask for, and that a prompt may have, at most."""

OPTIONS = (
    StreamOption("prompt", {"type": "string", "default": "", "maxLength": LONGEST_PROMPT}),
    StreamOption(
        "length", {"type": "integer", "default": 500, "minimum": 1, "maximum": LONGEST_TEXT}
    ),
    StreamOption(
        "temperature",
        {"type": "number", "default": TEMPERATURE, "minimum": 0, "maximum": WIDEST},
    ),
    StreamOption("top_k", {"type": "integer", "minimum": 1, "maximum": 2**31}),
    StreamOption(
        "top_p", {"type": "number", "default": TOP_P, "exclusiveMinimum": 0, "maximum": 1}
    ),
    StreamOption("seed", {"type": "integer", "default": 0, "minimum": 0, "maximum": 2**31}),
    StreamOption(
        "repetition_penalty",
        {"type": "number", "default": 1, "minimum": 1, "maximum": HARDEST},
    ),
    StreamOption("no_repeat", {"type": "integer", "minimum": 1, "maximum": LONGEST_TEXT}),
    StreamOption("stop", {"type": "string", "minLength": 1, "maxLength": 1_000}),
)


def stream(
    writer: TextGenerator,
    options: Mapping[str, Any],
    use: str | None,
    hear: Callable[[str], None],
) -> dict[str, Any]:
    """Write a text; what follows the prompt is heard piece by piece.

    Args:
        writer: The models at work.
        options: Values of `OPTIONS`.
        use: Name of the leaderboard row that writes; the winner if None.
        hear: Hears each piece of new text.
    """
    request = request_of(**{"prompt": "", "length": 500, **options})
    heard: list[str] = []

    def hear_new(piece: str) -> None:
        if heard and piece:  # the prompt comes first
            hear(piece)
        heard.append(piece)

    (written,) = writer.write(request, use, hear_new)
    return {
        "text": written.text,
        "ended": written.ended,
        "tokens": written.tokens,
        "seconds": round(written.seconds, 4),
        **({"steps": written.steps} if written.layout else {}),
    }
