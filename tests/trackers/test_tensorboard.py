"""Event files, read again record by record."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recorded_search import outcome, play, tracked

from seqtune.trackers.tensorboard import start

pytest.importorskip("tensorboardX")


def records(folder: Path) -> Iterator[Any]:
    """Yield what stands in the event files of a folder: length, checksum, event, checksum."""
    from tensorboardX.proto.event_pb2 import Event

    for file in sorted(folder.glob("events.*")):
        content, place = file.read_bytes(), 0
        while place < len(content):
            (length,) = struct.unpack_from("<Q", content, place)
            yield Event.FromString(content[place + 12 : place + 12 + length])
            place += 16 + length


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for event in records(folder):
        for value in event.summary.value:
            if value.HasField("simple_value"):
                point = (event.step, round(value.simple_value, 4))
                found.setdefault(value.tag, []).append(point)
    return found


def texts(folder: Path) -> dict[str, str]:
    return {
        value.tag.removesuffix("/text_summary"): value.tensor.string_val[0].decode()
        for event in records(folder)
        for value in event.summary.value
        if value.tensor.string_val
    }


def test_a_search_stands_in_event_files(tmp_path: Path) -> None:
    run = tracked(tmp_path)
    play(start(run), outcome(tmp_path))
    folder = Path(run.folder) / "tensorboard"
    own = scalars(folder)
    assert own["best/mase"] == [(1, 0.7), (2, 0.7), (3, 0.7)]
    assert own["baseline/naive"] == [(0, 1.5)] and "baseline/ets" not in own
    assert (own["result/test/mase"], own["result/skill"]) == ([(0, 0.75)], [(0, 0.5)])
    assert (own["system/cpu_percent"], own["system/memory_megabytes"]) == ([(1, 150)], [(1, 2)])
    assert scalars(folder / "t001")["mase"] == [(1, 0.9), (2, 0.7)]
    assert sorted(scalars(folder / "t002")["mase"]) == [(1, 1.2), (2, 0.8)]
    assert "mase" not in scalars(folder / "t003")
    said = texts(folder)
    assert "horizon: 7" in said["parameters"] and "two rows left out" in said["notes"]
    assert "test 0.75" in said["leaderboard"] and "complete" in said["status"]
    assert "out of memory" in texts(folder / "t003")["trial/status"]


def test_trials_have_hyperparameters(tmp_path: Path) -> None:
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData

    run = tracked(tmp_path)
    play(start(run), outcome(tmp_path))
    data = [
        HParamsPluginData.FromString(value.metadata.plugin_data.content)
        for event in records(Path(run.folder) / "tensorboard" / "t001")
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "hparams"
    ]
    (given,) = [each.session_start_info.hparams for each in data if each.session_start_info.hparams]
    assert given["network.units"].number_value == 8
    assert given["network.cell"].string_value == "gru"


def test_tensorflow_is_not_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path[:0] = [sys.argv[1]]\n"
        "from recorded_search import outcome, play, tracked\n"
        "from seqtune.trackers.tensorboard import start\n"
        "play(start(tracked(Path(sys.argv[2]))), outcome(Path(sys.argv[2])))\n"
        "print({'tensorflow', 'tensorboard', 'torch', 'keras'} & set(sys.modules))"
    )
    words = [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path)]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "set()\n"
