"""Files that are written whole or not at all; JSON that is read with an error one can act on."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from seqtune.errors import RunError

Value = TypeVar("Value")

TEMPORARY = ".seqtune-"
"""How the name of a file begins that is being written; no user's file is called so."""

MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading values from JSON raises where the file holds something else."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; it takes the name of `path` when all went well.

    Args:
        path: The file to write; its folder is created where it is missing.

    Raises:
        RunError: The folder cannot be written, or the disk is full.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f"{TEMPORARY}{path.stem}-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise RunError(
            f"{path} cannot be written: {error.strerror or error}",
            "free some disk space, or choose another folder",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what `whole_file` had begun when the process was killed.

    Args:
        folder: A run folder that nobody else writes to.
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
        file.flush()
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write a text file whole, in UTF-8; what has no code there is escaped."""

    def write(file: IO[bytes]) -> None:
        file.write(text.encode("utf-8", "backslashreplace"))

    write_with(path, write)


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
        raise RunError(
            f"{path} cannot be written: {error.strerror or error}",
            "free some disk space, or choose another folder",
        ) from error


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
    for line in path.read_text(encoding="utf-8").splitlines():
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
