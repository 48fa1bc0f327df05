"""The whole classifier: its inputs, its head, word vectors and chunks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from seqtune.architectures._settings import settings_of
from seqtune.data.reading.source import Source
from seqtune.data.text.learnt_vectors import SPREAD
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.runtime.network import KerasNetwork
from seqtune.search.network_file import load_network, save_network
from seqtune.search.space import complete
from seqtune.tasks.classify import inference
from seqtune.tasks.classify.inference import from_logits, input_name, network_probabilities
from seqtune.tasks.classify.network import Present, build_network
from seqtune.tasks.classify.prepared import Prepared
from seqtune.tasks.classify.schema import ARCHITECTURES
from seqtune.tasks.classify.task import TASK

SMALL = (
    "network.architecture=segment",
    "network.cell=gru",
    "network.units=4",
    "network.layers=1",
    "network.dropout=0",
    "network.pooling=max",
    "network.segment.length=2",
    "text.tokens=word",
    "text.embedding=3",
    "text.least_count=1",
    "validation.folds=0",
    "series.scaling=case",
    "portfolio=[]",
)


def prepare(frame: pd.DataFrame, *overrides: str) -> tuple[Prepared, dict[str, Any]]:
    recipe = Recipe.load(None, "classify", [*SMALL, *overrides])
    prepared, recipe = TASK.prepare(Source.from_frame(frame), recipe, silent)
    return prepared, complete(recipe.dimensions(), {})


def texts(rows: int = 24) -> pd.DataFrame:
    said = ["good film", "a bad film here", "fine"]
    return pd.DataFrame(
        {"text": [said[row % 3] + " now" * (row % 2) for row in range(rows)],
         "label": [f"l{row % 3}" for row in range(rows)]}
    )  # fmt: skip


def series(cases: int = 18) -> pd.DataFrame:
    """Cases of two channels and of 3 to 7 steps."""
    draw = np.random.default_rng(2)
    rows = [
        {
            "case": case,
            "step": step,
            "x": draw.normal(),
            "y": draw.normal(),
            "label": "ab"[case % 2],
        }
        for case in range(cases)
        for step in range(3 + case % 5)
    ]
    return pd.DataFrame(rows)


def test_settings_are_those_of_the_architecture_alone() -> None:
    values = {
        "network.architecture": "stacked", "network.cell": "gru", "network.units": 8,
        "network.layers": 2, "network.dropout": 0.25, "network.pooling": "mean",
        "network.stacked.bidirectional": True, "network.segment.length": 5,
    }  # fmt: skip
    found = settings_of(values)
    assert (found.cell, found.units, found.layers, found.dropout) == ("gru", 8, 2, 0.25)
    assert (found.pooling, dict(found.options)) == ("mean", {"bidirectional": True})


def shapes(model: keras.Model) -> dict[str, Any]:
    return {each.name: tuple(each.shape) for each in model.inputs}


def test_a_text_network_reads_tokens_and_answers_for_every_class() -> None:
    prepared, values = prepare(texts())
    model = build_network(prepared, values)
    assert shapes(model) == {"tokens": (None, prepared.codec.longest["word"])}
    assert model.output_shape == (None, 3)
    assert model.get_layer("token_embedding").embeddings.shape == (
        prepared.codec.tokenizers["word"].size, 3,
    )  # fmt: skip
    assert input_name(prepared.codec, values) == "word"


def test_a_series_network_reads_steps_and_lengths() -> None:
    prepared, values = prepare(series())
    model = build_network(prepared, values)
    assert shapes(model) == {"series": (None, 7, 2), "length": (None,)}
    assert model.output_shape == (None, 2)
    assert input_name(prepared.codec, values) == "series"


def test_random_kernels_stand_beside_the_vector_of_a_series_and_never_of_a_text() -> None:
    prepared, values = prepare(series())
    values |= {"series.random_kernels": 5}
    model = build_network(prepared, values)
    assert model.get_layer("logits").kernel.shape[0] == 4 + 2 * 5
    lengths = prepared.inputs["series"].lengths[prepared.rows["train"]]
    assert model.get_layer("random_kernels").usual_steps == int(np.median(lengths))
    prepared, values = prepare(texts())
    names = {
        each.name for each in build_network(prepared, values | {"series.random_kernels": 5}).layers
    }
    assert "random_kernels" not in names


def test_kernels_are_as_wide_as_a_usual_case_lets_them() -> None:
    """One case is long; what all folds train on decides, and nothing of the test part."""
    frame = series()
    long = pd.DataFrame({"case": 99, "step": range(70), "x": 0.0, "y": 0.0, "label": "a"})
    prepared, values = prepare(pd.concat([frame, long]), "validation.folds=3")
    assert prepared.codec.longest["series"] == 70
    values |= {"series.random_kernels": 5}
    for each in (prepared, *(fold.prepared for fold in prepared.folds)):
        assert build_network(each, values).get_layer("random_kernels").usual_steps == 5


def test_dropout_stands_behind_the_embedding_and_before_the_head() -> None:
    prepared, values = prepare(texts())
    names = {layer.name for layer in build_network(prepared, values).layers}
    assert not {"embedding_dropout", "head_dropout"} & names
    dropping = build_network(prepared, values | {"network.dropout": 0.3})
    names = {layer.name for layer in dropping.layers}
    assert names >= {"embedding_dropout", "head_dropout"}


def test_a_network_begins_with_the_word_vectors_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "vectors.txt").write_text("good 1 2\nfilm -1 0.5\nunseen 9 9\n")
    prepared, values = prepare(texts(), f"text.vectors={tmp_path / 'vectors.txt'}")
    model = build_network(prepared, values)
    found = np.asarray(model.get_layer("token_embedding").embeddings)
    assert (found == prepared.vectors["word"]).all()
    words = list(prepared.codec.tokenizers["word"].words())
    assert found[words.index("good")].tolist() == [1.0, 2.0]
    assert found[words.index("film")].tolist() == [-1.0, 0.5]


LEARN = ("text.vectors=texts", "text.begin=vectors")


def test_a_network_begins_with_the_first_numbers_of_learnt_vectors() -> None:
    sizes = (*LEARN, "text.embedding=[2,6]")
    prepared, values = prepare(texts(), *sizes)
    assert prepared.codec.learnt == 6
    learnt = prepared.vectors["word"]
    assert learnt.shape == (prepared.codec.tokenizers["word"].size, 6)
    for width in (2, 6):
        layers = build_network(prepared, values | {"text.embedding": width})
        found = np.asarray(layers.get_layer("token_embedding").embeddings)
        np.testing.assert_allclose(found[2:].std(), SPREAD, rtol=1e-5)
        ratio = found[2:] / np.where(learnt[2:, :width] == 0, np.nan, learnt[2:, :width])
        np.testing.assert_allclose(ratio[np.isfinite(ratio)], SPREAD / learnt[2:, :width].std(),
                                   rtol=1e-4)  # fmt: skip


def test_learnt_vectors_are_of_words_alone_and_leave_the_head_random() -> None:
    prepared, values = prepare(texts(), *LEARN, "text.tokens=[word,character]")
    assert prepared.vectors.keys() == {"word"}
    models = [build_network(prepared, values) for _ in range(2)]
    embeddings, heads = (
        [np.asarray(each.get_layer(name).weights[0]) for each in models]
        for name in ("token_embedding", "logits")
    )
    np.testing.assert_array_equal(*embeddings)
    assert not np.array_equal(*heads)
    drawn = build_network(prepared, values | {"text.begin": "random"})
    assert not np.array_equal(drawn.get_layer("token_embedding").weights[0], embeddings[0])
    characters = build_network(prepared, values | {"text.tokens": "character"})
    size = prepared.codec.tokenizers["character"].size
    assert characters.get_layer("token_embedding").embeddings.shape == (size, 3)


def bias_of(prepared: Prepared, values: dict[str, Any]) -> Any:
    return np.asarray(build_network(prepared, values).get_layer("logits").bias, np.float64)


def uneven(rows: int = 40) -> pd.DataFrame:
    """Texts of which three in four are good."""
    return pd.DataFrame(
        {"text": [f"film {row % 5}" for row in range(rows)],
         "label": ["bad" if row % 4 == 0 else "good" for row in range(rows)]}
    )  # fmt: skip


def test_an_untrained_head_says_how_frequent_each_class_is_in_training() -> None:
    prepared, values = prepare(uneven(), "training.class_weights=false")
    counts = prepared.targets[prepared.rows["train"]].sum(axis=0) + 0.02
    assert counts.tolist() != (prepared.targets.sum(axis=0) + 0.02).tolist()
    found = from_logits(bias_of(prepared, values)[None], is_multi=False)[0]
    assert found == pytest.approx(counts / counts.sum(), abs=1e-6)
    assert found[prepared.codec.labels.names.index("bad")] < 0.4


def test_classes_that_weigh_equally_in_training_are_equally_likely_at_first() -> None:
    prepared, values = prepare(uneven(), "training.class_weights=true")
    found = from_logits(bias_of(prepared, values)[None], is_multi=False)[0]
    assert found == pytest.approx([0.5, 0.5], abs=0.002)


def test_an_untrained_head_for_several_classes_says_how_many_cases_have_each() -> None:
    frame = uneven()
    frame["label"] = ["a+b" if row % 4 else "c" for row in range(len(frame))]
    prepared, values = prepare(frame, "data.several=+")
    assert prepared.codec.labels.is_multi
    targets = prepared.targets[prepared.rows["train"]]
    found = from_logits(bias_of(prepared, values)[None], is_multi=True)[0]
    expected = (targets.sum(axis=0) + 0.02) / (len(targets) + 0.04)
    assert found == pytest.approx(expected, abs=1e-6)
    assert 1.6 < found.sum() < 1.9


def test_present_says_which_steps_are_there() -> None:
    layer = Present(3)
    found = np.asarray(layer(np.array([3, 1, 0], np.int32)))
    assert found.tolist() == [[True, True, True], [True, False, False], [False] * 3]
    again = Present.from_config(layer.get_config())
    assert (again.steps, again.trainable) == (3, False)


def test_logits_become_probabilities() -> None:
    logits = np.log(np.array([[1.0, 3.0], [2.0, 2.0]]))
    assert from_logits(logits, is_multi=False) == pytest.approx(
        np.array([[0.25, 0.75], [0.5, 0.5]])
    )
    assert from_logits(logits, is_multi=True) == pytest.approx(
        np.array([[0.5, 0.75], [2 / 3, 2 / 3]])
    )


def test_extreme_logits_stay_probabilities() -> None:
    extreme = np.array([[800.0, -800.0], [-800.0, -800.0]])
    assert from_logits(extreme, is_multi=False).tolist() == [[1.0, 0.0], [0.5, 0.5]]
    assert from_logits(extreme, is_multi=True).tolist() == [[1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("chunk", [1, 4, 5, 18, 512])
def test_chunks_do_not_change_what_is_predicted(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, values = prepare(series())
    series_of, length = keras.Input((7, 2), name="series"), keras.Input((), name="length")
    as_logits = keras.layers.Dense(2, use_bias=False)  # each case is answered with its length
    model = keras.Model(
        {"series": series_of, "length": length}, as_logits(keras.ops.expand_dims(length, 1))
    )
    as_logits.set_weights([np.array([[1.0, 0.0]])])
    sizes = []

    def counted(inputs: Any) -> Any:
        sizes.append(len(inputs["length"]))
        return KerasNetwork(model)(inputs)

    monkeypatch.setattr(inference, "CHUNK", chunk)
    rows = np.arange(18)[::-1]
    found = network_probabilities(counted, prepared.codec, prepared.inputs["series"], rows, values)
    lengths = prepared.inputs["series"].lengths[rows].astype(float)
    assert np.log(found[:, 0] / found[:, 1]) == pytest.approx(lengths)
    size = min(chunk, 32)  # a power of two where all fit: other data runs the same programs
    assert sizes == [size] * -(-18 // size)  # of one size: compiled once


def test_no_cases_have_no_probabilities() -> None:
    prepared, values = prepare(series())
    none = np.array([], np.int64)
    found = network_probabilities(None, prepared.codec, prepared.inputs["series"], none, values)
    assert found.shape == (0, 2)


def scrambled(model: keras.Model) -> keras.Model:
    """Give all weights random values, so that nothing is hidden by one that begins at zero."""
    draw = np.random.default_rng(3)
    for weight in model.weights:
        drawn = draw.normal(0, 0.4, weight.shape)
        weight.assign(np.abs(drawn) + 0.1 if "variance" in weight.path else drawn)
    return model


def probabilities(model: Any, prepared: Prepared, values: dict[str, Any]) -> Any:
    """Return (cases, classes) of the test part."""
    return TASK.forward(KerasNetwork(model), prepared, prepared.encoded("test"), values)


def of_architecture(values: dict[str, Any], architecture: str, cell: str) -> dict[str, Any]:
    """Return a configuration with another architecture, every option with its default."""
    options = ARCHITECTURES.options(architecture)
    defaults = {name: fragment["default"] for name, fragment in options.items()}
    changed = {"network.architecture": architecture, "network.cell": cell,
               "series.random_kernels": 12}  # fmt: skip
    settled = defaults | ({"length": 2} if "length" in defaults else {})
    return values | changed | {f"network.{architecture}.{name}": settled[name] for name in settled}


@pytest.mark.parametrize(
    ("kind", "architecture", "cell"),
    [("text", "stacked", "gru"), ("series", "conv_recurrent", "lstm")],
)
def test_a_classifier_trains_is_saved_and_loaded(
    kind: str, architecture: str, cell: str, tmp_path: Path
) -> None:
    prepared, values = prepare(texts() if kind == "text" else series())
    values = of_architecture(values, architecture, cell)
    model = build_network(prepared, values)
    before = model.get_weights()
    batches = TASK.batches(prepared, values | {"training.batch_size": 6}, 1, steps=1)
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss=TASK.loss(prepared, values))
    inputs, targets, weights = batches[0]
    assert np.isfinite(float(model.train_on_batch(inputs, targets, sample_weight=weights)))
    assert any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))
    expected = probabilities(model, prepared, values)
    save_network(model, tmp_path / "network.keras")
    loaded = load_network(TASK, prepared, values, tmp_path / "network.keras")
    assert probabilities(loaded, prepared, values) == pytest.approx(expected, abs=1e-5)
    assert np.isfinite(expected).all() and len(np.unique(expected[:, 0].round(7))) > 1


@pytest.mark.parametrize(
    ("architecture", "kind"), [*((each, "series") for each in ARCHITECTURES), ("stacked", "text")]
)
def test_padding_says_nothing(architecture: str, kind: str) -> None:
    """A longer longest case leaves the probabilities of all others as they are."""
    prepared, values = prepare(texts() if kind == "text" else series())
    values = of_architecture(values, architecture, "gru")
    codec = prepared.codec
    name = "series" if kind == "series" else str(values["text.tokens"])
    longer = replace(codec, longest={**codec.longest, name: codec.longest[name] + 5})
    padded = replace(prepared, codec=longer)
    model = scrambled(build_network(prepared, values))
    wider = build_network(padded, values)
    wider.set_weights(model.get_weights())
    expected = probabilities(model, prepared, values)
    assert probabilities(wider, padded, values) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_one_short_case_leaves_the_others_as_they_are(architecture: str) -> None:
    """A single case with padding is masked; without it no mask is needed, nor made."""
    frame = series()
    even = frame[frame["step"] < 3]
    whole, values = prepare(even, "series.scaling=none")
    last = even["case"].iloc[whole.lines[whole.rows["train"][-1]]]
    short, _ = prepare(even[~((even["case"] == last) & (even["step"] == 2))], "series.scaling=none")
    values = of_architecture(values, architecture, "gru")
    model = scrambled(build_network(whole, values))
    masked = build_network(replace(whole, codec=replace(whole.codec, shortest=2)), values)
    names = [[layer.name for layer in each.layers] for each in (model, masked)]
    assert "present" not in names[0] and "present" in names[1]
    assert not short.codec.is_even
    masked.set_weights(model.get_weights())
    expected = probabilities(model, whole, values)
    assert probabilities(masked, whole, values) == pytest.approx(expected, abs=1e-5)
