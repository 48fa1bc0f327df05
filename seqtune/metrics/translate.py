"""The metrics of written answers: formula, unit and source of each.

Common arguments:

    answers:    one text per row
    references: the right texts of each row, at least one; a row may have several

BLEU and chrF are sacrebleu's, in points from 0 to 100. The others are counted over all rows: exact
match is a share of rows from 0 to 1; an error rate is a share of words or characters, 0 at best,
and above 1 where answers are longer than what was asked. Without any row a metric is NaN.

Higher is better for `bleu`, `chrf` and `exact_match`; lower for `word_error_rate` and
`character_error_rate`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

References = Sequence[Sequence[str]]
"""The right texts of each row, at least one each."""

BLANKLESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese, which put no blanks between words."""


def score_answers(answers: Sequence[str], references: References) -> dict[str, float]:
    """Return every metric by its name.

    Args:
        answers: One text per row.
        references: The right texts of each row.

    Raises:
        ValueError: There is not one list of references per answer, or one is empty.

    Example:
        >>> score_answers(["a cat sat down"], [["a cat sat down", "the cat sat"]])["bleu"]
        100.00000000000004
    """
    return {
        "bleu": bleu(answers, references),
        "chrf": chrf(answers, references),
        "exact_match": exact_match(answers, references),
        "word_error_rate": word_error_rate(answers, references),
        "character_error_rate": character_error_rate(answers, references),
    }


def bleu(answers: Sequence[str], references: References) -> float:
    """BLEU: how many words, pairs, triples and quadruples of the answers the references have.

    `100 BP exp(mean_n ln p_n)`, n from 1 to 4: `p_n` is the share of the answers' n-grams, counted
    over all rows, that are in a reference of their row (each as often as in one of them at most),
    and `BP = min(1, exp(1 - r / c))` punishes answers of `c` words in all that are shorter than
    the references nearest in length, `r`. Words are those of mteval-v13a; characters where the
    references put no blanks between words. An order without any match is smoothed exponentially.

    Source:
        Papineni, Roukos, Ward and Zhu 2002, "BLEU: a method for automatic evaluation of machine
        translation", ACL; as sacrebleu computes it: Post 2018, arXiv:1804.08771.
    """
    if _no_rows(answers, references):
        return float("nan")
    return float(_bleu(references).corpus_score(list(answers), _streams(references)).score)


def chrf(answers: Sequence[str], references: References) -> float:
    """Character n-gram F-score: chrF2 of n-grams of 1 to 6 characters, without blanks.

    `100 (1 + b^2) P R / (b^2 P + R)` with `b = 2`; P is the share of the answers' n-grams that
    the reference has, R the share of the reference's that the answer has, each a mean over n.
    Of several references the one with the highest score counts.

    Source:
        Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", WMT; as
        sacrebleu computes it.
    """
    from sacrebleu.metrics import CHRF

    if _no_rows(answers, references):
        return float("nan")
    return float(CHRF().corpus_score(list(answers), _streams(references)).score)


def signatures(references: References) -> dict[str, str]:
    """Return how BLEU and chrF are computed, so that figures can be compared.

    Args:
        references: The right texts of each row.

    Returns:
        sacrebleu's signature by name of the metric; empty without rows.
    """
    from sacrebleu.metrics import CHRF

    if not references:
        return {}
    metrics: dict[str, Any] = {"bleu": _bleu(references), "chrf": CHRF()}
    for metric in metrics.values():  # the count of references is known once they are read
        metric.corpus_score([each[0] for each in references], _streams(references))
    return {name: str(metric.get_signature()) for name, metric in metrics.items()}


def exact_match(answers: Sequence[str], references: References) -> float:
    """Exact match: the share of rows whose answer is one of the references; 0 to 1.

    Blanks count as one, and not at the ends. One minus this is what the SIGMORPHON tasks on
    spelling and sound call the word error rate: a row is a word there.

    Source:
        Rajpurkar et al. 2016, "SQuAD", arXiv:1606.05250, section 6.1 (without its leaving out of
        articles and punctuation); Ashby et al. 2021, SIGMORPHON, section 4.
    """
    if _no_rows(answers, references):
        return float("nan")
    right = sum(
        answer.split() in map(str.split, those)
        for answer, those in zip(answers, references, strict=True)
    )
    return right / len(answers)


def word_error_rate(answers: Sequence[str], references: References) -> float:
    """Word error rate: words put in, left out or changed, by the words of the references.

    `sum_i edits_i / sum_i words_i`: the Levenshtein distance of the answer's words, as blanks
    divide them, to those of the reference that is nearest, and that reference's words. Of
    references that are equally near the longest counts. Where a target is a row of symbols, a word
    is a symbol: of phones, this is the phone error rate.

    Source:
        Klakow and Peters 2002, "Testing the correlation of word error rate and perplexity",
        Speech Communication 38, equation 1.
    """
    return _error_rate(answers, references, str.split)


def character_error_rate(answers: Sequence[str], references: References) -> float:
    """Character error rate: as the word error rate, over code points, blanks included.

    Source:
        Morris, Maier and Green 2004, "From WER and RIL to MER and WIL", Interspeech, equation 1.
    """
    return _error_rate(answers, references, str)


def _error_rate(
    answers: Sequence[str], references: References, units: Callable[[str], Sequence[str]]
) -> float:
    if _no_rows(answers, references):
        return float("nan")
    edits = length = 0
    for nearest in nearest_edits(answers, references, units):
        edits, length = edits + nearest[0], length + nearest[1]
    return edits / max(length, 1)


def nearest_edits(
    answers: Sequence[str], references: References, units: Callable[[str], Sequence[str]]
) -> Iterator[tuple[int, int]]:
    """Yield the edits from each answer to its nearest reference, and that one's length.

    Args:
        answers: An answer to each case.
        references: The right answers to each, one at least.
        units: Divides a text into what is counted.
    """
    from rapidfuzz.distance import Levenshtein

    for answer, those in zip(answers, references, strict=True):
        given = units(answer)
        wanted = [units(reference) for reference in those]
        yield min(
            ((Levenshtein.distance(given, one), len(one)) for one in wanted),
            key=lambda found: (found[0], -found[1]),
        )


def _no_rows(answers: Sequence[str], references: References) -> bool:
    """Say whether there is nothing to score.

    Raises:
        ValueError: There is not one list of references per answer, or one is empty.
    """
    if len(answers) != len(references):
        raise ValueError(f"{len(answers)} answers, but references of {len(references)} rows")
    if not all(references):
        empty = next(row for row, those in enumerate(references) if not those)
        raise ValueError(f"row {empty} has no reference")
    return not answers


def _streams(references: References) -> list[list[str | None]]:
    """Return the first reference of every row, the second, …; None where a row has fewer."""
    most = max(map(len, references))
    return [
        [those[place] if place < len(those) else None for those in references]
        for place in range(most)
    ]


def _bleu(references: References) -> Any:
    """Make sacrebleu's BLEU; `force` keeps it from warning of texts that are tokenized."""
    from sacrebleu.metrics import BLEU

    firsts = "".join(those[0] for those in references)
    is_blankless = len(BLANKLESS.findall(firsts)) > len(firsts) / 2
    return BLEU(tokenize="char" if is_blankless else "13a", force=True)
