"""Kinds of values that are made of others: lists, choices, a word or else a value."""
# ruff: noqa: D102 (the methods of every kind are described once, in `kind.Kind`)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from seqtune.recipe.faults import Flaw, UnfitError, mismatch
from seqtune.recipe.kind import JsonSchema, Kind
from seqtune.recipe.kinds import Number


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

    expected = "a list of mappings from dotted path to value"
    json: ClassVar[JsonSchema] = {"type": "array", "items": {"type": "object"}}

    def check(self, value: object) -> tuple[Any, ...]:
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)):
            raise self.refusal(value)
        return tuple(value)


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

    expected = "a list of ascending numbers between 0 and 1 that contains 0.5"

    most: ClassVar[int] = 99
    """A network has an output for each level and step."""

    def check(self, value: object) -> tuple[float, ...]:
        if not isinstance(value, (list, tuple)):
            raise self.refusal(value)
        levels = check_items(value, self._level)
        if 0.5 not in levels or list(levels) != sorted(levels):
            raise self.refusal(value)
        if len(levels) > self.most:
            raise mismatch(f"{len(levels)} levels", f"at most {self.most}")
        return levels

    @property
    def _level(self) -> Number:
        return Number(above=0, below=1)

    def schema(self) -> JsonSchema:
        return {
            "type": "array",
            "items": self._level.schema(),
            "contains": {"const": 0.5},
            "maxItems": self.most,
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
    """Check every item of a list, and that none occurs twice.

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
        UnfitError: The value does not fit; flaws in a list or a range are named with their place.
    """
    try:
        return inner.check(value)
    except UnfitError:
        if inner.compound and isinstance(value, (list, tuple, dict)):
            raise
        raise outer.refusal(value) from None
