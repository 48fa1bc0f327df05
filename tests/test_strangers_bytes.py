"""What reads a stranger's bytes refuses in one error what it cannot read.

`benchmarks/fuzz.py` looks for inputs that end otherwise. Those that it found are replayed here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from fuzz_seeds import seeds
from fuzz_targets import TARGETS, Read

from seqtune.errors import SeqtuneError

CORPUS = Path(__file__).parent / "data" / "corpus"
WITHOUT_RUNS = [name for name, target in TARGETS.items() if not target.is_run]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Read, list[bytes]]]:
    """Return what reads the bytes of a target, and good inputs of it."""

    @cache
    def prepare(name: str) -> tuple[Read, list[bytes]]:
        folder = tmp_path_factory.mktemp(name)
        good = seeds(name, folder)
        return TARGETS[name](folder), good

    return prepare


@pytest.mark.parametrize("name", WITHOUT_RUNS)
def test_the_first_good_inputs_are_read(
    name: str, reader: Callable[[str], tuple[Read, list[bytes]]]
) -> None:
    read, good = reader(name)
    refused = 0
    for data in good[:3]:
        try:
            read(data)
        except SeqtuneError:
            refused += 1
    assert refused < 2


@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_an_input_that_was_not_borne_once_is_refused(
    path: Path, reader: Callable[[str], tuple[Read, list[bytes]]]
) -> None:
    read, _ = reader(path.parent.name)
    with pytest.raises(SeqtuneError) as refused:
        read(path.read_bytes())
    assert refused.value.message
