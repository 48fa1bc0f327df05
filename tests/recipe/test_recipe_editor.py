"""The JSON Schema is checked with a validator of the few keywords that it uses."""

import json
import re

import pytest

from seqtune.errors import RecipeError
from seqtune.recipe import catalogue, editor
from seqtune.recipe.editor import json_schema
from seqtune.recipe.load import Recipe
from seqtune.recipe.starter import starter
from seqtune.registry import cells

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}
SCHEMA = json_schema("forecast")


def is_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def valid(value, schema):
    checks = {
        "$schema": lambda want: True,
        "title": lambda want: True,
        "description": lambda want: True,
        "default": lambda want: True,
        "type": lambda want: any(
            is_type(value, n) for n in ([want] if isinstance(want, str) else want)
        ),
        "enum": lambda want: value in want,
        "const": lambda want: value == want,
        "anyOf": lambda want: any(valid(value, one) for one in want),
        "allOf": lambda want: all(valid(value, one) for one in want),
        "if": lambda want: not valid(value, want) or valid(value, schema["then"]),
        "then": lambda want: True,
        "minimum": lambda want: not is_type(value, "number") or value >= want,
        "maximum": lambda want: not is_type(value, "number") or value <= want,
        "exclusiveMinimum": lambda want: not is_type(value, "number") or value > want,
        "exclusiveMaximum": lambda want: not is_type(value, "number") or value < want,
        "minLength": lambda want: not isinstance(value, str) or len(value) >= want,
        "pattern": lambda want: not isinstance(value, str) or bool(re.search(want, value)),
        "items": lambda want: not isinstance(value, list) or all(valid(v, want) for v in value),
        "maxItems": lambda want: not isinstance(value, list) or len(value) <= want,
        "minItems": lambda want: not isinstance(value, list) or len(value) >= want,
        "contains": lambda want: not isinstance(value, list) or any(valid(v, want) for v in value),
        "uniqueItems": lambda want: (
            not isinstance(value, list) or all(value.count(item) == 1 for item in value)
        ),
        "properties": lambda want: (
            not isinstance(value, dict)
            or all(valid(value[key], want[key]) for key in value if key in want)
        ),
        "required": lambda want: not isinstance(value, dict) or all(key in value for key in want),
        "additionalProperties": lambda want: (
            not isinstance(value, dict)
            or want is not False
            or all(key in schema["properties"] for key in value)
        ),
    }
    return all(checks[keyword](want) for keyword, want in schema.items())


def properties(schema, path=""):
    for key, below in schema.get("properties", {}).items():
        yield f"{path}{key}", below
        yield from properties(below, f"{path}{key}.")


@pytest.mark.parametrize("name", catalogue.names())
def test_shipped_recipes_are_valid_in_editors(name):
    task = name.split("/")[0]
    recipe = Recipe.load(name, task)
    assert valid(json.loads(json.dumps(recipe.to_dict())), json_schema(task))


@pytest.mark.parametrize(
    "keys",
    [
        {"horizon": 0},
        {"horizon": "many"},
        {"netwrok": {}},
        {"network": {"cell": "lstn"}},
        {"network": {"units": {"min": 1}}},
        {"network": {"units": []}},
        {"network": {"segment": {"length": 0}}},
        {"network": {"dropout": 1}},
        {"training": {"learning_rate": 0}},
        {"search": {"budget": "soon"}},
        {"search": {"budget": 0}},
        {"quantiles": [0.1, 0.9]},
        {"baselines": {"methods": ["sesonal_naive"]}},
        {"portfolio": [{"network.units": [1, 2]}]},
        {"portfolio": [{"seed": 1}]},
        {"data": {"time": 5}},
    ],
)
def test_editors_refuse_what_loading_refuses(keys):
    assert not valid({"task": "forecast", **keys}, SCHEMA)
    with pytest.raises(RecipeError, match=r"expected|did you mean"):
        Recipe.from_text(json.dumps({"task": "forecast", **keys}))


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"training": None},
        {"lookback": {"min": 24, "max": 96, "step": 24}},
        {"seasonality": [24, 168]},
        {"data": {"time": None, "target": ["a", "b"], "missing": [-999, "none"]}},
        {"search": {"budget": "1h30m", "trials": None}},
        {"search": {"budget": 90}},
    ],
)
def test_editors_take_what_loading_takes(keys):
    assert valid({"task": "forecast", **keys}, SCHEMA)
    Recipe.from_text(json.dumps({"task": "forecast", **keys}))


def test_the_task_is_required():
    assert not valid({}, SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_is_described_in_a_full_sentence():
    for path, schema in properties(SCHEMA):
        description = schema["description"]
        assert len(description.split()) >= 4, f"{path}: {description}"
        assert description.rstrip().endswith("."), f"{path}: {description}"


def test_defaults_are_those_of_the_default_recipe():
    default = Recipe.load(None, "forecast").to_dict()
    found = dict(properties(SCHEMA))
    assert found["network.units"]["default"] == default["network"]["units"]
    assert found["search.budget"]["default"] == default["search"]["budget"]
    assert all(
        "default" in schema
        for path, schema in found.items()
        if "properties" not in schema and path not in ("task", "description")
    )


@pytest.mark.parametrize("task", ["forecast", "classify", "generate", "anomaly"])
def test_keys_stand_in_the_order_in_which_recipes_are_written(task):
    def check(schema, written):
        assert list(schema["properties"]) == list(written)
        for key, inner in schema["properties"].items():
            if "properties" in inner:
                check(inner, written[key])

    check(json_schema(task), Recipe.load(None, task).to_dict())


def test_every_reference_is_written_out():
    assert "$ref" not in json.dumps(SCHEMA)


def test_several_tasks_are_told_apart_by_their_task_key(monkeypatch):
    fish = {"properties": {"task": {"type": "string"}, "fins": {"type": "integer"}}}
    fish |= {"type": "object", "additionalProperties": False}
    one = editor._of_task("forecast")
    monkeypatch.setattr(editor, "task_names", lambda: ("fish", "forecast"))
    monkeypatch.setattr(editor, "_of_task", lambda name: fish if name == "fish" else one)
    both = json_schema()
    assert valid({"task": "fish", "fins": 3}, both)
    assert valid({"task": "forecast", "horizon": 3}, both)
    assert not valid({"task": "fish", "horizon": 3}, both)
    assert not valid({"task": "forecast", "fins": 3}, both)
    assert not valid({"task": "bird"}, both)


def test_the_starter_explains_every_key_and_changes_nothing():
    text = starter("forecast")
    default = Recipe.load(None, "forecast")
    recipe = Recipe.from_text(text).replace({"description": default.values.description})
    assert recipe.values == default.values
    assert max(len(line) for line in text.splitlines()) <= 100
    assert text.isascii()
    words = " ".join(line.strip().removeprefix("# ") for line in text.splitlines())
    for _, schema in properties(SCHEMA):
        assert schema["description"] in words
    assert f"One of {', '.join(cells)}." in words
