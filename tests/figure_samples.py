"""Figures of every kind, as tasks make them, for whoever draws."""

from __future__ import annotations

import math
from datetime import date, timedelta

from seqtune.figures.bars import Bars, Group
from seqtune.figures.block import AnyFigure, Block
from seqtune.figures.facts import Facts
from seqtune.figures.grid import Grid, Heading
from seqtune.figures.lines import Band, Line, Lines, Span
from seqtune.figures.listing import Listing
from seqtune.figures.matrix import Matrix
from seqtune.figures.parallel import Axis, Parallel, Path
from seqtune.figures.passage import Passage, Piece
from seqtune.figures.points import Cloud, Points

HOSTILE = (
    """</script><script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;\x00\x1b[2J\u202e"""
)
"""A name that would be markup, end a script, steer a terminal, or turn the text around."""


WORDS = ("kind", "role", "level_role", "scale", "direction")
"""Fields that hold one of a few words."""


def months(number: int) -> tuple[str, ...]:
    """Months from 1949 on."""
    return tuple(f"{1949 + n // 12}-{n % 12 + 1:02}" for n in range(number))


def days(number: int) -> tuple[str, ...]:
    """Days from 2023 on."""
    first = date(2023, 1, 1)
    return tuple((first + timedelta(days=n)).isoformat() for n in range(number))


def wave(number: int, height: float = 100.0, shift: float = 0.0) -> tuple[float, ...]:
    """A season of twelve steps that grows."""
    return tuple(
        round(height + shift + n + 30 * math.sin(n * math.pi / 6), 2) for n in range(number)
    )


def forecast(title: str = "passengers: the last year", steps: int = 60) -> Lines:
    """A forecast beside what came, and beside the simple method's."""
    actual = wave(steps)
    ahead = 12
    start = steps - ahead
    model = tuple(value + 3 for value in actual[start:])
    return Lines(
        title=title,
        caption="The typical series; the model's error is the median one.",
        x=months(steps),
        x_title="month",
        y_title="passengers in thousands",
        lines=(
            Line(name="actual", values=actual, role="actual"),
            Line(name="blend", values=model, start=start, role="model"),
            Line(
                name="seasonal_naive",
                values=actual[start - 12 : start],
                start=start,
                role="baseline",
            ),
        ),
        bands=(
            Band(
                name="q0.1 to q0.9",
                lower=tuple(v - 9 for v in model),
                upper=tuple(v + 9 for v in model),
                start=start,
            ),
        ),
        spans=(Span(name="test", first=start, last=steps - 1),),
    )


def anomalies(steps: int = 400) -> Lines:
    """A score with its threshold, and stretches that were found and labelled."""
    score = tuple(0.5 + 0.3 * math.sin(n) + (3 if 200 <= n < 215 else 0) for n in range(steps))
    return Lines(
        title="Score by row",
        x=tuple(float(n) for n in range(steps)),
        x_title="row",
        y_title="score",
        lines=(
            Line(name="model", values=score, role="model"),
            Line(name="moving_z_score", values=tuple(v * 0.6 for v in score), role="baseline"),
        ),
        spans=(
            Span(name="labelled", first=196, last=214, role="actual"),
            Span(name="found", first=200, last=214, role="model"),
            Span(name="labelled", first=300, last=320, role="actual"),
        ),
        level=2.0,
        level_name="threshold",
    )


def reliability() -> Lines:
    """How often what was promised came true."""
    levels = (0.1, 0.3, 0.5, 0.7, 0.9)
    return Lines(
        title="Promised and observed",
        x=levels,
        x_title="promised share",
        y_title="observed share",
        lines=(
            Line(name="blend", values=(0.12, 0.29, 0.52, 0.72, 0.88), role="model"),
            Line(name="seasonal_naive", values=(0.2, 0.36, 0.5, 0.6, 0.7), role="baseline"),
        ),
        is_diagonal=True,
    )


def errors_by_step() -> Bars:
    """Errors of two models by step, with whiskers."""
    steps = tuple(str(n) for n in range(1, 13))
    return Bars(
        title="Error by step ahead",
        categories=steps,
        groups=(
            Group(
                name="blend",
                values=tuple(0.5 + 0.04 * n for n in range(12)),
                errors=(0.05,) * 12,
                role="model",
            ),
            Group(
                name="seasonal_naive",
                values=tuple(0.7 + 0.05 * n for n in range(12)),
                errors=(0.06,) * 12,
                role="baseline",
            ),
        ),
        x_title="steps ahead",
        y_title="absolute error, scaled",
    )


def differences() -> Bars:
    """Bars to both sides of zero, with long names."""
    return Bars(
        title="Improvement by class",
        categories=("walking upstairs", "sitting", "a class with a name that goes on and on"),
        groups=(Group(name="difference", values=(0.12, -0.05, 0.3), role="model"),),
        y_title="F1, points",
        is_lying=True,
    )


def confusion(classes: int = 5) -> Matrix:
    """What was taken for what."""
    names = tuple(f"class {chr(97 + n)}" for n in range(classes))
    values = tuple(
        tuple(float(40 - 3 * n if n == m else (n * m) % 5) for m in range(classes))
        for n in range(classes)
    )
    return Matrix(
        title="Confusion on the test part",
        rows=names,
        columns=names,
        values=values,
        row_title="actual",
        column_title="predicted",
        unit="cases",
        is_expected_diagonal=True,
    )


def hours_and_days() -> Matrix:
    """Errors around zero by hour and weekday."""
    return Matrix(
        title="Bias by hour and weekday",
        rows=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        columns=tuple(str(hour) for hour in range(24)),
        values=tuple(
            tuple(round(math.sin(hour / 4) * (day - 3), 2) for hour in range(24))
            for day in range(7)
        ),
        column_title="hour of the day",
        unit="MW",
        scale="diverging",
    )


def trials() -> Points:
    """Scores by time, with the best so far and a level to beat."""
    x = tuple(float(3 + 4 * n) for n in range(20))
    y = tuple(1.2 / (1 + n / 6) + 0.1 * math.sin(n) for n in range(20))
    return Points(
        title="Score by time",
        clouds=(
            Cloud(name="trials", x=x, y=y, labels=tuple(f"t{n:03}" for n in range(20))),
            Cloud(
                name="best so far",
                x=x[::4],
                y=(1.2, 0.7, 0.5, 0.4, 0.3),
                role="model",
                is_stepped=True,
            ),
        ),
        x_title="seconds",
        y_title="MASE",
        level=0.9,
        level_name="best simple method: theta",
    )


def settings() -> Parallel:
    """Configurations by three settings."""
    return Parallel(
        title="Which settings won",
        axes=(
            Axis(name="training.learning_rate", is_logarithmic=True),
            Axis(name="network.cell", choices=("gru", "lstm")),
            Axis(name="network.segment.length", choices=("6", "12")),
        ),
        paths=tuple(
            Path(
                name=f"t{n:03}",
                values=(10 ** (-4 + n / 12), float(n % 2), None if n % 3 else float(n % 2)),
                score=0.5 + ((n * 7) % 24) / 40,
            )
            for n in range(24)
        ),
        score_title="MASE",
        direction="min",
    )


def text() -> Passage:
    """A text with the surprise of each word, and a wrong tag."""
    words = ("The", "fox", "asked", "the", "crow", "for", "cheese", ".")
    weights = (0.1, 0.5, 0.3, 0.05, 0.7, 0.1, 1.0, 0.0)
    pieces = [Piece(text="Once upon a time. ", role="given")]
    pieces += [
        Piece(text=f"{word} ", weight=weight, note=f"{weight * 9:.1f} bits")
        for word, weight in zip(words, weights, strict=True)
    ]
    pieces += [
        Piece(text="Aesop", role="right", note="PER"),
        Piece(text=" of "),
        Piece(text="Phrygia", role="wrong", note="ORG, expected LOC"),
    ]
    return Passage(title="A sample", pieces=tuple(pieces), legend="stronger: more surprising")


def table(rows: int = 4) -> Grid:
    """A table with a winner and a simple method."""
    return Grid(
        title="Scores",
        headings=(Heading(text="name"), Heading(text="MASE", is_numeric=True)),
        rows=tuple((f"row {n}", f"{n / 10:.2f}") for n in range(rows)),
        keys=tuple((None, n / 10) for n in range(rows)),
        marked=(0,),
        faint=(rows - 1,),
    )


def wide_table() -> Grid:
    """A table of many columns with long names."""
    names = tuple(f"network.architecture.setting_{n}" for n in range(12))
    return Grid(
        title="Settings",
        headings=tuple(Heading(text=name) for name in names),
        rows=(tuple("encoder_decoder" if n % 3 == 0 else "no" for n in range(12)),),
    )


def every_kind() -> tuple[AnyFigure, ...]:
    """One figure at least of every kind."""
    return (
        *(forecast(), anomalies(), reliability(), errors_by_step(), differences(), confusion()),
        *(hours_and_days(), trials(), settings(), text(), table(), wide_table()),
        Listing(title="Command", text="seqtune fit data.csv --task forecast"),
        Facts(title="About", pairs=(("rows", "144"), ("frequency", "monthly"))),
    )


def hostile(figure: AnyFigure) -> AnyFigure:
    """The same figure, every text in it replaced by a hostile one."""

    def spoil(value: object, key: str = "") -> object:
        if isinstance(value, str) and key not in (
            "kind",
            "role",
            "level_role",
            "scale",
            "direction",
        ):
            return HOSTILE
        if isinstance(value, dict):
            return {name: spoil(each, name) for name, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [spoil(each, key) for each in value]
        return value

    return type(figure).model_validate(spoil(figure.model_dump()))


def every_block() -> tuple[Block, ...]:
    """Blocks that have every kind of figure, and a gallery."""
    gallery = tuple(forecast(f"shop {n}", 30 + n) for n in range(6))
    return (
        Block(
            key="kinds",
            title="Every kind",
            sentences=("What figures look like.",),
            figures=every_kind(),
        ),
        Block(key="examples", title="Examples", figures=gallery, is_gallery=True),
    )
