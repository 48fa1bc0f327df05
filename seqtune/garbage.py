"""No search for garbage while modules are loaded: a tenth of the time to a first answer."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def garbage_left() -> Iterator[None]:
    """Let garbage lie in a block, or in a function that this decorates.

    What modules are made of stays, and each search goes through all of it: pandas, Arrow and
    seqtune bring a million objects. A process that has turned the search off keeps it off.

    Example:
        >>> with garbage_left():
        ...     import json
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
