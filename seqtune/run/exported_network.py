"""A network of a bundle: what its `.json` says of its programs, checked before one is run.

{"programs": {"predict": {"file": "models/t001-predict.onnx", "inputs": …, "outputs": …,
                          "axes": {"rows": 1}, "options": {}}},
 "facts": {}}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seqtune.files import damaged
from seqtune.run.onnx_check import check_onnx
from seqtune.run.untrusted import outside, read_part
from seqtune.runtime.onnx_network import OnnxFile, OnnxNetwork
from seqtune.runtime.trees import read_description
from seqtune.search.recorded import shown

FILE = re.compile(r"models/[A-Za-z0-9][A-Za-z0-9_-]*\.onnx")
"""A program's file, relative to the folder: nothing else is opened as one."""

NAME = re.compile(r"[a-z_]{1,60}")
MOST_PROGRAMS, MOST_OPTIONS, MOST = 100, 10, 2**31


def load_exported(
    folder: Path, file: str, searched: Callable[[], OnnxNetwork] | None = None
) -> OnnxNetwork:
    """Open a network of a bundle.

    Args:
        folder: Where the bundle is unpacked.
        file: The network's `.json`, relative to it.
        searched: Opens the network as it was before it learnt from all rows; None where it has not.

    Raises:
        RunError: A file is missing or damaged.
    """
    path = folder / file
    values = read_part(path)
    if not isinstance(values, dict) or set(values) != {"programs", "facts"}:
        raise damaged(path, f"found {shown(values)}, expected programs and facts")
    programs, facts = values["programs"], values["facts"]
    if not isinstance(programs, dict) or not isinstance(facts, dict):
        raise damaged(path, f"found {shown(values)}, expected programs and facts")
    if len(programs) > MOST_PROGRAMS:
        raise damaged(path, f"found {len(programs)} programs, expected at most {MOST_PROGRAMS}")
    try:
        files = {name: _program(folder, each, path) for name, each in programs.items()}
    except ValueError as error:
        raise damaged(path, str(error)) from error
    return OnnxNetwork(files, facts, searched)


def _program(folder: Path, value: Any, path: Path) -> OnnxFile:
    """Return what is known of a program.

    Raises:
        ValueError: It is not as seqtune writes it.
        RunError: It names another file, or the file is not safe to open.
    """
    keys = {"file", "inputs", "outputs", "axes", "options"}
    if not isinstance(value, dict) or set(value) != keys:
        raise ValueError(f"found {shown(value)}, expected {', '.join(sorted(keys))}")
    file = value["file"]
    if not isinstance(file, str) or not FILE.fullmatch(file):
        raise outside(path, file)
    if not (folder / file).is_file():
        raise ValueError(f"{file} is missing")
    # a run folder of a stranger may name such a file too, which no bundle has checked
    check_onnx((folder / file).read_bytes(), folder / file)
    _numbers(value["options"], least=0)  # the program's name in the bundle has them already
    return OnnxFile(
        folder / file,
        read_description(value["inputs"]),
        read_description(value["outputs"]),
        _numbers(value["axes"], least=1),
    )


def _numbers(value: Any, least: int) -> Mapping[str, int]:
    if not isinstance(value, dict) or len(value) > MOST_OPTIONS:
        raise ValueError(f"found {shown(value)}, expected numbers by name")
    for name, number in value.items():
        if not NAME.fullmatch(name) or type(number) is not int or not least <= number < MOST:
            raise ValueError(f"found {shown(name)}: {shown(number)}, expected a number by its name")
    return value
