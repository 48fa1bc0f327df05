"""The likeliest text as a whole, by beam search: what is written at temperature 0.

The likeliest token at each place leads into texts that are not likely, and into circles: what has
come once is likely to come again. So a few beginnings are followed, the likeliest of all that go on
from them are kept, and no long sequence comes twice.

Source:
    Paulus et al., A deep reinforced model for abstractive summarization, arXiv 1705.04304, section
    2.5 (no sequence twice in a beam).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.text.vocabulary import END
from seqtune.tasks.generate.inference import Floats, Reader
from seqtune.tasks.generate.prompt import Begun, allowed_next
from seqtune.tasks.generate.repetition import Repetition
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.step_tokens import StepTokens, units_of
from seqtune.tasks.generate.wellformed import WellFormed

WIDTH = 4
"""Beginnings that are followed."""

BLOCKED = {"character": 40, "byte": 40, "word": 8, "subword": 12, "symbol": 48}
"""Tokens of a sequence that does not come twice, where nothing else is asked for."""


@dataclass(frozen=True)
class Beam:
    """A beginning that is followed.

    Args:
        begun: The model that has read it.
        rest: What waits for the rule of well-formed texts.
        repetition: What it may not say again.
        tokens: What was written.
        score: The logarithm of its probability.
        text: The bytes that were written.
        steps: How many steps of events these are.
    """

    begun: Begun
    rest: bytes
    repetition: Repetition
    tokens: tuple[int, ...] = ()
    score: float = 0.0
    text: bytes = b""
    steps: float = 0.0

    def is_over(self, request: Request, *, is_of_events: bool) -> bool:
        """Say whether a text ends here: it is long enough, or a stop text came, or its end."""
        if self.tokens and self.tokens[-1] == END:
            return True
        if is_of_events:
            return round(self.steps, 6) >= request.length
        is_long = len(self.text) >= request.length
        if is_long and len(self.text.decode("utf-8", "ignore")) >= request.length:
            return True
        return any(stop.encode() in self.text for stop in request.stops)


def likeliest_text(
    reader: Reader,
    rule: WellFormed,
    forbidden: npt.NDArray[np.int64],
    start: Beam,
    request: Request,
) -> tuple[int, ...]:
    """Return the tokens of the likeliest text that is found.

    Args:
        reader: The model.
        rule: Which tokens may follow.
        forbidden: Tokens that are never written.
        start: The prompt, read.
        request: Says where a text ends.
    """
    beams, is_of_events = [start], isinstance(reader.tokens, StepTokens)
    while not beams[0].is_over(request, is_of_events=is_of_events):
        beams = _followed(reader, rule, forbidden, beams)
    return beams[0].tokens


def _followed(
    reader: Reader, rule: WellFormed, forbidden: npt.NDArray[np.int64], beams: list[Beam]
) -> list[Beam]:
    """Return the likeliest beginnings that are one token longer, the likeliest first.

    What has come to its end stays out, unless it is the likeliest.
    """
    found = [
        (beam.score + float(chances[token]), number, token)
        for number, beam in enumerate(beams)
        for chances in [_chances(reader, rule, forbidden, beam)]
        for token in np.argsort(-chances, kind="stable")[: WIDTH + 1].tolist()
        if np.isfinite(chances[token])
    ]
    found.sort(key=lambda each: (-each[0], each[1], each[2]))
    kept = [each for place, each in enumerate(found) if place == 0 or each[2] != END]
    return [
        _longer(reader, rule, beams[number], token, score)
        for score, number, token in kept[: 1 if kept[0][2] == END else WIDTH]
    ]


def _chances(
    reader: Reader, rule: WellFormed, forbidden: npt.NDArray[np.int64], beam: Beam
) -> Floats:
    """Return the logarithm of the probability of each token to come next, (vocabulary,)."""
    logits = beam.repetition.weighed(
        allowed_next(reader.tokens, beam.begun, rule.allowed(beam.rest))
    )[0].copy()
    logits[forbidden] = -np.inf
    best = logits.max()
    chances: Floats = logits - best - np.log(np.exp(logits - best).sum())
    return chances


def _longer(reader: Reader, rule: WellFormed, beam: Beam, token: int, score: float) -> Beam:
    """Return a beginning with one more token."""
    repetition = beam.repetition.copy()
    repetition.read([token])
    begun = beam.begun if token == END else beam.begun.then(reader, token)
    piece = reader.tokens.spellings[token][len(beam.begun.pending) :]
    steps = beam.steps + float(units_of(reader.tokens, token))
    return Beam(
        begun,
        rule.after(beam.rest, token),
        repetition,
        (*beam.tokens, token),
        score,
        beam.text + piece,
        steps,
    )
