"""Milliseconds of a training step and seconds of compiling, for every cell, on both backends.

python benchmarks/cells.py
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

SHAPES = {"14 segments of 24 steps": (14, 24), "336 steps": (336, 8)}
"""Steps of the recurrence, and features of each."""

BATCH, UNITS, REPEATS, ROUNDS = 128, 64, 10, 3


def main() -> None:
    """Measure every backend in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backends", nargs="+", default=["jax", "tensorflow"])
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        measure(chosen.measure)
        return
    for backend in chosen.backends:
        subprocess.run([sys.executable, __file__, "--measure", backend], check=True)


def measure(backend: str) -> None:
    """Print a line for every cell and shape."""
    from seqtune.runtime.backend import activate

    activate(backend)
    from seqtune.registry import cells

    for title, shape in SHAPES.items():
        print(f"{backend}, {title}: batch {BATCH}, {UNITS} units")
        usual = None
        for cell in sorted(cells, key=lambda name: name != "lstm"):
            compiling, step = _train(cell, *shape)
            usual = usual or step
            print(
                f"  {cell:12s} {step:8.2f} ms  {step / usual:5.2f}  {compiling:5.1f} s", flush=True
            )


def _train(cell: str, steps: int, features: int) -> tuple[float, float]:
    """Return the seconds of the first step, and the milliseconds of a later one."""
    import keras
    import numpy as np

    from seqtune.registry import cells

    keras.utils.clear_session()
    inputs = keras.Input((steps, features))
    model = keras.Model(inputs, keras.layers.Dense(1)(cells[cell].layer(UNITS)(inputs)))
    model.compile(optimizer="adam", loss="mse", jit_compile="auto")
    draw = np.random.default_rng(0)
    x = draw.normal(size=(BATCH, steps, features)).astype(np.float32)
    y = draw.normal(size=(BATCH, 1)).astype(np.float32)
    began = time.perf_counter()
    model.train_on_batch(x, y)
    compiling = time.perf_counter() - began
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(REPEATS):
            model.train_on_batch(x, y)
        rounds.append((time.perf_counter() - began) / REPEATS)
    return compiling, 1000 * min(rounds)


if __name__ == "__main__":
    main()
