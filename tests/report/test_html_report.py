"""What a page says of a run: every figure from the run folder, in an order that people read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from paper_run import board, paper_run, record, values

import seqtune
from seqtune.errors import RunError
from seqtune.figures.bars import Bars
from seqtune.figures.block import AnyFigure, Block
from seqtune.figures.facts import Facts
from seqtune.figures.grid import Grid
from seqtune.figures.lines import Lines
from seqtune.figures.listing import Listing
from seqtune.figures.parallel import Parallel
from seqtune.figures.points import Points
from seqtune.report.blocks.data import data_block, timeline
from seqtune.report.blocks.importance import importance_of
from seqtune.report.blocks.runs import runs_blocks
from seqtune.report.blocks.search import ends_of
from seqtune.report.blocks.settings import Setting, varied
from seqtune.report.blocks.verdict import leaderboard_grid, verdict_block
from seqtune.report.build import runs_report
from seqtune.report.html import blocks_of, framed_page, page
from seqtune.run.evidence import MOST_BYTES
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.run import Run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    evidence = (Block(key="own", title="The task's own"),)
    return paper_run(tmp_path_factory.mktemp("paper") / "airline-1", blocks=evidence)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return paper_run(tmp_path_factory.mktemp("paper") / "small", trials=3)


@pytest.fixture(scope="module")
def blocks(run: Run) -> dict[str, Block]:
    return {block.key: block for block in blocks_of(run)}


def of_kind(block: Block, kind: type) -> list[AnyFigure]:
    return [figure for figure in block.figures if isinstance(figure, kind)]


def the(block: Block, kind: type, number: int = 0) -> AnyFigure:
    return of_kind(block, kind)[number]


def test_the_verdict_comes_first_and_then_what_the_task_shows(blocks: dict[str, Block]) -> None:
    order = ["verdict", "own", "data", "search", "curves", "members", "cost", "repeat"]
    assert list(blocks) == order


def test_the_verdict_stands_beside_the_whole_leaderboard(blocks: dict[str, Block]) -> None:
    block = blocks["verdict"]
    assert block.sentences[0].startswith("The ensemble blend beats the best simple method, theta")
    facts = dict(the(block, Facts).pairs)  # type: ignore[union-attr]
    assert facts == {
        "Winner": "blend",
        "Best of the search, test MASE": "0.900",
        "theta, test MASE": "1.10",
        "Error removed": "18.2 %",
    }
    grid = the(block, Grid)
    assert [row[1] for row in grid.rows] == [  # type: ignore[union-attr]
        *("blend", "segment-gru-t001", "theta", "stacked-lstm-t002", "naive")
    ]
    assert grid.rows[0][0] == "★ 1" and grid.marked == (0,)  # type: ignore[union-attr]
    assert grid.faint == (2, 4)  # type: ignore[union-attr]
    assert grid.keys[0][2:5] == (0.8, pytest.approx(0.9), pytest.approx(8.8))  # type: ignore[union-attr]


def test_no_chart_of_scores_is_without_the_simple_methods(blocks: dict[str, Block]) -> None:
    networks, simple = the(blocks["verdict"], Bars).groups  # type: ignore[union-attr]
    assert simple.role == "baseline" and simple.values[2] == pytest.approx(1.1)
    assert networks.values[2] is None
    for key, kind in (("search", Points), ("curves", Lines)):
        chart = the(blocks[key], kind)
        assert chart.level == 1.0 and chart.level_role == "baseline"  # type: ignore[union-attr]
        assert chart.level_name == "best simple method: theta"  # type: ignore[union-attr]
    assert [cloud.role for cloud in the(blocks["cost"], Points).clouds] == ["model", "baseline"]  # type: ignore[union-attr]


def test_the_best_simple_method_is_drawn_however_many_networks_there_are() -> None:
    scores = {f"segment-gru-t{n:03}": 0.5 + n / 1000 for n in range(1, 60)} | {"theta": 3.0}
    found = verdict_block(Leaderboard.from_dict(board(scores)), ())
    bars = the(found, Bars)
    assert bars.categories[-1] == "theta" and len(bars.categories) == 25  # type: ignore[union-attr]


def test_whiskers_are_drawn_where_the_error_is_known() -> None:
    found = verdict_block(Leaderboard.from_dict({**board(), "standard_error": 0.05}), ())
    networks, simple = the(found, Bars).groups  # type: ignore[union-attr]
    assert networks.errors == (0.05, 0.05, None, 0.05, None)
    assert simple.errors == (None, None, 0.05, None, 0.05)


def test_validation_figures_stand_beside_their_errors_and_what_is_alike_is_marked() -> None:
    known = {"error": 0.05, "difference_error": 0.1}
    rows = [
        {**row, **(known if row["kind"] == "network" else {})} for row in board()["leaderboard"]
    ]
    found = leaderboard_grid(Leaderboard.from_dict({**board(), "leaderboard": rows, "cases": 27}))
    assert [row[0] for row in found.rows] == ["★ 1", "~ 2", "3", "4", "5"]
    figures = ["0.800", "0.900 ± 0.0500", "1.00", "1.10 ± 0.0500", "2.00"]
    assert [row[2] for row in found.rows] == figures
    assert found.caption.endswith("~ not told apart from row 1 by the 27 cases of validation.")


def test_no_share_of_the_error_is_removed_where_chance_would_do_as_much() -> None:
    """0.9 against 1.1: within two errors of 0.11 each, beyond two of 0.09."""
    for error, is_said in ((0.11, False), (0.09, True)):
        found = verdict_block(Leaderboard.from_dict({**board(), "standard_error": error}), ())
        assert ("Error removed" in dict(the(found, Facts).pairs)) is is_said  # type: ignore[union-attr]


def test_the_data_block_says_roles_parts_and_repairs(blocks: dict[str, Block]) -> None:
    block = blocks["data"]
    assert ("file", "airline.csv") in the(block, Facts).pairs  # type: ignore[union-attr]
    roles = (("time", "month"), ("targets", "passengers"))
    assert the(block, Facts, 1).pairs == roles  # type: ignore[union-attr]
    assert [span.name for span in the(block, Lines).spans] == ["training", "validation", "test"]  # type: ignore[union-attr]
    grids = {grid.title: grid.rows for grid in of_kind(block, Grid)}  # type: ignore[union-attr]
    assert grids["The parts in numbers"][0] == ("training", "1949-01-01", "1957-04-01", "100")
    assert grids["What was assumed"] == (("time", "month", "dates", "--time COLUMN"),)
    assert grids["What was found and repaired"] == (("3 gaps were filled",),)
    assert "abc123" not in str(block) and "/somewhere" not in str(block)


def test_the_parts_stand_on_the_axis_of_time_by_their_length() -> None:
    figure = timeline(
        {
            "training_span": ["2020-01-01", "2020-07-19"],
            "validation_span": ["2020-07-19", "2020-09-07"],
            "test_span": ["2020-09-07", "2020-12-31"],
        }
    )
    assert figure is not None
    assert [(span.first, span.last) for span in figure.spans] == [(0, 130), (131, 163), (164, 239)]
    assert (figure.x[0], figure.x[-1]) == ("2020-01-01T00:00:00", "2020-12-31T00:00:00")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"training_span": ["2020-01", "2020-06"]},
        {"training_span": ["x", "y"], "test_span": ["z", "z"]},
        {"training_span": [None, 3], "test_span": {}, "validation_span": "2020"},
        {"training_span": ["2020-01", "2020-06"], "test_span": ["2020-03", "2020-09"]},
    ],
)
def test_parts_that_are_no_stretches_of_time_are_not_drawn(data) -> None:
    assert timeline(data) is None
    data_block({"data": data}, ())


def test_rows_are_an_axis_too() -> None:
    figure = timeline({"training_span": [0, 79], "test_span": [80, 100]})
    assert figure is not None and (figure.x[0], figure.x[-1]) == (0.0, 100.0)


def test_the_search_is_drawn_by_the_time_at_which_trials_ended(blocks: dict[str, Block]) -> None:
    block = blocks["search"]
    assert block.sentences[0].startswith("20 trials: 19 trained to their end, 0 were stopped")
    assert block.sentences[0].endswith("1 failed.")
    chart = the(block, Points)
    trials, best = chart.clouds  # type: ignore[union-attr]
    assert trials.x == tuple(float(n) for n in range(1, 20))
    assert trials.labels[0] == "t001 stacked gru"
    assert (best.x, best.is_stepped) == ((1.0, 3.0), True)
    assert best.y == (pytest.approx(1.51), pytest.approx(0.53))
    assert chart.x_title == "seconds since the command began"  # type: ignore[union-attr]


def test_without_times_the_work_is_counted(tmp_path: Path) -> None:
    run = paper_run(tmp_path / "run")
    (tmp_path / "run" / "log.txt").write_text("nonsense\n9999 TrialEnded(trial='t001')\n\xff")
    assert ends_of(run.folder) == {}
    chart = the({block.key: block for block in blocks_of(run)}["search"], Points)
    assert chart.x_title == "seconds of work, all workers together"  # type: ignore[union-attr]
    assert chart.clouds[0].x[:2] == (3.0, 6.0)  # type: ignore[union-attr]


def test_settings_that_differ_are_axes_and_those_without_effect_gaps(
    blocks: dict[str, Block],
) -> None:
    chart = the(blocks["search"], Parallel)
    axes = {axis.name: axis for axis in chart.axes}  # type: ignore[union-attr]
    assert "lookback" not in axes
    assert axes["network.units"].choices == ("32", "64", "128")
    assert axes["training.learning_rate"].is_logarithmic
    assert chart.paths[0].name == "t003" and chart.direction == "min"  # type: ignore[union-attr]
    place = list(axes).index("network.segment.length")
    by_name = {path.name: path.values[place] for path in chart.paths}  # type: ignore[union-attr]
    assert by_name["t001"] is None and by_name["t002"] is not None


def test_the_setting_that_decides_is_the_most_important(blocks: dict[str, Block]) -> None:
    bars = the(blocks["search"], Bars)
    assert bars.categories[0] == "network.units"  # type: ignore[union-attr]
    assert bars.groups[0].values[0] > 2 * bars.groups[0].values[1]  # type: ignore[union-attr, operator]


def test_few_trials_say_nothing_of_settings(tmp_path: Path) -> None:
    block = {each.key: each for each in blocks_of(paper_run(tmp_path / "run", trials=5))}["search"]
    assert not of_kind(block, Bars)
    assert block.sentences[-1] == "Which settings matter is not said of fewer than 12 trials."


def test_importance_is_near_nothing_for_a_setting_that_does_nothing() -> None:
    chance = np.random.default_rng(0)
    useful, useless = chance.random(80), chance.random(80)
    settings = [
        Setting(name, (), False, tuple(map(float, values)))
        for name, values in (("useful", useful), ("useless", useless))
    ]
    found = importance_of(settings, list(useful * 2))
    assert found is not None and found.explained > 0.8
    assert found.means[0] > 1.0 > 0.1 > found.means[1]
    assert found.order == [0, 1]
    assert importance_of(settings, [1.0] * 5) is None


def test_settings_of_a_strangers_trials_are_taken_as_they_are(run: Run) -> None:
    odd = [{"values": {**values(1), "network.units": each}} for each in ("<b>", [1], None, 3)]
    found = {setting.path: setting for setting in varied(odd, run.recipe.dimensions())}
    assert set(found["network.units"].choices) == {"<b>", "[1]", "3"}
    assert found["network.units"].values[2] is None


def test_learning_curves_end_at_the_score(blocks: dict[str, Block]) -> None:
    chart = the(blocks["curves"], Lines)
    best = chart.lines[0]  # type: ignore[union-attr]
    assert (best.name, best.role) == ("t003", "model")
    assert best.values == (pytest.approx(0.93), pytest.approx(0.63), pytest.approx(0.53))
    assert chart.x == (1.0, 2.0, 3.0)  # type: ignore[union-attr]


def test_members_are_shown_with_their_weights(blocks: dict[str, Block]) -> None:
    bars, grid = the(blocks["members"], Bars), the(blocks["members"], Grid)
    assert bars.categories == ("stacked-gru-t001", "segment-lstm-t002", "theta")  # type: ignore[union-attr]
    assert [group.role for group in bars.groups] == ["model", "baseline"]  # type: ignore[union-attr]
    assert [row[1] for row in grid.rows] == ["50.0 %", "25.0 %", "25.0 %"]  # type: ignore[union-attr]


def test_the_cost_counts_hours_of_all_workers(blocks: dict[str, Block]) -> None:
    facts = dict(the(blocks["cost"], Facts).pairs)  # type: ignore[union-attr]
    assert facts["hours of workers"] == "0.0200"
    assert facts["parameters of the winner"] == "1,000"
    assert facts["trials failed"] == "1"


def test_whoever_repeats_it_finds_command_recipe_and_versions(
    blocks: dict[str, Block], run: Run
) -> None:
    command, recipe = of_kind(blocks["repeat"], Listing)
    assert command.text.startswith("seqtune fit /somewhere/airline.csv --task forecast --recipe ")  # type: ignore[union-attr]
    assert recipe.text == (run.folder / "recipe.yaml").read_text()  # type: ignore[union-attr]
    facts = dict(the(blocks["repeat"], Facts).pairs)  # type: ignore[union-attr]
    assert facts["keras"] == "3.12.4" and facts["fingerprint of the data"] == "abc123"
    assert facts["seed"] == "7"


def test_a_run_without_trials_or_members_has_a_page(tmp_path: Path) -> None:
    run = paper_run(tmp_path / "run")
    for name in ("trials.jsonl", "members.json", "log.txt"):
        (run.folder / name).unlink()
    (run.folder / "leaderboard.json").write_text(json.dumps({**board(), "leaderboard": []}))
    assert "Nothing was scored." in page(Run(run.folder))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("evidence.json", '[{"key": "x", "title": 3}]'),
        ("evidence.json", "nonsense"),
        ("evidence.json", "[" + " " * MOST_BYTES + "]"),
        ("members.json", "[]"),
        ("trials.jsonl", '{"trial": "../x"}\n'),
        ("leaderboard.json", "{}"),
    ],
)
def test_a_damaged_run_is_refused_in_one_line(tmp_path: Path, name: str, content: str) -> None:
    run = paper_run(tmp_path / "run", trials=3)
    (run.folder / name).write_text(content)
    with pytest.raises(RunError, match=name):
        page(Run(run.folder))


HOSTILE = "</script><img src=x onerror=alert(1)>\u202e\x1b[2J"


def test_what_a_stranger_wrote_into_a_record_is_text(tmp_path: Path) -> None:
    data = {
        **record()["data"],
        HOSTILE: HOSTILE,
        "path": f"/x/{HOSTILE}",
        "roles": {HOSTILE: [HOSTILE], "more": {"deep": 1}},
        "training_span": [HOSTILE, HOSTILE],
        "rows": [HOSTILE],
    }
    more = {"notes": [HOSTILE], "versions": {HOSTILE: HOSTILE}, "devices": [HOSTILE, 3]}
    odd = [{"what": HOSTILE, "taken": 3, "why": None}, "text", 5]
    made = page(paper_run(tmp_path / "run", trials=3, data=data, **more))
    assert "<img" not in made and "\x1b" not in made
    data_block({"data": data, "assumptions": odd}, (HOSTILE,))


def test_the_page_of_a_sample_is_small(run: Run) -> None:
    assert len(page(run).encode()) < 1_000_000


def test_a_page_is_written_whole_and_replaces_nothing(small: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    small.report(path)
    assert path.read_text(encoding="utf-8") == page(small) == seqtune.page(small)
    path.write_text("mine")
    with pytest.raises(RunError, match="already exists"):
        small.report(path)
    assert path.read_text() == "mine"
    small.report(path, force=True)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_fit_leaves_a_page_where_one_is_asked_for(
    small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fit_with(data, task, settings, **more):
        asked.append((data, task, settings.flags))
        return small

    monkeypatch.setattr("seqtune.workflow.fit.fit_with", fit_with)
    path = tmp_path / "fit.html"
    seqtune.fit("data.csv", task="forecast", horizon=3, html=path)
    assert path.read_text(encoding="utf-8") == page(small)
    with pytest.raises(RunError, match="already exists"):
        seqtune.fit("data.csv", task="forecast", html=str(path))
    assert asked == [("data.csv", "forecast", {"horizon": 3})]


def test_a_notebook_shows_the_page_in_a_frame(small: Run) -> None:
    assert small._repr_html_() == framed_page(small)
    assert small._repr_html_().startswith("<iframe ")


def test_runs_stand_beside_each_other_by_data_and_task(tmp_path: Path) -> None:
    paper_run(tmp_path / "one")
    paper_run(tmp_path / "two")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{}")
    first, group = runs_blocks(runs_report(tmp_path))
    grid, unread = first.figures
    assert [row[:3] for row in grid.rows[1:]] == [  # type: ignore[union-attr]
        ("one", "airline.csv", "forecast"),
        ("two", "airline.csv", "forecast"),
    ]
    assert grid.rows[1][5:10] == ("blend", "0.900", "theta", "1.10", "18.2 %")  # type: ignore[union-attr]
    assert unread.rows[0][0].startswith(str(tmp_path / "broken"))  # type: ignore[union-attr]
    assert group.title == "airline.csv, forecast"
    winner, simple = the(group, Bars).groups  # type: ignore[union-attr]
    assert winner.values == (pytest.approx(0.9),) * 2 and simple.role == "baseline"


def test_an_empty_folder_has_a_page(tmp_path: Path) -> None:
    (block,) = runs_blocks(runs_report(tmp_path))
    assert block.sentences == (f"No runs in {tmp_path}.",)
