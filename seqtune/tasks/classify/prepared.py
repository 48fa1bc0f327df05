"""Cases ready for training a classifier: their inputs, targets and parts, and the codec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array, write_array
from seqtune.data.ragged import Ragged
from seqtune.files import damaged, read_value, write_json
from seqtune.tasks._values import Fold, Part, Until
from seqtune.tasks.classify.codec import Codec
from seqtune.tasks.classify.encoded import EncodedCases
from seqtune.tasks.classify.split import FOLD, TEST, TRAIN, VALIDATION

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

NUMBER = {"train": TRAIN, "validation": VALIDATION, "test": TEST}


@dataclass(frozen=True)
class Prepared:
    """The cases of one run.

    Args:
        codec: What was fitted on the training cases.
        inputs: The cases: by kind of token, or "series".
        targets: (cases, classes) float32, 0 or 1.
        parts: (cases,) int8, 0 for training, 1 for validation, 2 for test; where cases are few,
            `FOLD` and its number for a fold, which trains and validates by turns.
        lines: (cases,) int64, the row of the table at which each case begins.
        texts: The texts as UTF-8 bytes, for the simple methods and for showing mistakes; None for
            series.
        vectors: (tokens, dimensions) float32 vectors to begin with, by kind of token; those of a
            kind that is missing are random.
        held: The fold that is the validation part; None for all of them, or where there are none.
    """

    codec: Codec
    inputs: dict[str, Ragged]
    targets: npt.NDArray[np.float32]
    parts: npt.NDArray[np.int8]
    lines: Rows
    texts: Ragged | None = None
    vectors: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    held: int | None = None

    @property
    def metric(self) -> str:
        """The metric that selects."""
        return self.codec.metric

    @cached_property
    def rows(self) -> dict[str, Rows]:
        """The cases of each part, in their order.

        Over folds, training and validation part are the same cases as long as none is held out.
        """
        rows = {name: np.flatnonzero(self.parts == part) for name, part in NUMBER.items()}
        if self.has_folds:
            is_seen = self.parts >= FOLD
            is_held = is_seen if self.held is None else self.parts == FOLD + self.held
            rows["validation"] = np.flatnonzero(is_held)
            is_learnt = is_seen if self.held is None else is_seen & ~is_held
            rows["train"] = np.flatnonzero(is_learnt)
        return rows

    @property
    def has_folds(self) -> bool:
        """Whether trials are compared over folds."""
        return bool((self.parts >= FOLD).any())

    @property
    def folds(self) -> list[Fold]:
        """The folds that a trial is compared on; none where cases are many."""
        if not self.has_folds or self.held is not None:
            return []
        whole = self.rows["validation"]
        views = (replace(self, held=number) for number in range(self.parts.max() - FOLD + 1))
        return [Fold(view, np.searchsorted(whole, view.rows["validation"])) for view in views]

    def until(self, part: Until) -> Rows:
        """Return the cases of all parts up to one."""
        if part == "train":
            return self.rows["train"]
        every = np.arange(len(self.parts))
        return every if part == "test" else every[self.parts != TEST]

    def truth(self, part: Part) -> Floats:
        """Return the targets of a part, (cases, classes)."""
        return self.targets[self.rows[part]].astype(np.float64)

    def encoded(self, part: Part) -> EncodedCases:
        """Return the cases of a held-out part with their labels."""
        rows = self.rows[part]
        return EncodedCases(
            self.inputs.__getitem__, rows, lambda: self.cases(rows), lambda: self.truth(part)
        )

    def cases(self, rows: Rows) -> Sequence[Any]:
        """Return cases as the simple methods take them: texts, or (steps, channels) float64."""
        if self.texts is not None:
            return self.texts.texts(rows)
        center = np.array(self.codec.center)
        return [
            np.where(np.isfinite(case), case, center).astype(np.float64)
            for case in self.inputs["series"].select(rows)
        ]

    def save(self, folder: Path) -> None:
        """Write the arrays to `folder/data` and the codec beside it, as flat arrays and JSON."""
        data = folder / "data"
        data.mkdir(exist_ok=True)
        for name, cases in self.inputs.items():
            cases.save(data, name)
        if self.texts is not None:
            self.texts.save(data, "texts")
        arrays: dict[str, npt.NDArray[Any]] = {
            "targets": self.targets,
            "parts": self.parts,
            "lines": self.lines,
        }
        arrays |= {_vectors_name(kind): each for kind, each in self.vectors.items()}
        for name, array in arrays.items():
            write_array(data / f"{name}.npy", array)
        write_json(folder / "codec.json", self.codec.to_dict())

    @classmethod
    def load(cls, folder: Path) -> Prepared:
        """Open what `save` wrote; the arrays stay on disk and are read as they are needed.

        Raises:
            RunError: A file is missing or damaged, or they do not belong together.
        """
        codec, data = read_value(folder / "codec.json", Codec.from_dict), folder / "data"
        is_text = codec.kind == "text"
        names = list(codec.tokenizers) if is_text else ["series"]
        channels = None if is_text else codec.channels
        inputs = {
            name: Ragged.load(data, name, "int32" if is_text else "float64", channels)
            for name in names
        }
        texts = Ragged.load(data, "texts", "uint8") if is_text else None
        cases, classes = len(inputs[names[0]]), len(codec.labels.names)
        try:
            targets = read_array(data / "targets.npy", "float32", (cases, classes))
            parts = read_array(data / "parts.npy", "int8", (cases,))
            lines = read_array(data / "lines.npy", "int64", (cases,))
            vectors = _read_vectors(data, codec)
            _check(codec, inputs, targets, parts, lines, texts)
        except (OSError, ValueError) as error:
            raise damaged(data, error) from error
        return cls(codec, inputs, targets, parts, lines, texts, vectors)

    def describe(self) -> dict[str, Any]:
        """Return what the data turned out to be, in a few figures."""
        codec = self.codec
        lengths = next(iter(self.inputs.values())).lengths
        steps = {name: int(lengths[rows].sum()) for name, rows in self.rows.items()}
        counts = self.targets.sum(axis=0).astype(int).tolist()
        classes = sorted(zip(codec.labels.names, counts, strict=True), key=lambda pair: -pair[1])
        shown = ", ".join(f"{name} {count:,}" for name, count in classes[:8])
        more = f" and {len(classes) - 8} more" if len(classes) > 8 else ""
        return {
            "unit": "case",
            "rows": len(self.parts),
            "kind": codec.kind,
            "classes": len(classes),
            "facts": {
                "cases": f"{len(self.parts):,} {'texts' if codec.kind == 'text' else 'series'}",
                "classes": f"{len(classes)}: {shown}{more}",
                "length": self._lengths(),
                "metric": codec.metric.replace("_", " "),
            },
            "training_rows": steps["train"],
            "validation_rows": steps["validation"],
            "test_rows": steps["test"],
            "training_cases": len(self.rows["train"]),
            "validation_cases": len(self.rows["validation"]),
            "test_cases": len(self.rows["test"]),
            "roles": {role: tuple(columns) for role, columns in codec.roles.to_dict().items()
                      if len(columns) <= 12},
        }  # fmt: skip

    def _lengths(self) -> str:
        parts = []
        for name, cases in self.inputs.items():
            lengths = cases.lengths
            unit = "steps" if name == "series" else f"{name} tokens"
            parts.append(f"{lengths.min()} to {lengths.max()} {unit}")
        return ", ".join(parts)


def _vectors_name(kind: str) -> str:
    return f"{kind}_vectors"


def _read_vectors(data: Path, codec: Codec) -> dict[str, npt.NDArray[np.float32]]:
    found = {}
    for kind, shape in codec.vector_shapes.items():
        vectors = read_array(data / f"{_vectors_name(kind)}.npy", "float32", shape, mmap=True)
        if not np.isfinite(vectors).all():
            raise ValueError(f"the {kind} vectors are not all numbers")
        found[kind] = vectors
    return found


def _check(
    codec: Codec,
    inputs: dict[str, Ragged],
    targets: Any,
    parts: Any,
    lines: Any,
    texts: Ragged | None,
) -> None:
    """Refuse arrays that do not belong together.

    Raises:
        ValueError: They do not.
    """
    cases = len(targets)
    for name, each in inputs.items():
        if len(each) != cases or (cases and int(each.lengths.min()) < 1):
            raise ValueError(f"the cases of {name} are not those of the targets")
        if int(each.lengths.max(initial=0)) > codec.longest[name]:
            raise ValueError(f"a case of {name} is longer than the codec says")
        if name in codec.tokenizers and len(each.values):
            low, high = int(each.values.min()), int(each.values.max())
            if low < 0 or high >= codec.tokenizers[name].size:
                raise ValueError(f"a token of {name} is not in the vocabulary")
    if texts is not None and len(texts) != cases:
        raise ValueError("the texts are not those of the targets")
    _check_parts(parts)
    if cases and int(lines.min()) < 0:
        raise ValueError("a case has no row in the data")
    if not np.isin(targets, (0.0, 1.0)).all():
        raise ValueError("a target is neither 0 nor 1")
    if not codec.labels.is_multi and not (targets.sum(axis=1) == 1).all():
        raise ValueError("a case has not exactly one label")


def _check_parts(parts: npt.NDArray[np.int8]) -> None:
    """Refuse parts that no split makes: training, validation and test, or folds and test."""
    found = set(np.unique(parts).tolist())
    folds = found - {TEST}
    if min(folds, default=0) >= FOLD:
        if len(folds) < 2 or folds != set(range(FOLD, FOLD + len(folds))):
            raise ValueError("a fold is empty")
        found -= folds
        found |= {TRAIN, VALIDATION}
    if found - {TRAIN, VALIDATION, TEST}:
        raise ValueError("a case is in no part")
    for part, name in ((TRAIN, "training"), (VALIDATION, "validation"), (TEST, "test")):
        if part not in found:
            raise ValueError(f"the {name} part is empty")
