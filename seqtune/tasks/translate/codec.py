"""Everything fitted on training pairs that turns sources and answers into network inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from seqtune.data.channel_scale import in_deviations
from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.tasks._stored import stored_numbers
from seqtune.tasks.translate.buckets import MOST_SHAPES, Shape
from seqtune.tasks.translate.decoding_settings import GREEDY, DecodingSettings
from seqtune.tasks.translate.roles import Roles
from seqtune.tasks.translate.schema import METRICS
from seqtune.tasks.translate.token_choice import (
    LONGEST,
    as_read,
    read_longest,
    read_tokenizers,
    without_end,
)

Floats = npt.NDArray[np.float64]
Side = Literal["source", "target"]

SERIES = "series"
"""What stands in the place of a kind of token where a source is features or a series."""

MOST = 2**53
MAX_CHANNELS = 10_000
MAX_CATEGORY = 10_000


@dataclass(frozen=True)
class Codec:
    """What a fitted translator knows of its data; plain JSON on disk.

    Args:
        roles: Which column is what.
        metric: The metric that selects.
        tokenizers: Of "source" and "target", by kind of token; none of a source that is no text.
        longest: Of "source" and "target", tokens at most by kind; of a series, steps.
        counts: By kind of token, how often each is in the answers of the training pairs,
            (vocabulary,); the end is in each once.
        shapes: Of training batches, the smallest first: by what the source is read as, and by kind
            of token of the answers. They are those of all pairs, so that a refit runs the programs
            that the search compiled.
        lower: Whether capitals become small letters.
        decoding: How answers to the test part are searched for.
        center: (channels,) mean over training steps; 0 for a category.
        spread: (channels,) deviation over training steps; where constant, its size, or 1; 1
            for a category.
        categories: By column of features, its categories; none for numbers.
    """

    roles: Roles
    metric: str
    tokenizers: Mapping[str, Mapping[str, Tokenizer]] = field(repr=False)
    longest: Mapping[str, Mapping[str, int]]
    counts: Mapping[str, tuple[int, ...]] = field(repr=False)
    shapes: Mapping[str, Mapping[str, tuple[Shape, ...]]] = field(repr=False)
    lower: bool = False
    decoding: DecodingSettings = GREEDY
    center: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @property
    def source_kind(self) -> str:
        """What a source is: "text", "symbols", "features" or "series"."""
        return self.roles.kind

    @property
    def target_kind(self) -> str:
        """What an answer is: "text" or "symbols"."""
        return self.roles.target_kind

    @property
    def source_names(self) -> tuple[str, ...]:
        """What a network may read: kinds of token, or "series"."""
        return tuple(self.longest["source"])

    @property
    def channels(self) -> int:
        """Numbers of each step of a series, or of features."""
        return len(self.center)

    def source_name(self, values: Mapping[str, Any]) -> str:
        """Return what a configuration reads: a kind of token, or "series"."""
        return str(values["tokens.source"]) if self.roles.is_text else SERIES

    def tokenizer(self, side: Side, values: Mapping[str, Any]) -> Tokenizer:
        """Return the tokenizer of a configuration.

        Args:
            side: "source" or "target".
            values: The configuration.

        Raises:
            KeyError: The source is no text.
        """
        return self.tokenizers[side][str(values[f"tokens.{side}"])]

    def source_tokens(self, texts: Sequence[str], kind: str) -> tuple[Ragged, int]:
        """Return sources as tokens of a kind, and how many of them lost their middle."""
        tokenizer, longest = self.tokenizers["source"][kind], self.longest["source"][kind]
        return tokenizer.encode_batch(as_read(texts, kind), longest)

    def target_tokens(self, texts: Sequence[str], kind: str) -> tuple[Ragged, int]:
        """Return answers as tokens of a kind, the end left out, and how many lost their end."""
        tokens, _ = self.tokenizers["target"][kind].encode_batch(texts, None)
        return without_end(tokens, self.longest["target"][kind])

    def scaled(self, batch: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
        """Bring series to a common size; what is missing becomes the mean.

        Args:
            batch: (cases, steps, channels), padded at the end.
            lengths: (cases,), the steps that are no padding.

        Returns:
            (cases, steps, channels), zero where padded.
        """
        present = (np.arange(batch.shape[1]) < lengths[:, None])[..., None]
        center, spread = np.array(self.center), np.array(self.spread)
        batch = np.where(np.isfinite(batch), batch, center)
        return np.where(present, in_deviations(batch, center, spread), 0.0)

    def plain(self, series: Ragged) -> list[Floats]:
        """Return series as simple methods take them, (steps, channels) each, gaps at the mean."""
        center = np.array(self.center)
        every = series.select(np.arange(len(series)))
        return [np.where(np.isfinite(case), case, center).astype(np.float64) for case in every]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "roles": {**asdict(self.roles), "channels": list(self.roles.channels)},
            "metric": self.metric,
            "tokenizers": {
                side: {kind: each.to_dict() for kind, each in tokenizers.items()}
                for side, tokenizers in self.tokenizers.items()
            },
            "longest": {side: dict(each) for side, each in self.longest.items()},
            "counts": {kind: list(each) for kind, each in self.counts.items()},
            "shapes": {
                source: {target: [list(shape) for shape in each] for target, each in shapes.items()}
                for source, shapes in self.shapes.items()
            },
            "lower": self.lower,
            "decoding": self.decoding.to_dict(),
            "center": list(self.center),
            "spread": list(self.spread),
            "categories": {name: list(each) for name, each in self.categories.items()},
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Codec:
        """Read what `to_dict` returned, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is something else.
        """
        if not isinstance(values, dict) or {*values} != {*cls.__dataclass_fields__}:
            raise ValueError("its parts are not as they are written")
        for name in ("tokenizers", "longest"):
            if not isinstance(values[name], dict) or {*values[name]} != {"source", "target"}:
                raise ValueError(f"its {name} are not as they are written")
        roles = Roles.from_values(values["roles"])
        tokenizers = {side: read_tokenizers(each) for side, each in values["tokenizers"].items()}
        kinds = {side: tuple(each) for side, each in tokenizers.items()}
        kinds["source"] = kinds["source"] if roles.is_text else (SERIES,)
        codec = cls(
            roles=roles,
            metric=values["metric"],
            tokenizers=tokenizers,
            longest={side: read_longest(values["longest"][side], kinds[side]) for side in kinds},
            counts=_counts(values["counts"]),
            shapes=_shapes(values["shapes"]),
            lower=values["lower"],
            decoding=DecodingSettings.from_dict(values["decoding"]),
            center=stored_numbers(values["center"], MAX_CHANNELS),
            spread=stored_numbers(values["spread"], MAX_CHANNELS),
            categories=_categories(values["categories"]),
        )
        if not _is_sound(codec):
            raise ValueError("its parts do not belong together")
        return codec


def _is_sound(codec: Codec) -> bool:
    roles, targets = codec.roles, codec.tokenizers["target"]
    columns = sum(len(codec.categories.get(name, ("",))) for name in roles.channels)
    is_series = not roles.is_text
    has_width = columns == codec.channels if roles.channels else codec.channels > 0
    return (
        codec.metric in METRICS
        and type(codec.lower) is bool
        and bool(targets)
        and bool(codec.tokenizers["source"]) == roles.is_text
        and all(each.is_exact for each in targets.values())
        and codec.counts.keys() == targets.keys()
        and all(len(codec.counts[kind]) == each.size for kind, each in targets.items())
        and all(each[0] > 0 for each in codec.counts.values())
        and {*codec.shapes} == {*codec.source_names}
        and all({*each} == {*targets} for each in codec.shapes.values())
        and len(codec.center) == len(codec.spread)
        and (has_width if is_series else not codec.channels)
        and all(width > 0 for width in codec.spread)
        and {*codec.categories} <= ({*roles.channels} if roles.kind == "features" else set())
    )


def _counts(values: Any) -> dict[str, tuple[int, ...]]:
    is_sound = isinstance(values, dict) and all(
        isinstance(counts, list)
        and all(type(count) is int and 0 <= count < MOST for count in counts)
        for counts in values.values()
    )
    if not is_sound:
        raise ValueError("its counts are not as they are written")
    return {str(kind): tuple(counts) for kind, counts in values.items()}


def _shapes(values: Any) -> dict[str, dict[str, tuple[Shape, ...]]]:
    if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
        raise ValueError("its shapes are not as they are written")
    return {
        str(source): {str(target): _shapes_of(each) for target, each in shapes.items()}
        for source, shapes in values.items()
    }


def _shapes_of(values: Any) -> tuple[Shape, ...]:
    is_sound = (
        isinstance(values, list)
        and 0 < len(values) <= MOST_SHAPES
        and all(isinstance(shape, list) and len(shape) == 2 for shape in values)
        and all(type(size) is int and 0 < size <= LONGEST + 1 for shape in values for size in shape)
    )
    if not is_sound:
        raise ValueError("its shapes are not as they are written")
    return tuple(Shape(*shape) for shape in values)


def _categories(values: Any) -> dict[str, tuple[str, ...]]:
    is_sound = isinstance(values, dict) and all(
        isinstance(names, list)
        and 0 < len(names) <= MAX_CHANNELS
        and all(isinstance(name, str) and len(name) <= MAX_CATEGORY for name in names)
        and len({*names}) == len(names)
        for names in values.values()
    )
    if not is_sound:
        raise ValueError("its categories are not as they are written")
    return {str(column): tuple(names) for column, names in values.items()}
