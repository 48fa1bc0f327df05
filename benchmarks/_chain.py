"""One run that is ended again and again, in another stage each time, and finished at last."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

from _endings import ALONE, DISTURBING, STAGES, WAYS, Watched, left_over, names
from _samples import COMMON, SAMPLES

PROMISED_SECONDS = 10.0
"""A command that is asked to end has ended after that."""

YOUNGEST_SECONDS = 60.0
"""A search removes the folders of dead ones that were older when it began."""

ENDLESS_SECONDS = 240.0
"""No command of the harness takes so long."""

LATER = ("report --explain", "use")
"""What is done with a run that is complete."""


@dataclass
class End:
    """What one end did.

    Args:
        chain: Number of the run.
        task: Its task.
        way: How the command was ended.
        stage: When it was to be ended.
        told: The stage that it had told of then.
        seconds: How long it took to end.
        trials: Trials on disk then.
        faults: What was wrong; empty if nothing was.
    """

    chain: int
    task: str
    way: str
    stage: str
    told: str = ""
    seconds: float = 0.0
    trials: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return a line."""
        verdict = "; ".join(self.faults) or "good"
        where = self.stage if self.told in (self.stage, "") else f"{self.stage} ({self.told})"
        return (
            f"{self.chain:2d} {self.task:9s} {self.way:10s} in {where:22s} ended in"
            f" {self.seconds:4.1f} s, {self.trials:2d} trials  {verdict}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass
class Chain:
    """A run that is ended again and again.

    Args:
        number: Its number.
        task: Its task.
        folder: For it alone.
        is_refitted: Whether networks are refitted in the end, or only scored.
        trials: Trials wanted.
        workers: How many.
        lasts: Seconds that stages last; learns from every command.
        draw: Draws moments.
    """

    number: int
    task: str
    folder: Path
    is_refitted: bool
    trials: int
    workers: int
    lasts: dict[str, float]
    draw: random.Random
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sample = SAMPLES[self.task]
        self.out, self.scratch = self.folder / "run", self.folder / "tmp"
        self.scratch.mkdir(parents=True)
        self.environment = {**os.environ, "TMPDIR": str(self.scratch)}

    def command(self, stage: str) -> list[str]:
        """Return the command line that comes to a stage."""
        seqtune = [sys.executable, "-m", "seqtune"]
        if stage == "report --explain":
            return [*seqtune, "report", str(self.out), "--explain"]
        if stage == "use":
            name, *words = self.sample.use
            output = ["-o", str(self.folder / "used.csv"), "--force"] if name == "predict" else []
            return [*seqtune, name, str(self.out), *words, *output]
        if (self.out / "run.json").exists():
            return [*seqtune, "resume", str(self.out), "--trials", str(self.trials)]
        executor = "processes" if self.workers > 1 else "inline"
        return [
            *seqtune, "fit", str(self.sample.data), "--task", self.task, *COMMON,
            *self.sample.flags, "--trials", str(self.trials), "--workers", str(self.workers),
            "--executor", executor, "--out", str(self.out),
            "--set", f"refit={str(self.is_refitted).lower()}",
        ]  # fmt: skip

    def learn(self, watched: Watched) -> None:
        """Note how long the stages lasted that a command has come through."""
        marks = [("start", 0.0), *watched.stages]
        for (stage, begin), (_, end) in pairwise(marks):
            self.lasts[stage] = end - begin
        if stage_begin := dict(watched.stages).get("prepare"):  # what `resume` loads as well
            self.lasts.update(dict.fromkeys(("resume", *LATER), stage_begin))

    def end(self, way: str, stage: str) -> End:
        """Come to a stage, end the command, and look at what is left."""
        self.prepare(stage)
        stage = "score" if stage == "refit" and not self.is_refitted else stage
        done = End(self.number, self.task, way, stage)
        before, record = names(self.scratch), self.status()
        watched = Watched(self.command(stage), self.environment)
        if way == "random":
            whole = self.lasts[stage] if stage in LATER else sum(self.lasts[one] for one in STAGES)
            watched.wait_for("", self.draw.uniform(0.0, whole))
        else:
            is_first = stage in ("start", "resume", *LATER)
            delay = self.draw.uniform(0.0, 0.9 * self.lasts[stage])
            watched.wait_for("" if is_first else stage, delay)
        done.told, is_over = watched.stage, watched.process.poll() is not None
        began = time.monotonic()
        watched.end(way)
        if way in DISTURBING and not is_over:  # it goes on, and can be ended as ever
            told = len(watched.stages)
            while watched.process.poll() is None and len(watched.stages) == told:
                time.sleep(0.02)
            began = time.monotonic()
            watched.end("term")
        if not watched.wait(ENDLESS_SECONDS):
            done.faults.append("it did not end")
        done.seconds = time.monotonic() - began
        self.learn(watched)
        if is_over:
            done.seconds = 0.0
        elif done.seconds > PROMISED_SECONDS:
            done.faults.append("that took too long")
        done.faults += self.check_code(watched, way, is_over=is_over)
        done.faults += left_over(
            watched.process.pid, self.scratch, before, is_alone=way in ALONE and not is_over
        )
        done.faults += self.look(way, stage, record)
        done.trials = len(self.seen)
        return done

    def prepare(self, stage: str) -> None:
        """Make the run such that its next command comes to a stage."""
        if stage in ("start", "read", "prepare", "baselines") and self.out.exists():
            self.out.rename(self.folder / f"done-{len(names(self.folder))}")
            self.seen, self.rows = {}, {}
        if stage in LATER and self.status() != "complete":
            self.finish()
        elif self.status() == "complete" and stage not in LATER:
            self.trials += 2 if stage == "search" else 1

    def check_code(self, watched: Watched, way: str, *, is_over: bool) -> list[str]:
        """Return what is wrong with the exit code and the last words of a command."""
        code, told = watched.process.returncode, "".join(watched.told)
        expected = {0} if is_over else {WAYS["term" if way in DISTURBING else way][2], 0}
        if watched.stage == "start" or way == "twice":
            expected |= {-WAYS[way][0]}  # Python itself dies of a signal, at first and at last
        faults = [] if code in expected else [f"exit code {code}: {told[-300:]!r}"]
        if "Traceback" in told and watched.stages:
            faults.append(f"a traceback: {told[-300:]!r}")
        return faults

    def look(self, way: str, stage: str, record: str) -> list[str]:
        """Report and use what is left, and return what is wrong."""
        is_killed = WAYS[way][2] == -9
        if not self.status():
            if not self.out.exists():
                return []
            if not is_killed:
                return [f"left in the run folder: {sorted(names(self.out))}"]
            is_empty = not any(self.out.iterdir())  # a fit takes an empty folder as it is
            told = seqtune(*self.command("start")[3:])
            shutil.rmtree(self.out)
            is_clear = told[0] == 1 and "died before its data was prepared" in told[2]
            is_clear = is_clear or (is_empty and told[0] == 0)
            return [] if is_clear else [f"fit on what a dead one left: {told}"]
        faults = []
        if not is_killed and (litter := self.litter()):
            faults.append(f"left in the run folder: {litter}")
        code, out, err = seqtune("report", str(self.out), "--json")
        status = json.loads(out)["status"] if not code else ""
        if code:
            faults.append(f"no report: {err[-200:]!r}")
        if status == "running" or (stage in LATER and status != record):
            faults.append(f"the report says {status}, it was {record}")
        name, *words = self.sample.use
        code, _, err = seqtune(name, str(self.out), *words)
        if code and "has nothing that can" not in err:
            faults.append(f"not to be used: {err[-200:]!r}")
        return [*faults, *self.compare()]

    def finish(self) -> list[str]:
        """Resume the run to its end, and return what is wrong with it."""
        self.trials += self.status() == "complete"
        watched = Watched(self.command("search"), self.environment)
        faults = [] if watched.wait(ENDLESS_SECONDS) else ["it did not end"]
        self.learn(watched)
        if watched.process.returncode or self.status() != "complete":
            faults.append(f"{self.status()} in the end: {''.join(watched.told)[-300:]!r}")
        recent = watched.wall - YOUNGEST_SECONDS  # what is younger is not removed yet
        young = {path.name for path in self.scratch.iterdir() if path.stat().st_mtime > recent}
        faults += left_over(watched.process.pid, self.scratch, young, is_alone=False)
        if litter := self.litter():
            faults.append(f"left in the run folder: {litter}")
        faults += self.compare()
        if len(self.seen) != self.trials:
            faults.append(f"{len(self.seen)} trials, expected {self.trials}")
        return faults

    def compare(self) -> list[str]:
        """Return what has become worse since the last time: trials, and simple methods."""
        faults, trials = [], read_lines(self.out / "trials.jsonl")
        now = {trial["trial"]: trial for trial in trials}
        if len(now) != len(trials):
            faults.append("a trial is there twice")
        configurations = {json.dumps(trial["values"], sort_keys=True) for trial in trials}
        if len(configurations) != len(trials):
            faults.append("a configuration was trained twice")
        for name, trial in self.seen.items():
            scores = trial["scores"]
            if name not in now:
                faults.append(f"{name} was lost")
            elif (
                now[name]["steps"] < trial["steps"] or now[name]["scores"][: len(scores)] != scores
            ):
                faults.append(f"{name} has less training than before")
        board = json.loads((self.out / "leaderboard.json").read_text())["leaderboard"]
        rows = {row["name"]: row for row in board if row["kind"] == "baseline"}
        faults += [
            f"{name} was run again" for name, row in self.rows.items() if rows.get(name) != row
        ]
        self.seen, self.rows = now, rows
        return faults

    def status(self) -> str:
        """Return the status that the run folder states; "" where there is no run."""
        path = self.out / "run.json"
        return str(json.loads(path.read_text())["status"]) if path.exists() else ""

    def litter(self) -> list[str]:
        """Return files that no ended command may leave in the run folder."""
        return [path.name for path in (*self.out.rglob(".seqtune-*"), *self.out.glob("run.lock"))]


def read_lines(path: Path) -> list[Any]:
    """Read a file of one JSON value per line."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.split("\n") if line]


def seqtune(*words: str) -> tuple[int, str, str]:
    """Run a command that reads, in this process; return its exit code, stdout and stderr."""
    from seqtune.cli.app import main

    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["seqtune", *words]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()
