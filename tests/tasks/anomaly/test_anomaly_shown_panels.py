"""What a page shows of panels of any shape: several series and columns, gaps, labels or none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.figures.block import BLOCKS, Block
from seqtune.figures.lines import Lines
from seqtune.progress import silent
from seqtune.tasks import _values
from seqtune.tasks.anomaly.evidence.blocks import blocks_of
from seqtune.tasks.anomaly.score_parts import parts_of_method
from seqtune.tasks.anomaly.task import TASK
from seqtune.workflow.options import FitOptions, load_recipe

USUAL = {"found", "series", "events", "thresholds"}


def table(series: int, columns: int, *, labels: bool = False, rows: int = 300) -> pd.DataFrame:
    parts = []
    for place in range(series):
        draw = np.random.default_rng(place)
        count = rows + 40 * place
        part = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=count, freq="h")})
        if series > 1:
            part["id"] = f"s{place}"
        for column in range(columns):
            part[f"c{column}"] = np.sin(np.arange(count) / 4) + draw.normal(0, 0.1, count)
        part.loc[count - 30 : count - 26, "c0"] = np.nan
        if labels:
            part["label"] = 0
            part.loc[[count // 2, count // 2 + 90, count - 20], "label"] = 1
        parts.append(part)
    return pd.concat(parts)


def blocks_for(rows: pd.DataFrame, level: float, baseline: str = "naive") -> tuple[Block, ...]:
    """Blocks where the row of each segment that is the 20th last has a level, and no other."""
    settings = [f"data.target=[{','.join(name for name in rows if name.startswith('c'))}]"]
    settings += ["data.series=id"] if "id" in rows else []
    settings += ["data.label=label"] if "label" in rows else []
    recipe = load_recipe("anomaly", FitOptions(set=tuple(settings)))
    prepared, _ = TASK.prepare(Source.from_frame(rows), recipe, silent)
    held = prepared.encoded("test")
    scores = np.zeros(len(held))
    scores[held.offsets[1 : held.clean + 1] - 20] = level
    made = np.column_stack([parts_of_method(scores), held.values])
    names = filter(None, ("net", baseline))
    tested = _values.Tested("net", baseline, dict.fromkeys(names, made), "net")
    return blocks_of(prepared, tested)


@pytest.mark.parametrize(
    ("series", "columns", "labels", "level", "keys"),
    [
        (1, 1, False, 9.0, {*USUAL, "planted"}),
        (1, 1, False, 0.0, {*USUAL, "planted"}),
        (1, 2, True, 9.0, {*USUAL, "missed", "channels"}),
        (3, 2, True, 0.5, {*USUAL, "missed"}),
        (3, 2, False, 9.0, {*USUAL, "planted", "channels"}),
    ],
)
def test_panels_of_any_shape_are_shown(
    series: int, columns: int, labels: bool, level: float, keys: set[str]
) -> None:
    blocks = blocks_for(table(series, columns, labels=labels), level)
    assert {block.key for block in blocks} == keys
    kept = BLOCKS.dump_json(blocks)
    assert BLOCKS.validate_json(kept) == blocks
    assert len(kept) < 500_000


def test_a_gap_stays_a_gap_and_times_are_those_of_the_rows() -> None:
    blocks = {block.key: block for block in blocks_for(table(1, 1), 9.0, baseline="")}
    values = blocks["series"].figures[0]
    assert isinstance(values, Lines)
    actual = values.lines[0].values
    assert actual[-30:-25] == (None,) * 5 and None not in actual[-25:]
    assert values.x[-1] == "2024-01-13 11:00:00"  # the last of 300 hours
    assert [figure.title for figure in blocks["events"].figures] == ["2024-01-12 16:00:00: c0"]
