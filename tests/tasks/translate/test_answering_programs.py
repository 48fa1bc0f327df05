"""What an export converts of a translator is all that answering asks of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from spy_network import SpyNetwork
from tiny_translators import sources, tiny

from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.runtime.program import function_of
from seqtune.runtime.trees import flatten
from seqtune.tasks.translate.beam import NEVER
from seqtune.tasks.translate.decoding import decode
from seqtune.tasks.translate.mixture import mixed
from seqtune.tasks.translate.network_programs import choose, choose_greedily, mix
from seqtune.tasks.translate.programs import answering_programs
from seqtune.tasks.translate.references import reference_log_probabilities


def spied(member: Any) -> tuple[Any, SpyNetwork]:
    spy = SpyNetwork(member.network)
    return replace(member, network=spy), spy


CASES: dict[str, dict[str, Any]] = {
    "fed": {"input_feeding": True, "copying": True, "cell": "lstm", "layers": 2},
    "plain": {"attention": "additive"},
    "pyramid": {
        "architecture": "pyramid", "pyramid__halvings": 1, "pyramid__bidirectional": False,
        "channels": 2,
    },
    "ctc": {"decoder": "ctc", "channels": 2},
}  # fmt: skip


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_answers_and_their_chances_need_no_more_than_was_exported(changes: dict[str, Any]) -> None:
    plain = [tiny(1, **changes), tiny(2, **changes)]
    members, spies = zip(*map(spied, plain), strict=True)
    inputs = sources([2, 3, 4], [4])
    if "channels" in changes:
        inputs = {"series": Ragged.from_list([np.ones((5, 2)), np.ones((3, 2))], 2)}
    answers = Ragged.from_list([np.array([2, 3]), np.array([4])])
    for beam in (1, 3):
        found = decode(members, inputs, longest=4, beam=beam)
        expected = decode(plain, inputs, longest=4, beam=beam)
        assert found.tokens.tolist() == expected.tokens.tolist()
    reference_log_probabilities(members, inputs, answers)
    exported = answering_programs(plain[0].values, plain[0].network.model)
    spies[0].check(exported)
    assert {program for program, _ in spies[0].heard} == {each.program for each in exported}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_every_program_runs_on_its_examples(changes: dict[str, Any]) -> None:
    model = tiny(1, **changes).network.model
    for each in answering_programs(tiny(1, **changes).values, model):
        sizes = {name: size for name, (size, _) in each.sizes.items()}
        made = function_of(each.program)(model, *each.arguments(sizes))
        assert all(np.asarray(array).shape[0] == sizes["rows"] for array in flatten(made))


def test_the_best_continuations_are_of_all_answers_and_none_is_unknown() -> None:
    """Of scores -1 and -3: -1.1 and -1.2 by the first answer, then -3.05 by the second."""
    said = np.full((1, 2, 4), -9.0, np.float32)
    said[0, 0, [END, UNKNOWN, 2, 3]] = -0.1, -0.01, -0.2, -8.0
    said[0, 1, 3] = -0.05
    values, places, ends = choose(None, said, np.array([[-1.0, -3.0]], np.float32))
    assert np.asarray(values)[0] == pytest.approx([-1.1, -1.2, -3.05, -9.0])
    assert np.asarray(places)[0].tolist() == [END, 2, 4 + 3, 3]
    assert np.asarray(ends)[0] == pytest.approx([-0.1, -9.0])


def test_one_answer_goes_on_with_its_likeliest_token() -> None:
    said = np.log(np.array([[[0.1, 0.6, 0.2, 0.1]], [[0.5, 0.0, 0.2, 0.3]]], np.float32) + 1e-9)
    values, places, ends = choose_greedily(None, said, np.array([[-1.0], [NEVER]], np.float32))
    assert np.asarray(values)[:, 0] == pytest.approx([-1.0 + np.log(0.2), NEVER])
    assert np.asarray(places).tolist() == [[2], [END]]
    assert np.exp(np.asarray(ends)[:, 0]) == pytest.approx([0.1, 0.5])


def test_a_mixture_is_the_weighted_mean_of_probabilities() -> None:
    one, other = (np.log(np.array([[[share, 1 - share]]], np.float32)) for share in (0.2, 0.6))
    both = mix(None, one, other, np.log(np.array([0.75, 0.25], np.float32)))
    assert np.exp(np.asarray(both))[0, 0] == pytest.approx([0.3, 0.7])
    alone = mix(None, one, other, np.array([0.0, -np.inf], np.float32))
    assert np.exp(np.asarray(alone))[0, 0] == pytest.approx([0.2, 0.8])


@pytest.mark.parametrize("weights", [(1.0,), (0.25, 0.75), (0.5, 0.3, 0.2), (0.5, 0.0, 0.5)])
def test_any_number_of_networks_is_mixed_by_twos(weights: tuple[float, ...]) -> None:
    draw = np.random.default_rng(0)
    chances = draw.dirichlet(np.ones(5), (len(weights), 2, 3)).astype(np.float32)
    runner: Any = SimpleNamespace(run=lambda program, *given: function_of(program)(None, *given))
    found = mixed(runner, [*np.log(chances)], np.array(weights, np.float32))
    assert np.exp(np.asarray(found)) == pytest.approx(np.tensordot(weights, chances, 1), rel=1e-5)
