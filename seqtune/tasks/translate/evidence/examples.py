"""The best, typical and worst answers beside those of the simple method."""

from __future__ import annotations

import numpy as np

from seqtune.drawing.wording import count, percent, several
from seqtune.figures.block import Block
from seqtune.figures.grid import Grid, Heading
from seqtune.metrics.sign_test import CHANCE, sign_test
from seqtune.tasks._compared import compared
from seqtune.tasks._cut_text import cut_text
from seqtune.tasks._ratios import apart
from seqtune.tasks.translate.evidence.written import Written

EACH = 8
"""Examples of each kind at most."""

KINDS = ("worst", "typical", "best")


def examples_block(written: Written) -> Block:
    """Return some answers, and how many are right.

    Args:
        written: The answers, to one case at least.
    """
    return Block(
        key="answers",
        title="Answers beside what was expected",
        sentences=_sentences(written),
        figures=(_grid(written),),
    )


def chosen(written: Written) -> list[tuple[str, int]]:
    """Return the kind and the number of examples.

    Among equally good answers those with the longest references come first: short ones are right
    more easily. No case is there twice.

    Args:
        written: The answers.
    """
    share, size = written.share_wrong(written.model), written.sizes[written.model]
    order = np.lexsort((np.arange(len(share)), -size, share))
    number = min(EACH, max(1, len(order) // len(KINDS)))
    middle = (len(order) - number) // 2
    by_kind = {
        "worst": order[::-1][:number],
        "typical": order[middle : middle + number],
        "best": order[:number],
    }
    found: dict[int, str] = {}
    for kind in KINDS:
        for case in by_kind[kind].tolist():
            found.setdefault(case, kind)
    return [(kind, case) for case, kind in found.items()]


def _grid(written: Written) -> Grid:
    has_text = any(written.sources)
    heads = ["", "where", *(["source"] if has_text else []), "expected"]
    numeric = [False] * len(heads)
    for name in written.names:
        heads += [f"answer of {name}", "wrong"]
        numeric += [False, True]
    shares = {name: written.share_wrong(name) for name in written.names}
    rows = []
    for kind, case in chosen(written):
        row = [kind, written.where(case)]
        row += [cut_text(written.sources[case])] if has_text else []
        row.append(cut_text(" | ".join(written.references[case])))
        for name in written.names:
            row += [cut_text(written.answers[name][case]) or "(nothing)"]
            row += [percent(float(shares[name][case]))]
        rows.append(tuple(row))
    return Grid(
        title="Answers, from the worst to the best",
        caption=f"Wrong: {written.unit}s put in, left out or changed, by those of the reference.",
        headings=tuple(
            Heading(text=head, is_numeric=is_number)
            for head, is_number in zip(heads, numeric, strict=True)
        ),
        rows=tuple(rows),
    )


def _sentences(written: Written) -> tuple[str, ...]:
    model, baseline = written.model, written.baseline
    own = written.right(model)
    every = np.ones(len(written), np.bool_)
    rate = written.error_rate(model, every)
    text = f"Of the {written.unit}s of the references, {percent(rate.value)} are wrong"
    if not baseline:
        return (
            f"{model} is exactly right in {count(int(own.sum()))} of "
            f"{several(len(own), 'case')} ({percent(own.mean())}).",
            f"{text}.",
        )
    other = written.error_rate(baseline, every)
    word = {1: "fewer", -1: "more", 0: "not told apart"}[apart(other, rate)]
    better = int((written.edits[model] < written.edits[baseline]).sum())
    worse = int((written.edits[model] > written.edits[baseline]).sum())
    nearer = (
        f"The answer of {model} is nearer to a reference than that of {baseline} in "
        f"{count(better)} of {several(len(written), 'case')}, farther in {count(worse)}"
    )
    if sign_test(min(better, worse), better + worse) > CHANCE:
        nearer += ": not told apart"
    right = written.right(baseline)
    return (
        compared(model, baseline, own, right, "case", "is exactly right"),
        f"{text}, of {baseline} {percent(other.value)}: {word}.",
        f"{nearer}.",
    )
