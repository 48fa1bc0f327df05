"""Nats per character of one search on a text, its last tenth held out: the figure nanoGPT gives.

    python benchmarks/shakespeare.py tinyshakespeare.txt --budget 10m

The text is read character by character. Its last 10 % are the test part, which nothing sees before
the winner is scored on it, once; 2 % before it are the validation part.
"""

from __future__ import annotations

from pathlib import Path

from _language import parser, search


def main() -> None:
    """Fit, and print the scores of every row."""
    asks = parser(__doc__)
    asks.add_argument("text", type=Path, help="a text file, such as tinyshakespeare.txt")
    asked = asks.parse_args()
    search(
        asked,
        asked.text,
        "nats_per_character",
        *("--recipe", "generate/characters"),
        *("--set", "validation.share=0.02", "--set", "test.share=0.1"),
    )


if __name__ == "__main__":
    main()
