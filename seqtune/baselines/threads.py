"""How many threads libraries may use for small work, such as simple methods: one."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import lru_cache
from typing import Any


def one_thread() -> Any:
    """Return a context in which libraries work with one thread.

    What they are given is small, and while simple methods run, the workers of the search start:
    threads that wait for a core cost more than they bring. Where the library that limits them is
    missing, as in a bundle, there is no limit.
    """
    try:
        return _controller(len(sys.modules)).limit(limits=1)
    except ModuleNotFoundError:
        return nullcontext()


@lru_cache(maxsize=1)
def _controller(modules: int) -> Any:
    """Return what knows the libraries; they are looked for again where more modules are loaded."""
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
