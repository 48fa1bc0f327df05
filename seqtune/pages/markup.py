"""Elements of HTML and SVG, in which everything that is not markup already is escaped.

What a figure says may come from a stranger. It enters a page through `element` alone, as a child or
as the value of an attribute, and is text there whatever it holds.
"""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup, escape

from seqtune.drawing.wording import visible

VOID = frozenset(("meta", "br", "hr", "link"))
"""Elements of HTML that have no end."""

FLAG = re.compile(r"(?<!\S)--[a-z][a-z-]{0,30}")
"""A flag of a command, which a browser would break behind its hyphens."""

JSON_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}
"""What could end a script, written as JSON may write it too."""


def element(name: str, /, *children: object, **attributes: object) -> Markup:
    """Return an element with what is in it.

    Args:
        name: Of the element.
        children: Markup, or text that is escaped; None is nothing.
        attributes: By name; an underscore is a hyphen, and one at the end is left out: `class_`,
            `aria_label`. None and False leave the attribute out, True is one without a value.

    Example:
        >>> element("p", "a < b", class_="note")
        Markup('<p class="note">a &lt; b</p>')
    """
    parts = [f"<{name}"]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = key.rstrip("_").replace("_", "-")
        parts.append(f" {written}" if value is True else f' {written}="{_escaped(value)}"')
    parts.append(">")
    parts += [_escaped(child) for child in children if child is not None]
    if name not in VOID:
        parts.append(f"</{name}>")
    return Markup("".join(parts))


def joined(*parts: Markup | None) -> Markup:
    """Return elements one after the other; None is nothing."""
    return Markup("".join(part for part in parts if part is not None))


def scrolled(content: Markup, name: str) -> Markup:
    """Return a box that what is wider than the page scrolls in, by keys too.

    Args:
        content: What is in it.
        name: What it is, for whoever does not see it.
    """
    return element("div", content, class_="scroll", tabindex=0, role="group", aria_label=name)


def sentence(text: str) -> Markup:
    """Return a text in which no line begins with a unit, and none ends within a flag.

    Example:
        >>> sentence("12 % lower")
        Markup('12&nbsp;% lower')
        >>> sentence("with --use network")
        Markup('with <span class="flag">--use</span> network')
    """
    whole = FLAG.sub(r'<span class="flag">\g<0></span>', _escaped(text))
    return Markup(whole.replace(" %", "&nbsp;%"))


def number(value: float) -> str:
    """Write a length or a place, in tenths of a point.

    Example:
        >>> number(12.34), number(5.0), number(-0.01)
        ('12.3', '5', '0')
    """
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def data(value: Any, class_: str) -> Markup:
    r"""Return plain JSON values for the page's script; no text in them ends the element.

    Example:
        >>> data(["</script>"], "series")
        Markup('<script type="application/json" class="series">["\\u003c/script\\u003e"]</script>')
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    harmless = Markup(text.translate(JSON_ESCAPES))
    return element("script", harmless, type="application/json", class_=class_)


def _escaped(value: object) -> str:
    if isinstance(value, Markup):
        return str(value)
    if isinstance(value, float):
        return number(value)
    return str(escape(visible(value) if isinstance(value, str) else value))
