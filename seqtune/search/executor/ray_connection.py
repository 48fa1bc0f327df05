"""The way to a Ray cluster: one that runs, or a small one of our own on this machine."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import MissingExtra, SearchError

if TYPE_CHECKING:
    from seqtune.runtime.own_folder import OwnFolder

EXTRA = "pip install 'seqtune[ray]'"

VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""What Ray is told before it is loaded, unless the user has set it: to report nothing to anybody,
and to leave the choice of GPUs to us where it gives none."""

ANSWER_SECONDS = 5.0
"""A cluster that does not take a connection within so long is not there; Ray itself would wait for
minutes, and write about it."""

OBJECT_STORE_BYTES = 2**28
"""Room for networks on their way, beside twice the data, where the cluster is our own."""

TOKENS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
OWN_TOKEN = secrets.token_hex(32)
"""What the nodes of our own cluster know each other by; Ray would keep one in the home folder, for
everybody to read. It remembers the first that it sees, so that there is one per process."""

KIND = "seqtune-ray-"
"""What the name of the folder of our own cluster begins with."""

LOOPBACK = ("127.", "localhost", "[::1]", "::1")


class RayConnection:
    """A connection to a cluster.

    Args:
        address: "auto", "host:port" or "ray://host:port". With "auto", the cluster of the
            variable `RAY_ADDRESS`, or else one that this user has started on this machine, or else
            one that is started now and ended with the connection; it listens on loopback alone.
        cores: For one that is started: how many cores it says that it has.
        data_bytes: For one that is started: size of the data.

    Attributes:
        ray: The package.
        address: Where the cluster is, in words.
    """

    def __init__(self, address: str, cores: int, data_bytes: int) -> None:
        self.ray = load_ray()
        self._is_own = not self.ray.is_initialized()
        self._scratch: OwnFolder | None = None
        asked = address if address != "auto" else os.environ.get("RAY_ADDRESS", "auto")
        found = find_cluster() if asked in ("auto", "") else asked
        self.address = found or "this machine"
        if not self._is_own:
            return
        self._printer = _swap_printer(_print_nothing)
        with _signals_kept():
            if found is None or found == "local":
                self._start(cores, data_bytes)
            else:
                self._join(found)

    def close(self) -> None:
        """End the connection, and the cluster if it was started for it."""
        if self._is_own and self.ray.is_initialized():
            with _signals_kept(), suppress(self.ray.exceptions.RayError, OSError, RuntimeError):
                self.ray.shutdown()
            _swap_printer(self._printer)
        if self._scratch is not None:
            self._scratch.remove()

    def _join(self, address: str) -> None:
        host, port = parse_address(address)
        if not answers(host, port):
            raise SearchError(
                f"no Ray cluster answers at {address}", "ray start --head, or --executor processes"
            )
        self._init(address, is_loopback=_is_on_loopback_alone(host, port))

    def _start(self, cores: int, data_bytes: int) -> None:
        from seqtune.runtime.own_folder import OwnFolder

        # names of sockets have to be short; and /tmp/ray would show it to others
        short = Path("/tmp")
        self._scratch = OwnFolder(KIND, KIND, short if short.is_dir() else None)
        if not any(name in os.environ for name in ("RAY_AUTH_MODE", *TOKENS)):
            os.environ[TOKENS[0]] = OWN_TOKEN
        self._init(
            "local",
            is_loopback=True,
            num_cpus=cores,
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES + 2 * data_bytes,
            _temp_dir=str(self._scratch.path / "ray"),  # Ray opens it to everybody
        )
        listens = str(self.ray.get_runtime_context().gcs_address)
        if not listens.startswith(LOOPBACK):
            self.close()
            raise SearchError(
                f"Ray would listen to other machines, on {listens}",
                "--executor processes, or ray start --head to allow it",
            )

    def _init(self, address: str, *, is_loopback: bool, **options: Any) -> None:
        try:
            with _on_loopback(is_loopback):
                self.ray.init(
                    address=address, logging_level=logging.ERROR, log_to_driver=False, **options
                )
        except ImportError as error:  # grpcio, for ray://
            raise MissingExtra(f"ray cannot be used: {error}", EXTRA) from error
        except (self.ray.exceptions.RayError, OSError, RuntimeError, ValueError) as error:
            self.close()
            words = " ".join(str(error).split())[:300]
            raise SearchError(
                f"the Ray cluster at {self.address} cannot be used: {words}",
                "ray status, or --executor processes",
            ) from error


def load_ray() -> Any:
    """Return the package `ray`.

    Raises:
        MissingExtra: It is not installed.
    """
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise MissingExtra("ray is not installed", EXTRA) from error
    return ray


def find_cluster(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the address of the cluster that this user has started on this machine, or None.

    Ray notes it in a file that anybody could have written; a cluster can run code in whoever joins
    it, so that one of another user is not taken.

    Args:
        environment: Where `RAY_TMPDIR` and `TMPDIR` are looked up.
    """
    top = environment.get("RAY_TMPDIR") or environment.get("TMPDIR") or "/tmp"
    note = Path(top) / "ray" / "ray_current_cluster"
    try:
        is_own = not hasattr(os, "getuid") or note.stat().st_uid == os.getuid()
        address = note.read_text(encoding="utf-8").strip()
        return address if is_own and answers(*parse_address(address)) else None
    except (OSError, ValueError, SearchError):
        return None


def parse_address(address: str) -> tuple[str, int]:
    """Return host and port of an address.

    Raises:
        SearchError: There is no port.

    Example:
        >>> parse_address("ray://cluster:10001")
        ('cluster', 10001)
    """
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not host or not port.isdecimal():
        raise SearchError(
            f"search.address: found {address!r}, expected auto, host:port or ray://host:port",
            "search.address=ray://host:10001",
        )
    return host.strip("[]"), int(port)


def answers(host: str, port: int) -> bool:
    """Say whether a machine takes a connection."""
    try:
        with socket.create_connection((host, port), timeout=ANSWER_SECONDS):
            return True
    except OSError:
        return False


def _is_on_loopback_alone(host: str, port: int) -> bool:
    """Say whether this machine answers on loopback, and not on the address that others know."""
    from ray.util import get_node_ip_address

    return host.startswith(LOOPBACK) and not answers(get_node_ip_address(), port)


@contextmanager
def _on_loopback(is_wanted: bool) -> Iterator[None]:
    """Make Ray take 127.0.0.1 for the address of this machine.

    It has a constant for that, which is set on macOS and Windows for the sake of their firewalls;
    where `ray.init` is told an address of loopback, it takes another one.
    """
    from ray._private import ray_constants

    before = getattr(ray_constants, "ENABLE_RAY_CLUSTER", None)
    if is_wanted and before is not None:
        ray_constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        if before is not None:
            ray_constants.ENABLE_RAY_CLUSTER = before


def _swap_printer(printer: Any) -> Any:
    """Give Ray something that prints what goes wrong on nodes; return what it had."""
    from ray._private import worker

    before = getattr(worker, "print_to_stdstream", None)
    if before is not None:
        worker.print_to_stdstream = printer
    return before


def _print_nothing(*arguments: Any, **options: Any) -> None:
    """Print nothing: `log_to_driver=False` leaves such messages, and stdout is not theirs."""


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Keep Ray from deciding what SIGTERM means."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
