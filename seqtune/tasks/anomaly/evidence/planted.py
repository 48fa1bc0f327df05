"""Which kinds of planted anomalies a model finds, where nobody labelled real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.numbers import numbers
from seqtune.metrics.labelled_events import Ints, count_within, runs
from seqtune.metrics.sign_test import CHANCE, sign_test
from seqtune.tasks.anomaly.evidence.scene import ROLES


def planted_block(
    kinds: npt.NDArray[np.int8],
    names: Sequence[str],
    marked: Mapping[str, npt.NDArray[np.bool_]],
    offsets: Ints,
) -> Block | None:
    """Return the share of planted anomalies that was found, by kind; None where none was planted.

    Args:
        kinds: (rows,) of copies, 0 or 1 + place of the kind among the names.
        names: Every kind.
        marked: (rows,) which rows each model marks, the one that the page is about first.
        offsets: (copies + 1,) borders between copies.
    """
    ranges = {code: runs(kinds == code, offsets) for code in range(1, len(names) + 1)}
    present = [code for code, each in ranges.items() if len(each)]
    if not present:
        return None
    hits = {
        name: [count_within(flags, ranges[code]) > 0 for code in present]
        for name, flags in marked.items()
    }
    words = tuple(f"{names[code - 1].replace('_', ' ')} ({len(ranges[code])})" for code in present)
    bars = Bars(
        title="Planted anomalies that are found, by kind",
        caption="How many of each kind were planted stands beside its name.",
        categories=words,
        groups=tuple(
            Group(name=name, values=numbers([100 * each.mean() for each in found]), role=role)
            for (name, found), role in zip(hits.items(), ROLES, strict=False)
        ),
        y_title="found, %",
        is_lying=True,
    )
    every = {name: np.concatenate(found) for name, found in hits.items()}
    return Block(
        key="planted",
        title="Planted anomalies",
        sentences=_sentences(every),
        figures=(bars,),
    )


def _sentences(found: Mapping[str, npt.NDArray[np.bool_]]) -> tuple[str, ...]:
    (model, ours), *others = found.items()
    total = several(len(ours), "anomaly", "anomalies")
    said = f"Of {total} that were planted into copies of the test part, {model} finds "
    said += f"{int(ours.sum())}"
    if not others:
        return (f"{said}.",)
    name, theirs = others[0]
    alone, other = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    is_chance = sign_test(min(alone, other), alone + other) > CHANCE
    word = "They are not told apart" if is_chance else "Chance alone would hardly give that"
    return (
        f"{said}, {name} {int(theirs.sum())}. {word}: {alone} are found by {model} alone, {other} "
        f"by {name} alone.",
    )
