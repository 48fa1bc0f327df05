"""Everything fitted on training positions that turns tokens and steps into network inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from seqtune.tasks._stored import stored_numbers
from seqtune.tasks.tag.roles import Roles
from seqtune.tasks.tag.schema import METRICS
from seqtune.tasks.tag.spelling import Lexicon
from seqtune.tasks.tag.tags import Tags

LONGEST = 100_000
"""Positions that a codec may say at most."""

MOST_CHANNELS = 10_000
MOST_LENGTHS = 64
MOST = 2**53
LONGEST_NAME = 10_000


@dataclass(frozen=True)
class Codec:
    """What a fitted tagger knows of its data; plain JSON on disk.

    Args:
        roles: Which column is what.
        tags: The tags.
        metric: The metric that selects.
        counts: (tags,) how often each is in training.
        longest: Positions that a network reads at once.
        lengths: Those of batches, rising; the last is `longest`.
        usual: Mean positions of a piece of a training sequence.
        is_causal: Whether networks look back alone: `network.direction` is "forward".
        lexicon: The words, characters and affixes that are known; None for steps.
        vectors: Length of the word vectors that training begins with; 0 for none.
        center: (channels,) mean over training steps.
        spread: (channels,) standard deviation over training steps; where constant, its size, or 1.
        changes: (tags, tags) log-probability of each tag to follow another, of steps; () of tokens.
        gaps: The channels that have missing values in training; networks hear which are missing.
    """

    roles: Roles
    tags: Tags
    metric: str
    counts: tuple[int, ...] = field(repr=False)
    longest: int
    lengths: tuple[int, ...]
    usual: int
    is_causal: bool = False
    lexicon: Lexicon | None = None
    vectors: int = 0
    center: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    gaps: tuple[int, ...] = ()
    changes: tuple[tuple[float, ...], ...] = field(default=(), repr=False)

    @property
    def kind(self) -> str:
        """What is tagged: "tokens" or "steps"."""
        return self.roles.kind

    @property
    def channels(self) -> int:
        """Channels of each step; 0 for tokens."""
        return len(self.center)

    @property
    def features(self) -> int:
        """Numbers that a network reads of each step: channels, and which of them were missing."""
        return len(self.center) + len(self.gaps)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "roles": {**asdict(self.roles), "channels": list(self.roles.channels)},
            "tags": self.tags.to_dict(),
            "metric": self.metric,
            "counts": list(self.counts),
            "longest": self.longest,
            "lengths": list(self.lengths),
            "usual": self.usual,
            "is_causal": self.is_causal,
            "lexicon": None if self.lexicon is None else self.lexicon.to_dict(),
            "vectors": self.vectors,
            "center": list(self.center),
            "spread": list(self.spread),
            "gaps": list(self.gaps),
            "changes": [list(row) for row in self.changes],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Codec:
        """Read what `to_dict` returned, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is something else.
            KeyError: Something is missing.
        """
        lexicon = values["lexicon"]
        if lexicon is not None and not isinstance(lexicon, dict):
            raise ValueError("its words are not as they are written")
        if not isinstance(values["is_causal"], bool):
            raise ValueError("its direction is not as it is written")
        codec = cls(
            roles=_roles(values["roles"]),
            tags=Tags.from_dict(values["tags"]),
            metric=str(values["metric"]),
            counts=_wholes(values["counts"], 0, MOST),
            longest=_whole(values["longest"], 1, LONGEST),
            lengths=_wholes(values["lengths"], 1, LONGEST),
            usual=_whole(values["usual"], 1, LONGEST),
            is_causal=values["is_causal"],
            lexicon=None if lexicon is None else Lexicon.from_dict(lexicon),
            vectors=_whole(values["vectors"], 0, MOST_CHANNELS),
            center=stored_numbers(values["center"]),
            spread=stored_numbers(values["spread"]),
            gaps=_wholes(values["gaps"], 0, MOST_CHANNELS),
            changes=_square(values["changes"]),
        )
        is_tokens, channels = codec.kind == "tokens", len(codec.roles.channels)
        rises = all(a < b for a, b in zip(codec.lengths, codec.lengths[1:], strict=False))
        is_sound = (
            codec.metric in METRICS
            and len(codec.counts) == len(codec.tags)
            and 0 < len(codec.lengths) <= MOST_LENGTHS
            and rises
            and codec.lengths[-1] == codec.longest
            and is_tokens == (codec.lexicon is not None)
            and (is_tokens or not codec.vectors)
            and len(codec.center) == len(codec.spread) == (0 if is_tokens else channels)
            and all(width > 0 for width in codec.spread)
            and all(a < b for a, b in zip(codec.gaps, codec.gaps[1:], strict=False))
            and all(channel < codec.channels for channel in codec.gaps)
            and len(codec.changes) == (0 if is_tokens else len(codec.tags))
            and all(each <= 0 for row in codec.changes for each in row)
        )
        if not is_sound:
            raise ValueError("its parts do not belong together")
        return codec


def _roles(values: Any) -> Roles:
    if not isinstance(values, dict) or {*values} != {*Roles.__dataclass_fields__}:
        raise ValueError("its roles are not as they are written")
    if not isinstance(values["channels"], list) or len(values["channels"]) > MOST_CHANNELS:
        raise ValueError("its channels are no list")
    roles = Roles(**{**values, "channels": tuple(values["channels"])})
    texts = (roles.kind, roles.label, roles.token, *roles.channels)
    others = (roles.series, roles.time, roles.group)
    is_sound = (
        all(map(_is_name, texts))
        and all(each is None or _is_name(each) for each in others)
        and roles.kind in ("tokens", "steps")
        and bool(roles.token) == (roles.kind == "tokens") == (not roles.channels)
    )
    if not is_sound:
        raise ValueError("its roles are not as they are written")
    return roles


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME


def _square(values: Any) -> tuple[tuple[float, ...], ...]:
    if not isinstance(values, list):
        raise ValueError("a list in it is none")
    rows = tuple(stored_numbers(row) for row in values)
    if any(len(row) != len(rows) for row in rows):
        raise ValueError("a table in it has rows of other lengths")
    return rows


def _wholes(values: Any, least: int, most: int) -> tuple[int, ...]:
    if not isinstance(values, list):
        raise ValueError("a list in it is none")
    return tuple(_whole(value, least, most) for value in values)


def _whole(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"a number in it is none of {least} to {most:,}")
    return value
