"""Translate short sentences.

    python examples/sentence_pairs.py deu.txt --budget 20m

The data are sentence pairs of the Tatoeba Project (CC BY 2.0 FR), which
https://www.manythings.org/anki/ offers for about eighty languages. Unpack the archive of a
language; the file has a pair per line: English, a tab, the other language, a tab, who wrote it.

What it shows: pairs, a metric that suits the answers, a beam, several candidates for an answer.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import pandas as pd

import seqtune

MOST_WORDS = 8
"""Longer sentences are left out: a network that is learnt in minutes has seen few of them."""

HELD_OUT = 0.05
"""The share of the English sentences that the run does not see."""


def pairs(file: Path) -> pd.DataFrame:
    """Return the pairs of short sentences: `english` and `other`."""
    table = pd.read_csv(
        file,
        sep="\t",
        names=["english", "other", "source"],
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
    )
    is_short = table["english"].str.count(" ") < MOST_WORDS
    return table.loc[is_short, ["english", "other"]].reset_index(drop=True)


def main(file: Path, folder: Path, **options: Any) -> pd.DataFrame:
    """Fit, score the sentences that were held out, and return three candidates for each of five.

    Args:
        file: The data.
        folder: Where the run folder goes.
        options: Flags of `seqtune fit`.
    """
    table = pairs(file)
    english = table["english"].drop_duplicates().sample(frac=HELD_OUT, random_state=0)
    is_held_out = table["english"].isin(english)
    run = seqtune.fit(
        table[~is_held_out],
        task="translate",
        source="english",
        target="other",
        out=folder / "pairs",
        **options,
    )
    print(run.leaderboard.to_string())
    held_out = table[is_held_out].reset_index(drop=True)
    for name, figures in run.evaluate(held_out).items():
        print(f"{name}: " + ", ".join(f"{key} {value:.3g}" for key, value in figures.items()))
    return run.predict(held_out.head(5)[["english"]], set=["decoding.beam=5", "decoding.n_best=3"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--budget", default="20m")
    print(main(**vars(parser.parse_args())))
