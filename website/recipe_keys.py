"""The reference of the recipe keys, made from the JSON Schema that editors take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from seqtune.recipe import catalogue
from seqtune.recipe.check import schema_of
from seqtune.recipe.editor import json_schema

LONG = 90
"""Characters of a default that a table still shows; a longer one is in `seqtune recipes show`."""

WORDS = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "null": "null",
    "object": "keys and values",
}
"""What JSON Schema calls a kind, as the tables call it."""

LIMITS = {
    "minimum": "from",
    "exclusiveMinimum": "above",
    "maximum": "to",
    "exclusiveMaximum": "below",
}
"""What JSON Schema calls a limit, as the tables call it."""

ANY = 2**31 - 1
"""A limit that says no more than that the number fits into 32 bits."""


def page(task: str) -> str:
    """Return the page of a task's keys: a table for each section of its recipes."""
    recipes = [name for name in catalogue.names() if name.split("/")[0] == task]
    searchable = {".".join(path.split(".")) for path in schema_of(task).searchable()}
    parts = [
        f"# Recipe keys: {task}",
        f"Every key of a recipe for `{task}`, with its default in `{task}/default`. "
        "`--set KEY=VALUE` changes one of them, and so does a recipe in YAML. A key marked "
        "*searched* takes one value or a list of choices; where these are numbers, also "
        "`{min, max, step}` or `{min, max, log}`.",
        f"Shipped recipes: {', '.join(f'`{name}`' for name in recipes)}.",
    ]
    for section, keys in sections(json_schema(task)):
        rows = [
            f"| `{path}` | {values(key, path in searchable)} | {meaning(key)} |"
            for path, key in keys
        ]
        table = "\n".join(["| key | takes | meaning |", "| --- | --- | --- |", *rows])
        parts += [f"## {section}", table]
    return "\n\n".join(parts) + "\n"


def sections(schema: dict[str, Any]) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Return the keys below each top key; those without a section come first, as "general"."""
    below = dict[str, list[tuple[str, Any]]](general=[])
    for path, key in leaves(schema):
        top = path.partition(".")[0] if "." in path else "general"
        below.setdefault(top, []).append((path, key))
    yield from below.items()


def leaves(schema: dict[str, Any], before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every key that holds a value, with its whole path."""
    for name, key in schema["properties"].items():
        if "properties" in key:
            yield from leaves(key, f"{before}{name}.")
        else:
            yield before + name, key


def values(key: dict[str, Any], is_searched: bool) -> str:
    """Return what a key takes, as the cell of a table."""
    kinds = dict.fromkeys(_kinds(key, is_searched))
    return ", ".join(kinds) + (" (*searched*)" if is_searched else "")


def _kinds(key: dict[str, Any], is_searched: bool = False) -> Iterator[str]:
    """Return the words for what a key takes; of what is searched, those for one value."""
    if "anyOf" in key:
        for each in key["anyOf"]:
            if not (is_searched and each.get("type") in ("array", "object")):
                yield from _kinds(each)
    elif "enum" in key or "const" in key:
        yield from (f"`{value}`" for value in key.get("enum", [key.get("const")]))
    elif key.get("type") == "array":
        yield f"list of {' or '.join(dict.fromkeys(_kinds(key['items'])))}"
    else:
        kinds = key["type"]
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            yield WORDS[kind] + (_limits(key) if kind in ("integer", "number") else "")


def _limits(key: dict[str, Any]) -> str:
    """Return the limits of a number in words, a blank before them."""
    found = {name: key[name] for name in LIMITS if abs(key.get(name, ANY)) < ANY}
    return "".join(f" {LIMITS[name]} {limit}" for name, limit in found.items())


def meaning(key: dict[str, Any]) -> str:
    """Return the description of a key and its default, as the cell of a table."""
    text = " ".join(key["description"].split()).replace("|", "\\|").replace("<", "&lt;")
    if "default" not in key:
        return text
    default = json.dumps(key["default"], ensure_ascii=False)
    shown = f"`{default}`" if len(default) <= LONG else "see `seqtune recipes show`"
    return f"{text} Default: {shown}."
