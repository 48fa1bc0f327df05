"""The verdict, the figures that it rests on, and the leaderboard."""

from __future__ import annotations

import math
from collections.abc import Sequence

from seqtune.drawing.wording import better, count, duration, figure, headed, metric_name, percent
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.facts import Facts
from seqtune.figures.grid import Grid, Heading
from seqtune.report.leaderboard import LeaderboardReport
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.verdict import are_told_apart
from seqtune.tasks._info import metric_of

MOST_BARS = 24


def verdict_block(board: Leaderboard, sentences: Sequence[str]) -> Block:
    """Return what to make of a leaderboard, beside the leaderboard.

    Args:
        board: The leaderboard.
        sentences: The verdict.
    """
    figures = [facts(board), leaderboard_grid(board), scores(board)]
    return Block(
        key="verdict",
        title="Verdict",
        sentences=tuple(sentences),
        figures=tuple(each for each in figures if each is not None),
    )


def facts(board: Leaderboard) -> Facts | None:
    """Return the figures that the verdict rests on."""
    winner, searched, baseline = board.winner, board.best_searched, board.best_baseline
    if winner is None:
        return None
    name = metric_name(board.metric)
    pairs = [("Winner", winner.name)]
    if searched is not None:
        pairs.append((f"Best of the search, test {name}", figure(board.test_score(searched))))
    if baseline is not None:
        pairs.append((f"{baseline.name}, test {name}", figure(board.test_score(baseline))))
    if searched is None or winner is not searched or not are_told_apart(board):
        return Facts(title="", pairs=tuple(pairs))
    if board.skill is not None:
        pairs.append(("Error removed", percent(board.skill)))
    elif board.gain is not None:
        pairs.append(("Gain", f"{figure(board.gain)} {metric_of(board.metric).unit}"))
    return Facts(title="", pairs=tuple(pairs))


def leaderboard_grid(board: Leaderboard) -> Grid:
    """Return the leaderboard with every metric of the test part."""
    rows = board.ranked()
    known = dict.fromkeys(name for row in rows for name in row.test)
    others = [name for name in known if name != board.metric]
    others.sort(key=lambda name: not metric_of(name).shown)
    metric = metric_name(board.metric)
    headings = [
        Heading(text="#", is_numeric=True),
        Heading(text="name"),
        Heading(text=f"{metric}, validation", is_numeric=True),
        Heading(text=f"{metric}, test", is_numeric=True),
        *(Heading(text=f"{metric_name(name)}, test", is_numeric=True) for name in others),
        Heading(text="kind"),
        Heading(text="time to fit", is_numeric=True),
        Heading(text="parameters", is_numeric=True),
    ]
    drawn = LeaderboardReport(board)
    cells, keys = [], []
    for rank, row in enumerate(rows, start=1):
        numbers = [
            board.validation_score(row),
            board.test_score(row),
            *(row.test.get(name, math.nan) for name in others),
        ]
        cells.append(
            (
                f"{drawn.mark(row)}{rank}".replace("*", "★"),
                row.name,
                _give_or_take(numbers[0], row.error),
                *map(figure, numbers[1:]),
                row.kind,
                duration(row.fit_seconds),
                count(row.parameters),
            )
        )
        parameters = None if row.parameters is None else float(row.parameters)
        keys.append(
            (
                float(rank),
                None,
                *map(_finite, numbers),
                None,
                _finite(row.fit_seconds),
                parameters,
            )
        )
    return Grid(
        title=f"Leaderboard, by {metric} on the validation part",
        caption=f"{better(board.direction).capitalize()} is better. "
        + " ".join(map(_ended, drawn.remarks)),
        headings=tuple(headings),
        rows=tuple(cells),
        keys=tuple(keys),
        marked=tuple(n for n, row in enumerate(rows) if row is board.winner),
        faint=tuple(
            n for n, row in enumerate(rows) if row.kind == "baseline" and row is not board.winner
        ),
    )


def scores(board: Leaderboard) -> Bars | None:
    """Return every model's figure on the test part as bars."""
    rows = [row for row in board.ranked() if math.isfinite(board.test_score(row))]
    best = board.best_baseline
    shown = rows[:MOST_BARS]
    if best is not None and best in rows and best not in shown:
        shown.append(best)
    if len(shown) < 2:
        return None
    name = metric_name(board.metric)
    error = board.standard_error

    def group(title: str, role: str, is_baseline: bool) -> Group:
        values = [
            board.test_score(row) if (row.kind == "baseline") is is_baseline else None
            for row in shown
        ]
        errors = tuple(None if value is None else error for value in values) if error else ()
        return Group.model_validate(
            {"name": title, "values": values, "role": role, "errors": errors}
        )

    groups = (
        group("networks and ensembles", "model", False),
        group("simple methods", "baseline", True),
    )
    said = f" The whiskers are one standard error, {figure(error)}." if error else ""
    return Bars(
        title=headed(f"{name} on the test part"),
        caption=f"{better(board.direction).capitalize()} is better; test figures took no part in "
        f"the choice.{said}",
        categories=tuple(_starred(row, board) for row in shown),
        groups=groups,
        is_lying=True,
    )


def baseline_level(board: Leaderboard) -> tuple[float | None, str]:
    """Return the validation figure of the best simple method, and what a chart calls it."""
    best = board.best_baseline
    score = math.nan if best is None else board.validation_score(best)
    if best is None or not math.isfinite(score):
        return None, ""
    return score, f"best simple method: {best.name}"


def _starred(row: Row, board: Leaderboard) -> str:
    return f"★ {row.name}" if row is board.winner else row.name


def _give_or_take(score: float, error: float) -> str:
    """Return a figure with its standard error, where that is known."""
    return f"{figure(score)} ± {figure(error)}" if math.isfinite(error) else figure(score)


def _ended(line: str) -> str:
    line = line.replace("* ", "★ ")
    return f"{line[:1].upper()}{line[1:]}."


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
