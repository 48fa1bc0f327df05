"""What a worker does with the messages that it reads and writes."""

from __future__ import annotations

import io
import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from seqtune.search import wire
from seqtune.search.executor.worker import Inbox, Outbox, answer
from seqtune.search.refit import Refitted
from seqtune.search.schedule import Watch


@dataclass(frozen=True)
class Staged:
    """A job that does as it is told."""

    trial: str
    act: str = ""
    seconds: float = 1.0

    def run(self, problem: Any, watch: Watch) -> Refitted:
        if self.act == "raise":
            raise ValueError("as told")
        watch.epoch(1, 3, 0.5)
        note = f"over: {watch.is_over()}"
        return Refitted(self.trial, note=note, seconds=float("nan" if self.act == "nan" else 2))


@pytest.fixture(autouse=True)
def staged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wire.KINDS, "staged", Staged)


class Pipes:
    """Both ends of a worker's pipes, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
        self.ended = threading.Event()
        monkeypatch.setattr(os, "_exit", lambda code: self.ended.set())
        reading, writing = os.pipe()
        self.commands, self._stdin = os.fdopen(writing, "wb"), os.fdopen(reading, "rb")
        self.answers = io.BytesIO()
        self.inbox, self.outbox = Inbox(self._stdin, str(scratch)), Outbox(self.answers)

    def say(self, message: dict[str, Any]) -> None:
        self.commands.write(json.dumps(message).encode() + b"\n")
        self.commands.flush()

    def take(self, act: str = "") -> dict[str, Any]:
        """Send a job, and return it as the worker has it."""
        job = {"kind": "staged", **asdict(Staged("t001", act))}
        self.say({"job": job, "trial": "t001"})
        return self.inbox.jobs.get()

    def answer(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return how a job is answered."""
        return answer(job, None, self.inbox, self.outbox)  # type: ignore[arg-type]

    def told(self) -> list[Any]:
        return [json.loads(line) for line in self.answers.getvalue().splitlines()]


@pytest.fixture
def pipes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    (tmp_path / "scratch").mkdir()
    pipes = Pipes(monkeypatch, tmp_path / "scratch")
    yield pipes
    pipes.commands.close()
    assert pipes.ended.wait(10)
    pipes._stdin.close()


def test_a_job_is_taken_and_its_epochs_and_outcome_are_told(pipes: Pipes) -> None:
    outcome = pipes.answer(pipes.take())
    assert pipes.told() == [{"took": "t001"}, {"epoch": ["t001", 1, 3, 0.5]}]
    assert wire.decode(outcome["outcome"]) == Refitted("t001", note="over: False", seconds=2.0)


def test_a_job_is_stopped_by_name(pipes: Pipes) -> None:
    job = pipes.take()
    pipes.say({"stop": "t001"})
    pipes.say({"job": {}, "trial": "t002"})
    pipes.inbox.jobs.get()  # what was said before has been read
    assert pipes.answer(job)["outcome"]["note"] == "over: True"


def test_a_wish_to_stop_does_not_outlive_the_job(pipes: Pipes) -> None:
    pipes.say({"stop": "t001"})
    assert pipes.answer(pipes.take())["outcome"]["note"] == "over: False"


def test_a_job_that_raises_costs_only_itself(pipes: Pipes) -> None:
    assert pipes.answer(pipes.take("raise")) == {"fault": "ValueError: as told"}


def test_an_outcome_that_no_file_of_a_run_may_hold_is_a_fault(pipes: Pipes) -> None:
    assert "not JSON compliant" in pipes.answer(pipes.take("nan"))["fault"]


def test_a_job_of_an_unknown_kind_is_a_fault(pipes: Pipes) -> None:
    assert pipes.answer({"kind": "eval"}) == {"fault": "KeyError: 'eval'"}


def test_the_end_of_its_stdin_ends_a_worker_and_removes_what_its_master_left(
    pipes: Pipes, tmp_path: Path
) -> None:
    assert (tmp_path / "scratch").is_dir()
    pipes.commands.close()
    assert pipes.ended.wait(10)
    assert not (tmp_path / "scratch").exists()
