"""A predictor stands for itself: saved, moved and opened, it says what the run said."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import left_alone
from tiny_runs import SAMPLES

from seqtune.data.reading.open import open_source
from seqtune.errors import RunError
from seqtune.progress import Event
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.members import Member
from seqtune.run.predictor import LoadedMember, Predictor
from seqtune.run.row_choice import NETWORK
from seqtune.run.run import Run

TWO = ("--trials", "2", "--set", "network.units=[4,6]")
MORE = {"forecast": TWO, "anomaly": TWO}
"""Two networks, which may be averaged."""


@dataclass(frozen=True)
class Kept:
    """What is left of a run: its predictor, what it said, rows that it never saw, and a bundle."""

    task: str
    folder: Path
    new: Path
    said: dict[str, Any]
    bundle: Path


def sayings(predictor: Predictor, new: Path) -> dict[str, Any]:
    """Return all that a predictor says: of new rows, and what it scores, by each of its rows."""
    source = open_source(new, predictor.recipe)
    rows = [row.name for row in predictor.board.rows]
    said: dict[str, Any] = {}
    for use in (None, NETWORK, *rows):
        said[f"evaluate {use}"] = predictor.evaluate(source, use=use).scores
        if predictor.task.name == "generate":
            writer = predictor.task.writer(predictor.prepared, predictor, predictor.context)  # type: ignore[attr-defined]
            said[f"write {use}"] = writer.generate("Once", 20, seed=3, use=use)
        else:
            said[f"predict {use}"] = predictor.predict(source, use)
    if predictor.task.name == "forecast":
        said["go on"] = predictor.predict()
    return said


def check_alike(said: dict[str, Any], again: dict[str, Any]) -> None:
    """Check that two say exactly the same."""
    assert said.keys() == again.keys()
    for name, each in said.items():
        if isinstance(each, pd.DataFrame):
            pd.testing.assert_frame_equal(again[name], each, check_exact=True)
        else:
            np.testing.assert_equal(again[name], each, err_msg=name)


UNCALIBRATED = ("generate", "tag", "translate")
"""Tasks whose predictions need none."""


@pytest.fixture(scope="module", params=SAMPLES)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Fit a task, save what predicts, move it, and delete the run with its data."""
    folder, sample = tmp_path_factory.mktemp(request.param), SAMPLES[request.param]
    run, new = sample.fit(request.param, folder, *MORE.get(request.param, ()))
    predictor = Run(run).predictor
    said = sayings(predictor, new)
    with left_alone(run):
        predictor.save(folder / "saved")
        Run(run).export(folder / "network.zip", use=NETWORK)
    shutil.rmtree(run)
    (folder / sample.name).unlink()
    moved = folder / "another" / "place"
    moved.parent.mkdir()
    (folder / "saved").rename(moved)
    return Kept(request.param, moved, new, said, folder / "network.zip")


@pytest.fixture
def copy(kept: Kept, tmp_path: Path) -> Path:
    """A copy of the predictor, to be changed."""
    return Path(shutil.copytree(kept.folder, tmp_path / "copy"))


def test_it_says_the_same_without_its_run(kept: Kept) -> None:
    assert any(name.startswith("evaluate") for name in kept.said) and len(kept.said) >= 8
    with left_alone(kept.folder):
        check_alike(kept.said, sayings(Predictor.open(kept.folder), kept.new))


def test_it_holds_nothing_of_the_search(kept: Kept) -> None:
    names = {path.name for path in kept.folder.iterdir()}
    known = {
        "recipe.yaml", "leaderboard.json", "members.json", "calibration.json", "codec.json",
        "data", "models",
    }  # fmt: skip
    assert names == known - ({"calibration.json"} if kept.task in UNCALIBRATED else set())


def test_what_was_opened_is_saved_as_it_was(kept: Kept, tmp_path: Path) -> None:
    Predictor.open(kept.folder).save(tmp_path / "again")
    files = sorted(path.relative_to(kept.folder) for path in kept.folder.rglob("*"))
    again = sorted(path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*"))
    assert files == again
    for file in (name for name in files if (kept.folder / name).is_file()):
        assert (kept.folder / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file


def test_the_star_predicts_unless_the_network_is_asked_for(kept: Kept) -> None:
    predictor = Predictor.open(kept.folder)
    star, network = predictor.board.winner, predictor.board.best_searched
    assert star is not None and network is not None and network.kind != "baseline"
    assert (predictor.choose(), predictor.choose(NETWORK)) == (star, network)
    did = "write" if kept.task == "generate" else "predict"
    for use, row in ((None, star), (NETWORK, network)):
        check_alike({"": kept.said[f"{did} {use}"]}, {"": kept.said[f"{did} {row.name}"]})
        assert next(iter(kept.said[f"evaluate {use}"])) == row.name


AS_REQUIRED = """
import re, sys, zipfile
from importlib.abc import MetaPathFinder
from importlib.metadata import packages_distributions

path, new, out = sys.argv[1:]
lines = zipfile.ZipFile(path).read("requirements.txt").decode().splitlines()[1:]
required = {line.partition("==")[0] for line in lines}
homes = packages_distributions()

class Required(MetaPathFinder):
    def find_spec(self, name, *_):
        names = {re.sub("[-_.]+", "-", each).lower() for each in homes.get(name, ())}
        if names and not names & required:
            raise ModuleNotFoundError(f"{name} is not required")

sys.meta_path.insert(0, Required())
import seqtune
bundle = seqtune.load(path)
if bundle.record["task"] == "generate":
    print(bundle.generate("Once", 20, seed=3))
else:
    bundle.predict(new).to_parquet(out)
print(list(bundle.evaluate(new).values())[0])
"""


def test_a_bundle_says_the_same_where_nothing_is_installed_that_it_does_not_require(
    kept: Kept, tmp_path: Path
) -> None:
    table = tmp_path / "table"
    words = [sys.executable, "-c", AS_REQUIRED, str(kept.bundle), str(kept.new), str(table)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *text, scores = done.stdout.splitlines()
    expected = next(iter(kept.said[f"evaluate {NETWORK}"].values()))
    assert literal_eval(scores) == pytest.approx(expected, rel=1e-4)
    if kept.task == "generate":
        assert "\n".join(text) == kept.said[f"write {NETWORK}"]
    else:
        found, before = pd.read_parquet(table), kept.said[f"predict {NETWORK}"]
        pd.testing.assert_frame_equal(found, before, rtol=1e-4, atol=1e-6, check_dtype=False)


def test_it_is_not_saved_over_anything(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with left_alone(tmp_path), pytest.raises(RunError, match="is not empty"):
        Predictor.open(kept.folder).save(tmp_path)


def test_what_leads_out_of_its_folder_is_refused(copy: Path, tmp_path: Path) -> None:
    (copy / "members.json").rename(tmp_path / "members.json")
    (copy / "members.json").symlink_to(tmp_path / "members.json")
    with pytest.raises(RunError, match="outside the run folder"):
        Predictor.open(copy)


def test_without_the_members_of_a_row_it_does_not_predict(kept: Kept, copy: Path) -> None:
    (copy / "members.json").write_text("{}", encoding="utf-8")
    predictor = Predictor.open(copy)
    with pytest.raises(RunError, match=r"members\.json is damaged: it lacks") as fault:
        predictor.evaluate(open_source(kept.new, predictor.recipe), use=NETWORK)
    assert "\n" not in fault.value.message


def test_a_folder_that_holds_no_predictor(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(RunError, match=r"holds no predictor: it has no recipe\.yaml"):
            Predictor.open(folder)


# calibrations


def keys(**changed: Any) -> Callable[[Any], Any]:
    """Change keys of a calibration."""
    return lambda values: {**values, **changed}


def factor(value: Any) -> Callable[[Any], Any]:
    """Change one of the conformal factors."""

    def act(values: Any) -> Any:
        values["factors"][0][0] = value
        return values

    return act


def gate(**changed: Any) -> dict[str, Any]:
    """The gate of a blend, with keys of the share of its method changed."""
    share = {"center": [0.0] * 4, "scale": [1.0] * 4, "coefficients": [0.0] * 15}
    return {"method": share | changed, "recent": None}


DAMAGE: dict[str, list[tuple[Callable[[Any], Any], str]]] = {
    "forecast": [
        (keys(levels=[0.2, 0.5, 0.8]), "found other levels than"),
        (factor(20.5), "found factors beyond 0.05 to 20"),
        (factor(0.0), "found factors beyond 0.05 to 20"),
        (factor("1"), "rows of 3 factors"),
        (keys(factors=[]), "expected 7 rows of 3 factors"),
        (keys(more=1), "expected levels and factors"),
    ],
    "classify": [
        (keys(temperature=0), "found the temperature 0"),
        (keys(temperature=-2.0), "found the temperature -2.0"),
        (keys(temperature="1"), "found the temperature 1"),
        (keys(temperature=True), "found the temperature True"),
        (keys(more=1), "expected a temperature"),
        (lambda values: {}, "expected a temperature"),
    ],
    "anomaly": [
        (keys(more=1), "has time scales and a tail"),
        (keys(tail={"scores": [1.0]}), "a tail has scores, levels"),
        (keys(scales={"later": {}}), "time scales are instant, brief"),
        (keys(scales={"states": 99.0}), "a time scale has a scorer and a tail"),
        (keys(scales={"states": {"scorer": 99, "tail": {}}}), "there is no scorer 99"),
        (keys(scales={"states": {"scorer": 0, "tail": {}}}), "a tail has scores, levels"),
    ],
    **{
        task: [(lambda values: {"temperature": 1.0}, f"a {task} run has no calibration")]
        for task in UNCALIBRATED
    },
    "generate": [
        (lambda values: {"temperature": 1.0}, "expected the shares of a gate"),
        (lambda values: gate(more=1), "expected the figures of a gate"),
        (lambda values: gate(scale=[1.0]), "scale: expected 4 numbers"),
        (lambda values: gate(scale=[0.0] * 4), "scale: found a number out of range"),
        (lambda values: gate(center=[True] * 4), "center: found a number out of range"),
    ],
}


@pytest.mark.parametrize("number", range(max(map(len, DAMAGE.values()))))
def test_a_damaged_calibration_is_refused_in_one_line_that_names_its_file(
    kept: Kept, copy: Path, number: int
) -> None:
    if number >= len(DAMAGE[kept.task]):
        return
    path = copy / "calibration.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"t001": {}}
    damage, said = DAMAGE[kept.task][number]
    path.write_text(json.dumps({**known, "t001": damage(known["t001"])}), encoding="utf-8")
    predictor = Predictor.open(copy)
    with pytest.raises(RunError) as fault:
        predictor.evaluate(open_source(kept.new, predictor.recipe), use=NETWORK)
    assert f"{path} is damaged: t001: " in fault.value.message
    assert said in fault.value.message and "\n" not in fault.value.message


# ensembles, by hand


@dataclass(frozen=True)
class Times:
    """A calibration that multiplies."""

    by: float

    def apply(self, predictions: Any) -> Any:
        return predictions * self.by

    def to_dict(self) -> dict[str, Any]:
        return {"by": self.by}


class Counting:
    """A task that predicts, for every example, the number that its network or method says."""

    name = "counting"
    info = SimpleNamespace(predict_keys=(), allows_missing=False, examples="numbers")

    def forward(
        self, network: Any, prepared: Any, encoded: Any, values: Any, calibration: Any, advance: Any
    ) -> Any:
        advance(len(encoded))
        made = np.full(len(encoded), float(network))
        return made if calibration is None else calibration.apply(made)

    def by_method(self, prepared: Any, encoded: Any, method: str, seed: int, advance: Any) -> Any:
        advance(len(encoded))
        return np.full(len(encoded), {"ten": 10.0, "nothing": np.nan}[method] + seed)

    def encode(self, prepared: Any, source: Any, context: Any) -> list[int]:
        return [1, 2]

    def counted(self, encoded: Any) -> str:
        return "numbers"

    def decode(self, prepared: Any, encoded: Any, predictions: Any, context: Any) -> pd.DataFrame:
        return pd.DataFrame({"number": predictions})


def member(trial: str, weight: float, says: float) -> Member:
    return Member(trial, weight, f"models/{trial}.keras", "", {"says": says})


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Predictor:
    """A predictor of two networks that say 2 and 4, a method that says 10, and their average."""
    monkeypatch.setattr(LoadedMember, "network", property(lambda self: self.values["says"]))
    kinds = {"gru-t001": "network", "lstm-t002": "network", "ten": "baseline",
             "nothing": "baseline", "blend": "ensemble"}  # fmt: skip
    rows = [Row(name, kind, {"error": 1.0}, {}, 1.0) for name, kind in kinds.items()]  # type: ignore[arg-type]
    recipe: Any = SimpleNamespace(values=SimpleNamespace(seed=0))
    task: Any = Counting()
    predictor = Predictor(task, tmp_path, Leaderboard("error", "min", tuple(rows)), recipe)
    predictor.prepared = None
    predictor.members = {
        "gru-t001": [member("t001", 1.0, 2.0)],
        "lstm-t002": [member("t002", 1.0, 4.0)],
        "blend": [
            member("t001", 0.25, 2.0), member("t002", 0.25, 4.0),
            Member("", 0.5, "", "", {}, method="ten"),
        ],
    }  # fmt: skip
    predictor.calibrations = {"t001": Times(3.0), "ten": Times(0.5), "blend": Times(100.0)}
    return predictor


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gru-t001", 6.0),  # 3 x 2
        ("lstm-t002", 4.0),  # it has no calibration
        ("ten", 10.0),  # as it was scored: its calibration is for what it adds to an average
        ("blend", 500.0),  # 100 x (0.25 x 3 x 2 + 0.25 x 4 + 0.5 x 0.5 x 10)
    ],
)
def test_members_are_calibrated_and_their_average_once_more(
    counting: Predictor, name: str, expected: float
) -> None:
    assert counting.predictions(name, [1, 2]).tolist() == [expected] * 2
    assert counting.predict(use=name)["number"].tolist() == [expected] * 2


def test_without_a_calibration_the_average_is_given_out_as_it_is(counting: Predictor) -> None:
    counting.calibrations = {}
    assert counting.predictions("blend", [1])[0] == 6.5  # 0.25 x 2 + 0.25 x 4 + 0.5 x 10


def test_every_member_counts_in_the_progress(counting: Predictor) -> None:
    heard: list[Event] = []
    counting.listener = heard.append
    counting.predictions("blend", [1, 2, 3])
    found = [(each.done, each.total, each.unit) for each in heard]  # type: ignore[attr-defined]
    assert found == [(3, 9, "numbers"), (6, 9, "numbers"), (9, 9, "numbers")]


def test_what_is_no_number_is_not_given_out(counting: Predictor) -> None:
    with pytest.raises(RunError, match="predicts values that are not finite") as fault:
        counting.predict(use="nothing")
    assert "--use NAME" in fault.value.hint


def test_a_simple_method_has_no_network_file(counting: Predictor, tmp_path: Path) -> None:
    *_, method = counting.open_members("blend")
    assert method.method == "ten" and method.values == {} and method.trial == ""
    (alone,) = counting.open_members("ten")
    assert (alone.method, alone.weight, alone.is_refitted) == ("ten", 1.0, False)
