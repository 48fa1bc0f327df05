"""Sets of networks with a method, each network asked once: sums by hand, and who is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.tasks.translate import joint_sets
from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.decoding_settings import GREEDY
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.joint import PROPOSED
from seqtune.tasks.translate.joint_sets import RatedSets, rate_sets

Floats = np.ndarray
HALF, QUARTER, TENTH = np.log([0.5, 0.25, 0.1]).tolist()
KIND = "character"


def best(answers: Floats) -> list[str]:
    return Answers.from_array(answers).best


@pytest.fixture
def two() -> RatedSets:
    """One case, right answer "a": a network that finds "a", one that finds "bb", a method."""
    return RatedSets(
        texts=["a", "bb"],
        first=np.array([0]),
        tokens=np.array([2, 3]),
        method=np.array([HALF, HALF]),
        said=[
            np.array([[HALF, HALF, 0.0], [QUARTER, HALF, HALF]], np.float32),
            np.array([[TENTH, HALF, 0.0], [HALF, HALF, HALF]], np.float32),
        ],
        references=[["a"]],
    )


def test_one_network_says_the_sum_of_what_it_says_of_tokens(two: RatedSets) -> None:
    assert np.exp(two.of([0]).networks) == pytest.approx([0.25, 0.0625])
    assert np.exp(two.of([1]).networks) == pytest.approx([0.05, 0.125])
    assert best(two.alone([0])) == ["a"] and best(two.alone([1])) == ["bb"]


def test_several_say_the_mean_of_their_probabilities_token_by_token(two: RatedSets) -> None:
    """(0.5 + 0.1) / 2 · 0.5, and (0.25 + 0.5) / 2 · 0.5 · 0.5; behind the end nothing."""
    assert np.exp(two.of([0, 1]).networks) == pytest.approx([0.15, 0.09375])
    assert best(two.alone([0, 1])) == ["a"] and two.networks == 2


def test_the_method_joins_at_the_share_that_makes_known_answers_likeliest(two: RatedSets) -> None:
    sure = replace(two, method=np.log([0.99, 0.01]))
    assert best(sure.alone([1])) == ["bb"] and best(sure.joined([1])) == ["a"]
    wrong = replace(two, method=np.log([0.01, 0.99]))
    assert best(wrong.joined([0])) == ["a"]  # its share is 0


class Scribe:
    """A network that writes what is written down; of any answer, a token costs it as much."""

    def __init__(self, name: str, cost: float, *texts: str) -> None:
        self.name, self.cost, self.texts = name, cost, texts
        self.values = {"tokens.target": KIND}


class Desk:
    """Hears which network proposes, and what it rates."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.asked: list[Any] = []

    def proposed(self, members: Any, codec: Any, encoded: Any) -> list[dict[str, float]]:
        (member,) = members
        self.heard.append((member.name, "proposes"))
        self.asked.append(encoded.decoding)
        return [dict.fromkeys(member.texts, 0.0) for _ in range(len(encoded))]

    def rate(self, member: Any, inputs: Any, tokens: Ragged, rows: Any) -> Floats:
        self.heard.append((member.name, len(tokens)))
        steps = np.arange(int(tokens.lengths.max(initial=0)) + 1)
        return np.where(steps <= tokens.lengths[:, None], -member.cost, 0.0).astype(np.float32)


class Method:
    """Proposes what is written down; all are as likely."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def candidates(self, sources: Sequence[str], most: int) -> list[list[str]]:
        assert most == PROPOSED
        return [list(self.texts) for _ in sources]

    def log_probabilities(self, sources: Sequence[str], targets: Sequence[str]) -> Floats:
        return np.zeros(len(targets))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    found = Desk()
    monkeypatch.setattr(joint_sets, "proposed", found.proposed)
    monkeypatch.setattr(joint_sets, "token_log_probabilities", found.rate)
    return found


def rated(method: Method, *members: Scribe, cases: int = 2, is_over: Any = lambda: False) -> Any:
    tokenizer = Tokenizer.fit(["abcd"], KIND, max_tokens=20, min_count=1)

    def target_tokens(texts: Sequence[str], kind: str) -> tuple[Ragged, int]:
        return tokenizer.encode_batch(texts, None)[0], 0

    codec = SimpleNamespace(
        tokenizers={"target": {KIND: tokenizer}},
        longest={"target": {KIND: 3}},
        target_tokens=target_tokens,
    )
    names = [f"case {number}" for number in range(cases)]
    encoded = EncodedPairs({}, [["a"]] * cases, names, np.arange(cases), plain=lambda: names)
    return rate_sets(members, method, codec, encoded, is_over)  # type: ignore[arg-type]


def test_every_answer_is_rated_once_by_each_network(desk: Desk) -> None:
    one, other = Scribe("one", 1.0, "a", "b"), Scribe("other", 2.0, "b", "abc")
    found = rated(Method("a", "d"), one, other)
    assert found.texts == ["a", "d", "b", "abc"] * 2 and found.first.tolist() == [0, 4]
    assert found.tokens.tolist() == [2, 2, 2, 4] * 2
    assert found.said[0].tolist() == [[-1, -1, 0, 0]] * 3 + [[-1] * 4] + [[-1, -1, 0, 0]] * 3 + [
        [-1] * 4
    ]
    np.testing.assert_array_equal(found.said[1], 2 * found.said[0])
    assert desk.heard == [
        ("one", "proposes"), ("one", 6), ("other", "proposes"), ("one", 2), ("other", 8),
    ]  # fmt: skip
    assert desk.asked == [replace(GREEDY, beam=PROPOSED, n_best=PROPOSED)] * 2


@pytest.mark.parametrize(("looks", "networks"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_where_time_is_over_no_further_network_is_asked(
    desk: Desk, looks: int, networks: int
) -> None:
    clock = iter([False] * looks + [True] * 3)
    members = [Scribe(name, 1.0, "a") for name in "xyz"]
    found = rated(Method(), *members, is_over=lambda: next(clock))
    assert found.networks == networks and len(found.said) == networks


def test_what_cannot_be_written_is_left_out(desk: Desk) -> None:
    assert rated(Method("", "abcd", "c"), Scribe("one", 1.0, "", "a")).texts == ["c", "a"] * 2


def test_a_case_without_an_answer_has_an_empty_one(desk: Desk) -> None:
    found = rated(Method(), Scribe("one", 1.0, ""))
    assert found.texts == ["", ""] and found.first.tolist() == [0, 1]
    assert best(found.joined([0])) == ["", ""] and np.isfinite(found.of([0]).networks).all()


def test_one_case_is_enough(desk: Desk) -> None:
    assert best(rated(Method("c"), Scribe("one", 1.0), cases=1).joined([0])) == ["c"]
