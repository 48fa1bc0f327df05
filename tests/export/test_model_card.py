"""The card of a bundle, by hand: exact text, and nothing from outside that is more than text."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from seqtune.export.formats.bundle import record_of
from seqtune.export.model_card import model_card
from seqtune.run.export_summary import Agreement
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row

NETWORK = Row("gru-t001", "network", {"mase": 0.8}, {"mase": 0.9}, 3.0, 1_216, "1 x 4 units")
METHOD = Row("naive", "baseline", {"mase": 1.0}, {"mase": 1.2}, 0.1)
COMPARISON = Agreement("test", 1_000, "windows", 3.4e-8, 1e-5)


def run(**data: Any) -> Any:
    record = {
        "task": "forecast", "seed": 7, "began": "2026-01-02", "versions": {"keras": "3.12"},
        "data": {
            "path": "/home/me/air.csv", "query": "SELECT 1", "fingerprint": "abc", "rows": 144,
            "series": 1, "horizon": 12, "test_rows": 21, "test_span": ["1959-04", "1960-12"],
            "roles": {"time": ("month",), "targets": ("a|b", "<i>c</i>")}, **data,
        },
        "notes": ["see: seqtune report runs/air --explain", "/home/me/air.csv: 3 gaps filled"],
    }  # fmt: skip
    board = Leaderboard("mase", "min", (NETWORK, METHOD))
    task = SimpleNamespace(name="forecast")
    return SimpleNamespace(path=Path("runs/air"), record=record, board=board, task=task)


def card(row: Row = NETWORK, file: str = "air.zip", **data: Any) -> str:
    made = run(**data)
    return model_card(made, row, record_of(made, row, COMPARISON), COMPARISON, file)


def test_it_says_what_the_model_is_and_how_good() -> None:
    text = card()
    assert text.startswith(
        "# gru-t001: the next steps of one or many series\n\n"
        "A model of the task `forecast`, fitted by seqtune and exported to predict without Keras.\n"
        "\n## Model\n\n"
        "- Kind: a recurrent network\n- Configuration: 1 x 4 units\n- Trainable parameters: 1,216\n"
        "- Seed: 7\n- Fitted: 2026-01-02\n"
    )
    assert (
        "| metric | gru-t001, validation | gru-t001, test | naive, validation | naive, test |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| MASE | 0.800 | 0.900 | 1.00 | 1.20 |\n"
        "\nThe network gru-t001 beats the best simple method, naive: test MASE 0.900 against 1.20, "
        "0.300 points (25.0 %) lower.\n"
    ) in text
    assert (
        "- File: air.csv\n- Fingerprint: abc\n- Size: 144 rows\n- Series: 1\n- Horizon: 12\n"
        "- Test part: 21 rows, 1959-04 to 1960-12\n"
    ) in text
    assert "on 1,000 windows of the test part it predicts what the run does to 3.4e-08" in text


def test_columns_are_text_whatever_they_are_called() -> None:
    assert "| time | month |\n| targets | a\\|b, \\<i\\>c\\</i\\> |" in card()


def test_nothing_of_the_machine_leaves_it() -> None:
    made = run()
    text, record = card(), record_of(made, NETWORK, COMPARISON)
    for private in ("/home/me", "runs/air", "SELECT"):
        assert private not in text and private not in str(record)
    assert "- Noted by the fit: air.csv: 3 gaps filled\n" in text


def test_another_row_than_the_winner_says_so() -> None:
    text = card(METHOD)
    assert "- Kind: a simple method\n- Not the winner of its leaderboard, which is gru-t001" in text
    assert "| metric | naive, validation | naive, test |\n" in text


def test_the_name_of_the_file_cannot_write_commands() -> None:
    text = card(file="a`; rm -rf ~\n```")
    assert "rm -rf" not in text and "seqtune serve bundle.zip" in text


def test_what_is_known_ahead_is_asked_for() -> None:
    made = run()
    made.record["future"] = ["price"]
    record = record_of(made, NETWORK, COMPARISON)
    text = model_card(made, NETWORK, record, COMPARISON, "air.zip")
    assert "seqtune predict air.zip FUTURE.csv -o predictions.csv\n" in text
    assert "model.predict('FUTURE.csv')" in text
    assert "seqtune predict air.zip -o predictions.csv\n" in card() and "model.predict()" in card()


def test_units_are_counted_as_people_say() -> None:
    assert "- Size: 5 series\n" in card(unit="series", rows=5)
    assert "- Size: 1 case\n" in card(unit="case", rows=1)
