"""Learn to write like one author.

    python examples/shakespeare.py pg100.txt --budget 10m

The data are the complete works of William Shakespeare of Project Gutenberg (in the public domain in
most countries): https://www.gutenberg.org/ebooks/100, "Plain Text UTF-8". Any other book there has
the same form: a notice, the text between two lines of stars, a licence.

What it shows: a text of one file, writing with a seed and a temperature, the likeliest next words.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import seqtune

BEGIN, END = "*** START OF", "*** END OF"


def without_notices(book: str) -> str:
    """Return a book without what Project Gutenberg writes before and behind it."""
    lines = book.lstrip("\ufeff").splitlines()
    begins = [place for place, line in enumerate(lines) if line.startswith(BEGIN)]
    ends = [place for place, line in enumerate(lines) if line.startswith(END)]
    first = begins[0] + 1 if begins else 0
    last = ends[-1] if ends else len(lines)
    return "\n".join(lines[first:last]).strip() + "\n"


def main(file: Path, folder: Path, **options: Any) -> str:
    """Fit, print the likeliest next words, and return a text.

    Args:
        file: The book.
        folder: Where the run folder goes.
        options: Flags of `seqtune fit`.
    """
    text = folder / "text.txt"
    text.write_text(without_notices(file.read_text(encoding="utf-8")), encoding="utf-8")
    run = seqtune.fit(text, task="generate", out=folder / "author", **options)
    print(run.leaderboard.to_string())
    for word in run.next_words("What is the ", top=5):
        print(f"{word.probability:6.1%}  {word.word}")
    written: str = run.generate(prompt="ROMEO", length=300, temperature=0.7, seed=1)
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--budget", default="10m")
    print(main(**vars(parser.parse_args())))
