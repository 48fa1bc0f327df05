"""Whatever is no markup is text, wherever it stands."""

from __future__ import annotations

import json
import re

from figure_samples import HOSTILE

from seqtune.pages.markup import data, element, number, sentence


def test_children_and_attributes_are_escaped() -> None:
    made = element(
        "p", "<b>&", element("b", "x"), None, title="\"a\" & 'b'", class_="c", hidden=False
    )
    assert made == ('<p title="&#34;a&#34; &amp; &#39;b&#39;" class="c">&lt;b&gt;&amp;<b>x</b></p>')


def test_elements_of_html_that_have_no_end_get_none() -> None:
    assert element("meta", name="viewport") == '<meta name="viewport">'


def test_control_characters_are_shown() -> None:
    assert element("p", "a\x00\x1bb") == "<p>a\\x00\\x1bb</p>"
    assert element("p", "one\ntwo") == "<p>one\ntwo</p>"


def test_json_for_the_script_ends_no_element_and_says_the_same() -> None:
    made = data({"name": HOSTILE}, "series")
    inner = re.fullmatch(r'<script type="application/json" class="series">(.*)</script>', made)
    assert inner is not None and "<" not in inner[1]
    assert json.loads(inner[1]) == {"name": HOSTILE}


def test_lengths_are_written_in_tenths() -> None:
    assert [number(value) for value in (0.04, -0.04, 12.0, 12.26)] == ["0", "0", "12", "12.3"]
    assert element("rect", x=1.25, y=2) == '<rect x="1.2" y="2"></rect>'


def test_a_flag_is_not_broken_and_what_is_none_is_left_alone() -> None:
    made = sentence("seqtune predict run --use network; a--b and --<b>")
    assert made == (
        'seqtune predict run <span class="flag">--use</span> network; a--b and --&lt;b&gt;'
    )
