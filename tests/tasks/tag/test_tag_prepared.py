"""Sequences that are ready for training: what is settled, and that a damaged folder is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from damaged_arrays import Act, array_of, check_nothing_is_unpickled, gone
from tiny_runs import flights

from seqtune.data.reading.source import Source
from seqtune.errors import DataError, RunError
from seqtune.progress import Assumption, Note
from seqtune.recipe.load import Recipe
from seqtune.tasks.tag.prepare import prepare
from seqtune.tasks.tag.prepared import NUMBER, Prepared

STEPS = pd.DataFrame(
    {
        "series": np.repeat([f"s{number}" for number in range(12)], 9),
        "time": np.tile(np.arange(9), 12),
        "x": np.where(np.arange(108) % 10, np.random.default_rng(0).normal(size=108), np.nan),
        "y": np.random.default_rng(1).normal(size=108),
        "state": np.where(np.arange(108) % 7 < 3, "up", "down"),
    }
)


def of(table: pd.DataFrame, *settings: str) -> tuple[Prepared, Recipe, list[str]]:
    """Prepare a table; return with it the recipe, and what was said."""
    heard: list[Any] = []
    recipe = Recipe.load(None, "tag", settings)
    prepared, recipe = prepare(Source.from_frame(table), recipe, heard.append)
    said = [
        each.text if isinstance(each, Note) else f"{each.what}: {each.taken}"
        for each in heard
        if isinstance(each, (Note, Assumption))
    ]
    return prepared, recipe, said


def tagged(tags: Sequence[str], length: int = 3) -> pd.DataFrame:
    """Return sentences of equal length, no two alike, with these tags over and over."""
    count = 30 * length
    return pd.DataFrame(
        {
            "sentence": np.repeat(np.arange(30), length),
            "token": [f"t{number}" for number in range(count)],
            "tag": [tags[at % len(tags)] for at in range(count)],
        }
    )


TOKENS = of(flights(1, 41))[0]
SERIES = of(STEPS)[0]


# what is settled


def test_short_sentences_are_read_as_long_as_they_are() -> None:
    prepared, recipe, _ = of(flights(1, 41))
    assert recipe.get("longest") == prepared.codec.longest == 6
    assert prepared.describe()["facts"]["sentences"] == "40 of 6 to 6 tokens"
    again = Recipe.load(None, "tag", [f"longest={prepared.codec.longest}"])
    assert again.get("longest") == 6


@pytest.mark.parametrize(("tags", "scheme", "written", "metric"), [
    (["B-x", "I-x", "O"], "bio", "bio", "span_f1"),
    (["I-x", "I-x", "O"], "bio", "iob1", "span_f1"),
    (["B-x", "E-x", "S-x"], "bioes", "bioes", "span_f1"),
    (["NOUN", "VERB", "O"], "none", "none", "accuracy"),
    (["B-x", "VERB", "O"], "none", "none", "accuracy"),
])  # fmt: skip
def test_the_scheme_is_recognised(tags: list[str], scheme: str, written: str, metric: str) -> None:
    prepared, recipe, said = of(tagged(tags))
    found = prepared.codec.tags
    assert (found.scheme, found.written, prepared.metric) == (scheme, written, metric)
    assert recipe.get("data.scheme") == written
    assert (f"scheme: {written}" in said) == (scheme != "none")


@pytest.mark.parametrize(("usual", "metric"), [(8, "accuracy"), (9, "macro_f1")])
def test_where_one_tag_stands_nearly_everywhere_all_tags_count(usual: int, metric: str) -> None:
    prepared, recipe, said = of(tagged(["right"] * usual + ["wrong"] * (10 - usual), length=10))
    assert prepared.metric == recipe.get("metric") == metric
    assert ("metric: macro_f1" in said) == (metric == "macro_f1")


def test_tags_that_are_not_legal_are_made_so_and_counted() -> None:
    table = tagged(["B-x", "I-x", "O"])
    table.loc[[4, 7], "tag"] = "I-y"
    prepared, _, said = of(table)
    assert (
        "2 tags were no legal BIO and were made so, the first at data: row 5: I-y became B-y"
        in said
    )
    assert set(prepared.codec.tags.names) == {"O", "B-x", "I-x", "B-y"}


def test_tags_may_be_taken_as_they_are() -> None:
    prepared, _, said = of(tagged(["B-x", "I-y", "O"]), "data.scheme=none")
    assert prepared.metric == "accuracy" and not prepared.codec.tags.has_spans
    assert not [text for text in said if "legal" in text or "scheme" in text]


@pytest.mark.parametrize(("tags", "settings", "found"), [
    (["a", "b", "O"], ["data.scheme=bio"], "column 'tag' has the tag 'a', expected O, B-kind"),
    (["X-a", "B-a", "O"], ["data.scheme=bio"], "column 'tag' has the tag 'X-a', expected O, B-"),
    (["a", "b", "O"], ["metric=span_f1"], "the tags mark no spans, so they have no span F1"),
    (["a", "a", "a"], [], "column 'tag' is 'a' in every row, so there is nothing to learn"),
])  # fmt: skip
def test_what_cannot_be_learnt_is_refused(tags: list[str], settings: list[str], found: str) -> None:
    with pytest.raises(DataError) as fault:
        of(tagged(tags), *settings)
    assert found in fault.value.message and fault.value.hint


def test_a_tag_that_only_the_test_part_has_is_one_of_the_run() -> None:
    table = tagged(["a", "b", "c"])
    before, *_ = of(table)
    rows = before.lines[before.inputs.places(before.chosen("test"))]
    table.loc[rows[0], "tag"] = "rare"
    prepared, *_ = of(table)
    tags, place = prepared.codec.tags, np.flatnonzero(prepared.lines == rows[0])[0]
    assert tags.names[-1] == "rare" and prepared.codec.counts[-1] in (0, 1)
    assert tags.names[prepared.targets[place]] == "rare"


def test_rows_without_a_tag_are_neither_learnt_nor_scored() -> None:
    table = tagged(["a", "b", "c"])
    table.loc[[4, 5], "tag"] = None
    prepared, _, said = of(table)
    known = [prepared.scored(part) for part in NUMBER if part != "train"]  # type: ignore[arg-type]
    assert sum(prepared.codec.counts) + sum(known) == 88 == int((prepared.targets >= 0).sum())
    assert any(text.startswith("rows without a label, context that is") for text in said)


def test_steps_keep_their_gaps_for_networks_alone() -> None:
    assert SERIES.codec.gaps == (0,) and SERIES.inputs.values is not None
    assert np.isnan(SERIES.inputs.values).any()
    values = SERIES.sequences(np.arange(12)).values
    assert values is not None and np.isfinite(values).all()


# good folders


def saved(prepared: Prepared, folder: Path) -> Path:
    folder.mkdir()
    prepared.save(folder)
    return folder


@pytest.mark.parametrize("data", [TOKENS, SERIES], ids=["tokens", "steps"])
def test_they_come_back_from_disk(data: Prepared, tmp_path: Path) -> None:
    again = Prepared.load(saved(data, tmp_path / "run"))
    assert again.codec == data.codec and again.describe() == data.describe()
    for name, array in data.inputs.arrays().items():
        np.testing.assert_array_equal(again.inputs.arrays()[name], array)
    for name in ("targets", "parts", "lines"):
        np.testing.assert_array_equal(getattr(again, name), getattr(data, name))
    for part in ("validation", "test"):
        mine, other = data.encoded(part), again.encoded(part)  # type: ignore[arg-type]
        assert mine.plain().tokens == other.plain().tokens
        assert mine.targets.tolist() == other.targets.tolist() and mine.names == other.names
        assert [mine.where(at) for at in range(3)] == [other.where(at) for at in range(3)]


# damaged ones


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    """A folder of sentences, to be attacked."""
    return saved(TOKENS, tmp_path / "tokens")


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """A folder of series, to be attacked."""
    return saved(SERIES, tmp_path / "steps")


def refusal(folder: Path) -> str:
    with pytest.raises(RunError) as fault:
        Prepared.load(folder)
    message = fault.value.message
    assert message.isprintable() and len(message) < 700 and fault.value.hint
    return message


def codec_of(**keys: Any) -> Act:
    def act(folder: Path) -> None:
        values = json.loads((folder / "codec.json").read_text(encoding="utf-8"))
        (folder / "codec.json").write_text(json.dumps({**values, **keys}), encoding="utf-8")

    return act


@pytest.mark.parametrize("act", [
    *(array_of("offsets", [0, 240]), array_of("names_offsets", np.zeros(3, np.int64))),
    *(array_of("targets", np.zeros(239, np.int32)), array_of("lines", np.arange(241))),
    *(array_of("types", np.full(240, 48, np.int32)), array_of("spelled_offsets", [0, 107])),
    *(array_of("words", np.full(48, 10, np.int32)), array_of("parts", np.zeros(40, np.int8))),
    *(array_of("lines", np.full(240, -1)), array_of("targets", np.full(240, -1, np.int32))),
    *(gone("types"), gone("spelled"), gone("names"), gone("targets"), gone("lines")),
    *(codec_of(counts=[1, 1]), codec_of(lexicon=None), codec_of(longest=7), codec_of(center=[0.0])),
])  # fmt: skip
def test_sentences_that_do_not_belong_together(tokens: Path, act: Act) -> None:
    act(tokens)
    assert "damaged" in (said := refusal(tokens)) or "missing" in said


@pytest.mark.parametrize("act", [
    *(array_of("values", np.zeros((108, 3))), array_of("values", np.zeros((107, 2)))),
    *(array_of("values", np.zeros(108)), array_of("values", np.zeros((108, 2), np.float32))),
    *(array_of("offsets", np.arange(12) * 9), gone("values"), gone("offsets")),
    *(codec_of(center=[0.0]), codec_of(spread=[1.0, 0.0]), codec_of(gaps=[2]), codec_of(vectors=4)),
    *(codec_of(center=[0.0, "1"]), codec_of(gaps=[1, 0]), codec_of(metric="loss")),
])  # fmt: skip
def test_series_that_do_not_belong_together(steps: Path, act: Act) -> None:
    act(steps)
    assert "damaged" in (said := refusal(steps)) or "missing" in said


def test_the_codec_of_other_data(tokens: Path, steps: Path) -> None:
    shutil.copy(steps / "codec.json", tokens / "codec.json")
    assert "values.npy is missing" in refusal(tokens)


def test_nothing_is_unpickled(tokens: Path, tmp_path: Path) -> None:
    check_nothing_is_unpickled(tokens, tmp_path / "canary", Prepared.load, refusal)
