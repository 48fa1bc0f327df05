"""Networks on disk: saved whole, and loaded so that a stranger's file can do no harm.

A `.keras` file says which classes to build, and Keras builds what it says: safe mode refuses the
worst of it and was passed by more than once. Nothing in a file decides that here. The network is
built by seqtune's own code from the configuration, and of the file only the weights are read: plain
arrays, each of a shape that the network has.

    config.json        not read
    model.weights.h5   arrays below layers/, stored as they are; no links, nothing outside the file

Sources:
    CVE-2025-1550, -8747, -9906 (code from config.json in safe mode), CVE-2026-1669 and -12480
    (other files read through external and virtual datasets), CVE-2026-0897 (a shape of petabytes
    in a file of bytes).
"""

from __future__ import annotations

import io
import math
import threading
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import numpy.typing as npt

from seqtune.errors import RunError
from seqtune.files import no_scratch, scratch_folder, whole_file
from seqtune.search.recorded import check_values
from seqtune.tasks._contract import Task
from seqtune.tasks._values import Values

WEIGHTS = "model.weights.h5"
LAYERS = "layers"
"""The group of the weights; the state of the optimiser, beside it, is not read."""

MAX_OBJECTS = 100_000
DEEPEST = 20
MAX_BYTES = 2**31

ROOM_PER_WEIGHT = 4
"""A file holds each weight up to three times (AdamW keeps two figures for each), and a little."""

ROOM = 2**20
ROOM_PER_ARRAY = 2**14
"""Bytes that HDF5 may take for its own, in all and for each array."""

FAULTS = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, NotImplementedError),
    *(OSError, RecursionError, RuntimeError, TypeError, ValueError, zipfile.BadZipFile),
)
"""What zipfile, h5py and Keras raise on a file that is not what it should be."""

Array = npt.NDArray[Any]
Shapes = Counter[tuple[tuple[int, ...], str]]
"""How many arrays there are of each shape and type."""


def save_network(model: Any, path: Path) -> None:
    """Save a network whole or not at all, as a file that `keras.saving.load_model` opens too.

    Args:
        model: The network.
        path: A file that ends in `.keras`.
    """
    optimizer = getattr(model, "optimizer", None)
    try:
        if optimizer is not None:  # two figures for each weight that nobody reads
            model.optimizer = None
        with whole_file(path) as temporary:
            model.save(temporary)
    finally:
        if optimizer is not None:
            model.optimizer = optimizer


def load_network(task: Task, prepared: Any, values: Values, path: Path) -> Any:
    """Build the network of a configuration and read its weights from a file of a run folder.

    Nothing that the file says is executed, no other file is read, and no more memory is taken than
    the file has bytes.

    Args:
        task: What was learnt.
        prepared: The data that it was fitted on.
        values: The configuration, as the run folder has it.
        path: The network's file.

    Returns:
        The network, not compiled.

    Raises:
        RunError: The file or the configuration is damaged, or they do not belong together.
    """
    checked = check_values(task.name, values, path)
    if not path.is_file():
        raise _refusal(path, "it is missing")
    try:
        expected = plan_network(task, prepared, checked)
        weights = read_weights(path, expected)
        model = task.build(prepared, checked)
        _put(model, weights)
    except FAULTS as error:
        raise _refusal(path, next(iter(str(error).strip().splitlines()), "")) from error
    return model


def plan_network(task: Task, prepared: Any, values: Values) -> Shapes:
    """Return what weights a configuration has, without taking memory for any of them.

    Keras leaves out the values of variables that are made in a stateless scope, to give them when
    the scope is left. It remembers them per thread; so they are made in a thread that ends.

    Args:
        task: What is learnt.
        prepared: The data.
        values: The configuration.
    """
    shapes: Shapes = Counter()
    failed: list[BaseException] = []

    def build() -> None:
        try:
            with keras.StatelessScope(initialize_variables=False):
                model = task.build(prepared, values)
                shapes.update((tuple(each.shape), str(each.dtype)) for each in model.weights)
        except Exception as error:  # raised again below, in the thread that asked
            failed.append(error)

    thread = threading.Thread(target=build, name="network-plan")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return shapes


def read_weights(path: Path, expected: Shapes) -> dict[str, Array]:
    """Read the weights in a `.keras` file: arrays by their place in it.

    Args:
        path: The file.
        expected: What arrays it has to hold.

    Raises:
        ValueError: It holds others, or anything that is not a plain array of finite numbers.
    """
    stored = _stored_bytes(path, expected)
    with h5py.File(io.BytesIO(stored), "r") as file:
        found = dict(_arrays(file, LAYERS, len(stored)))
        shapes = Counter((array.shape, array.dtype.name) for array in found.values())
        if shapes != expected:
            raise ValueError("its weights do not match the configuration")
        weights = {name: array[()] for name, array in found.items()}
    for name, values in weights.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise ValueError(f"the weights {name!r} are not all finite")
    return weights


def _stored_bytes(path: Path, expected: Shapes) -> bytes:
    """Return the member with the weights; it has to be stored as it is, not compressed."""
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename == WEIGHTS]
        if len(members) != 1:
            raise ValueError(f"expected one {WEIGHTS} in it, found {len(members)}")
        size = members[0].file_size
        if members[0].compress_type != zipfile.ZIP_STORED or size != members[0].compress_size:
            raise ValueError(f"{WEIGHTS} in it is compressed, expected it as Keras stores it")
        bytes_expected = sum(
            count * math.prod(shape) * np.dtype(kind).itemsize
            for (shape, kind), count in expected.items()
        )
        room = ROOM_PER_WEIGHT * bytes_expected + ROOM_PER_ARRAY * expected.total() + ROOM
        if size > min(room, MAX_BYTES, path.stat().st_size):
            raise ValueError(f"{WEIGHTS} in it has {size:,} bytes, more than the network needs")
        return archive.read(members[0])


def _arrays(file: Any, top: str, size: int) -> Iterator[tuple[str, Any]]:
    """Yield the datasets below a group, none of their values read yet.

    Args:
        file: The open HDF5 file.
        top: Name of the group.
        size: Bytes of the file, which all datasets together cannot have more of.
    """
    waiting = [(top, file, top, 1)]
    objects = total = 0
    while waiting:
        name, parent, key, depth = waiting.pop()
        objects += 1
        if objects > MAX_OBJECTS or depth > DEEPEST:
            raise ValueError("it has more groups than a network has layers")
        if not isinstance(parent.get(key, getlink=True), h5py.HardLink):
            raise ValueError(f"{name!r} in it is a link, expected weights")
        entry = parent[key]
        if isinstance(entry, h5py.Group):
            waiting += [(f"{name}/{child}", entry, child, depth + 1) for child in entry]
            continue
        total += _bytes_of(entry, name, size)
        if total > size:
            raise ValueError("its weights claim more bytes than the file has")
        yield name, entry


def _bytes_of(entry: Any, name: str, size: int) -> int:
    """Return the bytes of a dataset, which has to be plain numbers that lie inside the file."""
    if not isinstance(entry, h5py.Dataset) or entry.dtype.kind not in "fiu":
        raise ValueError(f"{name!r} in it is not an array of numbers")
    layout = entry.id.get_create_plist().get_layout()
    if layout != h5py.h5d.CONTIGUOUS or entry.external or entry.is_virtual:
        raise ValueError(f"{name!r} in it is stored elsewhere or compressed")
    begin, count = entry.id.get_offset(), int(math.prod(entry.shape) * entry.dtype.itemsize)
    if begin is None or begin + count > size or entry.id.get_storage_size() != count:
        raise ValueError(f"{name!r} in it has fewer numbers than it says")
    return count


def _put(model: Any, weights: dict[str, Array]) -> None:
    """Give a network its weights, through a file that nobody else has written."""
    with scratch_folder() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of layers that Keras finds nothing for; see below
        clean = folder / "clean.weights.h5"
        stored = io.BytesIO()
        with h5py.File(stored, "w") as file:
            for name, values in weights.items():
                file.create_dataset(name, data=values)
        try:
            clean.write_bytes(stored.getvalue())
        except OSError as error:
            raise no_scratch(error) from error
        model.load_weights(clean)
    given = Counter(values.tobytes() for values in weights.values())
    if given != Counter(np.asarray(values).tobytes() for values in model.get_weights()):
        raise ValueError("its weights belong to other layers")


def _refusal(path: Path, reason: str) -> RunError:
    return RunError(
        f"the network {path} is damaged: {reason}".rstrip(": "), "fit again, or restore the folder"
    )
