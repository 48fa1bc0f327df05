"""Charts of a run as a figure of matplotlib, from the same values as its page."""

from __future__ import annotations

from typing import Any

from seqtune.errors import UsageError, unknown
from seqtune.plots.chart import draw, is_chart
from seqtune.report.html import blocks_of
from seqtune.run.fitted import Fitted


def plot(run: Fitted, block: str | None = None) -> Any:
    """Return charts of a run's page as a `matplotlib.figure.Figure`.

    Args:
        run: What `seqtune.load` opened, or `seqtune.fit` returned.
        block: Key of a block of the page, such as "search"; if None, the first one after the
            verdict that has charts, which shows the models at work.

    Raises:
        MissingExtra: matplotlib is not installed.
        UsageError: There is no such block, or it has no chart.
        RunError: A file of the run folder is damaged.

    Example:
        >>> seqtune.plot(run, "search").savefig("search.pdf")
    """
    charts = {
        each.key: [figure for figure in each.figures if is_chart(figure)] for each in blocks_of(run)
    }
    known = [key for key, figures in charts.items() if figures]
    if block is None:
        block = next((key for key in known if key != "verdict"), "verdict")
    if block not in charts:
        raise UsageError(unknown("block", block, known), f"run.plot({known[0]!r})" if known else "")
    return draw(charts[block])
