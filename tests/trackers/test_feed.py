"""Trackers that raise, die, hang or are slow are dropped with a message; nothing waits for them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recorded_search import EVENTS, REPORT, tracked

from seqtune.progress import EpochEnded, Note, TrialStarted
from seqtune.trackers import _feed
from seqtune.trackers._contract import Outcome
from seqtune.trackers._feed import Feed
from seqtune.trackers._process import event_of, message_of, reason_of

MODULE = '''
"""A tracker that does as it is told."""
import os, time

def start(run):
    if run.name == "refuses":
        raise ConnectionError("no route to https://me:secret@host/api\\n and more")
    return Told(run)

class Told:
    def __init__(self, run):
        self.run, self.heard = run, []

    def hear(self, event):
        print("libraries print")
        self.heard.append(repr(event))
        if self.run.name == "dies":
            os._exit(3)
        if self.run.name == "hangs":
            time.sleep(60)

    def measure(self, usage):
        pass

    def end(self, outcome):
        if self.run.name == "lingers":
            time.sleep(60)
        with open(self.run.folder + "/heard.txt", "w") as file:
            file.write("\\n".join([*self.heard, repr(outcome)]))
'''


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package outside with a tracker `told`, found through its entry point."""
    (tmp_path / "told_tracker.py").write_text(MODULE, encoding="utf-8")
    information = tmp_path / "told-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: told\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[seqtune.trackers]\ntold = told_tracker\n")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Any]:
    feeds: list[Feed] = []

    def make(name: str) -> Feed:
        from dataclasses import replace

        feed = Feed("told", replace(tracked(tmp_path), name=name), tmp_path / "words.txt")
        feeds.append(feed)
        return feed

    yield make
    for feed in feeds:
        feed.close()


def is_gone(feed: Feed) -> bool:
    return feed._process._process.poll() is not None


def until(what: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_tracker_hears_everything_in_its_order(begin: Any, tmp_path: Path) -> None:
    feed = begin("works")
    for event in EVENTS:
        feed.hear(event)
    feed.end(Outcome("complete", REPORT, tmp_path / "files"))
    feed.wait(20.0)
    heard = (tmp_path / "runs" / "sales" / "heard.txt").read_text().splitlines()
    assert heard[:-1] == [repr(event) for event in EVENTS]
    assert heard[-1].startswith("Outcome(status='complete', report={'winner': 'blend'")
    assert "files=PosixPath" in heard[-1] or os.name == "nt"
    assert feed.fault == "" and is_gone(feed)


def test_a_tracker_that_raises_is_dropped_with_its_reason_but_no_password(begin: Any) -> None:
    feed = begin("refuses")
    until(lambda: feed.fault)
    assert feed.fault == "no route to https://host/api and more"
    feed.hear(Note("heard by nobody"))
    feed.end(Outcome("complete"))
    feed.wait(20.0)
    assert is_gone(feed)


def test_a_tracker_that_dies_is_dropped(begin: Any) -> None:
    feed = begin("dies")
    feed.hear(Note("the last it hears"))
    until(lambda: feed.fault)
    assert feed.fault.startswith("its process died")


def test_a_tracker_that_hangs_is_dropped_and_holds_nobody_up(
    begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = begin("hangs")
    feed.hear(Note("it thinks about this"))
    until(lambda: feed._taken == 1)  # it has started
    monkeypatch.setattr(_feed, "SLOWEST_SECONDS", 0.1)
    time.sleep(0.15)
    began = time.monotonic()
    feed.hear(Note("too late"))
    assert feed.fault == "it has not moved for 0 seconds"
    until(lambda: is_gone(feed))
    assert time.monotonic() - began < 5


def test_a_tracker_that_falls_behind_is_dropped(
    begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_feed, "MOST_WAITING", 50)
    feed, event = begin("hangs"), Note("x" * 100_000)  # more than a pipe holds
    for _ in range(60):
        feed.hear(event)
    assert feed.fault == "it is too slow: 50 events were waiting"


@pytest.mark.parametrize("value", [object(), float("nan")], ids=["object", "nan"])
def test_what_cannot_be_sent_is_a_fault_and_held_up_by_nobody(begin: Any, value: Any) -> None:
    feed = begin("works")
    feed.hear(TrialStarted("t001", 0, {"units": value}))
    until(lambda: feed.fault)
    assert "JSON" in feed.fault
    began = time.monotonic()
    feed.wait(20.0)
    assert time.monotonic() - began < 5 and is_gone(feed)


def test_a_tracker_that_does_not_end_is_ended(begin: Any) -> None:
    feed = begin("lingers")
    until(lambda: feed._taken == 1)
    feed.end(Outcome("complete"))
    began = time.monotonic()
    feed.wait(0.2)
    assert feed.fault == "it did not end in time"
    assert time.monotonic() - began < 5 and is_gone(feed)


def test_a_search_that_is_gone_ends_the_run_of_its_tracker(begin: Any, tmp_path: Path) -> None:
    feed = begin("works")
    until(lambda: feed._taken == 1)
    feed._process.ask_to_end()  # as the system does for a process that is killed
    feed._process.end(20.0)
    heard = (tmp_path / "runs" / "sales" / "heard.txt").read_text()
    assert heard.startswith("Outcome(status='died'")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_events_come_out_of_json_as_they_went_in(event: Any) -> None:
    assert event_of(message_of(event)) == event


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_becomes_none(score: float) -> None:
    assert event_of(message_of(EpochEnded("t001", 0, 1, 2, score))).score is None  # type: ignore[union-attr]


def test_a_reason_is_one_short_line() -> None:
    assert reason_of(ValueError("")) == "ValueError"
    assert reason_of(ValueError("a\n\tb\x1b[31m")) == "a b\\x1b[31m"
    assert len(reason_of(ValueError("x" * 1000))) == 300
