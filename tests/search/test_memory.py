"""What a network leaves behind is given back before the next one."""

from __future__ import annotations

import math
import sys
import weakref

import jax
import keras
import numpy as np
import pytest

from seqtune.search import memory
from seqtune.search.memory import Tidier


def test_tidying_up_lets_a_network_go() -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((1, 2)), np.zeros((1, 1)), verbose=0)
    seen = weakref.ref(model)
    del model
    Tidier().tidy()
    assert seen() is None


def test_programs_are_forgotten_when_memory_has_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [500e6, 510e6, 529e6, 531e6, 502e6, math.nan, math.nan]
    cleared: list[float] = []
    monkeypatch.setattr(memory, "released", lambda: sizes.pop(0))
    monkeypatch.setattr(jax, "clear_caches", lambda: cleared.append(sizes[0]))
    tidier = Tidier()
    for _ in range(4):
        tidier.tidy()
    assert (cleared, sizes) == ([502e6], [math.nan, math.nan])
    tidier.tidy()  # a system that does not tell
    assert len(cleared) == 2


def test_what_a_process_holds_is_known_on_linux() -> None:
    assert memory.released() > 50e6 or sys.platform != "linux"
