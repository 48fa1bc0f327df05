from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from regress.info import INFO
from seqtune.progress import no_progress
from seqtune.registry import cells
from seqtune.tasks._contract import Task

BORDERS = {"train": (0.0, 0.6), "validation": (0.6, 0.8), "test": (0.8, 1.0)}


@dataclass(frozen=True)
class Prepared:
    table: pd.DataFrame  # the target first
    metric, folds = "mae", ()

    def encoded(self, part):
        begin, end = (int(share * len(self.table)) for share in BORDERS[part])
        return self.table.to_numpy(np.float32)[begin:end]

    def save(self, folder):
        (folder / "data").mkdir(exist_ok=True)
        self.table.to_csv(folder / "data" / "rows.csv", index=False)

    def describe(self):
        return {"rows": len(self.table), "unit": "row"}


class Batches(keras.utils.PyDataset):
    def __init__(self, rows, size, seed, steps):
        super().__init__()
        self.rows, self.size, self.seed, self.steps = rows, size, seed, steps

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        draw = np.random.default_rng((self.seed, index))
        rows = self.rows[draw.integers(0, len(self.rows), self.size)]
        return rows[:, 1:, None], rows[:, :1]


class RegressTask(Task):
    info = INFO

    def prepare(self, source, recipe, listener):
        target = recipe.values.data.target
        names = [target, *(name for name in source.names if name != target)]
        return Prepared(pd.DataFrame({name: source.numbers(name) for name in names})), recipe

    def load(self, folder):
        return Prepared(pd.read_csv(folder / "data" / "rows.csv"))

    def build(self, prepared, values):
        columns = keras.Input((prepared.table.shape[1] - 1, 1))
        state = cells[values["network.cell"]].layer(values["network.units"])(columns)
        return keras.Model(columns, keras.layers.Dense(1)(state))

    def loss(self, prepared, values):
        return keras.losses.MeanAbsoluteError()

    def batches(self, prepared, values, seed, *, steps, until="train"):
        rows = prepared.table.to_numpy(np.float32)[: int(BORDERS[until][1] * len(prepared.table))]
        return Batches(rows, values["training.batch_size"], seed, steps)

    def encode(self, prepared, source, context):
        return np.column_stack([source.numbers(name) for name in prepared.table]).astype("float32")

    def forward(self, network, prepared, encoded, values, calibration=None, advance=no_progress):
        return network(encoded[:, 1:, None])[:, 0].astype(np.float64)

    def decode(self, prepared, encoded, predictions, context):
        return pd.DataFrame({"prediction": predictions})

    def score(self, prepared, encoded, predictions):
        return {"mae": float(np.abs(encoded[:, 0] - predictions).mean())}


TASK = RegressTask()
