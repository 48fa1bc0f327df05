"""Ctrl-C: the first is a wish, the second an order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

import pytest

from seqtune.progress import Event, Note, silent
from seqtune.runtime.interrupt import Interrupt, ended_by_signals, exit_code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_a_wish_and_the_second_an_order(number: int) -> None:
    with Interrupt(silent) as interrupt:
        assert not interrupt.asked
        os.kill(os.getpid(), number)
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


def test_the_handlers_that_were_there_come_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Interrupt(silent):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_the_user_hears_once_that_it_was_understood() -> None:
    heard: list[Event] = []
    interrupt = Interrupt(heard.append)
    interrupt.tell()
    assert heard == []
    interrupt.asked = True
    interrupt.tell()
    interrupt.tell()
    assert heard == [Note("interrupted: saving what was finished; Ctrl-C again stops now")]


def test_it_leaves_signals_alone_outside_the_main_thread() -> None:
    entered: list[Interrupt] = []

    def enter() -> None:
        with Interrupt(silent) as interrupt:
            entered.append(interrupt)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert [interrupt.asked for interrupt in entered] == [False]


def test_a_wish_that_is_not_followed_becomes_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqtune.runtime.interrupt.ORDER_SECONDS", 0.05)
    with Interrupt(silent) as interrupt:
        assert interrupt.left() == float("inf")
        os.kill(os.getpid(), signal.SIGTERM)
        assert 0.0 < interrupt.left() <= 0.05
        with pytest.raises(KeyboardInterrupt):
            time.sleep(10.0)
    assert exit_code() == 143


def test_an_order_comes_to_nobody_when_the_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqtune.runtime.interrupt.ORDER_SECONDS", 0.05)
    with Interrupt(silent) as interrupt:
        os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)
    assert interrupt.asked  # and no KeyboardInterrupt came


def library(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Make a library that a signal comes to while it is loaded."""
    (folder / "hit_library.py").write_text(
        f"import os, signal, time\nos.kill(os.getpid(), signal.SIGTERM)\n{text}\nis_whole = True\n"
    )
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "hit_library", raising=False)


def test_a_library_is_loaded_to_its_end_before_a_signal_is_obeyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(tmp_path, monkeypatch, "time.sleep(0.2)")
    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        import_module("hit_library")
        time.sleep(10.0)
    assert sys.modules["hit_library"].is_whole
    assert exit_code() == 143


def test_the_second_signal_waits_for_a_library_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(tmp_path, monkeypatch, "")
    with pytest.raises(KeyboardInterrupt), Interrupt(silent):
        os.kill(os.getpid(), signal.SIGTERM)
        import_module("hit_library")
        time.sleep(10.0)
    assert sys.modules["hit_library"].is_whole


def test_a_signal_is_not_lost_while_memory_is_freed() -> None:
    class Freed:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    def work() -> None:
        freed = Freed()
        del freed
        time.sleep(10.0)

    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        work()


def test_a_library_that_never_ends_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqtune.runtime.interrupt.ORDER_SECONDS", 0.1)
    library(tmp_path, monkeypatch, "time.sleep(10.0)")
    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        import_module("hit_library")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 130)]
)
def test_every_signal_ends_other_work_by_an_exception(number: int, code: int) -> None:
    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        os.kill(os.getpid(), number)
        time.sleep(10.0)
    assert exit_code() == code


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals(), Interrupt(silent) as interrupt:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not interrupt.asked
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


HANGS = """
import os, signal, sys, threading
from seqtune.runtime import interrupt
interrupt.END_SECONDS = 0.2
save = interrupt.last_words(lambda: print("saved", flush=True))
with interrupt.ended_by_signals(is_command=True), save:
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(10)
    except KeyboardInterrupt:
        while True:  # whatever does not hear
            pass
"""


HANGS_IN_C = """
import hashlib, os, signal, threading
from seqtune.runtime import interrupt
interrupt.END_SECONDS = 0.2
save = interrupt.last_words(lambda: print("saved", flush=True))
with interrupt.ended_by_signals(is_command=True), save:
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)  # minutes in which no handler runs
"""


@pytest.mark.parametrize("text", [HANGS, HANGS_IN_C], ids=["in Python", "in C"])
def test_a_command_that_hangs_is_ended_all_the_same(text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (143, "saved\n", "")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 130)])
def test_a_signal_while_the_interpreter_shuts_down_has_its_code(name: str, code: int) -> None:
    script = (
        "import atexit, os, signal, time\n"
        "from seqtune.runtime.interrupt import ended_by_signals\n"
        "def slowly():\n"  # as a library that cleans up
        "    print('down', flush=True)\n"
        "    time.sleep(20)\n"
        "atexit.register(slowly)\n"
        "with ended_by_signals(is_command=True):\n"
        "    raise SystemExit(0)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"down\n"
        process.send_signal(getattr(signal, name))
        assert process.wait(10) == code
