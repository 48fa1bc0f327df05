"""A row leaves its run as a bundle, and predicts the same without it."""

from __future__ import annotations

import gc
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import left_alone, seqtune
from tiny_runs import SAMPLES

from seqtune import load
from seqtune.errors import ExportError, RunError, SeqtuneError, UsageError
from seqtune.export import comparison
from seqtune.export.archive import write_archive
from seqtune.run.bundle import Bundle
from seqtune.run.bundle_archive import MANIFEST
from seqtune.run.predictor import Predictor
from seqtune.run.run import Run

ROW = "seasonal_naive"


@dataclass(frozen=True)
class Kept:
    """A run, rows that it never saw, and a bundle of one of its simple methods."""

    run: Path
    new: Path
    bundle: Path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("bundle")
    run, new = SAMPLES["forecast"].fit("forecast", folder)
    with left_alone(run):
        Run(run).export(folder / "model.zip", use=ROW)
    return Kept(run, new, folder / "model.zip")


@pytest.fixture
def alone(kept: Kept, tmp_path: Path) -> Path:
    """The bundle in a place of its own."""
    return Path(shutil.copy(kept.bundle, tmp_path / "moved.zip"))


def test_it_predicts_what_the_run_does(kept: Kept, alone: Path) -> None:
    run, bundle = Run(kept.run), load(alone)
    for data in (None, str(kept.new), pd.read_csv(kept.new)):
        pd.testing.assert_frame_equal(
            bundle.predict(data), run.predict(data, use=ROW), check_exact=True
        )
    assert bundle.evaluate(str(kept.new)) == {ROW: run.evaluate(str(kept.new), use=ROW)[ROW]}
    assert isinstance(bundle, Bundle) and bundle.only == ROW
    assert bundle.notes == run.notes
    pd.testing.assert_frame_equal(bundle.leaderboard, run.leaderboard)
    assert repr(bundle) == f"Bundle({str(alone)!r}, forecast, {ROW})"


def test_a_predictor_opens_it(kept: Kept, alone: Path) -> None:
    predictor = Predictor.open(alone)
    pd.testing.assert_frame_equal(predictor.predict(), Run(kept.run).predict(use=ROW))
    assert predictor.name == str(alone) and predictor.choose().name == ROW
    with pytest.raises(RunError, match="is a bundle, which is saved by copying the file"):
        predictor.save(alone.parent / "saved")


def test_it_is_there_as_long_as_anything_of_it_is_used(alone: Path) -> None:
    predictor = load(alone).predictor
    gc.collect()
    assert predictor.folder.is_dir() and len(predictor.predict()) == 7
    folder = predictor.folder
    del predictor
    gc.collect()
    assert not folder.exists()


def test_it_holds_one_row_alone(alone: Path) -> None:
    bundle = load(alone)
    for use in ("naive", "network"):
        with pytest.raises(RunError, match=rf"holds the model '{ROW}' alone, not '{use}'") as fault:
            bundle.predict(use=use)
        assert fault.value.hint == f"seqtune export RUN --use {use} -o FILE"


def test_what_is_in_it(kept: Kept) -> None:
    with zipfile.ZipFile(kept.bundle) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read(MANIFEST))
        members = json.loads(archive.read("members.json"))
        texts = {name: archive.read(name).decode() for name in names if name.endswith((".md", "t"))}
    assert names[0] == MANIFEST and sorted(names[1:]) == sorted(manifest["files"])
    assert members == {} and not any(name.startswith("models/") for name in names)
    assert manifest["format"] == 1 and manifest["row"] == ROW and manifest["task"] == "forecast"
    assert manifest["data"]["path"] == "data.csv"
    assert str(kept.run.parent) not in json.dumps(manifest) + "".join(texts.values())
    assert texts["requirements.txt"].splitlines()[1].startswith("seqtune==")
    assert not re.search("keras|jax|tensorflow", texts["requirements.txt"])


def test_the_card_answers_what_a_stranger_asks(alone: Path) -> None:
    card = load(alone).card  # type: ignore[union-attr]
    board = load(alone).board
    row = board.row(ROW)
    assert row is not None
    for said in (
        r"# seasonal\_naive: the next steps", "Kind: a simple method", "File: data.csv",
        "Size: 140 rows", "| time | date |", "| targets | y |", "Horizon: 7", "Test part: ",
        "## Limits", "inside this file", "Checked at export: on ", "seqtune predict model.zip",
        f"{row.test['mase']:.3g}"[:4], "| seqtune |",
    ):  # fmt: skip
        assert said in card, said
    assert "--use" not in card and str(alone.parent) not in card


def test_two_exports_differ_in_nothing_but_the_time(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(RunError, match="already exists") as fault:
        Run(kept.run).export(path, use=ROW)
    assert path.read_text(encoding="utf-8") == "mine" and "--force" in fault.value.hint
    Run(kept.run).export(path, use=ROW, force=True)
    contents = []
    for each in (kept.bundle, path):
        with zipfile.ZipFile(each) as archive:
            contents.append({name: archive.read(name) for name in archive.namelist()})
    one, two = contents
    differing = {name for name in one if one[name] != two[name]}
    assert one.keys() == two.keys() and differing <= {MANIFEST, "model_card.md"}


# commands


def test_the_commands_take_it_wherever_they_take_a_run(kept: Kept, alone: Path) -> None:
    predicted = seqtune("predict", alone)
    assert predicted.table.equals(seqtune("predict", kept.run, "--use", ROW).table)
    scored = seqtune("evaluate", alone, kept.new, "--json").json
    assert [each["name"] for each in scored["scores"]] == [ROW] and scored["run"] == str(alone)
    report = seqtune("report", alone, "--json").json
    assert report["row"] == ROW and report["bundle"] == str(alone) and report["winner"]
    shown = seqtune("report", alone).out
    assert "Leaderboard" in shown and f"holds     {ROW}" in shown


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("resume",), "is a file, expected a run folder: a bundle can predict", "seqtune report"),
        (("export", "-o", "x.zip"), "is a file, expected a run folder", "seqtune report"),
        (("report", "--explain"), "--explain needs the run", "seqtune report RUN --explain"),
        (("generate",), "is a run of forecast, which writes no text", "seqtune predict"),
        (("predict", "--use", "naive"), "alone, not 'naive'", "seqtune export RUN --use naive"),
    ],
)
def test_what_needs_a_run_says_so(
    alone: Path, words: tuple[str, ...], said: str, hint: str
) -> None:
    done = seqtune(words[0], alone, *words[1:], code=None)
    *_, error, mended = done.err.splitlines()
    assert done.code in (1, 2) and said in error and hint in mended, done


def test_export_says_what_it_wrote_and_how_exact_it_is(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    document = seqtune("export", kept.run, "--use", ROW, "-o", path, "--json").json
    assert document["compared"]["difference"] == 0 and document["bytes"] == path.stat().st_size
    assert document["row"] == ROW and document["format"] == "bundle"


# refusals


def test_a_format_that_nobody_knows(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown format 'bundel'; did you mean 'bundle'"):
        Run(kept.run).export(tmp_path / "a", format="bundel")
    assert seqtune("export", kept.run, "-o", "a", "--format", "onxx", code=2).out == ""


def test_a_run_that_is_not_complete_is_resumed_first(kept: Kept, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(kept.run, tmp_path / "run"))
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "run.json").write_text(json.dumps({**record, "status": "interrupted"}))
    with pytest.raises(RunError, match="is not complete: interrupted") as fault:
        Run(folder).export(tmp_path / "a.zip")
    assert fault.value.hint == f"seqtune resume {folder}"


def test_what_predicts_something_else_is_not_written(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "LIMIT", -1.0)
    with pytest.raises(ExportError, match="does not predict as the run does"):
        Run(kept.run).export(tmp_path / "a.zip", use=ROW)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_predict_alone_says_why(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(kept.run)
    monkeypatch.setattr(run.predictor, "prepared", _Broken())
    with pytest.raises(
        ExportError, match=r"does not predict without Keras: .*panel\.json is missing"
    ):
        run.export(tmp_path / "a.zip", use=ROW)
    assert list(tmp_path.iterdir()) == []


class _Broken:
    """Data that saves nothing of itself."""

    def save(self, folder: Path) -> None: ...

    def encoded(self, part: str) -> list[int]:
        return [1]


# zeros pack as only an attack would


def test_what_packs_too_well_is_stored(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "data").mkdir(parents=True)
    np.save(folder / "data" / "zeros.npy", np.zeros(100_000))
    np.save(folder / "data" / "noise.npy", np.random.default_rng(0).normal(size=1_000))
    write_archive(folder, {}, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        packing = {each.filename: each.compress_type for each in archive.infolist()}
    assert packing["data/zeros.npy"] == zipfile.ZIP_STORED
    assert packing["data/noise.npy"] == zipfile.ZIP_DEFLATED


def test_a_file_that_no_reader_would_take_is_not_written(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ExportError, match=r"a file that no bundle has: 'notes\.txt'"):
        write_archive(folder, {}, tmp_path / "a.zip")


WITHOUT_KERAS = """
import sys
for name in ("keras", "keras_tuner", "jax", "jaxlib", "tensorflow", "h5py", "onnx", "scipy"):
    sys.modules[name] = None
import seqtune
bundle = seqtune.load(sys.argv[1])
print(bundle.predict().to_csv(index=False), end="")
"""


def test_it_predicts_where_keras_is_not_installed(kept: Kept, alone: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_KERAS, str(alone)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == seqtune("predict", alone).out


# strangers who can count


def resigned(path: Path, name: str, content: bytes) -> Path:
    """Put another file into a bundle, with its size and its checksum."""
    with zipfile.ZipFile(path) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    manifest = json.loads(files.pop(MANIFEST))
    files[name] = content
    manifest["files"] = {
        each: {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}
        for each, value in files.items()
    }
    with zipfile.ZipFile(path, "w") as archive:
        for each, value in {MANIFEST: json.dumps(manifest).encode(), **files}.items():
            archive.writestr(each, value)
    return path


def member(**changed: Any) -> bytes:
    whole = {
        "trial": "t001", "weight": 1.0, "model": "models/t001.json", "refitted": "", "values": {},
        "method": "", **changed,
    }  # fmt: skip
    return json.dumps({ROW: [whole]}).encode()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leaderboard.json", b"{}", "leaderboard.json is damaged"),
        ("leaderboard.json", b"[" * 20_000, "leaderboard.json is damaged: it is nested too deeply"),
        ("recipe.yaml", b"task: classify\n", "recipe.yaml"),
        ("recipe.yaml", b"!!python/object/apply:os.system ['true']\n", "recipe.yaml"),
        ("codec.json", b"{}", "codec.json is damaged"),
        ("data/panel.json", b"{}", "panel"),
        ("data/target.npy", b"\x93NUMPY", "the panel is damaged"),
        ("calibration.json", b'{"seasonal_naive": {"more": 1}}', "calibration.json is damaged"),
    ],
)
def test_values_that_are_none_are_refused_in_a_line(
    kept: Kept, alone: Path, name: str, content: bytes, said: str
) -> None:
    resigned(alone, name, content)
    with pytest.raises(SeqtuneError) as refused:
        bundle = load(alone)
        bundle.predict()
        bundle.predictor.calibrations  # noqa: B018
    assert said in refused.value.message and refused.value.message.isprintable()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (member(model="models/../../x.json"), "names a file outside"),
        (member(model="/etc/passwd"), "names a file outside"),
        (member(), "t001.json"),
        (member(trial="../t001"), "expected the name of a trial"),
        (member(weight=7), "found the weight 7"),
    ],
)
def test_members_that_lead_elsewhere_are_refused(
    kept: Kept, alone: Path, content: bytes, said: str
) -> None:
    resigned(alone, "members.json", content)
    board = json.loads(zipfile.ZipFile(alone).read("leaderboard.json"))
    for row in board["leaderboard"]:
        row["kind"] = "network" if row["name"] == ROW else row["kind"]
    resigned(alone, "leaderboard.json", json.dumps(board).encode())
    with pytest.raises(RunError) as refused:
        load(alone).predict()
    assert said in refused.value.message and refused.value.message.isprintable()


def test_a_row_that_is_not_on_the_leaderboard(alone: Path) -> None:
    board = json.loads(zipfile.ZipFile(alone).read("leaderboard.json"))
    board["leaderboard"] = [row for row in board["leaderboard"] if row["name"] != ROW]
    resigned(alone, "leaderboard.json", json.dumps(board).encode())
    with pytest.raises(RunError, match=rf"leaderboard\.json is damaged: it lacks {ROW}"):
        load(alone).predict()
