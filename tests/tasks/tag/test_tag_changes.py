"""Changes of labels cost what they are worth: by hand, and against all ways."""

from __future__ import annotations

import doctest
from itertools import pairwise, product

import numpy as np

from seqtune.tasks.tag import changes
from seqtune.tasks.tag.changes import fit_changes, with_changes


def test_the_examples() -> None:
    assert doctest.testmod(changes).failed == 0


def test_positions_without_a_tag_and_borders_are_no_changes() -> None:
    targets = np.array([0, -1, 1, 1, 0])  # two series: 0 ? 1 and 1 0
    found = np.exp(fit_changes(targets, np.array([0, 3, 5]), 2))
    assert found.tolist() == [[0.5, 0.5], [2 / 3, 1 / 3]]


def test_it_is_the_best_of_all_ways() -> None:
    draw = np.random.default_rng(5)
    offsets = np.array([0, 1, 5, 5, 8])  # one step, four, none, three
    marginals = draw.dirichlet(np.ones(3), 8)
    costs = np.log(draw.dirichlet(np.ones(3), 3))
    found = with_changes(marginals, offsets, costs)
    for begin, end in pairwise(offsets):
        own = np.log(marginals[begin:end])

        def score(path: tuple[int, ...], own: np.ndarray = own) -> float:
            said = sum(own[step, tag] for step, tag in enumerate(path))
            return said + sum(costs[a, b] for a, b in pairwise(path))

        best = max(product(range(3), repeat=end - begin), key=score)
        assert found[begin:end].tolist() == list(best)


def test_a_tag_that_flickers_goes_and_one_that_is_sure_stays() -> None:
    costs = np.log([[0.99, 0.01], [0.01, 0.99]])
    flicker = np.array([[0.9, 0.1]] * 5 + [[0.4, 0.6]] * 2 + [[0.9, 0.1]] * 5)
    assert not with_changes(flicker, np.array([0, 12]), costs).any()
    flicker[5:7] = [0.001, 0.999]
    assert with_changes(flicker, np.array([0, 12]), costs).sum() == 2
