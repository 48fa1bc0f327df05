"""Commands on a terminal, all in one process: what it is sent, what is opened, who is called.

Run as a program, it is that process: `python terminal_session.py COMMANDS.json`.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

MARK = "\n<<<seqtune>>>\n"
"""Written between two commands."""

TRACED = "connect,open,openat,openat2,creat"
OPENED = re.compile(r'(?:open|openat|openat2|creat)\((?:[^,"]*, )?"((?:[^"\\]|\\.)*)".*\) = \d+')


@dataclass(frozen=True)
class Session:
    """What commands left on a terminal.

    Args:
        shown: What the terminal was sent, by command.
        trace: What the system was asked for, in lines of strace; empty where it was not traced.
    """

    shown: Sequence[str]
    trace: str = ""

    @property
    def opened(self) -> list[Path]:
        """Files that were opened."""
        return [Path(name) for name in OPENED.findall(self.trace)]

    @property
    def connected(self) -> list[str]:
        """Connections to hosts that were tried."""
        lines = self.trace.splitlines()
        return [each for each in lines if "connect(" in each and "sa_family=AF_INET" in each]


def run_on_terminal(
    commands: Sequence[Sequence[str]], folder: Path, *, traced: bool, seconds: float = 120.0
) -> Session:
    """Run commands one after the other on a terminal of their own.

    Args:
        commands: The words of each, without the first.
        folder: Where they run; temporary files and the cache are below it.
        traced: Whether strace, which must be there, looks on.
        seconds: After so long they are ended.
    """
    listing, trace = folder / "commands.json", folder / "trace.txt"
    listing.write_text(json.dumps([list(map(str, words)) for words in commands]))
    program = [sys.executable, __file__, str(listing)]
    if traced:
        strace = [shutil.which("strace") or "strace", "-f", "-qq", "-s", "4096", "--seccomp-bpf"]
        program = [*strace, "-e", f"trace={TRACED}", "-o", str(trace), *program]
    (folder / "temporary").mkdir()
    ours, theirs = pty.openpty()
    received: list[bytes] = []
    reader = threading.Thread(target=_read, args=(ours, received), daemon=True)
    with subprocess.Popen(
        program, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=folder,
        env=_environment(folder),
    ) as process:  # fmt: skip
        os.close(theirs)
        reader.start()
        try:
            process.wait(seconds)
        finally:
            process.kill()
    reader.join(10)
    os.close(ours)
    shown = b"".join(received).decode(errors="surrogateescape").replace("\r\n", "\n")
    parts = shown.split(MARK)
    assert len(parts) == len(commands) + 1 and process.returncode == 0, shown[-3000:]
    return Session(parts[:-1], trace.read_text(errors="replace") if traced else "")


def _environment(folder: Path) -> dict[str, str]:
    paths = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    return {
        **kept, "PYTHONPATH": os.pathsep.join(paths), "TERM": "xterm-256color", "COLUMNS": "120",
        "TMPDIR": str(folder / "temporary"), "XDG_CACHE_HOME": str(folder / "cache"),
        "KERAS_HOME": str(folder / "keras"),
    }  # fmt: skip


def _read(terminal: int, received: list[bytes]) -> None:
    while True:
        try:
            part = os.read(terminal, 1 << 16)
        except OSError:
            return
        if not part:
            return
        received.append(part)


def _main(listing: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    from compiling import compile_quickly
    from remembered import remember

    compile_quickly()
    remember()
    from seqtune.cli.app import main

    for words in json.loads(Path(listing).read_text()):
        argv = mock.patch.object(sys, "argv", ["seqtune", *words])
        with argv, contextlib.suppress(SystemExit):
            main()
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(1, MARK.encode())


if __name__ == "__main__":
    _main(sys.argv[1])
