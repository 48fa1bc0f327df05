"""A sample of what the winner writes, and how much of it was learnt by heart."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqtune.tasks._values import Context, Models
from seqtune.tasks.generate.before_refit import BeforeRefit
from seqtune.tasks.generate.fill import word_of, words_between
from seqtune.tasks.generate.memorisation import memorised
from seqtune.tasks.generate.network_filler import REACH
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.sampling import SamplingSettings
from seqtune.tasks.generate.text_generator import NETWORK, TextGenerator

LENGTH = 1000
"""Characters of the sample: about 180 words, of which the share that is copied is known to a few
per cent."""

STEPS = 64
"""Steps of the sample of music or events."""

GAPS = 5
GUESSES = 3
AROUND = 10
"""Tokens on either side of a gap that are shown."""


def illustrate(prepared: Prepared, models: Models, context: Context) -> dict[str, Any]:
    """Show the winner at work: let it write, or the best network fill gaps.

    Args:
        prepared: The text.
        models: Opens the models.
        context: Names the run.

    Returns:
        What `seqtune.tasks.generate.report_sample` or `seqtune.tasks.generate.report_gaps` reads.
    """
    if prepared.codec.objective == "next":
        return _sample(TextGenerator(prepared, models, context))
    writer = TextGenerator(prepared, BeforeRefit(models), context)  # its words were held out
    return {"kind": "gaps", "model": models.name_of(NETWORK), "gaps": gaps_of(writer)}


def _sample(writer: TextGenerator) -> dict[str, Any]:
    """Let the winner write from nothing, and compare that with what it was trained on."""
    name = writer.models.name_of(None)
    is_refitted = any(member.is_refitted for member in writer.models.open_members(name))
    choice = SamplingSettings()
    is_of_events = writer.prepared.codec.is_of_events
    length = STEPS if is_of_events else LENGTH
    (sample,) = writer.write(Request(length=length, choice=choice), name)
    seen = writer.prepared.source_text("test" if is_refitted else "train")
    check = memorised(sample.text, seen)
    return {
        "kind": "text",
        "model": name,
        "text": sample.text,
        "temperature": choice.temperature,
        "run": check.run,
        "runs": check.runs,
        "copied": check.copied,
        "spans": check.spans,
        "words": None if is_of_events else check.words,
        **({"events": True} if is_of_events else {}),
    }


def gaps_of(writer: TextGenerator) -> list[dict[str, Any]]:
    """Hide words of the test part, and let the best network guess them.

    Returns:
        Of each word `before` and `after`, what stands beside it; `truth`; and `guesses` with their
        probabilities, the likeliest first.
    """
    name, prepared = writer.models.name_of(NETWORK), writer.prepared
    filler = writer.filler(name)
    kind, spellings = filler.tokens.kind, filler.tokens.spellings
    begin, end = prepared.bounds(kind, "test")
    ids = np.asarray(prepared.arrays[kind][begin:end], np.int64)
    words = [place for place, each in enumerate(ids.tolist()) if word_of(spellings[each], " ")]
    chosen = np.linspace(0, len(words) - 1, GAPS + 2).astype(int)[1:-1] if words else np.empty(0)
    found = []
    for place in (words[int(number)] for number in np.unique(chosen)):
        before, after = ids[max(place - REACH, 0) : place], ids[place + 1 : place + 1 + REACH]
        guesses = words_between(filler, before, after, " ", GUESSES)
        found.append(
            {
                "before": filler.tokens.decode(before[-AROUND:].tolist()).lstrip(),
                "after": filler.tokens.decode(after[:AROUND].tolist()).rstrip(),
                "truth": word_of(spellings[int(ids[place])], " "),
                "guesses": [[each.word, each.probability] for each in guesses],
            }
        )
    return found
