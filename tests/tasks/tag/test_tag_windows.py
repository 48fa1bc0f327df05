"""Where long sequences are cut, what is kept of each piece, and which lengths batches have."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.tasks.tag.lengths import choose_lengths, number_of, padding_of
from seqtune.tasks.tag.windows import overlapping, side_by_side


def test_a_sequence_that_fits_is_one_window() -> None:
    cut = overlapping(np.array([0, 3, 3, 11]), 8)
    assert cut.start.tolist() == [0, 3]
    assert cut.length.tolist() == [3, 8]
    assert cut.keep_from.tolist() == [0, 3]
    assert cut.keep_to.tolist() == [3, 11]


def test_windows_are_spread_evenly_and_split_in_the_middle_of_what_they_share() -> None:
    cut = overlapping(np.array([0, 20]), 8)  # two positions in common at least
    assert cut.start.tolist() == [0, 6, 12]
    assert cut.length.tolist() == [8, 8, 8]
    assert cut.keep_from.tolist() == [0, 7, 13]
    assert cut.keep_to.tolist() == [7, 13, 20]


def test_looking_back_alone_a_position_is_kept_from_the_window_that_began_first() -> None:
    cut = overlapping(np.array([5, 25]), 8, is_causal=True)
    assert cut.keep_from.tolist() == [5, 13, 19]
    assert cut.keep_to.tolist() == [13, 19, 25]


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("longest", [1, 2, 3, 8, 30])
def test_every_position_is_kept_once(longest: int, is_causal: bool) -> None:
    offsets = np.array([0, 1, 1, 9, 40, 140, 141])
    cut = overlapping(offsets, longest, is_causal=is_causal)
    kept = [
        place
        for low, high in zip(cut.keep_from, cut.keep_to, strict=True)
        for place in range(low, high)
    ]
    assert kept == list(range(141))
    assert cut.length.max() <= longest
    assert (cut.keep_from >= cut.start).all()
    assert (cut.keep_to <= cut.start + cut.length).all()


def test_a_kept_position_is_as_far_from_a_cut_as_any_window_lets_it_be() -> None:
    cut = overlapping(np.array([0, 100]), 16)
    for place in range(100):
        reach = [
            min(
                place - start if start else 100,
                start + size - 1 - place if start + size < 100 else 100,
            )
            for start, size in zip(cut.start, cut.length, strict=True)
            if start <= place < start + size
        ]
        number = int(np.flatnonzero((cut.keep_from <= place) & (place < cut.keep_to))[0])
        start, size = cut.start[number], cut.length[number]
        mine = min(
            place - start if start else 100, start + size - 1 - place if start + size < 100 else 100
        )
        assert mine == max(reach)


def test_pieces_side_by_side_are_all_positions_once() -> None:
    draw = np.random.default_rng(0)
    begin, end = np.array([0, 10, 10, 50]), np.array([3, 10, 43, 58])
    start, length = side_by_side(begin, end, 8, draw)
    kept = [at for low, size in zip(start, length, strict=True) for at in range(low, low + size)]
    assert kept == [*range(3), *range(10, 43), *range(50, 58)]
    assert length.max() <= 8
    assert length.min() >= 1


def test_pieces_are_cut_at_other_places_each_time() -> None:
    cuts = [
        side_by_side(np.array([0]), np.array([100]), 8, np.random.default_rng(seed))[0].tolist()
        for seed in range(20)
    ]
    assert len({cut[1] for cut in cuts}) > 5


def test_one_length_where_all_are_alike() -> None:
    assert choose_lengths(np.full(100, 7)) == (7,)
    assert choose_lengths(np.array([1])) == (1,)


def test_as_few_lengths_as_leave_little_padding() -> None:
    lengths = np.array([9, 10, 10, 10, 40])
    assert choose_lengths(lengths) == (10, 40)
    assert padding_of((10, 40), lengths) == pytest.approx(1 / 80)
    assert number_of((10, 40), lengths).tolist() == [0, 0, 0, 0, 1]


def test_many_lengths_leave_little_padding_and_hold_the_longest() -> None:
    draw = np.random.default_rng(1)
    lengths = np.minimum(1 + draw.negative_binomial(2, 0.12, 20_000), 64)  # as of sentences
    chosen = choose_lengths(lengths)
    assert len(chosen) <= 6
    assert chosen[-1] == lengths.max()
    assert padding_of(chosen, lengths) < 0.2


def test_a_short_budget_pays_for_two_lengths() -> None:
    lengths = np.clip(np.random.default_rng(1).geometric(0.05, 2_000), 1, 160)
    assert len(choose_lengths(lengths, seconds=10)) == 2
