"""Charts as SVG: a value stands where it should, and nothing is drawn that is not there."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from importlib.resources import files
from typing import Any

import figure_samples as samples
import pytest

from seqtune.figures.bars import Bars, Group
from seqtune.figures.lines import Line, Lines, Span
from seqtune.figures.matrix import Matrix
from seqtune.figures.parallel import Axis, Parallel, Path
from seqtune.figures.points import Cloud, Points
from seqtune.pages.behind import numbers_of
from seqtune.pages.figure import draw, entries
from seqtune.pages.svg.matrix import coarser, shade


def drawn(figure: Any, sheet: str = "wide") -> ET.Element:
    """Draw a figure, and return one of its charts as a tree."""
    charts = re.findall(r'<svg class="chart [^>]*>.*?</svg>', draw(figure), flags=re.DOTALL)
    found = [chart for chart in charts if f'class="chart {sheet}"' in chart]
    assert len(found) == 1
    return ET.fromstring(found[0])


def of_class(tree: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in tree.iter() if each.get("class", "").split()[:1] == [name]]


def numbers(path: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", path)]


def labelled(tree: ET.Element) -> dict[str, float]:
    """Return where the labels of the values' axis stand, by what they say."""
    ticks = [each for each in of_class(tree, "tick") if each.get("text-anchor") == "end"]
    return {str(each.text): float(each.get("y", "nan")) - 4 for each in ticks}


def test_a_line_passes_through_its_values() -> None:
    figure = Lines(title="t", x=(0.0, 1.0, 4.0), lines=(Line(name="l", values=(0.0, 10.0, 5.0)),))
    tree = drawn(figure)
    line = numbers(of_class(tree, "line")[0].get("d", ""))
    ticks = labelled(tree)
    assert line[1] == pytest.approx(ticks["0"], abs=0.11)
    assert line[3] == pytest.approx(ticks["10"], abs=0.11)
    assert line[5] == pytest.approx((ticks["0"] + ticks["10"]) / 2, abs=0.11)
    left, middle, right = line[0], line[2], line[4]
    assert (middle - left) / (right - left) == pytest.approx(0.25, abs=0.01)


def test_a_line_that_begins_later_stands_at_its_places() -> None:
    figure = Lines(
        title="t",
        x=tuple(f"p{n}" for n in range(5)),
        lines=(
            Line(name="all", values=(1.0,) * 5),
            Line(name="end", values=(2.0, None, 2.0), start=2),
        ),
    )
    whole, end = (numbers(each.get("d", "")) for each in of_class(drawn(figure), "line"))
    assert end[0] == whole[4] and of_class(drawn(figure), "line")[1].get("d", "").count("M") == 2


def test_a_lying_bar_is_as_long_as_its_value() -> None:
    figure = Bars(
        title="t",
        categories=("a", "b", "c"),
        groups=(Group(name="g", values=(1.0, 2.0, None)),),
        is_lying=True,
    )
    tree = drawn(figure)
    short, long = (float(bar.get("width", 0)) for bar in of_class(tree, "bar"))
    assert long == pytest.approx(2 * short, abs=0.2)
    assert [each.text for each in of_class(tree, "figure")] == ["1", "2"]


def test_a_bar_below_zero_hangs_from_it() -> None:
    figure = Bars(title="t", categories=("a", "b"), groups=(Group(name="g", values=(1.0, -1.0)),))
    up, down = of_class(drawn(figure), "bar")
    foot = float(up.get("y", 0)) + float(up.get("height", 0))
    assert foot == pytest.approx(float(down.get("y", 0)), abs=0.2)
    assert up.get("height") == down.get("height")


def test_groups_that_have_no_value_take_no_room() -> None:
    figure = Bars(
        title="t",
        categories=("a", "b"),
        groups=(
            Group(name="g", values=(1.0, None), role="model"),
            Group(name="h", values=(None, 1.0), role="baseline"),
        ),
        is_lying=True,
    )
    first, second = of_class(drawn(figure), "bar")
    assert first.get("width") == second.get("width")
    assert float(second.get("y", 0)) - float(first.get("y", 0)) == pytest.approx(22.0)


def test_whiskers_reach_an_error_up_and_down() -> None:
    figure = Bars(
        title="t", categories=("a",), groups=(Group(name="g", values=(4.0,), errors=(2.0,)),)
    )
    tree = drawn(figure)
    whisker, bar = of_class(tree, "whisker")[0], of_class(tree, "bar")[0]
    half = float(bar.get("height", 0)) / 2
    top = float(bar.get("y", 0))
    assert float(whisker.get("y1", 0)) == pytest.approx(top + half, abs=0.2)
    assert float(whisker.get("y2", 0)) == pytest.approx(top - half, abs=0.2)


def test_a_span_covers_its_places_and_half_the_way_to_the_next() -> None:
    figure = Lines(
        title="t",
        x=tuple(f"p{n}" for n in range(11)),
        lines=(Line(name="l", values=(1.0,) * 11),),
        spans=(Span(name="s", first=5, last=5),),
    )
    tree = drawn(figure)
    line = numbers(of_class(tree, "line")[0].get("d", ""))
    span = of_class(tree, "span")[0]
    step = line[2] - line[0]
    assert float(span.get("width", 0)) == pytest.approx(step, abs=0.2)
    assert float(span.get("x", 0)) == pytest.approx(line[10] - step / 2, abs=0.2)


def overlapping(role: Any = "model") -> Lines:
    """Stretches of two names of one role, one over the other, and a further one of the first."""
    ends = (("taken for rest", 0, 60), ("taken for walk", 5, 70), ("taken for rest", 80, 99))
    return Lines(
        title="t",
        x=tuple(float(n) for n in range(100)),
        lines=(Line(name="l", values=(1.0,) * 100),),
        spans=tuple(Span(name=name, first=a, last=b, role=role) for name, a, b in ends),
    )


@pytest.mark.parametrize("role", ["actual", "model", "baseline", "other"])
def test_stretches_look_alike_where_they_have_one_name_alone(role: Any) -> None:
    first, second, third = of_class(drawn(overlapping(role)), "span")
    assert first.get("class") == third.get("class") != second.get("class")
    shown = [look for _, look, form in entries(overlapping(role)) if form == "span"]
    assert [f"span {look}" for look in shown] == [first.get("class"), second.get("class")]


def test_names_of_stretches_stand_one_below_the_other_where_they_would_overlap() -> None:
    rest, walk = of_class(drawn(overlapping()), "direct")
    assert (rest.text, walk.text) == ("taken for rest", "taken for walk")
    assert float(walk.get("y", 0)) - float(rest.get("y", 0)) == 13


def test_every_look_of_a_stretch_has_a_style() -> None:
    names = tuple(f"s{n}" for n in range(8))
    figure = overlapping().model_copy(
        update={"spans": tuple(Span(name=n, first=0, last=1, role="model") for n in names)}
    )
    looks = [look for _, look, form in entries(figure) if form == "span"]
    assert len(set(looks)) == 7
    style = files("seqtune.pages").joinpath("style.css").read_text(encoding="utf-8")
    assert all(f".span.{look.split()[-1]} " in style for look in looks)


def test_the_best_so_far_goes_in_steps() -> None:
    figure = Points(
        title="t",
        clouds=(Cloud(name="best", x=(0.0, 10.0), y=(5.0, 1.0), role="model", is_stepped=True),),
    )
    path = of_class(drawn(figure), "line")[0].get("d", "")
    assert re.fullmatch(r"M[\d.]+ [\d.]+H[\d.]+V[\d.]+H[\d.]+", path)


def test_points_that_a_logarithm_cannot_hold_are_left_out() -> None:
    cloud = Cloud(name="c", x=(0.0, 1.0, 10.0), y=(1.0, None, 1.0), role="model")
    figure = Points(title="t", clouds=(cloud,), is_x_logarithmic=True)
    assert len(of_class(drawn(figure), "dot")) == 1


def test_a_cell_is_darker_the_larger_its_value() -> None:
    figure = Matrix(
        title="t", rows=("a", "b"), columns=("a", "b"), values=((8.0, 1.0), (None, -8.0)),
        is_expected_diagonal=True,
    )  # fmt: skip
    looks = [each.get("class") for each in of_class(drawn(figure, "matrix"), "cell")]
    assert looks == ["cell s8", "cell w1", "cell s8"]
    diverging = figure.model_copy(update={"scale": "diverging"})
    looks = [each.get("class") for each in of_class(drawn(diverging, "matrix"), "cell")]
    assert looks[2] == "cell w8"


def test_shades_begin_with_nothing_and_end_with_the_most() -> None:
    assert [shade(value, 8.0) for value in (0.0, 0.5, 1.0, 1.1, 8.0)] == [0, 1, 1, 2, 8]
    assert shade(0.0, 0.0) == 0


def test_a_large_matrix_is_drawn_by_means() -> None:
    figure = Matrix(
        title="t",
        rows=tuple(f"r{n}" for n in range(128)),
        columns=("a", "b"),
        values=tuple((float(n), None) for n in range(128)),
    )
    small = coarser(figure)
    assert len(small.rows) == 64
    assert small.values[0] == (0.5, None) and small.values[63] == (126.5, None)
    assert "a cell is the mean of its neighbours" in draw(figure)


def test_the_better_score_stands_higher_whichever_way_is_better() -> None:
    for direction, best in (("min", 1.0), ("max", 2.0)):
        figure = Parallel.model_validate(
            {
                "title": "t",
                "axes": [{"name": "units"}],
                "paths": [
                    {"name": "t001", "values": [1.0], "score": 1.0},
                    {"name": "t002", "values": [2.0], "score": 2.0},
                ],
                "score_title": "s",
                "direction": direction,
            }
        )
        worst, first = of_class(drawn(figure, "parallel"), "line")
        assert first.get("class") == "line model"
        assert numbers(first.get("d", ""))[-1] < numbers(worst.get("d", ""))[-1]
        assert numbers_of(figure).rows[0][-1] == f"{best:.0f}"  # type: ignore[union-attr]


def test_a_setting_without_effect_leaves_a_gap() -> None:
    figure = Parallel(
        title="t",
        axes=(Axis(name="a"), Axis(name="b"), Axis(name="c")),
        paths=(
            Path(name="t001", values=(1.0, None, 1.0), score=1.0),
            Path(name="t002", values=(2.0, 1.0, 2.0), score=2.0),
        ),
        score_title="s",
        direction="min",
    )
    gapped = of_class(drawn(figure, "parallel"), "line")[-1].get("d", "")
    assert gapped.count("M") == 2


@pytest.mark.parametrize("figure", samples.every_kind(), ids=lambda figure: figure.kind)
def test_every_chart_is_an_image_with_a_name_and_a_table_behind_it(figure: Any) -> None:
    made = draw(figure)
    for chart in re.findall(r"<svg class=\"chart.*?</svg>", made, flags=re.DOTALL):
        tree = ET.fromstring(chart)
        assert tree.get("role") == "img" and tree.get("aria-label", "").startswith(figure.title)
        assert (tree.findtext("title"), bool(tree.findtext("desc"))) == (figure.title, True)
        assert "<details>" in made
    assert "nan" not in made and "None" not in made


@pytest.mark.parametrize("figure", samples.every_kind(), ids=lambda figure: figure.kind)
def test_hostile_names_are_text(figure: Any) -> None:
    made = draw(samples.hostile(figure))
    tags = set(re.findall(r"<(/?[a-z0-9]+)", made))
    assert not tags & {"img", "/img", "b"} and "alert(1)</script>" not in made
    assert "onerror" not in re.sub(r">[^<]*<|\"[^\"]*\"", "", made)
    assert (
        "\x00" not in made
        and "\x1b" not in made
        and "\u202e" not in re.sub(r'<script type="application/json".*?</script>', "", made)
    )


EDGES = [
    Lines(title="t", x=()),
    Lines(title="t", x=("a",), lines=(Line(name="l", values=(1.0,)),)),
    Lines(title="t", x=(1.0,), lines=(Line(name="l", values=(None,)),), is_diagonal=True),
    Lines(title="t", x=(1.0, 1.0), lines=(Line(name="l", values=(1e300, -1e300)),)),
    Lines(
        title="t", x=("a", "b"), lines=(Line(name="l", values=(0.0, -1.0)),), is_logarithmic=True
    ),
    Lines(title="t", x=("a", "b"), spans=(Span(name="s", first=0, last=1),)),
    Bars(title="t", categories=(), groups=(Group(name="g", values=()),)),
    Bars(title="t", categories=(), groups=(Group(name="g", values=()),), is_lying=True),
    Bars(title="t", categories=("a",), groups=(Group(name="g", values=(None,)),)),
    Bars(title="t", categories=("a",), groups=(Group(name="g", values=(0.0,)),), is_lying=True),
    Points(title="t", clouds=(Cloud(name="c", x=(), y=()),)),
    Points(title="t", clouds=(Cloud(name="c", x=(1.0,), y=(None,)),), is_diagonal=True),
    Matrix(title="t", rows=(), columns=(), values=()),
    Matrix(title="t", rows=("a",), columns=("b",), values=((None,),)),
    Parallel(title="t", axes=(), paths=(), score_title="s", direction="max"),
]


@pytest.mark.parametrize("figure", EDGES, ids=lambda figure: figure.kind)
@pytest.mark.parametrize("is_small", [False, True])
def test_a_figure_of_nothing_or_of_one_thing_is_drawn(figure: Any, is_small: bool) -> None:
    made = draw(figure, is_small)
    for chart in re.findall(r"<svg class=\"chart.*?</svg>", made, flags=re.DOTALL):
        ET.fromstring(chart)
    assert "nan" not in made and "inf" not in made


def test_a_long_line_is_drawn_soon_and_takes_little_room() -> None:
    steps = 20_000
    figure = Lines(
        title="t",
        x=tuple(float(n) for n in range(steps)),
        lines=(Line(name="l", values=tuple(float((n * 7919) % 1000) for n in range(steps))),),
    )
    begin = time.perf_counter()
    made = draw(figure)
    assert time.perf_counter() - begin < 3
    assert len(made) < 120_000
    assert "20,000 values per line" in made
    assert "of 20,000 rows, evenly chosen." in made


def test_no_label_of_an_axis_leaves_the_sheet_or_stands_on_another() -> None:
    steps = tuple(f"2024-04-29 {hour:02}:00:00" for hour in range(24))
    steps += tuple(f"2024-04-30 {hour:02}:00:00" for hour in range(24))
    values = tuple(float(n % 6) for n in range(48))
    figure = Lines(title="t", x=steps, lines=(Line(name="l", values=values),))
    for sheet, width in (("wide", 720), ("narrow", 340)):
        ticks = of_class(drawn(figure, sheet), "tick")
        lowest = max(float(tick.get("y", 0)) for tick in ticks)
        free = 0.0
        for tick in (each for each in ticks if float(each.get("y", 0)) == lowest):
            wide = 6.0 * len(str(tick.text))
            shift = {"start": 0.0, "middle": wide / 2, "end": wide}[tick.get("text-anchor", "")]
            left = float(tick.get("x", 0)) - shift
            assert free <= left and left + wide <= width + 6, tick.text
            free = left + wide
