"""A request as it came, and what its client gets."""

from __future__ import annotations

from dataclasses import dataclass

from seqtune.serve.media import JSON
from seqtune.serve.problem import Problem, failed


@dataclass(frozen=True)
class Ask:
    """A request as it came.

    Args:
        body: Its body.
        media: The media type of the body.
        wanted: The media type of the answer.
    """

    body: bytes
    media: str = JSON
    wanted: str = JSON


@dataclass(frozen=True)
class Answer:
    """What a client gets.

    Args:
        status: The status code of HTTP.
        body: The body.
        media: Its media type.
        headers: Further headers.
    """

    status: int
    body: bytes
    media: str = JSON
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, problem: Problem) -> Answer:
        """Return the answer that tells of a problem."""
        return cls(problem.status, problem.to_json(), headers=problem.headers)


FAILED = Answer.of(failed())
