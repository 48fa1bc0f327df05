"""What a page shows of panels of any shape: several targets, gaps, counts, unequal lengths."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.figures.block import BLOCKS, Block
from seqtune.progress import silent
from seqtune.tasks import _values
from seqtune.tasks.forecast.evidence.blocks import blocks_of
from seqtune.tasks.forecast.task import TASK
from seqtune.workflow.options import FitOptions, load_recipe

Table = Callable[[], pd.DataFrame]


def hours(count: int, seed: int = 0) -> pd.DataFrame:
    times = pd.date_range("2024-01-01", periods=count, freq="h")
    wave = np.sin(np.arange(count) * np.pi / 12)
    noise = np.random.default_rng(seed).normal(0, 0.1, count)
    return pd.DataFrame({"time": times, "id": f"s{seed}", "y": 5 + wave + noise})


def with_gaps() -> pd.DataFrame:
    table = hours(500)
    table.loc[420:440, "y"] = np.nan
    return table.drop(columns="id")


def unequal_lengths_of_two_targets() -> pd.DataFrame:
    table = pd.concat([hours(500), hours(150, 1)])
    return table.assign(z=-3 * table["y"])


def sparse_counts() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=200)
    parts = [
        pd.DataFrame({"time": days, "id": f"s{place}", "y": draw.poisson(0.1, 200)})
        for place in range(4)
    ]
    return pd.concat(parts)


def many_series() -> pd.DataFrame:
    return pd.concat([hours(150, place) for place in range(60)])


def numbered_steps() -> pd.DataFrame:
    return pd.DataFrame({"step": np.arange(200), "y": hours(200)["y"]})


def blocks_for(table: pd.DataFrame, *settings: str) -> tuple[Block, ...]:
    recipe = load_recipe("forecast", FitOptions(set=("horizon=6", *settings)))
    prepared, _ = TASK.prepare(Source.from_frame(table), recipe, silent)
    actual, _ = prepared.encoded("test").truth
    levels = np.array(prepared.codec.levels)
    draw = np.random.default_rng(1)
    made = {
        name: np.nan_to_num(actual)[..., None] + draw.normal(size=(*actual.shape, 1)) + levels
        for name in ("net", "naive")
    }
    return blocks_of(prepared, _values.Tested("net", "naive", made, "net"))


SHAPES: dict[str, tuple[Table, tuple[str, ...], set[str]]] = {
    "gaps": (with_gaps, (), {"forecasts", "steps", "intervals", "calendar", "origins"}),
    "targets": (
        unequal_lengths_of_two_targets,
        ("data.target=[y,z]", "data.series=id", "data.time=time"),
        {"forecasts", "steps", "series", "skill", "intervals", "calendar"},
    ),
    "counts": (
        sparse_counts,
        ("data.target=y", "data.series=id"),
        {"forecasts", "steps", "series", "skill", "intervals", "calendar"},
    ),
    "many": (
        many_series,
        ("data.target=y", "data.series=id"),
        {"forecasts", "steps", "series", "skill", "intervals", "calendar"},
    ),
    "steps": (numbered_steps, (), {"forecasts", "steps", "intervals", "origins"}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_panels_of_any_shape_are_shown(shape: str) -> None:
    table, settings, keys = SHAPES[shape]
    blocks = blocks_for(table(), *settings)
    assert {block.key for block in blocks} == keys
    kept = BLOCKS.dump_json(blocks)
    assert BLOCKS.validate_json(kept) == blocks
    assert len(kept) < 500_000


def test_a_gap_stays_a_gap() -> None:
    blocks = blocks_for(with_gaps())
    drawn = [figure for figure in blocks[0].figures if None in figure.lines[0].values]  # type: ignore[union-attr]
    assert drawn


def test_several_targets_are_told_by_their_name() -> None:
    table, settings, _ = SHAPES["targets"]
    titles = [figure.title for figure in blocks_for(table(), *settings)[0].figures]
    assert [title.split(" from ")[0] for title in titles] == ["s0, y", "s1, y", "s0, z", "s1, z"]
