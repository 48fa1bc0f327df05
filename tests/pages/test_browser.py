"""Pages in a real browser: nothing leaves them, nothing overflows, everybody can read them."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import browser
import figure_samples as samples
import pytest

from seqtune.figures.block import Block
from seqtune.figures.lines import Line, Lines, Span
from seqtune.pages.page import page

AXE = "axe-core@4"
"""What finds what somebody who sees little, or nothing, could not use."""

TELEPHONE, DESKTOP = 360, 1280


def needed(what: str) -> None:
    """Skip a test for want of something; a machine of CI has to have it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing; .ci/run installs it")
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    """A browser, which all tests of this module share."""
    program = browser.program()
    if program is None:
        needed("chromium")
    with browser.opened(str(program), tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from npm."""
    folder, npm = tmp_path_factory.mktemp("axe"), shutil.which("npm")
    if npm is None:
        needed("npm")
    words = [str(npm), "pack", "--silent", AXE]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        needed(f"{AXE} from npm ({done.stderr.strip()[-200:]})")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every kind of figure."""
    path = tmp_path_factory.mktemp("kinds") / "page.html"
    path.write_text(page("airline", samples.every_block(), ["forecast"], "seqtune report"))
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page on which every name is hostile."""
    figures = tuple(samples.hostile(figure) for figure in samples.every_kind())
    said = samples.HOSTILE
    block = Block(key="bad", title=said, sentences=(said,), figures=figures)
    path = tmp_path_factory.mktemp("hostile") / "page.html"
    path.write_text(page(said, (block,), (said,), said))
    return path


@pytest.mark.parametrize("width", [TELEPHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True])
def test_a_page_fits_and_keeps_to_itself(chromium, kinds, tmp_path, width, dark) -> None:
    chromium.show(kinds, width=width, dark=dark)
    assert chromium.run("document.documentElement.scrollWidth") <= width
    shown = "[...document.querySelectorAll('svg.chart')].filter(e => e.checkVisibility())"
    assert chromium.run(f"{shown}.every(e => e.getBoundingClientRect().height > 50)")
    assert chromium.run(f"{shown}.length") == len(kinds.read_text().split('role="img"')) - 1 - 5
    chromium.picture(tmp_path / "seen.png", whole=False)
    picture = (tmp_path / "seen.png").read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (width, 900)
    paper = chromium.run("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(19, 22, 25)") is dark
    assert chromium.complaints == [] and chromium.requests == []


@pytest.mark.parametrize(("width", "dark"), [(TELEPHONE, True), (DESKTOP, False)])
def test_everybody_can_use_a_page(chromium, axe, kinds, width, dark) -> None:
    chromium.show(kinds, width=width, dark=dark)
    chromium.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    chromium.run(f"{axe};0")
    found = chromium.run(
        "axe.run({resultTypes: ['violations']}).then(found => found.violations.map(each => "
        "`${each.id}: ${each.nodes.map(node => node.html).join(' ').slice(0, 500)}`))"
    )
    assert found == []


def test_hostile_names_run_nothing(chromium, hostile) -> None:
    chromium.show(hostile, width=TELEPHONE)
    assert chromium.complaints == [] and chromium.requests == []
    assert chromium.run("document.images.length") == 0
    assert chromium.run("document.documentElement.scrollWidth") <= TELEPHONE
    assert "</script><script>alert(1)" in chromium.run("document.querySelector('h1').textContent")


def test_the_policy_stops_what_would_leave_the_page(chromium, kinds) -> None:
    chromium.show(kinds)
    chromium.run(
        "new Promise(done => { const image = new Image(); image.onerror = done; "
        "image.src = 'https://example.invalid/pixel.png'; document.body.append(image); })"
    )
    chromium.run("new Promise(done => setTimeout(done, 50))")
    assert any("Content Security Policy" in said for said in chromium.complaints)
    assert all("blocked" in str(event) for event in chromium.failures)


def test_a_page_says_all_without_scripts(chromium, kinds) -> None:
    chromium.show(kinds, scripts=False)
    tree = chromium.send("DOM.getDocument", depth=-1)
    for wanted, number in (("svg.chart", 1), ("details table", 1), ("th button", 0), (".tools", 0)):
        asked = {"nodeId": tree["root"]["nodeId"], "selector": wanted}
        found = chromium.send("DOM.querySelectorAll", **asked)["nodeIds"]
        assert (len(found) > 0) is bool(number), wanted


def test_a_click_sorts_a_table_by_its_numbers(chromium, kinds) -> None:
    chromium.show(kinds)
    names = "[...document.querySelectorAll('table.sortable tbody th')].map(e => e.textContent)"
    click = "document.querySelectorAll('table.sortable th button')[1].click()"
    assert chromium.run(names) == ["row 0", "row 1", "row 2", "row 3"]
    chromium.run(f"{click};{click}")
    assert chromium.run(names) == ["row 3", "row 2", "row 1", "row 0"]
    sort = "document.querySelectorAll('table.sortable thead th')[1].getAttribute('aria-sort')"
    assert chromium.run(sort) == "descending"


def test_values_are_read_where_somebody_points_and_dragging_zooms(chromium, kinds) -> None:
    chromium.show(kinds)
    chart = "document.querySelector('svg.chart.wide')"
    chromium.run(f"{chart}.scrollIntoView({{behavior: 'instant', block: 'center'}})")
    corners = "({x, y, width, height}) => [x, y, width, height]"
    left, top, width, height = chromium.run(f"({corners})({chart}.getBoundingClientRect())")
    end, middle = left + width * 0.982, top + height / 2
    chromium.mouse("mouseMoved", end, middle)
    read = f"{chart}.parentElement.querySelector('.readout')"
    assert chromium.run(f"{read}.hidden") is False
    assert chromium.run(f"{read}.textContent").startswith("1953-12actual 144")
    hidden = f"{chart}.parentElement.querySelector('.tools').hidden"
    assert chromium.run(hidden) is True
    labels = f"[...{chart}.querySelectorAll('.tick')].map(each => each.textContent).join()"
    before = chromium.run(labels)
    begin = left + width * 0.7
    chromium.mouse("mouseMoved", begin, middle)
    chromium.mouse("mousePressed", begin, middle, pressed=True)
    chromium.mouse("mouseMoved", end, middle, pressed=True)
    chromium.mouse("mouseReleased", end, middle)
    assert chromium.run(hidden) is False
    first = chromium.run(f"[...{chart}.querySelectorAll('.tick')].at(-2).textContent")
    assert first == "1952-07"
    chromium.run(f"{chart}.parentElement.querySelector('.tool').click()")
    assert chromium.run(labels) == before and chromium.run(hidden) is True
    assert chromium.complaints == []


def test_what_is_marked_stays_where_somebody_zooms(chromium, tmp_path) -> None:
    figure = Lines(
        title="t",
        x=tuple(float(n) for n in range(101)),
        lines=(Line(name="l", values=tuple(float(n % 7) for n in range(101))),),
        spans=(Span(name="s", first=70, last=80, role="model"), Span(name="o", first=1, last=2)),
        level=3.0,
    )
    path = tmp_path / "zoomed.html"
    path.write_text(page("p", (Block(key="a", title="t", figures=(figure,)),)), encoding="utf-8")
    chromium.show(path)
    chart = "document.querySelector('svg.chart.wide')"
    corners = "({x, y, width, height}) => [x, y, width, height]"
    left, top, width, height = chromium.run(f"({corners})({chart}.getBoundingClientRect())")
    begin, end, middle = left + width * 0.5, left + width * 0.97, top + height / 2
    chromium.mouse("mouseMoved", begin, middle)
    chromium.mouse("mousePressed", begin, middle, pressed=True)
    chromium.mouse("mouseMoved", end, middle, pressed=True)
    chromium.mouse("mouseReleased", end, middle)
    looks = f"[...{chart}.querySelectorAll('.span,.level')].map(e => e.className.baseVal).join()"
    assert chromium.run(looks) == "span model,level other"
    share = chromium.run(f"{chart}.querySelector('.span').getAttribute('width') / 720")
    assert 0.17 < share < 0.25  # eleven of about fifty places
    assert chromium.complaints == []


def test_a_page_is_printed_light_and_without_what_cannot_be_clicked(chromium, kinds) -> None:
    chromium.show(kinds, dark=True)
    scheme = [{"name": "prefers-color-scheme", "value": "dark"}]
    chromium.send("Emulation.setEmulatedMedia", media="print", features=scheme)
    seen = "getComputedStyle(document.body).backgroundColor"
    assert chromium.run(seen) == "rgb(255, 255, 255)"
    ink = "getComputedStyle(document.body).color"
    assert chromium.run(ink) == "rgb(27, 31, 36)"
    for hidden in ("nav", "details", ".tools"):
        assert chromium.run(f"document.querySelector('{hidden}').checkVisibility()") is False
    chromium.size(680)
    assert chromium.run("document.documentElement.scrollWidth") <= 680
    printed = chromium.send("Page.printToPDF", preferCSSPageSize=True)["data"]
    assert len(printed) > 20_000
