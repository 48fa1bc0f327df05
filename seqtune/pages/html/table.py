"""A table of texts, in a box of its own that scrolls where the screen is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from seqtune.pages.markup import element, scrolled

SHORT = 32
"""Letters of a cell at most that is not broken into lines."""


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    name: str,
    numeric: Sequence[bool] = (),
    keys: Sequence[Sequence[float | None]] = (),
    looks: Sequence[str] = (),
    is_sortable: bool = False,
) -> Markup:
    """Return a table.

    Args:
        headings: One per column.
        rows: (rows, columns), as people read them.
        name: What a screen reader calls it.
        numeric: Whether each column holds numbers; none does where empty.
        keys: (rows, columns), what the script sorts by; the texts where empty.
        looks: A class per row; "" for none.
        is_sortable: Whether the script may sort it.
    """
    right = ["num" if flag else None for flag in numeric] or [None] * len(headings)
    head = element(
        "tr",
        *(
            element("th", text, scope="col", class_=side)
            for text, side in zip(headings, right, strict=True)
        ),
    )
    body = [
        element(
            "tr",
            *(
                _cell(number, text, side, keys[place][number] if keys else None)
                for number, (text, side) in enumerate(zip(row, right, strict=True))
            ),
            class_=looks[place] or None if looks else None,
        )
        for place, row in enumerate(rows)
    ]
    inner = element(
        "table", element("thead", head), element("tbody", *body),
        class_="sortable" if is_sortable else None,
    )  # fmt: skip
    return scrolled(inner, name)


def _cell(number: int, text: str, side: str | None, key: float | None) -> Markup:
    sort = None if key is None else repr(float(key))
    look = side or ("short" if len(text) <= SHORT else None)
    if number == 0 and side is None:
        return element("th", text, scope="row", class_=look, data_key=sort)
    return element("td", text, class_=look, data_key=sort)
