"""A command or a file, as it is typed."""

from __future__ import annotations

from markupsafe import Markup

from seqtune.figures.listing import Listing
from seqtune.pages.markup import element


def draw(figure: Listing) -> Markup:
    """Return the text as it stands."""
    return element(
        "pre",
        element("code", figure.text),
        class_="listing",
        tabindex=0,
        role="group",
        aria_label=figure.title,
    )
