"""The JSON Schema of recipes, by which editors complete and check them while one types.

# yaml-language-server: $schema=recipe.schema.json
"""

from __future__ import annotations

from typing import Any

from seqtune.recipe import catalogue
from seqtune.recipe.check import schema_of, task_names
from seqtune.recipe.kind import JsonSchema
from seqtune.recipe.load import Recipe
from seqtune.recipe.schema import RecipeSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(task: str | None = None) -> JsonSchema:
    """Return the JSON Schema (draft 2020-12) of a task's recipes, or of every task's.

    Its defaults are those of the task's shipped default recipe.

    Raises:
        RecipeError: There is no such task.
    """
    names = task_names() if task is None else (task,)
    if len(names) == 1:
        return {"$schema": DIALECT, **_of_task(names[0])}
    schemas = {name: _of_task(name) for name in names}
    stated = {**schemas[names[0]]["properties"]["task"], "enum": list(names)}
    return {
        "$schema": DIALECT,
        "title": "seqtune recipe",
        "type": "object",
        "properties": {"task": stated},
        "required": ["task"],
        "allOf": [
            {"if": {"properties": {"task": {"const": name}}}, "then": schema}
            for name, schema in schemas.items()
        ],
    }


def _of_task(task: str) -> JsonSchema:
    schema = schema_of(task)
    raw = schema.model_json_schema()
    tree: JsonSchema = _inlined(raw, raw.get("$defs", {}))
    tree["title"] = f"seqtune recipe for {task}"
    tree["properties"]["portfolio"]["items"] = _entry(schema)
    if f"{task}/default" in catalogue.names():
        _put_defaults(tree, Recipe.load(None, task).to_dict())
    return tree


def _inlined(node: Any, definitions: dict[str, JsonSchema]) -> Any:
    """Return the schema with every reference replaced by what it refers to."""
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    rest = {key: value for key, value in node.items() if key not in ("$ref", "$defs", "title")}
    if "$ref" in node:
        target = definitions[node["$ref"].rsplit("/", 1)[-1]]
        rest = {**{key: value for key, value in target.items() if key != "title"}, **rest}
    return {key: _inlined(value, definitions) for key, value in rest.items()}


def _entry(schema: type[RecipeSchema]) -> JsonSchema:
    """Return the schema of one configuration of the portfolio."""
    kinds = schema.searchable()
    descriptions = {".".join(steps): field.description for steps, field in schema.leaves()}
    return {
        "type": "object",
        "properties": {
            path: {**kind.item.schema(), "description": descriptions[path]}
            for path, kind in kinds.items()
        },
        "additionalProperties": False,
    }


def _put_defaults(tree: JsonSchema, values: dict[str, Any]) -> None:
    """Give every key its default, and put the keys in the order in which recipes are written."""
    tree["properties"] = {key: tree["properties"][key] for key in values}
    for key, schema in tree["properties"].items():
        if "properties" in schema:
            schema.pop("default", None)
            schema["type"] = ["object", "null"]
            _put_defaults(schema, values[key])
        elif key not in ("task", "description"):
            schema["default"] = values[key]
