"""For how long channels keep one value, and from how many rows on that raises an alarm.

    python benchmarks/flat_line.py FOLDER data/machine.csv

Of every column of numbers in the files (of folders: their CSV files) the first 60 % are measured,
as a search measures its training part, and all rows are looked at. No network takes part.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from seqtune.data.reading.open import open_source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.anomaly.equal_runs import equal_rows
from seqtune.tasks.anomaly.flat_line import FlatLine
from seqtune.tasks.anomaly.task import TASK

LONGEST = 5_000
"""Rows up to which it is looked for where an alarm begins."""


def main() -> None:
    """Print one line for each column."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    print("| column | usual run | alarm from | longest run | runs in training | in the rest |")
    print("| --- | --- | --- | --- | --- | --- |")
    for path in parser.parse_args().paths:
        for file in sorted(path.glob("*.csv")) if path.is_dir() else [path]:
            table = pd.read_csv(file)
            for name in table.select_dtypes("number"):
                print(_line(f"{file.stem} `{name}`", table[name].dropna().reset_index(drop=True)))


def _line(name: str, column: pd.Series) -> str:
    recipe = Recipe.load(None, "anomaly", ("data.time=null", "seasonality=1"))
    table = pd.DataFrame({"value": column.astype(float)})
    prepared = TASK.prepare(open_source(table, recipe), recipe, silent)[0]
    assert prepared.codec.flat_line is not None
    known = prepared.codec.flat_line.of(0)
    threshold = prepared.codec.threshold
    values = np.asarray(prepared.panel.target)
    seen = np.ones(values.shape, np.bool_)
    strange = (known.rarities(values, seen)[:, 0] > threshold).astype(int)
    begins = np.flatnonzero(np.diff(np.append(0, strange)) == 1)
    trained = int(prepared.split.train_end[0])
    before = int((begins < trained).sum())
    figures = (
        known.start[0] or "",
        _alarm(known, threshold) or "",
        equal_rows(values[:, 0], seen[:, 0]).max(),
        before,
        len(begins) - before,
    )
    return f"| {name} | {' | '.join(map(str, figures))} |"


def _alarm(known: FlatLine, threshold: float) -> int | None:
    """Return from how many equal rows on the alarm is raised; None where it never is."""
    still = np.zeros((LONGEST, 1))
    rarities = known.rarities(still, np.ones(still.shape, np.bool_))[:, 0]
    return int(np.argmax(rarities > threshold)) + 1 if (rarities > threshold).any() else None


if __name__ == "__main__":
    main()
