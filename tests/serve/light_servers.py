"""Servers without a model that are up in a moment, for tests of the processes around them."""

from __future__ import annotations

import os
import signal
import socket

from seqtune.errors import RunError


def serve_pid(fault: str, listener: socket.socket) -> None:
    """Answer every connection with the number of this process, until a signal comes.

    Raises:
        RunError: A fault is given.
    """
    if fault:
        raise RunError(fault, "seqtune runs")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(str(os.getpid()).encode())
