"""Gather the pages of the site in one folder: those of `docs/`, and some that stand elsewhere."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "measuring.md",
    "examples/README.md": "examples.md",
    "README.md": "index.md",
}
"""Page of the project outside `docs/` to its page of the site; the start page replaces README."""

LINK = re.compile(r"(\]\()([^)#:\s]+)((?:#[^)\s]*)?\))")
"""A link to another file: not to an address of the web, not within its own page."""


def pages() -> dict[Path, Path]:
    """Return every page to where it stands in the site, both relative to their folders."""
    found = {
        path.relative_to(ROOT): path.relative_to(ROOT / "docs")
        for path in sorted((ROOT / "docs").rglob("*"))
        if path.suffix in (".md", ".svg")
    }
    return found | {Path(source): Path(target) for source, target in ELSEWHERE.items()}


def gather(folder: Path, generated: dict[str, Callable[[], str]]) -> None:
    """Write all pages into a folder, which is made anew.

    Args:
        folder: Where the site is built from.
        generated: Page to what makes it.

    Raises:
        ValueError: A page links to what the site does not have.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for source, target in pages().items():
        if source == Path("README.md"):
            continue
        text = (ROOT / source).read_text(encoding="utf-8")
        if source.suffix == ".md":
            text = relinked(text, source, set(generated))
        write(folder / target, text)
    for name, make in generated.items():
        write(folder / name, make())


def write(path: Path, text: str) -> None:
    """Write a page, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def relinked(text: str, source: Path, generated: set[str]) -> str:
    """Return a page with its links as they lead from its place in the site.

    Args:
        text: The page.
        source: Where it stands in the project.
        generated: Pages of the site that no file of the project holds.

    Raises:
        ValueError: A link leads to what the site does not have.
    """
    places = pages()

    def moved(found: re.Match[str]) -> str:
        named = Path(os.path.normpath(source.parent / found[2]))
        inside = Path(os.path.relpath(named, "docs"))
        target = inside if inside.as_posix() in generated else places.get(named)
        if target is None:
            raise ValueError(f"{source} links to {found[2]}, which is no page of the site")
        way = Path(os.path.relpath(target, places[source].parent)).as_posix()
        return f"{found[1]}{way}{found[3]}"

    pieces = text.split("```")
    pieces[::2] = [LINK.sub(moved, piece) for piece in pieces[::2]]
    return "```".join(pieces)
