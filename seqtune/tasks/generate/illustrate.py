"""A sample of what the winner writes, and how much of it was learnt by heart."""

from __future__ import annotations

from typing import Any

from seqtune.tasks.generate.memorisation import memorised
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.sampling import Choice
from seqtune.tasks.generate.speaker import Speaker

LENGTH = 1000
"""Characters of the sample: about 180 words, of which the share that is copied is known to a few
per cent."""


def illustrate(prepared: Prepared, run: Any) -> dict[str, Any]:
    """Let the best network write from nothing, and compare that with what it was trained on.

    Args:
        prepared: The text.
        run: The run.

    Returns:
        The sample as `seqtune.report.sample` reads it.
    """
    row = run.choose()
    is_refitted = any(member.refitted for member in run.members[row.name])
    choice = Choice()
    (sample,) = Speaker(run, row.name).write(Request(length=LENGTH, choice=choice))
    check = memorised(sample.text, prepared.source_text("test" if is_refitted else "train"))
    return {
        "kind": "text",
        "model": row.name,
        "text": sample.text,
        "temperature": choice.temperature,
        "run": check.run,
        "runs": check.runs,
        "copied": check.copied,
    }
