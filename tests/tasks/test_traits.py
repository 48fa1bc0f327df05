"""What tasks watch for drift: quiet where nothing has changed, loud where something has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import DATA, TINY_TAG, weekly
from tiny_runs import SAMPLES

from seqtune.data.drift.table import DriftTable
from seqtune.data.reading.open import open_source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.run.drift import DriftWatch
from seqtune.tasks import load_task
from seqtune.tasks._values import Context
from seqtune.tasks.classify.encoded import EncodedCases
from seqtune.tasks.classify.traits import of_predictions


def sold(rows: int, first: int, level: float = 0.0, gaps: int = 0) -> pd.DataFrame:
    """Days of two shops with a season of a week, from some day on."""
    tables = []
    for number, shop in enumerate("ab"):
        draw = np.random.default_rng((number, 5))
        steps = np.arange(first, first + rows)
        noise = draw.normal(0, 1, first + rows)[first:]
        y = 50 * (number + 1) + 4 * np.sin(2 * np.pi * steps / 7) + noise + level
        date = pd.Timestamp("2023-01-01") + pd.to_timedelta(steps, unit="D")
        table = pd.DataFrame(
            {"date": date, "shop": shop, "y": y, "price": 3 + 5 * number + draw.normal(size=rows)}
        )
        table.loc[5 : 4 + gaps, "y"] = np.nan
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def notes(count: int, seed: int, words: tuple[str, ...], bad: float = 0.5) -> pd.DataFrame:
    """Texts of words drawn at random, with labels drawn at random."""
    draw = np.random.default_rng(seed)
    text = [" ".join(draw.choice(words, draw.integers(4, 12))) for _ in range(count)]
    return pd.DataFrame(
        {"text": text, "label": draw.choice(["bad", "good"], count, p=[bad, 1 - bad])}
    )


@dataclass(frozen=True)
class Case:
    """Data of a run, new rows like it, and new rows that are not, with what is then flagged."""

    flags: tuple[str, ...]
    usual: Any
    like: Any
    other: Any
    flagged: frozenset[tuple[str, str]]


WORDS = tuple(f"word{number}" for number in range(30))
OTHERS = tuple(f"noun{number}" for number in range(30))
CASES: Mapping[str, Case] = {
    "forecast": Case(
        ("data.target=[y]", "data.past=[price]", "horizon=7"),
        sold(300, 0), sold(30, 300), sold(30, 300, level=9, gaps=12),
        frozenset({("y", "level"), ("y", "missing")}),
    ),
    "anomaly": Case(
        ("data.target=[y]",), sold(300, 0), sold(30, 300), sold(30, 300, level=9),
        frozenset({("y", "level")}),
    ),
    "classify": Case(
        (), notes(400, 0, WORDS), notes(100, 1, WORDS), notes(100, 2, OTHERS, bad=0.95),
        frozenset({("labels", "mix"), ("text: unknown tokens", "level")}),
    ),
    "translate": Case(
        ("data.source=text", "data.target=label", "tokens.source=word", "tokens.target=word"),
        notes(400, 0, WORDS), notes(100, 1, WORDS), notes(100, 2, OTHERS),
        frozenset({("text: unknown tokens", "level")}),
    ),
}  # fmt: skip


def prepared(task: str, flags: tuple[str, ...], rows: pd.DataFrame) -> tuple[Any, Recipe]:
    recipe = Recipe.load(None, task, flags)
    made: tuple[Any, Recipe] = load_task(task).prepare(open_source(rows, recipe), recipe, silent)
    return made


@pytest.fixture(scope="module", params=CASES)
def watched(request: pytest.FixtureRequest) -> tuple[DriftWatch, Case]:
    case = CASES[request.param]
    data, recipe = prepared(request.param, case.flags, case.usual)
    return DriftWatch(load_task(request.param), data, Context(recipe, "runs/one")), case


def drift(watch: DriftWatch, rows: Any) -> DriftTable:
    found = watch.drift(open_source(rows, watch.context.recipe, joins=False))
    assert found is not None
    return found


def flags(table: DriftTable) -> set[tuple[str, str]]:
    return {(each.name, each.measure) for each in table.flagged}


def test_rows_like_the_usual_ones_raise_no_flag(watched: tuple[DriftWatch, Case]) -> None:
    watch, case = watched
    table = drift(watch, case.like)
    assert table.findings and flags(table) == set()


def test_rows_that_have_drifted_do(watched: tuple[DriftWatch, Case]) -> None:
    watch, case = watched
    assert flags(drift(watch, case.other)) >= case.flagged


def test_a_batch_without_some_series_has_not_drifted(watched: tuple[DriftWatch, Case]) -> None:
    watch, case = watched
    if "shop" not in case.usual:
        pytest.skip("of series")
    for shop in "ab":  # one is about 50, the other about 100
        assert flags(drift(watch, case.like[case.like.shop == shop])) == set()


def test_labels_need_not_be_there(watched: tuple[DriftWatch, Case]) -> None:
    watch, case = watched
    if "label" not in case.usual:
        pytest.skip("of labels")
    bare = drift(watch, case.like.drop(columns="label"))
    names = {each.name for each in bare.findings}
    assert names and not names & {"labels", "answers: characters"}


def test_a_batch_of_one_row_has_a_table(watched: tuple[DriftWatch, Case]) -> None:
    watch, case = watched
    assert flags(drift(watch, case.like.iloc[:1])) == set()


def test_tags_and_words_of_sentences_are_watched() -> None:
    sample = SAMPLES["tag"]
    settings = tuple(v for flag, v in pairwise(TINY_TAG) if flag == "--set")
    data, recipe = prepared("tag", settings, sample.rows)
    watch = DriftWatch(load_task("tag"), data, Context(recipe, "runs/one"))
    assert flags(drift(watch, sample.new)) == set()
    strange = sample.new.assign(token="x" + sample.new.token)
    assert ("unknown tokens", "level") in flags(drift(watch, strange))


STATES = ("data.kind=steps", "data.label=state", "data.channels=[x]")


def series(first: int, count: int, length: int = 30, level: float = 0.0) -> pd.DataFrame:
    """Series of steps, each around a level of its own."""
    tables = []
    for number in range(first, first + count):
        draw = np.random.default_rng((number, 9))
        x = draw.normal(level + draw.normal(0, 3), 1, length)
        tables.append(pd.DataFrame({"series": f"s{number}", "time": np.arange(length), "x": x}))
    rows = pd.concat(tables, ignore_index=True)
    return rows.assign(state=np.where(np.arange(len(rows)) % 7 < 3, "up", "down"))


def watch_of_states(rows: pd.DataFrame) -> DriftWatch:
    data, recipe = prepared("tag", ("data.series=series", "data.time=time", *STATES), rows)
    return DriftWatch(load_task("tag"), data, Context(recipe, "runs/one"))


@pytest.mark.parametrize(
    ("usual", "now", "names"),
    [
        (40, 30, {"tags", "x", "steps"}),
        (40, 3, {"tags", "x by step"}),
        (40, 1, {"tags", "x by step"}),
        (10, 30, {"tags", "x by step"}),
    ],
)
def test_few_series_are_compared_step_by_step_and_many_by_their_means(
    usual: int, now: int, names: set[str]
) -> None:
    watch = watch_of_states(series(0, usual))
    like = drift(watch, series(100, now))
    assert flags(like) == set() and {each.name for each in like.findings} == names
    (name,) = names - {"tags", "steps"}
    assert (name, "level") in flags(drift(watch, series(100, now, level=40)))


def test_of_one_long_series_the_steps_after_those_of_the_run_are_new() -> None:
    rows = series(0, 1, length=1_000)
    watch = watch_of_states(rows[:800])  # which is cut into blocks
    source = open_source(rows, watch.context.recipe, joins=False)
    table = watch.drift(source, known=0.8)
    assert table is not None and table.rows == 200 and flags(table) == set()
    assert {each.name for each in table.findings} == {"tags", "x by step"}


def test_how_long_a_text_is_means_nothing_where_it_was_cut_into_blocks() -> None:
    text = pd.DataFrame({"token": [f"w{place % 50}" for place in range(2_000)]})
    text["tag"] = [f"t{place // 100}" for place in range(2_000)]  # each part shall have all
    data, recipe = prepared("tag", ("data.kind=tokens", "longest=20"), text)
    assert len(data.parts) > 20
    watch = DriftWatch(load_task("tag"), data, Context(recipe, "runs/one"))
    table = drift(watch, text)
    assert {each.name for each in table.findings} == {"tags", "unknown tokens"}


def test_pieces_of_text_are_watched() -> None:
    text = (DATA / "tales.txt").read_text(encoding="utf-8")
    rows = pd.DataFrame({"text": [text[begin : begin + 500] for begin in range(0, 40_000, 500)]})
    new = [text[begin : begin + 500] for begin in range(40_000, 44_000, 500)]
    data, recipe = prepared("generate", ("tokens.kind=character",), rows)
    watch = DriftWatch(load_task("generate"), data, Context(recipe, "runs/one"))
    assert flags(drift(watch, pd.DataFrame({"text": new}))) == set()
    other = pd.DataFrame({"text": [each.replace("e", "ё") for each in new]})
    assert ("text: characters", "unknown") in flags(drift(watch, other))
    shouted = pd.DataFrame({"text": [each.upper() for each in new]})
    assert ("text: capitals", "level") in flags(drift(watch, shouted))


def test_new_characters_are_usual_where_the_held_out_parts_have_as_many() -> None:
    text = "".join(chr(0x4E00 + place % 150) for place in range(14_000))  # 150 in training
    new = "".join(chr(0x5E00 + place % 999) if place % 9 == 0 else text[place]
                  for place in range(6_000))  # fmt: skip
    settings = ("tokens.kind=character", "validation.share=0.25", "test.share=0.25")
    data, recipe = prepared("generate", settings, pd.DataFrame({"text": [text + new * 2]}))
    usual = load_task("generate").usual_traits(data)["text: characters"]
    assert sum(count == 1 for count in usual.counts.values()) > 1_000
    watch = DriftWatch(load_task("generate"), data, Context(recipe, "runs/one"))
    later = pd.DataFrame({"text": [new[::-1]]})
    assert ("text: characters", "unknown") not in flags(drift(watch, later))


def test_rows_that_a_forecaster_was_fitted_on_are_not_new() -> None:
    data, recipe = prepared("forecast", ("data.target=[y]",), weekly(140))
    watch = DriftWatch(load_task("forecast"), data, Context(recipe, "runs/one"))
    table = drift(watch, weekly(160))
    assert table.rows == 20  # not 160


def test_a_classifier_that_is_too_sure_is_found_out() -> None:
    data, _ = prepared("classify", (), notes(60, 0, WORDS))
    right = np.arange(200) < 120  # 60 %
    truth = np.eye(2)[np.where(right, 0, 1)]
    cases = EncodedCases(dict, np.arange(200), list, lambda: truth)  # type: ignore[arg-type]
    (finding,) = of_predictions(data, cases, np.tile([0.9, 0.1], (200, 1)))
    assert (finding.usual, finding.now) == (pytest.approx(0.9), pytest.approx(0.6))
    # error sqrt(0.9 * 0.1 / 200) = 0.0212: 14 of them
    assert finding.error == pytest.approx(0.0212, abs=1e-4) and finding.chance < 1e-9
    (fair,) = of_predictions(data, cases, np.tile([0.62, 0.38], (200, 1)))
    assert fair.chance > 0.1
