"""Members of an ensemble that want the same of a few windows share it; others have their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seqtune.data.panel.window import Windows
from seqtune.tasks.forecast import kept_preprocessing
from seqtune.tasks.forecast.kept_preprocessing import MOST_KEPT, KeptPreprocessing
from seqtune.tasks.forecast.preprocessing import preprocess


def given(tiny: Any, count: int = 3) -> tuple[Any, Windows, Any]:
    windows = tiny.prepared.windows["validation"]
    return tiny.prepared.coded, windows[np.arange(count) % len(windows)], tiny.prepared.codec


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The configurations that windows were really arranged for."""
    found: list[Any] = []

    def counted(coded: Any, windows: Windows, codec: Any, values: Any) -> Any:
        found.append(values)
        return preprocess(coded, windows, codec, values)

    monkeypatch.setattr(kept_preprocessing, "preprocess", counted)
    return found


@pytest.mark.parametrize(
    ("change", "is_shared"),
    [
        ({"network.units": 99, "training.batch_size": 7}, True),
        ({"lookback": 5}, False),
        ({"preprocessing.scaling": "level"}, False),
        ({"preprocessing.base": "naive"}, False),
        ({"preprocessing.calendar": False}, False),
        ({"preprocessing.embedding": 0}, False),
        ({"preprocessing.embedding": 16}, True),
    ],
)
def test_only_what_preprocessing_reads_tells_configurations_apart(
    tiny: Any, made: list[Any], change: dict[str, Any], is_shared: bool
) -> None:
    one = {**tiny.values, "preprocessing.scaling": "window", "preprocessing.embedding": 8}
    one |= {"preprocessing.base": "blend", "preprocessing.calendar": True, "lookback": 6}
    other, where, kept = {**one, **change}, given(tiny), KeptPreprocessing()
    first, second = (kept.preprocessed(*where, values) for values in (one, other))
    assert len(made) == (1 if is_shared else 2) and (first is second) == is_shared
    wanted = preprocess(*where, other)
    assert second.inputs.keys() == wanted.inputs.keys()
    for name, array in wanted.inputs.items():
        assert np.array_equal(second.inputs[name], array)
    assert np.array_equal(second.base, wanted.base) and np.array_equal(second.scale, wanted.scale)


def test_many_windows_and_many_ways_are_not_kept(tiny: Any, made: list[Any]) -> None:
    kept = KeptPreprocessing()
    for _ in range(2):
        kept.preprocessed(*given(tiny, kept_preprocessing.MOST_WINDOWS + 1), tiny.values)
    assert len(made) == 2 and not kept._made
    for lookback in range(2, 2 + MOST_KEPT + 1):
        kept.preprocessed(*given(tiny), {**tiny.values, "lookback": lookback})
    assert len(kept._made) == 1
