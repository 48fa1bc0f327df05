"""Everything fitted on training cases that turns texts and series into network inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.channel_scale import center_and_spread, in_deviations
from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.tasks._stored import stored_numbers
from seqtune.tasks.classify.labels import Labels, is_text
from seqtune.tasks.classify.roles import Roles
from seqtune.tasks.classify.schema import METRICS

Floats = npt.NDArray[np.float64]

WHOLE_SHARE = 0.98
"""So many of the training texts are read whole."""

MIN_TOKENS = 32
"""So many tokens are always read; short texts cost little."""

MAX_TOKENS = 400
"""Longer texts cost more time than their middle tells."""

LEARNABLE = ("word", "subword")
"""Kinds of token whose vectors can be learnt from texts."""

MEASURED = 20_000
"""Texts, at even distances, that say how long texts are."""

LONGEST = 100_000
"""Inputs per case that a codec may say at most."""


@dataclass(frozen=True)
class Codec:
    """What a fitted classifier knows of its data; plain JSON on disk.

    Args:
        roles: Which column is what.
        labels: The classes.
        metric: The metric that selects.
        weights: (classes,) weight of each class in training where rare ones are to count as much
            as frequent ones; its mean over the training cases is 1.
        tokenizers: By kind of token; empty for series.
        longest: Inputs per case at most: by kind of token, or "series".
        shortest: Steps of the shortest series that was fitted; 0 for texts.
        center: (channels,) mean over training steps.
        spread: (channels,) standard deviation over training steps; where constant, its size, or 1.
        vectors: Length of the word vectors of a file that training begins with; 0 for none.
        learnt: Length of the vectors that were learnt from texts for that, of each kind of token in
            `LEARNABLE`; 0 for none. A network takes the first numbers of them.
    """

    roles: Roles
    labels: Labels
    metric: str
    weights: tuple[float, ...]
    tokenizers: Mapping[str, Tokenizer] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)
    shortest: int = 0
    center: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    vectors: int = 0
    learnt: int = 0

    @property
    def kind(self) -> str:
        """What is classified: "text" or "series"."""
        return self.roles.kind

    @property
    def vector_shapes(self) -> dict[str, tuple[int, int]]:
        """Tokens and length of the vectors that training begins with, by kind of token."""
        if self.vectors:
            return {"word": (self.tokenizers["word"].size, self.vectors)}
        kinds = [kind for kind in LEARNABLE if kind in self.tokenizers and self.learnt]
        return {kind: (self.tokenizers[kind].size, self.learnt) for kind in kinds}

    @property
    def is_even(self) -> bool:
        """Whether all series that were fitted have as many steps; networks then know no others."""
        return self.kind == "series" and self.shortest == self.longest["series"]

    @property
    def channels(self) -> int:
        """Channels of each step of a series."""
        return len(self.center)

    def tokens(self, texts: Sequence[str], kind: str) -> tuple[Ragged, int]:
        """Return texts as tokens of a kind, and how many of them lost their middle."""
        return self.tokenizers[kind].encode_batch(texts, self.longest[kind])

    def scaled(self, batch: Floats, lengths: npt.NDArray[np.int64], scaling: str) -> Floats:
        """Bring series to a common size; what is missing becomes the mean.

        Args:
            batch: (cases, steps, channels), padded at the end.
            lengths: (cases,), the steps that are no padding.
            scaling: "case", "channel" or "none".

        Returns:
            (cases, steps, channels), zero where padded.
        """
        present = (np.arange(batch.shape[1]) < lengths[:, None])[..., None]
        center, spread = np.array(self.center), np.array(self.spread)
        batch = np.where(np.isfinite(batch), batch, center)
        if scaling == "case":
            count = np.maximum(lengths, 1)[:, None, None]
            center, spread = center_and_spread(batch, present, count, axis=1)
        if scaling != "none":
            batch = in_deviations(batch, center, spread)
        return np.where(present, batch, 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "roles": {**asdict(self.roles), "channels": list(self.roles.channels)},
            "labels": self.labels.to_dict(),
            "metric": self.metric,
            "weights": list(self.weights),
            "tokenizers": {kind: each.to_dict() for kind, each in self.tokenizers.items()},
            "longest": dict(self.longest),
            "shortest": self.shortest,
            "center": list(self.center),
            "spread": list(self.spread),
            "vectors": self.vectors,
            "learnt": self.learnt,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Codec:
        """Read what `to_dict` returned, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is something else.
            KeyError: Something is missing.
        """
        roles = _roles(values["roles"])
        labels = Labels.from_dict(values["labels"])
        if not isinstance(values["tokenizers"], dict) or not isinstance(values["longest"], dict):
            raise ValueError("its parts are not as they are written")
        codec = cls(
            roles=roles,
            labels=labels,
            metric=str(values["metric"]),
            weights=stored_numbers(values["weights"]),
            tokenizers={k: Tokenizer.from_dict(v) for k, v in values["tokenizers"].items()},
            longest={str(kind): _count(number) for kind, number in values["longest"].items()},
            shortest=_count(values["shortest"], least=0),
            center=stored_numbers(values["center"]),
            spread=stored_numbers(values["spread"]),
            vectors=_count(values["vectors"], least=0),
            learnt=_count(values["learnt"], least=0),
        )
        needed = {*codec.tokenizers} if roles.kind == "text" else {"series"}
        channels = 1 if roles.series is None else len(roles.channels)
        is_sound = (
            codec.metric in METRICS
            and len(codec.weights) == len(labels.names)
            and all(weight > 0 for weight in codec.weights)
            and set(codec.longest) == needed
            and all(kind == each.kind for kind, each in codec.tokenizers.items())
            and bool(codec.tokenizers) == (roles.kind == "text")
            and len(codec.center) == len(codec.spread) == (channels if "series" in needed else 0)
            and all(width > 0 for width in codec.spread)
            and (not codec.vectors or "word" in codec.tokenizers)
            and (not codec.learnt or (not codec.vectors and bool(codec.tokenizers)))
        )
        if not is_sound:
            raise ValueError("its parts do not belong together")
        return codec


def fit_text(
    texts: Sequence[str], wanted: Sequence[str], settings: Any
) -> tuple[dict[str, Tokenizer], dict[str, int]]:
    """Learn vocabularies from training texts.

    Args:
        texts: The training texts.
        wanted: Kinds of token.
        settings: The recipe's section `text`.

    Returns:
        A tokenizer, and the number of tokens to read at most, by kind.
    """
    tokenizers, longest = {}, {}
    for kind in wanted:
        tokenizers[kind] = Tokenizer.fit(
            texts, kind, max_tokens=settings.vocabulary, min_count=settings.least_count,
            normalization="nfkc_lower" if settings.lower else "nfkc",
        )  # fmt: skip
        longest[kind] = settings.longest
        if settings.longest != "auto":
            longest[kind] = min(settings.longest, LONGEST)
        else:
            some = texts[:: -(-len(texts) // MEASURED)]
            lengths = tokenizers[kind].encode_batch(some, None)[0].lengths
            usual = int(np.ceil(np.quantile(lengths, WHOLE_SHARE)))
            longest[kind] = min(max(usual, MIN_TOKENS), MAX_TOKENS)
    return tokenizers, longest


def class_weights(targets: Floats) -> Floats:
    """Return the weight of each class with which all count the same, 1 on average over the cases.

    Args:
        targets: (cases, classes), 0 or 1, of the training cases.
    """
    counts = targets.sum(axis=0)
    weights = np.where(counts > 0, 1.0 / np.maximum(counts, 1.0), 0.0)
    total = (targets * weights).sum()
    weights = weights * targets.sum() / total if total > 0 else np.ones_like(weights)
    return np.where(counts > 0, weights, 1.0)


def _roles(values: Mapping[str, Any]) -> Roles:
    if not isinstance(values, dict) or {*values} != {*Roles.__dataclass_fields__}:
        raise ValueError("its roles are not as they are written")
    if not isinstance(values["channels"], list):
        raise ValueError("its channels are no list")
    roles = Roles(**{**values, "channels": tuple(values["channels"])})
    texts = (roles.kind, roles.label, roles.text, *roles.channels)
    others = (roles.series, roles.time, roles.group)
    is_sound = (
        all(map(is_text, texts))
        and all(each is None or is_text(each) for each in others)
        and roles.kind in ("text", "series")
        and bool(roles.text) == (roles.kind == "text") == (not roles.channels)
    )
    if not is_sound:
        raise ValueError("its roles are not as they are written")
    return roles


def _count(value: Any, least: int = 1) -> int:
    if type(value) is not int or not least <= value <= LONGEST:
        raise ValueError(f"a length in it is none, or beyond {LONGEST:,}")
    return value
