"""Every form of real data that `fit` must take, from the real command."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import DATA, SHOPS_ROLES, TINY, lines, weekly

QUANTILES = ["mean", "q0.1", "q0.5", "q0.9"]


@pytest.fixture
def plan(seqtune):
    """What `plan --json` says of a file; it goes the way of `fit` up to the first trial."""

    def run(path, *words):
        return seqtune("plan", path, "--task", "forecast", "--json", *words).json

    return run


def check_forecast(table, times, *, time, series=1):
    """The forecast continues the data's own times and has a figure everywhere, in order."""
    assert list(table[time]) == list(times) * series
    assert np.isfinite(table[QUANTILES].to_numpy()).all()
    assert (table["q0.1"] <= table["q0.5"]).all() and (table["q0.5"] <= table["q0.9"]).all()
    assert (table["mean"] == table["q0.5"]).all()


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding=encoding)
    return path


def as_comma(folder, table):
    return write(folder / "x.csv", table.to_csv(index=False))


def as_semicolon(folder, table):
    return write(folder / "x.csv", table.to_csv(index=False, sep=";", decimal=","))


def as_tab(folder, table):
    return write(folder / "x.tsv", table.to_csv(index=False, sep="\t"))


def as_utf16(folder, table):
    return write(folder / "x.csv", table.to_csv(index=False, sep=";", decimal=","), "utf-16")


def as_latin1(folder, table):
    return write(folder / "x.csv", table.assign(café="à").to_csv(index=False), "latin-1")


def as_gzip(folder, table):
    path = folder / "x.csv.gz"
    path.write_bytes(gzip.compress(table.to_csv(index=False).encode()))
    return path


def as_parquet(folder, table):
    table.to_parquet(folder / "x.parquet", index=False)
    return folder / "x.parquet"


def as_json_lines(folder, table):
    table.to_json(folder / "x.jsonl", orient="records", lines=True, date_format="iso")
    return folder / "x.jsonl"


@pytest.mark.parametrize(
    "form",
    [
        as_comma,
        as_semicolon,
        as_tab,
        as_utf16,
        as_latin1,
        as_gzip,
        as_parquet,
        as_json_lines,
    ],
)
def test_every_form_of_a_file_gives_the_same_plan(form, plan, seqtune, tmp_path):
    table = weekly()
    path = form(tmp_path, table)
    found = plan(path)
    assert found["rows"] == 140
    assert found["roles"] == {"time": ["date"], "targets": ["y"]}
    assert (found["frequency"], found["periods"], found["horizon"]) == ("D", [7], 7)
    assert found["gaps"] == {}
    assert [split["steps"] for split in found["splits"]] == [98, 21, 21]
    found = seqtune("inspect", path, "--json").json
    columns = {column["name"]: column for column in found["columns"]}
    assert float(columns["y"]["minimum"]) == table["y"].min()
    assert float(columns["y"]["maximum"]) == table["y"].max()
    assert columns["date"]["maximum"].startswith("2024-05-19")


def test_what_was_guessed_of_a_file_is_said(plan, tmp_path):
    notes = plan(as_utf16(tmp_path, weekly()))["notes"]
    for word, key in (
        ("utf-16", "data.encoding"),
        ("';'", "data.separator"),
        ("decimal comma", "data.decimal"),
    ):
        assert [note for note in notes if word in note and f"--set {key}=" in note], notes


def test_integer_steps_and_no_time_column(plan, tmp_path):
    values = weekly()["y"]
    counted = lines("step,y", [f"{100 + 5 * step},{value}" for step, value in enumerate(values)])
    found = plan(write(tmp_path / "counted.csv", counted))
    assert (found["frequency"], found["periods"], found["roles"]["time"]) == ("step", [7], ["step"])
    found = plan(write(tmp_path / "bare.csv", lines("y", values)))
    assert (found["frequency"], found["periods"]) == ("step", [7])
    assert "time" not in found["roles"]
    guess = next(guess for guess in found["assumptions"] if guess["what"] == "time")
    assert guess["taken"] == "row order"


def test_gaps_repeats_disorder_and_blanks_are_mended_and_said(plan, tmp_path):
    table = weekly().astype({"y": object})
    table.loc[20, "y"], table.loc[30, "y"], table.loc[40, "y"] = "-999", "", "NA"
    table = pd.concat([table.drop(index=[50, 51, 52]), table.iloc[[5]]])
    table = table.sample(frac=1, random_state=1)
    found = plan(as_comma(tmp_path, table), "--set", "data.missing=[-999]")
    assert found["gaps"] == {"filled values": 6}
    assert found["frequency"] == "D" and found["periods"] == [7]
    said = " | ".join(found["notes"])
    assert "1 duplicated timestamp averaged" in said
    assert "3 missing steps" in said
    assert "3 missing values of 'y'" in said


def test_irregular_times_are_resampled_and_said(plan, tmp_path):
    draw = np.random.default_rng(0)
    time = pd.date_range("2024-01-01", periods=720, freq="h")
    time += pd.to_timedelta(draw.integers(0, 1800, 720), unit="s")
    table = pd.DataFrame({"time": time, "y": np.sin(np.arange(720) * np.pi / 12)})
    path = as_comma(tmp_path, table)
    found = plan(path)
    assert found["frequency"] == "h" and found["periods"] == [24]
    assert [note for note in found["notes"] if "irregular" in note and "--freq" in note]
    found = plan(path, "--freq", "6h")
    assert found["frequency"] == "6h" and found["periods"] == [4]
    assert [note for note in found["notes"] if "720 rows averaged into 120 steps" in note]


@pytest.mark.parametrize(
    ("first", "mended"),
    [("2024-03-20", "1 missing step"), ("2024-10-20", "1 duplicated timestamp")],
)
def test_a_clock_that_jumps_in_spring_and_autumn(first, mended, plan, tmp_path):
    time = pd.date_range(first, periods=480, freq="h", tz="UTC").tz_convert("Europe/Berlin")
    y = 10 + np.sin(np.arange(480) * np.pi / 12)
    wall = pd.DataFrame({"time": time.strftime("%Y-%m-%d %H:%M"), "y": y})
    found = plan(as_comma(tmp_path, wall))
    assert found["frequency"] == "h" and found["periods"] == [24] and found["series"] == 1
    assert [note for note in found["notes"] if mended in note]
    with_offset = pd.DataFrame({"time": time.strftime("%Y-%m-%d %H:%M%z"), "y": y})
    found = plan(as_comma(tmp_path, with_offset))
    assert found["frequency"] == "h" and found["gaps"] == {}
    assert [note for note in found["notes"] if "converted to UTC" in note]


def test_a_long_table_of_unequal_series(fit, seqtune, tmp_path):
    rows = [
        f"{name},{step},{level + step % 6}"
        for name, level, first, last in (("b", 10, 0, 60), ("a", 90, 5, 48), ("c", 50, 0, 3))
        for step in range(first, last)
    ]
    path = write(tmp_path / "long.csv", lines("unique_id,ds,y", rows))
    result = fit(path, "--horizon", "4", "--json", "--out", tmp_path / "run").json
    assert result["status"] == "complete" and result["trials"]["completed"] == 1
    table = seqtune("predict", tmp_path / "run").table
    assert list(table.columns) == ["unique_id", "ds", *QUANTILES]
    # each series goes on from its own end
    assert list(table["unique_id"]) == ["b"] * 4 + ["a"] * 4 + ["c"] * 4
    assert list(table["ds"]) == [60, 61, 62, 63, 48, 49, 50, 51, 3, 4, 5, 6]
    assert np.isfinite(table[QUANTILES].to_numpy()).all()
    near = table.groupby("unique_id")["mean"].mean()
    assert abs(near["b"] - 12) < 10 and abs(near["a"] - 92) < 10 and abs(near["c"] - 51) < 10


@pytest.fixture(scope="module")
def wide(fit, tmp_path_factory):
    """A run with two targets and a past covariate, hourly."""
    folder = tmp_path_factory.mktemp("wide")
    step = np.arange(200)
    table = pd.DataFrame(
        {
            "date": pd.date_range("2024-01-01", periods=200, freq="h"),
            "HUFL": 5 + np.sin(step * np.pi / 12),
            "load": np.cos(step * np.pi / 12),
            "OT": 30 + 2 * np.sin(step * np.pi / 12) + 0.01 * step,
        }
    )
    path = as_comma(folder, table)
    fit(path, "--target", "OT", "--target", "HUFL", "--out", folder / "run")
    return path, folder / "run"


def test_a_wide_table_with_several_targets(wide, seqtune):
    _, run = wide
    table = seqtune("predict", run).table
    assert list(table.columns) == ["target", "date", *QUANTILES]
    assert list(table["target"]) == ["OT"] * 24 + ["HUFL"] * 24
    times = pd.date_range("2024-01-09 08:00", periods=24, freq="h").strftime("%Y-%m-%d %H:%M:%S")
    check_forecast(table, times, time="date", series=2)


def test_a_wide_table_takes_the_other_columns_as_past_covariates(wide, plan):
    path, _ = wide
    roles = {"time": ["date"], "targets": ["OT"], "past": ["HUFL", "load"]}
    assert plan(path, "--target", "OT")["roles"] == roles
    roles = {"time": ["date"], "targets": ["OT"], "past": ["load"]}
    assert plan(path, "--target", "OT", "--past", "load")["roles"] == roles


def test_new_rows_of_a_wide_table_need_its_covariates(wide, refused, tmp_path):
    _, run = wide
    path = write(tmp_path / "new.csv", "date,OT\n2024-01-09 08:00,31\n")
    error, hint = refused("predict", run, path)
    assert "lacks columns 'HUFL', 'load'" in error
    assert "add columns 'HUFL', 'load'" in hint


def test_covariates_known_ahead(shops, refused, seqtune):
    error, hint = refused("predict", shops)
    assert "'promotion' for the 7 steps 2024-12-31 to 2025-01-06 of series 'Ash'" in error
    assert "likewise for 7 more series" in error
    assert "with the columns shop,date,promotion" in hint

    table = seqtune("predict", shops, DATA / "shops_future.csv").table
    assert list(table.columns) == ["shop", "date", *QUANTILES]
    known = pd.read_csv(DATA / "shops.csv")
    assert list(table["shop"]) == [name for name in known["shop"].unique() for _ in range(7)]
    # some shops have closed: each goes on from its own last day
    ends = known[known["sales"].notna()].groupby("shop")["date"].max()
    for name, part in table.groupby("shop"):
        times = pd.date_range(ends[name], periods=8, freq="D")[1:].strftime("%Y-%m-%d")
        check_forecast(part, times, time="date")


def test_covariates_known_ahead_must_reach_far_enough(shops, refused, tmp_path):
    table = pd.read_csv(DATA / "shops_future.csv")
    short = as_comma(tmp_path, table[table["date"] < "2025-01-03"])
    error, _ = refused("predict", shops, short)
    assert "the 7 steps 2024-12-31 to 2025-01-06" in error
    error, _ = refused("predict", shops, as_comma(tmp_path, table.drop(columns="promotion")))
    assert "lacks column 'promotion'" in error


def test_roles_of_every_kind_are_kept_in_the_recipe(shops, seqtune):
    roles = seqtune("recipes", "show", shops / "recipe.yaml", "--json").json["data"]
    assert (roles["series"], roles["time"], roles["target"]) == ("shop", "date", "sales")
    assert (roles["past"], roles["future"]) == (["price"], ["promotion"])
    assert roles["static"] == ["region"] and roles["frequency"] == "D"


def test_everything_at_once_under_awkward_names(fit, seqtune, here):
    """Spaces, brackets, markup and umlauts; UTF-16, semicolons, decimal commas, gaps, repeats."""
    time, target = "der [bold]Tag[/bold]", "Größe µ %"
    table = weekly().rename(columns={"date": time, "y": target})
    table = pd.concat([table.drop(index=[50, 51]), table.iloc[[5]]]).sample(frac=1, random_state=1)
    write(here / "a [red]b (1).csv", table.to_csv(index=False, sep=";", decimal=","), "utf-16")
    done = fit("a [red]b (1).csv", "--out", "run [1]")
    assert "\n  seqtune predict 'run [1]' -o predictions.csv\n" in done.out
    assert f"\ntime: {time} (" in done.err and f"{target}: the last" in done.out
    table = seqtune("predict", "run [1]").table
    assert list(table.columns) == [time, *QUANTILES]
    times = pd.date_range("2024-05-20", periods=7, freq="D").strftime("%Y-%m-%d")
    check_forecast(table, times, time=time)
    assert seqtune("plan", "a [red]b (1).csv", "--task", "forecast").code == 0
    assert "[bold]Tag[/bold]" in seqtune("inspect", "a [red]b (1).csv").out


def test_a_data_frame_from_python(tmp_path, monkeypatch):
    import seqtune

    monkeypatch.chdir(tmp_path)
    overrides = [word for word in TINY if "=" in word]
    frame = weekly().set_index("date")
    run = seqtune.fit(frame, task="forecast", trials=1, budget="9h", set=overrides)
    assert run.folder == Path("runs/data-forecast-1")
    assert {"naive", "seasonal_naive", "blend"} < set(run.leaderboard["name"])
    assert len(run.leaderboard) == 4
    table = run.predict()
    check_forecast(table, pd.date_range("2024-05-20", periods=7, freq="D"), time="date")
    new = weekly(154).set_index("date").iloc[140:]
    scores = seqtune.load("runs/data-forecast-1").evaluate(new)
    assert set(scores) == {run.board.best_searched.name, "seasonal_naive"}
    assert all(np.isfinite(list(figures.values())).all() for figures in scores.values())


@pytest.mark.parametrize(
    ("rows", "words"),
    [(4, ()), (14, ("--horizon", "12"))],
    ids=["the fewest rows", "a horizon longer than its test part"],
)
def test_tiny_data_gives_a_run(rows, words, fit, seqtune, tmp_path):
    path = as_comma(tmp_path, weekly(rows))
    fit(path, *words, "--out", tmp_path / "run")
    table = seqtune("predict", tmp_path / "run").table
    horizon = int(words[1]) if words else 1
    times = pd.date_range("2024-01-01", periods=rows + horizon, freq="D")[rows:]
    check_forecast(table, times.strftime("%Y-%m-%d"), time="date")


def test_numbers_past_float32_are_forecast(fit, seqtune, tmp_path):
    table = weekly(60)
    table["y"] = [f"{value}e{60 if row % 2 else 39}" for row, value in table["y"].items()]
    table["date"] = table["date"].dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    done = fit(as_comma(tmp_path, table), "--out", tmp_path / "run", "--json")
    assert "converted to UTC" in done.err  # what is found out of a column late is said too
    for model in ("segment-gru-t001", "seasonal_naive"):
        done = seqtune("predict", tmp_path / "run", "--use", model)
        times = pd.date_range("2024-03-01", periods=len(done.table), freq="D", tz="UTC")
        check_forecast(done.table, times.astype(str), time="date")
    assert "e+6" in done.out


def test_the_samples_say_what_they_are(plan):
    found = plan(DATA / "airline.csv")
    assert found["roles"] == {"time": ["month"], "targets": ["passengers"]}
    assert (found["frequency"], found["periods"], found["horizon"]) == ("MS", [12], 12)
    found = plan(DATA / "power.csv")
    assert (found["frequency"], found["periods"], found["horizon"]) == ("h", [24, 168], 24)
    found = plan(DATA / "shops.csv", *SHOPS_ROLES)
    assert (found["frequency"], found["periods"], found["series"]) == ("D", [7], 8)
    assert found["gaps"]["filled values"] == 135


def test_a_date_and_a_clock_make_the_time_from_fit_to_predict(seqtune, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    times = pd.date_range("2024-03-05", periods=300, freq="h")
    load = 10 + 3 * np.sin(np.arange(300) * 2 * np.pi / 24) + np.arange(300) % 5 / 10
    rows = [f"{t:%d/%m/%Y};{t:%H.%M.%S};{v:.3f}" for t, v in zip(times, load, strict=True)]
    write(tmp_path / "x.csv", "a title\nDate;Time;load\n" + "\n".join(rows[:280]) + "\nTotal;;9\n")
    write(tmp_path / "new.csv", "Date;Time;load\n" + "\n".join(rows[280:]) + "\n")
    done = seqtune("fit", "x.csv", "--task", "forecast", *TINY, "--out", "run")
    assert "time: Date Time ('Date' and 'Time' joined; --time COLUMN)" in done.err
    assert "note: line 1 above the rows left out: 'a title'" in done.err
    seqtune("predict", "run", "-o", "one.csv")
    seqtune("predict", "run", "new.csv", "-o", "two.csv")
    first = [pd.read_csv(tmp_path / f"{name}.csv")["Date Time"].iloc[0] for name in ("one", "two")]
    assert first == [f"{times[280]:%Y-%m-%d %H:%M:%S}", "2024-03-17 12:00:00"]
    recipe = (tmp_path / "run" / "recipe.yaml").read_text(encoding="utf-8")
    assert "time: [Date, Time]" in recipe
    again = seqtune(
        "plan", "x.csv", "--task", "forecast", "--recipe", "run/recipe.yaml", "--json"
    ).json
    assert again["rows"] == 280


def test_times_that_all_come_equally_often_are_not_averaged(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    days = [(day, shift) for day in range(1, 29) for shift in (1, 2)]
    rows = [f"2024-01-{day:02d},{shift},{day + shift / 2}" for day, shift in days]
    write(tmp_path / "x.csv", "date,shift,y\n" + "\n".join(rows) + "\n")
    error, hint = refused("fit", "x.csv", "--task", "forecast")
    assert "in column 'date' each time comes 2 times; 'shift' tells them apart" in error
    assert "--series shift" in hint and "--set data.duplicates=mean averages them" in hint
