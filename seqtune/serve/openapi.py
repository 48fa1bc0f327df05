"""The OpenAPI document of a server, made from the columns and the data of its models.

Source:
    https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import seqtune
from seqtune.serve.media import CSV, JSON, PARQUET
from seqtune.serve.served_model import ServedModel
from seqtune.tasks._requests import RequestForm

TYPES: dict[str, list[str]] = {
    "number": ["number", "null"],
    "integer": ["integer"],
    "time": ["string"],
    "text": ["string", "null"],
    "any": ["string", "number"],
}

PROBLEMS = {
    "400": "The body cannot be read.",
    "408": "The body is too slow.",
    "413": "The body is too large.",
    "415": "The media type is not read.",
    "422": "The rows do not suit the model; says in which row and column.",
    "429": "Too many requests wait already.",
    "503": "The request waited too long.",
    "504": "The request took too long.",
}


def document(models: Mapping[str, ServedModel], *, has_token: bool) -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        models: The models by the path before what they are asked, such as "/models/airline".
        has_token: Whether clients must send a token.
    """
    paths: dict[str, Any] = {}
    for prefix, model in models.items():
        operation = _writing(model) if model.writes else _predicting(model)
        paths[f"{prefix}/{model.verb}"] = {"post": operation}
    found: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "seqtune", "version": seqtune.__version__},
        "paths": paths,
        "components": {"schemas": {"Problem": PROBLEM}},
    }
    if has_token:
        scheme = {"type": "http", "scheme": "bearer"}
        found["components"]["securitySchemes"] = {"token": scheme}
        found["security"] = [{"token": []}]
    return found


PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string"},
        "row": {"type": "integer", "description": "From 1."},
        "column": {"type": "string"},
    },
}


def _predicting(model: ServedModel) -> dict[str, Any]:
    form = model.form
    rows = {"type": "array", "items": row_schema(form)}
    example = list(form.example)
    content: dict[str, Any] = {
        JSON: {"schema": rows, **({"example": example} if example else {})},
        CSV: {
            "schema": {"type": "string"},
            **({"example": csv_of(form.example)} if example else {}),
        },
        PARQUET: {"schema": {"type": "string", "format": "binary"}},
    }
    records = {"type": "array", "items": {"type": "object"}}
    answers = {
        JSON: {"schema": {"type": "object", "properties": {"predictions": records}}},
        CSV: {"schema": {"type": "string"}},
        PARQUET: {"schema": {"type": "string", "format": "binary"}},
    }
    more = " No rows: what comes after the data of the model." if form.continues else ""
    return {
        "summary": f"{model.task.info.summary.capitalize()} with {model.name}",
        "description": f"{form.remark}{more}".strip(),
        "operationId": f"{model.verb}-{model.name}",
        "requestBody": {"required": not form.continues, "content": content},
        "responses": {
            "200": {"description": "The prediction table.", "content": answers},
            **_problems(),
        },
    }


def _writing(model: ServedModel) -> dict[str, Any]:
    properties = {each.name: dict(each.schema) for each in model.options}
    example = {
        name: schema["default"] for name, schema in properties.items() if "default" in schema
    }
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {
        "summary": f"{model.task.info.summary.capitalize()} with {model.name}",
        "description": "The text as server-sent events: `data` holds a JSON text each; the event "
        "`end` says what came of it. Accept: application/json gives the text as a whole.",
        "operationId": f"{model.verb}-{model.name}",
        "requestBody": {"content": {JSON: {"schema": schema, "example": example}}},
        "responses": {
            "200": {
                "description": "The text.",
                "content": {
                    "text/event-stream": {"schema": {"type": "string"}},
                    JSON: {"schema": {"type": "object"}},
                },
            },
            **_problems(),
        },
    }


def row_schema(form: RequestForm) -> dict[str, Any]:
    """Return the JSON schema of a row."""
    properties: dict[str, Any] = {}
    for column in form.columns:
        properties[column.name] = {"type": TYPES[column.kind], "description": column.role}
    return {
        "type": "object",
        "properties": properties,
        "required": [column.name for column in form.columns if column.is_required],
    }


def csv_of(rows: Sequence[Mapping[str, Any]]) -> str:
    r"""Return rows as CSV.

    Example:
        >>> csv_of([{"month": "1961-01", "passengers": 450}])
        'month,passengers\n1961-01,450\n'
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _problems() -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": said, "content": {JSON: schema}}
        for status, said in PROBLEMS.items()
    }
