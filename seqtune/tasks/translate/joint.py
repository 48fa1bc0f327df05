"""Networks and a simple method that answer together: both propose answers, both rate all of them.

    score(answer) = (1 - share) log p_networks(answer) + share log p_method(answer)

The best score wins. The share is that at which the references are likeliest among the proposed
answers of the validation part: p(answer) = exp(score) / sum of exp(score) of all proposed. That is
smooth where counts of right answers are not. On 900 validation words of Korean spelling to sound, a
share chosen so on one half of them gained 1.3 to 3.2 points on the other half, in the mean of 800
ways to halve them, over one of four networks or two together; the share with the most right words
gained 0.8 to 3.0. The mean of the probabilities instead of their logarithms gains 0.2 to 0.4 less.

Source:
    Och and Ney 2002, "Discriminative training and maximum entropy models for statistical machine
    translation", ACL: log-linear models of translation, weights by likelihood among the n best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import numpy.typing as npt

from seqtune.baselines.translate._pairs import Rates
from seqtune.data.ragged import Ragged
from seqtune.data.text.vocabulary import END
from seqtune.errors import RunError, literal
from seqtune.progress import Advance, no_progress
from seqtune.tasks._values import OpenMember
from seqtune.tasks.translate.answers import UNKNOWN, Answers
from seqtune.tasks.translate.codec import Codec
from seqtune.tasks.translate.encoded import EncodedPairs
from seqtune.tasks.translate.inference import LEAST, MOST_NATS, write
from seqtune.tasks.translate.member import Member
from seqtune.tasks.translate.prepared import Prepared
from seqtune.tasks.translate.references import reference_log_probabilities

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

PROPOSED = 5
"""Answers to each source that networks propose, and the method, at least. With 8 and 10 no answer
on Korean spelling to sound is another one."""

LEAST_LIKELY = -20.0
"""The log-probability of an answer that a method cannot make of its source: unlikely, but not out
of the question. On Korean spelling to sound, -10 and -40 do as well."""

UNRATED = np.nan

SHARES = tuple(step / 10 for step in range(10))
"""What a method may count, 0 for nothing."""


@dataclass(frozen=True, eq=False)
class RatedAnswers:
    """Answers that were proposed to sources, rated by networks and by a method.

    Args:
        texts: All answers, those to one source behind each other; at least one to each.
        first: (sources,) where those to each begin.
        networks: (answers,) log-probability by the networks.
        method: (answers,) log-probability by the method; see `among`.
        tokens: (answers,) tokens of each, the end included.
    """

    texts: Sequence[str]
    first: Rows
    networks: Floats
    method: Floats
    tokens: Rows

    def scores(self, share: float) -> Floats:
        """Return the score of each answer, (answers,), where the method counts a share.

        Example:
            >>> two = RatedAnswers(["a", "b"], np.array([0]), np.array([-1.0, -2.0]),
            ...                    np.array([-4.0, -1.0]), np.array([2, 2]))
            >>> two.scores(0.5).tolist()
            [-2.5, -1.5]
        """
        return (1.0 - share) * self.networks + share * self.method

    def answers(self, share: float, n_best: int) -> Answers:
        """Return the best answers to each source.

        Args:
            share: How much the method counts.
            n_best: Answers to each; where fewer were proposed, the last ones are empty.
        """
        scores, ends = self.scores(share), [*self.first[1:].tolist(), len(self.texts)]
        texts: list[list[str]] = []
        means = np.full((len(self.first), n_best), LEAST)
        for source, (begin, end) in enumerate(zip(self.first.tolist(), ends, strict=True)):
            order = begin + np.argsort(-scores[begin:end], kind="stable")[:n_best]
            means[source, : len(order)] = np.maximum(scores[order] / self.tokens[order], LEAST)
            found = [self.texts[place] for place in order.tolist()]
            texts.append(found + [""] * (n_best - len(found)))
        return Answers(texts, means, np.full(len(texts), UNKNOWN))

    def likeliest_share(self, references: Sequence[Sequence[str]]) -> float:
        """Return the share at which known answers are likeliest among those proposed.

        Sources to which no right answer was proposed say nothing.

        Args:
            references: The right answers to each source.
        """
        counts = np.diff([*self.first, len(self.texts)])
        source = np.repeat(np.arange(len(self.first)), counts)
        is_right = np.array(
            [text in references[row] for text, row in zip(self.texts, source.tolist(), strict=True)]
        )
        known = np.logical_or.reduceat(is_right, self.first)
        if not known.any():
            return 0.0

        def likelihood(share: float) -> float:
            scores = self.scores(share)
            right = np.logaddexp.reduceat(np.where(is_right, scores, -np.inf), self.first)
            every = np.logaddexp.reduceat(scores, self.first)
            return float((right - every)[known].sum())

        return max(SHARES, key=likelihood)


def rate(
    members: Sequence[Member],
    method: Rates,
    codec: Codec,
    encoded: EncodedPairs,
    advance: Advance = no_progress,
) -> RatedAnswers:
    """Let networks and a method propose answers, and rate all of them.

    Args:
        members: Networks that write the same kind of token.
        method: A simple method, fitted.
        codec: Vocabularies and lengths.
        encoded: The sources. To each, the networks propose as many answers as their beam is wide or
            as are asked for, at least `PROPOSED`; the method as many again.
        advance: Hears how many more sources the networks have answered.
    """
    asked, sources = encoded.decoding, list(encoded.plain())
    most = max(PROPOSED, asked.beam, asked.n_best)
    writing = replace(encoded, decoding=replace(asked, beam=most, n_best=most))
    every = proposed(members, codec, writing, advance)
    kind = str(members[0].values["tokens.target"])
    for found, candidates in zip(every, method.candidates(sources, most), strict=True):
        new = [text for text in candidates if text not in found]
        kept = compress(new, writable(new, codec, encoded, kind))
        found.update(dict.fromkeys(kept, UNRATED))
    counts = np.array([len(found) for found in every], np.int64)
    rows = np.repeat(np.arange(len(every)), counts)
    texts = [text for found in every for text in found]
    logs = np.array([log for found in every for log in found.values()], np.float64)

    tokens, _ = codec.target_tokens(texts, kind)
    unrated = np.flatnonzero(np.isnan(logs))
    if len(unrated):
        some = Ragged.from_list(tokens.select(unrated))
        logs[unrated] = reference_log_probabilities(members, encoded.inputs, some, rows[unrated])
    first = np.cumsum(counts) - counts
    together = method.log_probabilities([sources[row] for row in rows.tolist()], texts)
    return RatedAnswers(
        texts,
        first,
        np.maximum(logs, -MOST_NATS),
        among(together, first),
        tokens.lengths + 1,
    )


def open_together(
    members: Sequence[OpenMember], prepared: Prepared
) -> tuple[list[Member], OpenMember | None]:
    """Return the networks among members, opened, and the simple method, if there is one.

    Raises:
        RunError: There is no network, or there are two methods: a stranger wrote that.
    """
    methods = [each for each in members if each.method]
    networks = [each for each in members if not each.method]
    if not networks or len(methods) > 1:
        names = ", ".join(literal(each.method) for each in methods) or "no simple method"
        raise RunError(
            f"found {len(networks)} networks and {names} that answer together, "
            "expected a network and at most one method",
            "--use NAME",
        )
    known = [Member(each.network, each.values, prepared.codec, each.weight) for each in networks]
    return known, methods[0] if methods else None


def among(together: Floats, first: Rows) -> Floats:
    """Return how likely each answer is among all to its source, at least `LEAST_LIKELY`.

    Args:
        together: (answers,) log-probability of each with its source; -inf where there is none.
        first: (sources,) where the answers to each begin.

    Example:
        >>> two = among(np.log([0.03, 0.01, 0.2]), np.array([0, 2]))
        >>> np.exp(two).round(3).tolist()
        [0.75, 0.25, 1.0]
    """
    total = np.logaddexp.reduceat(together, first) if len(first) else np.empty(0)
    source = np.repeat(np.arange(len(first)), np.diff([*first, len(together)]))
    known = np.isfinite(total)[source]
    shares = np.full(len(together), LEAST_LIKELY)
    shares[known] = (together - np.where(np.isfinite(total), total, 0.0)[source])[known]
    return np.asarray(np.maximum(shares, LEAST_LIKELY))


def writable(
    texts: Sequence[str], codec: Codec, encoded: EncodedPairs, kind: str
) -> npt.NDArray[np.bool_]:
    """Say which texts networks may write, (texts,): neither empty nor longer than asked for.

    Args:
        texts: Answers.
        codec: Vocabularies and lengths.
        encoded: The sources, with how they are to be answered.
        kind: What a token of an answer is.
    """
    if not texts:
        return np.empty(0, np.bool_)
    longest = encoded.decoding.longest or codec.longest["target"][kind]
    lengths = codec.tokenizers["target"][kind].encode_batch(texts, None)[0].lengths
    return np.asarray((lengths <= longest) & np.array([text != "" for text in texts]))


def proposed(
    members: Sequence[Member],
    codec: Codec,
    encoded: EncodedPairs,
    advance: Advance = no_progress,
) -> list[dict[str, float]]:
    """Return what networks propose to each source, with its log-probability.

    Args:
        members: Networks that write the same kind of token.
        codec: Vocabularies and lengths.
        encoded: The sources, with how they are to be answered.
        advance: Hears how many more sources the networks have answered.
    """
    decoded, tokenizer = write(members, codec, encoded, advance)
    found: list[dict[str, float]] = []
    for candidates, means in zip(decoded.tokens, decoded.scores, strict=True):
        ends = (candidates != END).sum(axis=1) + 1
        each: dict[str, float] = {}
        for ids, log in zip(candidates, means * ends, strict=True):
            if np.isfinite(log) or not each:
                each.setdefault(tokenizer.decode(ids.tolist()), float(log))
        found.append(each)
    return found
