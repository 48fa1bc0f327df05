"""Charts with matplotlib, from the same values as those of a page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import figure_samples as samples
import pytest

from seqtune.errors import MissingExtra, UsageError
from seqtune.figures.bars import Bars, Group
from seqtune.figures.facts import Facts
from seqtune.figures.lines import Line, Lines, Span
from seqtune.figures.points import Cloud, Points
from seqtune.plots.chart import draw, is_chart


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    figure = Lines(title="t", x=("a",), lines=(Line(name="l", values=(1.0,)),))
    with pytest.raises(MissingExtra) as refused:
        draw([figure])
    assert refused.value.hint == "pip install 'seqtune[plot]'"


@pytest.fixture
def matplotlib() -> Any:
    return pytest.importorskip("matplotlib")


def test_a_line_is_drawn_where_its_values_are(matplotlib: Any) -> None:
    figure = Lines(
        title="t $x",
        x=(1.0, 2.0, 4.0),
        x_title="x",
        lines=(Line(name="model", values=(1.0, None), start=1, role="model"),),
        level=3.0,
        level_name="threshold",
    )
    axis = draw([figure]).axes[0]
    drawn, level = axis.lines
    assert list(drawn.get_xdata()) == [2.0, 4.0] and drawn.get_ydata()[0] == 1.0
    assert list(level.get_ydata()) == [3.0, 3.0]
    assert axis.get_title(loc="left") == r"t \$x"


def test_bars_and_points_have_their_values(matplotlib: Any) -> None:
    bars = Bars(
        title="b",
        categories=("a", "b"),
        groups=(
            Group(name="g", values=(1.0, None), role="model"),
            Group(name="h", values=(None, 2.0), role="baseline"),
        ),
        is_lying=True,
    )
    points = Points(title="p", clouds=(Cloud(name="c", x=(1.0, 2.0), y=(3.0, None)),))
    first, second = draw([bars, Facts(title="f", pairs=()), points]).axes
    assert [patch.get_width() for patch in first.patches] == [1.0, 2.0]
    assert [patch.get_y() + patch.get_height() / 2 for patch in first.patches] == [0.0, 1.0]
    assert second.collections[0].get_offsets()[0].tolist() == [1.0, 3.0]


def test_stretches_are_named_once_and_told_apart(matplotlib: Any) -> None:
    ends = (("a", 0, 1, "model"), ("b", 1, 2, "model"), ("a", 2, 3, "model"), ("c", 0, 3, "other"))
    spans = tuple(Span(name=n, first=a, last=b, role=role) for n, a, b, role in ends)  # type: ignore[arg-type]
    axis = draw([Lines(title="t", x=(0.0, 1.0, 2.0, 3.0), spans=spans)]).axes[0]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["a", "b", "c"]
    hatches = [patch.get_hatch() for patch in axis.patches]
    assert hatches[0] == hatches[2] != hatches[1]


def test_every_kind_of_chart_can_be_saved(matplotlib: Any, tmp_path: Path) -> None:
    charts = [figure for figure in samples.every_kind() if is_chart(figure)]
    assert {figure.kind for figure in charts} == {"lines", "bars", "matrix", "points", "parallel"}
    draw([samples.hostile(figure) for figure in charts]).savefig(tmp_path / "all.svg")
    assert (tmp_path / "all.svg").stat().st_size > 10_000


def test_nothing_to_draw_is_said(matplotlib: Any) -> None:
    with pytest.raises(UsageError, match="no chart"):
        draw([Facts(title="f", pairs=())])
