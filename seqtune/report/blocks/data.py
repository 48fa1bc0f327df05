"""What was done with the data: roles, repairs, and where training, validation and test lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from seqtune.drawing.wording import count
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import AnyFigure, Block
from seqtune.figures.facts import Facts
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.lines import Lines, Span
from seqtune.pages.words import written

PARTS = ("training", "validation", "test")

COUNTED = ("windows", "cases", "rows")
"""What the parts are counted in, the most telling first."""

PRIVATE = ("path", "query", "sketch", "fingerprint", "roles")
"""What stands elsewhere, or says nothing to people."""

PLACES = 240
"""Places of the axis of times."""

LONGEST = 400


def data_block(record: Mapping[str, Any], notes: Sequence[str]) -> Block:
    """Return what was done with the data.

    Args:
        record: What the run says of itself; it may come from a stranger.
        notes: What the user should know of the data and the run.
    """
    data = record.get("data", {})
    figures = [
        _facts(data),
        _roles(data.get("roles")),
        timeline(data),
        _counts(data),
        _parts(data),
        _assumptions(record.get("assumptions")),
        _notes(notes),
    ]
    return Block(
        key="data",
        title="What was done with the data",
        figures=tuple(each for each in figures if each is not None),
    )


def _facts(data: Mapping[str, Any]) -> Facts | None:
    pairs = []
    if isinstance(path := data.get("path"), str) and path:
        pairs.append(("file", PurePath(path).name))
    for name, value in data.items():
        of_part = any(name.startswith(f"{part}_") for part in PARTS)
        if name in PRIVATE or of_part or (text := _text(value)) is None:
            continue
        pairs.append((name.replace("_", " "), text))
    return Facts(title="", pairs=tuple(pairs[:60])) if pairs else None


def _text(value: Any) -> str | None:
    """Write a plain value; None for what has no room here."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (str, int, float)) and value != "":
        return written(value)[:LONGEST]
    if isinstance(value, list) and value and all(isinstance(e, (str, int, float)) for e in value):
        return ", ".join(map(written, value))[:LONGEST]
    return None


def _roles(roles: Any) -> Facts | None:
    if not isinstance(roles, Mapping):
        return None
    pairs = [(str(role), text) for role, value in roles.items() if (text := _text(value))]
    return Facts(title="Columns and their roles", pairs=tuple(pairs)) if pairs else None


def _span_of(data: Mapping[str, Any], part: str) -> tuple[Any, Any] | None:
    span = data.get(f"{part}_span")
    if not isinstance(span, list) or len(span) != 2:
        return None
    return (span[0], span[1]) if all(isinstance(end, (str, int)) for end in span) else None


def timeline(data: Mapping[str, Any]) -> Lines | None:
    """Return the parts on the axis of time; None where they are not stretches of it.

    Example:
        >>> spans = {"training_span": ["2020-01", "2020-06"], "test_span": ["2020-07", "2020-09"]}
        >>> [span.name for span in timeline(spans).spans]
        ['training', 'test']
    """
    spans = {part: span for part in PARTS if (span := _span_of(data, part))}
    if len(spans) < 2:
        return None
    ends = [(part, *_numbers(span)) for part, span in spans.items()]
    if any(first is None or last is None for _, first, last in ends):
        return None
    known = [(part, float(first or 0), float(last or 0)) for part, first, last in ends]
    if any(left[2] > right[1] for left, right in pairwise(known)) or known[0][1] >= known[-1][2]:
        return None  # series that begin at different times: the parts overlap
    begin, end = known[0][1], known[-1][2]
    step = (end - begin) / (PLACES - 1)
    marks = [begin + step * number for number in range(PLACES)]

    def place(value: float) -> int:
        return min(PLACES - 1, max(0, round((value - begin) / step)))

    borders = [place(first) for _, first, _ in known]
    lasts = [*(max(border - 1, 0) for border in borders[1:]), PLACES - 1]
    x: tuple[str, ...] | tuple[float, ...] = tuple(marks)
    if all(isinstance(span[0], str) for span in spans.values()):
        x = tuple(_time(mark) for mark in marks)
    return Lines(
        title="Training, validation and test",
        caption="Networks learn from training alone, are chosen on validation, and are scored once "
        "on test.",
        x=x,
        spans=tuple(
            Span(name=part, first=min(first, last), last=last)
            for (part, _, _), first, last in zip(known, borders, lasts, strict=True)
        ),
    )


EPOCH = datetime(1970, 1, 1)


def _numbers(span: tuple[Any, Any]) -> tuple[float | None, float | None]:
    """Return the ends of a stretch in seconds, or in rows."""
    return _number(span[0]), _number(span[1])


def _number(end: Any) -> float | None:
    if isinstance(end, int):
        return float(end)
    text = f"{end}-01" if len(end) == 7 else f"{end}-01-01" if len(end) == 4 else str(end)
    try:
        time = datetime.fromisoformat(text[:26].replace("Z", "")).replace(tzinfo=None)
    except ValueError:
        return None
    return (time - EPOCH).total_seconds()


def _time(seconds: float) -> str:
    return (EPOCH + timedelta(seconds=round(seconds))).isoformat()


def _number_of(data: Mapping[str, Any], part: str, what: str) -> int | None:
    value = data.get(f"{part}_{what}")
    return value if type(value) is int and 0 <= value < 10**12 else None


def _counts(data: Mapping[str, Any]) -> Bars | None:
    """Return how large the parts are."""
    for what in COUNTED:
        counts = [_number_of(data, part, what) for part in PARTS]
        if all(each is not None for each in counts):
            values = tuple(float(each or 0) for each in counts)
            return Bars(
                title=f"How many {what} each part has",
                categories=PARTS,
                groups=(Group(name=what, values=values, role="model"),),
                is_lying=True,
            )
    return None


def _parts(data: Mapping[str, Any]) -> Grid | None:
    rows = []
    has_span = any(_span_of(data, part) for part in PARTS)
    known = [what for what in reversed(COUNTED) if _number_of(data, "training", what) is not None]
    for part in PARTS:
        span = _span_of(data, part)
        ends = [str(span[0]), str(span[1])] if span else ["–", "–"]
        numbers = [_number_of(data, part, what) for what in known]
        rows.append((part, *(ends if has_span else []), *map(count, numbers)))
    if not has_span and not known:
        return None
    headings = [Heading(text="part")]
    headings += [Heading(text="first"), Heading(text="last")] if has_span else []
    headings += [Heading(text=what, is_numeric=True) for what in known]
    return Grid(title="The parts in numbers", headings=tuple(headings), rows=tuple(rows))


def _assumptions(assumptions: Any) -> Grid | None:
    """Return what was assumed for the user, with the flag that overrides it."""
    if not isinstance(assumptions, list):
        return None
    keys = ("what", "taken", "why", "flag")
    rows = [
        tuple(str(each.get(key, ""))[:2_000] for key in keys)
        for each in assumptions[:500]
        if isinstance(each, Mapping)
    ]
    if not rows:
        return None
    headings = ("what", "taken", "because", "override with")
    return Grid(
        title="What was assumed",
        headings=tuple(Heading(text=text) for text in headings),
        rows=tuple(rows),
    )


def _notes(notes: Sequence[str]) -> AnyFigure | None:
    if not notes:
        return None
    return Grid(
        title="What was found and repaired",
        headings=(Heading(text="note"),),
        rows=tuple((str(note)[:20_000],) for note in notes[:500]),
    )
