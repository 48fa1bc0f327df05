"""Events become arrays of tokens: their parts, their recipe, and what suits neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from seqtune.data.reading.open import open_source
from seqtune.data.text.vocabulary import END, SYMBOL
from seqtune.errors import DataError, RunError
from seqtune.progress import Assumption, Note, silent
from seqtune.recipe.load import Recipe
from seqtune.tasks.generate.codec import Codec
from seqtune.tasks.generate.prepare import prepare
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.step_tokens import STEP_END, StepTokens
from seqtune.tasks.generate.suggest import suggest

SHORT = ("training.sequence=8",)


def prepared_of(
    data: Any, *changes: str, recipe: str | None = None, hear: Any = silent, **values: Any
) -> tuple[Prepared, Recipe]:
    asked = Recipe.load(recipe, "generate", (*SHORT, *changes), values)
    return prepare(open_source(data, asked), asked, hear)


def pieces(folder: Path, value: Any) -> Path:
    path = folder / "tunes.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def scale(first: int, steps: int = 30) -> list[list[int]]:
    return [[first + step % 12, first + 20] for step in range(steps)]


def test_the_parts_of_a_file_are_kept(tmp_path: Path) -> None:
    parts = {"test": [scale(30)], "train": [scale(40), scale(41)], "valid": [scale(50, 20)]}
    heard: list[Any] = []
    prepared, _ = prepared_of(pieces(tmp_path, parts), hear=heard.append)
    tokens, array = prepared.codec.tokens[SYMBOL], prepared.arrays[SYMBOL]
    assert prepared.codec.characters == (60, 20, 30)
    assert prepared.codec.borders[SYMBOL] == (2 * 91, 2 * 91 + 61, 3 * 91 + 61)
    assert array[0] == END and (array == END).sum() == 4 and (array == STEP_END).sum() == 110
    assert tokens.decode(array[-3:].tolist()) == f" {30 + 29 % 12} 50 |"
    said = [event.text for event in heard if isinstance(event, Note)]
    assert said[0].endswith("2 for train, 1 for validation, 1 for test")
    with pytest.raises(DataError, match="none is of the part 'test'"):
        prepared_of(pieces(tmp_path, {"train": [scale(40)], "valid": [scale(42)]}))


def test_pieces_without_parts_are_divided_as_wholes_and_few_at_steps(tmp_path: Path) -> None:
    shares = ("validation.share=0.2", "test.share=0.2")
    many, _ = prepared_of(pieces(tmp_path, [scale(20 + n, 10) for n in range(40)]), *shares)
    assert many.codec.characters == (240, 80, 80)
    few, _ = prepared_of(pieces(tmp_path, [scale(20, 100)]), *shares)
    assert few.codec.characters == (60, 20, 20)
    first, second, _ = few.codec.borders[SYMBOL]
    array = few.arrays[SYMBOL]
    assert array[first - 1] == array[second - 1] == STEP_END  # no step is torn apart


def test_a_sequence_begins_behind_another_one_where_there_are_many(tmp_path: Path) -> None:
    many, _ = prepared_of(pieces(tmp_path, [scale(20 + n, 10) for n in range(40)]))
    array = many.until(SYMBOL, "train")
    assert list(many.codec.before) == array[-len(many.codec.before) :].tolist()
    few, _ = prepared_of(pieces(tmp_path, [scale(20, 100)]))
    assert few.codec.before == ()


def sessions(rows: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(0)
    what = random.choice(["view", "buy"], rows)
    return pd.DataFrame(
        {"who": np.arange(rows) % 30, "what": what, "thing": random.choice(["shoe", "hat"], rows)}
    )


def test_rows_of_a_series_are_a_sequence_in_their_order() -> None:
    table = sessions()
    prepared, recipe = prepared_of(
        table, **{"data.events": ["what", "thing"], "data.series": "who"}
    )
    codec = prepared.codec
    tokens = codec.tokens[SYMBOL]
    assert isinstance(tokens, StepTokens) and tokens.columns == ("what", "thing")
    assert codec.documents == 30 and sum(codec.characters) == 300
    array = prepared.arrays[SYMBOL]
    ends = np.flatnonzero(array == END)
    written = {tokens.decode(each.tolist()) for each in np.split(array, ends)[1:]}
    first = table[table["who"] == 7]
    rows = zip(first["what"], first["thing"], strict=True)
    assert "".join(f" what={what} thing={thing}" for what, thing in rows) in written
    assert recipe.get("data.events") == ("what", "thing") and recipe.get("data.series") == "who"


def test_a_table_without_series_is_one_sequence() -> None:
    prepared, _ = prepared_of(sessions(), **{"data.events": ["what"]})
    assert prepared.codec.documents == 1 and sum(prepared.codec.characters) == 300
    assert prepared.describe()["roles"] == {"events": ("what",)}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"data.events": ["nothing"]}, "no column 'nothing'"),
        ({"data.events": ["what"], "data.series": "nobody"}, "no column 'nobody'"),
        ({"data.events": ["what"], "objective": "fill"}, "gaps are filled"),
    ],
)
def test_what_cannot_be_done_is_said(values: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        prepared_of(sessions(), **values)


def test_too_few_events_and_one_event_alone_are_refused(tmp_path: Path) -> None:
    recipe = Recipe.load(None, "generate")
    with pytest.raises(DataError, match="20 steps"):
        suggest(open_source(pieces(tmp_path, [scale(60, 20)]), recipe), recipe)
    silence = pieces(tmp_path, [[[]] * 80 + [[60]]])
    suggest(open_source(silence, recipe), recipe)  # a note and a rest are two events
    same = pd.DataFrame({"what": ["x"] * 100})
    asked = Recipe.load(None, "generate", (), {"data.events": ["what"]})
    with pytest.raises(DataError, match="one event alone"):
        suggest(open_source(same, asked), asked)


def test_the_recipe_of_events_is_taken_for_what_nobody_has_set(tmp_path: Path) -> None:
    path = pieces(tmp_path, [scale(20, 300)])
    own = Recipe.load("events", "generate")
    heard: list[Any] = []
    _, recipe = prepared_of(path, "network.units=48", hear=heard.append)
    assert recipe.get("metric") == "nats_per_step" and recipe.get("tokens.kind") == SYMBOL
    assert recipe.get("network.dropout") == own.get("network.dropout")
    assert recipe.get("network.units") == 48
    assert any(isinstance(each, Assumption) and each.what == "recipe" for each in heard)
    again, settled = prepare(open_source(path, recipe), recipe, silent)
    assert settled.to_dict() == recipe.to_dict() and again.metric == "nats_per_step"
    _, quick = prepared_of(path, "metric=perplexity", recipe="quick")
    assert quick.get("metric") == "perplexity" and quick.get("network.units") == 128
    assert quick.get("search.trials") == 1


@pytest.mark.parametrize("change", ["tokens.kind=symbol", "metric=nats_per_step"])
def test_a_text_has_neither_symbols_nor_steps(tmp_path: Path, change: str) -> None:
    (tmp_path / "tale.txt").write_text("Once upon a time there was a cat.\n" * 30)
    with pytest.raises(DataError):
        prepared_of(tmp_path / "tale.txt", change, recipe="quick")


def test_a_run_of_events_is_opened_again_and_damage_is_refused(tmp_path: Path) -> None:
    prepared, _ = prepared_of(pieces(tmp_path, [scale(20 + n, 10) for n in range(40)]))
    (tmp_path / "run").mkdir()
    prepared.save(tmp_path / "run")
    found = Prepared.load(tmp_path / "run")
    assert found.codec == prepared.codec and found.describe()["unit"] == "step"
    plain = json.loads((tmp_path / "run" / "codec.json").read_text())
    for change in (
        {"before": [10**6]}, {"before": [1] * 1001}, {"columns": {"text": "auto"}},
        {"columns": {"text": "auto", "events": [1], "series": None}},
        {"tokens": {SYMBOL: {"kind": "word"}}},
    ):  # fmt: skip
        with pytest.raises((ValueError, KeyError)):
            Codec.from_dict({**plain, **change})
        (tmp_path / "run" / "codec.json").write_text(json.dumps({**plain, **change}))
        with pytest.raises(RunError):
            Prepared.load(tmp_path / "run")
