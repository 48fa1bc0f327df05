"""Writes a folder as the zip file of a bundle; `seqtune.run.bundle_archive` reads it."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from seqtune.errors import ExportError
from seqtune.run.bundle_archive import (
    CHUNK,
    FORMAT,
    MANIFEST,
    MAX_BYTES,
    MAX_FILES,
    MAX_RATIO,
    unfit_name,
)

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it: two exports of a run differ in nothing else."""

QUICK = 1
"""The level at which zlib says in a moment how well something packs."""

MOST_PACKED = MAX_RATIO // 5
"""What packs closer than this at the quick level is stored as it is, far from what a reader takes
for an attack."""


def write_archive(folder: Path, record: dict[str, Any], path: Path) -> None:
    """Write every file of a folder, and `bundle.json` in front, which lists them.

    Args:
        folder: The files of the bundle.
        record: What `bundle.json` says beside the list.
        path: The zip file; it may exist.

    Raises:
        ExportError: There is a file that a reader would refuse.
    """
    files = {
        file.relative_to(folder).as_posix(): file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    for name in files:
        if reason := unfit_name(name):
            raise ExportError(f"no bundle can be made: {reason}")
    size = sum(file.stat().st_size for file in files.values())
    if size > MAX_BYTES or len(files) >= MAX_FILES:
        raise ExportError(
            f"no bundle can be made: {len(files):,} files of {size:,} bytes, expected at most "
            f"{MAX_FILES:,} of {MAX_BYTES:,}"
        )
    listed = {
        name: {"bytes": file.stat().st_size, "sha256": checksum(file)}
        for name, file in files.items()
    }
    manifest = json.dumps({"format": FORMAT, **record, "files": listed}, indent=1) + "\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_member(MANIFEST, zipfile.ZIP_DEFLATED), manifest)
        for name, file in files.items():
            member = _member(name, _packing(file))
            member.file_size = file.stat().st_size  # else none is written beyond 2 GB
            with archive.open(member, "w") as target, file.open("rb") as read:
                while chunk := read.read(CHUNK):
                    target.write(chunk)


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    found = hashlib.sha256()
    with file.open("rb") as read:
        while chunk := read.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _member(name: str, packing: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, BEGINNING)
    member.compress_type = packing
    member.external_attr = 0o100644 << 16
    return member


def _packing(file: Path) -> int:
    """Return whether a file is packed, or stored because it packs as only an attack would."""
    packed, compressor = 0, zlib.compressobj(QUICK)
    with file.open("rb") as read:
        while chunk := read.read(CHUNK):
            packed += len(compressor.compress(chunk))
    packed += len(compressor.flush())
    is_dense = file.stat().st_size > MOST_PACKED * packed
    return zipfile.ZIP_STORED if is_dense else zipfile.ZIP_DEFLATED
