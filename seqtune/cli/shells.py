"""Answers a shell that asks what could be typed next: quoted for it, and never an error.

What typer offers goes onto the command line as it is: a shell would take a blank for the end of a
word. bash besides takes `=` for the end of one.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator

ASKED = "_SEQTUNE_COMPLETE"
"""Environment variable by which the script of `--install-completion` asks."""

BASH = "complete_bash"

PLAIN = re.compile(r"[\w.,/+@%:=-]")
"""Characters that bash takes as they are."""


def is_asked() -> bool:
    """Say whether a shell asks what could be typed next."""
    return os.environ.get(ASKED, "").startswith("complete_")


def answer(run: Callable[[], object]) -> int:
    """Answer the shell on stdout; return the exit code.

    Args:
        run: Runs the command line, which looks at the environment.
    """
    line = _BashLine() if os.environ[ASKED] == BASH else None
    with _silence() as told, line.joined() if line else contextlib.nullcontext():
        code = _code_of(run)
    text = told.getvalue()
    if line:
        offered = filter(None, map(line.quoted, text.splitlines()))
        text = "".join(f"{each}\n" for each in offered)
    with contextlib.suppress(OSError, UnicodeError):
        sys.stdout.write(text)
        sys.stdout.flush()
    return code


@contextlib.contextmanager
def _silence() -> Iterator[io.StringIO]:
    """Keep what is written to stdout, lose the rest; Ctrl-C ends the process without a word."""
    told = io.StringIO()
    earlier = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(io.StringIO()):
            yield told
    finally:
        signal.signal(signal.SIGINT, earlier)


def _code_of(run: Callable[[], object]) -> int:
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except Exception:
        return 1
    return 0


class _BashLine:
    """The words of the line as bash has them, and what it makes of an answer."""

    def __init__(self) -> None:
        words = os.environ.get("COMP_WORDS", "").split("\n")
        at = os.environ.get("COMP_CWORD", "")
        self._at = int(at) if at.isdigit() else 0
        self._words = words
        word = words[self._at] if self._at < len(words) else ""
        self._is_quoted = word[:1] in ("'", '"')
        self._begun = ""

    @contextlib.contextmanager
    def joined(self) -> Iterator[None]:
        """Have `key`, `=` and `value`, which are three words for bash, be one, as for others."""
        words, at = self._words[: self._at + 1], self._at
        if len(words) == at + 1 and at >= 2:
            ending = [words.pop()] if words[-1] != "=" else [""]
            if len(words) >= 2 and words[-1] == "=":
                key = words[-2]
                words[-2:] = [f"{key}={ending[0]}"]
                self._begun = f"{key}="
                os.environ["COMP_WORDS"] = "\n".join(words)
                os.environ["COMP_CWORD"] = str(len(words) - 1)
        yield

    def quoted(self, offered: str) -> str:
        """Return what is put on the line for something that is offered."""
        offered = offered.removeprefix(self._begun)
        if self._is_quoted:
            return offered
        home = "~/" if offered.startswith("~/") else ""
        rest = offered.removeprefix(home)
        return home + "".join(each if PLAIN.match(each) else f"\\{each}" for each in rest)
