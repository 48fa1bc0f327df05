"""How to repeat the run: the command, the recipe, the versions, and what the data was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqtune.drawing.wording import command
from seqtune.figures.block import AnyFigure, Block
from seqtune.figures.facts import Facts
from seqtune.figures.listing import Listing
from seqtune.run.fitted import Fitted

MOST_TEXT = 20_000


def repeat_block(run: Fitted) -> Block:
    """Return what somebody needs who does it again."""
    record = run.record
    figures: list[AnyFigure] = [Facts(title="", pairs=_pairs(record))]
    path = run.folder / "recipe.yaml"
    data = record.get("data", {})
    origin = data.get("path") if isinstance(data, Mapping) else None
    if run.file is None:
        typed = str(origin) if isinstance(origin, str) and origin else "DATA"
        line = command("seqtune", "fit", typed, "--task", str(record["task"]))
        recipe = command("--recipe", str(path), "--out", f"{run.path}-again")
        figures.append(Listing(title="Command", text=f"{line} {recipe}"[:MOST_TEXT]))
    recipe_text = run.recipe.to_yaml()
    cut = "" if len(recipe_text) <= MOST_TEXT else "Its beginning; the file has the rest."
    figures.append(
        Listing(
            title="Recipe, every default and inferred value filled in",
            caption=cut,
            text=recipe_text[:MOST_TEXT],
        )
    )
    return Block(key="repeat", title="How to repeat it", figures=tuple(figures))


def _pairs(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name in ("status", "recipe", "began", "ended", "exported", "seed", "backend"):
        if isinstance(value := record.get(name), (str, int)) and value != "":
            pairs.append((name, str(value)[:400]))
    devices = record.get("devices")
    if isinstance(devices, list) and devices:
        pairs.append(("devices", ", ".join(map(str, devices))[:400]))
    versions = record.get("versions")
    if isinstance(versions, Mapping):
        pairs += [(str(name)[:100], str(version)[:100]) for name, version in versions.items()][:40]
    data = record.get("data")
    fingerprint = data.get("fingerprint") if isinstance(data, Mapping) else None
    if isinstance(fingerprint, str):
        pairs.append(("fingerprint of the data", fingerprint[:100]))
    return tuple(pairs)
