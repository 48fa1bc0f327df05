"""A section of a recipe: a frozen group of keys, each with its kind and its description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo

from seqtune.recipe.fields import Search, search_of
from seqtune.recipe.kind import plain


class Section(BaseModel):
    """A group of keys; unknown keys are refused, and nothing changes after checking.

    A section left empty in the file (`training:` with nothing below it) keeps its defaults.
    `order` names the keys that are written first.
    """

    order: ClassVar[tuple[str, ...]] = ()

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _fill_empty(cls, values: Any) -> Any:
        return {} if values is None else values

    @classmethod
    def key_names(cls) -> list[str]:
        """Return the names of all keys in the order in which they are written."""
        first = [key for key in cls.order if key in cls.model_fields]
        return list(dict.fromkeys([*first, *cls.model_fields]))

    def to_dict(self) -> dict[str, Any]:
        """Return the values as YAML and JSON hold them, in the order in which they are written."""
        return {key: plain(getattr(self, key)) for key in self.key_names()}

    @classmethod
    def section(cls, key: str) -> type[Section] | None:
        """Return the section that stands under a key, or None where the key holds a value."""
        field = cls.model_fields.get(key)
        kind = field.annotation if field is not None else None
        return kind if isinstance(kind, type(Section)) and issubclass(kind, Section) else None

    @classmethod
    def leaves(cls, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
        """Yield every key that holds a value, with the steps that lead to it."""
        for key in cls.key_names():
            field = cls.model_fields[key]
            inner = cls.section(key)
            if inner is None:
                yield (*above, key), field
            else:
                yield from inner.leaves((*above, key))

    @classmethod
    def searchable(cls) -> dict[str, Search]:
        """Return the kind of every searchable key, by its dotted path, in order."""
        kinds = {".".join(steps): search_of(field.metadata) for steps, field in cls.leaves()}
        return {path: kind for path, kind in kinds.items() if kind is not None}
