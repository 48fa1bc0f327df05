"""The worst mistakes of a classifier: where it was surest of a label that is not the true one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.excerpt import excerpt
from seqtune.drawing.wording import count, literal, percent, several
from seqtune.metrics.classify import YES, Floats, true_classes

Mask = npt.NDArray[np.bool_]

NO_LABEL = "(none)"


@dataclass(frozen=True)
class Mistake:
    """One case that was taken for something else.

    Args:
        where: Where the case stands: file:line, or its id.
        truth: The true label; several are joined by commas.
        label: The predicted label; several are joined by commas.
        confidence: How sure the classifier was of what is wrong; 0 to 1.
        text: What was classified; empty where it is a series.
    """

    where: str
    truth: str
    label: str
    confidence: float
    text: str = ""


@dataclass(frozen=True)
class MistakesReport:
    """The mistakes that are worth a look.

    Args:
        mistakes: The worst first, as `worst_mistakes` finds them.
        total: How many mistakes there are in all, as `count_mistakes` counts them.
    """

    kind: ClassVar[str] = "mistakes"

    mistakes: Sequence[Mistake]
    total: int

    def __rich__(self) -> RenderableType:
        """Draw a line per mistake, and below it the start of its text."""
        return _Drawing(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the mistakes, the worst first, with their whole texts."""
        return {
            "total": self.total,
            "mistakes": [asdict(mistake) for mistake in self.mistakes],
        }


def count_mistakes(probabilities: Floats, targets: Floats, *, is_multi: bool = False) -> int:
    """Count the cases that are not wholly right.

    Args:
        probabilities: (cases, classes), 0 to 1.
        targets: (cases, classes), 0 or 1.
        is_multi: Whether a case may have any number of labels.

    Raises:
        ValueError: A probability is NaN, or a case has not exactly one label.
    """
    return int((_confidence_in_wrong(probabilities, targets, is_multi) >= 0).sum())


def worst_mistakes(
    probabilities: Floats,
    targets: Floats,
    labels: Sequence[str],
    where: Callable[[int], str],
    text: Callable[[int], str],
    most: int = 5,
    *,
    is_multi: bool = False,
) -> list[Mistake]:
    """Return the mistakes that the classifier was most sure of, the surest first.

    With one label per case, how sure it was is the probability of the predicted label; with
    several, that of its surest wrong answer (a label given that is not true, or one left out that
    is). Equals keep the order of the cases.

    Args:
        probabilities: (cases, classes), 0 to 1.
        targets: (cases, classes), 0 or 1.
        labels: (classes,), the names of the classes.
        where: Turns the number of a case into where it stands; called for what is returned alone.
        text: Turns the number of a case into its text, empty for a series; called as seldom.
        most: How many to return at most.
        is_multi: Whether a case may have any number of labels.

    Raises:
        ValueError: A probability is NaN, or a case has not exactly one label.
    """
    sure = _confidence_in_wrong(probabilities, targets, is_multi)
    order = np.argsort(-sure, kind="stable")[: max(0, most)]
    return [
        Mistake(
            where=where(case),
            truth=_names(targets[case] >= YES, labels),
            label=_names(_predicted(probabilities[case], is_multi), labels),
            confidence=float(sure[case]),
            text=text(case),
        )
        for case in order.tolist()
        if sure[case] >= 0
    ]


def _confidence_in_wrong(probabilities: Floats, targets: Floats, is_multi: bool) -> Floats:
    """Return (cases,) how sure the classifier was of what is wrong, -1 where nothing is."""
    if np.isnan(probabilities).any():
        raise ValueError("a probability is NaN; how sure it was cannot be said")
    if is_multi:
        said = probabilities >= YES
        sure = np.where(said, probabilities, 1.0 - probabilities)
        wrong = said != (targets >= YES)
        return np.asarray(np.where(wrong, sure, -1.0).max(axis=1, initial=-1.0))
    if not len(probabilities):
        return np.empty(0)
    chosen = probabilities.argmax(axis=1)
    return np.where(chosen != true_classes(targets), probabilities.max(axis=1), -1.0)


def _predicted(probabilities: Floats, is_multi: bool) -> Mask:
    """Return (classes,) whether each label is given to the case of these probabilities."""
    if is_multi:
        return np.asarray(probabilities >= YES)
    return np.asarray(np.arange(len(probabilities)) == probabilities.argmax())


def _names(given: Mask, labels: Sequence[str]) -> str:
    names = [label for label, is_given in zip(labels, given, strict=True) if is_given]
    return ", ".join(names) or NO_LABEL


@dataclass(frozen=True)
class _Drawing:
    """One drawing of the mistakes on one console."""

    report: MistakesReport

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self._title(), style="bold")
        for mistake in self.report.mistakes:
            yield Text()
            yield self._line(mistake)
            if mistake.text.strip():
                yield from excerpt(mistake.text, console, options)

    def _title(self) -> str:
        shown, total = len(self.report.mistakes), self.report.total
        if not total:
            return "No mistakes"
        if shown >= total:
            return f"{several(total, 'mistake')}, the surest first"
        return f"The {several(shown, 'surest mistake')} of {count(total)}"

    def _line(self, mistake: Mistake) -> Text:
        parts = [
            (f"{literal(mistake.where)}: ", "dim"),
            (literal(mistake.truth), "green"),
            (" -> ", ""),
            (literal(mistake.label), "red"),
            (f" ({percent(mistake.confidence)} sure)", ""),
        ]
        return Text.assemble(*parts, overflow="fold")
