"""Everything that a page shows of a language model, gathered from its text and predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from seqtune.data.text.vocabulary import END
from seqtune.figures.block import Block
from seqtune.tasks._values import Context, Models, Tested
from seqtune.tasks.generate.before_refit import BeforeRefit
from seqtune.tasks.generate.evidence.by_character import characters_block
from seqtune.tasks.generate.evidence.by_part import parts_block
from seqtune.tasks.generate.evidence.calibration import calibration_block, reliability_of
from seqtune.tasks.generate.evidence.event_prompt import STEPS, event_prompt
from seqtune.tasks.generate.evidence.gaps import gaps_block
from seqtune.tasks.generate.evidence.passages import surprise_block
from seqtune.tasks.generate.evidence.reading import Reading, Readings
from seqtune.tasks.generate.evidence.samples import LENGTH, Continued, prompt_of, samples_block
from seqtune.tasks.generate.illustrate import gaps_of
from seqtune.tasks.generate.memorisation import memorised
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.sampling import SamplingSettings
from seqtune.tasks.generate.simple_methods import is_kept
from seqtune.tasks.generate.text_generator import NETWORK, TextGenerator

SHOWN = 200_000
"""Tokens of the test part whose text is looked at."""

COUNTED = 200_000
"""Training tokens up to which a simple method is fitted again, in a second, to write a text."""

SOURCE = 3_000_000
"""Characters of the training text in which copies are looked for: of more, half a second is not
enough."""

FINE = ("character", "byte")


def blocks_of(
    prepared: Prepared, tested: Tested, models: Models, context: Context
) -> tuple[Block, ...]:
    """Return the blocks of a run, the most telling first.

    Args:
        prepared: The text.
        tested: Predictions (tokens, 10) of the test part, by model.
        models: Opens the models that write.
        context: Names the run.
    """
    readings = _readings(prepared, tested, models)
    if readings is None:
        return ()
    writer = TextGenerator(prepared, BeforeRefit(models), replace(context, notes=[]))
    is_next = prepared.codec.objective == "next"
    shown = (
        parts_block(readings),
        _samples(readings, tested, writer) if is_next else gaps_block(gaps_of(writer)),
        _calibration(tested.model, writer) if is_next else None,
        surprise_block(readings),
        characters_block(readings),
    )
    return tuple(block for block in shown if block is not None)


def _readings(prepared: Prepared, tested: Tested, models: Models) -> Readings | None:
    """Return what was found likely; None where that is not known."""
    used = {
        name: Reading(-np.log2(each[:, 0]), each[:, 1])
        for name, each in tested.predictions.items()
        if len(each) and np.isfinite(each).all() and (each[:, 0] > 0).all()
    }
    if tested.model not in used:
        return None
    members = models.open_members(tested.model)
    kind = next((str(m.values["tokens.kind"]) for m in members if not m.method), prepared.kinds[0])
    ids = np.asarray(prepared.encoded("test").predicted(kind))
    sizes = used[tested.model].sizes
    if len(ids) != len(sizes):
        return None
    after = np.cumsum(sizes).round().astype(np.int64)
    starts = np.unique(np.concatenate([[0], after[ids == END]]))
    text = prepared.codec.tokens[kind].decode(ids[:SHOWN].tolist())
    if len(text) != after[min(SHOWN, len(ids)) - 1]:
        text = ""  # a character that is cut, or none that can be written; or sizes are steps
    baseline = tested.baseline if tested.baseline in used else ""
    kinds = (kind, prepared.kinds[0]) if baseline else (kind,)
    is_fine = all(each in FINE for each in kinds)
    unit = "step" if prepared.codec.is_of_events else "character"
    return Readings(used, tested.model, baseline, starts, text, is_fine, unit)


def _is_at_hand(name: str, writer: TextGenerator) -> bool:
    """Say whether a row can write at once: no simple method in it takes long to be fitted again."""
    prepared = writer.prepared
    if prepared.bounds(prepared.kinds[0], "train")[1] <= COUNTED:
        return True
    methods = [each.method for each in writer.models.open_members(name) if each.method]
    return all(is_kept(prepared, method) for method in methods)


def _calibration(name: str, writer: TextGenerator) -> Block | None:
    """Return whether tokens of the test part come as often as a model says."""
    if not _is_at_hand(name, writer):
        return None
    reader, prepared = writer.reader(name), writer.prepared
    begin, end = prepared.bounds(reader.tokens.kind, "test")
    ids = prepared.arrays[reader.tokens.kind][begin:end]
    return calibration_block(name, reliability_of(reader, ids))


def _samples(readings: Readings, tested: Tested, writer: TextGenerator) -> Block | None:
    """Let models continue a document of the test part."""
    choice, prepared = SamplingSettings(), writer.prepared
    is_of_events = prepared.codec.is_of_events
    begun = event_prompt(prepared) if is_of_events else _prompt(readings)
    if begun is None:
        return None
    prompt, truth = begun
    request = Request(prompt, STEPS if is_of_events else LENGTH, choice)
    is_ready = _is_at_hand(tested.model, writer)
    name = tested.model if is_ready else writer.models.name_of(NETWORK)
    (own,) = writer.write(request, name)
    is_cut = _training_characters(prepared) > SOURCE
    check = memorised(own.text, _first(prepared.source_text("train"), SOURCE))
    texts = [Continued(f"Continued by {name}", own.text, check)]
    if readings.baseline and _is_at_hand(readings.baseline, writer):
        (other,) = writer.write(request, readings.baseline)
        texts.append(Continued(f"Continued by {readings.baseline}", other.text))
    texts.append(Continued("How it really goes on", truth))
    looked_at = SOURCE if is_cut else None
    return samples_block(prompt, texts, choice.temperature, looked_at, is_of_events=is_of_events)


def _training_characters(prepared: Prepared) -> int:
    """Return how long the training text is, of events as it is spelt."""
    if not prepared.codec.is_of_events:
        return prepared.codec.characters[0]
    kind = prepared.kinds[0]
    return int(prepared.codec.tokens[kind].characters(prepared.until(kind, "train")).sum())


def _prompt(readings: Readings) -> tuple[str, str] | None:
    """Return how a document of the test part begins and goes on; None without text."""
    size = min(len(readings.text), readings.characters)
    if not size:
        return None
    bounds = readings.bounds[readings.bounds < size]
    begin = int(bounds[len(bounds) // 2])
    later = readings.bounds[readings.bounds > begin]
    end = min(size, int(later[0])) if readings.has_documents and len(later) else size
    return prompt_of(readings.text, begin, end)


def _first(pieces: Iterator[str], most: int) -> Iterator[str]:
    """Yield the first characters of a text that comes in pieces."""
    for piece in pieces:
        yield piece[:most]
        most -= len(piece)
        if most <= 0:
            return
