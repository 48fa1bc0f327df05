"""Names and what they are."""

from __future__ import annotations

from markupsafe import Markup

from seqtune.figures.facts import Facts
from seqtune.pages.markup import element


def draw(figure: Facts) -> Markup:
    """Return a list of names with their values."""
    pairs = [
        element("div", element("dt", name), element("dd", value)) for name, value in figure.pairs
    ]
    return element("dl", *pairs, class_="facts")
