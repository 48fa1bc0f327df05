"""What the pages hold: commands in blocks and in the text, settings, snippets of Python."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("benchmarks/README.md", "examples/README.md"),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
)


def text_of(page: str) -> str:
    """The page, named from the root of the project."""
    return (ROOT / page).read_text(encoding="utf-8")


OUTSIDE_QUOTES = r'(?=[^"\n]*(?:"[^"\n]*"[^"\n]*)*(?:\n|\Z))'
"""Looks ahead: as many quotation marks close as open before the end of the line."""


def fenced(page: str) -> list[str]:
    """The command lines of the fenced blocks, in their order; `\\` continues a line."""
    blocks = text_of(page).split("```")[1::2]
    commands = "\n".join(block for block in blocks if block.split("\n")[0] in SHELLS)
    pieces = re.split(rf"\n|&&|(?<!\|)\|(?!\|){OUTSIDE_QUOTES}", commands.replace("\\\n", " "))
    return [piece.strip() for piece in pieces if piece.strip().startswith("seqtune ")]


SHELLS = ("", "sh", "bash", "console")
"""What stands behind the fence of a block with commands."""


def inline(page: str) -> list[str]:
    """The command lines in the running text."""
    return re.findall(r"`(seqtune [^`…]+)`", _running(page))


def settings(page: str) -> list[str]:
    """The `--set key=value` in the running text."""
    return [shlex.split(words)[1] for words in re.findall(r"`(--set [^`…]+)`", _running(page))]


def snippets(page: str) -> list[str]:
    """The blocks of Python, in their order."""
    return re.findall(r"```python\n(.*?)```", text_of(page), flags=re.S)


def _running(page: str) -> str:
    return " ".join(" ".join(text_of(page).split("```")[::2]).split())
