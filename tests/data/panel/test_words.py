"""Words among the covariates: codes, the labels that training knows, repeated rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.panel import words
from seqtune.data.panel.build import build_panel
from seqtune.data.panel.join import join_panels
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.panel.words import keep_known
from seqtune.data.reading.source import Source

ROLES = PanelRoles(("y",), "t", past=("mode",), future=("plan",))
COLUMNS = {
    "t": range(6),
    "y": [1.0, 2, 3, 4, 5, None],
    "mode": ["run", "idle", None, "run", "wash", None],
    "plan": ["b", "a", "a", "c", "d", "b"],
}


def panel_of(columns: dict[str, Any], roles: PanelRoles = ROLES, **options: Any) -> Panel:
    return build_panel(Source.from_frame(pd.DataFrame(columns)), roles, **options)


def test_words_become_codes_in_order_and_fill_like_numbers() -> None:
    panel = panel_of(COLUMNS)
    assert panel.categories == {"mode": ("idle", "run", "wash"), "plan": ("a", "b", "c", "d")}
    assert panel.past[:, 0].tolist() == [1, 0, 0, 1, 2]
    assert (panel.future[:, 0].tolist(), panel.ahead.tolist()) == ([1, 0, 0, 2, 3], [[[1]]])


def test_only_words_of_training_rows_are_known() -> None:
    panel = keep_known(panel_of(COLUMNS), np.arange(3))
    assert panel.categories == {"mode": ("idle", "run"), "plan": ("a", "b")}
    assert panel.past[:, 0].tolist() == [1, 0, 0, 1, -1]
    assert (panel.future[:, 0].tolist(), panel.ahead.tolist()) == ([1, 0, 0, -1, -1], [[[1]]])
    assert panel.notes[-2:] == (
        "1 of 3 words of 'mode' are not among the 50 most frequent ones of the training rows: "
        "taken as unknown",
        "2 of 4 words of 'plan' are not among the 50 most frequent ones of the training rows: "
        "taken as unknown",
    )


def test_of_too_many_words_the_most_frequent_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MAX_LABELS", 1)
    panel = keep_known(panel_of(COLUMNS), np.arange(5))
    assert panel.categories == {"mode": ("idle",), "plan": ("a",)}
    assert panel.past[:, 0].tolist() == [-1, 0, 0, -1, -1]


def test_no_word_of_training_leaves_nothing_to_know() -> None:
    blank = {**COLUMNS, "mode": [None, None, None, "run", "wash", None]}
    panel = keep_known(panel_of(blank), np.arange(3))
    assert panel.categories["mode"] == ()
    assert panel.past[3:, 0].tolist() == [-1, -1]


def test_new_rows_have_the_codes_of_the_run_and_unknown_words_are_counted() -> None:
    history = keep_known(panel_of(COLUMNS), np.arange(5))
    new = {"t": [5, 6], "y": [6.0, 7.0], "mode": ["wash", "fly"], "plan": ["zz", "a"]}
    panel = panel_of(new, grid=history.grid, categories=history.categories)
    assert (panel.past[:, 0].tolist(), panel.future[:, 0].tolist()) == ([2, -1], [-1, 0])
    assert "'mode': 1 words that training does not know" in panel.notes
    joined, _ = join_panels(history, panel)
    assert joined.past[:, 0].tolist() == [1, 0, 0, 1, 2, 2, -1]
    assert joined.categories == history.categories


@pytest.mark.parametrize("policy", ["mean", "sum", "last", "first"])
def test_of_several_words_at_one_time_one_stays(policy: str) -> None:
    columns = {"t": [0, 1, 1, 2], "y": [1.0, 2, 4, 3], "mode": list("abcb"), "plan": list("aabb")}
    panel = panel_of(columns, duplicates=policy)
    expected = 1 if policy == "first" else 2
    assert panel.past[:, 0].tolist() == [0, expected, 1]
    assert panel.future[1, 0] == (0 if policy == "first" else 1)
    values = {"mean": 3, "sum": 6, "last": 4, "first": 2}
    assert panel.target[1, 0] == values[policy]


def test_static_words_of_series_without_training_rows_are_unknown() -> None:
    roles = PanelRoles(("y",), "t", "id", static=("town",))
    columns = {"id": list("aabb"), "t": [0, 1, 0, 1], "y": [1.0, 2, 3, 4], "town": list("uuvv")}
    panel = keep_known(panel_of(columns, roles), np.array([0, 1]))
    assert panel.categories == {"town": ("u",)}
    assert panel.static.tolist() == [[0], [-1]]


def test_numbers_are_left_alone() -> None:
    panel = panel_of({"t": [0, 1], "y": [1.0, 2], "mode": [3.5, 4], "plan": ["yes", "no"]})
    assert panel.categories == {}
    assert panel.future[:, 0].tolist() == [1, 0]
    kept = keep_known(panel, np.arange(2))
    assert kept.past is panel.past and replace(kept).notes == panel.notes
