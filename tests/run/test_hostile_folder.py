"""A run folder from a stranger executes nothing, reads and writes nothing outside itself.

Each attack is a change to a good run folder. Whatever opens the folder refuses it in two lines and
leaves every file as it was; or does its work, the attack having had no effect.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import resource
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import command_line
import h5py
import keras
import numpy as np
import pytest
from command_line import left_alone
from hostile import DEEP, NO_PART, Attack, change, kernel, refuse, rewrite, rewrite_weights

from seqtune.errors import RunError
from seqtune.run.folder import write_record
from seqtune.run.leaderboard import Leaderboard, Row
from seqtune.run.members import Member, write_members
from seqtune.run.run import Run, load
from seqtune.search.network_file import WEIGHTS, load_network, plan_network, save_network
from seqtune.search.recorded import MAX_LAYERS, MAX_SIZE

NAME = "segment-gru-t001"
MODEL = "models/t001.keras"
EVERY = ("report", "predict", "resume")
"""Commands that must refuse what any reader of the folder meets."""


@pytest.fixture(scope="module")
def good(tiny: Any, trained: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one trial on the tiny data."""
    folder: Path = tmp_path_factory.mktemp("good") / "run"
    shutil.copytree(trained.folder, folder)
    tiny.prepared.save(folder)
    record = {"task": "forecast", "status": "interrupted", "data": {}, "seed": 0, "backend": "jax"}
    write_record(folder, {**record, "budget_seconds": 9.0, "seconds": {"total": 1.0}})
    (folder / "recipe.yaml").write_text(tiny.recipe.to_yaml(), encoding="utf-8")
    result = trained.result
    rows = (
        Row("naive", "baseline", {"mase": 1.5}, {"mase": 1.5}, 0.1),
        Row(NAME, "network", {"mase": result.score}, {"mase": result.score}, 0.1, 9, "small"),
    )
    board = Leaderboard("mase", "min", rows).to_dict()
    (folder / "leaderboard.json").write_text(json.dumps(board), encoding="utf-8")
    write_members(folder, {NAME: [Member("t001", 1.0, MODEL, "", result.values)]})
    (folder / "trials.jsonl").write_text(json.dumps(result.to_dict()) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def run(good: Path, tmp_path: Path) -> Path:
    """A copy of the good run, to be attacked; it does not need the price ahead."""
    return Path(shutil.copytree(good, tmp_path / "run"))


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file that attacks make; it may not be there in the end."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists()


@pytest.fixture
def ahead(tiny: Any, tmp_path: Path) -> Path:
    """The prices ahead that a forecast needs."""
    steps = [(shop, day) for shop in "abc" for day in range(1, 4)]
    last = tiny.frame.groupby("shop")["day"].max()
    lines = [f"{shop},{(last[shop] + np.timedelta64(day, 'D')).date()},2.0" for shop, day in steps]
    path = tmp_path / "ahead.csv"
    path.write_text("\n".join(["shop,day,price", *lines, ""]), encoding="utf-8")
    return path


@pytest.fixture
def refused(ahead: Path) -> Callable[..., str]:
    """Run commands on a folder that each must refuse in two lines, and return the last error."""

    def act(folder: Path, *commands: str) -> str:
        error = ""
        for command in commands:
            error = refuse(
                command, folder, *([ahead] if command in ("predict", "evaluate") else [])
            )
        return error

    return act


def forecast(folder: Path, ahead: Path) -> Any:
    return Run(folder).predict(str(ahead))


def change_values(folder: Path, **values: Any) -> None:
    """Change the configuration of the one member."""
    path = folder / "members.json"
    members = json.loads(path.read_text(encoding="utf-8"))
    changed = {key.replace("__", "."): value for key, value in values.items()}
    members[NAME][0]["values"] |= changed
    path.write_text(json.dumps(members), encoding="utf-8")


def test_the_run_that_is_attacked_is_good(run: Path, ahead: Path) -> None:
    assert len(forecast(run, ahead)) == 9
    assert command_line.seqtune("report", run).out
    assert [trial["trial"] for trial in load(run).checked_trials] == ["t001"]


# networks


def test_a_network_loads_as_keras_loads_it(trained: Any, tiny: Any) -> None:
    from seqtune.tasks.forecast.inference import forecast_windows
    from seqtune.tasks.forecast.task import TASK

    path = trained.folder / MODEL
    ours = load_network(TASK, tiny.prepared, trained.result.values, path)
    whole = keras.saving.load_model(path, compile=False, safe_mode=True)
    for mine, theirs in zip(ours.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    prepared = tiny.prepared
    windows = prepared.windows["test"]
    np.testing.assert_array_equal(
        *(
            forecast_windows(model, prepared.coded, windows, prepared.codec, trained.result.values)
            for model in (ours, whole)
        )
    )


def test_a_network_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    class Broken:
        def save(self, path: Path) -> None:
            path.write_bytes(b"half")
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        save_network(Broken(), tmp_path / "t001.keras")
    assert list(tmp_path.iterdir()) == []


def lambda_config(canary: Path) -> bytes:
    """The configuration of a network whose only layer runs code that makes a file."""
    attack = eval(f"lambda x: [open({str(canary)!r}, 'w').close(), x][1]")
    config = keras.Sequential([keras.Input((1,)), keras.layers.Lambda(attack)]).to_json()
    canary.unlink(missing_ok=True)  # the layer was called once
    return str(config).encode()


def system_config(canary: Path) -> bytes:
    """The configuration of a network one of whose layers is a call of `os.system`."""
    layer = {"module": "os", "class_name": "system", "config": f"touch {canary}"}
    return sequential({**layer, "registered_name": "system"})


def builtins_config(canary: Path) -> bytes:
    """The configuration of a network one of whose layers is a built-in function."""
    text = f"open({str(canary)!r}, 'w')"
    layer = {"module": "builtins", "class_name": "function", "config": "exec", "text": text}
    return sequential({**layer, "registered_name": "function", "inbound_nodes": [[text]]})


def sequential(layer: dict[str, Any]) -> bytes:
    first = {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {"batch_shape": [None, 1], "dtype": "float32", "name": "input"},
        "registered_name": None,
    }
    config = {"name": "attack", "trainable": True, "layers": [first, layer]}
    whole = {"module": "keras", "class_name": "Sequential", "config": config}
    return json.dumps({**whole, "registered_name": None}).encode()


@pytest.mark.parametrize("config", [lambda_config, system_config, builtins_config])
def test_what_a_file_says_is_to_be_built_is_not_read(
    run: Path, ahead: Path, canary: Path, config: Callable[[Path], bytes]
) -> None:
    before = forecast(run, ahead)
    rewrite(run / MODEL, {"config.json": config(canary)})
    assert forecast(run, ahead).equals(before)


def test_the_attack_with_a_lambda_works_where_nothing_defends(tmp_path: Path, run: Path) -> None:
    canary = tmp_path / "made"
    rewrite(run / MODEL, {"config.json": lambda_config(canary)})
    keras.saving.load_model(run / MODEL, compile=False, safe_mode=False)
    assert canary.exists()


def test_pickled_weights_are_not_unpickled(
    run: Path, canary: Path, refused: Callable[..., str]
) -> None:
    packed = io.BytesIO()
    np.savez(packed, layers=np.array([Attack(canary)], dtype=object), allow_pickle=True)
    rewrite(run / MODEL, {WEIGHTS: None, "model.weights.npz": packed.getvalue()})
    assert f"expected one {WEIGHTS} in it, found 0" in refused(run, "predict")
    rewrite(run / MODEL, {WEIGHTS: packed.getvalue()})
    refused(run, "predict")
    (run / MODEL).write_bytes(pickle.dumps(Attack(canary)))
    refused(run, "predict")


def test_members_beside_the_weights_go_nowhere(run: Path, ahead: Path, tmp_path: Path) -> None:
    names = ("../../escaped", "/tmp/escaped", "assets/../../../escaped", "assets/x")
    rewrite(run / MODEL, dict.fromkeys(names, b"attack"))
    forecast(run, ahead)
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize("content", [None, b"", b"no network", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_network(run: Path, refused: Callable[..., str], content: bytes | None) -> None:
    (run / MODEL).unlink()
    if content is not None:
        (run / MODEL).write_bytes(content)
    assert f"the network {run / MODEL} is damaged" in refused(run, "predict")


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_network_cut_off(run: Path, refused: Callable[..., str], kept: float) -> None:
    content = (run / MODEL).read_bytes()
    (run / MODEL).write_bytes(content[: int(kept * len(content))])
    refused(run, "predict")


def test_weights_with_a_bit_turned_over(run: Path, refused: Callable[..., str]) -> None:
    """The sum over the member is checked: it is read as a whole."""
    content = bytearray((run / MODEL).read_bytes())
    place = content.find(b"\x89HDF") + 20_000
    content[place] ^= 0xFF
    (run / MODEL).write_bytes(content)
    assert "CRC" in refused(run, "predict")


def test_a_decompression_bomb_is_not_unpacked(run: Path, refused: Callable[..., str]) -> None:
    with zipfile.ZipFile(run / MODEL) as archive:
        stored = archive.read(WEIGHTS)
    rewrite(run / MODEL, {WEIGHTS: stored + bytes(2**26)}, zipfile.ZIP_DEFLATED)
    assert (run / MODEL).stat().st_size < 2**20
    assert "is compressed" in refused(run, "predict")


def test_a_file_with_more_than_the_network_needs(run: Path, refused: Callable[..., str]) -> None:
    with zipfile.ZipFile(run / MODEL) as archive:
        stored = archive.read(WEIGHTS)
    rewrite(run / MODEL, {WEIGHTS: stored + bytes(2**22)})
    assert "bytes, more than the network needs" in refused(run, "predict")


def external_link(file: h5py.File, secret: Path) -> None:
    place = kernel(file).name
    del file[place]
    file[place] = h5py.ExternalLink(str(secret), "/secret")


def external_group(file: h5py.File, secret: Path) -> None:
    del file["layers"]
    file["layers"] = h5py.ExternalLink(str(secret), "/")


def soft_link(file: h5py.File, secret: Path) -> None:
    place, shape = kernel(file).name, kernel(file).shape
    del file[place]
    file["elsewhere"] = np.zeros(shape, np.float32)
    file[place] = h5py.SoftLink("/elsewhere")


def external_values(file: h5py.File, secret: Path) -> None:
    place, shape = kernel(file).name, kernel(file).shape
    del file[place]
    file.create_dataset(place, shape, np.float32, external=[(str(secret), 0, h5py.h5f.UNLIMITED)])


def virtual_values(file: h5py.File, secret: Path) -> None:
    place, shape = kernel(file).name, kernel(file).shape
    del file[place]
    layout = h5py.VirtualLayout(shape, np.float32)
    layout[:1] = h5py.VirtualSource(str(secret), "secret", (8, 99))[:1, : shape[1]]
    file.create_virtual_dataset(place, layout)


def shape_bomb(file: h5py.File, secret: Path) -> None:
    place = kernel(file).name
    del file[place]
    file.create_dataset(place, (2**20, 2**20), np.float32, chunks=(2**10, 2**10), fillvalue=1)


def unwritten(file: h5py.File, secret: Path) -> None:
    """Values that are declared, and stand nowhere: HDF5 makes them up."""
    place, shape = kernel(file).name, kernel(file).shape
    del file[place]
    file.create_dataset(place, shape, np.float32)


def compressed(file: h5py.File, secret: Path) -> None:
    place, values = kernel(file).name, kernel(file)[()]
    del file[place]
    file.create_dataset(place, data=values, compression="gzip")


def other_shape(file: h5py.File, secret: Path) -> None:
    place, values = kernel(file).name, kernel(file)[()]
    del file[place]
    file.create_dataset(place, data=values[:-1])


def other_type(file: h5py.File, secret: Path) -> None:
    place, values = kernel(file).name, kernel(file)[()]
    del file[place]
    file.create_dataset(place, data=values.astype(np.float64))


def texts(file: h5py.File, secret: Path) -> None:
    place = kernel(file).name
    del file[place]
    file.create_dataset(place, data=["a", "b"], dtype=h5py.string_dtype())


def too_few(file: h5py.File, secret: Path) -> None:
    del file[kernel(file).name]


def too_many(file: h5py.File, secret: Path) -> None:
    file["layers/more"] = np.zeros(3, np.float32)


def a_circle(file: h5py.File, secret: Path) -> None:
    file.create_group("layers/empty")  # without arrays, which would be counted first
    file["layers/empty/again"] = file["layers/empty"]


def no_numbers(file: h5py.File, secret: Path) -> None:
    values = kernel(file)
    values[0, 0] = np.nan


def swapped(file: h5py.File, secret: Path) -> None:
    """The arrays are those of the network, at other places than it has."""
    file.move("layers", "layers_")
    file.move("layers_", "layers/deeper")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (external_link, "is a link"),
        (external_group, "is a link"),
        (soft_link, "is a link"),
        (external_values, "is stored elsewhere"),
        (virtual_values, "is stored elsewhere"),
        (shape_bomb, "is stored elsewhere or compressed"),
        (unwritten, "has fewer numbers than it says"),
        (compressed, "or compressed"),
        (other_shape, "do not match the configuration"),
        (other_type, "do not match the configuration"),
        (texts, "is not an array of numbers"),
        (too_few, "do not match the configuration"),
        (too_many, "do not match the configuration"),
        (a_circle, "more groups than a network has layers"),
        (no_numbers, "are not all finite"),
        (swapped, "is damaged"),
    ],
)
def test_hostile_weights(
    run: Path, tmp_path: Path, refused: Callable[..., str], act: Callable[..., None], said: str
) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["secret"] = np.ones((8, 99), np.float32)
    rewrite_weights(run / MODEL, lambda file: act(file, secret))
    assert said in refused(run, "predict")


def test_the_attack_on_other_files_reads_them_where_nothing_defends(
    run: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(np.full(999, 3.0, np.float32).tobytes())
    rewrite_weights(run / MODEL, lambda file: external_values(file, secret))
    with zipfile.ZipFile(run / MODEL) as archive:
        stored = io.BytesIO(archive.read(WEIGHTS))
    with h5py.File(stored, "r") as file:
        assert (kernel(file)[()] == 3.0).all()


def test_weights_that_keras_leaves_out_in_silence(
    run: Path, monkeypatch: pytest.MonkeyPatch, refused: Callable[..., str]
) -> None:
    monkeypatch.setattr(keras.Model, "load_weights", lambda model, path: None)
    assert "its weights belong to other layers" in refused(run, "predict")


# configurations


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"network__cell": "lstn"}, "did you mean 'lstm'?"),
        ({"network__architecture": "segmant"}, "did you mean 'segment'?"),
        ({"network__architecture": "os"}, "network.architecture: found 'os'"),
        ({"network__architecture": "../segment"}, "did you mean 'segment'?"),
        ({"network__cell": None}, "network.cell: found nothing"),
        ({"network__units": 10**9}, f"expected at most {MAX_SIZE}"),
        ({"network__units": 10**40}, "network.units: found "),
        ({"network__units": True}, "network.units: found true"),
        ({"network__units": "many"}, "network.units: found 'many'"),
        ({"network__units": [4]}, "network.units: found [4]"),
        ({"network__layers": 10**6}, f"expected at most {MAX_LAYERS}"),
        ({"network__layers": MAX_LAYERS}, "do not match the configuration"),
        ({"lookback": 10**9}, f"expected at most {MAX_SIZE}"),
        ({"network__segment__length": 10**9}, f"expected at most {MAX_SIZE}"),
        ({"preprocessing__embedding": -1}, "preprocessing.embedding: found -1"),
        ({"network__dropout": 1e30}, "network.dropout: found 1e+30"),
        ({"network__unit": 4}, "did you mean 'network.units'?"),
        ({"\x1b[2J": 4}, r"found unknown key '\x1b[2J'"),
        ({"data__time": "x"}, "found unknown key 'data.time'"),
    ],
)
def test_a_hostile_configuration(
    run: Path, refused: Callable[..., str], values: dict[str, Any], said: str
) -> None:
    change_values(run, **values)
    assert said in refused(run, "predict")
    line = json.loads((run / "trials.jsonl").read_text(encoding="utf-8"))
    line["values"] |= {key.replace("__", "."): value for key, value in values.items()}
    (run / "trials.jsonl").write_text(json.dumps(line), encoding="utf-8")
    if "network__layers" not in values or values["network__layers"] > MAX_LAYERS:
        with pytest.raises(RunError, match=r"trials\.jsonl is damaged"):
            _ = load(run).checked_trials


def test_a_configuration_without_a_key(run: Path, refused: Callable[..., str]) -> None:
    path = run / "members.json"
    members = json.loads(path.read_text(encoding="utf-8"))
    for key in ("network.segment.length", "lookback"):
        del members[NAME][0]["values"][key]
    path.write_text(json.dumps(members), encoding="utf-8")
    said = refused(run, "predict")
    assert "the configuration lacks lookback, network.segment.length" in said


def test_an_enormous_network_is_refused_before_it_is_built(
    run: Path, tiny: Any, refused: Callable[..., str]
) -> None:
    from seqtune.tasks.forecast.task import TASK

    change_values(run, network__units=20_000, preprocessing__embedding=90_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(run, "predict")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes
    values = {**tiny.values, "network.units": 20_000}
    assert ((20_000, 60_000), "float32") in plan_network(TASK, tiny.prepared, values)


def test_a_plan_leaves_nothing_behind(tiny: Any) -> None:
    """Keras would give values to what was only planned when the next scope is left."""
    from seqtune.tasks.forecast.task import TASK

    plan_network(TASK, tiny.prepared, {**tiny.values, "network.units": 20_000})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with keras.StatelessScope():
        pass
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


# names that become paths


def test_a_member_with_a_key_that_is_none(run: Path, refused: Callable[..., str]) -> None:
    members = json.loads((run / "members.json").read_text(encoding="utf-8"))
    members[NAME][0]["\x1b[2J"] = 1
    (run / "members.json").write_text(json.dumps(members), encoding="utf-8")
    assert "unexpected keyword" in refused(run, "predict")


@pytest.mark.parametrize("command", ["predict", "resume"])
@pytest.mark.parametrize(
    "name", ["../../t001", "/etc/passwd", "t1", "t001/..", "t001\n", "T001", "t٠٠١", 1, None]
)
def test_names_of_trials_are_names(
    run: Path, refused: Callable[..., str], command: str, name: object
) -> None:
    if command == "resume":
        line = json.loads((run / "trials.jsonl").read_text(encoding="utf-8"))
        (run / "trials.jsonl").write_text(json.dumps({**line, "trial": name}), encoding="utf-8")
    else:
        members = json.loads((run / "members.json").read_text(encoding="utf-8"))
        members[NAME][0]["trial"] = name
        (run / "members.json").write_text(json.dumps(members), encoding="utf-8")
    refused(run, command)


LINKED = (
    *(MODEL, "models", "trials.jsonl", "log.txt", "data", "data/target.npy", "members.json"),
    *("trials/t001.npy", "oracle", "chart.json", "run.json", "codec.json", "recipe.yaml", "x"),
)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        *((name, "absolute") for name in LINKED),
        *((name, "relative") for name in (MODEL, "log.txt")),
        *((name, "to what is not there") for name in (MODEL, "models", "log.txt", "trials.jsonl")),
    ],
)
def test_links_that_lead_out_of_the_folder(
    run: Path, tmp_path: Path, refused: Callable[..., str], name: str, how: str
) -> None:
    held, secret = run / name, tmp_path / "secret"
    if held.exists():
        held.rename(secret)
    elif how != "to what is not there":
        secret.write_bytes(b"")
    if how == "to what is not there" and held.name != "run.json":
        shutil.rmtree(secret) if secret.is_dir() else secret.unlink(missing_ok=True)
    held.symlink_to(os.path.relpath(secret, held.parent) if how == "relative" else secret)
    before = secret.read_bytes() if secret.is_file() else secret.exists()
    assert "outside the run folder" in refused(run, *EVERY)
    assert before == (secret.read_bytes() if secret.is_file() else secret.exists())


def test_a_link_inside_the_folder_is_followed(run: Path, ahead: Path) -> None:
    (run / MODEL).rename(run / "models" / "kept.keras")
    (run / MODEL).symlink_to("kept.keras")
    forecast(run, ahead)


@pytest.mark.parametrize("name", ["recipe.yaml", MODEL, "trials.jsonl", "x"])
def test_a_pipe_is_not_waited_for(run: Path, refused: Callable[..., str], name: str) -> None:
    (run / name).unlink(missing_ok=True)
    os.mkfifo(run / name)
    assert "is not an ordinary file" in refused(run, "report", "predict")


def test_a_link_to_itself(run: Path, refused: Callable[..., str]) -> None:
    (run / "x").symlink_to("x")
    refused(run, "report")


# JSON


PARTS = ("run.json", "leaderboard.json", "members.json", "codec.json", "data/panel.json")


@pytest.mark.parametrize("name", [*PARTS, "trials.jsonl"])
@pytest.mark.parametrize(
    "content",
    NO_PART,
    ids=lambda content: content[:9],
)
def test_json_that_is_something_else(
    run: Path, refused: Callable[..., str], name: str, content: bytes
) -> None:
    (run / name).write_bytes(content)
    if name == "trials.jsonl" and content in (b"", b"{", b"9" * 5000):  # cut off
        assert load(run).trials == []
        return
    commands = ("report",) if name == "trials.jsonl" else ("predict",)
    assert name.split("/")[0] in refused(run, *commands)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("task", "../forecast"), ("task", "os"), ("task", 7), ("task", "a\x1b[2J")),
        *(("status", "done"), ("status", []), ("seed", -1), ("seed", 1.5), ("seed", True)),
        *(("notes", "text"), ("notes", [1]), ("notes", [["a"]]), ("future", {"a": 1})),
        *(("seconds", 7), ("seconds", {"total": "x"}), ("seconds", {"total": float("nan")})),
        *(("seconds", {"total": -1}), ("budget_seconds", float("inf")), ("budget_seconds", None)),
        *(("budget_seconds", 10**400), ("left_out", []), ("left_out", {"naive": 7})),
        *(("began", 7), ("assumptions", [7]), ("assumptions", {"a": 1}), ("workers", [[1]])),
        *(("format", True), ("format", "1"), ("data", []), ("notes", ["x" * 30_000])),
        *(("notes", ["\ud800"]), ("notes", [json.loads("[" * 50 + "]" * 50)])),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_record_with_something_else(
    run: Path, refused: Callable[..., str], key: str, value: object
) -> None:
    change(run / "run.json", **{key: value})
    commands = ("predict", "resume") if value == "os" else EVERY
    refused(run, *commands)


@pytest.mark.parametrize(
    "row",
    [
        *({"name": "\x1b[2J"}, {"name": ""}, {"name": "x" * 300}, {"name": "naive"}),
        *({"validation": {"mase": 10**400}}, {"validation": []}, {"validation": {"mase": "x"}}),
        *({"parameters": 1e999}, {"fit_seconds": float("nan")}, {"kind": "other"}),
    ],
    ids=str,
)
def test_a_leaderboard_with_something_else(
    run: Path, refused: Callable[..., str], row: dict[str, Any]
) -> None:
    path = run / "leaderboard.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["leaderboard"]
    rows[0].update(row)
    rows = [rows[0], {**rows[1], "name": "naive"}]
    change(path, leaderboard=rows)
    assert "leaderboard.json is damaged" in refused(run, *EVERY)


@pytest.mark.parametrize(
    "change",
    [
        *({"status": "done"}, {"score": float("nan")}, {"score": "best"}, {"scores": "none"}),
        *({"scores": [None]}, {"seconds": -1}, {"training_seconds": "x"}, {"reason": 7}),
        *({"parameters": 1.5}, {"steps": -1}, {"values": []}, {"surprise": 1}),
    ],
    ids=str,
)
def test_trials_with_something_else(
    run: Path, refused: Callable[..., str], change: dict[str, Any]
) -> None:
    line = json.loads((run / "trials.jsonl").read_text(encoding="utf-8"))
    (run / "trials.jsonl").write_text(json.dumps({**line, **change}), encoding="utf-8")
    assert "trials.jsonl is damaged" in refused(run, "report", "resume")


def test_a_trial_stands_once(run: Path, refused: Callable[..., str]) -> None:
    line = (run / "trials.jsonl").read_text(encoding="utf-8")
    (run / "trials.jsonl").write_text(line + line, encoding="utf-8")
    assert "a trial stands in it twice" in refused(run, "report", "resume")


def test_what_a_terminal_obeys_is_only_shown(run: Path) -> None:
    attack = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"
    line = json.loads((run / "trials.jsonl").read_text(encoding="utf-8"))
    failed = {**line, "trial": "t002", "status": "failed", "reason": attack}
    lines = [json.dumps(each) for each in (line, failed)]
    (run / "trials.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
    path = run / "leaderboard.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["leaderboard"]
    change(path, leaderboard=[{**row, "detail": attack} for row in rows])
    change(run / "run.json", notes=[attack], left_out={attack: attack}, began=attack)
    for words in (("report", run), ("runs", run.parent)):
        done = command_line.seqtune(*words)
        assert done.out.replace("\n", "").isprintable()
        assert done.err == ""


def test_a_hostile_run_does_not_hide_the_others(run: Path, good: Path) -> None:
    shutil.copytree(good, run.parent / "other")
    (run / "trials.jsonl").write_text(DEEP, encoding="utf-8")
    listed = command_line.seqtune("runs", run.parent, "--json").json["runs"]
    states = {Path(each["run"]).name: each["status"] for each in listed}
    assert states == {"run": "damaged", "other": "interrupted"}


# data


def codec_of(**keys: Any) -> Callable[[Path], None]:
    return lambda run: change(run / "codec.json", **keys)


def panel_of(**keys: Any) -> Callable[[Path], None]:
    return lambda run: change(run / "data" / "panel.json", **keys)


def array_of(name: str, values: Any, **options: Any) -> Callable[[Path], None]:
    return lambda run: np.save(run / "data" / f"{name}.npy", values, **options)


def grid_of(**keys: Any) -> Callable[[Path], None]:
    """The same axis in the panel and in the codec, so that they agree."""

    def act(run: Path) -> None:
        grid = json.loads((run / "codec.json").read_text(encoding="utf-8"))["grid"]
        change(run / "codec.json", grid={**grid, **keys})
        change(run / "data" / "panel.json", grid={**grid, **keys})

    return act


def broken_header(run: Path) -> None:
    """A header that ends in the middle of a word of Python, which it is written in."""
    path = run / "data" / "starts.npy"
    path.write_bytes(path.read_bytes().replace(b"}", b"{", 1))


def header_bomb(run: Path) -> None:
    """An array of 8 TB in a file of a hundred bytes."""
    header = {"descr": "<f8", "fortran_order": False, "shape": (3, 10**12, 1)}
    with (run / "data" / "ahead.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)


@pytest.mark.parametrize(
    "act",
    [
        *(
            codec_of(horizon=10**9),
            codec_of(horizon=0),
        ),
        *(codec_of(periods=[10**9]), codec_of(periods=[0]), codec_of(periods=["4"])),
        *(codec_of(periods=[2] * 200), codec_of(levels=[]), codec_of(levels=[0.1, 0.9])),
        *(
            codec_of(levels=[0.5, 2.0]),
            codec_of(levels=["x"]),
            codec_of(levels=[0.5, float("nan")]),
        ),
        *(codec_of(series=["a"]), codec_of(series=[["a"]]), codec_of(error_scale=[[1.0]])),
        *(codec_of(error_scale=[[0.0]] * 3), codec_of(center=[[float("nan")]] * 3)),
        *(codec_of(constant=[[True]]), codec_of(constant=[["x"]] * 3), codec_of(constant=7)),
        *(codec_of(center=[[10**400]] * 3), codec_of(spread=[["x"]] * 3), codec_of(roles={})),
        *(
            codec_of(roles={"targets": ["y"]}),
            codec_of(past={"names": []}),
            codec_of(past={"names": ["visitors"], "center": [0.0], "spread": ["9"]}),
            codec_of(categories=[]),
        ),
        *(codec_of(static={"names": [], "center": [], "spread": []}), codec_of(grid={"speed": 1})),
        *(grid_of(frequency="0h"), grid_of(frequency="fast"), grid_of(frequency=7)),
        *(grid_of(frequency="99999999999999999999h"), grid_of(origin="yesterday")),
        *(grid_of(origin=["x"]), grid_of(interval=0), grid_of(interval=10**30), grid_of(snap="x")),
        *(panel_of(series=["a", "a", "b"]), panel_of(arrays={}), panel_of(arrays={"target": 7})),
        *(panel_of(series=[1, 2, 3]), panel_of(static_categories=[]), panel_of(notes=7)),
        *(
            array_of("starts", np.array([0, 0, 2**62])),
            array_of("starts", np.array([0, 0, 10**12])),
        ),
        *(
            array_of("starts", np.array([0, 0, -(2**63)])),
            array_of("offsets", np.array([0, 9, 9, 9])),
        ),
        *(array_of("offsets", np.array([0, -5, 64, 90])), array_of("offsets", np.array(7))),
        *(
            array_of("train_end", np.array([-9, 9, 9])),
            array_of("train_end", np.array([2**40] * 3)),
        ),
        *(array_of("train_end", np.array([1.5] * 3)), array_of("validation_end", np.arange(4))),
        *(array_of("train_end", np.array([{}] * 3), allow_pickle=True), header_bomb, broken_header),
    ],
)
def test_hostile_data(run: Path, refused: Callable[..., str], act: Callable[[Path], None]) -> None:
    act(run)
    assert "damaged" in refused(run, "predict", "resume")


def test_data_that_is_pickled_is_not_unpickled(
    run: Path, canary: Path, refused: Callable[..., str]
) -> None:
    attack = np.array([Attack(canary)] * 3, dtype=object)
    for name in ("target", "train_end", "starts"):
        np.save(run / "data" / f"{name}.npy", attack, allow_pickle=True)
        refused(run, "predict")


def test_an_array_with_more_than_it_says(run: Path, refused: Callable[..., str]) -> None:
    with (run / "data" / "target.npy").open("ab") as file:
        file.write(bytes(8))
    assert "bytes of values, expected" in refused(run, "predict")


def test_targets_that_are_no_numbers(run: Path, refused: Callable[..., str]) -> None:
    target = np.load(run / "data" / "target.npy")
    target[5] = np.nan
    np.save(run / "data" / "target.npy", target)
    assert "targets are not all numbers" in refused(run, "predict")


def test_a_network_that_predicts_no_numbers(run: Path, refused: Callable[..., str]) -> None:
    def enlarge(file: h5py.File) -> None:
        def act(name: str, entry: Any) -> None:
            if name.startswith("layers/quantile_head") and isinstance(entry, h5py.Dataset):
                entry[...] = 3e38

        file.visititems(act)

    rewrite_weights(run / MODEL, enlarge)
    with np.errstate(all="ignore"):
        assert "does not predict numbers" in refused(run, "predict")


# recipes


BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
)


@pytest.mark.parametrize(
    "text",
    [
        *(BOMB, "task: &a [*a]", "!!python/object/apply:os.system ['touch canary']", "[" * 5000),
        *("task: forecast\ndata: !!python/name:os.system", "task: generate", "- a", "\x00", ""),
        *("task: forecast\nnetwork: {units: 1e999}", "task: forecast\nseed: " + "9" * 5000),
    ],
    ids=lambda text: text[:20],
)
def test_hostile_recipes(run: Path, canary: Path, text: str) -> None:
    attack = text.replace("touch canary", f"touch {canary}")
    (run / "recipe.yaml").write_text(attack, encoding="utf-8")
    with left_alone(run):
        done = command_line.seqtune("resume", run, code=1)
    assert done.err.startswith("error: ") and "\nhint: " in done.err
    assert "Traceback" not in done.err
