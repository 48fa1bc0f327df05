"""The table of rolled origins as exact text."""

from __future__ import annotations

from collections.abc import Callable

from seqtune.tasks.forecast.report_folds import FoldScores, FoldsReport


def test_a_line_per_origin_and_a_column_per_model(draw: Callable[..., str]) -> None:
    folds = [
        FoldScores("2024-01-01", 414, {"ensemble": {"mase": 0.5}, "seasonal_naive": {"mase": 1.0}}),
        FoldScores(
            "2024-01-02", 1414, {"ensemble": {"mase": 0.75}, "seasonal_naive": {"mase": 2.0}}
        ),
    ]
    report = FoldsReport("mase", folds)
    assert (
        draw(report)
        == """\
MASE from each origin

                                        seasonal
fold  forecast from  windows  ensemble     naive
────────────────────────────────────────────────
   1  2024-01-01         414     0.500      1.00
   2  2024-01-02       1,414     0.750      2.00"""
    )
    assert report.to_dict()["folds"][0] == {
        "origin": "2024-01-01",
        "windows": 414,
        "scores": {"ensemble": {"mase": 0.5}, "seasonal_naive": {"mase": 1.0}},
    }
