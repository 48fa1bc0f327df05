"""The forecast chart as exact text, and its edge cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from seqtune.tasks.forecast.report_chart import ForecastChart

Draw = Callable[..., str]
NAN = math.nan


def chart(
    history: Sequence[float],
    mean: Sequence[float] = (),
    actual: Sequence[float] = (),
    width: float = 0.0,
) -> ForecastChart:
    steps = len(history) + len(mean)
    times = [f"2024-01-{day + 1:02}T00:00:00.000000000" for day in range(steps)]
    lower = [value - width for value in mean] if width else []
    upper = [value + width for value in mean] if width else []
    return ForecastChart("load [b]kW[/b]", history, times, actual, mean, lower, upper)


WAVE = [0.0, 5.0, 10.0, 5.0] * 4
CHART = chart(WAVE[:12], WAVE[12:], [1.0, 6.0, 9.0, NAN], width=2.0)


def test_history_forecast_band_and_actual_are_drawn(draw: Draw) -> None:
    assert (
        draw(CHART, height=12)
        == """\
load [b]kW[/b]
10 ┤          ⡀                   ⡀                  ⢀    ┊             ░⢀░
   │        ⡠⠊⠈⠢⡀               ⡠⠊⠈⠢⡀              ⢀⠔⠁⠑⢄  ┊           ░⢀⠔×⠑⢄░
   │     ⢀⠔⠉    ⠈⠑⢄          ⢀⠔⠉    ⠈⠑⢄          ⡠⠊⠁    ⠉⠢⡀        ░×⡠⠊⠁   ░⠉⠢⡀
   │   ⡠⠔⠁         ⠑⠤⡀     ⡠⠔⠁         ⠑⢄     ⢀⠤⠊         ⠈      ░⢀⠤⠊░       ░⠈
   │⢀⠤⠊              ⠈⠢⢄⢀⠤⠊              ⠉⠢⡀⡠⠔⠁           ┊    ×⡠⠔⠁
 0 ┤⠁                   ⠁                  ⠈              ┊    ⠈░
   └───────────────────────────────────────────────────────────────────────────
    2024-01-01                                                       2024-01-16
    ⠒⠒ history   × actual   ⠒⠒ forecast   ░ q0.1 to q0.9"""
    )


def test_a_console_without_braille_gets_ascii(draw: Draw) -> None:
    text = draw(CHART, height=12, encoding="ascii")
    assert text.isascii()
    assert (
        text
        == """\
load [b]kW[/b]
   |                                                      !             :::
10 +        .....               .....              .....  !           :ooxoo:
   |    ....     ....       ....     ....      ....     ...        oxoo:   :ooo
   |  ..             ..   ..             .   ..           !      oo:::       ::
 0 +..                 ...                ...             !    xo::
   |                                                      !    ::
   +---------------------------------------------------------------------------
    2024-01-01                                                       2024-01-16
    . history   x actual   o forecast   : q0.1 to q0.9"""
    )


def test_a_console_of_latin_letters_gets_ascii(draw: Draw) -> None:
    assert draw(CHART, encoding="iso-8859-1").isascii()


@pytest.mark.parametrize("width", [20, 40, 79, 200])
@pytest.mark.parametrize("height", [3, 24, 400])
def test_a_chart_fits_its_console(draw: Draw, width: int, height: int) -> None:
    text = draw(CHART, width=width, height=height)
    drawn_rows = sum(1 for line in text.splitlines() if "│" in line or "┤" in line)
    assert drawn_rows == max(6, min(16, height // 2))


def test_a_constant_series_is_drawn_as_a_level_line(draw: Draw) -> None:
    lines = draw(chart([5.0, 5.0, 5.0]), height=12).splitlines()
    level = [line for line in lines if "⠉⠉⠉" in line or "⠒⠒⠒" in line or "⣀⣀⣀" in line]
    assert len(level) == 1


@pytest.mark.parametrize(
    "values", [[], [NAN], [math.inf, -math.inf], [NAN, NAN, NAN]], ids=["none", "nan", "inf", "3"]
)
def test_nothing_finite_is_said(draw: Draw, values: list[float]) -> None:
    assert draw(chart(values)) == "load [b]kW[/b]\nThere is nothing to draw: no finite value."


@pytest.mark.parametrize(
    "values",
    [
        [1.0],
        [0.0, NAN, 1.0],
        [1e-320, 2e-320],
        [-1e299, 1e299],
        [1e17, 1e17 + 16],
        [1e308, 1.0],
        [0.0, 5e-324],
        [-0.0, 0.0],
        [123456789.0, 123456789.5],
    ],
)
def test_extreme_values_are_drawn(draw: Draw, values: list[float]) -> None:
    assert "history" in draw(chart(values))
    assert "forecast" in draw(chart([], values))


def test_a_gap_in_the_history_stays_a_gap(draw: Draw) -> None:
    whole = draw(chart([1.0, 1.0, 1.0, 1.0, 1.0]), height=12)
    gap = draw(chart([1.0, 1.0, NAN, 1.0, 1.0]), height=12)
    assert whole.count("⠉") > 1.5 * gap.count("⠉") > 0


def test_hours_keep_their_time_of_day(draw: Draw) -> None:
    times = [f"2024-01-01 {hour:02}:00:00" for hour in range(3)]
    text = draw(ForecastChart("load", [1.0, 2.0, 3.0], times, [], [], [], []))
    assert "2024-01-01 00:00 " in text and text.count(":00:00") == 0


def test_the_dictionary_has_null_for_what_is_not_finite() -> None:
    small = ForecastChart("x", [1.0, NAN], [1, 2, 3], [], [2.0], [1.0], [math.inf])
    assert small.to_dict() == {
        "title": "x",
        "times": ["1", "2", "3"],
        "band": "q0.1 to q0.9",
        "history": [1.0, None],
        "actual": [],
        "mean": [2.0],
        "lower": [1.0],
        "upper": [None],
    }
