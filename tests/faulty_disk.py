"""A disk that fails at the n-th call: `open`, `write`, `fsync`, `replace`, `mkdir`, `unlink`.

What is written below a folder goes through here, in this process: `pathlib`, `numpy.save`,
`zipfile` and Keras all end in these calls.
"""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

CALLS = ("open", "write", "fsync", "replace", "mkdir", "unlink")


@dataclass
class FaultyDisk:
    """Counts the calls that change what is below some folders, and fails at some of them.

    Args:
        folders: Where.
        call: Which call fails; none if empty.
        first: The first that fails, counted from 1.
        error: What it fails with.
        count: How many fail, one after the other.

    Attributes:
        calls: How often each was called.
    """

    folders: tuple[Path, ...]
    call: str = ""
    first: int = 0
    error: int = 0
    count: int = 1
    calls: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CALLS, 0))

    def pass_by(self, call: str, path: object) -> None:
        """Count a call, and fail where it is its turn."""
        if not self.is_watched(path):
            return
        self.calls[call] += 1
        if call == self.call and self.first <= self.calls[call] < self.first + self.count:
            raise OSError(self.error, os.strerror(self.error), str(path))

    def is_watched(self, path: object) -> bool:
        """Say whether a path, or what an open file is of, lies below the folders."""
        if isinstance(path, int):
            try:
                path = Path(f"/proc/self/fd/{path}").readlink()
            except OSError:
                return False
        if not isinstance(path, (str, os.PathLike)):
            return False
        whole = os.path.abspath(os.fspath(path))  # noqa: PTH100 - `Path.absolute` keeps `..`
        return any(whole.startswith(str(folder)) for folder in self.folders)

    @contextmanager
    def inserted(self) -> Iterator[FaultyDisk]:
        """Put the disk in."""
        with ExitStack() as stack:
            for name in ("fsync", "replace", "mkdir", "unlink"):
                stack.enter_context(mock.patch.object(os, name, self._wrapped(name)))
            opening, opening_low = self._opened(builtins.open), self._opened_low(os.open)
            for module in (io, builtins):
                stack.enter_context(mock.patch.object(module, "open", opening))
            stack.enter_context(mock.patch.object(os, "open", opening_low))
            yield self

    def _wrapped(self, name: str) -> Callable[..., Any]:
        whole: Callable[..., Any] = getattr(os, name)

        def call(path: Any, *more: Any, **options: Any) -> Any:
            if options.get("dir_fd") is None:
                self.pass_by(name, path)
            return whole(path, *more, **options)

        return call

    def _opened_low(self, whole: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, flags: int, *more: Any, **options: Any) -> Any:
            if options.get("dir_fd") is None:
                self.pass_by("open", path)
            return whole(path, flags, *more, **options)

        return call

    def _opened(self, whole: Callable[..., Any]) -> Callable[..., Any]:
        disk = self

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                disk.pass_by("write", str(self.name))
                return super().write(data)

        def call(path: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
            if not isinstance(path, (str, os.PathLike)) or not disk.is_watched(path):
                return whole(path, mode, *more, **options)
            disk.pass_by("open", path)
            if "b" not in mode or not set(mode) & set("wax+"):
                if set(mode) & set("wax+"):
                    names = ("buffering", "encoding", "errors", "newline")
                    given = {**dict(zip(names, more, strict=False)), **options}
                    given.pop("buffering", None)
                    raw = Raw(path, mode.replace("t", ""))
                    return io.TextIOWrapper(io.BufferedWriter(raw), **given)
                return whole(path, mode, *more, **options)
            raw = Raw(path, mode.replace("b", ""))
            return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

        return call
