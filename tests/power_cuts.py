"""What a disk holds after a power cut: every operation is recorded, and any prefix is replayed.

Two disks are played. The `lazy` one keeps nothing that was not synchronised: no content without
`fsync` of the file, no name without `fsync` of its folder. The `eager` one keeps every name at
once, and of a file that was not synchronised its name alone: what a journal of names does.
"""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from unittest import mock

Disk = Literal["lazy", "eager"]
Operation = tuple[str, tuple[Any, ...]]


@dataclass
class Node:
    """A file, or a folder, on a disk and on its way there."""

    content: bytes = b""
    live: dict[str, Node] | None = None
    kept: dict[str, Node] = field(default_factory=dict)


class Recorder:
    """Records what changes the names and the contents below a folder, in this process.

    Args:
        root: A folder that is there, and durable.

    Attributes:
        operations: What happened, in order.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.operations: list[Operation] = []

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record."""
        with ExitStack() as stack:
            for name in ("mkdir", "replace", "rename", "unlink", "rmdir"):
                stack.enter_context(mock.patch.object(os, name, self._recorded(name)))
            stack.enter_context(mock.patch.object(os, "fsync", self._synchronised(os.fsync)))
            stack.enter_context(mock.patch.object(os, "open", self._opened(os.open)))
            opening = self._opened(builtins.open)
            for module in (io, builtins):
                stack.enter_context(mock.patch.object(module, "open", opening))
            yield

    def steps(self, path: object) -> tuple[str, ...] | None:
        """Return the way from the root to a path; None where it is elsewhere."""
        if not isinstance(path, (str, os.PathLike)):
            return None
        whole = Path(os.path.abspath(os.fspath(path)))  # noqa: PTH100
        return whole.relative_to(self.root).parts if whole.is_relative_to(self.root) else None

    def _recorded(self, name: str) -> Callable[..., Any]:
        whole: Callable[..., Any] = getattr(os, name)

        def call(*paths: Any, **options: Any) -> Any:
            done = whole(*paths, **options)
            ways = [self.steps(path) for path in paths if isinstance(path, (str, os.PathLike))]
            if options.get("dir_fd") is None and ways and None not in ways:
                self.operations.append((name, tuple(ways)))
            return done

        return call

    def _synchronised(self, whole: Callable[[int], None]) -> Callable[[int], None]:
        def call(file: int) -> None:
            whole(file)
            place = Path(f"/proc/self/fd/{file}")
            steps = self.steps(place.readlink())
            if steps is not None:
                content = b"" if place.is_dir() else place.read_bytes()
                self.operations.append(("fsync", (steps, content)))

        return call

    def _opened(self, whole: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, how: Any = "r", *more: Any, **options: Any) -> Any:
            steps = self.steps(path) if options.get("dir_fd") is None else None
            is_new = steps is not None and not os.path.lexists(path)
            file = whole(path, how, *more, **options)
            if is_new and os.path.lexists(path):
                self.operations.append(("create", (steps,)))
            return file

        return call


def replay(operations: Sequence[Operation]) -> Node:
    """Return the disk after some operations."""
    root = Node(live={})
    for name, ways in operations:
        folder = _find(root, ways[0][:-1])
        if name == "fsync":
            node = _find(root, ways[0])
            if node is not None and node.live is not None:
                node.kept = dict(node.live)
            elif node is not None:
                node.content = ways[1]
        elif folder is None or folder.live is None:
            continue
        elif name in ("mkdir", "create"):
            folder.live.setdefault(ways[0][-1], Node(live={} if name == "mkdir" else None))
        elif name in ("unlink", "rmdir"):
            folder.live.pop(ways[0][-1], None)
        else:
            target = _find(root, ways[1][:-1])
            assert target is not None and target.live is not None
            target.live[ways[1][-1]] = folder.live.pop(ways[0][-1])
    return root


def _find(root: Node, steps: Sequence[str]) -> Node | None:
    node: Node | None = root
    for step in steps:
        node = None if node is None or node.live is None else node.live.get(step)
    return node


def put_down(node: Node, folder: Path, disk: Disk) -> None:
    """Write what a disk has kept into an empty folder."""
    folder.mkdir(parents=True)
    for name, inner in (node.kept if disk == "lazy" else node.live or {}).items():
        if inner.live is not None:
            put_down(inner, folder / name, disk)
        else:
            (folder / name).write_bytes(inner.content)
