"""Figures, times, sizes and commands as text."""

from __future__ import annotations

import math
import shlex

import pytest

from seqtune.drawing.wording import (
    bullets,
    command,
    command_text,
    duration,
    figure,
    literal,
    metric_name,
    percent,
    several,
    size,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9, "0.900"),
        (0.9996, "1.00"),
        (7.1, "7.10"),
        (-12.345, "-12.3"),
        (99.96, "100"),
        (1234.5, "1,234"),
        (999_999.0, "1.00e+06"),
        (0.000123, "0.000123"),
        (0.0000123, "1.23e-05"),
        (0.0, "0"),
        (-0.0, "0"),
        (math.nan, "-"),
        (None, "-"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_a_figure_has_three_significant_digits(value: float | None, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.0s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (59.6, "1m 00s"),
        (118.2, "1m 58s"),
        (3599.7, "1h 00m"),
        (7500.0, "2h 05m"),
        (90_000.0, "25h 00m"),
        (-3.0, "0.0s"),
        (math.nan, "-"),
        (None, "-"),
    ],
)
def test_a_duration_reads_like_speech(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_sizes_counts_and_shares() -> None:
    assert [size(number) for number in (1, 12, 4096, 3.2e9)] == [
        "1 byte",
        "12 bytes",
        "4.10 kB",
        "3.20 GB",
    ]
    assert several(1, "series", "series") == "1 series"
    assert several(1200, "trial") == "1,200 trials"
    assert percent(0.25) == "25.0 %"


def test_metrics_have_their_usual_names() -> None:
    assert [metric_name(name) for name in ("mase", "smape", "mean_quantile_loss")] == [
        "MASE",
        "sMAPE",
        "mean quantile loss",
    ]


def test_control_characters_are_made_visible() -> None:
    assert literal("a\x1b[31mb\nc\tä€") == "a\\x1b[31mb\\nc\\tä€"


def test_a_command_can_be_pasted_into_a_shell() -> None:
    assert command("seqtune", "predict", "my runs/1", "--use", "theta") == (
        "seqtune predict 'my runs/1' --use theta"
    )


def test_a_long_command_is_continued_with_a_backslash() -> None:
    line = f"seqtune fit {'d' * 40}.csv --task forecast --target load --budget 10m"
    assert command_text(line).plain == (
        f"  seqtune fit {'d' * 40}.csv --task forecast \\\n      --target load --budget 10m"
    )


@pytest.mark.parametrize("width", [24, 30, 40, 78])
def test_a_command_can_be_copied_from_a_narrow_terminal(width: int) -> None:
    words = ["seqtune", "fit", "my  file.csv", "--set", "a=[1, 2]", "--target", "it's", "-o", "x"]
    text = command_text(command(*words), width=width).plain
    assert shlex.split(text.replace("\\\n", "")) == words
    assert all(len(line) <= width for line in text.splitlines())


def test_control_characters_of_a_command_are_those_of_the_word() -> None:
    line = command("seqtune", "it's\x1b\\", "\u202e")
    assert line == "seqtune $'it\\'s\\x1b\\\\' $'\\xe2\\x80\\xae'"
    assert line.isprintable()


def test_no_lines_make_no_list() -> None:
    assert bullets([]) == []
