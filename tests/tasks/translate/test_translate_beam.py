"""Beam search: against all sequences, and step by step by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_translators import every_answer

from seqtune.data.text.vocabulary import END
from seqtune.tasks.translate.beam import NEVER, Beams, Candidates

SIZE = 4
"""The end, the unknown, and two tokens."""


def language(seed: int, spread: float = 1.5) -> dict[tuple[int, ...], np.ndarray]:
    """Return made-up log-probabilities of the next token after each answer."""
    draw = np.random.default_rng(seed)
    made = {}
    for answer in every_answer(SIZE, 4):
        logits = draw.normal(0, spread, SIZE)
        logits[1] = -1e9
        made[answer] = logits - np.log(np.exp(logits).sum())
    return made


def search(made, beam: int, wanted: int, alpha: float, longest: int) -> list:
    """Run a search over one real row and one that fills up, the best chosen as a program would."""
    beams = Beams(2, beam, wanted, alpha, longest, real=1)
    written: list[list[tuple[int, ...]]] = [[()] * beam for _ in range(2)]
    while not beams.is_over:
        if beams.steps:
            written = [
                [(*row[parent], int(token)) for parent, token in zip(parents, tokens, strict=True)]
                for row, parents, tokens in zip(written, beams.parents, beams.tokens, strict=True)
            ]
        chances = np.array(
            [[made.get(each, np.full(SIZE, -5.0)) for each in row] for row in written]
        )
        totals = (chances + beams.scores[..., None]).reshape(2, -1)
        count = 1 if beam == 1 else min(2 * beam, totals.shape[1])
        order = np.argsort(-totals, axis=1, kind="stable")[:, :count]
        found = np.take_along_axis(totals, order, axis=1)
        beams.advance(Candidates(found, order // SIZE, order % SIZE, chances[..., END]))
    return beams.answers(0)


def every_score(made, longest: int) -> dict[tuple[int, ...], float]:
    return {
        answer: sum(made[answer[:step]][token] for step, token in enumerate((*answer, END)))
        for answer in every_answer(SIZE, longest)
    }


@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_wide_beam_finds_the_best_of_all_sequences(seed: int, alpha: float) -> None:
    made = language(seed)
    scores = every_score(made, 3)
    assert sum(map(np.exp, scores.values())) < 1.0
    ranked = sorted(scores, key=lambda each: -scores[each] / ((5 + len(each) + 1) / 6) ** alpha)
    found = search(made, beam=40, wanted=5, alpha=alpha, longest=3)
    assert [tuple(each.tokens) for each in found] == ranked[:5]
    assert [each.score for each in found] == pytest.approx([scores[each] for each in ranked[:5]])


@pytest.mark.parametrize("seed", range(4))
def test_a_beam_of_one_takes_the_most_probable_token(seed: int) -> None:
    made = language(seed)
    answer: tuple[int, ...] = ()
    while len(answer) < 3 and made[answer].argmax() != END:
        answer = (*answer, int(made[answer].argmax()))
    (found,) = search(made, beam=1, wanted=1, alpha=1.0, longest=3)
    assert tuple(found.tokens) == answer
    assert found.score == pytest.approx(every_score(made, 3)[answer])


def test_a_beam_sees_further_than_the_next_token() -> None:
    """Greedy: 2 (0.6), then ends with 0.1. Better: 3 (0.4), which ends with 0.9."""
    log = np.log
    made = {
        (): log([1e-9, 1e-9, 0.6, 0.4]),
        (2,): log([0.1, 1e-9, 0.45, 0.45]),
        (3,): log([0.9, 1e-9, 0.05, 0.05]),
        (2, 2): log([0.5, 1e-9, 0.25, 0.25]),
        (2, 3): log([0.5, 1e-9, 0.25, 0.25]),
    }
    (greedy,) = search(made, beam=1, wanted=1, alpha=0.0, longest=2)
    assert greedy.tokens == [2, 2] and greedy.score == pytest.approx(log(0.6 * 0.45 * 0.5))
    best, second = search(made, beam=2, wanted=2, alpha=0.0, longest=2)
    assert best.tokens == [3] and best.score == pytest.approx(log(0.36))
    assert second.tokens in ([2, 2], [2, 3]) and len(second.places) == 3


def test_the_length_penalty_is_that_of_equation_14() -> None:
    beams = Beams(1, 1, 1, 0.5, 10, 1)
    assert beams.penalty(1) == 1.0
    assert beams.penalty(19) == pytest.approx(2.0)  # sqrt((5 + 19) / 6)


def test_awful_ends_do_not_end_the_search() -> None:
    """Answers that end early with little probability must not crowd out the good one."""
    sharp = np.full(SIZE, -30.0)
    made = {}
    for answer in every_answer(SIZE, 6):
        chances = sharp.copy()
        chances[END if len(answer) == 6 else 2] = 0.0
        made[answer] = chances
    best = search(made, beam=3, wanted=1, alpha=1.0, longest=9)[0]
    assert best.tokens == [2] * 6 and best.score == pytest.approx(0.0)


def test_an_answer_that_never_ends_is_ended_at_its_cost() -> None:
    made = {each: np.log([0.1, 1e-9, 0.8, 0.1]) for each in every_answer(SIZE, 4)}
    (found,) = search(made, beam=1, wanted=1, alpha=1.0, longest=2)
    assert found.tokens == [2, 2] and found.score == pytest.approx(np.log(0.8 * 0.8 * 0.1))


def test_rows_that_fill_up_are_done_from_the_beginning() -> None:
    beams = Beams(3, 2, 1, 1.0, 5, real=1)
    assert beams.is_done.tolist() == [False, True, True]
    assert beams.scores.tolist() == [[0.0, NEVER]] * 3 and beams.answers(1) == []
