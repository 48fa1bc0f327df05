"""Where the words of a text are: every character that is no blank belongs to one.

    He paid 3.50 at Joe's!   ->   He | paid | 3.50 | at | Joe's | !

Signs of scripts without blanks (Chinese, Japanese) are a word each.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

NUMBER = r"\d+(?:[.,:/]\d+)+(?!\w)"
UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"


def word_places(text: str) -> list[tuple[int, int]]:
    """Return where each word begins and ends, in characters.

    Words are letters and digits, with an apostrophe inside; numbers have points, commas and colons
    inside; any other character is a word of its own.

    Example:
        >>> text = "Joe's 3.50!"
        >>> [text[begin:end] for begin, end in word_places(text)]
        ["Joe's", '3.50', '!']
    """
    return [found.span() for found in _pattern().finditer(text)]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    marks = "".join(map(re.escape, filter(_is_mark, map(chr, range(sys.maxunicode + 1)))))
    letter = f"(?:(?![{UNSPACED}])[^\\W_]|[{marks}\u200c\u200d])"
    word = f"(?![{UNSPACED}])[^\\W_]{letter}*(?:['’]{letter}+)*"
    return re.compile(f"{NUMBER}|{word}|\\S[{marks}\ufe0f]*")


def _is_mark(character: str) -> bool:
    """Say whether a character is written over, under or around the one before it."""
    return unicodedata.category(character)[0] == "M"
