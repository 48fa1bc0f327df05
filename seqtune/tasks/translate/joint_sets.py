"""What any set of networks answers with a simple method, where each network is asked once.

Each network writes its best answers, the method proposes as many, and each network says of all of
them how likely each token is. The mean of these probabilities is what a set of networks says of an
answer (`seqtune.tasks.translate.references`), so that no set has to be asked again. What a set
would write together is not among the answers where none of its members, nor the method, writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from seqtune.baselines.translate._pairs import Rates
from seqtune.data.ragged import Ragged
from seqtune.tasks.translate.codec import Codec
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.inference import MOST_NATS
from seqtune.tasks.translate.joint import PROPOSED, RatedAnswers, among, proposed, writable
from seqtune.tasks.translate.member import Member
from seqtune.tasks.translate.references import token_log_probabilities

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RatedSets:
    """Answers to cases, and what each network says of each token of each.

    Args:
        texts: All answers, those to one case behind each other; at least one to each.
        first: (cases,) where those to each begin.
        tokens: (answers,) tokens of each, the end included.
        method: (answers,) log-probability by the method; see `among`.
        said: Of each network, (answers, most tokens) log-probabilities, 0 behind the end.
        references: The right answers to each case.
    """

    texts: Sequence[str]
    first: Rows
    tokens: Rows
    method: Floats
    said: Sequence[Singles]
    references: Sequence[Sequence[str]]

    @property
    def networks(self) -> int:
        """How many networks were asked."""
        return len(self.said)

    def joined(self, places: Sequence[int]) -> Floats:
        """Return what networks answer with the method, at its likeliest share, as an array."""
        rated = self.of(places)
        return rated.answers(rated.likeliest_share(self.references), 1).to_array()

    def alone(self, places: Sequence[int]) -> Floats:
        """Return what networks answer without the method, as an array."""
        return self.of(places).answers(0.0, 1).to_array()

    def of(self, places: Sequence[int]) -> RatedAnswers:
        """Return the answers, rated by some networks together, each of which counts the same.

        Args:
            places: Which networks, by their places in `said`.
        """
        total = np.stack([self.said[place] for place in places]).astype(np.float64)
        mean = np.logaddexp.reduce(total - np.log(len(places)), axis=0)  # (answers, most tokens)
        logs = np.maximum(mean.sum(axis=1), -MOST_NATS)
        return RatedAnswers(self.texts, self.first, logs, self.method, self.tokens)


def rate_sets(
    members: Sequence[Member],
    method: Rates,
    codec: Codec,
    encoded: EncodedPairs,
    is_over: Callable[[], bool],
) -> RatedSets:
    """Let networks and a method propose answers, and rate all of them.

    Args:
        members: Networks that write the same kind of token, with a decoder.
        method: A simple method, fitted.
        codec: Vocabularies and lengths.
        encoded: The cases, with references.
        is_over: Says whether there is no time for another network; the first always is asked.
    """
    writing = replace(encoded, decoding=replace(encoded.decoding, beam=PROPOSED, n_best=PROPOSED))
    rating = _Rating(codec, writing, str(members[0].values["tokens.target"]))
    rating.add(method.candidates(list(encoded.plain()), PROPOSED))
    for member in members:
        if rating.members and is_over():
            break
        rating.ask(member)
    return rating.rated(method)


@dataclass
class _Rating:
    """Answers that become more with each network; all networks so far have rated all of them.

    Args:
        codec: Vocabularies and lengths.
        encoded: The cases, to be answered as networks propose.
        kind: What a token of an answer is.
    """

    codec: Codec
    encoded: EncodedPairs
    kind: str
    members: list[Member] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _known: set[tuple[int, str]] = field(default_factory=set)
    _said: list[list[Singles]] = field(default_factory=list)

    def ask(self, member: Member) -> None:
        """Let a network propose, and rate; the others rate what is new."""
        begin = len(self._texts)
        self.add([list(each) for each in proposed([member], self.codec, self.encoded)])
        for other, said in zip(self.members, self._said, strict=True):
            said.append(self._by(other, begin))
        self.members.append(member)
        self._said.append([self._by(member, 0)])

    def add(self, proposals: Sequence[Sequence[str]]) -> None:
        """Take in what was proposed to each case, but for what is there, or cannot be written."""
        rows = [row for row, texts in enumerate(proposals) for _ in texts]
        texts = [text for each in proposals for text in each]
        can = writable(texts, self.codec, self.encoded, self.kind)
        for row, text, is_writable in zip(rows, texts, can, strict=True):
            if is_writable and (row, text) not in self._known:
                self._put(row, text)

    def rated(self, method: Rates) -> RatedSets:
        """Return all answers, case by case, rated by the method, too."""
        answered = set(self._rows)
        missing = [row for row in range(len(self.encoded)) if row not in answered]
        begin = len(self._texts)
        for row in missing:  # a network that has learnt nothing may write nothing
            self._put(row, "")
        if missing:
            for member, said in zip(self.members, self._said, strict=True):
                said.append(self._by(member, begin))
        order = np.argsort(self._rows, kind="stable")
        rows, texts = np.array(self._rows)[order], [self._texts[place] for place in order.tolist()]
        first = np.searchsorted(rows, np.arange(len(self.encoded))).astype(np.int64)
        sources = list(self.encoded.plain())
        together = method.log_probabilities([sources[row] for row in rows.tolist()], texts)
        return RatedSets(
            texts,
            first,
            self._tokens(texts).lengths + 1,
            among(together, first),
            [_joined(said)[order] for said in self._said],
            self.encoded.references,
        )

    def _put(self, row: int, text: str) -> None:
        self._known.add((row, text))
        self._rows.append(row)
        self._texts.append(text)

    def _by(self, member: Member, begin: int) -> Singles:
        """Return what a network says of the answers from a place on."""
        rows = np.array(self._rows[begin:], np.int64)
        tokens = self._tokens(self._texts[begin:])
        return token_log_probabilities(member, self.encoded.inputs, tokens, rows)

    def _tokens(self, texts: Sequence[str]) -> Ragged:
        return self.codec.target_tokens(texts, self.kind)[0]


def _joined(parts: Sequence[Singles]) -> Singles:
    """Return arrays (answers, tokens) behind each other, filled up with zeros."""
    width = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in parts])
