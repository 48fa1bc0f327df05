"""Ctrl-C, SIGTERM and SIGHUP: first a wish to finish, then an order to stop, then the end.

    0 s     the first signal: what is under way ends at its best, and is saved
    7 s     an order, as by a second signal: `KeyboardInterrupt`; what is on disk counts
    8.5 s   for commands alone: the process ends, whatever it is doing

A cluster that sends SIGTERM gives 10 to 30 seconds before it kills.
"""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext, suppress
from types import FrameType, TracebackType
from typing import Any

from seqtune.progress import Listener, Note

SIGNALS = tuple(name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""SIGTERM is what a cluster sends before it takes the machine away, SIGHUP a terminal that goes."""

ORDER_SECONDS = 7.0
"""So long after the first signal, work that has not come to its end is cut off."""

END_SECONDS = 8.5
"""So long after the first signal, a command is over: what hangs in a library hears nothing."""

LAST_WORDS_SECONDS = 0.7
"""So long what is done at the last may take."""

PAUSE_SECONDS = 0.05
"""How often a signal is looked at again that came where nobody hears."""

IMPORTING = "<frozen importlib._bootstrap"
"""How the file of the code begins that loads modules."""

FREEING = ("__del__", "_xla_gc_callback")
"""Functions that run when memory is freed, the second one of JAX; their exceptions are lost."""

INTERRUPTED, TERMINATED = 130, 143
"""Exit codes."""

_last_words: list[Callable[[], object]] = []
_last_signal: list[int] = []
_waits_since: list[float] = []


class Interrupt:
    """Turns the first signal into a wish that the search looks at; the second one stops at once.

    Args:
        listener: Hears that the wish was understood.

    Attributes:
        asked: Whether the work is to come to an end.

    Example:
        >>> with Interrupt(silent) as interrupt:
        ...     while not interrupt.asked:
        ...         work()
    """

    def __init__(self, listener: Listener) -> None:
        self.asked = False
        self._listener = listener
        self._told = False
        self._until = float("inf")
        self._earlier: dict[int, Any] = {}
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Interrupt:
        self._earlier = _handle(self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        _restore(self._earlier)
        self._earlier = {}

    def tell(self) -> None:
        """Say once that the wish was understood; the handler cannot, it may cut in anywhere."""
        if self.asked and not self._told:
            self._told = True
            self._listener(Note("interrupted: saving what was finished; Ctrl-C again stops now"))

    def left(self) -> float:
        """Return the seconds until the order to stop; infinity while nobody wishes to end."""
        return self._until - time.monotonic()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            _end(number, frame)
            return
        self.asked = True
        self._until = time.monotonic() + ORDER_SECONDS
        _note(number)
        self._timer = threading.Timer(ORDER_SECONDS, self._order, (number,))
        self._timer.daemon = True
        self._timer.start()

    def _order(self, number: int) -> None:
        if self._earlier:
            _send_again(number)


class Ended(KeyboardInterrupt):
    """A signal ends the work at once.

    Args:
        number: The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        _note(number)


def was_interrupted() -> bool:
    """Say whether a signal has asked the command to end."""
    return bool(_last_signal)


def exit_code() -> int:
    """Return the exit code of a command that a signal has ended."""
    return TERMINATED if _last_signal[-1:] == [signal.SIGTERM] else INTERRUPTED


@contextmanager
def ended_by_signals(*, is_command: bool = False) -> Iterator[None]:
    """Have every signal end the work inside by an exception, so that it can clean up.

    Args:
        is_command: Whether the process may be ended where it does not hear.
    """
    _waits_since.clear()
    earlier = _handle(_end)
    if is_command:
        _last_signal.clear()
        _watch.is_on = True
    try:
        with _heard_at_once(earlier) if is_command else nullcontext():
            yield
    finally:
        if is_command:
            _watch.stop()
            atexit.unregister(_leave_when_told)
            atexit.register(_leave_when_told)  # before what libraries do at the end
        _restore(earlier)


def leave_while_loading() -> None:
    """Have Ctrl-C end the process at once, by one line, until the command itself listens.

    Python would show where it was reading our modules.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _say_and_leave)


def _say_and_leave(number: int, frame: object) -> None:
    with suppress(OSError):
        os.write(2, f"{interruption(os.isatty(2))}\n".encode())
    os._exit(INTERRUPTED)


def interruption(is_terminal: bool) -> str:
    """Return the line that says that a command was interrupted.

    Args:
        is_terminal: Whether it is read on a terminal, which has just written ^C.
    """
    return "\ninterrupted" if is_terminal else "interrupted"


def _leave_when_told() -> None:
    """Have a signal end the process at once, with its exit code, while the interpreter shuts down.

    The command is over then, and what it wrote is on disk.
    """
    replaced = (signal.SIG_DFL, signal.default_int_handler, _say_and_leave)
    for number in (getattr(signal, name) for name in SIGNALS):
        if signal.getsignal(number) in replaced:
            signal.signal(number, _leave)


def _leave(number: int, frame: object) -> None:
    os._exit(TERMINATED if number == signal.SIGTERM else INTERRUPTED)


@contextmanager
def _heard_at_once(numbers: Collection[int]) -> Iterator[None]:
    """Begin the watch when a signal comes, even while the main thread is in a library.

    Python's handlers run in the main thread, when the library has returned: compiling a network
    may take longer than a command may take to end.
    """
    if not numbers or os.name == "nt":
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    earlier = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def listen() -> None:
        while number := os.read(reader, 1):
            if number[0] in numbers:
                if not _last_signal:
                    _last_signal.append(number[0])
                _watch.begin()
        os.close(reader)

    threading.Thread(target=listen, name="signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(earlier)
        os.close(writer)


@contextmanager
def last_words(act: Callable[[], object]) -> Iterator[None]:
    """Have something done before a command is ended that does not hear.

    Args:
        act: What; it is called in a thread, and is given up if it takes long.
    """
    _last_words.append(act)
    try:
        yield
    finally:
        _last_words.remove(act)


class _Watch:
    """Ends the process of a command that has not ended by itself after a signal."""

    def __init__(self) -> None:
        self.is_on = False
        self._timer: threading.Timer | None = None
        self._lock = threading.RLock()  # a signal may cut in where the main thread has it

    def begin(self) -> None:
        with self._lock:
            if self.is_on and self._timer is None:
                self._timer = threading.Timer(END_SECONDS, self._end)
                self._timer.daemon = True
                self._timer.start()

    def stop(self) -> None:
        self.is_on = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        speaker = threading.Thread(target=_say_last_words, daemon=True)
        speaker.start()
        speaker.join(LAST_WORDS_SECONDS)
        os._exit(exit_code())


_watch = _Watch()


def _say_last_words() -> None:
    for act in reversed(_last_words):
        with suppress(Exception):
            act()


def _end(number: int, frame: FrameType | None) -> None:
    """End the work by an exception, but not where one does harm or is lost.

    While a library is loaded, what is written in C++ aborts the process; what runs when memory is
    freed loses the exception. The signal comes again until that is over; for no longer than work
    may take to end.
    """
    _note(number)
    now = time.monotonic()
    if _is_deaf(frame) and now - (_waits_since or [now])[0] < ORDER_SECONDS:
        if not _waits_since:
            _waits_since.append(now)
        again = threading.Timer(PAUSE_SECONDS, _send_again, (number,))
        again.daemon = True
        again.start()
        return
    _waits_since.clear()
    raise Ended(number)


def _is_deaf(frame: FrameType | None) -> bool:
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(IMPORTING) or code.co_name in FREEING:
            return True
        frame = frame.f_back
    return False


def _send_again(number: int) -> None:
    """Send a signal to the main thread, out of a call of the system too, if it is handled there."""
    if not callable(signal.getsignal(number)):
        return
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        _thread.interrupt_main(signal.Signals(number))


def _note(number: int) -> None:
    _last_signal.append(number)
    _watch.begin()


def _handle(hear: Callable[[int, FrameType | None], None]) -> dict[int, Any]:
    """Handle the signals that are not ignored (`nohup`, `&`); return what handled them before."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    numbers = [getattr(signal, name) for name in SIGNALS]
    heard = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    return {number: signal.signal(number, hear) for number in heard}


def _restore(earlier: dict[int, Any]) -> None:
    for number, handler in earlier.items():
        signal.signal(number, handler)
