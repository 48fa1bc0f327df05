"""Jobs and outcomes as JSON, for pipes and other machines: a closed table of kinds, no pickle."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from seqtune.search.executor._contract import Job, Outcome
from seqtune.search.refit import RefitJob, Refitted
from seqtune.search.trial import Result, TrialJob

KINDS: dict[str, type[Any]] = {
    "trial": TrialJob,
    "result": Result,
    "refit": RefitJob,
    "refitted": Refitted,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def encode(value: Job | Outcome) -> dict[str, Any]:
    """Return a job or an outcome as plain JSON values.

    Example:
        >>> encode(Refitted("t001"))["kind"]
        'refitted'
    """
    return {"kind": _NAMES[type(value)], **asdict(value)}  # type: ignore[call-overload]


def decode(value: dict[str, Any]) -> Any:
    """Return the job or the outcome that `encode` was given.

    Args:
        value: What `encode` returned, after a way through JSON.

    Raises:
        KeyError: There is no such kind.
        TypeError: A key is missing or unknown.
    """
    fields = dict(value)
    kind = KINDS[fields.pop("kind")]
    for name in ("earlier", "result"):
        if isinstance(fields.get(name), dict):
            fields[name] = Result(**fields[name])
    return kind(**fields)
