"""Syllables of Hangul as their letters: 67 of them instead of 11,172 syllables."""

from __future__ import annotations

import re
import unicodedata

SYLLABLE = re.compile("[\uac00-\ud7a3]")


def in_letters(text: str) -> str:
    """Return a text with every syllable of Hangul taken apart (Unicode's form NFD).

    Other characters stay as they are.

    Example:
        >>> [f"{ord(letter):x}" for letter in in_letters("\uac01a")]
        ['1100', '1161', '11a8', '61']
    """
    return SYLLABLE.sub(lambda found: unicodedata.normalize("NFD", found[0]), text)
