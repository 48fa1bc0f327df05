"""Figures refuse what cannot be drawn: lines that leave their axis, rows that fit no headings."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from seqtune.figures.bars import Bars, Group
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.lines import Band, Line, Lines, Span
from seqtune.figures.matrix import Matrix
from seqtune.figures.parallel import Axis, Parallel, Path
from seqtune.figures.points import Cloud

TWO = (Heading(text="a"), Heading(text="b"))


def axis(**more: Any) -> Lines:
    return Lines(title="t", x=("1", "2", "3"), **more)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: axis(lines=(Line(name="long", values=(1.0,) * 4),)), "'long' has 4 places"),
        (lambda: axis(lines=(Line(name="late", values=(1.0,), start=3),)), "'late' has 4 places"),
        (lambda: axis(bands=(Band(name="b", lower=(1.0,), upper=()),)), "found 0 upper values"),
        (lambda: axis(spans=(Span(name="s", first=1, last=3),)), "'s' has 4 places"),
        (lambda: Span(name="s", first=2, last=1), "ends at 1, before 2"),
        (lambda: Lines(title="t", x=(1.0, 3.0, 2.0)), "do not rise"),
        (lambda: Group(name="g", values=(1.0, 2.0), errors=(1.0,)), "found 1 errors of 'g'"),
        (
            lambda: Bars(title="t", categories=("a",), groups=(Group(name="g", values=()),)),
            "found 0 bars of 'g', expected 1",
        ),
        (lambda: Grid(title="t", headings=TWO, rows=(("a",),)), "found 1 cells of row 0"),
        (
            lambda: Grid(title="t", headings=TWO, rows=(("a", "b"),), keys=((1.0,),)),
            "found 1 keys of row 0",
        ),
        (lambda: Grid(title="t", headings=TWO, rows=(("a", "b"),), marked=(1,)), "mark of row 1"),
        (
            lambda: Matrix(title="t", rows=("a",), columns=("b", "c"), values=((1.0,),)),
            "found 1 values of row 0, expected 2",
        ),
        (
            lambda: Matrix(
                title="t", rows=("a",), columns=("b",), values=((1.0,),), texts=(("1",), ("2",))
            ),
            "found 2 rows of texts",
        ),
        (lambda: Cloud(name="c", x=(1.0,), y=()), "found 0 y of 'c'"),
        (lambda: Cloud(name="c", x=(1.0,), y=(1.0,), labels=("a", "b")), "found 2 labels"),
        (lambda: Cloud(name="c", x=(1e305,), y=(1.0,)), "less than or equal"),
        (lambda: Line(name="l", values=(float("nan"),)), "finite"),
        (
            lambda: Parallel(
                title="t",
                axes=(Axis(name="cell", choices=("gru",)),),
                paths=(Path(name="t001", values=(1.0,), score=1.0),),
                score_title="s",
                direction="min",
            ),
            "found 1 as 'cell' of 't001'",
        ),
        (
            lambda: Parallel(
                title="t",
                axes=(),
                paths=(Path(name="t001", values=(1.0,), score=1.0),),
                score_title="s",
                direction="min",
            ),
            "found 1 values of 't001', expected 0",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(make: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        make()


def test_what_fits_is_taken() -> None:
    figure = axis(
        lines=(Line(name="l", values=(1.0, None), start=1), Line(name="none", values=())),
        bands=(Band(name="b", lower=(1.0,), upper=(2.0,), start=2),),
        spans=(Span(name="s", first=2, last=2),),
    )
    assert Lines.model_validate_json(figure.model_dump_json()) == figure


def test_an_empty_matrix_and_an_empty_grid_are_figures() -> None:
    assert Matrix(title="t", rows=(), columns=(), values=()).values == ()
    assert Grid(title="t", headings=TWO, rows=()).rows == ()
