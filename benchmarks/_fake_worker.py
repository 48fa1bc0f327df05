"""A worker process whose trials take 50 ms and train nothing: what is left is the main loop."""

from __future__ import annotations

import json
import time

from seqtune.search.executor.worker import Inbox, Outbox, pipes_aside

SECONDS = 0.05
EPOCHS = 5


def main() -> None:
    """Answer every job after `SECONDS`, with as many epochs on the way as a short trial has."""
    commands, answers = pipes_aside()
    opening = json.loads(commands.readline())["open"]
    inbox, outbox = Inbox(commands, opening["scratch"]), Outbox(answers)
    outbox.send({"ready": []})
    while True:
        job = inbox.jobs.get()
        began = time.monotonic()
        outbox.send({"took": job["trial"]})
        for epoch in range(1, EPOCHS + 1):
            time.sleep(max(0.0, began + epoch * SECONDS / EPOCHS - time.monotonic()))
            outbox.send({"epoch": [job["trial"], epoch, EPOCHS, 1.0 / epoch]})
        seconds = time.monotonic() - began
        result = {"kind": "result", "trial": job["trial"], "status": "completed", "score": 1.0}
        result |= {"values": job["values"], "seconds": seconds, "steps": job["until"]}
        outbox.send({"outcome": {**result, "scores": [1.0], "training_seconds": seconds}})
