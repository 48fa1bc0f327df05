"""A run folder from a stranger, made for writing text, is refused in two lines or does no harm."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import command_line
import numpy as np
import pytest
from command_line import DATA, TINY_GENERATE
from hostile import NO_PART, Attack, change, refusals_of_mutations, refuse

from seqtune.errors import SeqtuneError
from seqtune.run.predictor import NETWORK
from seqtune.run.run import Run

Act = Callable[[Path], None]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run on the first tales."""
    folder: Path = tmp_path_factory.mktemp("good")
    text = (DATA / "tales.txt").read_text(encoding="utf-8")[:20_000]
    (folder / "tales.txt").write_text(text, encoding="utf-8")
    flags = (*TINY_GENERATE, "--executor", "inline", "--quiet", "--out", folder / "run")
    command_line.seqtune("fit", folder / "tales.txt", "--task", "generate", *flags)
    return folder / "run"


@pytest.fixture
def run(good: Path, tmp_path: Path) -> Path:
    """A copy of the good run, to be attacked."""
    return Path(shutil.copytree(good, tmp_path / "run"))


def written(folder: Path) -> str:
    return Run(folder).generate("Once", 5, temperature=0.5, use=NETWORK)


def refused(folder: Path) -> str:
    return refuse("generate", folder, "--prompt", "Once", "--length", "5", "--use", NETWORK)


def codec_of(**keys: Any) -> Act:
    return lambda run: change(run / "codec.json", **keys)


def tokens_of(**keys: Any) -> Act:
    def act(run: Path) -> None:
        tokens = json.loads((run / "codec.json").read_text(encoding="utf-8"))["tokens"]
        change(run / "codec.json", tokens={"character": {**tokens["character"], **keys}})

    return act


def counts_of(change_them: Callable[[list[int]], Any]) -> Act:
    def act(run: Path) -> None:
        counts = json.loads((run / "codec.json").read_text(encoding="utf-8"))["counts"]
        change(run / "codec.json", counts={"character": change_them(counts["character"])})

    return act


def test_the_run_that_is_attacked_is_good(run: Path) -> None:
    assert written(run).startswith("Once")
    assert command_line.seqtune("report", run).out


@pytest.mark.parametrize("name", ["codec.json", "members.json", "run.json"])
@pytest.mark.parametrize("content", NO_PART, ids=lambda content: content[:9])
def test_json_that_is_something_else(run: Path, name: str, content: bytes) -> None:
    (run / name).write_bytes(content)
    assert name in refused(run)


@pytest.mark.parametrize(
    "act",
    [
        *(codec_of(objective="os"), codec_of(metric=7), codec_of(column=[]), codec_of(tokens={})),
        *(codec_of(documents=-1), codec_of(documents="x"), codec_of(characters=[1])),
        *(codec_of(borders={}), codec_of(borders={"character": [9, 1, 0]})),
        *(codec_of(borders={"character": [1, 2, 10**12]}), codec_of(borders={"character": "x"})),
        *(tokens_of(kind="os"), tokens_of(vocabulary=[]), tokens_of(vocabulary=[7] * 9)),
        *(tokens_of(vocabulary=["a"] * 60), tokens_of(vocabulary=None), tokens_of(merges=[["a"]])),
    ],
)
def test_a_hostile_codec(run: Path, act: Act) -> None:
    act(run)
    assert "damaged" in refused(run)


@pytest.mark.parametrize("counts", [{}, [], "x", None, {"word": [1]}, {"os": 7}])
def test_counts_that_are_not_those_of_the_vocabularies(run: Path, counts: Any) -> None:
    change(run / "codec.json", counts=counts)
    assert "damaged" in refused(run)


@pytest.mark.parametrize("count", [-1, True, 0.5, "1", None, [1], 10**30, math.nan, math.inf])
def test_a_count_that_is_none(run: Path, count: Any) -> None:
    counts_of(lambda counts: [*counts[1:], count])(run)
    assert "damaged" in refused(run)


@pytest.mark.parametrize(
    "change_them",
    [
        *(lambda counts: counts[1:], lambda counts: [*counts, 1], lambda counts: []),
        *(lambda counts: "x", lambda counts: 7, lambda counts: dict(enumerate(counts))),
    ],
)
def test_counts_of_more_or_fewer_tokens(run: Path, change_them: Callable[[Any], Any]) -> None:
    counts_of(change_them)(run)
    assert "damaged" in refused(run)


@pytest.mark.parametrize("seen", [[], [0], [0, 1]])
def test_counts_by_which_training_had_no_text(run: Path, seen: list[int]) -> None:
    """Only the end of a text, or what is unknown, which are never written here."""
    counts_of(lambda counts: [int(token in seen) for token in range(len(counts))])(run)
    with suppress(SeqtuneError):
        assert written(run).startswith("Once")


@pytest.mark.parametrize(
    "values",
    [np.full(20_001, 60_000, np.uint16), np.zeros(3, np.uint16), np.zeros((2, 9)), np.array(7)],
)
def test_hostile_tokens(run: Path, values: Any) -> None:
    np.save(run / "data" / "character.npy", values)
    assert "damaged" in refused(run)


def test_tokens_that_are_pickled_are_not_unpickled(run: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    attack = np.array([Attack(canary)] * 20_001, object)
    np.save(run / "data" / "character.npy", attack, allow_pickle=True)
    refused(run)
    assert not canary.exists()


def test_what_a_terminal_obeys_is_only_shown(run: Path) -> None:
    attack = "\x1b]0;owned\x07\x1b[2J\u202e"
    change(run / "chart.json", text=attack, model=attack)
    done = command_line.seqtune("report", run, code=None)
    assert "\x1b" not in done.out + done.err and "\u202e" not in done.out + done.err


def test_whatever_is_changed_nothing_but_an_error_of_seqtune_comes(run: Path) -> None:
    names = ("codec.json", "members.json", "leaderboard.json", "chart.json")
    refusals = refusals_of_mutations(run, names, lambda: written(run), 24)
    assert 8 < refusals < 24
