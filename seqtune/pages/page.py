"""A whole page: one file that asks nothing of any network and works without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from seqtune.drawing.wording import several
from seqtune.figures.block import Block
from seqtune.pages.figure import draw, shared_entries
from seqtune.pages.looks import legend
from seqtune.pages.markup import element, joined, sentence

MOST_LETTERS = 32_000_000
"""Letters of a page at about which it ends: a browser shows it, however much a stranger's run
holds."""


def page(title: str, blocks: Sequence[Block], about: Sequence[str] = (), kind: str = "") -> str:
    """Return a page as the text of an HTML file.

    Whatever the blocks say is text on it, never markup. A policy in its head forbids every request
    and every script but its own.

    Args:
        title: What it is about: the name of a run.
        blocks: What it shows, in this order; the first one leads.
        about: Facts below the title, a few words each.
        kind: What sort of page it is, above the title.
    """
    keys = _keys(blocks)
    style, script = _asset("style.css"), _asset("script.js")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup(style)),
    )
    header = element(
        "header",
        element("p", kind, class_="kind") if kind else None,
        element("h1", title),
        element("p", *_apart(about), class_="about") if about else None,
        class_="top",
    )
    body = element(
        "body",
        element("a", "To the report", href="#report", class_="skip"),
        header,
        element(
            "div",
            _contents(blocks, keys) if len(blocks) > 1 else None,
            element("main", *_sections(blocks, keys), id="report", tabindex=-1),
            class_="columns",
        ),
        element("footer", element("p", "Written by seqtune.")),
        element("script", Markup(script)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _sections(blocks: Sequence[Block], keys: Sequence[str]) -> Iterator[Markup]:
    """Yield the blocks; figures are left out where the page would be too large to open."""
    room = MOST_LETTERS
    for place, (block, key) in enumerate(zip(blocks, keys, strict=True)):
        shared = shared_entries(block.figures) if block.is_gallery else []
        figures: list[Markup] = []
        for figure in block.figures:
            if room <= 0:
                break
            drawn = draw(figure, is_small=block.is_gallery, has_legend=not shared)
            figures.append(drawn)
            room -= len(drawn)
        yield _section(block, key, shared, figures, is_first=place == 0)


def _section(
    block: Block,
    key: str,
    shared: Sequence[tuple[str, str, str]],
    figures: Sequence[Markup],
    is_first: bool,
) -> Markup:
    rest = len(block.figures) - len(figures)
    return element(
        "section",
        element("h2", block.title),
        *(element("p", sentence(text), class_="sentence") for text in block.sentences),
        legend(shared) if shared else None,
        element("div", *figures, class_="gallery" if block.is_gallery else "figures")
        if figures
        else None,
        element("p", f"The page has no room for {several(rest, 'further figure')}.", class_="note")
        if rest
        else None,
        id=key,
        class_="block lead" if is_first else "block",
    )


def _contents(blocks: Sequence[Block], keys: Sequence[str]) -> Markup:
    links = [
        element("li", element("a", block.title, href=f"#{key}"))
        for block, key in zip(blocks, keys, strict=True)
    ]
    return element("nav", element("ul", *links), aria_label="Contents")


def _keys(blocks: Sequence[Block]) -> list[str]:
    """Return what links to each block; a key that was there already gets a number."""
    keys: list[str] = []
    for block in blocks:
        key, number = block.key, 2
        while key in keys or key == "report":
            key, number = f"{block.key}-{number}", number + 1
        keys.append(key)
    return keys


def _apart(about: Sequence[str]) -> list[Markup]:
    return [element("span", text) for text in about]


def _policy(style: str, script: str) -> str:
    """Return what the page may do: use its own style and script, and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@cache
def _asset(name: str) -> str:
    return files("seqtune.pages").joinpath(name).read_text(encoding="utf-8")


def framed(text: str, height: int = 720) -> str:
    """Return a page as a notebook shows it: in a frame of its own, apart from the notebook's style.

    Args:
        text: The page.
        height: Of the frame, in points.
    """
    frame = element(
        "iframe",
        srcdoc=Markup(text.replace("&", "&amp;").replace('"', "&quot;")),
        sandbox="allow-scripts",
        width="100%",
        height=height,
        title="seqtune report",
        style="border:0",
    )
    return str(joined(frame))
