"""The run folder: whose it is, what may stand in it, and that files are whole or absent."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from unittest import mock

import pytest

from seqtune.errors import RunError
from seqtune.files import (
    read_lines,
    sweep,
    whole_file,
    write_json,
    write_lines,
    write_text,
    write_with,
)
from seqtune.run.folder import (
    FORMAT,
    NewFolder,
    check_vacant,
    create_folder,
    read_record,
    write_record,
)
from seqtune.run.load import load
from seqtune.run.lock import RunLock
from seqtune.run.members import MEMBERS, Member, read_members, write_members
from seqtune.run.run import Run

RECORD = {"task": "forecast", "status": "complete", "data": {}, "seed": 0, "backend": "jax"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run folder with a record in it."""
    path = tmp_path / "run"
    path.mkdir()
    write_record(path, RECORD)
    return path


def refusal(act: Callable[[], Any]) -> RunError:
    with pytest.raises(RunError) as fault:
        act()
    assert "\n" not in fault.value.message
    assert fault.value.hint
    return fault.value


def test_a_record_comes_back(folder: Path) -> None:
    assert read_record(folder) == {"format": FORMAT, **RECORD}
    assert repr(load(folder)) == f"Run('{folder}', forecast, complete)"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    fault = refusal(lambda: Run(tmp_path / "none"))
    assert fault.message == f"there is no run folder {tmp_path / 'none'}"
    assert fault.hint == "seqtune runs"


def test_a_folder_that_holds_no_run(tmp_path: Path) -> None:
    assert "is not a run folder: it has no run.json" in refusal(lambda: Run(tmp_path)).message


def test_a_run_of_a_newer_format(folder: Path) -> None:
    write_json(folder / "run.json", {**RECORD, "format": FORMAT + 1})
    fault = refusal(lambda: Run(folder))
    assert f"has run format {FORMAT + 1}; this seqtune reads up to {FORMAT}" in fault.message
    assert fault.hint == "pip install --upgrade seqtune"


@pytest.mark.parametrize(
    "text", ["", "{", "[1, 2", "\x00\x01", "[]", "7", "null", '{"format": "1"}']
)
def test_a_damaged_record(folder: Path, text: str) -> None:
    (folder / "run.json").write_text(text, encoding="utf-8")
    assert str(folder / "run.json") in refusal(lambda: Run(folder)).message


def test_a_record_that_is_no_text(folder: Path) -> None:
    (folder / "run.json").write_bytes(b"\xff\xfe\x00{")
    assert str(folder / "run.json") in refusal(lambda: Run(folder)).message


@pytest.mark.parametrize("key", list(RECORD))
def test_a_record_without_a_key(folder: Path, key: str) -> None:
    record = {name: value for name, value in RECORD.items() if name != key}
    write_json(folder / "run.json", {"format": FORMAT, **record})
    assert f"it lacks {key}" in refusal(lambda: Run(folder)).message


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"metric": "mase"}'])
def test_a_damaged_leaderboard(folder: Path, text: str | None) -> None:
    if text is not None:
        (folder / "leaderboard.json").write_text(text, encoding="utf-8")
    assert "leaderboard.json" in refusal(lambda: Run(folder).board).message


MEMBER = {
    "trial": "t001",
    "weight": 1.0,
    "model": "models/t001.keras",
    "refitted": "",
    "values": {},
}


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"a": 7},
        {"a": [7]},
        {"a": [{"trial": "t001"}]},
        {"a": [{**MEMBER, "surprise": 1}]},
        {"a": [{**MEMBER, "model": None}]},
        {"a": [{**MEMBER, "refitted": 7}]},
    ],
)
def test_damaged_members(folder: Path, content: Any) -> None:
    write_json(folder / MEMBERS, content)
    assert str(folder / MEMBERS) in refusal(lambda: read_members(folder)).message


def test_members_come_back_and_the_refitted_network_predicts(folder: Path) -> None:
    plain = Member(**MEMBER)
    again = Member("t002", 0.5, "models/t002.keras", "models/t002-refitted.keras", {"units": 4})
    write_members(folder, {"a": [plain], "ensemble": [plain, again]})
    rows = read_members(folder)
    assert rows == {"a": [plain], "ensemble": [plain, again]}
    assert [member.file for member in rows["ensemble"]] == [
        "models/t001.keras",
        "models/t002-refitted.keras",
    ]


@pytest.mark.parametrize("key", ["model", "refitted"])
@pytest.mark.parametrize(
    "path", ["../evil.keras", "/tmp/evil.keras", "models/../../evil.keras", "."]
)
def test_members_outside_the_folder_are_refused(folder: Path, key: str, path: str) -> None:
    write_json(folder / MEMBERS, {"a": [{**MEMBER, key: path}]})
    fault = refusal(lambda: read_members(folder))
    assert "names a file outside the run folder" in fault.message
    assert fault.hint == "do not use this run folder"


def test_a_line_cut_off_by_a_crash_is_left_out(folder: Path) -> None:
    write_lines(folder / "trials.jsonl", [{"trial": "t001"}])
    with (folder / "trials.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"trial": "t0')
    assert read_lines(folder / "trials.jsonl") == [{"trial": "t001"}]
    assert read_lines(folder / "none.jsonl") == []


def test_runs_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = [create_folder(None, "sales 2024", "forecast") for _ in range(3)]
    assert made == [Path("runs") / f"sales_2024-forecast-{number}" for number in (1, 2, 3)]
    assert all(path.is_dir() for path in made)
    (tmp_path / "runs" / "air-forecast-1").mkdir()
    assert create_folder(None, "air", "forecast") == Path("runs/air-forecast-2")


def test_a_name_cannot_lead_out_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert create_folder(None, "a/../../b", "forecast").resolve().parent == tmp_path / "runs"
    assert create_folder(None, "", "forecast") == Path("runs/data-forecast-1")


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert create_folder(tmp_path / "out", "air", "forecast") == tmp_path / "out"
    assert create_folder(tmp_path / "a" / "b", "air", "forecast").is_dir()


def test_a_folder_that_holds_a_run_is_left_alone(folder: Path) -> None:
    fault = refusal(lambda: create_folder(folder, "air", "forecast"))
    assert fault.message == f"{folder} already holds a run"
    assert "--out" in fault.hint
    assert [path.name for path in folder.iterdir()] == ["run.json"]


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    assert "is not empty" in refusal(lambda: check_vacant(tmp_path)).message
    assert "is a file" in refusal(lambda: check_vacant(tmp_path / "letter.txt")).message


def test_a_folder_below_a_file_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    fault = refusal(lambda: create_folder(tmp_path / "letter.txt" / "run", "air", "forecast"))
    assert "cannot be created" in fault.message


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def half_then_fail(error: Exception) -> Callable[[IO[bytes]], None]:
    def write(file: IO[bytes]) -> None:
        file.write(b"half")
        raise error

    return write


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_a_writer_that_fails_leaves_nothing(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)):
        write_with(tmp_path / "a.bin", half_then_fail(error))
    assert listing(tmp_path) == []


def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a.json", "old")
    with pytest.raises(ValueError, match="no"):
        write_with(tmp_path / "a.json", half_then_fail(ValueError("no")))
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"score": float("nan")})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "old"
    assert listing(tmp_path) == ["a.json"]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    full = OSError(28, "No space left on device")
    fault = refusal(lambda: write_with(tmp_path / "a.bin", half_then_fail(full)))
    assert fault.message == f"{tmp_path / 'a.bin'} cannot be written: No space left on device"
    assert listing(tmp_path) == []


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.csv"
    with whole_file(path) as temporary:
        temporary.write_text("x", encoding="utf-8")
        assert not path.exists()
        assert temporary.suffix == ".csv"
    assert listing(path.parent) == ["a.csv"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "a file, not a folder")
    fault = refusal(lambda: write_text(tmp_path / "a" / "b.json", "x"))
    assert f"{tmp_path / 'a' / 'b.json'} cannot be written" in fault.message


def test_text_is_written_as_utf_8(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"größe": "…"})
    assert json.loads((tmp_path / "a.json").read_bytes().decode("utf-8")) == {"größe": "…"}


def test_what_a_killed_process_had_begun_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for name in ("t001.keras", ".seqtune-t001-abc.keras", "t001-refitted.keras", ".my-notes"):
        (tmp_path / "models" / name).write_text("x")
    (tmp_path / ".seqtune-run-xyz.json").write_text("x")
    sweep(tmp_path)
    left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert left == [".my-notes", "t001-refitted.keras", "t001.keras"]


def test_a_file_that_is_being_written_is_one_that_is_swept_away(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.csv") as temporary:
        pass
    temporary.write_text("x")
    sweep(tmp_path)
    assert listing(tmp_path) == ["a.csv"]


@pytest.mark.parametrize(("mask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_files_have_the_rights_that_the_user_leaves(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        write_text(tmp_path / "a.json", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\r"])
def test_a_line_ends_at_a_line_feed_alone(tmp_path: Path, end: str) -> None:
    write_lines(tmp_path / "a.jsonl", [{"reason": f"one{end}two"}, {"reason": "three"}])
    read = read_lines(tmp_path / "a.jsonl")
    assert [each["reason"] for each in read] == [f"one{end}two", "three"]


@pytest.mark.parametrize("content", [None, {}])
def test_a_folder_that_was_there_stays_when_a_fit_fails(tmp_path: Path, content: object) -> None:
    out = tmp_path / "run"
    if content is not None:
        out.mkdir()
    created = NewFolder.create(out, "x", "forecast")
    (out / "data").mkdir()
    write_text(out / "data" / "a.json", "x")
    write_text(out / "recipe.yaml", "x")
    created.discard()
    assert out.exists() == (content is not None)
    assert not out.exists() or listing(out) == []


def test_a_folder_that_a_killed_fit_left_is_told(tmp_path: Path) -> None:
    write_text(tmp_path / "run.lock", "{}")
    check_vacant(tmp_path)  # nothing else was written
    write_text(tmp_path / "recipe.yaml", "x")
    fault = refusal(lambda: check_vacant(tmp_path))
    assert "holds a fit that died before its data was prepared" in fault.message
    assert fault.hint.startswith("rm -r ")


def test_every_command_tells_of_a_folder_that_a_killed_fit_left(tmp_path: Path) -> None:
    from seqtune.report.build import runs_report

    dead = tmp_path / "dead"
    write_text(dead / "run.lock", "{}")
    write_text(dead / "recipe.yaml", "x")
    fault = refusal(lambda: Run(dead))
    assert fault.message == f"{dead} holds a fit that died before its data was prepared"
    assert fault.hint == f"rm -r {dead}"
    (line,) = runs_report(tmp_path).runs
    assert (line.name, line.status) == (str(dead), "died")
    assert line.reason == f"a fit died here before its data was prepared: rm -r {dead}"
    with RunLock(dead):  # it is being prepared
        assert f"{dead} is in use by " in refusal(lambda: Run(dead)).message
        assert runs_report(tmp_path).runs == []


def test_a_run_that_is_closed_is_named_and_the_others_are_listed(tmp_path: Path) -> None:
    from seqtune.report.build import runs_report

    for name in ("a", "b"):
        write_text(tmp_path / name / "run.json", "{}")
    exists = Path.exists

    def closed(path: Path) -> bool:
        if path.parent.name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path)

    with mock.patch.object(Path, "exists", closed):
        report = runs_report(tmp_path)
    assert [(Path(run.name).name, run.status) for run in report.runs] == [
        ("a", "closed"), ("b", "damaged"),
    ]  # fmt: skip
    assert report.runs[0].reason == "it cannot be read: Permission denied"
