"""Refitting: every task, the newest part held out, the earlier run beside the new one."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import command_line
import numpy as np
import pandas as pd
import pytest
from command_line import left_alone, weekly
from tiny_runs import SAMPLES, reviews

import seqtune
from seqtune.data.reading.open import open_source
from seqtune.errors import DataError, RunError, SeqtuneError, UsageError
from seqtune.progress import Event, StageStarted
from seqtune.run.earlier import EARLIER, Comparison, Earlier, read_earlier
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.members import Member
from seqtune.run.run import Run
from seqtune.search.trial import Result
from seqtune.tasks._newer_data import ReadsNewer
from seqtune.tasks._newer_rows import DRAWN
from seqtune.tasks._values import Context
from seqtune.workflow.chosen import Chosen, as_trained, narrowed
from seqtune.workflow.refit import RefitOptions, Refitted, refit_with


@dataclass(frozen=True)
class Nightly:
    """A run, data that goes on where its own ended, and what a refit came to."""

    task: str
    old: Path
    data: Path
    done: Refitted

    @property
    def new(self) -> Run:
        return self.done.run


def longer(task: str) -> Any:
    """Return the data of a tiny run, and what came since."""
    sample = SAMPLES[task]
    if isinstance(sample.rows, str):
        return sample.rows + sample.new
    if task == "forecast":
        return sample.new
    return pd.concat([sample.rows, sample.new], ignore_index=True)


def write(content: Any, path: Path) -> Path:
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        content.to_csv(path, index=False)
    return path


def fitted(task: str, folder: Path) -> tuple[Path, Path]:
    """Return a tiny run, and the file of longer data."""
    run, _ = SAMPLES[task].fit(task, folder)
    today = folder / "today"
    today.mkdir()
    return run, write(longer(task), today / SAMPLES[task].name)  # of the same name


@pytest.fixture(scope="module", params=SAMPLES)
def nightly(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Nightly:
    """A run of each task, refitted once: the network of its best row."""
    folder = tmp_path_factory.mktemp(f"refit-{request.param}")
    run, data = fitted(request.param, folder)
    with left_alone(run):
        done = refit_with(run, data, RefitOptions(folder / "new", use="network", warm=True))
    return Nightly(request.param, run, data, done)


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run on daily sales, and a file of twenty days more."""
    return fitted("forecast", tmp_path_factory.mktemp("sales"))


# every task


def test_the_new_run_is_complete_and_has_one_trial_of_the_same_configuration(
    nightly: Nightly,
) -> None:
    assert nightly.new.status == "complete" and not nightly.done.is_kept
    (new,), (old,) = nightly.new.trials, Run(nightly.old).trials
    same = {key: value for key, value in old["values"].items() if key in new["values"]}
    assert new["status"] == "completed" and same == new["values"]
    assert nightly.new.recipe.values.search.trials == 1


def test_both_runs_have_figures_of_the_same_metric_on_the_same_part(nightly: Nightly) -> None:
    comparison = nightly.done.comparison
    assert math.isfinite(comparison.new) and math.isfinite(comparison.old)
    assert comparison.row is not None and comparison.row.kind != "baseline"
    assert comparison.row is comparison.board.winner  # whatever validation says of simple methods
    assert set(comparison.earlier.scores) == set(comparison.row.test)
    assert 0 <= comparison.earlier.seen < 0.5
    assert comparison.earlier.run == str(nightly.old)


def test_a_run_that_is_scored_on_its_own_test_part_has_its_own_figures(nightly: Nightly) -> None:
    run, task = Run(nightly.new.folder), nightly.new.task
    assert isinstance(task, ReadsNewer)
    source = open_source(str(nightly.data), run.recipe, joins=False)
    context = Context(run.recipe, "itself")
    staged = task.staged(run.prepared, run.prepared, source, lambda rows: 1.0, context)
    assert staged.seen == pytest.approx(1.0, abs=0.05)
    (name,) = (row.name for row in run.board.rows if row.kind == "network")
    (member,) = run.predictor.open_members(name)
    own, as_read = (
        task.forward(member.network, run.prepared, encoded, member.values)
        for encoded in (run.prepared.encoded("test"), staged.encoded)
    )
    scores = task.score(run.prepared, run.prepared.encoded("test"), own)
    np.testing.assert_allclose(as_read, own, rtol=1e-4, atol=1e-5)
    assert staged.score(own) == pytest.approx(scores, nan_ok=True)


def test_what_was_held_out_is_what_stands_last(nightly: Nightly) -> None:
    prepared, task = nightly.new.prepared, nightly.task
    if task in ("forecast", "anomaly"):
        begin, end = prepared.split.bounds("test")
        assert end.tolist() == prepared.panel.offsets[1:].tolist()
        old = Run(nightly.old).prepared.panel
        assert begin[0] >= old.rows  # none of it did the earlier run see
    elif task == "classify":
        rows = [prepared.targets[:, label].nonzero()[0] for label in range(3)]
        tested = set(prepared.rows["test"].tolist())
        for each in rows:
            kept = [row in tested for row in each.tolist()]
            assert kept == sorted(kept) and kept[-1]
    elif task in ("tag", "translate"):
        assert prepared.parts.tolist() == sorted(prepared.parts.tolist())
    else:
        assert nightly.new.recipe.get("data.documents") == "kept"


def test_whether_a_network_went_on_from_its_weights_is_said(nightly: Nightly) -> None:
    assert set(nightly.done.comparison.earlier.warm) == {"t001"}
    why = nightly.done.comparison.earlier.warm["t001"]
    expected = {"forecast": "", "anomaly": "", "generate": "the vocabulary has changed"}
    assert why == expected.get(nightly.task, DRAWN)
    assert not (nightly.new.folder / "warm").exists()


def test_a_refitted_run_can_all_that_a_run_can(nightly: Nightly) -> None:
    run = Run(nightly.new.folder)
    later = weekly(180) if nightly.task == "forecast" else str(nightly.data)
    assert set(run.evaluate(later)) <= {row.name for row in run.board.rows}
    assert run.evaluation is not None and run.evaluation.drift is not None
    if nightly.task == "generate":
        assert run.generate("Once", 5)
    else:
        assert len(run.predict(None if nightly.task == "forecast" else nightly.data))
    report = command_line.seqtune("report", run.folder, "--json").json
    assert report["refit"]["earlier_score"]["row"] and report["refit"]["new"] == str(run.folder)
    drawn = command_line.seqtune("report", run.folder).out
    assert ("earlier run" in drawn and "Drift" in drawn) or "drifted" in drawn
    with pytest.raises(RunError, match="is complete"):
        seqtune.resume(run.folder)


def test_what_has_drifted_is_on_disk(nightly: Nightly) -> None:
    earlier = read_earlier(nightly.new.folder)
    assert earlier is not None and earlier.drift is not None
    assert earlier.drift.findings and earlier.drift == nightly.done.comparison.earlier.drift
    drift = Run(nightly.old).drift(nightly.data)
    assert drift is not None and {each.name for each in drift.findings} <= {
        each.name for each in earlier.drift.findings
    }


# the command


def test_a_better_run_is_in_charge_and_a_worse_one_is_removed(
    sales: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, data = sales
    words = ("refit", run, data, "--use", "seasonal_naive", "--quiet", "--json", "--if-better")
    monkeypatch.setattr(Comparison, "is_better", property(lambda self: True))
    done = command_line.seqtune(*words, "--out", tmp_path / "better").json
    assert done["in_charge"] == done["new"] == str(tmp_path / "better")
    assert Run(tmp_path / "better").status == "complete"
    monkeypatch.setattr(Comparison, "is_better", property(lambda self: False))
    with left_alone(run):
        kept = command_line.seqtune(*words, "--out", tmp_path / "worse", code=3).json
    assert kept["in_charge"] == str(run) and kept["new"] is None
    assert "stays in charge" in kept["verdict"] and "was removed" in kept["verdict"]
    assert not (tmp_path / "worse").exists()


def test_a_simple_method_is_refitted_without_a_trial(
    sales: tuple[Path, Path], tmp_path: Path
) -> None:
    run = seqtune.refit(*sales, out=tmp_path / "new", use="seasonal_naive")
    assert run.trials == [] and run.status == "complete"
    assert run.comparison is not None and run.comparison.row is not None
    assert run.comparison.row.name == run.comparison.earlier.row == "seasonal_naive"
    assert math.isfinite(run.comparison.old) and math.isfinite(run.comparison.new)
    assert len(run.predict()) == 7


def test_a_simple_method_repeats_last_week_for_both(
    sales: tuple[Path, Path], tmp_path: Path
) -> None:
    comparison = (
        Run(sales[0]).refit(sales[1], out=tmp_path / "new", use="seasonal_naive").comparison
    )
    assert comparison is not None
    assert comparison.old == pytest.approx(comparison.new)  # it needs nothing of what is newer
    assert not comparison.is_better


@pytest.mark.parametrize(("days", "is_told"), [(20, True), (3, False)])
def test_a_promise_is_held_against_what_the_earlier_run_has_not_seen(
    days: int, is_told: bool, sales: tuple[Path, Path], tmp_path: Path
) -> None:
    data = write(weekly(140 + days), tmp_path / "data.csv")
    comparison = seqtune.refit(
        sales[0], data, out=tmp_path / "new", use="seasonal_naive"
    ).comparison
    assert comparison is not None and comparison.earlier.drift is not None
    assert (comparison.earlier.seen == 0) is is_told  # 3 days are fewer than the horizon
    measures = {each.measure for each in comparison.earlier.drift.findings}
    assert ("coverage" in measures) is is_told and "level" in measures


def test_an_interrupted_refit_goes_on_where_it_was(
    sales: tuple[Path, Path], tmp_path: Path
) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, StageStarted) and event.name == "search":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seqtune.refit(*sales, out=tmp_path / "new", use="network", warm=True, listener=interrupt)
    begun = Run(tmp_path / "new")
    assert begun.status == "interrupted" and (begun.folder / "warm" / "t001.keras").exists()
    with pytest.raises(RunError, match="is not complete: its status is interrupted"):
        seqtune.refit(begun, sales[1], out=tmp_path / "other")
    resumed = seqtune.resume(tmp_path / "new")
    assert resumed.status == "complete" and resumed.comparison is not None
    assert math.isfinite(resumed.comparison.new)
    tomorrow = write(weekly(180), tmp_path / "tomorrow.csv")
    second = resumed.refit(tomorrow, out=tmp_path / "second", if_better=False)
    assert second.board.chosen == "searched" and len(second.trials) == 1
    assert second.comparison is not None and second.comparison.earlier.run == str(resumed.folder)


# what is refused


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda rows: rows, DataError, "has nothing that .* was not fitted on"),
        (lambda rows: rows[:120], DataError, "has nothing that .* was not fitted on"),
        (
            lambda rows: rows[:120].assign(y=lambda table: table.y + 1),
            DataError,
            r"ends at 2024-04-29; the run was fitted on data until 2024-05-19: nothing is newer",
        ),
        (lambda rows: weekly(160).drop(columns="y").assign(z=1.0), DataError, "lacks column 'y'"),
    ],
)
def test_data_that_is_of_no_use_is_refused_and_nothing_is_written(
    change: Callable[[pd.DataFrame], pd.DataFrame],
    error: type[SeqtuneError],
    message: str,
    sales: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    data = write(change(weekly(140)), tmp_path / "data.csv")
    with pytest.raises(error, match=message) as refused:
        seqtune.refit(sales[0], data, out=tmp_path / "new")
    assert refused.value.hint and not (tmp_path / "new").exists()


def test_new_rows_alone_must_be_enough(sales: tuple[Path, Path], tmp_path: Path) -> None:
    few = write(weekly(148)[140:], tmp_path / "few.csv")
    with pytest.raises(DataError, match="too long: the longest series has 8 rows") as refused:
        seqtune.refit(sales[0], few, out=tmp_path / "new")
    assert refused.value.hint.endswith("give the rows of the run with the new ones")


def test_a_folder_that_is_taken_is_refused_before_anything_is_read(
    sales: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="is not empty"):
        seqtune.refit(sales[0], "no-such.csv", out=tmp_path / "new")
    with pytest.raises(RunError, match="already holds a run"):
        seqtune.refit(*sales, out=sales[0])


def test_weights_of_a_simple_method_are_refused(sales: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a simple method, which has no weights"):
        seqtune.refit(*sales, out=tmp_path / "new", use="seasonal_naive", warm=True)
    command_line.seqtune("refit", *sales, code=2)  # --out is missing


def test_other_labels_are_another_problem(nightly: Nightly, tmp_path: Path) -> None:
    if nightly.task != "classify":
        pytest.skip("of labels")
    other = reviews(30, 100).assign(label=lambda table: "x" + table.label)
    with pytest.raises(DataError, match=r"has none of the labels of .*: it has 'xl0'"):
        seqtune.refit(nightly.old, other, out=tmp_path / "new", use="network")
    one_new = pd.concat([reviews(30), reviews(6, 100), other.iloc[:9]], ignore_index=True)
    run = seqtune.refit(nightly.old, one_new, out=tmp_path / "new", use="tfidf_logistic")
    assert run.comparison is not None and run.comparison.earlier.drift is not None
    assert run.comparison.earlier.drift.rows == 15  # not 45: the run knows the first 30
    unknown = [each for each in run.comparison.earlier.drift.flagged if each.measure == "unknown"]
    assert [each.name for each in unknown] == ["labels"]


# values


def board(new: float, error: float = 0.0, direction: Any = "min") -> Leaderboard:
    row = Row("blend", "ensemble", {"mase": 1.0}, {"mase": new}, 1.0)
    return Leaderboard("mase", direction, (row,), standard_error=error)


@pytest.mark.parametrize(
    ("new", "old", "direction", "is_better"),
    [
        (0.8, 0.9, "min", True),
        (0.9, 0.9, "min", False),
        (1.0, 0.9, "min", False),
        (1.0, 0.9, "max", True),
        (0.8, math.nan, "min", True),
        (math.nan, 0.9, "min", False),
        (math.nan, math.nan, "min", False),
    ],
)
def test_equal_figures_leave_the_earlier_run_in_charge(
    new: float, old: float, direction: str, is_better: bool
) -> None:
    earlier = Earlier("runs/a", "blend", "ensemble", {"mase": old})
    assert Comparison(board(new, direction=direction), earlier).is_better is is_better


@pytest.mark.parametrize(
    ("chosen", "winner"),
    [("", "naive"), ("searched", "lstm"), ("drift", "drift"), ("theta", "naive")],
)
def test_what_an_earlier_search_chose_is_the_winner_if_it_is_there(
    chosen: str, winner: str
) -> None:
    scores = {"naive": 0.5, "drift": 0.6, "lstm": 0.7}
    rows = tuple(
        Row(name, "network" if name == "lstm" else "baseline", {"mase": score}, {}, 1.0)
        for name, score in scores.items()
    )
    made = Leaderboard("mase", "min", rows, chosen=chosen)
    assert made.winner is not None and made.winner.name == winner
    assert Leaderboard.from_dict(made.to_dict()).chosen == chosen
    assert ("chosen" in made.to_dict()) is bool(chosen)


def test_figures_closer_than_two_errors_are_within_chance() -> None:
    earlier = Earlier("runs/a", "blend", "ensemble", {"mase": 1.0})
    assert Comparison(board(0.81, 0.1), earlier).is_within_error
    assert not Comparison(board(0.79, 0.1), earlier).is_within_error


@pytest.mark.parametrize(
    "change",
    [
        {"run": 3},
        {"row": "x" * 2_000},
        {"seen": 1.5},
        {"seen": "all"},
        {"warm": ["t001"]},
        {"warm": {"t001": 3}},
        {"drift": {"rows": 1}},
        {"scores": None},
    ],
)
def test_a_strangers_comparison_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    good = Earlier("runs/a", "blend", "ensemble", {"mase": 1.0}).to_dict()
    (tmp_path / EARLIER).write_text(json.dumps(good))
    assert read_earlier(tmp_path) == Earlier("runs/a", "blend", "ensemble", {"mase": 1.0})
    (tmp_path / EARLIER).write_text(json.dumps({**good, **change}))
    with pytest.raises(RunError, match=r"refit\.json is damaged"):
        read_earlier(tmp_path)
    assert read_earlier(tmp_path / "elsewhere") is None


def test_a_trial_that_was_cut_anneals_in_the_steps_that_it_had() -> None:
    values = {"training.steps": 900}
    assert as_trained(Result("t001", "stopped", values, steps=300)) == {"training.steps": 300}
    assert as_trained(Result("t001", "completed", values, steps=300)) == values
    assert as_trained(Result("t001", "stopped", values, steps=49)) == values


@pytest.mark.parametrize(
    ("chosen", "use", "expected"),
    [
        ("", None, ["t003", "t001"]),
        ("searched", "ensemble", ["t003", "t001"]),
        ("searched", None, ["t003", "t001", "t002"]),  # which the last night had left out
    ],
)
def test_members_are_refitted_the_weightiest_first_and_none_is_lost_by_the_night(
    chosen: str, use: str | None, expected: list[str]
) -> None:
    def member(trial: str, weight: float = 1.0, method: str = "") -> Member:
        return Member(trial, weight, "", "", {}, method)

    members = {
        "lstm-t001": [member("t001")],
        "lstm-t002": [member("t002")],
        "ensemble": [member("t001", 0.3), member("t003", 0.6), member("", 0.1, "theta")],
    }
    row = Row("ensemble", "ensemble", {}, {}, 1.0)
    trials = [
        asdict(Result(f"t00{number}", "stopped", {"training.steps": 100 * number}, steps=90))
        for number in (1, 2, 3)
    ]
    run = SimpleNamespace(
        choose=lambda use: row,
        checked_trials=trials,
        predictor=SimpleNamespace(members=members),
        board=SimpleNamespace(chosen=chosen),
    )
    found = Chosen.of(run, use)  # type: ignore[arg-type]
    assert [each.trial for each in found.members] == expected
    assert found.members[0].weight == 0.6
    steps = [values["training.steps"] for values in found.values]
    assert steps == [100 * int(trial[-1]) if chosen else 90 for trial in expected]
    assert len(found.configurations()) == len(set(steps))


def test_options_of_architectures_that_are_not_taken_are_no_difference() -> None:
    taken = {"training.steps": 9, "network.architecture": "stacked", "network.stacked.depth": 1}
    values = {**taken, "network.segment.length": 7}
    assert as_trained(Result("t001", "completed", values, steps=9)) == taken


def test_a_recipe_is_narrowed_to_the_values_of_the_chosen(sales: tuple[Path, Path]) -> None:
    recipe, first = Run(sales[0]).recipe, Run(sales[0]).checked_trials[0]["values"]
    second = {**first, "network.units": 3, "training.learning_rate": 0.0123}
    narrow = narrowed(recipe, [first, second])
    assert narrow.portfolio() == [first, second]
    assert narrow.get("network.units") == (first["network.units"], 3)
    assert narrow.get("network.cell") == first["network.cell"]
    assert (narrow.values.search.trials, narrow.values.search.stopping) == (2, "none")
    assert narrow.values.search.trial_share == 0.5
    alone = narrowed(recipe, [])
    assert alone.values.search.trials == 0 and alone.get("baselines.share") == 0.9


def test_networks_of_other_shapes_begin_anew(tmp_path: Path) -> None:
    import keras

    from seqtune.search.beginning import begin_with

    def network(units: int, layers: int = 1) -> Any:
        made = [keras.layers.Dense(units) for _ in range(layers)]
        return keras.Sequential([keras.Input((2,)), *made])

    path = tmp_path / "warm" / "t001.keras"
    assert begin_with(network(3), network(4), path) == (
        "an array of weights is (2, 3), that of the earlier network (2, 4)"
    )
    assert begin_with(network(3), network(3, 2), path) == (
        "it has 2 arrays of weights, the earlier one 4"
    )
    assert not path.exists()
    model, earlier = network(3), network(3)
    assert begin_with(model, earlier, path) == "" and path.exists()
    for one, two in zip(model.get_weights(), earlier.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_what_a_run_kept_is_not_changed_by_a_copy(sales: tuple[Path, Path], tmp_path: Path) -> None:
    copy = shutil.copytree(sales[0], tmp_path / "copy")
    assert Run(copy).comparison is None
