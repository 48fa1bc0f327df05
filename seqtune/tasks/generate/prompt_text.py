"""Prompts in text files; loads nothing heavy."""

from __future__ import annotations

from pathlib import Path

from seqtune.errors import DataError


def text_in(path: Path) -> str:
    """Return the text of a file, without the line break at its end.

    Raises:
        DataError: It cannot be read as UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise DataError(
            f"{path} cannot be read as a prompt: {reason}", '--prompt "Once"'
        ) from error
