"""Connections as hostile clients use them: raw bytes over sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from served_stubs import StubModel

from seqtune.serve import protocol
from seqtune.serve.app import create_app
from seqtune.serve.server import GracefulServer, _config, bind
from seqtune.serve.settings import ServeSettings

IDLE = 0.2


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server over a stub, in a thread of this process, that waits for clients but a moment."""
    patch = pytest.MonkeyPatch()
    patch.setattr(protocol, "IDLE_SECONDS", IDLE)
    settings = ServeSettings(body_seconds=0.3, max_body_bytes=1_000_000)
    with bind("127.0.0.1", 0) as listener:
        server = GracefulServer(_config(create_app([StubModel()], settings), settings))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)
    patch.undo()


def talk(port: int, *parts: bytes | float, wait: float = 5.0) -> bytes:
    """Send bytes, with pauses between them, and return all that comes until the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as client:
        for part in parts:
            if isinstance(part, float):
                time.sleep(part)
            else:
                client.sendall(part)
        return received(client)


def received(client: socket.socket) -> bytes:
    found = b""
    try:
        while chunk := client.recv(65536):
            found += chunk
    except ConnectionResetError:
        pass
    return found


HEAD = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CLOSE = b"Connection: close\r\n"


def test_a_request_in_pieces_is_answered(port: int) -> None:
    found = talk(port, HEAD[:30], 0.02, HEAD[30:] + CLOSE + b"Content-Length: 4\r\n\r\n[", b"{}]")
    assert found.startswith(b"HTTP/1.1 200") and found.endswith(b"[{}]")


def test_a_body_in_chunks_is_answered(port: int) -> None:
    chunks = b"2\r\n[{\r\n2\r\n}]\r\n0\r\n\r\n"
    found = talk(port, HEAD + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    assert found.startswith(b"HTTP/1.1 200") and found.endswith(b"[{}]")


def test_requests_behind_each_other_are_answered_in_their_order(port: int) -> None:
    one = HEAD + b"Content-Length: 3\r\n\r\n[1]"
    two = HEAD + CLOSE + b"Content-Length: 3\r\n\r\n[2]"
    found = talk(port, one + two)
    assert found.count(b"HTTP/1.1 200") == 2 and found.index(b"[1]") < found.index(b"[2]")


@pytest.mark.parametrize("start", [b"", b"POST /pre", HEAD + b"X: "])
def test_a_client_that_never_ends_its_headers_is_let_go(port: int, start: bytes) -> None:
    began = time.monotonic()
    assert talk(port, start) == b""
    assert time.monotonic() - began < 10 * IDLE


def test_headers_that_trickle_are_let_go(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        began = time.monotonic()
        try:
            while time.monotonic() - began < 5:
                client.sendall(b"P")
                time.sleep(0.05)
        except OSError:
            pass
        assert time.monotonic() - began < 10 * IDLE


def test_a_connection_that_is_used_stays_open(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        for _ in range(8):
            client.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(IDLE / 2)


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
        HEAD + b"X: " + b"x" * 200_000,  # that never ends
        HEAD + b"X: x\r\n" * 5_000 + b"\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / FTP/1.1\r\n\r\n",
        HEAD + b"Content-Length: x\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"\r\n\r\n\x00",
    ],
)
def test_what_is_no_request_is_refused(port: int, sent: bytes) -> None:
    found = talk(port, sent)
    assert found == b"" or found.split(b" ")[1].startswith(b"4"), found[:200]
    assert b"Traceback" not in found


def test_a_body_that_stops_coming_is_refused(port: int) -> None:
    found = talk(port, HEAD + b"Content-Length: 10\r\n\r\n[")
    assert found.startswith(b"HTTP/1.1 408") and b"too slow" in found


def test_a_body_that_is_too_large_is_refused_before_it_comes(port: int) -> None:
    found = talk(port, HEAD + b"Content-Length: 99999999\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 413")


def test_many_clients_at_once_each_get_their_own(port: int) -> None:
    answers: dict[int, Any] = {}

    def ask(number: int) -> None:
        body = b"[%d]" % number
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        answers[number] = talk(port, HEAD + CLOSE + length + body)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers[number].endswith(b"\r\n\r\n[%d]" % number) for number in range(40))


def test_a_request_behind_a_large_one_in_one_packet_is_answered_too(port: int) -> None:
    large = b"[" + b" " * 20_000 + b"]"
    first = HEAD + b"Content-Length: %d\r\n\r\n" % len(large) + large
    found = talk(port, first + HEAD[:30], HEAD[30:] + CLOSE + b"Content-Length: 2\r\n\r\n{}")
    assert found.count(b"HTTP/1.1 200") == 2


def test_what_comes_behind_a_body_is_not_kept(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    usual = protocol.Protocol.on_message_complete

    def complete(self: Any) -> None:
        kept.append(len(self.headers))
        usual(self)

    monkeypatch.setattr(protocol.Protocol, "on_message_complete", complete)
    chunked = HEAD + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
    found = talk(port, chunked + b"X: y\r\n" * 5_000 + b"\r\n")
    assert found == b"" or b"HTTP/1.1" in found
    assert all(count < 10 for count in kept)


def test_a_client_that_takes_no_answer_is_let_go(port: int) -> None:
    body = b"[" + b" " * 900_000 + b"]"
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with socket.create_connection(("127.0.0.1", port), timeout=0.5) as client:
        sent = 0
        with contextlib.suppress(OSError):
            for _ in range(30):
                client.sendall(request)
                sent += 1
        time.sleep(4 * IDLE)
        client.settimeout(2)
        try:
            found = received(client)
        except TimeoutError:
            pytest.fail("the connection is still there")
    assert sent and found.count(b"HTTP/1.1 200") < sent  # else all would have come by now
