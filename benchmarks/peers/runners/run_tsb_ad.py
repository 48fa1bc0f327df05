"""TSB-AD's detectors with the settings that its authors found best; they score the rows they learn.

    python run_tsb_ad.py TABLE METHOD … -o FOLDER

A detector of theirs that learns normal rows first is given all rows: nobody told which are normal.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from TSB_AD.HP_list import Optimal_Multi_algo_HP_dict, Optimal_Uni_algo_HP_dict
from TSB_AD.model_wrapper import (
    Semisupervise_AD_Pool,
    run_Semisupervise_AD,
    run_Unsupervise_AD,
)

SEED = 0


def main() -> None:
    """Score one table by each method, and write a number for each row to METHOD.txt."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("table", type=Path, help="columns of numbers alone")
    parser.add_argument("methods", nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    values = pd.read_csv(given.table).to_numpy(np.float64)
    for method in given.methods:
        scores = scored(method, values)
        if not isinstance(scores, np.ndarray) or len(scores) != len(values):
            raise SystemExit(f"{method} gave no score for each row: {scores}")
        np.savetxt(given.output / f"{method}.txt", scores)


def scored(method: str, values: np.ndarray) -> np.ndarray | str:
    """Return what a detector says of each row; a text where it failed.

    Args:
        method: As TSB-AD names it.
        values: (rows, channels).
    """
    seed()
    several = values.shape[1] > 1
    chosen = (Optimal_Multi_algo_HP_dict if several else Optimal_Uni_algo_HP_dict)[method]
    if method in Semisupervise_AD_Pool:
        return run_Semisupervise_AD(method, values, values, **chosen)
    return run_Unsupervise_AD(method, values, **chosen)


def seed() -> None:
    """Make what is random the same in every run."""
    import torch

    np.random.seed(SEED)
    torch.manual_seed(SEED)


if __name__ == "__main__":
    main()
