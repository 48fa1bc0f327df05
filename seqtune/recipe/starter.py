"""A recipe to start from: every key with its default, explained."""

from __future__ import annotations

import textwrap

from seqtune.recipe.fields import Search, search_of
from seqtune.recipe.kinds import Word
from seqtune.recipe.load import Recipe
from seqtune.recipe.section import Section
from seqtune.recipe.write import one_line

HEAD = """\
# A {task} recipe. Every key is here with its default; delete what you do not change, for a key
# that is left out keeps its default. Where a list of choices or a range is allowed, the search
# takes the best: [32, 64], {{min: 1, max: 3}}, {{min: 0.0003, max: 0.01, log: true}}.
#
#   seqtune recipes check FILE
#   seqtune fit data.csv --task {task} --recipe FILE
#
# For completion in an editor: seqtune recipes schema > recipe.schema.json, then a first line with
# a hash sign and: yaml-language-server: $schema=recipe.schema.json
"""
WIDTH = 100


def starter(task: str) -> str:
    """Return the text of a starter recipe for a task.

    Raises:
        RecipeError: There is no such task.
    """
    values = Recipe.load(None, task).values
    lines = [HEAD.format(task=task)]
    for key in values.key_names():
        if key != "portfolio":
            lines += _key(values, key, "")
    lines += _comment(type(values).model_fields["portfolio"].description or "", "")
    lines += [
        "# Left out here, so that the portfolio of the default recipe is used.",
        "# portfolio:",
    ]
    lines += ["#   - {network.units: 64, network.layers: 1}"]
    return "\n".join(lines) + "\n"


def _key(section: Section, key: str, indent: str) -> list[str]:
    """Return the lines of one key, and of those below it."""
    value = getattr(section, key)
    lines = _comment(explained(section, key), indent)
    if isinstance(value, Section):
        below = [_key(value, inner, indent + "  ") for inner in value.key_names()]
        return [*lines, f"{indent}{key}:", *(line for block in below for line in block), ""]
    if key == "description":
        return [*lines, f"{indent}{key}: My recipe."]
    return [*lines, f"{indent}{key}: {one_line(section.to_dict()[key])}"]


def explained(section: Section, key: str) -> str:
    """Return the description of a key, and the words it may hold where they are few."""
    field = type(section).model_fields[key]
    kind = search_of(field.metadata) or next(iter(field.metadata), None)
    item = kind.item if isinstance(kind, Search) else kind
    words = f" {item.expected.capitalize()}." if isinstance(item, Word) else ""
    return f"{field.description}{words}"


def _comment(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")
