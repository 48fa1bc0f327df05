"""How each tag, or each kind of span, fares, beside the simple method."""

from __future__ import annotations

import numpy as np

from seqtune.drawing.wording import count, figure, percent, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.numbers import numbers
from seqtune.metrics.sign_test import CHANCE, sign_test
from seqtune.tasks._cut_text import names_of
from seqtune.tasks._ratios import apart
from seqtune.tasks.tag.evidence.counts import Counts, counts_of, kinds_of
from seqtune.tasks.tag.evidence.tagging import Tagging

MOST_BARS, MOST_ROWS = 40, 200
"""Tags of the chart, and of the table."""


def tags_block(tagging: Tagging) -> Block | None:
    """Return F1, precision and recall of each tag; None where nothing is known.

    Args:
        tagging: The tags that were given.
    """
    if not tagging.scored.any():
        return None
    kinds = kinds_of(tagging.own, MOST_ROWS)
    counts = {name: counts_of(tagging.found[name], kinds) for name in tagging.names}
    what = "Kind by kind of span" if tagging.own.tags.has_spans else "Tag by tag"
    figures = (_bars(tagging, kinds[:MOST_BARS], counts), _grid(tagging, kinds, counts))
    return Block(
        key="tags",
        title=what,
        sentences=(*_overall(tagging), *_by_tag(tagging, kinds, counts)),
        figures=figures if kinds else (),
    )


def _bars(tagging: Tagging, kinds: tuple[str, ...], counts: dict[str, Counts]) -> Bars:
    groups = []
    for name in tagging.names:
        found = [counts[name].f1(at) for at in range(len(kinds))]
        groups.append(
            Group(
                name=name,
                values=numbers([each.value for each in found]),
                errors=numbers([each.error for each in found], 3),
                role=tagging.role(name),
            )
        )
    return Bars(
        title="F1 by " + _one(tagging),
        caption="The most frequent first.",
        categories=names_of(kinds),
        groups=tuple(groups),
        x_title=_one(tagging),
        y_title="F1",
        is_lying=True,
    )


def _grid(tagging: Tagging, kinds: tuple[str, ...], counts: dict[str, Counts]) -> Grid:
    own = counts[tagging.model]
    unit = "spans" if tagging.own.tags.has_spans else f"{tagging.unit}s"
    heads = [_one(tagging), unit, "precision", "recall", "F1"]
    heads += [f"F1 of {tagging.baseline}"] if tagging.baseline else []
    rows, keys = [], []
    for at, name in enumerate(names_of(kinds)):
        shares = [own.precision(at).value, own.recall(at).value, own.f1(at).value]
        shares += [counts[tagging.baseline].f1(at).value] if tagging.baseline else []
        support = int(own.support[:, at].sum())
        rows.append((name, count(support), *map(figure, shares)))
        keys.append((None, float(support), *numbers(shares)))
    return Grid(
        title=f"Tags as {tagging.model} gives them",
        headings=tuple(Heading(text=head, is_numeric=bool(at)) for at, head in enumerate(heads)),
        rows=tuple(rows),
        keys=tuple(keys),
    )


def _one(tagging: Tagging) -> str:
    return "kind of span" if tagging.own.tags.has_spans else "tag"


def _overall(tagging: Tagging) -> tuple[str, ...]:
    """Say how many positions are right, and in how many sequences which model is better."""
    scored = int(tagging.scored.sum())
    wrong = {name: tagging.wrong(name) for name in tagging.names}
    own = wrong[tagging.model]
    said = [
        f"{tagging.model} has {count(scored - int(own.sum()))} of "
        f"{several(scored, tagging.unit)} right ({percent(1 - own.sum() / scored)})"
    ]
    if not tagging.baseline:
        return (f"{said[0]}.",)
    other = wrong[tagging.baseline]
    said[0] += f", {tagging.baseline} {percent(1 - other.sum() / scored)}."
    better, worse = int((own < other).sum()), int((own > other).sum())
    plural = "series" if tagging.sequence == "series" else f"{tagging.sequence}s"
    total = several(int((tagging.positions > 0).sum()), tagging.sequence, plural)
    text = (
        f"It has fewer mistakes than {tagging.baseline} in {count(better)} of {total} and more in "
        f"{count(worse)}"
    )
    if sign_test(min(better, worse), better + worse) > CHANCE:
        said.append(f"{text}: the two are not told apart.")
    else:
        said.append(f"{text}: {'better' if better > worse else 'worse'} than chance would give.")
    return tuple(said)


def _by_tag(tagging: Tagging, kinds: tuple[str, ...], counts: dict[str, Counts]) -> tuple[str, ...]:
    own, said, one = counts[tagging.model], [], _one(tagging)
    values = [own.f1(at).value for at in range(len(kinds))]
    if len(kinds) > 1:
        worst, best = int(np.argmin(values)), int(np.argmax(values))
        shown = names_of(kinds)
        said.append(
            f"It is best at '{shown[best]}' (F1 {figure(values[best])}) and worst at "
            f"'{shown[worst]}' (F1 {figure(values[worst])} of "
            f"{count(int(own.support[:, worst].sum()))})."
        )
    if tagging.baseline and kinds:
        method = counts[tagging.baseline]
        signs = [apart(own.f1(at), method.f1(at)) for at in range(len(kinds))]
        better, worse = signs.count(1), signs.count(-1)
        plural = "kinds of spans" if tagging.own.tags.has_spans else "tags"
        said.append(
            f"Against {tagging.baseline} its F1 is higher for {better} of "
            f"{several(len(kinds), one, plural)}, lower for {worse}, and not told apart for "
            f"{len(kinds) - better - worse}."
        )
    return tuple(said)
