"""How lines, bars and points look: one look for each role, in every chart.

A look is a class of the style: a colour, and besides it a dash or a mark, so that they are told
apart without colours.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from seqtune.pages.markup import element

OTHERS = 6
"""So many looks there are for what has no role of its own."""

MOST_NAMED = 10
"""Names in a legend at most."""


def looks(roles: Sequence[str]) -> list[str]:
    """Return the look of each of several that stand in one chart.

    Example:
        >>> looks(["actual", "other", "other"])
        ['actual', 'other0', 'other1']
    """
    others = [number for number, role in enumerate(roles) if role == "other"]
    if len(others) > OTHERS:
        return ["faint" if role == "other" else role for role in roles]
    order = {number: f"other{place}" for place, number in enumerate(others)}
    return [order.get(number, role) for number, role in enumerate(roles)]


def legend(entries: Sequence[tuple[str, str, str]]) -> Markup | None:
    """Return what each look means; nothing where there is nothing to tell apart.

    Args:
        entries: Name, look and form of each: "line", "band", "bar", "dot" or "span".
    """
    named = list(dict.fromkeys((name, look, form) for name, look, form in entries if name))
    if not named:
        return None
    items = [element("li", swatch(look, form), name) for name, look, form in named[:MOST_NAMED]]
    if len(named) > MOST_NAMED:
        items.append(element("li", f"and {len(named) - MOST_NAMED:,} more"))
    return element("ul", *items, class_="legend")


def swatch(look: str, form: str) -> Markup:
    """Return a sample of a look."""
    if form == "line":
        inner = element("line", class_=f"line {look}", x1=1, x2=25, y1=6, y2=6)
    elif form == "dot":
        inner = mark(look, 13, 6)
    else:
        inner = element("rect", class_=f"{form} {look}", x=2, y=1, width=22, height=10)
    return element("svg", inner, class_="swatch", viewBox="0 0 26 12", aria_hidden="true")


def mark(look: str, x: float, y: float, r: float = 3.5) -> Markup:
    """Return the mark of a point: a form for each role, besides its colour."""
    if look in ("baseline", "other1", "other4"):
        return element("rect", class_=f"dot {look}", x=x - r, y=y - r, width=2 * r, height=2 * r)
    if look in ("other0", "other3"):
        path = f"M{x:.1f} {y - r - 1:.1f}l{r + 1:g} {2 * r:g}h-{2 * r + 2:g}z"
        return element("path", class_=f"dot {look}", d=path)
    return element("circle", class_=f"dot {look}", cx=x, cy=y, r=r)
