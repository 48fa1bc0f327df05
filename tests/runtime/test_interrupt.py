"""Ctrl-C: the first is a wish, the second an order."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from seqtune.progress import Event, Note, silent
from seqtune.runtime.interrupt import Interrupt


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
