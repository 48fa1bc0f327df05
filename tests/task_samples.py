"""Data of each task, and the flags of a small search."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from command_line import (
    DATA,
    TINY,
    TINY_ANOMALY,
    TINY_CLASSIFY,
    TINY_GENERATE,
    TINY_TAG,
    TINY_TRANSLATE,
    weekly,
)
from tiny_runs import flights, numerals

from seqtune.data.reading.open import open_source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks import load_task
from seqtune.tasks._contract import Task


def _hours() -> pd.DataFrame:
    times = pd.date_range("2024-01-01", periods=300, freq="h")
    noise = np.random.default_rng(0).normal(0, 0.05, 300)
    return pd.DataFrame({"time": times, "load": np.sin(times.hour * np.pi / 12) + noise})


def _texts() -> pd.DataFrame:
    said = ("good film", "a bad film here", "fine")
    rows = range(30)
    return pd.DataFrame(
        {"text": [f"{said[row % 3]} {row}" for row in rows], "label": [row % 3 for row in rows]}
    )


SAMPLES: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "forecast": (weekly(140), TINY),
    "anomaly": (_hours(), TINY_ANOMALY),
    "classify": (_texts(), TINY_CLASSIFY),
    "translate": (numerals(10, 70), (*TINY_TRANSLATE, "--set", "data.kind=text")),
    "tag": (flights(1, 41), TINY_TAG),
    "generate": ((DATA / "tales.txt").read_text(encoding="utf-8")[:9_000], TINY_GENERATE),
}
"""Data of each task, and the flags of a small search; a new task adds its own here."""


def settings(flags: tuple[str, ...]) -> list[str]:
    """Return the values of `--set` among flags."""
    return [value for flag, value in pairwise(flags) if flag == "--set"]


def prepared_sample(
    name: str, folder: Path, keys: tuple[str, ...] = ()
) -> tuple[Task, Any, Recipe]:
    """Write the data of a task to a folder, and prepare it.

    Args:
        name: The task.
        folder: Where the data goes.
        keys: Further `key.path=value`.

    Returns:
        The task, the prepared data, and the recipe with every value filled in.
    """
    rows, flags = SAMPLES[name]
    path = folder / ("data.txt" if isinstance(rows, str) else "data.csv")
    if isinstance(rows, str):
        path.write_text(rows, encoding="utf-8")
    else:
        rows.to_csv(path, index=False)
    task = load_task(name)
    recipe = Recipe.load(None, name, (*settings(flags), *keys))
    return task, *task.prepare(open_source(path, recipe), recipe, silent)
