"""A whole page: one file, a policy that forbids everything, colours that can be read."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files

import figure_samples as samples
import pytest

from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines
from seqtune.figures.points import Cloud, Points
from seqtune.pages import page as pages
from seqtune.pages.markup import VOID
from seqtune.pages.page import framed, page

MAXIMUM_SCRIPT = 50_000
LEAST_CONTRAST = 4.5
LEAST_OF_LINES = 3.0


class Reader(HTMLParser):
    """Reads a page strictly: each element ends where it should."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.fixture(scope="module")
def whole() -> str:
    return page("airline", samples.every_block(), ["forecast", "airline.csv"], "seqtune report")


def test_the_page_is_sound_and_asks_for_nothing(whole: str) -> None:
    read = Reader(whole)
    names = {tag for tag, _ in read.tags}
    assert not names & {"link", "img", "iframe", "object", "embed", "form", "base", "video"}
    for tag, attributes in read.tags:
        assert not {"src", "srcset", "style", "action"} & attributes.keys(), tag
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "#").startswith("#")  # type: ignore[union-attr]
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", whole)


def test_the_policy_allows_the_own_style_and_script_alone(whole: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', whole)
    assert policy is not None
    said = policy[1].replace("&#39;", "'")
    assert said.startswith("default-src 'none'; ") and "unsafe" not in said
    for asset, directive in (("style.css", "style-src"), ("script.js", "script-src")):
        text = files("seqtune.pages").joinpath(asset).read_bytes()
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in said
        assert text.decode() in whole
    assert whole.index("Content-Security-Policy") < whole.index("<style")


def test_the_script_is_small() -> None:
    script = files("seqtune.pages").joinpath("script.js").read_text(encoding="utf-8")
    assert len(script) < MAXIMUM_SCRIPT
    assert not re.search(r"\beval\b|Function\(|fetch|XMLHttp|WebSocket|import\(", script)


def test_headings_and_links_follow_the_blocks(whole: str) -> None:
    read = Reader(whole)
    headings = [tag for tag, _ in read.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[:2] == ["h1", "h2"] and set(headings) == {"h1", "h2", "h3"}
    links = [a["href"] for tag, a in read.tags if tag == "a"]
    assert links == ["#report", "#kinds", "#examples"]
    ids = [a["id"] for _, a in read.tags if "id" in a]
    assert sorted(set(ids)) == sorted(ids)
    assert {link.removeprefix("#") for link in links} <= set(ids)  # type: ignore[union-attr]


def test_two_blocks_of_one_key_have_different_links() -> None:
    block = Block(key="same", title="t")
    read = Reader(page("p", (block, block, Block(key="report", title="r"))))
    assert [a["href"] for tag, a in read.tags if tag == "a"][1:] == [
        "#same",
        "#same-2",
        "#report-2",
    ]


def test_a_page_of_hostile_names_has_the_elements_of_any_other() -> None:
    figures = samples.every_kind()
    bad = Block(
        key="bad",
        title=samples.HOSTILE,
        sentences=(samples.HOSTILE,),
        figures=tuple(samples.hostile(figure) for figure in figures),
    )
    good = Block(key="bad", title="t", sentences=("s",), figures=figures)
    names = {tag for tag, _ in Reader(page("p", (good,), ("a",), "k")).tags}
    read = Reader(page(samples.HOSTILE, (bad,), (samples.HOSTILE,), samples.HOSTILE))
    assert {tag for tag, _ in read.tags} <= names
    assert sum(tag == "script" and "type" not in a for tag, a in read.tags) == 1
    assert not any(name.startswith("on") for _, a in read.tags for name in a)


def test_a_gallery_has_one_legend_where_all_its_charts_have_the_same() -> None:
    charts = (samples.forecast("one"), samples.forecast("two"))
    same = page("p", (Block(key="g", title="t", figures=charts, is_gallery=True),))
    other = (*charts, samples.reliability())
    mixed = page("p", (Block(key="g", title="t", figures=other, is_gallery=True),))
    assert same.count('class="legend"') == 1 and mixed.count('class="legend"') == 3


def test_a_page_of_many_series_is_small_enough_for_a_mail() -> None:
    """414 series in a table, and the most charts that a block may have."""
    charts = tuple(samples.forecast(f"H{n}", 700) for n in range(100))
    blocks = (
        Block(key="table", title="t", figures=(samples.table(414),)),
        Block(key="all", title="t", figures=charts, is_gallery=True),
    )
    assert len(page("M4 hourly", blocks).encode()) < 5_000_000


def test_a_page_ends_where_a_stranger_would_make_it_endless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A small file can ask for a large page: sixty short lines over a long axis, many times."""
    monkeypatch.setattr(pages, "MOST_LETTERS", 1_000_000)
    lines = tuple(Line(name=f"l{n}", values=(1.0,)) for n in range(60))
    figure = Lines(title="t", x=tuple(float(n) for n in range(1_200)), lines=lines)
    whole = page("p", [Block(key="a", title="t", figures=(figure,) * 9)] * 2)
    left = [int(n) for n in re.findall(r"The page has no room for (\d+) further figures", whole)]
    assert left[-1] == 9 and sum(left) + whole.count("<figure") == 18
    assert len(whole) < 1_500_000


def test_nothing_that_a_script_reads_turns_text_around() -> None:
    name = "a\u202eb"
    line = Lines(title="t", x=(0.0, 1.0), lines=(Line(name=name, values=(1.0, 2.0)),))
    cloud = Points(title="t", clouds=(Cloud(name=name, x=(1.0,), y=(1.0,)),))
    assert "\u202e" not in page("p", (Block(key="a", title="t", figures=(line, cloud)),))


def test_a_frame_holds_the_page_and_nothing_else(whole: str) -> None:
    frame = framed(whole)
    read = Reader(frame)
    assert [tag for tag, _ in read.tags] == ["iframe"]
    assert read.tags[0][1]["srcdoc"] == whole
    assert read.tags[0][1]["sandbox"] == "allow-scripts"


# colours


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours of the style, light and dark."""
    style = files("seqtune.pages").joinpath("style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{([^}]*--paper[^}]*)\}", style)
    light, dark = ({**dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", each))} for each in blocks)
    return {"light": light, "dark": {**light, **dark}}


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, 1.4.3)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_definition() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_on_what_it_stands_on(mode: str) -> None:
    colours = palettes()[mode]
    for ground in ("paper", "wash", "sheet"):
        for ink in ("ink", "soft", "link"):
            assert contrast(colours[ink], colours[ground]) >= LEAST_CONTRAST, (ink, ground)
    for letter in "sw":
        for step in range(9):
            ink = "on-low" if step < 5 else "flip" if step == 5 else "on-high"
            assert contrast(colours[ink], colours[f"{letter}{step}"]) >= LEAST_CONTRAST, (
                letter,
                step,
            )


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_lines_stand_out_from_the_paper(mode: str) -> None:
    colours = palettes()[mode]
    for look in ("actual", "model", "baseline", *(f"o{n}" for n in range(6))):
        assert contrast(colours[look], colours["paper"]) >= LEAST_OF_LINES, look
