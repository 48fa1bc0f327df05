"""Names of text encodings: Python's codecs without those that turn bytes into other bytes."""

from __future__ import annotations

import codecs

NO_TEXT = ("idna", "punycode", "undefined")
"""Codecs of host names, and one that always fails."""


def encoding_name(encoding: str) -> str:
    """Return Python's own name of a text encoding.

    Raises:
        LookupError: There is no such encoding, or it is none of texts, as base64 is.

    Example:
        >>> encoding_name("UTF8"), encoding_name("latin-1")
        ('utf-8', 'iso8859-1')
    """
    try:
        found = codecs.lookup(encoding)
    except ValueError as error:  # a name with a NUL in it
        raise LookupError(encoding) from error
    if not getattr(found, "_is_text_encoding", True) or found.name in NO_TEXT:
        raise LookupError(encoding)
    return found.name
