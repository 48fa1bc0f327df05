"""Music and events on the command line: a small run on the sample of canons, and on rows."""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command_line import DATA, TINY_GENERATE, Done, advances

from seqtune.run.load import load
from seqtune.run.run import Run
from seqtune.tasks.generate.text_generator import TextGenerator

Command = Callable[..., Done]

METHODS = ("--set", "baselines.methods=[unigram,kneser_ney]")
FLAGS = ("--task", "generate", *TINY_GENERATE, *METHODS, "--quiet")


@pytest.fixture(scope="module")
def canons(seqtune: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on some canons: one small network, unigrams and Kneser-Ney."""
    folder = tmp_path_factory.mktemp("canons")
    parts = json.loads((DATA / "canons.json").read_text(encoding="utf-8"))
    few = {part: pieces[:40] for part, pieces in parts.items()}
    (folder / "canons.json").write_text(json.dumps(few), encoding="utf-8")
    seqtune("fit", folder / "canons.json", *FLAGS, "--out", folder / "run")
    return folder / "run"


@pytest.fixture(scope="module")
def events(seqtune: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on visits of a shop."""
    folder = tmp_path_factory.mktemp("events")
    rows = [(n // 8, ("view", "buy", "log in")[n % 3], ("shoe", "")[n % 2]) for n in range(240)]
    pd.DataFrame(rows, columns=["who", "what", "thing"]).to_csv(folder / "log.csv", index=False)
    flags = ("--events", "what", "--events", "thing", "--series", "who")
    seqtune("fit", folder / "log.csv", *FLAGS, *flags, "--out", folder / "run")
    return folder / "run"


def test_the_score_is_per_step_and_per_token(seqtune: Command, canons: Path) -> None:
    report = seqtune("report", canons, "--json").json
    assert report["metric"] == "nats_per_step"
    for row in report["leaderboard"]:
        assert {*row["test"]} == {"nats_per_step", "nats_per_token", "perplexity"}
        assert row["test"]["nats_per_step"] > row["test"]["nats_per_token"] > 0
    (unigram,) = (row for row in report["leaderboard"] if row["name"] == "unigram")
    parts = json.loads((canons.parent / "canons.json").read_text(encoding="utf-8"))
    tokens = sum(1 + sum(len(step) + 1 for step in piece) for piece in parts["test"])
    steps = sum(map(len, parts["test"]))
    ratio = unigram["test"]["nats_per_step"] / unigram["test"]["nats_per_token"]
    assert ratio == pytest.approx(tokens / steps)


def test_music_suits_no_other_task(seqtune: Command, canons: Path) -> None:
    found = seqtune("inspect", canons.parent / "canons.json", "--json").json
    assert {*found["tasks"]} == {"generate"}
    assert "holds music, no table" in found["unsuited"]["classify"]


@pytest.mark.parametrize("row", ["network", "kneser_ney"])
def test_what_is_written_is_sets_of_notes_whatever_the_row(
    seqtune: Command, canons: Path, tmp_path: Path, row: str
) -> None:
    words = ("generate", canons, "--use", row, "--count", "3", "--length", "20")
    seqtune(*words, "--temperature", "1.5", "--top-p", "1", "-o", tmp_path / "tunes.json")
    pieces = json.loads((tmp_path / "tunes.json").read_text(encoding="utf-8"))
    known = {note for piece in parts_of(canons)["train"] for step in piece for note in step}
    assert len(pieces) == 3
    for piece in pieces:
        assert 0 < len(piece) <= 20
        assert all(step == sorted(set(step)) and known.issuperset(step) for step in piece)


def parts_of(run: Path) -> Any:
    return json.loads((run.parent / "canons.json").read_text(encoding="utf-8"))


def test_a_prompt_is_read_from_the_form_that_was_written(
    seqtune: Command, canons: Path, tmp_path: Path
) -> None:
    (tmp_path / "start.json").write_text("[[60], [62, 48], [64]]")
    words = ("generate", canons, "--length", "2", "--force")
    seqtune(*words, "--prompt-file", tmp_path / "start.json", "-o", tmp_path / "tune.mid")
    for name in ("tune.mid", "tune.abc"):
        if name.endswith("abc"):
            given = ("--prompt", "60 | 48 62 | 64 |")
            seqtune(*words, *given, "-o", tmp_path / name)
        found = seqtune(*words, "--prompt-file", tmp_path / name, "--json").json["texts"][0]
        assert found["steps"][:3] == [[60], [48, 62], [64]]
        assert found["text"].startswith(" 60 | 48 62 | 64 |")


def test_files_of_other_forms_are_scored_too(
    seqtune: Command, canons: Path, tmp_path: Path
) -> None:
    seqtune("generate", canons, "--length", "40", "--count", "2", "-o", tmp_path / "tunes.abc")
    seqtune("generate", canons, "--length", "40", "--count", "2", "-o", tmp_path / "tunes.json")
    scores = [
        seqtune("evaluate", canons, tmp_path / name, "--json").json["scores"]
        for name in ("tunes.abc", "tunes.json")
    ]
    assert scores[0] == scores[1]


def test_a_form_that_does_not_suit_is_refused(
    seqtune: Command, canons: Path, events: Path, tmp_path: Path
) -> None:
    tune, log = tmp_path / "tune.csv", tmp_path / "log.mid"
    error, hint = seqtune("generate", canons, "--length", "2", "-o", tune, code=2).err.splitlines()
    assert "cannot hold sets of notes" in error and hint == "hint: -o tune.mid"
    error, hint = seqtune("generate", events, "--length", "2", "-o", log, code=2).err.splitlines()
    assert "cannot hold rows of what, thing" in error and hint == "hint: -o log.csv"


def test_a_file_that_does_not_suit_is_refused_before_anything_is_written(
    seqtune: Command, canons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TextGenerator, "write", lambda *_, **__: pytest.fail("it has written"))
    words = ("generate", canons, "--length", "2")
    several = seqtune(*words, "--count", "2", "-o", tmp_path / "tune.mid", code=2).err
    assert "one piece, not 2" in several
    monkeypatch.setitem(sys.modules, "mido", None)
    missing = seqtune(*words, "-o", tmp_path / "tune.mid", code=1).err
    assert "pip install 'seqtune[music]'" in missing
    assert "cannot hold" in seqtune(*words, "-o", tmp_path / "tune.csv", code=2).err


def test_rows_are_written_as_they_were_read(seqtune: Command, events: Path, tmp_path: Path) -> None:
    seqtune("generate", events, "--length", "6", "-o", tmp_path / "new.csv")
    table = pd.read_csv(tmp_path / "new.csv", keep_default_na=False)
    assert list(table.columns) == ["what", "thing"] and len(table) <= 6
    assert set(table["what"]) <= {"view", "buy", "log in"} and set(table["thing"]) <= {"shoe", ""}
    words = ("--prompt-file", tmp_path / "new.csv", "--length", "1", "--json")
    found = seqtune("generate", events, *words).json["texts"][0]["steps"]
    assert found[: len(table)] == table.to_numpy().tolist()
    (line,) = seqtune("report", events, "--json").json["next"]
    assert line.endswith("-o events.csv")


def test_a_report_of_music_counts_steps(seqtune: Command, canons: Path, tmp_path: Path) -> None:
    seqtune("report", canons, "--html", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "bits per step" in page and "bits per character" not in page
    assert "sequences of eight tokens" in page and "eight words" not in page
    assert "How it really goes on" in page and "Continued by" in page


def test_nothing_of_music_is_counted_in_characters(seqtune: Command, canons: Path) -> None:
    shown = seqtune("report", canons).out
    assert "sequences of eight tokens are in the training data" in " ".join(shown.split())
    assert "character" not in shown and "words" not in shown
    run, data = load(canons), canons.parent / "canons.json"
    assert isinstance(run, Run)
    heard = advances(run, lambda: run.evaluate(data))
    steps = sum(len(piece) for pieces in parts_of(canons).values() for piece in pieces)
    assert {event.unit for event in heard} == {"steps"}
    assert {event.total for event in heard} == {steps}


def test_a_model_of_canons_is_judged_by_their_rules(seqtune: Command, canons: Path) -> None:
    """What keeps all rules is told from what does not; a model of a moment breaks some."""
    broken = runpy.run_path(str(DATA / "make_canons.py"))["broken"]
    assert not any(any(broken(piece).values()) for piece in parts_of(canons)["test"])
    words = ("generate", canons, "--length", "30", "--temperature", "1", "--json")
    (text,) = seqtune(*words).json["texts"]
    assert any(broken(text["steps"]).values())
