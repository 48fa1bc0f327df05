"""Kinds of single values: flags, numbers, texts, words, durations."""
# ruff: noqa: D102 (the methods of every kind are described once, in `kind.Kind`)

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from seqtune.errors import RecipeError, nearest
from seqtune.recipe import duration
from seqtune.recipe.encoding_name import encoding_name
from seqtune.recipe.faults import mismatch
from seqtune.recipe.kind import JsonSchema, Kind

LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Flag(Kind):
    """True or false."""

    expected = "true or false"
    json: ClassVar[JsonSchema] = {"type": "boolean"}

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.refusal(value)
        return value


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number between two bounds that belong to it."""

    minimum: int = 0
    maximum: int = LARGEST

    @property
    def expected(self) -> str:
        bounds = f"of at least {self.minimum}"
        if self.maximum != LARGEST:
            bounds = f"from {self.minimum} to {self.maximum}"
        return f"a whole number {bounds}"

    def check(self, value: object) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < self.minimum:
            raise self.refusal(value)
        if value > self.maximum:
            raise mismatch(value, f"a whole number from {self.minimum} to {self.maximum}")
        return value

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class Number(Kind):
    """A finite number; `minimum` and `maximum` belong to it, `above` and `below` do not."""

    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None

    @property
    def expected(self) -> str:
        bounds = {
            "of at least": self.minimum,
            "above": self.above,
            "of at most": self.maximum,
            "below": self.below,
        }
        words = " and ".join(
            f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None
        )
        return f"a number {words}".rstrip()

    def check(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refusal(value)
        if not -1e300 < value < 1e300 or not self._within(value):
            raise self.refusal(value)
        return float(value)

    def advice(self, value: object) -> str:
        endless = isinstance(value, float) and not math.isfinite(value)
        return "; it has to be finite" if endless else ""

    def _within(self, value: float) -> bool:
        return not (
            (self.minimum is not None and value < self.minimum)
            or (self.maximum is not None and value > self.maximum)
            or (self.above is not None and value <= self.above)
            or (self.below is not None and value >= self.below)
        )

    def schema(self) -> JsonSchema:
        bounds = {
            "minimum": self.minimum,
            "maximum": self.maximum,
            "exclusiveMinimum": self.above,
            "exclusiveMaximum": self.below,
        }
        return {"type": "number"} | {
            key: bound for key, bound in bounds.items() if bound is not None
        }


@dataclass(frozen=True)
class Text(Kind):
    """Text of at least one character; `what` says of what it is the text."""

    what: str = "text"
    json: ClassVar[JsonSchema] = {"type": "string", "minLength": 1}

    @property
    def expected(self) -> str:
        return self.what

    def check(self, value: object) -> str:
        if not isinstance(value, str) or not value:
            raise self.refusal(value)
        return value

    def advice(self, value: object) -> str:
        return f"; as text it is '{value}', in quotes" if isinstance(value, (int, float)) else ""


@dataclass(frozen=True)
class AnyText(Kind):
    """Text that may be empty; nothing at all counts as empty text."""

    expected = "text"
    json: ClassVar[JsonSchema] = {"type": "string"}

    def check(self, value: object) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.refusal(value)
        return value


@dataclass(frozen=True)
class Mark(Kind):
    """A word or number that stands for a missing value; numbers are kept as text."""

    expected = "a word or a number"
    json: ClassVar[JsonSchema] = {"type": ["string", "number"]}

    def check(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self.refusal(value)
        return str(value)


@dataclass(frozen=True)
class Word(Kind):
    """One of a few words; a registry's names are looked up when the value is checked."""

    source: tuple[str, ...] | Callable[[], Iterable[str]]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are known now."""
        return self.source if isinstance(self.source, tuple) else tuple(self.source())

    @property
    def expected(self) -> str:
        words = self.words
        return f"one of {', '.join(words)}" if len(words) != 1 else f"'{words[0]}'"

    def check(self, value: object) -> str:
        if isinstance(value, str) and value in self.words:
            return value
        raise self.refusal(value)

    def advice(self, value: object) -> str:
        guess = nearest(value, self.words) if isinstance(value, str) else None
        return f"; did you mean '{guess}'?" if guess else ""

    def schema(self) -> JsonSchema:
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True)
class Encoding(Kind):
    """The name of a text encoding that Python knows."""

    expected = "the name of a text encoding, such as utf-8 or latin-1"
    json: ClassVar[JsonSchema] = {"type": "string", "minLength": 1}

    def check(self, value: object) -> str:
        if not isinstance(value, str):
            raise self.refusal(value)
        try:
            encoding_name(value)
        except LookupError:
            raise self.refusal(value) from None
        return value


@dataclass(frozen=True)
class Duration(Kind):
    """A duration above zero: `90s`, `10m`, `1h30m`, or a plain number of seconds."""

    expected = duration.EXPECTED
    json: ClassVar[JsonSchema] = {
        "type": ["string", "number"],
        "pattern": duration.PATTERN,
        "exclusiveMinimum": 0,
    }

    def check(self, value: object) -> str | float:
        if isinstance(value, (str, int, float)):
            try:
                duration.seconds(value)
                return value
            except RecipeError:
                pass
        raise self.refusal(value)
