"""Draw the reports that the pages show: fits of the samples, as SVG.

    python website/pictures.py            # every task: six fits of five minutes
    python website/pictures.py forecast   # one task

What is drawn is what `seqtune report RUN` prints in a terminal. Pictures are kept in
`docs/pictures`, since a fit takes longer than a build of the site may. Nothing else should run on
the machine meanwhile.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI

from seqtune.drawing.harmless import Harmless
from seqtune.report.build import fit_report
from seqtune.run.run import Run

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDTH = 88
"""Columns of the terminal that is drawn."""

FITS = {
    "forecast": "seqtune fit data/shops.csv --task forecast --target sales --future promotion "
    "--past price --static region --out runs/shops",
    "anomaly": "seqtune fit data/machine.csv --task anomaly --out runs/machine",
    "classify": "seqtune fit data/gestures.csv --task classify --out runs/gestures",
    "generate": "seqtune fit data/tales.txt --task generate --out runs/tales",
    "translate": "seqtune fit data/phrases.csv --task translate --out runs/phrases",
    "tag": "seqtune fit data/agreement.conll --task tag --out runs/agreement",
}
"""The command behind each picture, with the budget that a fit has by itself."""

FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-size: 18px; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""
"""rich's own picture of a terminal, without the font that it would fetch from the network."""


def fit(command: str, folder: Path) -> Path:
    """Run a fit in a folder that has the samples in it, and return the run folder."""
    if not (folder / "data").exists():
        (folder / "data").symlink_to(ROOT / "data")
    words = shlex.split(command)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", *words, "--quiet"]
    subprocess.run(program, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return folder / words[words.index("--out") + 1]


def draw(run: Path, command: str, picture: Path) -> None:
    """Write the report of a run as a picture.

    Args:
        run: A run folder, below the working directory, so that no other path is drawn.
        command: What made it; the title.
        picture: The SVG file.
    """
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    console = Console(width=WIDTH, record=True, file=nowhere, force_terminal=True)
    console.print(Harmless(fit_report(Run(run))))
    name = picture.stem
    text = console.export_svg(
        title=shlex.join(shlex.split(command)[:5]),
        theme=DIMMED_MONOKAI,
        code_format=FORMAT,
        unique_id=name,
    )
    picture.write_text(text, encoding="utf-8")


def main(tasks: list[str]) -> None:
    """Fit and draw these tasks, all of them where none is named."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for task in tasks or FITS:
            run = fit(FITS[task], Path(folder))
            draw(run.relative_to(folder), FITS[task], PICTURES / f"{task}.svg")
        os.chdir(ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
