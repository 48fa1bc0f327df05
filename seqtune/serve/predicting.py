"""`POST …/predict`: rows in, predictions out."""

from __future__ import annotations

import time
from typing import Any

from seqtune.serve.access import admit
from seqtune.serve.batcher import Batcher
from seqtune.serve.exchange import Answer, Ask
from seqtune.serve.http import header, read_body, send_answer
from seqtune.serve.media import JSON, media_of, wanted_media
from seqtune.serve.metrics import ServerMetrics
from seqtune.serve.problem import Problem
from seqtune.serve.settings import ServeSettings

TYPE, ACCEPT = b"content-type", b"accept"


class Predicting:
    """The endpoint of one model, as an ASGI application.

    Args:
        name: The model, as metrics call it.
        batcher: Answers requests.
        settings: Limits.
        metrics: Counts the answers.
    """

    def __init__(
        self,
        name: str,
        batcher: Batcher[Ask, Answer],
        settings: ServeSettings,
        metrics: ServerMetrics,
    ) -> None:
        self._name, self._batcher = name, batcher
        self._settings, self._metrics = settings, metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        began = time.perf_counter()
        try:
            answer = await self._batcher.submit(await self._ask(scope, receive))
        except Problem as problem:
            answer = Answer.of(problem)
        self._metrics.count(self._name, answer.status, time.perf_counter() - began)
        await send_answer(send, answer)

    async def _ask(self, scope: Any, receive: Any) -> Ask:
        settings = self._settings
        admit(scope, settings.token, "POST")
        given = header(scope, TYPE)
        media = media_of(given) if given else JSON
        wanted = wanted_media(header(scope, ACCEPT), media)
        body = await read_body(scope, receive, settings.max_body_bytes, settings.body_seconds)
        if body and not given:
            media_of(given)
        return Ask(body, media, wanted)
