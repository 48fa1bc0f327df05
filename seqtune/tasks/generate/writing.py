"""Writing text: from a prompt, token by token, until it is long enough or comes to an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from seqtune.baselines.threads import one_thread
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.tasks.generate.beam import BLOCKED, Beam, likeliest_text
from seqtune.tasks.generate.emission import Emission
from seqtune.tasks.generate.inference import Reader
from seqtune.tasks.generate.prompt import DOCUMENTS, Begun, Frame, allowed_next, read
from seqtune.tasks.generate.repetition import STRUCTURE, Repetition
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.sampling import Sampler
from seqtune.tasks.generate.step_rule import rule_of
from seqtune.tasks.generate.step_tokens import Layout, Steps, StepTokens, units_of
from seqtune.tasks.generate.wellformed import WellFormed

Ended = Literal["length", "stop", "end"]
"""Why a text ended: it was long enough, a stop text came, or the model ended it."""


@dataclass(frozen=True)
class Completion:
    """A text that a model wrote.

    Args:
        prompt: What it was given.
        text: What it wrote after that.
        ended: Why it ended there.
        tokens: How many tokens were drawn.
        seconds: Time that the writing took, the reading of the prompt left out.
        layout: What a step is made of; None for a text.
        steps: Of music or events, the steps of the prompt and of what it wrote.
    """

    prompt: str
    text: str
    ended: Ended
    tokens: int
    seconds: float
    layout: Layout | None = None
    steps: Steps = ()

    @property
    def whole(self) -> str:
        """The prompt and what follows it."""
        return self.prompt + self.text


Hear = Callable[[str], None]


def unheard(text: str) -> None:
    """Hear nothing."""


def write(
    reader: Reader,
    request: Request,
    hear: Hear = unheard,
    frame: Frame = DOCUMENTS,
    counts: Sequence[int] | None = None,
) -> list[Completion]:
    """Write texts one after the other.

    Args:
        reader: The model.
        request: What is to be written.
        hear: Hears each piece of text as soon as it is certain, the prompts first.
        frame: How texts begin and end for the model.
        counts: (vocabulary,) how often each token is in training; what never is there is never
            written. None where that is not known.

    Returns:
        The texts; each is the same whatever their number.
    """
    begun = read(reader, request.prompt, frame)
    forbidden = [UNKNOWN] if frame.may_end else [UNKNOWN, END]
    rule = rule_of(reader.tokens, counts)
    written = []
    for number in range(request.count):
        hear(request.prompt)
        sampler = Sampler(request.choice, forbidden, number)
        with one_thread():
            written.append(_write_one(reader, request, sampler, begun, rule, hear))
    return written


def _write_one(
    reader: Reader,
    request: Request,
    sampler: Sampler,
    begun: Begun,
    rule: WellFormed,
    hear: Hear,
) -> Completion:
    emission, repetition = _emission(reader, request), _repetition(reader, request, sampler, begun)
    parts: list[str] = []
    drawn = 0
    rest = _waiting(reader, rule, request.prompt)
    ended: Ended = "end"
    began = perf_counter()
    coming = _drawn(reader, sampler, begun, rule, rest, repetition)
    if request.choice.temperature == 0.0:
        start = Beam(begun, rest, repetition)
        found = likeliest_text(reader, rule, sampler.forbidden, start, request)
        coming = _spelt(reader, found, begun.pending)
    for token, piece in coming:
        drawn += 1
        if token == END:
            parts.append(emission.finish())
            hear(parts[-1])
            break
        parts.append(emission.push(piece, float(units_of(reader.tokens, token))))
        hear(parts[-1])
        if emission.is_over:
            ended = "length" if emission.is_long else "stop"
            break
    seconds = perf_counter() - began
    text = "".join(parts)
    return Completion(
        request.prompt, text, ended, drawn, seconds, *_steps(reader, request.prompt + text)
    )


def _drawn(
    reader: Reader,
    sampler: Sampler,
    begun: Begun,
    rule: WellFormed,
    rest: bytes,
    repetition: Repetition,
) -> Iterator[tuple[int, bytes]]:
    """Yield tokens without end, each drawn when it is asked for, and what each adds to the text."""
    while True:
        logits = repetition.weighed(allowed_next(reader.tokens, begun, rule.allowed(rest)))
        token = sampler.draw_one(logits)
        yield token, reader.tokens.spellings[token][len(begun.pending) :]
        repetition.read([token])
        rest = rule.after(rest, token)
        begun = begun.then(reader, token)


def _spelt(reader: Reader, found: Sequence[int], pending: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tokens that were found as a whole, and what each adds to the text."""
    for token in found:
        spelling = reader.tokens.spellings[token]
        yield token, spelling[len(pending) :]
        pending = pending[len(spelling) :]


def _steps(reader: Reader, text: str) -> tuple[Layout | None, Steps]:
    """Return what a step is made of, and the steps of a text; None and () where it has none."""
    tokens = reader.tokens
    return (tokens.layout, tokens.steps_of(text)) if isinstance(tokens, StepTokens) else (None, ())


def _emission(reader: Reader, request: Request) -> Emission:
    """Return what hands the text on; the length of events is counted in steps."""
    if isinstance(reader.tokens, StepTokens):
        return Emission(request.stops, steps=request.length)
    return Emission(request.stops, request.length)


def _repetition(reader: Reader, request: Request, sampler: Sampler, begun: Begun) -> Repetition:
    """Return the rule that keeps a text from going round; what was read is part of the text."""
    choice, tokens = request.choice, reader.tokens
    is_of_notes = isinstance(tokens, StepTokens) and not tokens.columns
    blocked = BLOCKED[tokens.kind] if choice.temperature == 0.0 else None
    rule = Repetition(
        choice.repetition_penalty,
        choice.no_repeat or blocked,
        STRUCTURE if is_of_notes else STRUCTURE[:1],
        sampler.forbidden.tolist(),
    )
    given = request.prompt.encode("utf-8", "replace")
    was_read = given[: len(given) - len(begun.pending)].decode("utf-8", "replace")
    rule.read(tokens.encode(was_read).tolist())
    return rule


def _waiting(reader: Reader, rule: WellFormed, prompt: str) -> bytes:
    """Return what waits at the end of a prompt: a step that has not ended; of a text nothing."""
    rest = b""
    if isinstance(reader.tokens, StepTokens):
        for token in reader.tokens.encode(prompt).tolist():
            rest = rule.after(rest, token)
    return rest
