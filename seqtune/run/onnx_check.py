"""Whether an ONNX file is a plain network: nothing in it but arrays and standard operators.

ONNX Runtime opens what a file names: weights in other files (`external_data`), operators that a
library must bring, functions that stand for others. None of that is in what seqtune writes, so it
is refused before the runtime sees the file. The fields that are not known here are refused too: a
reader that is not sure what a file says must not let it pass.

Source:
    onnx/onnx.proto of ONNX 1.17: the numbers of the fields.
    CVE-2022-25882, CVE-2024-5187, CVE-2024-27318: other files read through `external_data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seqtune.errors import RunError
from seqtune.run.wire_format import Field, fields
from seqtune.search.recorded import printable

DEEPEST = 8
"""How deep graphs may stand in the nodes of others: a loop in a loop in a branch is three."""

MAX_NODES = 100_000

DOMAINS = ("", "ai.onnx")
"""Whose operators a network may use: those of the standard."""

INLINE = 0
"""The place of an array's values that is the file itself."""

KNOWN: Mapping[str, Mapping[int, str]] = {
    "model": {
        **dict.fromkeys((1, 2, 3, 4, 5, 6, 14), ""),  # versions, producer, texts
        7: "graph",
        8: "operator set",
    },
    "operator set": {1: "domain", 2: ""},
    "graph": {
        **dict.fromkeys((2, 10, 11, 12, 13, 14, 16), ""),  # names, texts, inputs and outputs
        1: "node",
        5: "array",
        15: "sparse array",
    },
    "node": {**dict.fromkeys((1, 2, 3, 4, 6, 9), ""), 5: "attribute", 7: "domain"},
    "attribute": {
        **dict.fromkeys((1, 2, 3, 4, 7, 8, 9, 13, 14, 15, 20), ""),  # names, figures, texts, types
        5: "array",
        6: "graph",
        10: "array",
        11: "graph",
        22: "sparse array",
        23: "sparse array",
    },
    "array": {
        **dict.fromkeys((1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16), ""),  # shape, type, values
        14: "place",
    },
    "sparse array": {1: "array", 2: "array", 3: ""},
}
"""By message and number of a field, what is in it; what is only copied has no word."""

REFUSED = {
    ("model", 20): "instructions to train it",
    ("model", 25): "functions of its own",
    ("array", 13): "an array whose values are in another file",
}
"""What a field that is not known would mean, in words."""


def check_onnx(content: bytes, path: Path) -> None:
    """Refuse an ONNX file that refers to anything outside itself and the standard.

    Args:
        content: The file.
        path: Where it is from, for the message.

    Raises:
        RunError: It does, or it is no ONNX file.
    """
    try:
        _Check().message("model", memoryview(content))
    except ValueError as error:
        raise RunError(
            f"the network {path} is refused: {printable(error, 200)}",
            "do not use this file; export the run again",
        ) from error


class _Check:
    """One walk through a file; counts its nodes."""

    def __init__(self) -> None:
        self.nodes = self.graphs = 0

    def message(self, kind: str, content: memoryview, depth: int = 0) -> None:
        """Check a message and those in it; raise ValueError at what is refused."""
        depth += kind == "graph"
        self.nodes += kind == "node"
        self.graphs += kind == "graph"
        if depth > DEEPEST or self.nodes > MAX_NODES:
            raise ValueError("it has more graphs or nodes than a network of seqtune's")
        for field in fields(content):
            inner = KNOWN[kind].get(field.number)
            if inner is None:
                unknown = f"a field that no {kind} has: {field.number}"
                raise ValueError(f"found {REFUSED.get((kind, field.number), unknown)}")
            if inner in KNOWN:
                self.message(inner, field.content, depth)
            elif inner:
                _check_value(inner, field)
        if kind == "model" and self.graphs == 0:
            raise ValueError("it is no ONNX file: it has no graph")


def _check_value(kind: str, field: Field) -> None:
    if kind == "domain" and field.text not in DOMAINS:
        raise ValueError(
            f"found operators of {field.text!r}, expected those of the ONNX standard alone"
        )
    if kind == "place" and field.value != INLINE:
        raise ValueError("found an array whose values are in another file")
