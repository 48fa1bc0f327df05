"""A panel on disk: flat .npy files that workers map into memory, and one JSON file of names.

    panel.json    format number, grid, names, notes, shape and type of each array
    target.npy    one file per array of `Panel`

Nothing is pickled. A folder is written under another name and put in place whole.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array
from seqtune.data.panel.grid import Grid
from seqtune.data.panel.panel import Panel
from seqtune.errors import DataError, RunError

FORMAT = 1
"""Number of the format; raised when an older seqtune could not read a newer panel."""

ARRAYS: Mapping[str, str] = {
    "offsets": "int64",
    "starts": "int64",
    "target": "float64",
    "observed": "bool",
    "past": "float64",
    "future": "float64",
    "static": "float64",
    "ahead": "float64",
}
NAMES = ("series", "target_names", "past_names", "future_names", "static_names", "notes")

SNAPS = ("exact", "nearest", "floor", "rows")

MAX_AXIS = 10_000_000_000
"""Steps between the first and the last row at most: 300 years of seconds."""

MAX_STEP_SECONDS = 100 * 366 * 86_400

HINT = "prepare it again: seqtune fit DATA"


def save_panel(panel: Panel, folder: Path) -> None:
    """Write a panel; the folder is replaced whole, or left as it was.

    Args:
        panel: The panel.
        folder: Where; its parent is made if need be.

    Raises:
        RunError: The folder cannot be written.
    """
    folder = Path(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _write(panel, fresh / "new")
            if folder.exists():
                folder.rename(fresh / "old")
            (fresh / "new").rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise RunError(
            f"{folder}: the panel cannot be written: {error.strerror or error}",
            hint="free some disk space, or choose another folder: --out DIR",
        ) from error


def load_panel(folder: Path, mmap: bool = True) -> Panel:
    """Read what `save_panel` wrote.

    Args:
        folder: The folder.
        mmap: Map the arrays into memory, read-only, instead of reading them.

    Raises:
        RunError: The folder is missing, damaged or of a newer format.
    """
    folder = Path(folder)
    values = _read_json(folder / "panel.json")
    number = values.get("format")
    if not isinstance(number, int) or number > FORMAT:
        raise RunError(
            f"{folder}: panel format {number}; this seqtune reads up to {FORMAT}",
            hint="pip install --upgrade seqtune",
        )
    try:
        fields: dict[str, Any] = {name: _texts(values[name]) for name in NAMES}
        for name in ARRAYS:
            fields[name] = _load(folder, name, values["arrays"][name], mmap)
        panel = Panel(
            grid=Grid.from_dict(values["grid"]),
            categories={k: _texts(v) for k, v in values["categories"].items()},
            **fields,
        )
    except (KeyError, TypeError, AttributeError, ValueError, OSError, EOFError) as error:
        raise RunError(f"{folder}: the panel is damaged: {error}", hint=HINT) from error
    _check(panel, folder)
    _check_axis(panel, folder)
    return panel


def _write(panel: Panel, folder: Path) -> None:
    folder.mkdir()
    shapes = {}
    for name, kind in ARRAYS.items():
        array = np.ascontiguousarray(getattr(panel, name), dtype=kind)
        shapes[name] = list(array.shape)
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    categories = {name: list(labels) for name, labels in panel.categories.items()}
    values = {
        "format": FORMAT,
        "grid": panel.grid.to_dict(),
        **{name: list(getattr(panel, name)) for name in NAMES},
        "categories": categories,
        "arrays": shapes,
    }
    (folder / "panel.json").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(f"{path} is missing", hint=HINT) from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"{path} is damaged: {error}", hint=HINT) from error
    if not isinstance(values, dict):
        raise RunError(f"{path} is damaged: expected an object", hint=HINT)
    return values


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("expected a list of texts")
    return tuple(values)


def _load(folder: Path, name: str, shape: Any, mmap: bool) -> npt.NDArray[Any]:
    if not isinstance(shape, list) or not all(type(length) is int for length in shape):
        raise ValueError(f"{name} has no shape")
    return read_array(folder / f"{name}.npy", ARRAYS[name], shape, mmap=mmap)


def _check(panel: Panel, folder: Path) -> None:
    """Refuse arrays that do not belong together."""
    series, offsets = len(panel.series), panel.offsets
    rows = int(offsets[-1]) if offsets.ndim == 1 and len(offsets) else -1
    ahead = panel.ahead.shape[1] if panel.ahead.ndim == 3 else -1
    expected = {
        "offsets": (series + 1,),
        "starts": (series,),
        "target": (rows, len(panel.target_names)),
        "observed": (rows, len(panel.target_names)),
        "past": (rows, len(panel.past_names)),
        "future": (rows, len(panel.future_names)),
        "static": (series, len(panel.static_names)),
        "ahead": (series, ahead, len(panel.future_names)),
    }
    for name, shape in expected.items():
        found = getattr(panel, name).shape
        if found != shape:
            raise RunError(
                f"{folder}: the panel is damaged: {name} has shape {found}, expected {shape}", HINT
            )
    if int(offsets[0]) != 0 or bool((np.diff(offsets) < 0).any()):
        raise RunError(f"{folder}: the panel is damaged: offsets do not rise from 0", HINT)
    if len(set(panel.series)) != series:
        raise RunError(f"{folder}: the panel is damaged: two series have the same name", HINT)


def _check_axis(panel: Panel, folder: Path) -> None:
    """Refuse a time axis that is none, or on which the rows lie absurdly far apart."""
    grid, fault = panel.grid, ""
    first = min((int(step) for step in panel.starts), default=0)
    last = max((int(step) for step in panel.starts + panel.lengths), default=0)
    try:
        _check_grid(grid)
        times = grid.times(np.array([first, last]))
        if times[0] > times[1] or bool((times != times).any()):
            fault = "time does not rise"
        if grid.is_calendar and last - first > MAX_AXIS:
            fault = f"its rows lie {last - first:,} steps apart"
    except (ArithmeticError, TypeError, ValueError, DataError) as error:
        fault = str(error)
    if fault or max(-first, last) > 2**61:
        raise RunError(f"{folder}: the panel is damaged: {fault or 'its steps'}", HINT)


def _check_grid(grid: Grid) -> None:
    texts = isinstance(grid.frequency, str) and grid.snap in SNAPS
    if not texts or type(grid.interval) is not int or not 0 < grid.interval < 2**31:
        raise ValueError("its time grid is missing or unreadable")
    if type(grid.origin) is not (str if grid.is_calendar else int):
        raise ValueError("its grid has no origin")
    if grid.seconds is not None and not 0 < grid.seconds < MAX_STEP_SECONDS:
        raise ValueError("its steps have no length")
