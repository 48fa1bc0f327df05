"""What Weights & Biases keeps while it is offline, read again record by record."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recorded_search import outcome, play, tracked

from seqtune.trackers.wandb import start

pytest.importorskip("wandb")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

BLOCK = 32768


def records(file: Path) -> Iterator[Any]:
    """Yield the records of a file: seven bytes, then a log of blocks as LevelDB has it."""
    from wandb.proto.wandb_internal_pb2 import Record

    content, place, part = file.read_bytes(), 7, b""
    while place + 7 <= len(content):
        if (left := BLOCK - place % BLOCK) < 7:
            place += left
            continue
        _, length, kind = struct.unpack_from("<IHB", content, place)
        part += content[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):  # whole, or the last part
            yield Record.FromString(part)
            part = b""


def runs_below(folder: Path) -> dict[str, list[Any]]:
    """Return the records of every run by its name."""
    found = {}
    for file in folder.glob("wandb/offline-run-*/*.wandb"):
        read = list(records(file))
        found[next(each.run.display_name for each in read if each.HasField("run"))] = read
    return found


def rows_of(read: list[Any]) -> list[dict[str, Any]]:
    """Return what was logged, row by row."""
    return [
        {
            item.key or "/".join(item.nested_key): json.loads(item.value_json)
            for item in each.history.item
        }
        for each in read
        if each.HasField("history")
    ]


def test_a_search_is_a_group_of_runs_beside_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MODE", "DIR", "PROJECT", "BASE_URL", "ENTITY"):
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "settings").write_text("[default]\nentity = stranger\nproject = theirs\n")
    monkeypatch.chdir(tmp_path)
    run = tracked(tmp_path)
    play(start(run), outcome(tmp_path))
    found = runs_below(run.place)
    assert sorted(found) == [
        "sales", "sales/t001", "sales/t002", "sales/t002-2", "sales/t003", "sales/t004",
    ]  # fmt: skip
    begun = next(each.run for each in found["sales/t001"] if each.HasField("run"))
    assert (begun.run_group, begun.job_type, begun.project) == ("sales", "trial", "seqtune")
    assert begun.entity == ""  # that of the account, whatever a file beside the data says
    config = {
        item.key or "/".join(item.nested_key): item.value_json for item in begun.config.update
    }
    assert json.loads(config["network.units"]) == 8
    epochs = [(row["epoch"], row["mase"]) for row in rows_of(found["sales/t001"])]
    assert epochs == [(1, 0.9), (2, 0.7)]
    best = [row["best/mase"] for row in rows_of(found["sales"]) if "best/mase" in row]
    assert best == [0.7, 0.7, 0.7]
    kept = [each.artifact for each in found["sales"] if each.HasField("artifact")]
    assert [(each.name, each.type) for each in kept] == [("sales-report", "report")]
