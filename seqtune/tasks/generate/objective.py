"""What a network of a configuration is for: to go on with a text, or to fill gaps in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqtune.tasks.generate.schema import ARCHITECTURES


def is_for_gaps(values: Mapping[str, Any]) -> bool:
    """Say whether a configuration reads from both sides."""
    return ARCHITECTURES.form_of(str(values["network.architecture"])) == "context"
