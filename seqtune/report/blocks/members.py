"""What predicts: the members of the winner, and of the best of the search, with their weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from seqtune.drawing.wording import percent
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import AnyFigure, Block
from seqtune.figures.grid import Grid, Heading
from seqtune.run.fitted import Fitted
from seqtune.run.members import MEMBERS, Member, read_members

MOST_KEYS = 12


def members_block(run: Fitted) -> Block | None:
    """Return what stands behind the winner and behind the best of the search."""
    path = run.folder / MEMBERS
    if not path.exists():
        return None
    rows = read_members(run.folder)
    board = run.board
    shown = [row for row in (board.winner, board.best_searched) if row is not None]
    if run.only:
        shown = [row for row in board.rows if row.name == run.only]
    figures: list[AnyFigure] = []
    sentences = []
    for name in dict.fromkeys(row.name for row in shown):
        members = rows.get(name, [])
        if members:
            figures += [*_weights(name, members), _table(name, members)]
        else:
            sentences.append(f"{name} is a simple method: it has no members.")
    if not figures and not sentences:
        return None
    return Block(
        key="members", title="What predicts", sentences=tuple(sentences), figures=tuple(figures)
    )


def _name(member: Member) -> str:
    if member.method:
        return member.method
    values = member.values
    kinds = [str(values.get(key, ""))[:60] for key in ("network.architecture", "network.cell")]
    return "-".join([*filter(None, kinds), member.trial])


def _weights(name: str, members: Sequence[Member]) -> list[AnyFigure]:
    if len(members) < 2:
        return []

    def group(title: str, role: str, is_method: bool) -> Group:
        values = [each.weight if bool(each.method) is is_method else None for each in members]
        return Group.model_validate({"name": title, "values": values, "role": role})

    groups = [group("networks", "model", False)]
    if any(each.method for each in members):
        groups.append(group("simple methods", "baseline", True))
    return [
        Bars(
            title=f"Weights in {name}",
            categories=tuple(map(_name, members)),
            groups=tuple(groups),
            y_title="share of the prediction",
            is_lying=True,
        )
    ]


def _table(name: str, members: Sequence[Member]) -> Grid:
    networks = [each for each in members if not each.method]
    keys = _telling([each.values for each in networks])
    headings = [
        Heading(text="member"),
        Heading(text="weight", is_numeric=True),
        Heading(text="trained on all rows"),
        *(Heading(text=key) for key in keys),
    ]
    rows = [
        (
            _name(each),
            percent(each.weight),
            "–" if each.method else "yes" if each.refitted else "no",
            *("–" if each.method else _text(each.values.get(key)) for key in keys),
        )
        for each in members
    ]
    return Grid(title=f"Members of {name}", headings=tuple(headings), rows=tuple(rows))


def _telling(values: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the keys that say what a network is: its sizes, and what differs."""
    names = list(dict.fromkeys(key for each in values for key in each))
    sizes = [key for key in names if key.startswith("network.") and key.count(".") == 1]
    differing = [key for key in names if len({_text(each.get(key)) for each in values}) > 1]
    wanted = dict.fromkeys([*sizes, *differing])
    return [key for key in names if key in wanted][:MOST_KEYS]


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)[:200] if isinstance(value, (str, int)) else json.dumps(value)[:200]
