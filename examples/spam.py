"""Tell spam from other text messages.

    python examples/spam.py SMSSpamCollection --budget 5m

The data are the "SMS Spam Collection" of the UCI Machine Learning Repository (T. Almeida and
J. Hidalgo, 2011; CC BY 4.0): https://archive.ics.uci.edu/dataset/228. Unpack the archive; the file
has a message per line, `ham` or `spam` and a tab before it, and no header.

What it shows: a test part of your own, probabilities, and a threshold that lets few good messages
through to the bin.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import pandas as pd

import seqtune

HELD_OUT = 0.2
"""The share of the messages that the run does not see."""

SURE = 0.95
"""From this probability on, a message is taken for spam."""


def messages(file: Path) -> pd.DataFrame:
    """Return the messages: `label` and `text`."""
    return pd.read_csv(
        file, sep="\t", names=["label", "text"], quoting=csv.QUOTE_NONE, keep_default_na=False
    )


def main(file: Path, folder: Path, **options: Any) -> pd.DataFrame:
    """Fit, score the messages that were held out, and return what is most surely spam.

    Args:
        file: The data.
        folder: Where the run folder goes.
        options: Flags of `seqtune fit`.
    """
    table = messages(file).sample(frac=1, random_state=0, ignore_index=True)
    border = int((1 - HELD_OUT) * len(table))
    seen, held_out = table[:border], table[border:].reset_index(drop=True)
    run = seqtune.fit(
        seen, task="classify", text="text", label="label", out=folder / "spam", **options
    )
    print(run.leaderboard.to_string())
    answers = run.predict(held_out[["text"]])
    sure = answers["p_spam"] >= SURE
    found = (held_out["label"] == "spam") & sure
    wrong = (held_out["label"] == "ham") & sure
    print(f"of {len(held_out):,} messages {found.sum()} are found, {wrong.sum()} wrongly")
    return held_out.assign(p_spam=answers["p_spam"]).nlargest(10, "p_spam")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--budget", default="5m")
    print(main(**vars(parser.parse_args())))
