"""The networks of a run folder from a stranger: what stands in their files is never executed.

Each attack is a change to a good run. What opens the folder refuses it in two lines and leaves
every file as it was; or does its work, the attack having had no effect.
"""

from __future__ import annotations

import io
import json
import pickle
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from hostile import Attack, kernel, put, rewrite, rewrite_weights
from tiny_runs import Victim

from seqtune.errors import RunError
from seqtune.run.load import load
from seqtune.runtime.network import KerasNetwork
from seqtune.search.network_file import WEIGHTS, load_network, plan_network, save_network
from seqtune.search.recorded import MAX_LAYERS, MAX_SIZE

NAME = "segment-gru-t001"
MODEL = "models/t001.keras"


def change_values(folder: Path, **values: Any) -> None:
    """Change the configuration of the one member."""
    for key, value in values.items():
        put(folder / "members.json", f"{NAME}/0/values/{key.replace('__', '.')}", value)


def test_a_network_loads_as_keras_loads_it(trained: Any, tiny: Any) -> None:
    from seqtune.tasks.forecast.inference import forecast_windows
    from seqtune.tasks.forecast.task import TASK

    path = trained.folder / MODEL
    ours = load_network(TASK, tiny.prepared, trained.result.values, path)
    whole = keras.saving.load_model(path, compile=False, safe_mode=True)
    for mine, theirs in zip(ours.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    prepared, values = tiny.prepared, trained.result.values
    windows = prepared.windows["test"]
    np.testing.assert_array_equal(
        *(
            forecast_windows(network, prepared.coded, windows, prepared.codec, values)
            for network in map(KerasNetwork, (ours, whole))
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
    run: Path, victim: Victim, canary: Path, config: Callable[[Path], bytes]
) -> None:
    before = victim.use()
    rewrite(run / MODEL, {"config.json": config(canary)})
    assert victim.use().equals(before)


def test_the_attack_with_a_lambda_works_where_nothing_defends(tmp_path: Path, run: Path) -> None:
    canary = tmp_path / "made"
    rewrite(run / MODEL, {"config.json": lambda_config(canary)})
    keras.saving.load_model(run / MODEL, compile=False, safe_mode=False)
    assert canary.exists()


def test_pickled_weights_are_not_unpickled(run: Path, canary: Path, victim: Victim) -> None:
    packed = io.BytesIO()
    np.savez(packed, layers=np.array([Attack(canary)], dtype=object), allow_pickle=True)
    rewrite(run / MODEL, {WEIGHTS: None, "model.weights.npz": packed.getvalue()})
    assert f"expected one {WEIGHTS} in it, found 0" in victim.refused()
    rewrite(run / MODEL, {WEIGHTS: packed.getvalue()})
    assert f"the network {run / MODEL} is damaged" in victim.refused()
    (run / MODEL).write_bytes(pickle.dumps(Attack(canary)))
    assert f"the network {run / MODEL} is damaged" in victim.refused()


def test_members_beside_the_weights_go_nowhere(run: Path, victim: Victim, tmp_path: Path) -> None:
    names = ("../../escaped", "/tmp/escaped", "assets/../../../escaped", "assets/x")
    rewrite(run / MODEL, dict.fromkeys(names, b"attack"))
    assert len(victim.use()) == 9
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize("content", [None, b"", b"no network", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_network(run: Path, victim: Victim, content: bytes | None) -> None:
    (run / MODEL).unlink()
    if content is not None:
        (run / MODEL).write_bytes(content)
    assert f"the network {run / MODEL} is damaged" in victim.refused()


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_network_cut_off(run: Path, victim: Victim, kept: float) -> None:
    content = (run / MODEL).read_bytes()
    (run / MODEL).write_bytes(content[: int(kept * len(content))])
    assert f"the network {run / MODEL} is damaged" in victim.refused()


def test_weights_with_a_bit_turned_over(run: Path, victim: Victim) -> None:
    """The sum over the member is checked: it is read as a whole."""
    content = bytearray((run / MODEL).read_bytes())
    place = content.find(b"\x89HDF") + 20_000
    content[place] ^= 0xFF
    (run / MODEL).write_bytes(content)
    assert "CRC" in victim.refused()


def test_a_decompression_bomb_is_not_unpacked(run: Path, victim: Victim) -> None:
    with zipfile.ZipFile(run / MODEL) as archive:
        stored = archive.read(WEIGHTS)
    rewrite(run / MODEL, {WEIGHTS: stored + bytes(2**26)}, zipfile.ZIP_DEFLATED)
    assert (run / MODEL).stat().st_size < 2**20
    assert "is compressed" in victim.refused()


def test_a_file_with_more_than_the_network_needs(run: Path, victim: Victim) -> None:
    with zipfile.ZipFile(run / MODEL) as archive:
        stored = archive.read(WEIGHTS)
    rewrite(run / MODEL, {WEIGHTS: stored + bytes(2**22)})
    assert "bytes, more than the network needs" in victim.refused()


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
    run: Path, tmp_path: Path, victim: Victim, act: Callable[..., None], said: str
) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["secret"] = np.ones((8, 99), np.float32)
    rewrite_weights(run / MODEL, lambda file: act(file, secret))
    assert said in victim.refused()


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
    run: Path, monkeypatch: pytest.MonkeyPatch, victim: Victim
) -> None:
    monkeypatch.setattr(keras.Model, "load_weights", lambda model, path: None)
    assert "its weights belong to other layers" in victim.refused()


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
    run: Path, victim: Victim, values: dict[str, Any], said: str
) -> None:
    change_values(run, **values)
    assert said in victim.refused()
    line = json.loads((run / "trials.jsonl").read_text(encoding="utf-8"))
    line["values"] |= {key.replace("__", "."): value for key, value in values.items()}
    (run / "trials.jsonl").write_text(json.dumps(line), encoding="utf-8")
    if "network__layers" not in values or values["network__layers"] > MAX_LAYERS:
        with pytest.raises(RunError, match=r"trials\.jsonl is damaged"):
            _ = load(run).checked_trials


def test_a_configuration_without_a_key(run: Path, victim: Victim) -> None:
    path = run / "members.json"
    members = json.loads(path.read_text(encoding="utf-8"))
    for key in ("network.segment.length", "lookback"):
        del members[NAME][0]["values"][key]
    path.write_text(json.dumps(members), encoding="utf-8")
    said = victim.refused()
    assert "the configuration lacks lookback, network.segment.length" in said


def test_an_enormous_network_is_refused_before_it_is_built(
    run: Path, tiny: Any, victim: Victim
) -> None:
    from seqtune.tasks.forecast.task import TASK

    change_values(run, network__units=20_000, preprocessing__embedding=90_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert f"the network {run / MODEL} is damaged" in victim.refused()
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


def test_a_network_that_predicts_no_numbers(run: Path, victim: Victim) -> None:
    def enlarge(file: h5py.File) -> None:
        def act(name: str, entry: Any) -> None:
            if name.startswith("layers/quantile_head") and isinstance(entry, h5py.Dataset):
                entry[...] = 3e38

        file.visititems(act)

    rewrite_weights(run / MODEL, enlarge)
    with np.errstate(all="ignore"):
        assert "predicts values that are not finite" in victim.refused()
