"""The kinds of value that a recipe key can hold, each with its check and its JSON Schema.

A kind stands in the annotation of a key. It turns what YAML holds into the value that the
program uses, or says what it expected; and it describes itself to editors. Every check is the
kind's own, so that one bad value gives exactly one message.

    horizon: Annotated[int | str, Or(("auto",), Whole(minimum=1))] = Field("auto", description="…")
"""
# ruff: noqa: D102 (the methods of every kind are described once, in `kinds.Kind`)

from __future__ import annotations

import codecs
import math
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic_core import core_schema

from seqtune.errors import RecipeError, nearest
from seqtune.recipe import duration
from seqtune.recipe.faults import Flaw, UnfitError, mismatch

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

LARGEST = 2**31 - 1

JsonSchema = dict[str, Any]


def plain(value: object) -> Any:
    """Return a checked value as YAML and JSON hold it: lists, dicts and scalars only.

    Example:
        >>> plain((1, Range(1, 4, log=True)))
        [1, {'min': 1, 'max': 4, 'log': True}]
    """
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


class Kind:
    """A kind of value: its check, its description in words, and its JSON Schema.

    `compound` kinds hold other values, and name the flawed one among them themselves.
    """

    compound: ClassVar[bool] = False

    @property
    @abstractmethod
    def expected(self) -> str:
        """What a value has to be, as it reads after "expected"."""

    @abstractmethod
    def check(self, value: object) -> Any:
        """Return the value as the program uses it.

        Raises:
            UnfitError: The value is not of this kind; names every flaw.
        """

    @abstractmethod
    def schema(self) -> JsonSchema:
        """Return the JSON Schema of values of this kind."""

    def advice(self, value: object) -> str:
        """Return what to add to the message on a value that does not fit: a guess, or nothing."""
        return ""

    def refusal(self, value: object) -> UnfitError:
        """Return the error for a value that is not of this kind."""
        return mismatch(value, self.expected + self.advice(value))

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let pydantic check the key with this kind and nothing else."""
        return core_schema.no_info_plain_validator_function(
            self.check, serialization=core_schema.plain_serializer_function_ser_schema(plain)
        )

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        """Let pydantic describe the key with this kind's own schema."""
        return self.schema()


@dataclass(frozen=True)
class Flag(Kind):
    """True or false."""

    @property
    def expected(self) -> str:
        return "true or false"

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.refusal(value)
        return value

    def schema(self) -> JsonSchema:
        return {"type": "boolean"}


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

    @property
    def expected(self) -> str:
        return self.what

    def check(self, value: object) -> str:
        if not isinstance(value, str) or not value:
            raise self.refusal(value)
        return value

    def advice(self, value: object) -> str:
        return f"; as text it is '{value}', in quotes" if isinstance(value, (int, float)) else ""

    def schema(self) -> JsonSchema:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class AnyText(Kind):
    """Text that may be empty; nothing at all counts as empty text."""

    @property
    def expected(self) -> str:
        return "text"

    def check(self, value: object) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.refusal(value)
        return value

    def schema(self) -> JsonSchema:
        return {"type": "string"}


@dataclass(frozen=True)
class Mark(Kind):
    """A word or number that stands for a missing value; numbers are kept as text."""

    @property
    def expected(self) -> str:
        return "a word or a number"

    def check(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self.refusal(value)
        return str(value)

    def schema(self) -> JsonSchema:
        return {"type": ["string", "number"]}


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

    @property
    def expected(self) -> str:
        return "the name of a text encoding, such as utf-8 or latin-1"

    def check(self, value: object) -> str:
        if not isinstance(value, str):
            raise self.refusal(value)
        try:
            codecs.lookup(value)
        except (LookupError, ValueError):
            raise self.refusal(value) from None
        return value

    def schema(self) -> JsonSchema:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Duration(Kind):
    """A duration above zero: `90s`, `10m`, `1h30m`, or a plain number of seconds."""

    @property
    def expected(self) -> str:
        return duration.EXPECTED

    def check(self, value: object) -> str | float:
        if isinstance(value, (str, int, float)):
            try:
                duration.seconds(value)
                return value
            except RecipeError:
                pass
        raise self.refusal(value)

    def schema(self) -> JsonSchema:
        return {"type": ["string", "number"], "pattern": duration.PATTERN, "exclusiveMinimum": 0}


@dataclass(frozen=True)
class Many(Kind):
    """A list of values of one kind, none of them twice."""

    compound: ClassVar[bool] = True

    item: Kind
    what: str

    @property
    def expected(self) -> str:
        return f"a list of {self.what}"

    def check(self, value: object) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise self.refusal(value)
        return check_items(value, self.item)

    def schema(self) -> JsonSchema:
        return {"type": "array", "items": self.item.schema(), "uniqueItems": True}


@dataclass(frozen=True)
class Mappings(Kind):
    """A list, of mappings where all is well; nothing at all counts as an empty list.

    What the list holds is left to whoever knows the keys.
    """

    compound: ClassVar[bool] = True

    @property
    def expected(self) -> str:
        return "a list of mappings from dotted path to value"

    def check(self, value: object) -> tuple[Any, ...]:
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)):
            raise self.refusal(value)
        return tuple(value)

    def schema(self) -> JsonSchema:
        return {"type": "array", "items": {"type": "object"}}


@dataclass(frozen=True)
class OneOrMany(Kind):
    """One value of a kind, or a list of at least one, none of them twice."""

    compound: ClassVar[bool] = True

    item: Kind
    what: str

    @property
    def expected(self) -> str:
        return f"{self.item.expected}, or a list of {self.what}"

    def advice(self, value: object) -> str:
        return self.item.advice(value)

    def check(self, value: object) -> Any:
        if not isinstance(value, (list, tuple)):
            return check_inner(value, self.item, self)
        if not value:
            raise self.refusal(value)
        return check_items(value, self.item)

    def schema(self) -> JsonSchema:
        item = self.item.schema()
        return {
            "anyOf": [item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]
        }


@dataclass(frozen=True)
class Quantiles(Kind):
    """Quantile levels: strictly between 0 and 1, ascending, the median 0.5 among them."""

    compound: ClassVar[bool] = True

    @property
    def expected(self) -> str:
        return "a list of ascending numbers between 0 and 1 that contains 0.5"

    def check(self, value: object) -> tuple[float, ...]:
        if not isinstance(value, (list, tuple)):
            raise self.refusal(value)
        levels = check_items(value, self._level)
        if 0.5 not in levels or list(levels) != sorted(levels):
            raise self.refusal(value)
        return levels

    @property
    def _level(self) -> Number:
        return Number(above=0, below=1)

    def schema(self) -> JsonSchema:
        return {
            "type": "array",
            "items": self._level.schema(),
            "contains": {"const": 0.5},
            "uniqueItems": True,
        }


@dataclass(frozen=True)
class Or(Kind):
    """A fixed word such as "auto" (or nothing, written `null`), or else a value of a kind."""

    compound: ClassVar[bool] = True

    words: tuple[str | None, ...]
    otherwise: Kind

    @property
    def expected(self) -> str:
        words = " or ".join("null" if word is None else word for word in self.words)
        return f"{self.otherwise.expected}, or {words}"

    def check(self, value: object) -> Any:
        if (value is None or isinstance(value, str)) and value in self.words:
            return value
        return check_inner(value, self.otherwise, self)

    def advice(self, value: object) -> str:
        return self.otherwise.advice(value)

    def schema(self) -> JsonSchema:
        words = [{"type": "null"} if word is None else {"const": word} for word in self.words]
        other = self.otherwise.schema()
        return {"anyOf": [*words, *(other["anyOf"] if set(other) == {"anyOf"} else [other])]}


def check_items(values: Sequence[object], item: Kind) -> tuple[Any, ...]:
    """Check every item of a list, and that none stands twice.

    Raises:
        UnfitError: At least one item does not fit; every flaw is named with its index.
    """
    checked: list[Any] = []
    flaws: list[Flaw] = []
    for index, value in enumerate(values):
        try:
            good = item.check(value)
        except UnfitError as unfit:
            flaws += [flaw.below(index) for flaw in unfit.flaws]
            continue
        if good in checked:
            flaws.append(mismatch(value, "every value once").flaws[0].below(index))
        checked.append(good)
    if flaws:
        raise UnfitError(*flaws)
    return tuple(checked)


def check_inner(value: object, inner: Kind, outer: Kind) -> Any:
    """Check a value by the kind inside another, telling of every form that the outer one takes.

    Raises:
        UnfitError: The value does not fit; flaws in a list or a range are named where they stand.
    """
    try:
        return inner.check(value)
    except UnfitError:
        if inner.compound and isinstance(value, (list, tuple, dict)):
            raise
        raise outer.refusal(value) from None
