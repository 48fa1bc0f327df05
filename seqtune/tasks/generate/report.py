"""What a language model shows of its own, and what one would type next to use it."""

from __future__ import annotations

from seqtune.data.text.vocabulary import SYMBOL
from seqtune.recipe.load import Recipe
from seqtune.tasks._info import Usage
from seqtune.tasks.generate.report_gaps import GapsReport
from seqtune.tasks.generate.report_sample import SampleReport

KINDS = {SampleReport.kind: SampleReport, GapsReport.kind: GapsReport}
"""What `chart.json` may hold."""


def usage(run: str, recipe: Recipe) -> Usage:
    """Return how a run is used: to write, or to fill gaps, which only networks can.

    Args:
        run: The run folder.
        recipe: Its recipe.
    """
    words = ("seqtune", "generate", run)
    if recipe.get("objective") == "fill":
        return Usage("", ((*words, "--fill", "Once upon a ___"),))
    if recipe.get("tokens.kind") == SYMBOL:
        output = "events.csv" if recipe.get("data.events") else "tune.mid"
        return Usage("generate", ((*words, "--length", "64", "-o", output),))
    return Usage("generate", ((*words, "--prompt", "Once"), (*words, "--next", "Once upon a")))
