"""Whatever stands at one place of a run's JSON is refused by an error of seqtune, or harmless.

What reads files is asked for everything but networks, which take their time:
`test_hostile_network` has what concerns them.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import command_line
import pytest
from hostile import restored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from mutation import JUNK, mutated, places
from tiny_runs import SAMPLES, Victim

from seqtune.errors import SeqtuneError
from seqtune.run.load import load
from seqtune.workflow.resume import baselines_of

TEXTS = some.text(max_size=20)
LEAVES = some.one_of(
    some.sampled_from(JUNK),
    some.integers(-(10**20), 10**20),
    some.floats(),
    TEXTS,
    some.lists(some.integers(-3, 3) | TEXTS, max_size=3),
    some.dictionaries(TEXTS, some.integers(-3, 3), max_size=2),
)


def readings(victim: Victim) -> Iterator[Callable[[], object]]:
    """What reads the files of a run, each file at least once."""
    run = load(victim.folder)
    yield lambda: [run.status, run.summary, run.leaderboard]
    yield lambda: [run.trials, run.checked_trials, run.recipe]
    yield lambda: run.prepared.describe()
    yield lambda: run.predictor.members
    yield lambda: run.predictor.calibrations
    yield lambda: [run.prepared.encoded(part).__len__() for part in ("validation", "test")]
    yield lambda: baselines_of(run)


def documents(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every JSON document of a run: the file, and the line of it; -1 for the whole file."""
    for path in sorted(folder.rglob("*.json")):
        yield path, -1
    for path in sorted(folder.rglob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from ((path, line) for line in range(len(lines)))


@pytest.fixture(scope="module")
def plain(
    request: pytest.FixtureRequest,
    good: Callable[[str], Victim],
    tmp_path_factory: pytest.TempPathFactory,
) -> Victim:
    """A run without its networks, which are not read."""
    folder = tmp_path_factory.mktemp("plain") / request.param
    victim = good(request.param).copy(folder)
    shutil.rmtree(folder / "models", ignore_errors=True)
    return victim


@pytest.mark.parametrize("plain", SAMPLES, indirect=True)
def test_a_damaged_leaf_is_refused_or_does_nothing(plain: Victim) -> None:
    known = list(documents(plain.folder))
    refusals = []

    @settings(
        max_examples=20, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(some.data())
    def damaged(data: Any) -> None:
        path, line = data.draw(some.sampled_from(known), label="file")
        lines = path.read_text(encoding="utf-8").splitlines()
        document = json.loads(lines[line] if line >= 0 else "\n".join(lines))
        found = list(places(document))
        if not found:
            return
        place = data.draw(some.sampled_from(found), label="place")
        changed = mutated(document, place, data.draw(LEAVES, label="junk"))
        with restored(path):
            lines[slice(line, line + 1) if line >= 0 else slice(None)] = [json.dumps(changed)]
            path.write_text("\n".join([*lines, ""]), encoding="utf-8")
            for reading in _every(plain, refusals):
                with _refusing(refusals):
                    reading()
            assert command_line.seqtune("report", plain.folder, code=None).code in (0, 1)

    damaged()
    assert refusals


def _every(victim: Victim, refusals: list[str]) -> list[Callable[[], object]]:
    with _refusing(refusals):
        return list(readings(victim))
    return []


@contextlib.contextmanager
def _refusing(refusals: list[str]) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except SeqtuneError as error:
        refusals.append(error.message)
        told = f"{error}{error.message}{error.hint}".replace("\n", "")
        assert told.isprintable(), told
