"""What a model is, as its card says it: task, scores, and what it was fitted on."""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import Any

from seqtune.serve.served_model import ServedModel


def about(model: ServedModel) -> dict[str, Any]:
    """Return what clients may know of a model, as plain JSON values.

    Args:
        model: The model.
    """
    form, record = model.form, getattr(model.run, "record", {})
    row = model.predictor.board.row(model.row)
    fitted = model.predictor.data or str((record.get("data") or {}).get("path") or "")
    return {
        "name": model.name,
        "task": model.task.name,
        "summary": model.task.info.summary,
        "verb": model.verb,
        "model": model.row,
        "kind": row.kind if row else "",
        "detail": row.detail if row else "",
        "parameters": row.parameters if row else None,
        "validation": _finite(row.validation if row else {}),
        "test": _finite(row.test if row else {}),
        "data": PurePath(fitted.replace("\\", "/")).name,
        "columns": [
            {"name": each.name, "kind": each.kind, "role": each.role, "required": each.is_required}
            for each in form.columns
        ],
        "example": list(form.example),
        "continues": form.continues,
        "remark": form.remark,
        "options": {each.name: dict(each.schema) for each in model.options},
    }


def _finite(scores: Any) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in scores.items()}
