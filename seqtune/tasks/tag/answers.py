"""What a model answered: a tag for each position, beside what is known of the truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seqtune.data.text.span_marks import OUTSIDE, Spans, spans_of
from seqtune.metrics.tag import Integers, right_spans, sequence_of
from seqtune.tasks.tag.changes import with_changes
from seqtune.tasks.tag.codec import Codec
from seqtune.tasks.tag.decoding import decode
from seqtune.tasks.tag.encoded import EncodedSequences
from seqtune.tasks.tag.tags import Tags

Floats = npt.NDArray[np.float64]

STRANGE = "?"
"""Stands for a true tag that the run has never learnt."""


@dataclass(frozen=True, eq=False)
class TaggedSequences:
    """Sequences with the tags that a model gave them.

    Args:
        tags: The tags of the run.
        offsets: (sequences + 1,), where each sequence begins among the positions.
        marginals: (positions, tags), the probability of each tag.
        predicted: (positions,), the number of the tag that each position is given.
        targets: (positions,), the number of the true one; -1 where nothing is known, as many as
            there are tags, or more, for one that the run has never learnt.
        where: From a position to where it stands.
        names: What the sequences are called; empty where they are called by their rows.
    """

    tags: Tags
    offsets: Integers
    marginals: Floats
    predicted: Integers
    targets: Integers
    where: Callable[[int], str] = str
    names: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.predicted)

    @property
    def confidence(self) -> Floats:
        """(positions,) the probability of the tag that was given."""
        return np.asarray(np.take_along_axis(self.marginals, self.predicted[:, None], 1)[:, 0])

    @cached_property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """(positions,) whether the tag is known to be wrong."""
        return np.asarray((self.targets >= 0) & (self.predicted != self.targets))

    @cached_property
    def sequence(self) -> Integers:
        """(positions,) the number of each position's sequence."""
        return sequence_of(self.offsets)

    @cached_property
    def spans(self) -> Spans:
        """The spans that were found; where nothing is known, none is."""
        return spans_of(self._texts(self.predicted), self.offsets, self.tags.scheme)

    @cached_property
    def true_spans(self) -> Spans:
        """The spans of the truth; a run of tags never learnt is one, which nothing finds."""
        return spans_of(self._texts(self.targets), self.offsets, self.tags.scheme)

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """(spans,) whether each span that was found is one of the truth."""
        return right_spans(*self.numbered_spans)

    @property
    def numbered_spans(self) -> tuple[Integers, Integers]:
        """The spans found and the true ones as (spans, 3): start, end, and number of the kind."""
        kinds = {kind: at for at, kind in enumerate({*self.spans.kind, *self.true_spans.kind})}
        found, truth = (
            np.stack(
                [each.start, each.end, np.array([kinds[kind] for kind in each.kind], np.int64)], 1
            )
            for each in (self.spans, self.true_spans)
        )
        return found, truth

    def name_of(self, code: int) -> str:
        """Return the name of a tag, `STRANGE` where the run has never learnt it."""
        return self.tags.names[code] if code < len(self.tags) else STRANGE

    def _texts(self, codes: Integers) -> list[str]:
        """Return tags as texts, outside of all spans where nothing is known."""
        never = codes >= len(self.tags)
        goes_on = (
            never & np.append(False, never[:-1]) & (self.sequence == np.roll(self.sequence, 1))
        )
        names = (*self.tags.names, f"B-{STRANGE}", f"I-{STRANGE}", OUTSIDE)
        number = np.where(never, len(self.tags) + goes_on, codes)
        number = np.where(self.targets < 0, len(names) - 1, number)
        texts = [names[each] for each in number.tolist()]
        return _closed(texts) if self.tags.scheme == "bioes" else texts


def _closed(texts: list[str]) -> list[str]:
    """End the spans of tags never learnt as BIOES wants."""
    inside, begin = f"I-{STRANGE}", f"B-{STRANGE}"
    for place, text in enumerate(texts):
        if text in (inside, begin):
            goes_on = place + 1 < len(texts) and texts[place + 1] == inside
            letter = {(begin, False): "S", (inside, False): "E"}.get((text, goes_on))
            texts[place] = f"{letter}-{STRANGE}" if letter else text
    return texts


def tagged(codec: Codec, encoded: EncodedSequences, marginals: Floats) -> TaggedSequences:
    """Decide the tags of sequences.

    Args:
        codec: The tags of the run, and whether a tag may depend on what follows.
        encoded: What was tagged.
        marginals: (positions, tags), the probability of each tag.
    """
    tags = codec.tags
    if codec.changes and not tags.has_spans and not codec.is_causal:
        predicted = with_changes(marginals, encoded.offsets, np.array(codec.changes))
    else:
        legal = tags.legal if tags.has_spans else None
        predicted = decode(marginals, encoded.offsets, legal, is_causal=codec.is_causal)
    return TaggedSequences(
        tags,
        encoded.offsets,
        marginals,
        predicted,
        encoded.targets,
        encoded.where,
        encoded.names,
    )
