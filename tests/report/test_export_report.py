"""What `export` and `report` of a bundle print: exact text at width 80."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from seqtune.report.bundle import BundleReport
from seqtune.report.export import ExportReport
from seqtune.run.export_summary import Agreement, ExportSummary, QuantizationLoss
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row


def drawn(report: Any) -> str:
    console = Console(width=80, color_system=None, soft_wrap=False)
    with console.capture() as capture:
        console.print(report)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def summary(**changed: Any) -> ExportSummary:
    whole: dict[str, Any] = {
        "path": Path("airline.zip"), "format": "bundle", "run": "runs/airline", "task": "forecast",
        "row": "blend", "bytes": 17_745, "seconds": 4.31,
        "comparison": Agreement("test", 1_200, "windows", 3.4e-8, 1e-5),
    }  # fmt: skip
    return ExportSummary(**{**whole, **changed})


def test_an_export_says_what_it_wrote_and_how_exact_it_is() -> None:
    assert drawn(ExportReport(summary())) == "\n".join([
        "airline.zip: blend of runs/airline",
        "format      bundle",
        "size        17.7 kB",
        "time        4.3s",
        "compared    1,200 windows of the test part",
        "difference  at most 3.4e-08 of the predictions' scale (limit 1e-05)",
        "",
        "Next:",
        "  seqtune predict airline.zip",
        "  seqtune serve airline.zip",
    ])  # fmt: skip


def test_a_task_that_needs_data_is_asked_with_it() -> None:
    report = ExportReport(summary(path=Path("my model.zip"), new_data="NEW.csv"))
    assert report.next_commands[0] == "seqtune predict 'my model.zip' NEW.csv"


def test_what_seqtune_does_not_open_has_no_next_command() -> None:
    report = ExportReport(summary(format="onnx", comparison=None, notes=("scaled arrays",)))
    assert "Next" not in drawn(report) and "- scaled arrays" in drawn(report)
    assert report.to_dict()["compared"] is None and report.to_dict()["next"] == []


def test_weights_of_eight_bits_show_what_they_cost() -> None:
    lost = QuantizationLoss("int8", "mase", 1.0, 1.004, 0.004, 7_080, 2_270)
    apart = Agreement("test", 1_200, "windows", 3.2e-4, None)
    report = ExportReport(summary(quantized=lost, comparison=apart))
    lines = [line.rstrip() for line in drawn(report).splitlines()]
    assert "difference  at most 3.2e-04 of the predictions' scale" in lines
    assert "weights     int8, 2.27 kB instead of 7.08 kB" in lines
    assert "loss        0.400 % of MASE on the validation part: 1 becomes 1.004" in lines
    assert report.to_dict()["quantized"]["share"] == 0.004


def test_the_document_of_an_export() -> None:
    assert ExportReport(summary()).to_dict() == {
        "output": "airline.zip",
        "format": "bundle",
        "run": "runs/airline",
        "task": "forecast",
        "row": "blend",
        "bytes": 17_745,
        "seconds": 4.31,
        "compared": {"part": "test", "windows": 1_200, "difference": 3.4e-8, "limit": 1e-5},
        "quantized": None,
        "notes": [],
        "next": ["seqtune predict airline.zip", "seqtune serve airline.zip"],
    }


def test_a_bundle_shows_its_row_beside_the_others() -> None:
    board = Leaderboard("mase", "min", (Row("naive", "baseline", {"mase": 1.0}, {}, 0.1),))
    report = BundleReport("a.zip", "forecast", "naive", board, "a.csv", "2026-01-02", ["seqtune x"])
    text = drawn(report)
    assert text.startswith(
        "Bundle: a.zip\nholds     naive\ndata      a.csv\nexported  2026-01-02\n\n"
        "Leaderboard, by MASE"
    )
    assert text.endswith("Next:\n  seqtune x")
    document = report.to_dict()
    assert (document["bundle"], document["row"], document["winner"]) == ("a.zip", "naive", "naive")
