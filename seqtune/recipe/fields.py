"""Searchable keys: one value, a list of choices, or a range, and how plug-ins declare theirs.

units: Annotated[Searchable[int], Search(Whole(minimum=1))] = Field(64, description="…")
"""
# ruff: noqa: D102 (the methods of every kind are described once, in `kind.Kind`)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, Union

from seqtune.errors import RecipeError
from seqtune.recipe.compounds import Or, check_inner, check_items
from seqtune.recipe.faults import Flaw, UnfitError, mismatch
from seqtune.recipe.kind import JsonSchema, Kind
from seqtune.recipe.kinds import LARGEST, Flag, Number, Text, Whole, Word
from seqtune.recipe.ranges import Range

Value = TypeVar("Value")
Searchable = Union[Value, tuple[Value, ...], Range]


@dataclass(frozen=True)
class Search(Kind):
    """A searchable value: one value, a list of choices, or (for numbers) a range."""

    compound: ClassVar[bool] = True

    item: Kind

    @property
    def ranged(self) -> bool:
        """Whether a range can be searched: only numbers have one."""
        return isinstance(self.item, (Whole, Number))

    @property
    def expected(self) -> str:
        forms = "a list of choices" + (", or {min, max, step|log}" if self.ranged else "")
        return (
            f"{self.item.expected}, {forms}" if self.ranged else f"{self.item.expected}, or {forms}"
        )

    def check(self, value: object) -> Any:
        if isinstance(value, Range):
            value = value.to_dict()
        if isinstance(value, (list, tuple)):
            if not value:
                raise mismatch(value, "at least one choice in the list")
            return check_items(value, self.item)
        if isinstance(value, dict) and self.ranged:
            return check_range(value, self.item)
        return check_inner(value, self.item, self)

    def advice(self, value: object) -> str:
        return self.item.advice(value)

    def schema(self) -> JsonSchema:
        item = self.item.schema()
        choices = {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}
        return {"anyOf": [item, choices, *([_range_schema(item)] if self.ranged else [])]}


def search_of(metadata: Sequence[object]) -> Search | None:
    """Return the searchable kind in a key's annotation, or None if the key is not searchable."""
    for kind in metadata:
        inner = kind.otherwise if isinstance(kind, Or) else kind
        if isinstance(inner, Search):
            return inner
    return None


def check_range(value: dict[str, object], item: Kind) -> Range:
    """Check a range `{min, max, step|log}` whose ends are of the given kind.

    Raises:
        UnfitError: A key is missing or unknown, or the numbers do not make a range.
    """
    flaws = [
        Flaw(f"found unknown key '{key}', expected min, max, and step or log", (key,))
        for key in value
        if key not in ("min", "max", "step", "log")
    ]
    flaws += [
        Flaw(f"found no {key}, expected {{min, max, step|log}}")
        for key in ("min", "max")
        if key not in value
    ]
    step_kind = Whole(minimum=1) if isinstance(item, Whole) else Number(above=0)
    kinds = {"min": item, "max": item, "step": step_kind, "log": Flag()}
    ends: dict[str, Any] = {}
    for key, kind in kinds.items():
        if key in value:
            try:
                ends[key] = kind.check(value[key])
            except UnfitError as unfit:
                flaws += [flaw.below(key) for flaw in unfit.flaws]
    flaws = flaws or _range_flaws(ends)
    if flaws:
        raise UnfitError(*flaws)
    return Range(ends["min"], ends["max"], ends.get("step"), ends.get("log", False))


def _range_flaws(ends: dict[str, Any]) -> list[Flaw]:
    low, high = ends["min"], ends["max"]
    if low >= high:
        return [Flaw(f"found min {low} and max {high}, expected min below max")]
    if ends.get("log") and "step" in ends:
        return [Flaw("found both step and log, expected one of them")]
    if ends.get("log") and low <= 0:
        return [Flaw(f"found min {low} with log, expected min above 0", ("min",))]
    if "step" in ends and ends["step"] > high - low:
        return [Flaw(f"found step {ends['step']}, expected at most max - min", ("step",))]
    return []


def _range_schema(item: JsonSchema) -> JsonSchema:
    return {
        "type": "object",
        "properties": {
            "min": item | {"description": "Smallest value, itself included."},
            "max": item | {"description": "Largest value, itself included."},
            "step": {
                "type": item["type"],
                "exclusiveMinimum": 0,
                "description": "Distance between neighbouring values.",
            },
            "log": {
                "type": "boolean",
                "description": "Whether to search evenly on a logarithmic scale.",
            },
        },
        "required": ["min", "max"],
        "additionalProperties": False,
    }


def from_fragment(fragment: JsonSchema) -> Kind:
    """Return the kind that a JSON-Schema fragment of a plug-in's `OPTIONS` describes.

    Raises:
        RecipeError: The fragment has a type that recipes do not hold.
    """
    if "anyOf" in fragment:  # a fixed word, or else a value: {"anyOf": [{"const": "auto"}, …]}
        words = tuple(str(part["const"]) for part in fragment["anyOf"] if "const" in part)
        others = [part for part in fragment["anyOf"] if "const" not in part]
        return Or(words, from_fragment(others[0]))
    if "enum" in fragment:
        return Word(tuple(str(word) for word in fragment["enum"]))
    kind = fragment.get("type", "string")
    if kind == "boolean":
        return Flag()
    if kind == "integer":
        return Whole(fragment.get("minimum", 0), fragment.get("maximum", LARGEST))
    if kind == "number":
        keys = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
        return Number(*(fragment.get(key) for key in keys))
    if kind == "string":
        return Text()
    raise RecipeError(
        f"found an option of type '{kind}', expected boolean, integer, number or string"
    )
