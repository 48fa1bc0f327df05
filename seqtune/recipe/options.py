"""The sections that plug-ins add to a recipe, made from the options that they declare."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import Field, create_model

from seqtune.errors import RecipeError
from seqtune.recipe.compounds import Or
from seqtune.recipe.faults import UnfitError
from seqtune.recipe.fields import Search, from_fragment
from seqtune.recipe.kind import Kind
from seqtune.recipe.section import Section
from seqtune.registry import Registry

Base = TypeVar("Base", bound=Section)


def with_options(name: str, base: type[Base], registry: Registry) -> type[Base]:
    """Return a section that also holds one section per plug-in, named like the plug-in.

    Args:
        name: Name of the new class.
        base: The section with the keys that all plug-ins share.
        registry: The plug-ins; those without options add no section.

    Raises:
        RecipeError: A plug-in has the name of a shared key, or declares an option wrongly.

    Example:
        >>> section = with_options("Network", CommonNetwork, architectures)
        >>> section().segment.length
        24
    """
    fields: dict[str, Any] = {}
    for plugin in registry:
        if plugin in base.model_fields:
            message = f"the {registry.kind} '{plugin}' is named like a key that all of them share"
            raise RecipeError(message, "rename its file")
        options = options_section(plugin, registry)
        if options.model_fields:
            description = f"Options of the {registry.kind} {plugin}: {registry.summary(plugin)}"
            fields[plugin] = (options, Field(default_factory=options, description=description))
    return create_model(name, __base__=base, __module__=base.__module__, **fields)


def options_section(name: str, registry: Registry) -> type[Section]:
    """Return the section with the options of one plug-in, every one of them searchable.

    Raises:
        RecipeError: The plug-in declares an option without a default, or of an unknown type.
    """
    fields: dict[str, Any] = {}
    for option, fragment in registry.options(name).items():
        kind = _searchable(from_fragment(fragment))
        try:
            default = kind.check(fragment.get("default"))
        except UnfitError as unfit:
            place = f"option {option} of {registry.kind} {name}"
            raise RecipeError(f"default of {place}: {unfit}", "seqtune doctor") from unfit
        description = fragment.get("description", f"The option {option} of {name}.")
        fields[option] = (Annotated[Any, kind], Field(default, description=description))
    return create_model(f"{name.title().replace('_', '')}Options", __base__=Section, **fields)


def _searchable(kind: Kind) -> Kind:
    """Return the kind of a searchable option; a fixed word such as "auto" cannot be in a list."""
    return Or(kind.words, Search(kind.otherwise)) if isinstance(kind, Or) else Search(kind)
