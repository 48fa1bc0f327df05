"""What is fitted on training cases: vocabularies, scales, weights; and that it survives as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seqtune.data.channel_scale import fit_channels
from seqtune.data.ragged import Ragged
from seqtune.data.series_lengths import shortened, stretched
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.tasks.classify.cases import Cases
from seqtune.tasks.classify.codec import LONGEST, Codec, class_weights, fit_text
from seqtune.tasks.classify.encode import encode_cases
from seqtune.tasks.classify.labels import Labels
from seqtune.tasks.classify.roles import Roles

NAN = float("nan")


def settings(**more: Any) -> SimpleNamespace:
    usual = {"vocabulary": 1000, "least_count": 1, "lower": True, "longest": "auto"}
    return SimpleNamespace(**{**usual, **more})


def text_codec(**more: Any) -> Codec:
    tokenizers, longest = fit_text(["good film", "bad film"], ["word"], settings())
    fitted: dict[str, Any] = {"tokenizers": tokenizers, "longest": longest, **more}
    return Codec(
        Roles("text", "label", "text"), Labels(("a", "b")), "accuracy", (1.0, 1.0), **fitted
    )


def series_codec(**more: Any) -> Codec:
    return replace(
        Codec(
            Roles("series", "label", "", "case", None, ("x", "y")),
            Labels(("a", "b")),
            "balanced_accuracy",
            (0.5, 2.0),
            longest={"series": 4},
            center=(1.0, 10.0),
            spread=(2.0, 5.0),
        ),
        **more,
    )


# texts


def test_words_that_training_never_saw_are_unknown() -> None:
    codec = text_codec()
    tokens, shorter = codec.tokens(["good film", "dreadful film", ""], "word")
    words = codec.tokenizers["word"].words()
    rows = [[words[token] for token in row] for row in tokens.select([0, 1, 2])]
    assert rows == [["good", "film"], ["<unknown>", "film"], ["<unknown>"]]
    assert shorter == 0


def test_nearly_all_training_texts_are_read_whole() -> None:
    texts = ["a"] * 97 + ["a " * 50] + ["a " * 60] * 2  # 98 of 100 have at most 50
    assert fit_text(texts, ["word"], settings())[1] == {"word": 51}  # between the 98th and 99th
    assert fit_text(["a"], ["word"], settings())[1] == {"word": 32}
    assert fit_text(["a " * 5000], ["word"], settings())[1] == {"word": 400}


def test_each_kind_of_token_has_its_own_length() -> None:
    _, longest = fit_text(["good film " * 4] * 3, ["word", "character"], settings())
    assert longest == {"word": 32, "character": 39}


def test_the_length_that_was_asked_for() -> None:
    assert fit_text(["a"], ["word"], settings(longest=7))[1] == {"word": 7}
    assert fit_text(["a"], ["word"], settings(longest=10**9))[1] == {"word": LONGEST}


def test_long_texts_keep_head_and_tail_and_are_counted() -> None:
    codec = text_codec(longest={"word": 4})
    tokens, shorter = codec.tokens(["bad film good bad film film good", "bad"], "word")
    words = codec.tokenizers["word"].words()
    assert [words[token] for token in tokens.select([0])[0]] == ["bad", "film", "good", "good"]
    assert shorter == 1


# series


def test_scales_are_those_of_the_training_cases() -> None:
    cases: list[Any] = [[[1, 0], [3, NAN]], [[1e30, 9]], [[5, 4]]]
    center, spread = fit_channels(Ragged.from_list(cases, 2), np.array([0, 2]))
    np.testing.assert_allclose(center, [3, 2])  # of 1, 3, 5 and of 0, 4
    np.testing.assert_allclose(spread, [np.sqrt(8 / 3), 2])


def test_constant_and_missing_channels_are_not_blown_up() -> None:
    cases = Ragged.from_list([[[7, NAN], [7, NAN]]], 2)
    center, spread = fit_channels(cases, np.array([0]))
    assert (center.tolist(), spread.tolist()) == ([7, 0], [7, 1])


def test_scaling_by_channel_over_the_training_cases() -> None:
    batch = np.array([[[3.0, 0.0], [NAN, 20.0], [99, 99]]])
    scaled = series_codec().scaled(batch, np.array([2]), "channel")
    np.testing.assert_allclose(scaled, [[[1, -2], [0, 2], [0, 0]]])


def test_a_channel_missing_throughout_is_the_training_mean() -> None:
    batch = np.array([[[3.0, NAN], [5.0, NAN]]])
    codec, lengths = series_codec(), np.array([2])
    np.testing.assert_allclose(codec.scaled(batch, lengths, "channel")[..., 1], [[0, 0]])
    np.testing.assert_allclose(codec.scaled(batch, lengths, "none")[..., 1], [[10, 10]])
    np.testing.assert_allclose(codec.scaled(batch, lengths, "case")[..., 1], [[0, 0]])


def test_scaling_by_case_leaves_the_padding_out() -> None:
    batch = np.array([[[1.0, 4.0], [3.0, 4.0], [99, 99]]])
    scaled = series_codec().scaled(batch, np.array([2]), "case")
    np.testing.assert_allclose(scaled, [[[-1, 0], [1, 0], [0, 0]]])


def test_without_scaling_only_the_padding_changes() -> None:
    batch = np.array([[[1.0, 4.0], [99, 99]]])
    scaled = series_codec().scaled(batch, np.array([1]), "none")
    np.testing.assert_allclose(scaled, [[[1, 4], [0, 0]]])


def test_long_cases_are_averaged_over_neighbouring_steps() -> None:
    cases = Ragged.from_list([[[1], [2], [3], [4], [5]], [[6], [8]]], 1)
    short, count = shortened(cases, 2)
    assert count == 1
    assert [case.tolist() for case in short.select([0, 1])] == [[[1.5], [4]], [[6], [8]]]
    same, none = shortened(cases, 5)
    assert same is cases and none == 0


# weights


def test_with_their_weights_all_classes_count_the_same() -> None:
    targets = np.repeat(np.eye(2), [6, 2], axis=0)
    weights = class_weights(targets)
    np.testing.assert_allclose(weights, [8 / 12, 2])  # 6 and 2 cases of 8, half each
    assert float((targets * weights).sum()) == pytest.approx(8)


def test_a_class_without_training_cases_has_weight_one() -> None:
    np.testing.assert_allclose(class_weights(np.eye(3)[[0, 0, 2, 2]]), [1, 1, 1])
    np.testing.assert_allclose(class_weights(np.zeros((0, 2))), [1, 1])


# on disk


WIDE = series_codec(
    roles=Roles("series", "l", channels=("1", "2", "3")), center=(0.0,), spread=(1.0,)
)


@pytest.mark.parametrize(
    "codec", [text_codec(), series_codec(), WIDE, text_codec(vectors=7), text_codec(learnt=7)]
)
def test_a_codec_survives_as_json(codec: Codec) -> None:
    assert Codec.from_dict(json.loads(json.dumps(codec.to_dict()))) == codec


def test_what_is_classified() -> None:
    assert (text_codec().kind, text_codec().channels) == ("text", 0)
    assert (series_codec().kind, series_codec().channels, WIDE.channels) == ("series", 2, 1)


def roles_of(**change: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda values: {**values, "roles": {**values["roles"], **change}}


def keys(**change: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda values: {**values, **change}


LETTERS = Tokenizer.fit(["ab"], "character", max_tokens=10, normalization="nfkc").to_dict()
EITHER = [
    *(keys(weights=[1.0]), keys(weights=[0.0, 1.0]), keys(weights=[-1.0, 1.0]), keys(weights="12")),
    *(keys(weights=["1", "1"]), keys(weights=[True, True]), keys(weights=[1.0, NAN])),
    *(keys(weights=[10**400, 1]), keys(weights=None), keys(weights={"1": 1, "2": 2})),
    *(keys(metric="f1"), keys(metric=7), keys(labels=[]), keys(labels={}), keys(labels=None)),
    *(keys(longest={}), keys(longest=[]), keys(longest=None), keys(roles=None), keys(roles=[])),
    *(keys(vectors=-1), keys(vectors=10**9), keys(vectors=1.0), keys(vectors=True)),
    *(keys(tokenizers=None), keys(tokenizers=[]), keys(tokenizers={"character": LETTERS})),
    *(
        roles_of(kind="image"),
        roles_of(label=7),
        roles_of(channels="xy"),
        roles_of(channels=[1, 2]),
    ),
    *(roles_of(group=[]), roles_of(more=1), roles_of(label="\ud800"), roles_of(time=7)),
]
TEXTS = [
    *(keys(longest={"word": 0}), keys(longest={"word": LONGEST + 1}), keys(longest={"word": "4"})),
    *(keys(longest={"word": 4, "series": 4}), keys(longest={"character": 4}), keys(center=[0.0])),
    *(keys(tokenizers={}), keys(tokenizers={"word": LETTERS}), keys(tokenizers={"word": 7})),
    *(roles_of(text=""), roles_of(channels=["x"]), roles_of(kind="series")),
]
SERIES = [
    *(keys(longest={"series": 0}), keys(longest={"series": True}), keys(center=[1.0])),
    *(keys(spread=[0.0, 1.0]), keys(spread=[-1.0, 1.0]), keys(spread=["9", "9"]), keys(vectors=3)),
    *(keys(center=[NAN, 1.0]), keys(center=[10**400, 1.0]), roles_of(channels=[])),
    *(roles_of(channels=["x"]), roles_of(text="t"), roles_of(kind="text")),
]


@pytest.mark.parametrize(
    ("codec", "act"),
    [
        *((text_codec(), act) for act in (*EITHER, *TEXTS)),
        *((series_codec(), act) for act in (*EITHER, *SERIES)),
    ],
)
def test_a_codec_that_is_something_else(
    codec: Codec, act: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    values = act(json.loads(json.dumps(codec.to_dict())))
    with pytest.raises((AttributeError, LookupError, TypeError, ValueError)) as fault:
        Codec.from_dict(values)
    assert len(repr(fault.value)) < 200


@pytest.mark.parametrize("name", sorted(text_codec().to_dict()))
def test_a_codec_that_lacks_something(name: str) -> None:
    values = text_codec().to_dict()
    del values[name]
    with pytest.raises(KeyError, match=name):
        Codec.from_dict(values)


def test_what_is_refused_is_not_repeated_at_length() -> None:
    for values in (keys(longest={"word": "x" * 10**6}), roles_of(**{"x" * 10**6: 1})):
        with pytest.raises(ValueError, match=r"^.{1,100}$"):
            Codec.from_dict(values(text_codec().to_dict()))


def test_cases_that_are_too_short_are_stretched_to_the_one_length() -> None:
    series = Ragged.from_list([[[0.0], [2.0]], [[1.0], [2.0], [3.0]]], 1)
    even, count = stretched(series, 3)
    assert count == 1
    assert [case[:, 0].tolist() for case in even.select([0, 1])] == [
        [0.0, 1.0, 2.0],
        [1.0, 2.0, 3.0],
    ]
    assert stretched(even, 3) == (even, 0)


@pytest.mark.parametrize(("shortest", "steps", "changed"), [(3, 3, 1), (2, 2, 0)])
def test_new_cases_are_stretched_only_where_networks_know_one_length(
    shortest: int, steps: int, changed: int
) -> None:
    codec = Codec(
        Roles("series", "label", channels=("a", "b", "c")),
        Labels(("x", "y")),
        "accuracy",
        (1.0, 1.0),
        longest={"series": 3},
        shortest=shortest,
        center=(0.0,),
        spread=(1.0,),
    )
    cases = Cases((), Ragged.from_list([[[0.0], [2.0]]], 1), np.array([0]))
    encoded, count = encode_cases(codec, cases, "series")
    assert (encoded.lengths.tolist(), count) == ([steps], changed)


@pytest.mark.parametrize("offset", [0.0, 1.7e9, -1.7e9])
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("scaling", ["case", "channel"])
def test_what_a_network_sees_depends_neither_on_offset_nor_on_size(
    offset: float, size: float, scaling: str
) -> None:
    angles = np.linspace(0.0, 9.0, 40)
    shapes = [np.sin(angles + shift)[:, None] for shift in (0.0, 1.0, 2.0)]

    def seen(cases: list[Any]) -> Any:
        series = Ragged.from_list(cases, 1)
        center, spread = fit_channels(series, np.arange(3))
        codec = SimpleNamespace(center=center, spread=spread)
        return Codec.scaled(codec, *series.take(np.arange(3)), scaling)  # type: ignore[arg-type]

    moved = [10.0 * size * (shape + offset / 10.0) for shape in shapes]
    np.testing.assert_allclose(seen(moved), seen(shapes), atol=1e-6)
