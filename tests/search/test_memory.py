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
    before = [600e6, 529e6, 531e6, 531e6, 560e6]
    after = [500e6, 505e6, 530e6, 520e6]
    cleared: list[float] = []
    monkeypatch.setattr(memory, "held", lambda: before.pop(0))
    monkeypatch.setattr(memory, "released", lambda: after.pop(0))
    monkeypatch.setattr(jax, "clear_caches", lambda: cleared.append(after[0]))
    tidier = Tidier()
    tidier.tidy()  # 500 MB are what is usual
    tidier.tidy()  # less than 30 MB more: nobody looks
    assert len(after) == 3
    tidier.tidy()  # looking gave enough back
    assert (cleared, len(after)) == ([], 2)
    tidier.tidy()  # it did not: programs go, and what is left is usual from here on
    assert (cleared, after) == ([520e6], [])
    before[:] = [549e6]
    tidier.tidy()
    assert cleared == [520e6]


def test_where_the_system_does_not_tell_all_is_given_back_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[float] = []
    monkeypatch.setattr(memory, "held", lambda: math.nan)
    monkeypatch.setattr(memory, "released", lambda: looked.append(math.nan) or math.nan)
    tidier = Tidier()
    for _ in range(3):
        tidier.tidy()
    assert len(looked) >= 3


def test_what_a_process_holds_is_known_on_linux() -> None:
    assert memory.released() > 50e6 or sys.platform != "linux"
