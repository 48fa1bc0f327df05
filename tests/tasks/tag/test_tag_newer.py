"""An earlier tagger beside a newer one: both read the same steps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks._values import Context
from seqtune.tasks.tag.newer import staged
from seqtune.tasks.tag.prepare import prepare


def test_an_earlier_tagger_is_told_which_values_are_missing() -> None:
    place = np.arange(108)
    table = pd.DataFrame(
        {
            "series": place // 9,
            "time": place % 9,
            "x": np.where(place % 2, place / 108, np.nan),
            "state": np.where(place % 7 < 3, "up", "down"),
        }
    )
    source = Source.from_frame(table)
    prepared, recipe = prepare(source, Recipe.load(None, "tag"), silent)
    own = prepared.encoded("test")
    made = staged(prepared, prepared, source, lambda rows: 0.5, Context(recipe, "runs/one"))
    assert own.inputs.values is not None and np.isnan(own.inputs.values).any()
    np.testing.assert_array_equal(made.encoded.inputs.values, own.inputs.values)
    filled = made.encoded.plain().values  # as simple methods take them
    np.testing.assert_array_equal(filled, own.plain().values)
    assert np.isfinite(filled).all()
