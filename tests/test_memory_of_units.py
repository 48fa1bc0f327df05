"""Memory grows with what is there: with each further row, series or class, and with no product.

The bounds are twice what was measured, in bytes at the peak. What grows with a square, or fills a
calendar from the first series to the last, is far beyond them when there is ten times as much.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "measured_memory.py"

QUIET = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # which gives back what is freed
    "MALLOC_ARENA_MAX": "1",
    "RAYON_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""What keeps less memory that is not used."""

BOUNDS = {
    "forecast prepare row": 300,  # a date and a number
    "forecast prepare series": 4_000,  # of 20 rows
    "forecast prepare span": 50,  # a step between the beginnings of 100 series
    "anomaly prepare row": 200,
    "anomaly prepare series": 13_000,  # of 40 rows
    "classify prepare text": 6_000,  # of ten words
    "classify prepare class": 120_000,  # a column of targets of 2,000 cases: 60 for each
    "classify prepare word": 5_500,  # and the vector that is learnt for it
    "classify prepare series": 5_000,  # of 50 steps
    "classify prepare step": 18_000,  # of 200 series
    "tag prepare token": 300,  # of sentences of ten
    "tag prepare word": 1_400,  # a different one, and a token
    "tag prepare step": 250,  # of two channels
    "generate prepare document": 3_000,  # of ten words
    "generate prepare word": 1_000,
    "forecast predict series": 15_000,  # of 40 rows
    "forecast answer quantile": 1_200_000,  # of 96 windows of 200 steps: 60 for each
    "anomaly predict row": 2_200,
    "classify predict text": 4_500,
    "tag predict step": 450,
    "generate predict word": 10_000,
    "generate predict document": 9_000,
}
"""Bytes of each further unit."""


@pytest.fixture(scope="module")
def measured() -> dict[str, float]:
    """Bytes of each unit, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, SCRIPT],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, **QUIET, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="the peak can be set back on Linux alone")
def test_each_unit_takes_the_memory_that_is_stated(measured: dict[str, float]) -> None:
    assert measured.keys() == BOUNDS.keys()
    beyond = {name: (size, BOUNDS[name]) for name, size in measured.items() if size > BOUNDS[name]}
    assert not beyond
