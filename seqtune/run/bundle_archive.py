"""The zip file of a bundle, checked before anything of it is unpacked.

A bundle may come from a stranger. Its list of files is read first, and nothing is written before
that list is what seqtune writes: names that stay in the folder, each once, none a link, sizes that
the file can hold. What is unpacked is counted and its checksum compared; the first fault ends it.

    bundle.json    format, task, row, and each other file with its size and SHA-256; comes first

Sources:
    Fifield, A better zip bomb, WOOT 2019: files that overlap, and ratios above 1032.
    CWE-22 and CWE-59: names and links that lead out of a folder.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seqtune.errors import RunError, SeqtuneError
from seqtune.files import is_full, no_scratch
from seqtune.run.untrusted import check_plain
from seqtune.search.recorded import printable, shown

MANIFEST = "bundle.json"

FORMAT = 1
"""Grows when a bundle of a later version cannot be read by an earlier one."""

PAPERS = ("model_card.md", "requirements.txt", "Dockerfile")
"""What is for people, and for the machine that serves it."""

VALUES = ("recipe.yaml", "leaderboard.json", "members.json", "codec.json")
OPTIONAL = ("calibration.json", "evidence.json")

PLACE = re.compile(r"(data|models)(/[A-Za-z0-9_]([A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-])?){1,4}")
"""Every other file: arrays of the data, and networks."""

MAX_FILES = 2_000
MAX_MANIFEST = 8 * 2**20
MAX_BYTES = 2**34
"""What a bundle unpacks to at most."""

MAX_RATIO = 100
SLACK = 2**16
"""A file is at most `MAX_RATIO` times as large as it is packed, and so many bytes; what would be
packed closer is stored as it is."""

CHUNK = 2**20

FAULTS = (
    *(EOFError, LookupError, NotImplementedError, OSError, RuntimeError, ValueError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What zipfile raises on a file that is not what it should be."""


def refused(path: Path, reason: str) -> RunError:
    """Return the error that a bundle is not as seqtune writes it."""
    return RunError(
        f"the bundle {path} is refused: {reason}", "export it again: seqtune export RUN -o FILE"
    )


def unpack(path: Path) -> tuple[Path, Path, dict[str, Any]]:
    """Check a bundle and unpack it to a temporary folder of its own.

    Args:
        path: The bundle.

    Returns:
        The temporary folder, which is the caller's to remove, the folder in it that holds the
        files, and the values of `bundle.json`.

    Raises:
        RunError: It is no bundle, is damaged, has a newer format, or holds anything that seqtune
            would not have written.
    """
    with _opened(path) as archive:
        members = check_members(archive, path)
        record = _read_manifest(archive, members.pop(MANIFEST), path)
        listed = _check_listed(record, members, path)
        root = _new_folder(sum(member.file_size for member in members.values()))
        folder = root / (re.sub(r"[^\w.-]+", "_", path.name)[-100:] or "bundle")
        try:
            for name, member in members.items():
                _write(archive, member, folder / name, str(listed[name]["sha256"]), path)
        except BaseException:
            shutil.rmtree(root, ignore_errors=True)
            raise
    return root, folder, record


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Give the open zip file; what is wrong with it becomes a `RunError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except SeqtuneError:
        raise
    except FAULTS as error:
        if isinstance(error, OSError) and is_full(error):
            raise no_scratch(error) from error
        reason = getattr(error, "strerror", None) or printable(error, 200)
        raise refused(path, _what_is_wrong(path, reason)) from error


def _what_is_wrong(path: Path, reason: str) -> str:
    """Say of a file that is no whole zip file whether it is the beginning of one."""
    try:
        if zipfile.is_zipfile(path):
            return f"it is damaged ({reason})"
        with path.open("rb") as file:
            begins_as_zip = file.read(4) == b"PK\x03\x04"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "it is cut short" if begins_as_zip else "it is not a zip file"


def check_members(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the files of a bundle by name, as its list has them.

    Raises:
        RunError: One is not what seqtune writes, or there are more than that.
    """
    members = archive.infolist()
    if len(members) > MAX_FILES:
        raise refused(path, f"it has {len(members):,} files, expected at most {MAX_FILES:,}")
    found: dict[str, zipfile.ZipInfo] = {}
    twins: set[str] = set()
    for member in members:
        name = member.orig_filename
        if reason := unfit_name(name) or _unfit_member(member):
            raise refused(path, reason)
        if name.casefold() in twins:
            raise refused(path, f"it has the file {printable(name)!r} twice")
        twins.add(name.casefold())
        found[name] = member
    packed, size = path.stat().st_size, sum(member.file_size for member in members)
    if sum(member.compress_size for member in members) > packed:
        raise refused(path, "its files claim more bytes than it has")
    if size > MAX_BYTES:
        raise refused(path, f"it unpacks to {size:,} bytes, expected at most {MAX_BYTES:,}")
    for name in (MANIFEST, *PAPERS, *VALUES):
        if name not in found:
            raise refused(path, f"it lacks the file {name}")
    return found


def unfit_name(name: str) -> str:
    """Return why no file of a bundle may have a name; "" where one may.

    Example:
        >>> unfit_name("data/panel.json"), unfit_name("../panel.json")
        ('', "it has a file that lies outside it: '../panel.json'")
    """
    if name in (MANIFEST, *PAPERS, *VALUES, *OPTIONAL) or PLACE.fullmatch(name):
        return ""
    steps = name.replace("\\", "/").split("/")
    leaves = ".." in steps or steps[0] == "" or ":" in name or "\\" in name
    where = "that lies outside it" if leaves else "that no bundle has"
    return f"it has a file {where}: {printable(name)!r}"


def _unfit_member(member: zipfile.ZipInfo) -> str:
    """Return why a file may not be unpacked, by what the list says of it; "" where it may."""
    name, kind = printable(member.filename), stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return f"{name!r} in it is a link or no ordinary file"
    if member.flag_bits & 1:
        return f"{name!r} in it is encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"{name!r} in it is packed in a way that seqtune does not use"
    if member.file_size > MAX_RATIO * member.compress_size + SLACK:
        return f"{name!r} in it unpacks to {member.file_size:,} bytes, far more than is packed"
    return ""


def _read_manifest(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> dict[str, Any]:
    """Return the values of `bundle.json`, its format and its keys checked."""
    if member.file_size > MAX_MANIFEST:
        raise refused(path, f"its {MANIFEST} has {member.file_size:,} bytes")
    content = archive.read(member)
    try:
        values = json.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise refused(path, f"its {MANIFEST} is nested too deeply") from error
    except ValueError as error:
        raise refused(path, f"its {MANIFEST} is no JSON: {printable(error, 120)}") from error
    check_plain(values, path / MANIFEST)
    if not isinstance(values, dict) or type(values.get("format")) is not int:
        raise refused(path, f"its {MANIFEST} states no format")
    if values["format"] > FORMAT:
        raise RunError(
            f"{path} has bundle format {values['format']}; this seqtune reads up to {FORMAT}",
            "pip install --upgrade seqtune",
        )
    for key, kind in (("task", str), ("row", str), ("data", dict), ("files", dict)):
        if not isinstance(values.get(key), kind):
            raise refused(path, f"its {MANIFEST} has {key}: {shown(values.get(key))}")
    return values


def _check_listed(
    record: dict[str, Any], members: dict[str, zipfile.ZipInfo], path: Path
) -> dict[str, dict[str, Any]]:
    """Return what `bundle.json` says of each file, which must be those that are there."""
    listed: dict[str, dict[str, Any]] = record["files"]
    for name in listed.keys() - members.keys():
        raise refused(path, f"it lacks the file {printable(name)}")
    for name, member in members.items():
        known = listed.get(name)
        if not isinstance(known, dict):
            raise refused(path, f"it has a file that its {MANIFEST} does not list: {name}")
        if known.get("bytes") != member.file_size:
            raise refused(
                path,
                f"{name} in it has {member.file_size:,} bytes, "
                f"its {MANIFEST} says {shown(known.get('bytes'))}",
            )
    return listed


def _new_folder(size: int) -> Path:
    """Create the temporary folder for so many bytes.

    Raises:
        RunError: It cannot be made, or has not so much room.
    """
    try:
        root = Path(tempfile.mkdtemp(prefix="seqtune-"))
        free = shutil.disk_usage(root).free
    except OSError as error:
        raise no_scratch(error) from error
    if free < size:
        root.rmdir()
        raise RunError(
            f"the temporary folder {root.parent} has {free:,} bytes left, {size:,} are needed",
            "free some space there, or name another folder: TMPDIR=FOLDER",
        )
    return root


def _write(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, checksum: str, path: Path
) -> None:
    """Unpack one file, no more bytes than its list says, and compare its checksum."""
    target.parent.mkdir(parents=True, exist_ok=True)
    found, size = hashlib.sha256(), 0
    with archive.open(member) as packed, target.open("xb") as file:
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            found.update(chunk)
            file.write(chunk)
    if size != member.file_size:
        raise refused(path, f"{member.filename} in it has {size:,} bytes, not what its list says")
    if found.hexdigest() != checksum:
        raise refused(path, f"the checksum of {member.filename} in it is wrong")
