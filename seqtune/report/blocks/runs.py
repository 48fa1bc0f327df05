"""The runs of a folder beside each other, by data set and task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from seqtune.drawing.wording import better, count, duration, figure, headed, metric_name, percent
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.report.runs import RunLine, RunsReport

MOST_BARS = 40

HEADINGS = (
    Heading(text="run"),
    Heading(text="data"),
    Heading(text="task"),
    Heading(text="status"),
    Heading(text="metric"),
    Heading(text="winner"),
    Heading(text="test", is_numeric=True),
    Heading(text="best simple method"),
    Heading(text="its test", is_numeric=True),
    Heading(text="skill or gain", is_numeric=True),
    Heading(text="trials", is_numeric=True),
    Heading(text="time", is_numeric=True),
    Heading(text="when"),
)


def runs_blocks(report: RunsReport) -> tuple[Block, ...]:
    """Return all runs in one table, and a chart for each data set and task that has several."""
    if not report.runs:
        return (Block(key="runs", title="Runs", sentences=(f"No runs in {report.folder}.",)),)
    unread = [f"{run.name}: {run.reason}"[:2_000] for run in report.runs if run.reason]
    blocks = [
        Block(
            key="runs",
            title="All runs",
            figures=(
                Grid(
                    title="Runs, a row each",
                    caption="Skill is the share of the best simple method's test error that the "
                    "winner removes; gain is by how much it is better, where higher is better.",
                    headings=HEADINGS,
                    rows=tuple(_cells(run, report.folder) for run in report.runs),
                    keys=tuple(_keys(run) for run in report.runs),
                ),
                *_unread(unread),
            ),
        )
    ]
    groups: dict[tuple[str, str, str], list[RunLine]] = defaultdict(list)
    for run in report.runs:
        if run.score is not None:
            groups[run.data, run.task, run.metric].append(run)
    for number, ((data, task, metric), runs) in enumerate(sorted(groups.items()), start=1):
        blocks.append(
            Block(
                key=f"group-{number}",
                title=f"{data or 'Data without a name'}, {task}",
                figures=(_chart(metric, runs, report.folder),),
            )
        )
    return tuple(blocks)


def _name(run: RunLine, folder: str) -> str:
    return run.name.removeprefix(f"{folder.rstrip('/')}/")


def _cells(run: RunLine, folder: str) -> tuple[str, ...]:
    ahead = figure(run.gain) if run.skill is None else percent(run.skill)
    return (
        _name(run, folder),
        run.data or "-",
        run.task or "-",
        run.status,
        metric_name(run.metric) or "-",
        run.winner or "-",
        figure(run.score),
        run.baseline or "-",
        figure(run.baseline_score),
        ahead,
        count(run.trials),
        duration(run.seconds),
        run.when[:16].replace("T", " ") or "-",
    )


def _keys(run: RunLine) -> tuple[float | None, ...]:
    ahead = run.gain if run.skill is None else run.skill
    trials = None if run.trials is None else float(run.trials)
    texts = (None,) * 6
    numbers = (run.score, None, run.baseline_score, ahead, trials, run.seconds, None)
    return (*texts, *numbers)


def _chart(metric: str, runs: Sequence[RunLine], folder: str) -> Bars:
    """Return the test figure of each run beside that of its best simple method."""
    shown = runs[:MOST_BARS]
    name = metric_name(metric)
    return Bars(
        title=headed(f"{name} on the test part"),
        caption=f"{better(shown[0].direction).capitalize()} is better.",
        categories=tuple(_name(run, folder) for run in shown),
        groups=(
            Group(name="winner", values=tuple(run.score for run in shown), role="model"),
            Group(
                name="best simple method",
                values=tuple(run.baseline_score for run in shown),
                role="baseline",
            ),
        ),
        is_lying=True,
    )


def _unread(reasons: Sequence[str]) -> tuple[Grid, ...]:
    if not reasons:
        return ()
    rows = tuple((reason,) for reason in reasons)
    return (Grid(title="Not read", headings=(Heading(text="why"),), rows=rows),)
