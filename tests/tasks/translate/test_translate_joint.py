"""Networks and a simple method that answer together: scores worked by hand, and who proposes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from task_samples import TINY_TRANSLATE, settings

from seqtune.baselines.kept_fits import ATTRIBUTE
from seqtune.data.reading.open import open_source
from seqtune.errors import RunError
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.runtime.network import KerasNetwork
from seqtune.search.space import complete
from seqtune.tasks import load_task
from seqtune.tasks.translate import joint, simple_methods
from seqtune.tasks.translate.answers import Answers
from seqtune.tasks.translate.decoding_settings import DecodingSettings
from seqtune.tasks.translate.inference import LEAST
from seqtune.tasks.translate.joint import LEAST_LIKELY, RatedAnswers, among, open_together, rate
from seqtune.tasks.translate.member import Member
from seqtune.tasks.translate.references import reference_log_probabilities

Floats = np.ndarray

LETTERS = {"a": "1", "b": "2", "c": "33", "d": ""}
"""How each letter of a source is written: one may be two characters, another none."""


def rated(*sources: Sequence[tuple[str, float, float, int]]) -> RatedAnswers:
    """Return answers to sources: text, logarithm by networks, by the method, and tokens of each."""
    counts = [len(each) for each in sources]
    texts, networks, method, tokens = zip(*[one for each in sources for one in each], strict=True)
    first = np.cumsum(counts) - counts
    return RatedAnswers(
        texts, first, np.array(networks), np.array(method), np.array(tokens, np.int64)
    )


def test_a_score_is_the_weighted_sum_of_both_logarithms() -> None:
    both = rated([("ab", -1.0, -9.0, 3), ("b", -2.0, -1.0, 2)])
    assert both.scores(0.0).tolist() == [-1.0, -2.0]
    assert both.scores(0.25).tolist() == [-3.0, -1.75]
    assert both.scores(0.5).tolist() == [-5.0, -1.5]


def test_the_best_scores_answer_with_their_mean_by_token() -> None:
    both = rated(
        [("ab", -1.0, -9.0, 3), ("b", -2.0, -1.0, 2), ("c", -3.0, -5.0, 4)],
        [("x", -0.5, -0.5, 2)],
    )
    found = both.answers(0.5, 2)
    assert found.texts == [["b", "c"], ["x", ""]]
    assert found.scores.tolist() == [[-0.75, -1.0], [-0.25, LEAST]]
    assert found.best == ["b", "x"] and found.nats.tolist() == [-1.0, -1.0]
    assert both.answers(0.0, 1).best == ["ab", "x"]


def test_what_a_method_cannot_make_of_a_source_is_unlikely_and_no_more() -> None:
    with np.errstate(divide="ignore"):
        logs = np.log([0.02, 0.06, 0.0, 0.0, 0.0, 0.5])
    found = among(logs, np.array([0, 3, 5]))
    assert np.exp(found[:2]) == pytest.approx([0.25, 0.75])
    assert found[2:].tolist() == [LEAST_LIKELY, LEAST_LIKELY, LEAST_LIKELY, 0.0]
    assert among(np.array([-1.0, -900.0]), np.array([0])).tolist() == [0.0, LEAST_LIKELY]
    assert among(np.empty(0), np.empty(0, np.int64)).tolist() == []
    sure = rated([("right", -0.1, LEAST_LIKELY, 2), ("wrong", -30.0, 0.0, 2)])
    assert sure.answers(0.5, 1).best == ["right"]


def test_the_share_makes_known_answers_likeliest() -> None:
    """The scores of right and wrong are 1 - share and share apart, this way and that way."""
    network = [("right", 0.0, -1.0, 2), ("wrong", -1.0, 0.0, 2)]  # the network is right
    method = [("right", -1.0, 0.0, 2), ("wrong", 0.0, -1.0, 2)]  # the method is right
    lost = [("bad", 0.0, -9.0, 2), ("wrong", -9.0, 0.0, 2)]  # nobody is right
    known = [("right", "other")]
    assert rated(network).likeliest_share(known) == 0.0
    assert rated(method).likeliest_share(known) == 0.9
    assert rated(network, method).likeliest_share(known * 2) == 0.5
    assert rated(network, method, lost, lost).likeliest_share(known * 4) == 0.5
    assert rated(lost).likeliest_share(known) == 0.0


def test_several_right_answers_count_together() -> None:
    one = [("a", -1.0, 0.0, 2), ("b", -1.0, 0.0, 2), ("c", 0.0, -1.0, 2)]
    assert rated(one).likeliest_share([("a", "b")]) == 0.9
    assert rated(one).likeliest_share([("c",)]) == 0.0


class Subject:
    """Made-up spellings, two networks that have learnt nothing, and the task."""

    def __init__(self, folder: Path) -> None:
        draw = np.random.default_rng(5)
        words = sorted({"".join(draw.choice([*LETTERS], size=4)) + "a" for _ in range(160)})
        sounds = ["".join(LETTERS[letter] for letter in word) for word in words]
        pd.DataFrame({"source": words, "target": sounds}).to_csv(folder / "words.csv", index=False)
        self.task: Any = load_task("translate")
        flags = (*TINY_TRANSLATE, "--set", "tokens.target=character")
        recipe = Recipe.load(None, "translate", settings(flags))
        source = open_source(folder / "words.csv", recipe)
        prepared, recipe = self.task.prepare(source, recipe, silent)
        prepared.save(folder)
        self.prepared = self.task.load(folder)
        self.values = complete(recipe.dimensions(), {})
        self.networks = [
            KerasNetwork(self.task.build(self.prepared, self.values), self.task.network_facts)
            for _ in range(2)
        ]

    def networks_as_members(self, weight: float) -> list[Any]:
        return [
            SimpleNamespace(method="", weight=weight, values=self.values, network=network)
            for network in self.networks
        ]

    def members(self, weight: float) -> list[Member]:
        return [
            Member(network, self.values, self.prepared.codec, weight) for network in self.networks
        ]


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject(tmp_path_factory.mktemp("joint"))


class Proposing:
    """A method that proposes what is written down, and finds all equally likely."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.asked: list[int] = []

    def candidates(self, sources: Sequence[str], most: int) -> list[list[str]]:
        self.asked.append(most)
        return [list(self.texts) for _ in sources]

    def log_probabilities(self, sources: Sequence[str], targets: Sequence[str]) -> Floats:
        return np.zeros(len(targets))


def test_both_propose_and_networks_rate_what_they_did_not_write(subject: Subject) -> None:
    encoded = subject.prepared.encoded("validation")
    codec, members, method = subject.prepared.codec, subject.members(0.25), Proposing("33", "12")
    found = rate(members, method, codec, encoded)
    assert method.asked == [joint.PROPOSED] and len(found.first) == len(encoded)
    tokens, _ = codec.target_tokens(found.texts, "character")
    rows = np.repeat(np.arange(len(encoded)), np.diff([*found.first, len(found.texts)]))
    likely = reference_log_probabilities(members, encoded.inputs, tokens, rows)
    is_text = np.array([bool(text) for text in found.texts])  # what is empty has no tokens
    assert found.networks[is_text] == pytest.approx(likely[is_text], abs=1e-3)
    for row in range(len(encoded)):
        own = [text for text, each in zip(found.texts, rows, strict=True) if each == row]
        assert {"33", "12"} <= set(own) and len(set(own)) == len(own)


def test_networks_do_not_rate_again_what_they_wrote(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded, codec = subject.prepared.encoded("validation"), subject.prepared.codec
    members = subject.members(1.0)
    found = rate(members, Proposing(), codec, encoded)
    own = np.split(np.array(found.texts, object), found.first[1:])
    echo = SimpleNamespace(
        candidates=lambda sources, most: [each.tolist() for each in own],
        log_probabilities=lambda sources, targets: np.zeros(len(targets)),
    )
    monkeypatch.setattr(joint, "reference_log_probabilities", None)  # it is not called
    again = rate(members, echo, codec, encoded)  # type: ignore[arg-type]
    assert again.texts == found.texts
    np.testing.assert_array_equal(again.networks, found.networks)


def test_nobody_proposes_what_is_empty_or_longer_than_asked_for(subject: Subject) -> None:
    encoded = subject.prepared.encoded("validation")
    short = replace(encoded, decoding=DecodingSettings(beam=9, longest=2))
    method = Proposing("", "12", "123", "1" * 99)
    found = rate(subject.members(1.0), method, subject.prepared.codec, short)
    assert method.asked == [9]
    assert "12" in found.texts and all(len(text) <= 2 for text in found.texts)
    asked = joint.writable(["", "1"], subject.prepared.codec, encoded, "character")
    assert asked.tolist() == [False, True]
    assert joint.writable([], subject.prepared.codec, encoded, "character").tolist() == []
    whole = rate(subject.members(1.0), method, subject.prepared.codec, encoded)
    assert "123" in whole.texts and "1" * 99 not in whole.texts


def test_a_method_that_knows_nothing_leaves_the_word_to_the_networks(subject: Subject) -> None:
    encoded = subject.prepared.encoded("validation")
    found = rate(subject.members(1.0), Proposing(), subject.prepared.codec, encoded)
    assert found.answers(0.5, 1).best == found.answers(0.0, 1).best


def test_the_task_joins_a_method_by_validation_and_answers_with_it(subject: Subject) -> None:
    """The networks know nothing, aligned n-grams all: they get the most that there is."""
    task, prepared = subject.task, subject.prepared
    share, said = task.join_method(subject.networks_as_members(0.5), "aligned_ngrams", prepared)
    assert share == 0.9
    method = SimpleNamespace(method="aligned_ngrams", weight=share, values={})
    members = [*subject.networks_as_members((1 - share) / 2), method]
    encoded = prepared.encoded("validation")
    again = task.forward_together(members, prepared, encoded, until="train")
    np.testing.assert_array_equal(again, said)
    answers = Answers.from_array(said)
    pairs = zip(answers.best, encoded.references, strict=True)
    assert np.mean([best in each for best, each in pairs]) > 0.9
    heard: list[int] = []
    wanted = replace(encoded, decoding=DecodingSettings(n_best=3))
    three = task.forward_together(members, prepared, wanted, heard.append)
    assert three.shape[:2] == (len(encoded), 3) and sum(heard) == 3 * len(encoded)
    assert task.prediction_unit(prepared, None) == task.prediction_unit(prepared, subject.values)


def test_a_method_learns_from_no_more_than_the_parts_before(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    vars(subject.prepared).pop(ATTRIBUTE, None)
    seen: list[int] = []
    original = simple_methods.known_pairs

    def spy(prepared: Any, pairs: Any) -> Any:
        seen.append(len(pairs))
        return original(prepared, pairs)

    monkeypatch.setattr(simple_methods, "known_pairs", spy)
    for until in ("train", "validation", "test", "train"):
        simple_methods.rating_method(subject.prepared, "aligned_ngrams", until)  # type: ignore[arg-type]
    assert seen == [len(subject.prepared.pairs(until)) for until in ("train", "validation", "test")]


@pytest.mark.parametrize("name", ["commonest", "copy", "translation_memory", "no_such_method"])
def test_a_method_that_rates_nothing_cannot_answer_with_networks(
    subject: Subject, name: str
) -> None:
    with pytest.raises(RunError):
        simple_methods.rating_method(subject.prepared, name, "train")


@pytest.mark.parametrize("methods", [["aligned_ngrams"], ["aligned_ngrams", "copy", ""], []])
def test_members_that_a_stranger_wrote_are_refused(methods: list[str]) -> None:
    members = [
        SimpleNamespace(method=each, weight=0.5, values={}, network=None) for each in methods
    ]
    with pytest.raises(RunError, match="expected a network and at most one method") as error:
        open_together(members, SimpleNamespace(codec=None))  # type: ignore[arg-type]
    assert all(each in str(error.value) for each in methods)


def test_networks_that_are_asked_once_say_of_any_set_what_the_set_says(subject: Subject) -> None:
    """Two networks that have learnt nothing: one by one, and together."""
    task, prepared, members = subject.task, subject.prepared, subject.networks_as_members(1.0)
    found = task.rate_sets(members, "aligned_ngrams", prepared, lambda: False)
    encoded = prepared.encoded("validation")
    tokens, _ = prepared.codec.target_tokens(found.texts, "character")
    rows = np.repeat(np.arange(len(encoded)), np.diff([*found.first, len(found.texts)]))
    for places in ([0], [1], [0, 1]):
        some = [subject.members(1.0)[place] for place in places]
        likely = reference_log_probabilities(some, encoded.inputs, tokens, rows)
        assert found.of(places).networks == pytest.approx(likely, abs=1e-3)
    _, said = task.join_method(members, "aligned_ngrams", prepared)
    assert Answers.from_array(found.joined([0, 1])).best == Answers.from_array(said).best
    assert task.difference_error(prepared, said, said, 0.5) == 0.0
    assert task.difference_error(prepared, said, found.alone([0]), 0.5) > 0.0
