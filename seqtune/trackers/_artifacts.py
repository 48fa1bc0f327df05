"""The files that trackers take of a complete run, made by commands in processes of their own."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import (
    DEVNULL,
    PIPE,
    CalledProcessError,
    Popen,
    SubprocessError,
    TimeoutExpired,
)

from seqtune.runtime.import_paths import import_paths
from seqtune.trackers._process import reason_of

COPIED = ("recipe.yaml", "leaderboard.json", "trials.jsonl")
"""Files of the run folder that are taken as they are."""


@dataclass
class Artifacts:
    """What a complete run leaves for trackers.

    Args:
        run: The run folder.
        scratch: A folder that files may be written to.

    Attributes:
        files: A folder with the report, the recipe, the leaderboard and the trials.
        bundle: The winner as a bundle; None where there is none.
        faults: What is not there, and why.
    """

    run: Path
    scratch: Path
    files: Path = field(init=False)
    bundle: Path | None = None
    faults: list[str] = field(default_factory=list)

    def make(self, seconds: float) -> None:
        """Write what can be written in some time.

        Args:
            seconds: How long it may take.
        """
        self.files, bundle = self.scratch / "files", self.scratch / "bundle.zip"
        self.files.mkdir()
        for name in COPIED:
            with suppress(OSError):
                shutil.copyfile(self.run / name, self.files / name)
        until = time.monotonic() + seconds
        commands = [
            _begin("report", str(self.run)),
            _begin("export", str(self.run), "-o", str(bundle)),
        ]
        try:
            report = _end(commands[0], until)
            (self.files / "report.txt").write_text(report, encoding="utf-8")
            _end(commands[1], until)
            self.bundle = bundle
        except (OSError, SubprocessError) as error:
            self.faults.append(_why(error))
        finally:
            for command in commands:
                command.kill()
                command.communicate()


def _begin(*words: str) -> Popen[str]:
    """Begin a command of seqtune."""
    return Popen(
        [sys.executable, "-m", "seqtune", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(import_paths())},
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def _end(command: Popen[str], until: float) -> str:
    """Wait for a command and return what it printed.

    Raises:
        SubprocessError: It failed, or took too long.
    """
    out, err = command.communicate(timeout=max(0.0, until - time.monotonic()))
    if command.returncode:
        raise CalledProcessError(command.returncode, command.args, out, err)
    return out


def _why(error: Exception) -> str:
    """Return why a command made nothing: what it said of it, in one line."""
    if isinstance(error, TimeoutExpired):
        return "there was no time"
    said = str(getattr(error, "stderr", None) or "").strip().split("\n")
    told = [line.partition(": ")[2] for line in said if line.startswith(("error: ", "hint: "))]
    if isinstance(error, CalledProcessError):
        return reason_of("; ".join(told) or said[-1] or f"it ended with code {error.returncode}")
    return reason_of(error)
