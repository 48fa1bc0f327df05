"""Text that is typed as it stands: a command, a recipe."""

from __future__ import annotations

from typing import Literal

from seqtune.figures.value import Figure, Text


class Listing(Figure):
    """A command or a file.

    Args:
        text: What is typed, line breaks included.
    """

    kind: Literal["listing"] = "listing"
    text: Text
