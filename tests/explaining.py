"""What a network looks at is measured at the end of a fit only where a test is about that.

It took a sixth of the time of each small forecast, of which the tests fit hundreds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

from seqtune.workflow.conclusion import Conclusion

EXPLAIN = Conclusion.explain


def explain_nothing() -> None:
    """Leave it out in this process; `seqtune report --explain` still measures it."""

    def explain(conclusion: Conclusion, result: Any) -> None:
        return None

    Conclusion.explain = explain  # type: ignore[method-assign]


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Measure it, as users have it."""
    with mock.patch.object(Conclusion, "explain", EXPLAIN):
        yield
