"""An earlier language model beside a newer one: both predict the same text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.source import Source
from seqtune.data.text.vocabulary import END
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.tasks._values import Context
from seqtune.tasks.generate import prepared as prepared_module
from seqtune.tasks.generate.newer import staged
from seqtune.tasks.generate.prepare import prepare

LETTERS = "".join(np.random.default_rng(3).choice(list("abcd efgh\n"), 6_000))


@pytest.mark.parametrize("most", [None, 100])
@pytest.mark.parametrize("kinds", ["character", "[word, byte]"])
@pytest.mark.parametrize("documents", [1, 3, 30])
def test_an_earlier_run_predicts_what_the_newer_one_is_scored_on(
    documents: int, kinds: str, most: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if most is not None:
        monkeypatch.setattr(prepared_module, "MAX_TESTED", most)
    size = len(LETTERS) // documents
    rows = [LETTERS[place * size : (place + 1) * size] for place in range(documents)]
    source = Source.from_frame(pd.DataFrame({"text": rows}))
    settings = ("data.documents=kept", f"tokens.kind={kinds}", "training.sequence=16")
    newer, recipe = prepare(source, Recipe.load(None, "generate", settings), silent)
    made = staged(newer, newer, source, lambda rows: 1.0, Context(recipe, "runs/one"))
    assert made.seen == 1.0
    for kind in newer.kinds:
        own, (ids, begin, end) = newer.encoded("test").predicted(kind), made.encoded.of(kind)
        np.testing.assert_array_equal(ids[begin:end], own)
        assert len(own) == most or (most is None and len(own) > 200)
        before = newer.arrays[kind][: newer.bounds(kind, "test")[0]]
        assert ids[0] == END and begin > 20  # what stands before is read, and is the same
        np.testing.assert_array_equal(ids[begin - 20 : begin], before[-20:])
