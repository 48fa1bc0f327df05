"""seqtune: from a CSV or text file to the best recurrent network for it, with proof.

    import seqtune
    run = seqtune.fit("data/airline.csv", task="forecast", budget="60s")
    run.leaderboard
    run.predict()

Everything is loaded when it is first used, so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqtune.errors import (
        DataError,
        ExportError,
        MissingExtra,
        RecipeError,
        RunError,
        SearchError,
        SeqtuneError,
        UsageError,
    )
    from seqtune.recipe.load import Recipe
    from seqtune.report.html import framed_page as framed_page
    from seqtune.report.html import page as page
    from seqtune.report.plot import plot
    from seqtune.run.bundle import Bundle
    from seqtune.run.load import load
    from seqtune.run.run import Run
    from seqtune.workflow.fit import fit
    from seqtune.workflow.refit import refit
    from seqtune.workflow.resume import resume

__version__ = "0.1.0"

_HOME = {
    "fit": "seqtune.workflow.fit",
    "refit": "seqtune.workflow.refit",
    "resume": "seqtune.workflow.resume",
    "load": "seqtune.run.load",
    "page": "seqtune.report.html",
    "plot": "seqtune.report.plot",
    "framed_page": "seqtune.report.html",
    "Recipe": "seqtune.recipe.load",
    "Bundle": "seqtune.run.bundle",
    "Run": "seqtune.run.run",
    "SeqtuneError": "seqtune.errors",
    "UsageError": "seqtune.errors",
    "RecipeError": "seqtune.errors",
    "DataError": "seqtune.errors",
    "RunError": "seqtune.errors",
    "SearchError": "seqtune.errors",
    "ExportError": "seqtune.errors",
    "MissingExtra": "seqtune.errors",
}

__all__ = [
    "Bundle",
    "DataError",
    "ExportError",
    "MissingExtra",
    "Recipe",
    "RecipeError",
    "Run",
    "RunError",
    "SearchError",
    "SeqtuneError",
    "UsageError",
    "__version__",
    "fit",
    "load",
    "page",
    "plot",
    "refit",
    "resume",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'seqtune' has no attribute {name!r}")
    from seqtune.garbage import garbage_left

    with garbage_left():
        return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
