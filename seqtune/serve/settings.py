"""How a server listens, batches and limits, as values."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class ServeSettings:
    """What the flags of `seqtune serve` say.

    Args:
        host: The address to listen on.
        port: The port.
        max_batch: Requests that are predicted at once at most.
        max_wait_seconds: So long a request waits for others to be predicted with.
        max_queue: Requests of a model that wait at most; more are refused.
        max_body_bytes: Size of a request at most.
        timeout_seconds: So long a request takes at most.
        body_seconds: So long the body of a request takes to arrive at most.
        max_connections: Connections or requests at a time; further ones are told 503.
        workers: Processes that share the port.
        token: What clients must send; empty for an open server.
        use: The leaderboard row that predicts, or "network"; None for the winner.
        logs: Whether each request is written to stderr.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    max_batch: int = 64
    max_wait_seconds: float = 0.005
    max_queue: int = 256
    max_body_bytes: int = 8 * MEGABYTE
    timeout_seconds: float = 30.0
    body_seconds: float = 10.0
    max_connections: int = 900
    workers: int = 1
    token: str = ""
    use: str | None = None
    logs: bool = False
