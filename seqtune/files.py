"""Files that are written whole or not at all, and are on disk before anything refers to them.

A file is written under another name, synchronised, and renamed; then its folder is synchronised.
So a power cut leaves the old file or the new one, and what a file refers to was there before it, as
long as it was written before it.
"""

from __future__ import annotations

import errno
import json
import math
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from seqtune.errors import RunError

Value = TypeVar("Value")

TEMPORARY = ".seqtune-"
"""How the name of a file begins that is being written; no user's file is called so."""

MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading values from JSON raises where the file holds something else."""

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What the system says where a disk, or what a user may have of it, is full."""

UNABLE = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM)
"""What systems say that cannot synchronise a folder."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; it takes the name of `path` when all went well.

    The file is on disk when this returns, and has the rights that the user's `umask` leaves.

    Args:
        path: The file to write; its folder is created where it is missing.

    Raises:
        RunError: The folder cannot be written, or the disk is full.
    """
    temporary: Path | None = None
    try:
        make_folder(path.parent)
        temporary = _new_file(path)
        yield temporary
        synchronise(temporary)
        temporary.replace(path)
        synchronise_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside `path`; it takes the name of `path` when all went well.

    Args:
        path: The folder to write; one that is there is replaced.

    Raises:
        RunError: The folder cannot be written, or the disk is full.
    """
    name = f"{TEMPORARY}{path.name[:100]}-{secrets.token_hex(4)}"
    fresh, old = path.with_name(name), path.with_name(f"{name}-old")
    try:
        make_folder(path.parent)
        fresh.mkdir()
        yield fresh
        synchronise_all(fresh)
        _replace_folder(path, fresh, old)
        synchronise_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _replace_folder(path: Path, fresh: Path, old: Path) -> None:
    """Give a folder the name of another one, which is removed afterwards; or leave both."""
    if path.exists():
        path.rename(old)
    try:
        fresh.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise
    if old.is_dir():
        shutil.rmtree(old, ignore_errors=True)
    else:
        old.unlink(missing_ok=True)


def _new_file(path: Path) -> Path:
    """Create an empty file beside another one, with the rights of a file that `open` creates."""
    while True:
        name = f"{TEMPORARY}{path.stem[:100]}-{secrets.token_hex(4)}{path.suffix}"
        with suppress(FileExistsError):
            os.close(os.open(path.with_name(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            return path.with_name(name)


def make_folder(path: Path) -> None:
    """Create a folder with its parents, each on disk in the one above it."""
    if path.is_dir():
        return
    if not path.parent.exists():
        make_folder(path.parent)
    path.mkdir(exist_ok=True)
    synchronise_folder(path.parent)


def synchronise(path: Path) -> None:
    """Return when the content of a file is on disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def synchronise_folder(folder: Path) -> None:
    """Return when the names in a folder are on disk, on systems that can say so."""
    flags = getattr(os, "O_DIRECTORY", None)
    if flags is None:  # Windows opens no folders
        return
    try:
        handle = os.open(folder, os.O_RDONLY | flags)
    except OSError as error:
        if error.errno in UNABLE:
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
    finally:
        os.close(handle)


def synchronise_all(folder: Path) -> None:
    """Return when everything below a folder is on disk.

    Raises:
        RunError: The disk is full, or fails.
    """
    try:
        for place, _, names in os.walk(folder, topdown=False):
            for name in names:
                path = Path(place, name)
                if path.is_file() and not path.is_symlink():
                    synchronise(path)
            synchronise_folder(Path(place))
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(path: Path, error: OSError) -> RunError:
    """Return the error that a file cannot be written, and what mends it."""
    return RunError(f"{path} cannot be written: {error.strerror or error}", hint_of(error))


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a temporary folder, which is removed afterwards.

    Raises:
        RunError: The system's temporary folder cannot be written.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="seqtune-", ignore_cleanup_errors=True)
    except OSError as error:
        raise no_scratch(error) from error
    with folder as name:
        yield Path(name)


def no_scratch(error: OSError) -> RunError:
    """Return the error that the system's temporary folder cannot be written."""
    return RunError(
        f"the temporary folder cannot be written: {error.strerror or error}",
        "free some space there, or name another folder: TMPDIR=FOLDER",
    )


def hint_of(error: OSError) -> str:
    """Return what mends an error of the system."""
    if error.errno in FULL:
        return "free some disk space, or choose another folder"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "allow more open files: ulimit -n 4096"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "choose another folder, or allow writing there: chmod u+w"
    return "look after the disk, or choose another folder"


def is_full(error: BaseException | None) -> bool:
    """Say whether an error, or what caused it, is that a disk is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        error = error.__cause__
    return False


def sweep(folder: Path) -> None:
    """Remove what `whole_file` had begun when the process was killed.

    Args:
        folder: A run folder that nobody else writes to: its lock is held.
    """
    for path in folder.glob(f"**/{TEMPORARY}*"):
        if path.is_file() and not path.is_symlink():
            path.unlink(missing_ok=True)


def write_with(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Write a binary file whole, synchronised to disk before it takes its name.

    Args:
        path: The file.
        write: Writes the content to an open file.
    """
    with whole_file(path) as temporary, temporary.open("wb") as file:
        write(file)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a binary file whole."""

    def write(file: IO[bytes]) -> None:
        file.write(content)

    write_with(path, write)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole, in UTF-8; what has no code there is escaped."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def check_absent(path: str | Path, force: bool = False) -> None:
    """Refuse a file that exists, before any work is done.

    Args:
        path: The file.
        force: Whether it may be replaced.

    Raises:
        RunError: It exists and may not be replaced, or is a folder.
    """
    if Path(path).is_dir():
        raise RunError(f"{path} is a folder, expected a file", "name a file in it")
    if Path(path).exists() and not force:
        raise RunError(f"{path} already exists", "use --force to replace it")


def write_json(path: Path, value: Any, indent: int | None = 1) -> None:
    """Write a JSON file whole; NaN and infinity are refused."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def write_lines(path: Path, values: Iterable[Any]) -> None:
    """Write a file of one JSON value per line, whole."""
    lines = [json.dumps(value, ensure_ascii=False, allow_nan=False) for value in values]
    write_text(path, "".join(f"{line}\n" for line in lines))


def append_text(path: Path, text: str) -> None:
    """Append text, on disk when this returns.

    Raises:
        RunError: The file cannot be written, or the disk is full.
    """
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(path, error) from error


def damaged(path: Path, reason: object) -> RunError:
    """Return the error that a file of a run folder does not hold what it should."""
    return RunError(f"{path} is damaged: {reason}", "fit again, or restore the folder")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        RunError: The file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(
            f"{path} is missing: the run folder is damaged", "fit again, or restore the folder"
        ) from error
    except (OSError, ValueError) as error:
        raise RunError(
            f"{path} cannot be read: {error}", "fit again, or restore the folder"
        ) from error


def read_value(path: Path, make: Callable[[Any], Value]) -> Value:
    """Read a JSON file and make of it what it stands for.

    Args:
        path: The file.
        make: From what the file holds; whatever it raises of `MALFORMED` says what is wrong.

    Raises:
        RunError: The file is missing, is not JSON, or holds something else.
    """
    try:
        return make(read_json(path))
    except MALFORMED as error:
        raise damaged(path, error if isinstance(error, ValueError) else repr(error)) from error


def read_lines(path: Path) -> list[Any]:
    """Read a file of one JSON value per line; a line cut off by a crash is left out."""
    if not path.exists():
        return []
    values = []
    for line in path.read_text(encoding="utf-8").split("\n"):  # other ends may be in a text
        if not line.strip():
            continue
        try:
            values.append(json.loads(line))
        except ValueError:
            continue
    return values


def finite(figure: float) -> float | None:
    """Return the figure as JSON can hold it: None where it is NaN or infinite."""
    return float(figure) if math.isfinite(figure) else None


def number(figure: float | None) -> float:
    """Return the figure that JSON held: NaN for null."""
    return math.nan if figure is None else float(figure)


def figures_to_json(figures: Mapping[str, float]) -> dict[str, float | None]:
    """Return named figures as JSON can hold them."""
    return {name: finite(figure) for name, figure in figures.items()}


def figures_from_json(figures: Mapping[str, float | None]) -> dict[str, float]:
    """Return the named figures that JSON held."""
    return {str(name): number(figure) for name, figure in figures.items()}
