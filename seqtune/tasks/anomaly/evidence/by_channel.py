"""Which columns and which series events are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from seqtune.drawing.wording import literal
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.tasks.anomaly.events import Event
from seqtune.tasks.anomaly.evidence.scene import ROLES, Scene

SHOWN = 20
"""Columns, or series, of the most events that are listed."""


def channels_block(scene: Scene) -> Block | None:
    """Return events by column and by series; None where there is one of either, or no event."""
    found = {each.name: scene.events(each) for each in scene.judged}
    if not any(found.values()):
        return None
    figures, said = [], []
    if len(scene.channels) > 1:
        by_model = {
            name: Counter(each.channel for each in events if each.channel is not None)
            for name, events in found.items()
        }
        figures.append(_bars(by_model, scene.channels, "Events by the column that is to blame"))
        said.append(_sentence(by_model[scene.model.name], scene.channels, "column"))
    if len(scene.series) > 1:
        by_model = {name: _by_segment(scene, events) for name, events in found.items()}
        figures.append(_bars(by_model, scene.series, "Events by series"))
        said.append(_sentence(by_model[scene.model.name], scene.series, "series"))
    if not figures:
        return None
    return Block(
        key="channels",
        title="Where events are",
        sentences=tuple(filter(None, said)),
        figures=tuple(figures),
    )


def _by_segment(scene: Scene, events: Sequence[Event]) -> Counter[int]:
    return Counter(scene.segment_of(each.peak) for each in events)


def _bars(by_model: dict[str, Counter[int]], names: Sequence[str], title: str) -> Bars:
    total: Counter[int] = Counter()
    for each in by_model.values():
        total.update(each)
    order = sorted(range(len(names)), key=lambda place: (-total[place], place))[:SHOWN]
    return Bars(
        title=title,
        categories=tuple(literal(names[place]) for place in order),
        groups=tuple(
            Group(name=name, values=tuple(float(counted[place]) for place in order), role=role)
            for (name, counted), role in zip(by_model.items(), ROLES, strict=False)
        ),
        y_title="events",
        is_lying=True,
    )


def _sentence(counted: Counter[int], names: Sequence[str], noun: str) -> str:
    """Name what has most events, and say what is not listed."""
    said = ""
    if counted:
        top, events = max(counted.items(), key=lambda pair: (pair[1], -pair[0]))
        said = f"{events:,} of {sum(counted.values()):,} events are of {literal(names[top])}."
    hidden = len(names) - SHOWN
    if hidden > 0:
        said += f" {hidden:,} {noun if noun == 'series' else noun + 's'} of fewer are not listed."
    return said.strip()
