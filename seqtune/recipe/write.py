"""A recipe written as YAML: every key, sections as blocks, values on one line."""

from __future__ import annotations

from typing import Any

import yaml

from seqtune.recipe.positions import Loader
from seqtune.recipe.schema import RecipeSchema
from seqtune.recipe.section import Section

WIDTH = 100


class _Flow(list[Any]):
    """A list to write on one line."""


class _FlowMapping(dict[str, Any]):
    """A mapping to write on one line."""


_OLD: dict[str, Any] = yaml.SafeDumper.yaml_implicit_resolvers
_NEW: dict[str, Any] = Loader.yaml_implicit_resolvers


class Dumper(yaml.SafeDumper):
    """A dumper that quotes whatever YAML 1.1 or 1.2 would not read as text."""

    yaml_implicit_resolvers: dict[str, Any] = {  # noqa: RUF012 (PyYAML's own form)
        letter: [*_OLD.get(letter, ()), *_NEW.get(letter, ())] for letter in {*_OLD, *_NEW}
    }

    def ignore_aliases(self, data: Any) -> bool:
        """Write every value in full."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the items of a list below its key."""
        super().increase_indent(flow, False)


Dumper.add_representer(
    _Flow,
    lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True),
)
Dumper.add_representer(
    _FlowMapping,
    lambda dumper, data: dumper.represent_mapping(
        "tag:yaml.org,2002:map", data.items(), flow_style=True
    ),
)


def to_yaml(values: RecipeSchema) -> str:
    """Write every key of a recipe.

    Example:
        >>> print(to_yaml(Recipe.load("quick", "forecast").values))
        task: forecast
        …
    """
    return write(_styled(values))


def write(value: Any) -> str:
    """Write one value as YAML, in our style."""
    text: str = yaml.dump(
        value,
        Dumper=Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=WIDTH,
    )
    return text


def one_line(value: Any) -> str:
    """Write a plain value on one line, as it stands behind its key.

    Example:
        >>> one_line({"min": 1, "max": 2})
        '{min: 1, max: 2}'
    """
    text: str = yaml.dump(
        flow(value), Dumper=Dumper, allow_unicode=True, width=10**6, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")


def flow(value: Any) -> Any:
    """Return a plain value that is written on one line."""
    if isinstance(value, dict):
        return _FlowMapping({key: flow(item) for key, item in value.items()})
    return _Flow([flow(item) for item in value]) if isinstance(value, list) else value


def _styled(section: Section) -> dict[str, Any]:
    styled: dict[str, Any] = {}
    for key, value in section.to_dict().items():
        inner = getattr(section, key)
        if isinstance(inner, Section):
            styled[key] = _styled(inner)
        elif key == "portfolio":
            styled[key] = [dict(entry) for entry in value]
        else:
            styled[key] = flow(value)
    return styled
