"""What a network looks at as exact text, and what is refused when it is read back."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from seqtune.tasks.forecast.report_explanation import ExplanationReport

Draw = Callable[..., str]

VALUES: dict[str, Any] = {
    "network": "segment-lstm-t001",
    "metric": "mase",
    "score": 0.8,
    "windows": 256,
    "repeats": 3,
    "left_out": 0,
    "importance": [
        {"kind": "past", "name": "[red]x[/red]", "first": 0, "last": 0, "rise": 0.1, "spread": 0.0},
        {"kind": "calendar", "name": "", "first": 0, "last": 0, "rise": -0.02, "spread": 0.01},
        {"kind": "history", "name": "", "first": 1, "last": 4, "rise": 0.4, "spread": 0.05},
        {"kind": "history", "name": "", "first": 5, "last": 5, "rise": 0.2, "spread": 0.05},
    ],
    "reach": {"share": 0.95, "lag": 4, "norms": [4.0, 2.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]},
}


def test_inputs_by_importance_and_the_reach(draw: Draw) -> None:
    assert (
        draw(ExplanationReport.from_dict(VALUES))
        == """\
Inputs of segment-lstm-t001: how much MASE rises from 0.800 when each is
shuffled

input                           rises by       ±
──────────────────────────────────────────────────────────────────────────
history, 1 to 4 steps back         0.400  0.0500  ████████████████████████
history, 5 steps back              0.200  0.0500  ████████████
[red]x[/red] (known until now)     0.100       0  ██████
calendar                         -0.0200  0.0100

It uses the last 4 of 8 steps of history: 95 % of the gradient of the forecast
is there.
  ▁▁▁▁▃▃▅█
  8   ^4 1"""
    )


def test_a_console_without_blocks(draw: Draw) -> None:
    values = {**VALUES, "importance": VALUES["importance"][2:3], "left_out": 2}
    text = draw(ExplanationReport.from_dict(values), encoding="ascii")
    assert "########################" in text and "____::=#" in text
    assert "no time was left for 2 more inputs" in text
    text.replace("─", "").replace("±", "").encode("ascii")


def test_nothing_measured_is_still_drawn(draw: Draw) -> None:
    values = {**VALUES, "importance": [], "reach": {"share": 0.95, "lag": 0, "norms": [0.0, 0.0]}}
    assert draw(ExplanationReport.from_dict(values)).startswith("Inputs of segment-lstm-t001")
    values["reach"] = {"share": 0.95, "lag": 1, "norms": [1.0]}
    assert "It uses the last 1 of 1 step of history" in draw(ExplanationReport.from_dict(values))


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("lag", [1, 168, 336])
def test_long_histories_fit_any_width(draw: Draw, width: int, lag: int) -> None:
    reach = {"share": 0.95, "lag": lag, "norms": [1.0 / (1 + n) for n in range(336)]}
    text = draw(ExplanationReport.from_dict({**VALUES, "reach": reach}), width=width)
    bars, labels = text.splitlines()[-2:]
    assert len(bars) == 2 + min(64, width - 2)
    assert f"^{lag}" in labels or f"{lag}^" in labels


def test_what_is_read_is_what_was_written() -> None:
    document = ExplanationReport.from_dict(VALUES).to_dict()
    assert document == VALUES
    assert json.loads(json.dumps(document)) == VALUES


def changed(path: str, value: Any) -> dict[str, Any]:
    values: Any = copy.deepcopy(VALUES)
    *parents, last = path.split(".")
    place = values
    for part in parents:
        place = place[int(part) if part.isdigit() else part]
    place[last] = value
    return dict(values)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("windows", -1), ("windows", True), ("repeats", 1.5), ("left_out", "2"), ("score", None),
        ("score", float("nan")), ("network", 3), ("metric", None), ("importance", {}),
        ("importance.0.kind", "secret"), ("importance.0.name", 5), ("importance.0.first", -1),
        ("importance.0.rise", float("inf")), ("importance.0.spread", "x"),
        ("importance.0.more", 1), ("reach.lag", -1), ("reach.lag", 2.0), ("reach.share", "x"),
        ("reach.norms", [-1.0]), ("reach.norms", [True]), ("reach.norms", "x"),
        ("reach.norms", [None]), ("reach", []),
    ],
)  # fmt: skip
def test_what_seqtune_did_not_write_is_refused(path: str, value: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        ExplanationReport.from_dict(changed(path, value))
