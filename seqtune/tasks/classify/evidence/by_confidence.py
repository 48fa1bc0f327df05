"""Whether answers come true as often as they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.drawing.wording import figure, percent, several
from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import Block
from seqtune.figures.numbers import numbers
from seqtune.figures.points import Cloud, Points
from seqtune.metrics.classify import BINS, calibration_error
from seqtune.tasks._compared import ERRORS
from seqtune.tasks.classify.evidence.answers import Answers, Floats


@dataclass(frozen=True)
class Bins:
    """Probabilities of answers, in the bins of the calibration error.

    Args:
        counts: (bins,) answers.
        claimed: (bins,) their mean probability; NaN for none.
        right: (bins,) the share that came true; NaN for none.
        by_chance: The calibration error that chance alone gives, were every probability right.
        surplus: By how much more is claimed than comes true, over all answers.
        error: Standard error of that.
    """

    counts: npt.NDArray[np.int64]
    claimed: Floats
    right: Floats
    by_chance: float
    surplus: float
    error: float


def bins_of(answers: Answers, name: str) -> Bins:
    """Return what a model claims and what comes true.

    By chance the gap of a bin is normal with the variance `sum p (1 - p)`, whose mean size is
    `sqrt(2 / pi)` of its standard deviation.

    Args:
        answers: One case at least.
        name: The model.
    """
    probabilities = answers.probabilities[name]
    if answers.is_multi:
        claimed, right = probabilities.ravel(), answers.targets.ravel()
    else:
        claimed = probabilities.max(axis=1)
        right = answers.right(name).astype(np.float64)
    place = np.clip(np.ceil(claimed * BINS) - 1, 0, BINS - 1).astype(np.int64)
    counts = np.bincount(place, minlength=BINS)
    divisor = np.where(counts > 0, counts, np.nan)
    variance = np.bincount(place, weights=claimed * (1 - claimed), minlength=BINS)
    gaps = (claimed - right).reshape(len(answers), -1).mean(axis=1)  # of cases
    spread = gaps.std(ddof=1) / np.sqrt(len(gaps)) if len(gaps) > 1 else np.nan
    return Bins(
        counts,
        claimed=np.bincount(place, weights=claimed, minlength=BINS) / divisor,
        right=np.bincount(place, weights=right, minlength=BINS) / divisor,
        by_chance=float(np.sqrt(2 / np.pi) * np.sqrt(variance).sum() / len(claimed)),
        surplus=float(gaps.mean()),
        error=float(spread),
    )


def confidence_block(answers: Answers) -> Block | None:
    """Return how often answers come true by how sure they are; None without cases.

    Args:
        answers: What was answered.
    """
    if not len(answers):
        return None
    bins = {name: bins_of(answers, name) for name in answers.names}
    return Block(
        key="calibration",
        title="Whether answers come true as often as they say",
        sentences=_sentences(answers, bins),
        figures=(_curve(answers, bins), _bars(answers, bins)),
    )


def _curve(answers: Answers, bins: dict[str, Bins]) -> Points:
    clouds = []
    for name in answers.names[::-1]:
        each = bins[name]
        used = np.flatnonzero(each.counts)
        clouds.append(
            Cloud(
                name=name,
                x=tuple(round(float(value), 6) for value in each.claimed[used]),
                y=numbers(each.right[used]),
                labels=tuple(several(int(each.counts[place]), _unit(answers)) for place in used),
                role=answers.role(name),
            )
        )
    return Points(
        title="Share that comes true by how sure the answer is",
        caption="On the diagonal, probabilities keep their word; below it, answers are too sure.",
        clouds=tuple(clouds),
        x_title="probability of the answer (mean of a bin)",
        y_title="share that is right",
        is_diagonal=True,
    )


def _bars(answers: Answers, bins: dict[str, Bins]) -> Bars:
    unit = _unit(answers)
    return Bars(
        title=f"{unit.capitalize()}s by how sure the answer is",
        categories=tuple(f"{100 * (place + 1) / BINS:.0f} %" for place in range(BINS)),
        groups=tuple(
            Group(name=name, values=numbers(bins[name].counts), role=answers.role(name))
            for name in answers.names
        ),
        x_title="probability of the answer up to",
        y_title=f"{unit}s",
    )


def _unit(answers: Answers) -> str:
    return "label" if answers.is_multi else "case"


def _sentences(answers: Answers, bins: dict[str, Bins]) -> tuple[str, ...]:
    own = bins[answers.model]
    errors = {
        name: calibration_error(
            answers.probabilities[name], answers.targets, is_multi=answers.is_multi
        )
        for name in answers.names
    }
    said = f"The calibration error of {answers.model} is {figure(errors[answers.model])}"
    if answers.baseline:
        said += f", that of {answers.baseline} {figure(errors[answers.baseline])}"
    sentences = [
        f"{said}; of {several(len(answers), 'case')}, chance alone would give about "
        f"{figure(own.by_chance)}."
    ]
    if np.isfinite(own.error):
        claimed = float(np.nansum(own.claimed * own.counts) / own.counts.sum())
        held = percent(claimed - own.surplus)
        what = (
            f"{answers.model} gives its labels a probability of {percent(claimed)} on average, and "
            f"{held} of them are true"
            if answers.is_multi
            else f"{answers.model} is {percent(claimed)} sure on average and right in {held}"
        )
        sentences.append(f"{what}: {_verdict(own)}.")
    return tuple(sentences)


def _verdict(own: Bins) -> str:
    if abs(own.surplus) <= max(ERRORS * own.error, 1e-9):
        return "the two are not told apart"
    return "too sure" if own.surplus > 0 else "not sure enough"
