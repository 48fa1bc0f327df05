"""What a kind of value is that a recipe key can hold: its check and its JSON Schema.

A kind is part of the annotation of a key. It turns what YAML holds into the value that the
program uses, or says what it expected; and it describes itself to editors. Every check is the
kind's own, so that one bad value gives exactly one message.

    horizon: Annotated[int | str, Or(("auto",), Whole(minimum=1))] = Field("auto", description="…")

Single values are in `kinds`, lists and choices of them in `compounds`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic_core import core_schema

from seqtune.recipe.faults import UnfitError, mismatch

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

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

    `compound` kinds hold other values, and name the flawed one among them themselves. `json` is the
    JSON Schema of kinds whose values all have the same.
    """

    compound: ClassVar[bool] = False
    json: ClassVar[JsonSchema] = {}

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

    def schema(self) -> JsonSchema:
        """Return the JSON Schema of values of this kind."""
        return dict(self.json)

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
