"""Which rows are newer, which are held out, and how an earlier run's answers are read."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import weekly

from seqtune.data.panel.build import build_panel
from seqtune.data.panel.panel import Panel, PanelRoles
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks import load_task
from seqtune.tasks._newer_data import ReadsNewer
from seqtune.tasks._newer_rows import (
    DRAWN,
    changed,
    drawn_at_random,
    in_columns_of,
    last_cases,
    places_in,
    refuse_nothing_newer,
    refuse_other_labels,
    same_length,
    seen_or_unknown,
    unseen_steps,
)
from seqtune.tasks._values import Context
from seqtune.tasks.classify.split import split_cases as split_labelled
from seqtune.tasks.forecast.newer import at_levels
from seqtune.tasks.generate.prepare import is_mixed
from seqtune.tasks.tag.sequences import Sequences
from seqtune.tasks.tag.split import cut_and_split
from seqtune.tasks.translate.split import split_cases


def panel(frame: pd.DataFrame, grid: Any = None, **roles: Any) -> Panel:
    given = PanelRoles(targets=("y",), **{"time": "date", **roles})
    return build_panel(
        Source.from_frame(frame), given, frequency="auto", duplicates="auto", grid=grid
    )


def test_steps_after_the_end_of_a_run_are_unseen() -> None:
    old = panel(weekly(30))
    new = panel(weekly(37), old.grid)
    assert unseen_steps(old, new, 0.8).tolist() == [7]
    assert unseen_steps(old, panel(weekly(37)[31:], old.grid), 0.0).tolist() == [6]
    assert unseen_steps(old, panel(weekly(20), old.grid), 1.0).tolist() == [-10]


def test_all_of_a_new_series_is_unseen() -> None:
    rows = weekly(30).assign(shop="a")
    old = panel(rows, series="shop")
    both = pd.concat([weekly(33).assign(shop="a"), weekly(12).assign(shop="b")])
    assert unseen_steps(old, panel(both, old.grid, series="shop"), 0.7).tolist() == [3, 12]


def test_rows_without_a_time_come_after_those_of_the_run_where_none_is_known() -> None:
    old = panel(weekly(30).drop(columns="date"), time=None)
    new = panel(weekly(37).drop(columns="date"), old.grid, time=None)
    assert unseen_steps(old, new, 0.0).tolist() == [37]
    assert unseen_steps(old, new, 0.8).tolist() == [7]
    assert unseen_steps(old, new, math.nan).tolist() == [37]  # nobody knows of any that is older
    assert math.isnan(seen_or_unknown(0.0, new, math.nan))
    assert seen_or_unknown(0.2, new, 0.8) == 0.2


def test_times_tell_what_a_run_has_seen_even_where_its_rows_are_not_remembered() -> None:
    old = panel(weekly(30))
    new = panel(weekly(37), old.grid)
    assert unseen_steps(old, new, math.nan).tolist() == [7]
    assert seen_or_unknown(0.2, new, math.nan) == 0.2


@pytest.mark.parametrize("name", ["forecast", "anomaly"])
def test_what_a_run_has_seen_is_not_known_where_nothing_tells(name: str) -> None:
    task, source = load_task(name), Source.from_frame(weekly(200).drop(columns="date"))
    data, recipe = task.prepare(source, Recipe.load(None, name, ("data.target=[y]",)), silent)
    assert isinstance(task, ReadsNewer)
    for known, expected in ((math.nan, math.nan), (1.0, 1.0)):
        made = task.staged(data, data, source, lambda rows, k=known: k, Context(recipe, "runs/one"))
        assert made.seen == pytest.approx(expected, nan_ok=True)


def test_data_that_ends_before_that_of_a_run_is_refused() -> None:
    old, source = panel(weekly(30)), Source.from_frame(weekly(20))
    new = panel(weekly(20), old.grid)
    with pytest.raises(DataError, match=r"ends at 2024-01-20; the run was .* until 2024-01-30"):
        refuse_nothing_newer(source, old, new, unseen_steps(old, new, 1.0))
    with pytest.raises(DataError, match=r"has 30 steps in 1 series; .* it has 20 in 1"):
        same_length(source, new, old)


@pytest.mark.parametrize(("known", "share"), [(0.0, 0.25), (0.5, 0.25), (0.9, 0.1), (0.99, 0.05)])
def test_no_more_is_held_out_than_is_new_but_a_twentieth_at_least(
    known: float, share: float
) -> None:
    shares = {"test.share": 0.05, "validation.share": 0.25}  # of a run that was refitted itself
    recipe = Recipe.load(None, "classify", values=shares)
    held = last_cases(recipe, known)
    assert held.get("test.share") == pytest.approx(share)
    assert held.get("data.cases") == "kept"


@pytest.mark.parametrize("task", ["classify", "tag", "translate"])
def test_a_run_whose_cases_were_drawn_has_learnt_from_the_last_ones(task: str) -> None:
    recipe = Recipe.load(None, task, values={"test.share": 0.1, "validation.share": 0.1})
    assert drawn_at_random(recipe) == DRAWN
    assert drawn_at_random(last_cases(recipe, 0.0)) == ""  # as a refit leaves it


@pytest.mark.parametrize(
    ("asked", "documents", "expected"),
    [("auto", 19, False), ("auto", 20, True), ("mixed", 19, False), ("kept", 20, False)],
)
def test_few_documents_are_never_mixed(asked: str, documents: int, expected: bool) -> None:
    assert is_mixed(asked, documents) is expected


def test_cases_are_found_by_the_rows_at_which_they_begin() -> None:
    assert places_in(np.array([0, 4, 9]), np.array([9, 0])).tolist() == [2, 0]
    assert places_in(np.array([0]), np.array([], np.int64)).tolist() == []


def test_probabilities_of_other_classes() -> None:
    made = in_columns_of(np.array([[0.2, 0.8]]), ["a", "b"], ["b", "c", "a"])
    assert made.tolist() == [[0.8, 0.0, 0.2]]


def test_quantiles_between_others_lie_on_lines() -> None:
    made = np.array([[[0.0, 4.0, 6.0]]])
    assert at_levels(made, (0.1, 0.5, 0.9), (0.1, 0.5, 0.9)) is made
    assert at_levels(made, (0.1, 0.5, 0.9), (0.3, 0.5, 0.8)) == pytest.approx(
        np.array([[[2.0, 4.0, 5.5]]])
    )
    assert at_levels(made, (0.1, 0.5, 0.9), (0.05, 0.95)).tolist() == [[[0.0, 6.0]]]


def test_what_has_changed_is_named() -> None:
    assert changed({"the columns": (1, 1)}) == ""
    assert changed({"the columns": (1, 2), "the labels": (1, 2)}) == (
        "the columns and the labels have changed"
    )


def test_labels_in_common_are_enough() -> None:
    source = Source.from_frame(weekly(5))
    refuse_other_labels(source, "runs/a", ["x", "y"], ["y", "z"])
    with pytest.raises(DataError, match="none of the labels of runs/a"):
        refuse_other_labels(source, "runs/a", ["x"], ["y"])


# the newest part


def test_the_last_cases_of_each_class_are_held_out() -> None:
    labels = np.array([0] * 10 + [1] * 10)  # sorted by label
    parts = split_labelled(np.eye(2)[labels], None, 0.2, 0.3, 0, is_kept=True)
    assert parts.tolist() == [0, 0, 0, 0, 0, 1, 1, 2, 2, 2] * 2


def test_a_group_is_as_new_as_its_first_case() -> None:
    groups = np.array([9, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 9])
    parts = split_labelled(np.ones((12, 1)), groups, 0.2, 0.2, 0, is_kept=True)
    assert parts.tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 0]


def test_the_last_sources_are_held_out() -> None:
    parts = split_cases(10, 0.2, 0.3, 0, is_kept=True)
    assert parts.tolist() == [0, 0, 0, 0, 0, 1, 1, 2, 2, 2]


def sequences(lengths: list[int]) -> Sequences:
    ends = np.cumsum([0, *lengths])
    total = int(ends[-1])
    tags = ["a" if place % 2 else "b" for place in range(total)]
    return Sequences(ends, np.arange(total), [f"w{place}" for place in range(total)], tags=tags)


def test_the_last_sequences_are_held_out() -> None:
    kept, parts = cut_and_split(sequences([3] * 10), 0.2, 0.3, 0, "auto", silent, is_kept=True)
    assert len(kept) == 10 and parts.tolist() == [0, 0, 0, 0, 0, 1, 1, 2, 2, 2]


def test_the_end_of_one_long_sequence_is_held_out() -> None:
    one = replace(
        sequences([100]), tags=["a"] * 50 + ["b"] * 50
    )  # rounds would give all parts both
    kept, parts = cut_and_split(one, 0.2, 0.3, 0, 5, silent, is_kept=True)
    assert kept.lengths.tolist() == [50, 20, 30] and parts.tolist() == [0, 1, 2]
