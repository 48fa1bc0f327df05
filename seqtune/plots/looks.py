"""How lines, bars and points look with matplotlib: one look for each role, as on a page."""

from __future__ import annotations

from typing import Any

COLOURS = {"actual": "#1b1f24", "model": "#0a5fb4", "baseline": "#b04a00"}
OTHERS = ("#00756a", "#8a3a9c", "#686300", "#b3275f", "#4b5a91", "#7a5230")
FAINT = "#a9b0b8"
DASHES = {"baseline": (0, (5, 3)), "actual": "solid", "model": "solid"}
OTHER_DASHES = (
    (0, (7, 2)),
    (0, (1, 2)),
    (0, (6, 2, 1, 2)),
    (0, (3, 1.5)),
    (0, (8, 2, 1, 2, 1, 2)),
    "solid",
)
PARTS = ("#d9dcdf", "#bfd7ee", "#f8d2ae")
HATCHES = ("", "///", "...", "xx", "|||", "ooo")
MARKS = {"actual": "o", "model": "o", "baseline": "s"}
OTHER_MARKS = ("^", "s", "o", "v", "D", "P")


def line_look(look: str) -> dict[str, Any]:
    """Return what matplotlib draws a line with.

    Args:
        look: From `seqtune.pages.looks.looks`, or "level" for a threshold.
    """
    if look == "faint":
        return {"color": FAINT, "linewidth": 0.7, "zorder": 1}
    if look == "level":
        return {"color": "#545b64", "linestyle": (0, (3, 3)), "linewidth": 1.2}
    if look in COLOURS:
        width = 2.0 if look == "model" else 1.4
        return {"color": COLOURS[look], "linestyle": DASHES[look], "linewidth": width}
    number = int(look.removeprefix("other"))
    return {"color": OTHERS[number], "linestyle": OTHER_DASHES[number], "linewidth": 1.4}


def colour(look: str) -> str:
    """Return the colour of a look."""
    if look == "faint":
        return FAINT
    return COLOURS[look] if look in COLOURS else OTHERS[int(look.removeprefix("other"))]


def mark(look: str) -> str:
    """Return the mark of a look."""
    if look in MARKS:
        return MARKS[look]
    return "." if look == "faint" else OTHER_MARKS[int(look.removeprefix("other"))]


def span_look(look: str) -> dict[str, Any]:
    """Return what matplotlib draws a stretch with.

    Args:
        look: From `seqtune.pages.svg.lines.span_looks`.
    """
    if look.startswith("part"):
        return {"facecolor": PARTS[int(look.removeprefix("part"))], "alpha": 0.55, "linewidth": 0}
    role, _, number = look.partition(" kind")
    own = COLOURS[role]
    return {
        "facecolor": own, "edgecolor": own, "alpha": 0.16, "linewidth": 0,
        "hatch": HATCHES[int(number or 0)],
    }  # fmt: skip
