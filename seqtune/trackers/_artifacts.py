"""The files that trackers take of a complete run, made by commands in processes of their own."""

from __future__ import annotations

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

START = """
import sys
sys.path[:] = sys.argv.pop(1).splitlines()
from seqtune.__main__ import main
main()
"""
"""A command imports from the same folders as this process, not from its working folder."""

COPIED = ("recipe.yaml", "leaderboard.json", "trials.jsonl")
"""Files of the run folder that are taken as they are."""


@dataclass
class Artifacts:
    """What a complete run leaves for trackers.

    Args:
        run: The run folder.
        scratch: A folder that files may be written to.

    Attributes:
        files: A folder with the report, the recipe, the leaderboard and the trials; None if there
            is none.
        bundle: The winner as a bundle; None where there is none.
        faults: What is not there, and why.
    """

    run: Path
    scratch: Path
    files: Path | None = None
    bundle: Path | None = None
    faults: list[str] = field(default_factory=list)

    def make(self, seconds: float) -> None:
        """Write what can be written in some time.

        Args:
            seconds: How long it may take.
        """
        files, bundle = self.scratch / "files", self.scratch / "bundle.zip"
        until = time.monotonic() + seconds
        commands: list[Popen[str]] = []
        try:
            files.mkdir()
            self.files = files
            for name in COPIED:
                with suppress(OSError):
                    shutil.copyfile(self.run / name, files / name)
            commands.append(_begin("report", str(self.run)))
            commands.append(_begin("export", str(self.run), "-o", str(bundle)))
            report = _end(commands[0], until)
            (files / "report.txt").write_text(report, encoding="utf-8")
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
        [sys.executable, "-c", START, "\n".join(import_paths()), *words],
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
