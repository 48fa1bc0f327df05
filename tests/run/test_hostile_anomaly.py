"""A run folder from a stranger, made for anomalies, is refused in two lines or does no harm."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import command_line
import h5py
import numpy as np
import pandas as pd
import pytest
from command_line import TINY_ANOMALY
from hostile import NO_PART, Attack, change, kernel, refusals_of_mutations, refuse, rewrite_weights

from seqtune.run.predictor import NETWORK
from seqtune.run.run import Run

NAME = "stacked-gru-t001"
MODEL = "models/t001.keras"
Act = Callable[[Path], None]


def table(rows: int, start: str) -> pd.DataFrame:
    """Hours of two channels with a daily season."""
    times = pd.date_range(start, periods=rows, freq="h")
    angle = np.asarray(times.hour) * 2 * np.pi / 24
    noise = np.random.default_rng(0).normal(0, 0.05, (rows, 2))
    load, heat = np.sin(angle) + noise[:, 0], np.cos(angle) + noise[:, 1]
    return pd.DataFrame({"time": times, "load": load, "heat": heat})


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, with new rows beside it."""
    folder: Path = tmp_path_factory.mktemp("good")
    table(300, "2024-01-01").to_csv(folder / "data.csv", index=False)
    table(30, "2024-01-13 12:00").to_csv(folder / "new.csv", index=False)
    flags = (*TINY_ANOMALY, "--lookback", "8", "--quiet", "--out", folder / "run")
    command_line.seqtune("fit", folder / "data.csv", "--task", "anomaly", *flags)
    return folder


@pytest.fixture
def run(good: Path, tmp_path: Path) -> Path:
    """A copy of the good run, to be attacked."""
    return Path(shutil.copytree(good / "run", tmp_path / "run"))


@pytest.fixture
def refused(good: Path) -> Callable[..., str]:
    """Score with a run, which must refuse in two lines; return the error."""
    return lambda folder: refuse("predict", folder, good / "new.csv", "--use", NETWORK)


def codec_of(**keys: Any) -> Act:
    return lambda run: change(run / "codec.json", **keys)


def role_of(**keys: Any) -> Act:
    def act(run: Path) -> None:
        roles = json.loads((run / "codec.json").read_text(encoding="utf-8"))["roles"]
        change(run / "codec.json", roles={**roles, **keys})

    return act


def calibration_of(**keys: Any) -> Act:
    def act(run: Path) -> None:
        known = json.loads((run / "calibration.json").read_text(encoding="utf-8"))["t001"]
        change(run / "calibration.json", t001={**known, **keys})

    return act


def tail_of(**keys: Any) -> Act:
    def act(run: Path) -> None:
        known = json.loads((run / "calibration.json").read_text(encoding="utf-8"))["t001"]
        known["states"] |= keys
        change(run / "calibration.json", t001=known)

    return act


def array_of(name: str, values: Any) -> Act:
    return lambda run: np.save(run / "data" / f"{name}.npy", values)


def value_of(key: str, value: object) -> Act:
    def act(run: Path) -> None:
        members = json.loads((run / "members.json").read_text(encoding="utf-8"))
        members[NAME][0]["values"][key] = value
        (run / "members.json").write_text(json.dumps(members), encoding="utf-8")

    return act


def test_the_run_that_is_attacked_is_good(run: Path, good: Path) -> None:
    assert Run(run).predict(str(good / "new.csv"), use=NETWORK)["score"].notna().all()
    assert command_line.seqtune("report", run).out


@pytest.mark.parametrize("name", ["codec.json", "calibration.json", "members.json", "run.json"])
@pytest.mark.parametrize("content", NO_PART, ids=lambda content: content[:9])
def test_json_that_is_something_else(
    run: Path, refused: Callable[..., str], name: str, content: bytes
) -> None:
    (run / name).write_bytes(content)
    assert name in refused(run)


@pytest.mark.parametrize(
    "act",
    [
        *(codec_of(season=0), codec_of(season=10**9), codec_of(season=2.5), codec_of(bridge=-1)),
        *(codec_of(context=10**9), codec_of(context="8"), codec_of(periods=[0])),
        *(codec_of(periods=[24] * 200), codec_of(cycles=[0.0]), codec_of(cycles=[float("nan")])),
        *(codec_of(cycles=["24"]), codec_of(cycles=[24.0] * 200), codec_of(false_alarms=0)),
        *(codec_of(false_alarms=2), codec_of(false_alarms=True), codec_of(false_alarms=10**400)),
        *(codec_of(center=[[0.0]]), codec_of(center=[[float("nan")] * 2]), codec_of(center=7)),
        *(codec_of(spread=[[0.0, 1.0]]), codec_of(spread=[[-1.0, 1.0]]), codec_of(spread="x")),
        *(codec_of(activity_spread=[[0.0, 0.0]]), codec_of(activity_center=[["x", "y"]])),
        *(codec_of(low=[[9.0] * 4], high=[[-9.0] * 4]), codec_of(high=[[1.0] * 3])),
        *(codec_of(low=[[float("-inf")] * 4]), codec_of(low=[[10**400] * 4])),
        *(codec_of(series=[]), codec_of(series=["a"]), codec_of(series=7), codec_of(grid={})),
        *(codec_of(roles={}), role_of(targets=[]), role_of(targets=["heat", "load"])),
        *(role_of(time=7), role_of(series=[]), role_of(label={}), role_of(series="")),
        *(codec_of(noncausal=1), codec_of(noncausal="no"), codec_of(flat_line=[])),
    ],
)
def test_a_hostile_codec(run: Path, refused: Callable[..., str], act: Act) -> None:
    act(run)
    assert "codec.json is damaged" in refused(run)


@pytest.mark.parametrize(
    "act",
    [
        *(calibration_of(states={}), calibration_of(states=7), calibration_of(more=1)),
        *(tail_of(scores=[0.0, 1e300]), tail_of(scores=[2.0, 1.0]), tail_of(levels=[])),
        *(tail_of(levels=[0.0, float("inf")]), tail_of(independent=-3.0), tail_of(other=1.0)),
        lambda run: change(run / "calibration.json", t001={}),
    ],
)
def test_a_hostile_calibration(run: Path, refused: Callable[..., str], act: Act) -> None:
    act(run)
    assert "calibration.json is damaged" in refused(run)


@pytest.mark.parametrize(
    "act",
    [
        *(array_of("labels", np.full(300, 7, np.int8)), array_of("labels", np.zeros(3, np.int8))),
        *(array_of("labels", np.zeros(300)), array_of("observed", np.ones((300, 2), np.int8))),
        *(array_of("target", np.full((300, 2), np.nan)), array_of("target", np.zeros((300, 3)))),
        *(array_of("target", np.full((300, 2), np.inf)), array_of("target", np.zeros((2, 300)))),
        *(array_of("offsets", np.array([0, 2**60])), array_of("offsets", np.array([0]))),
        *(array_of("starts", np.array([2**62])), array_of("starts", np.array([-(2**63)]))),
        *(array_of("train_end", np.array([2**40])), array_of("train_end", np.array([-9]))),
        *(array_of("validation_end", np.array([0])), array_of("validation_end", np.arange(4))),
        lambda run: (run / "data" / "labels.npy").unlink(),
        lambda run: (run / "data" / "labels.npy").write_bytes(b"\x93NUMPY\x01\x00"),
    ],
)
def test_hostile_arrays(run: Path, refused: Callable[..., str], act: Act) -> None:
    act(run)
    assert str(run / "data") in refused(run) or "codec.json" in refused(run)


def test_arrays_that_are_pickled_are_not_unpickled(
    run: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    canary = tmp_path / "canary"
    for name in ("labels", "target", "train_end"):
        np.save(run / "data" / f"{name}.npy", np.array([Attack(canary)], object), allow_pickle=True)
        refused(run)
    assert not canary.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("lookback", 0), ("lookback", 10**12), ("lookback", "8"), ("preprocessing.points", 0)),
        *(
            ("preprocessing.points", 10**9),
            ("preprocessing.reach", -1.0),
            ("preprocessing.reach", 1e18),
        ),
        *(
            ("preprocessing.activity", "x"),
            ("preprocessing.calendar", 7),
            ("network.cell", "../gru"),
        ),
        *(("network.architecture", "os"), ("network.units", 10**9), ("network.layers", 10**6)),
        *(("network.autoencoder.code", -3), ("training.trim", "x"), ("unknown", 1)),
    ],
)
def test_a_hostile_configuration(
    run: Path, refused: Callable[..., str], key: str, value: object
) -> None:
    value_of(key, value)(run)
    refused(run)


@pytest.mark.parametrize(
    "member",
    [
        *({"trial": "../t001"}, {"trial": ""}, {"weight": 0}, {"weight": float("nan")}),
        *({"model": "/etc/passwd"}, {"model": "../x"}, {"baseline": "../os"}, {"baseline": 7}),
        *({"baseline": "no_method", "trial": "", "model": ""}, {"values": []}, {"extra": 1}),
    ],
    ids=str,
)
def test_a_hostile_member(run: Path, refused: Callable[..., str], member: dict[str, Any]) -> None:
    members = json.loads((run / "members.json").read_text(encoding="utf-8"))
    members[NAME][0].update(member)
    (run / "members.json").write_text(json.dumps(members), encoding="utf-8")
    refused(run)


def test_a_network_that_scores_no_numbers(run: Path, refused: Callable[..., str]) -> None:
    def spoil(file: h5py.File) -> None:
        kernel(file)[...] = np.nan

    rewrite_weights(run / MODEL, spoil)
    refused(run)


@pytest.mark.parametrize(
    "keys",
    [
        *({"kind": "os"}, {"title": 7}, {"times": 7}, {"values": ["x"]}, {"marked": None}),
        *({"values": []}, {"events": -1}, {"rows": 1e9}, {"threshold": "x"}, {"strangest": 7}),
        *({"strangest": [{}]}, {"strangest": [7] * 5}, {"more": 1}, {"threshold": None}),
    ],
    ids=str,
)
def test_a_hostile_chart_is_refused(run: Path, keys: dict[str, Any]) -> None:
    change(run / "chart.json", **keys)
    assert "chart.json is damaged" in refuse("report", run)


@pytest.mark.parametrize("number", [1e308, -1e308, 10**400, -(10**400), float("nan")])
def test_a_chart_of_enormous_numbers_is_drawn_or_refused(run: Path, number: float) -> None:
    chart = json.loads((run / "chart.json").read_text(encoding="utf-8"))
    change(run / "chart.json", values=[number] * len(chart["values"]), threshold=number)
    done = command_line.seqtune("report", run, code=None)
    assert done.code in (0, 1) and "Traceback" not in done.err
    assert (done.code == 1) == ("chart.json is damaged" in done.err)


def test_what_a_terminal_obeys_is_only_shown(run: Path) -> None:
    attack = "\x1b]0;owned\x07\x1b[2J\u202e"
    chart = json.loads((run / "chart.json").read_text(encoding="utf-8"))
    named = {"start": attack, "end": attack, "peak": attack, "series": attack, "channel": attack}
    strange = [{**each, **named} for each in chart["strangest"]]
    times = [attack] * len(chart["times"])
    change(run / "chart.json", title=attack, times=times, strangest=strange)
    done = command_line.seqtune("report", run)
    assert done.out.replace("\n", "").isprintable() and done.err == ""


def test_whatever_is_changed_nothing_but_an_error_of_seqtune_comes(run: Path, good: Path) -> None:
    names = ("codec.json", "calibration.json", "members.json", "leaderboard.json", "chart.json")
    new = str(good / "new.csv")
    refusals = refusals_of_mutations(run, names, lambda: Run(run).predict(new, use=NETWORK), 24)
    assert 8 < refusals < 24
