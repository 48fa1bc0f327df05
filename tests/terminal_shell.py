"""A shell on a terminal of its own, into which somebody types."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import selectors
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

PROMPT = "ready> "

COLUMNS = 300
"""No line that is typed is broken."""

STYLES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r|\x07")

SEQTUNE = """\
#!{python}
import sys
sys.path.insert(0, {root!r})
from seqtune.__main__ import main
main()
"""
"""The program as it is installed: a script that is called seqtune."""


def install(folder: Path) -> None:
    """Put the program `seqtune` into a folder."""
    folder.mkdir()
    root = str(Path(__file__).parents[1])
    program = folder / "seqtune"
    program.write_text(SEQTUNE.format(python=sys.executable, root=root))
    program.chmod(0o755)


class Terminal:
    """A program on a terminal of its own.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        environment: Its environment, all of it.

    Attributes:
        shown: What is shown and was not waited for, without styles.
        raw: All that was shown.
    """

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
        self.shown, self.raw = "", ""
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            os.chdir(folder)
            os.execvpe(command[0], list(command), environment)
        size = struct.pack("HHHH", 50, COLUMNS, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self._terminal, text.encode())

    def interrupt(self) -> None:
        """Type Ctrl-C once the program waits.

        Python's input() shows a prompt a moment before it waits, and hears no signal in between.
        """
        state = Path(f"/proc/{self._process}/stat")
        deadline = time.monotonic() + 20.0
        while time.monotonic() < deadline:
            time.sleep(0.02)
            if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "S":
                break
        self.type("\x03")

    def until(self, text: str, seconds: float = 20.0) -> str:
        """Read until something is shown; return what was shown before it, without styles."""
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < deadline, f"no {text!r} in {self.shown!r}"
            if not self._read(0.2):
                assert text in self.shown, f"ended without {text!r}: {self.shown!r}"
        before, _, self.shown = self.shown.partition(text)
        return before

    def end(self, seconds: float = 20.0) -> tuple[int, str]:
        """Wait until the program ends; return its exit code and what was shown since."""
        deadline = time.monotonic() + seconds
        while self._read(0.2):
            assert time.monotonic() < deadline, self.shown
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1]), self.shown

    def kill(self) -> None:
        """End the program at once."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)

    def _read(self, seconds: float) -> bool:
        """Take what is shown; False where the program is over."""
        with selectors.DefaultSelector() as waiting:  # select() takes no number above 1023
            waiting.register(self._terminal, selectors.EVENT_READ)
            if not waiting.select(seconds):
                return True
        try:
            part = os.read(self._terminal, 1 << 16)
        except OSError:  # Linux says that the other side was closed
            return False
        text = part.decode(errors="replace")
        self.raw += text
        self.shown += STYLES.sub("", text)
        return bool(part)
