"""Build the site into `build/site`: gather the pages, make the reference, run Zensical.

    pip install '.[docs]'
    python website/build.py

A link that leads nowhere, a page that is missing in the navigation, a key or a function that is
described nowhere: each is an error. `zensical serve` shows the site while one writes; run this
script again for what has changed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import commands
import json_documents
import python_names
import recipe_keys
import staging
import tomllib

from seqtune.tasks._info import infos

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "build" / "pages"
TASKS = tuple(info.name for info in infos())


def generated() -> dict[str, Callable[[], str]]:
    """Return the pages of the reference, and what makes each."""
    made: dict[str, Callable[[], str]] = {
        "reference/commands.md": commands.page,
        "reference/python.md": python_names.page,
        "reference/json.md": json_documents.page,
    }
    made |= {f"reference/recipe-{task}.md": partial(recipe_keys.page, task) for task in TASKS}
    return made


def check_navigation() -> None:
    """Hold the navigation against the pages that were gathered.

    Raises:
        ValueError: A page is missing in it, or it names a page that is not there.
    """
    navigation = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))
    named = set(_named(navigation["project"]["nav"]))
    there = {path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.md")}
    if named != there:
        raise ValueError(f"the navigation of zensical.toml and the pages differ: {named ^ there}")


def _named(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
        return
    for inner in entry.values() if isinstance(entry, dict) else entry:
        yield from _named(inner)


def main() -> int:
    """Build everything; return the exit code."""
    staging.gather(PAGES, generated())
    check_navigation()
    words = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    return subprocess.run(words, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
