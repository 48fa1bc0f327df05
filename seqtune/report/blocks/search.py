"""The search: what the trials came to by time, which settings won, and which of them mattered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from seqtune.drawing.wording import better, headed, metric_name, percent, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import AnyFigure, Block
from seqtune.figures.numbers import is_wide
from seqtune.figures.parallel import Axis, Parallel
from seqtune.figures.parallel import Path as Way
from seqtune.figures.points import Cloud, Points
from seqtune.report.blocks.curves import WIDE
from seqtune.report.blocks.importance import LEAST_TRIALS, Importance, importance_of
from seqtune.report.blocks.settings import Setting, scored, varied
from seqtune.report.blocks.verdict import baseline_level
from seqtune.run.run import Run
from seqtune.run.untrusted import MAX_PART

MOST_AXES = 7
MOST_TRIALS = 2_000

ENDED = re.compile(r"^(\S{19,32}) TrialEnded\(trial='(t[0-9]{3,9})'")
"""A line of the run's log that says when a trial ended."""


def search_block(run: Run) -> Block | None:
    """Return how the search went; None where no trial ended."""
    trials = run.trials
    known = scored(trials)
    if not trials:
        return None
    failed = sum(trial["status"] == "failed" for trial in trials)
    stopped = sum(trial["status"] == "stopped" for trial in trials)
    sentences = [
        f"{several(len(trials), 'trial')}: {len(trials) - failed - stopped} trained to their end, "
        f"{stopped} were stopped early because others did better, {failed} failed."
    ]
    figures: list[AnyFigure | None] = []
    if known:
        settings = varied(known, run.recipe.dimensions())
        scores = [float(trial["score"]) for trial in known]
        importance = importance_of(settings, scores)
        if importance is not None:
            order = importance.order
            settings, importance = [settings[n] for n in order], importance.taken(order)
        figures += [
            by_time(run, known),
            parallel(run, known, settings[:MOST_AXES]),
            bars(settings, importance),
        ]
        if importance is None and settings:
            sentences.append(
                f"Which settings matter is not said of fewer than {LEAST_TRIALS} trials."
            )
    return Block(
        key="search",
        title="The search",
        sentences=tuple(sentences),
        figures=tuple(each for each in figures if each is not None),
    )


def ends_of(folder: Path) -> dict[str, datetime]:
    """Return when each trial ended, by what the run's log says; a trial that went on ends last."""
    path = folder / "log.txt"
    if not path.is_file() or path.stat().st_size > MAX_PART:
        return {}
    found = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if match := ENDED.match(line):
            try:
                found[match[2]] = datetime.fromisoformat(match[1]).replace(tzinfo=None)
            except ValueError:
                continue
    return found


def by_time(run: Run, trials: Sequence[Mapping[str, Any]]) -> Points:
    """Return the score of each trial by when it ended, and the best so far."""
    ends = ends_of(run.folder)
    began = _began(run)
    if began is not None and all(trial["trial"] in ends for trial in trials):
        at = [max(0.0, (ends[trial["trial"]] - began).total_seconds()) for trial in trials]
        title = "seconds since the command began"
    else:
        at, total = [], 0.0
        for trial in trials:
            total += float(trial.get("seconds", trial["training_seconds"]))
            at.append(total)
        title = "seconds of work, all workers together"
    order = sorted(range(len(trials)), key=lambda n: at[n])[:MOST_TRIALS]
    level, name = baseline_level(run.board)
    board = run.board
    clouds = [
        _cloud(trials, at, order, "completed", "trained to the end", "other"),
        _cloud(trials, at, order, "stopped", "stopped early", "other"),
        _best(trials, at, order, board.direction),
    ]
    return Points(
        title=headed(f"{metric_name(board.metric)} on the validation part, by time"),
        caption=f"Each mark is a trial; {better(board.direction)} is better.",
        clouds=tuple(cloud for cloud in clouds if cloud.x),
        x_title=title,
        y_title=metric_name(board.metric),
        level=level,
        level_name=name,
        is_y_logarithmic=board.direction == "min"
        and is_wide([*(float(trial["score"]) for trial in trials), level], WIDE),
    )


def _began(run: Run) -> datetime | None:
    try:
        return datetime.fromisoformat(str(run.record.get("began", ""))).replace(tzinfo=None)
    except ValueError:
        return None


def _cloud(
    trials: Sequence[Mapping[str, Any]],
    at: Sequence[float],
    order: Sequence[int],
    status: str,
    name: str,
    role: str,
) -> Cloud:
    chosen = [n for n in order if trials[n]["status"] == status]
    return Cloud.model_validate(
        {
            "name": name,
            "x": [at[n] for n in chosen],
            "y": [float(trials[n]["score"]) for n in chosen],
            "labels": [_label(trials[n]) for n in chosen],
            "role": role,
        }
    )


def _label(trial: Mapping[str, Any]) -> str:
    values = trial["values"]
    parts = [str(values.get(key, ""))[:60] for key in ("network.architecture", "network.cell")]
    return " ".join([trial["trial"], *filter(None, parts)])


def _best(
    trials: Sequence[Mapping[str, Any]], at: Sequence[float], order: Sequence[int], direction: str
) -> Cloud:
    sign = -1 if direction == "max" else 1
    best, x, y = float("inf"), [], []
    for n in order:
        score = sign * float(trials[n]["score"])
        if score < best:
            best = score
            x.append(at[n])
            y.append(float(trials[n]["score"]))
    return Cloud(name="best so far", x=tuple(x), y=tuple(y), role="model", is_stepped=True)


def parallel(
    run: Run, trials: Sequence[Mapping[str, Any]], settings: Sequence[Setting]
) -> Parallel | None:
    """Return the configurations as lines across an axis per setting."""
    if len(trials) < 2 or not settings:
        return None
    sign = -1 if run.board.direction == "max" else 1
    order = sorted(range(len(trials)), key=lambda n: sign * float(trials[n]["score"]))
    return Parallel(
        title="Which settings won",
        caption=f"A line per trial; the axis at the right is {metric_name(run.board.metric)} on "
        "the validation part, the better the higher. A line has a gap where a setting has no "
        "effect.",
        axes=tuple(
            Axis(name=each.path, choices=each.choices, is_logarithmic=each.is_logarithmic)
            for each in settings
        ),
        paths=tuple(
            Way(
                name=trials[n]["trial"],
                values=tuple(each.values[n] for each in settings),
                score=float(trials[n]["score"]),
            )
            for n in order[:MOST_TRIALS]
        ),
        score_title=metric_name(run.board.metric),
        direction=run.board.direction,
    )


def bars(settings: Sequence[Setting], importance: Importance | None) -> Bars | None:
    """Return how much each setting matters."""
    if importance is None:
        return None
    known = max(0.0, importance.explained)
    doubt = " That is little: take the order with care." if known < 0.3 else ""
    return Bars(
        title="Which settings mattered",
        caption="How much worse a random forest predicts the order of the trials when a setting is "
        f"shuffled. The forest explains {percent(known)} of that order in trials that it has not "
        f"seen.{doubt}",
        categories=tuple(each.path for each in settings),
        groups=(
            Group(
                name="importance",
                values=tuple(max(0.0, mean) for mean in importance.means),
                errors=importance.spreads,
                role="model",
            ),
        ),
        y_title="fall of the share that is explained",
        is_lying=True,
    )
