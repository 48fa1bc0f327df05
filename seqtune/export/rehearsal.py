"""The first prediction of what was exported, in a process that has neither Keras nor a backend.

    python -m seqtune.export.rehearsal FOLDER ROW PART OUT

predicts and scores a held-out part of the data with the files in FOLDER, as a bundle would where
nothing else is installed. To the folder OUT it writes what it made, and loaded.json: the names of
the packages that it loaded, which `requirements.txt` has to name.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqtune.errors import ExportError, SeqtuneError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from seqtune.tasks._values import Part

ABSENT = ("keras", "keras_tuner", "jax", "jaxlib", "tensorflow", "h5py", "onnx")
"""Packages that what was exported has to do without."""

MADE, LOADED = "made-{}.npy", "loaded.json"


@dataclass(frozen=True)
class Rehearsal:
    """What the process did.

    Args:
        made: What `seqtune.export.comparison.made_by` returned there.
        loaded: Names of the packages that it loaded.
    """

    made: Sequence[npt.NDArray[np.float64]]
    loaded: frozenset[str]


def rehearse(folder: Path, row: str, part: Part) -> Rehearsal:
    """Let a process of its own predict with exported files.

    Args:
        folder: The files of a bundle.
        row: The row that they are of.
        part: Which held-out part of the data is predicted.

    Raises:
        ExportError: It failed.
    """
    from seqtune.data.array_file import read_array
    from seqtune.files import read_json, scratch_folder
    from seqtune.runtime.import_paths import import_paths

    with scratch_folder() as out:
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(folder.resolve()), row, part, str(out)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(import_paths())},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = next(iter(done.stderr.strip().splitlines()[-1:]), "it ended without a word")
            raise ExportError(
                f"what was written of {row} does not predict without Keras: {reason}",
                "export another row: --use NAME",
            )
        count = len(list(out.glob(MADE.format("*"))))
        made = [read_array(out / MADE.format(number), "float64", None) for number in range(count)]
        return Rehearsal(made, frozenset(read_json(out / LOADED)))


def _act(folder: Path, row: str, part: Any, out: Path) -> None:
    """Predict, and write what came of it."""
    for name in ABSENT:
        sys.modules[name] = None  # type: ignore[assignment]
    from seqtune.data.array_file import write_array
    from seqtune.export.comparison import made_by
    from seqtune.files import write_json
    from seqtune.recipe.load import Recipe, task_of
    from seqtune.run.leaderboard import read_leaderboard
    from seqtune.run.predictor import Predictor
    from seqtune.tasks import load_task

    path = folder / "recipe.yaml"
    recipe = Recipe.load(path, task_of(path))
    board = read_leaderboard(folder)
    predictor = Predictor(load_task(recipe.task), folder, board, recipe, only=row)
    made = made_by(predictor, row, part)
    prepared = predictor.prepared
    predictor.task.score(prepared, prepared.encoded(part), made[0])  # loads more than to predict
    for number, array in enumerate(made):
        write_array(out / MADE.format(number), array)
    loaded = {name.partition(".")[0] for name, module in sys.modules.items() if module is not None}
    write_json(out / LOADED, sorted(loaded))


if __name__ == "__main__":
    try:
        _act(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    except SeqtuneError as error:
        sys.exit(error.message)
