"""Nats per step of one search on chorales: sets of notes, by quarter note, with the usual parts.

    python benchmarks/chorales.py FOLDER --budget 10m

FOLDER holds jsb-chorales-quarter.json (Boulanger-Lewandowski et al., arXiv 1206.6392), whose parts
are for training, validation and test. Nothing sees the test part before the winner is scored on it,
once. The published figures are nats per step, too, without the ends of pieces, which count here.
"""

from __future__ import annotations

from pathlib import Path

from _language import parser, search

DATA = "jsb-chorales-quarter.json"


def main() -> None:
    """Fit, and print the scores of every row."""
    asks = parser(__doc__)
    asks.add_argument("folder", type=Path, help=f"holds {DATA}")
    asked = asks.parse_args()
    search(asked, asked.folder / DATA, "nats_per_step")


if __name__ == "__main__":
    main()
