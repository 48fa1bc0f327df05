"""One contract for every cell, classifying architecture, option and pooling: train, save, pad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, product
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from seqtune.architectures._pooling import POOLINGS
from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.recipe.load import Recipe
from seqtune.registry import architectures_for, cells
from seqtune.search.network_file import load_network, save_network
from seqtune.search.space import complete
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.inference import network_probabilities
from seqtune.tasks.classify.labels import Labels
from seqtune.tasks.classify.network import build_network
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.roles import Roles
from seqtune.tasks.classify.task import TASK

LABELS = Labels(("a", "b", "c"))
LENGTHS = (7, 4, 1, 6, 7, 2)
CLOSE = 1e-5

architectures = architectures_for("classify")
Choice = tuple[str, str, dict[str, Any], str]


def choices_of(fragment: Mapping[str, Any]) -> list[Any]:
    """Return the values of an option that are tried; the task settles `auto` before building."""
    if "anyOf" in fragment:
        return [value for form in fragment["anyOf"] for value in choices_of(form)]
    if "const" in fragment:
        return []
    if fragment["type"] == "boolean":
        return [False, True]
    assert fragment["type"] == "integer", f"teach this contract about {fragment}"
    least = int(fragment.get("minimum", 1))
    return [least, least + 2]


def option_choices(architecture: str) -> list[dict[str, Any]]:
    fragments = architectures.options(architecture)
    choices = product(*(choices_of(fragment) for fragment in fragments.values()))
    return [dict(zip(fragments, chosen, strict=True)) for chosen in choices]


def paired(architecture: str, most: int) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield options with poolings, every one of either at least once where `most` lets it."""
    options = option_choices(architecture)
    count = min(most, max(len(options), len(POOLINGS)))
    pairs = zip(cycle(options), cycle(POOLINGS), strict=False)
    for _, pair in zip(range(count), pairs, strict=False):
        yield pair


TRAINED: list[Choice] = [
    (cell, architecture, options, pooling)
    for number, cell in enumerate(cells)
    for architecture in architectures
    for options, pooling in paired(architecture, 1 if number else 4)
]
"""One cell is trained with every pooling and option, the others with one."""

PADDED = [
    ("text" if number // 2 else "series", (cell, architecture, options, pooling))
    for cell, architecture in zip(cycle(cells), architectures, strict=False)
    for number, (options, pooling) in enumerate(
        # a shuffled recurrence reads the steps of a channel as features, all of them
        (options | ({"shuffle": False} if "shuffle" in options else {}), pooling)
        for options, pooling in paired(architecture, 4)
    )
]
"""Every option and every pooling, on series and on texts."""


def name_of(choice: Choice) -> str:
    cell, architecture, options, pooling = choice
    return "-".join([cell, architecture, *map(str, options.values()), pooling])


def values_of(choice: Choice, **changes: Any) -> dict[str, Any]:
    """A whole configuration, small, nothing of it random."""
    cell, architecture, options, pooling = choice
    recipe = Recipe.load(None, "classify", ["network.segment.length=2"])
    return complete(recipe.dimensions(), {}) | {
        "network.cell": cell,
        "network.architecture": architecture,
        "network.pooling": pooling,
        "network.units": 4,
        "network.layers": 1,
        "network.dropout": 0.0,
        "text.tokens": "word",
        "text.embedding": 3,
        "series.scaling": "none",
        "training.class_weights": False,
        **{f"network.{architecture}.{name}": value for name, value in options.items()},
        **{f"network.{name}": value for name, value in changes.items()},
    }


def prepared_series(lengths: Sequence[int] = LENGTHS, longest: int | None = None) -> Prepared:
    """Random series of two channels; the same values whatever the longest is."""
    draw = np.random.default_rng(0)
    cases = [draw.normal(size=(20, 2))[:length] for length in lengths]
    codec = Codec(
        roles=Roles("series", "label", series="case", channels=("x", "y")),
        labels=LABELS,
        metric="accuracy",
        weights=(1.0, 1.0, 1.0),
        longest={"series": longest or max(lengths)},
        shortest=min(lengths),
        center=(0.0, 0.0),
        spread=(1.0, 1.0),
    )
    return _prepared(codec, {"series": Ragged.from_list(cases, 2)})


def prepared_text(lengths: Sequence[int] = LENGTHS, longest: int | None = None) -> Prepared:
    """Texts of so many words."""
    draw = np.random.default_rng(0)
    words = ["wide", "deep", "high", "long", "near", "fast"]
    texts = [" ".join(draw.choice(words, 20)[:length]) for length in lengths]
    tokenizer = Tokenizer.fit([" ".join(words)], "word", max_tokens=300, normalization="nfkc_lower")
    codec = Codec(
        roles=Roles("text", "label", "text"),
        labels=LABELS,
        metric="accuracy",
        weights=(1.0, 1.0, 1.0),
        tokenizers={"word": tokenizer},
        longest={"word": longest or max(lengths)},
    )
    return _prepared(codec, {"word": tokenizer.encode_batch(texts, None)[0]})


def _prepared(codec: Codec, inputs: dict[str, Ragged]) -> Prepared:
    cases = len(next(iter(inputs.values())))
    targets = np.eye(3, dtype=np.float32)[np.arange(cases) % 3]
    return Prepared(codec, inputs, targets, np.zeros(cases, np.int8), np.arange(cases))


def probabilities(model: Any, prepared: Prepared, values: Mapping[str, Any]) -> npt.NDArray[Any]:
    inputs = next(iter(prepared.inputs.values()))
    return network_probabilities(model, prepared.codec, inputs, np.arange(len(inputs)), values)


def scrambled(model: keras.Model) -> keras.Model:
    """Give all weights random values, so that nothing is hidden by one that begins at zero."""
    draw = np.random.default_rng(3)
    weights = [np.abs(draw.normal(0, 0.4, w.shape)) + 0.1 if "variance" in w.path
               else draw.normal(0, 0.4, w.shape) for w in model.weights]  # fmt: skip
    model.set_weights(weights)
    return model


@pytest.mark.parametrize("choice", TRAINED, ids=map(name_of, TRAINED))
def test_every_combination_trains_saves_and_loads(choice: Choice, tmp_path: Path) -> None:
    keras.utils.clear_session(free_memory=False)
    is_text = TRAINED.index(choice) % 2 == 1
    prepared = prepared_text() if is_text else prepared_series()
    values = values_of(choice)
    model = build_network(prepared, values)
    assert model.output_shape == (None, 3)
    before = model.get_weights()
    batches = TASK.batches(prepared, values | {"training.batch_size": 6}, 1, steps=1)
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss=TASK.loss(prepared, values))
    inputs, targets, weights = batches[0]
    assert np.isfinite(float(model.train_on_batch(inputs, targets, sample_weight=weights)))
    assert any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))

    expected = probabilities(model, prepared, values)
    assert np.isfinite(expected).all()
    assert expected.sum(axis=1) == pytest.approx(1.0)
    assert len(np.unique(expected[:, 0].round(7))) > 1  # it looks at its inputs
    path = tmp_path / "network.keras"
    save_network(model, path)
    loaded = load_network(TASK, prepared, values, path)
    assert probabilities(loaded, prepared, values) == pytest.approx(expected, abs=CLOSE)
    by_keras = keras.saving.load_model(path, compile=False, safe_mode=True)
    for weight, same in zip(model.get_weights(), by_keras.get_weights(), strict=True):
        assert (weight == same).all()


@pytest.mark.parametrize("cell", cells)
@pytest.mark.parametrize("architecture", architectures)
def test_deep_networks_with_dropout_build(cell: str, architecture: str) -> None:
    choice = (cell, architecture, option_choices(architecture)[-1], "max")
    deep = build_network(prepared_series(), values_of(choice, layers=3, dropout=0.2))
    assert deep.output_shape == (None, 3)
    shallow = build_network(prepared_series(), values_of(choice))
    assert deep.count_params() > shallow.count_params()


@pytest.mark.parametrize(
    ("kind", "choice"), PADDED, ids=[f"{kind}-{name_of(choice)}" for kind, choice in PADDED]
)
def test_padding_says_nothing(kind: str, choice: Choice) -> None:
    """Pad the same cases to 7 steps and to 12: the mask makes them the same."""
    keras.utils.clear_session(free_memory=False)
    make = prepared_series if kind == "series" else prepared_text
    values, narrow, wide = values_of(choice), make(), make(longest=12)
    model = scrambled(build_network(narrow, values))
    expected = probabilities(model, narrow, values)
    wider = build_network(wide, values)
    wider.set_weights(model.get_weights())
    assert probabilities(wider, wide, values) == pytest.approx(expected, abs=CLOSE)
    assert len(np.unique(expected[:, 0].round(4))) > 1


@pytest.mark.parametrize("architecture", architectures)
def test_one_short_case_leaves_the_others_as_they_are(architecture: str) -> None:
    """A single case with padding is masked; without it no mask is needed, nor made."""
    choice = ("gru", architecture, option_choices(architecture)[0], "last")
    values = values_of(choice)
    whole, one_short = prepared_series((6, 6, 6)), prepared_series((6, 6, 5))
    model = scrambled(build_network(whole, values))
    masked = build_network(one_short, values)
    assert not [layer for layer in _used(model) if layer == "present"]
    assert [layer for layer in _used(masked) if layer == "present"]
    masked.set_weights(model.get_weights())
    expected, found = probabilities(model, whole, values), probabilities(masked, one_short, values)
    assert found[:2] == pytest.approx(expected[:2], abs=CLOSE)
    assert np.abs(found[2] - expected[2]).max() > 1e-4


def _used(model: keras.Model) -> list[str]:
    return [layer.name for layer in model.layers]


@pytest.mark.parametrize("architecture", architectures)
@pytest.mark.parametrize("lengths", [(1, 1), (5, 2)])
def test_odd_lengths_build_and_answer(architecture: str, lengths: tuple[int, ...]) -> None:
    """A step alone, segments longer than the series, and no multiple of them."""
    prepared = prepared_series(lengths)
    options = option_choices(architecture)[-1]
    for pooling in ("last", "attention"):
        values = values_of(("lstm", architecture, options, pooling))
        found = probabilities(build_network(prepared, values), prepared, values)
        assert np.isfinite(found).all()
        assert found.sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("architecture", architectures)
def test_the_seed_decides_the_first_weights(architecture: str) -> None:
    from seqtune.initializers import seed_everything

    values = values_of(("lstm", architecture, option_choices(architecture)[0], "attention"))

    def weights(seed: int) -> list[npt.NDArray[Any]]:
        seed_everything(seed)
        return build_network(prepared_text(), values).get_weights()

    one, same, other = weights(1), weights(1), weights(2)
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
