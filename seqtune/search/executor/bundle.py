"""What travels to other machines and back: the data once, networks with their jobs.

Nodes of a cluster share no disk with the run folder. What travels is the bytes of plain files under
names that both sides know; a file that was not expected is never written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.errors import RunError
from seqtune.files import scratch_folder, whole_file

Bundle = Mapping[str, npt.NDArray[np.uint8]]
"""The bytes of files by their path in a folder, such as `data/target.npy`."""

NAME = re.compile(r"(?:[A-Za-z0-9_]+/){0,3}[A-Za-z0-9_]+\.(?:npy|json)")
MAX_FILES = 1_000
MAX_BYTES = 2**38

MAX_FILE_BYTES = 2**31
"""Of what a job leaves; no network is larger (`search.network_file`)."""


def pack(prepared: Any) -> dict[str, npt.NDArray[np.uint8]]:
    """Return the files that data is saved as; the same data gives the same files.

    Args:
        prepared: The data, as `Prepared.save` writes it.

    Raises:
        RunError: It is too large, or holds files of another kind.
    """
    with scratch_folder() as folder:
        prepared.save(folder)
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        bundle = {
            path.relative_to(folder).as_posix(): np.fromfile(path, dtype=np.uint8) for path in paths
        }
    check_bundle(bundle)
    return bundle


def unpack(bundle: Bundle, folder: Path) -> None:
    """Write the files of a bundle.

    Args:
        bundle: What `pack` returned.
        folder: An empty folder, or one that is not there yet.

    Raises:
        RunError: A name or a size is not what it should be, or the disk is full.
    """
    check_bundle(bundle)
    for name, content in bundle.items():
        with whole_file(folder / name) as temporary:
            content.tofile(temporary)


def check_bundle(bundle: Bundle) -> None:
    """Refuse what cannot be the data of a task."""
    size = bundle_bytes(bundle)
    strange = [name for name in bundle if not NAME.fullmatch(name)]
    if strange or len(bundle) > MAX_FILES or size > MAX_BYTES:
        raise RunError(
            f"data cannot be sent to other machines: {len(bundle)} files of {size:,} bytes"
            + (f", one of them named {strange[0]!r}" if strange else ""),
            "--executor processes",
        )


def bundle_bytes(bundle: Bundle) -> int:
    """Return the bytes of all files of a bundle."""
    return sum(int(content.nbytes) for content in bundle.values())


def collect(names: Collection[str], folder: Path, sent: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that a job has left, by name.

    Args:
        names: What it may have left.
        folder: Where it worked.
        sent: What it began with; a file that is as it was is not sent back.
    """
    there = {name: folder / name for name in names}
    found = {name: path.read_bytes() for name, path in there.items() if path.is_file()}
    return {name: content for name, content in found.items() if content != sent.get(name)}


def deliver(files: Mapping[str, bytes], folder: Path, names: Collection[str]) -> None:
    """Write files that came from another machine, each whole or not at all.

    Args:
        files: Bytes by name.
        folder: Where to.
        names: What is expected; nothing is written when there is anything else.

    Raises:
        RunError: A file was not expected or is too large, or cannot be written.
    """
    for name, content in files.items():
        if name not in names or len(content) > MAX_FILE_BYTES:
            found = f"{name!r} with {len(content):,} bytes"
            raise RunError(f"another machine sent a file that was not expected: {found}")
    for name, content in files.items():
        with whole_file(folder / name) as temporary:
            temporary.write_bytes(content)
