"""Pairs ready for training a translator: sources, answers, parts, and the codec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.array_file import read_array, write_array
from seqtune.data.ragged import Ragged
from seqtune.files import damaged, read_value, write_json
from seqtune.tasks._values import Fold, Part, Until
from seqtune.tasks.translate.codec import SERIES, Codec
from seqtune.tasks.translate.decoding_settings import GREEDY
from seqtune.tasks.translate.encoded import EncodedPairs, Inputs
from seqtune.tasks.translate.split import NUMBER, TRAIN, VALIDATION

Rows = npt.NDArray[np.int64]

MOST_ANSWERED = {"validation": 1_000, "test": 2_000}
"""Cases of a held-out part that are answered at most: validation after every epoch, test once."""


@dataclass(frozen=True)
class Prepared:
    """The pairs of one run: a case is a different source, a pair one of its answers.

    Args:
        codec: What was fitted on the training pairs.
        inputs: The source of each case: by kind of token, or "series".
        targets: The answer of each pair, without its end: by kind of token.
        case: (pairs,) int64, the case of each pair.
        parts: (cases,) int8, 0 for training, 1 for validation, 2 for test.
        lines: (pairs,) int64, the row of the table at which each pair begins.
        sources: The source of each case as UTF-8 bytes; empty for series.
        answers: The answer of each pair as UTF-8 bytes.
    """

    codec: Codec
    inputs: dict[str, Ragged]
    targets: dict[str, Ragged]
    case: Rows
    parts: npt.NDArray[np.int8]
    lines: Rows
    sources: Ragged
    answers: Ragged

    @property
    def metric(self) -> str:
        """The metric that selects."""
        return self.codec.metric

    @property
    def folds(self) -> Sequence[Fold]:
        """None: one part is held out to compare trials on."""
        return ()

    @cached_property
    def rows(self) -> dict[str, Rows]:
        """The cases of each part, in their order."""
        return {name: np.flatnonzero(self.parts == part) for name, part in NUMBER.items()}

    def until(self, part: Until) -> Rows:
        """Return the cases of all parts up to one."""
        return np.flatnonzero(self._is_until(part))

    def pairs(self, until: Until) -> Rows:
        """Return the pairs of all parts up to one: those that may be learnt from."""
        return np.flatnonzero(self._is_until(until)[self.case])

    def _is_until(self, part: Until) -> npt.NDArray[np.bool_]:
        parts = {"train": [TRAIN], "validation": [TRAIN, VALIDATION]}.get(part, [*NUMBER.values()])
        return np.isin(self.parts, parts)

    def encoded(self, part: Part) -> EncodedPairs:
        """Return cases of a held-out part with their references, `MOST_ANSWERED` at most.

        Of the validation part the answers are greedy, of the test part as `predict` gives them.
        """
        if part not in self._encoded:
            decoding = self.codec.decoding if part == "test" else GREEDY
            self._encoded[part] = replace(self._encode(self.answered(part)), decoding=decoding)
        return self._encoded[part]

    def answered(self, part: Part) -> Rows:
        """Return the cases of a part that models answer: of very many, some at equal distances."""
        rows = self.rows[part]
        if len(rows) <= MOST_ANSWERED[part]:
            return rows
        return rows[np.linspace(0, len(rows) - 1, MOST_ANSWERED[part]).astype(np.int64)]

    @cached_property
    def _encoded(self) -> dict[str, EncodedPairs]:
        return {}

    def _encode(self, cases: Rows) -> EncodedPairs:
        def chosen(name: str) -> Ragged:
            channels = self.codec.channels if name == SERIES else None
            return Ragged.from_list(self.inputs[name].select(cases), channels)

        return EncodedPairs(
            inputs=Inputs(self.codec.source_names, chosen),
            references=self.references(cases),
            sources=self.source_texts(cases),
            lines=self.lines[self.first_pairs[cases]],
            plain=lambda: self.plain_sources(cases),
        )

    @cached_property
    def first_pairs(self) -> Rows:
        """(cases,), the first pair of each case."""
        return np.unique(self.case, return_index=True)[1].astype(np.int64)

    @cached_property
    def _pairs_of_case(self) -> Ragged:
        order = np.argsort(self.case, kind="stable")
        offsets = np.searchsorted(self.case[order], np.arange(len(self.parts) + 1))
        return Ragged(order.astype(np.int64), offsets.astype(np.int64))

    def references(self, cases: Rows) -> list[tuple[str, ...]]:
        """Return the different answers of cases, each in the order of the table."""
        return [
            tuple(dict.fromkeys(self.target_texts(pairs)))
            for pairs in self._pairs_of_case.select(cases)
        ]

    def source_texts(self, cases: Rows) -> list[str]:
        """Return sources as text; "" for a series."""
        return self.sources.texts(cases)

    def target_texts(self, pairs: Rows) -> list[str]:
        """Return the answers of pairs."""
        return self.answers.texts(pairs)

    def plain_sources(self, cases: Rows) -> Sequence[Any]:
        """Return sources as simple methods take them: texts, or (steps, channels) float64."""
        if self.codec.roles.is_text:
            return self.source_texts(cases)
        chosen = Ragged.from_list(self.inputs[SERIES].select(cases), self.codec.channels)
        return self.codec.plain(chosen)

    def save(self, folder: Path) -> None:
        """Write the arrays to `folder/data` and the codec beside it, as flat arrays and JSON."""
        data = folder / "data"
        data.mkdir(exist_ok=True)
        for name, each in self.inputs.items():
            each.save(data, f"source_{name}")
        for name, each in self.targets.items():
            each.save(data, f"target_{name}")
        self.sources.save(data, "sources")
        self.answers.save(data, "answers")
        for name in ("case", "parts", "lines"):
            write_array(data / f"{name}.npy", getattr(self, name))
        write_json(folder / "codec.json", self.codec.to_dict())

    @classmethod
    def load(cls, folder: Path) -> Prepared:
        """Open what `save` wrote; the arrays stay on disk and are read as they are needed.

        Raises:
            RunError: A file is missing or damaged, or they do not belong together.
        """
        codec, data = read_value(folder / "codec.json", Codec.from_dict), folder / "data"
        channels = None if codec.roles.is_text else codec.channels
        dtype = "int32" if codec.roles.is_text else "float64"
        prepared_inputs = {
            name: Ragged.load(data, f"source_{name}", dtype, channels)
            for name in codec.source_names
        }
        targets = {
            kind: Ragged.load(data, f"target_{kind}", "int32")
            for kind in codec.tokenizers["target"]
        }
        sources = Ragged.load(data, "sources", "uint8")
        answers = Ragged.load(data, "answers", "uint8")
        try:
            case = read_array(data / "case.npy", "int64", (len(answers),))
            parts = read_array(data / "parts.npy", "int8", (len(sources),))
            lines = read_array(data / "lines.npy", "int64", (len(answers),))
            prepared = cls(codec, prepared_inputs, targets, case, parts, lines, sources, answers)
            _check(prepared)
        except (OSError, ValueError) as error:
            raise damaged(data, error) from error
        return prepared

    def describe(self) -> dict[str, Any]:
        """Return what the data turned out to be, in a few figures."""
        codec, pairs = self.codec, len(self.case)
        several = len(self.parts) != pairs
        tokens = next(iter(self.targets.values())).lengths + 1
        steps = {
            name: int(tokens[np.isin(self.case, rows)].sum()) for name, rows in self.rows.items()
        }
        return {
            "unit": "case",
            "rows": len(self.parts),
            "kind": codec.source_kind,
            "target_kind": codec.target_kind,
            "pairs": pairs,
            "facts": {
                "cases": f"{len(self.parts):,} different sources"
                + (f", {pairs:,} answers" if several else ""),
                "sources": _lengths(self.inputs),
                "answers": _lengths(self.targets),
                "metric": codec.metric.replace("_", " "),
            },
            "training_rows": steps["train"],
            "validation_rows": steps["validation"],
            "test_rows": steps["test"],
            "training_cases": len(self.rows["train"]),
            "validation_cases": len(self.answered("validation")),
            "test_cases": len(self.answered("test")),
            "roles": {
                role: tuple(columns)
                for role, columns in codec.roles.to_dict().items()
                if len(columns) <= 12
            },
        }


def _lengths(parts: dict[str, Ragged]) -> str:
    said = []
    for name, each in parts.items():
        unit = "steps" if name == SERIES else f"{name} tokens"
        said.append(f"{each.lengths.min()} to {each.lengths.max()} {unit}")
    return ", ".join(said)


def _check(prepared: Prepared) -> None:
    """Refuse arrays that do not belong together.

    Raises:
        ValueError: They do not.
    """
    codec, cases, pairs = prepared.codec, len(prepared.parts), len(prepared.case)
    for name, each in prepared.inputs.items():
        if len(each) != cases or (cases and int(each.lengths.min()) < 1):
            raise ValueError(f"the sources as {name} are not those of the parts")
        _check_values(each, f"source as {name}", codec.longest["source"][name])
    for name, each in prepared.targets.items():
        if len(each) != pairs or (pairs and int(each.lengths.min()) < 1):
            raise ValueError(f"the answers as {name} are not those of the pairs")
        _check_values(each, f"answer as {name}", codec.longest["target"][name])
    for side, arrays in (("source", prepared.inputs), ("target", prepared.targets)):
        for name, tokenizer in codec.tokenizers[side].items():
            values = arrays[name].values
            if len(values) and not 0 < int(values.min()) <= int(values.max()) < tokenizer.size:
                raise ValueError(f"a token of {name} is not in the vocabulary")
    if pairs and (int(prepared.lines.min()) < 0 or int(prepared.case.min()) < 0):
        raise ValueError("a pair has no row in the data, or no case")
    if not np.array_equal(np.unique(prepared.case), np.arange(cases)):
        raise ValueError("the cases of the pairs are not those of the parts")
    for name, part in NUMBER.items():
        if not (prepared.parts == part).any():
            raise ValueError(f"the {name} part is empty")
    if not np.isin(prepared.parts, [*NUMBER.values()]).all():
        raise ValueError("a case is in no part")


def _check_values(each: Ragged, what: str, longest: int) -> None:
    if int(each.lengths.max(initial=0)) > longest:
        raise ValueError(f"a {what} is longer than the codec says")
