"""Everything fitted on training text that turns text into network inputs and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import SPECIALS, SYMBOL
from seqtune.tasks.generate.corpus import AUTO, Columns
from seqtune.tasks.generate.schema import METRICS
from seqtune.tasks.generate.step_tokens import MOST_COLUMNS, StepTokens

OBJECTIVES = ("next", "fill")
MAX_NAME = 1000
MOST = 2**62
MOST_BEFORE = 1000


@dataclass(frozen=True)
class Codec:
    """What a fitted language model knows of its text; plain JSON on disk.

    Args:
        objective: "next" or "fill": what is predicted.
        metric: The metric that selects.
        columns: The columns of the documents.
        documents: How many documents there are.
        characters: Of the training, validation and test part; of events, their steps.
        tokens: The vocabularies, by kind of token.
        borders: By kind of token, where the training, validation and test part end among all
            tokens.
        counts: By kind of token, how often each is in the training part, (vocabulary,).
        before: Tokens at the end of a training sequence of events, which a model reads before it
            begins another one, as it has done in training; () of texts, and of a few sequences.
        recent: Whether a blend remembers what it has read of a text; see `baselines.recent`.
    """

    objective: str
    metric: str
    columns: Columns
    documents: int
    characters: tuple[int, int, int]
    tokens: Mapping[str, Tokenizer] = field(repr=False)
    borders: Mapping[str, tuple[int, int, int]]
    counts: Mapping[str, tuple[int, ...]] = field(repr=False)
    before: tuple[int, ...] = field(default=(), repr=False)
    recent: bool | Literal["auto"] = False

    @property
    def column(self) -> str | None:
        """The column of texts; None for files and events."""
        return None if self.columns.text == AUTO else self.columns.text

    @property
    def is_of_events(self) -> bool:
        """Whether it is a model of events, and not of texts."""
        return any(isinstance(each, StepTokens) for each in self.tokens.values())

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            **{key: getattr(self, key) for key in ("objective", "metric", "documents")},
            "columns": {**asdict(self.columns), "events": list(self.columns.events)},
            "characters": list(self.characters),
            "tokens": {kind: each.to_dict() for kind, each in self.tokens.items()},
            "borders": {kind: list(each) for kind, each in self.borders.items()},
            "counts": {kind: list(each) for kind, each in self.counts.items()},
            "before": list(self.before),
            "recent": self.recent,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Codec:
        """Read what `to_dict` returned, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is something else.
            KeyError: Something is missing.
        """
        if not isinstance(values, dict) or {*values} != {*cls.__dataclass_fields__}:
            raise ValueError("its parts are not as they are written")
        tokens, borders, counts = (values[key] for key in ("tokens", "borders", "counts"))
        if not all(isinstance(each, dict) for each in (tokens, borders, counts)) or not tokens:
            raise ValueError("its parts are not as they are written")
        codec = cls(
            objective=values["objective"],
            metric=values["metric"],
            columns=_columns(values["columns"]),
            documents=values["documents"],
            characters=_three(values["characters"]),
            tokens={kind: _tokens(kind, each) for kind, each in tokens.items()},
            borders={kind: _three(each) for kind, each in borders.items()},
            counts={kind: _counts(each) for kind, each in counts.items()},
            before=_counts(values["before"]),
            recent=_recent(values["recent"]),
        )
        is_sound = (
            codec.objective in OBJECTIVES
            and codec.metric in METRICS
            and codec.is_of_events == (SYMBOL in codec.tokens)
            and (not codec.is_of_events or len(codec.tokens) == 1)
            and type(codec.documents) is int
            and 0 < codec.documents < MOST
            and all(kind == each.kind for kind, each in codec.tokens.items())
            and codec.borders.keys() == codec.counts.keys() == codec.tokens.keys()
            and all(len(codec.counts[kind]) == each.size for kind, each in codec.tokens.items())
            and all(any(each[len(SPECIALS) :]) for each in codec.counts.values())
            and all(1 < first < second < end for first, second, end in codec.borders.values())
            and min(codec.characters) > 0
            and len(codec.before) <= MOST_BEFORE
            and (codec.is_of_events or not codec.before)
            and all(each < codec.tokens[SYMBOL].size for each in codec.before)
        )
        if not is_sound:
            raise ValueError("its parts do not belong together")
        return codec


def _tokens(kind: str, values: Any) -> Tokenizer:
    return (StepTokens if kind == SYMBOL else Tokenizer).from_dict(values)


def _columns(values: Any) -> Columns:
    if not isinstance(values, dict) or {*values} != {*Columns.__dataclass_fields__}:
        raise ValueError("expected the columns of the documents")
    text, events, series = values["text"], values["events"], values["series"]
    is_list = isinstance(events, list) and len(events) <= MOST_COLUMNS
    if not _is_name(text) or not is_list or not all(map(_is_name, events)):
        raise ValueError("expected names of columns")
    if series is not None and not _is_name(series):
        raise ValueError("expected the name of a column")
    return Columns(text, tuple(events), series)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME


def _three(values: Any) -> tuple[int, int, int]:
    counts = _counts(values)
    if len(counts) != 3:
        raise ValueError("expected three counts")
    return counts


def _recent(value: Any) -> bool | Literal["auto"]:
    if value == "auto":
        return "auto"
    if not isinstance(value, bool):
        raise ValueError("expected true, false or auto")
    return value


def _counts(values: Any) -> tuple[int, ...]:
    if not isinstance(values, list) or not all(
        type(value) is int and 0 <= value < MOST for value in values
    ):
        raise ValueError("expected a list of counts")
    return tuple(values)
