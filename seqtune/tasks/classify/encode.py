"""Cases as networks read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from seqtune.baselines.threads import one_thread
from seqtune.data.channel_scale import fit_channels
from seqtune.data.ragged import Ragged
from seqtune.data.series_lengths import shortened, stretched
from seqtune.data.text.learnt_vectors import learn_vectors, some_of
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.word_vectors import read_vectors
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe
from seqtune.tasks.classify.cases import Cases
from seqtune.tasks.classify.codec import LONGEST, Codec, class_weights, fit_text
from seqtune.tasks.classify.labels import Labels
from seqtune.tasks.classify.roles import Roles
from seqtune.tasks.classify.schema import Schema
from seqtune.tasks.classify.split import fitting_rows

Floats = npt.NDArray[np.float64]
Vectors = dict[str, npt.NDArray[np.float32]]

FROM_TEXTS = "texts"
"""What a recipe says where vectors are learnt from the texts."""


def encode_cases(codec: Codec, cases: Cases, name: str) -> tuple[Ragged, int]:
    """Return new cases as a network reads them, and how many had to be made longer or shorter.

    Args:
        codec: Vocabularies and lengths.
        cases: The cases.
        name: "series", or a kind of token.
    """
    if cases.series is None:
        return codec.tokens(cases.texts, name)
    series, too_long = shortened(cases.series, codec.longest[name])
    if not codec.is_even:
        return series, too_long
    series, too_short = stretched(series, codec.longest[name])
    return series, too_long + too_short


def encode_all(
    cases: Cases,
    parts: npt.NDArray[np.int8],
    roles: Roles,
    labels: Labels,
    metric: str,
    targets: Floats,
    recipe: Recipe,
    unlabelled: Sequence[str] = (),
) -> tuple[Codec, dict[str, tuple[Ragged, int]], Vectors]:
    """Fit the codec on the training cases, and encode all with it.

    Args:
        cases: The cases, each with a label.
        parts: (cases,) the part of each.
        roles: Which column is what.
        labels: The classes.
        metric: The metric that selects.
        targets: (cases, classes), 0 or 1.
        recipe: Its `text.vectors` is settled.
        unlabelled: Texts without a label; vocabulary and vectors are learnt from them too.

    Returns:
        The codec; by kind of token, or for "series", the cases and how many are too long; and by
        kind of token the vectors to begin with.
    """
    values = cast(Schema, recipe.values)
    training = fitting_rows(parts)
    fitted: dict[str, Any] = {
        "roles": roles,
        "labels": labels,
        "metric": metric,
        "weights": tuple(class_weights(targets[training]).tolist()),
    }
    if cases.series is None:
        tokens = values.text.tokens
        wanted = tokens if isinstance(tokens, tuple) else (tokens,)
        texts = [*(cases.texts[row] for row in training.tolist()), *unlabelled]
        tokenizers, longest = fit_text(texts, [str(kind) for kind in wanted], values.text)
        codec = Codec(**fitted, tokenizers=tokenizers, longest=longest)
        encoded = {kind: codec.tokens(cases.texts, kind) for kind in tokenizers}
        vectors: Vectors = {}
        if values.text.vectors == FROM_TEXTS:
            codec = replace(codec, learnt=_most_numbers(recipe))
            for kind, (size, width) in codec.vector_shapes.items():
                with one_thread():
                    known = encoded[kind][0].select(training)
                    more, _ = codec.tokens(unlabelled, kind)
                    teachers = some_of([*known, *more.select(range(len(more)))])
                    vectors[kind] = learn_vectors(teachers, size, width, values.seed)
        elif values.text.vectors:
            vectors["word"] = _vectors(tokenizers["word"], Path(values.text.vectors), values.seed)
            codec = replace(codec, vectors=vectors["word"].shape[1])
        return codec, encoded, vectors
    lengths = cases.series.lengths[training]
    steps = min(values.series.longest, LONGEST, int(lengths.max()))
    series, count = shortened(cases.series, steps)
    center, spread = fit_channels(series, training)
    codec = Codec(
        **fitted,
        longest={"series": steps},
        shortest=min(int(lengths.min()), steps),
        center=tuple(center.tolist()),
        spread=tuple(spread.tolist()),
    )
    if codec.is_even:
        series, _ = stretched(series, steps)
    return codec, {"series": (series, count)}, {}


def _most_numbers(recipe: Recipe) -> int:
    """Return the longest vectors that a configuration of a recipe may ask for."""
    sizes = next(each for each in recipe.dimensions() if each.path == "text.embedding")
    return min(LONGEST, int(max(sizes.choices) if sizes.maximum is None else sizes.maximum))


def _vectors(tokenizer: Tokenizer, path: Path, seed: int) -> npt.NDArray[np.float32]:
    """Return (tokens, dimensions) vectors from a file; small random ones where it has none."""
    matrix, found = read_vectors(path, tokenizer.words())
    if not found.any():
        raise DataError(
            f"{path}: none of the {tokenizer.size} words of the data is in this file",
            "use word vectors in the language of the texts",
        )
    spread = float(matrix[found].std())
    random = np.random.default_rng(seed).normal(0.0, spread, matrix.shape)
    begun: npt.NDArray[np.float32] = np.where(found[:, None], matrix, random).astype(np.float32)
    begun[0] = 0.0
    return begun


def truncations(codec: Codec, inputs: dict[str, tuple[Ragged, int]], cases: Cases) -> list[str]:
    """Return what to say of cases that were made longer or shorter."""
    notes = []
    for name, (_, count) in inputs.items():
        if not count:
            continue
        if name == "series":
            flag = "--set series.longest=N"
            said = f"{count} of {len(cases)} series are averaged over neighbouring steps to"
            notes.append(f"{said} {codec.longest[name]} steps ({flag})")
        else:
            flag = "--set text.longest=N"
            said = (
                f"{count} of {len(cases)} texts are longer than {codec.longest[name]} {name} tokens"
            )
            notes.append(f"{said}: their middle is left out ({flag})")
    return notes
