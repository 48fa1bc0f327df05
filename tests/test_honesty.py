"""Nothing is found where there is nothing, and no choice knows the test part; in every task.

Data of pure chance: noise, labels drawn by lot, letters drawn by lot. What a forecaster, a
classifier, a tagger, a detector or a language model can know of it is worked out by hand, so that
whoever knows more has seen what it should not. Then the test part alone is drawn anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import (
    TINY,
    TINY_ANOMALY,
    TINY_CLASSIFY,
    TINY_GENERATE,
    TINY_TAG,
    TINY_TRANSLATE,
)
from tiny_runs import Sample

from seqtune.data.reading.source import Source
from seqtune.data.text.vocabulary import END
from seqtune.progress import Note
from seqtune.recipe.load import Recipe
from seqtune.registry import tasks
from seqtune.run.run import Run
from seqtune.run.verdict import verdict
from seqtune.tasks import load_task

SERIES, ROWS, HELD = 30, 60, 6
SPREAD = 10.0
CASES = 400
HOURS, HELD_HOURS = 600, 150
SENTENCES, TOKENS = 240, 5
LETTERS, LENGTH = "abcdefghijklmnop", 12_000


def noise(test: int) -> pd.DataFrame:
    """Series of independent normal numbers; the test part depends on the seed, and is wilder."""
    values = np.random.default_rng(1).normal(50, SPREAD, (SERIES, ROWS))
    if test:
        values[:, -HELD:] = np.random.default_rng(test).normal(-900, 70 * SPREAD, (SERIES, HELD))
    date = pd.date_range("2024-01-01", periods=ROWS, freq="D")
    return pd.DataFrame(
        {
            "shop": np.repeat([f"s{number}" for number in range(SERIES)], ROWS),
            "date": np.tile(date, SERIES),
            "y": values.ravel(),
        }
    )


def lots(test: int, of_test: Any = ()) -> pd.DataFrame:
    """Texts of words drawn by lot, with labels drawn by lot; other words in test cases."""
    draw = np.random.default_rng(2)
    words = np.array([f"word{number}" for number in range(40)])
    text = [" ".join(words[draw.integers(0, 40, 6)]) for _ in range(CASES)]
    label = draw.permutation(np.arange(CASES) % 2)
    other = np.random.default_rng(test)
    for case in of_test if test else ():
        text[case] = " ".join(f"new{number}" for number in other.integers(0, 1000, 9))
    return pd.DataFrame({"text": text, "label": np.where(label, "yes", "no")})


def hours(test: int) -> pd.DataFrame:
    """Hours of noise of which a twentieth, drawn by lot, is called an anomaly."""
    draw = np.random.default_rng(3)
    values, labels = draw.normal(0, 1, HOURS), draw.random(HOURS) < 0.05
    if test:
        other = np.random.default_rng(test)
        values[-HELD_HOURS:] = other.normal(300, 50, HELD_HOURS)
        labels[-HELD_HOURS:] = other.random(HELD_HOURS) < 0.2
    date = pd.date_range("2024-01-01", periods=HOURS, freq="h")
    return pd.DataFrame({"time": date, "load": values, "anomaly": labels.astype(int)})


def letters(test: int) -> str:
    """Sixteen letters, each as likely as any other: four bits each."""
    drawn = np.random.default_rng(4).integers(0, 16, LENGTH)
    text = "".join(LETTERS[number] for number in drawn)
    if not test:
        return text
    other = np.random.default_rng(test).integers(0, 16, LENGTH // 10)
    return text[: -len(other)] + "".join((LETTERS + "z")[number % 17] for number in other + 1)


def guesses(test: int, of_test: Any = ()) -> pd.DataFrame:
    """Numbers, and one of four words drawn by lot for each; others in test cases."""
    draw = np.random.default_rng(5)
    source = [f"{number:03d}" for number in range(CASES)]
    target = [("up", "down", "left", "right")[each] for each in draw.integers(0, 4, CASES)]
    other = np.random.default_rng(test)
    for case in of_test if test else ():
        source[case] = f"{source[case]} is {other.integers(10**6)}"
        target[case] = " ".join(["nowhere"] * int(other.integers(2, 5)))
    return pd.DataFrame({"source": source, "target": target})


def coins(test: int, of_test: Any = (), sentences: int = SENTENCES) -> pd.DataFrame:
    """Sentences of words drawn by lot, a tag drawn by lot for each; other words in test rows."""
    draw, rows = np.random.default_rng(7), sentences * TOKENS
    token = [f"word{number}" for number in draw.integers(0, 40, rows)]
    tag = np.where(draw.permutation(np.arange(rows) % 2), "heads", "tails")
    other = np.random.default_rng(test)
    for row in of_test if test else ():
        token[row] = f"new{other.integers(0, 1000)}"
    sentence = np.repeat(np.arange(sentences), TOKENS)
    return pd.DataFrame({"sentence": sentence, "token": token, "tag": tag})


@dataclass(frozen=True)
class Chance:
    """Data of which nothing can be learnt.

    Args:
        flags: Of `fit`.
        draw: Returns the rows; those of the test part are drawn anew for each seed but 0.
        holds: Fails where a run knows more than can be known.
        name: Of the file.
    """

    flags: tuple[str, ...]
    draw: Callable[..., Any]
    holds: Callable[[Run, Any], None]
    name: str = "data.csv"


def no_forecast_is_nearer_than_the_mean(run: Run, prepared: Any) -> None:
    """The mean absolute error of the true mean is sqrt(2 / pi) deviations; that of n such values
    varies by sqrt((1 - 2 / pi) / n)."""
    least = SPREAD * math.sqrt(2 / math.pi)
    error = SPREAD * math.sqrt((1 - 2 / math.pi) / (SERIES * HELD))
    found = {row.name: row.test["mae"] for row in run.board.rows if row.test}
    assert len(found) >= 4
    for name, figure in found.items():
        assert figure > least - 3 * error, name
    skill = run.board.skill
    assert skill is not None and skill < 0.1


def no_answer_is_right_more_often_than_a_coin(run: Run, prepared: Any) -> None:
    """Of n answers a half is right, and sqrt(1 / 4n) the standard error."""
    cases = len(prepared.rows["test"])
    assert cases == 100
    for row in run.board.rows:
        if row.test:
            assert abs(row.test["accuracy"] - 0.5) < 3 * math.sqrt(0.25 / cases), row.name
    assert run.board.standard_error == pytest.approx(0.05, abs=0.002)
    assert "not told apart" in " ".join(verdict(run.board, "run"))


def no_score_finds_more_labels_than_dice(run: Run, prepared: Any) -> None:
    """The VUS-PR of scores drawn by lot, which has no simple formula, is drawn 20 times."""
    held, draw = prepared.encoded("test"), np.random.default_rng(0)
    dice = np.array([held.volume(draw.random(len(held.scored))) for _ in range(20)])
    for row in run.board.rows:
        if row.test:
            assert row.test["vus_pr"] < dice.mean() + 4 * dice.std(), row.name


def no_text_is_shorter_than_its_entropy(run: Run, prepared: Any) -> None:
    """Each letter tells four bits; less than that by more than a hundredth was known before."""
    found = [row.test["bits_per_character"] for row in run.board.rows if row.test]
    assert len(found) >= 2 and min(found) > 3.99


def no_answer_is_right_more_often_than_a_die(run: Run, prepared: Any) -> None:
    """Of n answers a quarter is right, and sqrt(3 / 16n) the standard error."""
    cases = len(prepared.rows["test"])
    for row in run.board.rows:
        if row.test:
            most = 0.25 + 3 * math.sqrt(3 / 16 / cases)
            assert row.test["exact_match"] < most, row.name


def no_tag_is_right_more_often_than_a_coin(run: Run, prepared: Any) -> None:
    """Of n tags a half is right, and sqrt(1 / 4n) the standard error."""
    tags = prepared.scored("test")
    assert tags == SENTENCES * TOKENS / 5
    for row in run.board.rows:
        if row.test:
            assert abs(row.test["accuracy"] - 0.5) < 3 * math.sqrt(0.25 / tags), row.name
    assert "not told apart" in " ".join(verdict(run.board, "run"))


def fixed(*settings: str) -> tuple[str, ...]:
    """Return flags that leave the search nothing to choose that would compile a program anew."""
    return tuple(word for each in settings for word in ("--set", each))


CHANCES: Mapping[str, Chance] = {
    "forecast": Chance(
        TINY
        + fixed(
            "data.series=shop", "data.target=y", "horizon=3",
            f"validation.steps={HELD}", f"test.steps={HELD}", "lookback=7", "seasonality=1",
            "preprocessing.scaling=series", "preprocessing.base=none",
            "preprocessing.effects=false", "network.segment.length=3", "network.dropout=0",
            "training.loss=scaled_quantile", "training.steps=300", "training.learning_rate=0.02",
            "training.batch_size=32", "baselines.methods=[naive,empirical,ridge]",
        ),
        noise,
        no_forecast_is_nearer_than_the_mean,
    ),
    "classify": Chance(
        TINY_CLASSIFY + fixed("validation.folds=0", "training.batch_size=32", "training.steps=30"),
        lots,
        no_answer_is_right_more_often_than_a_coin,
    ),
    "anomaly": Chance(
        TINY_ANOMALY
        + fixed(
            f"validation.steps={HELD_HOURS}", f"test.steps={HELD_HOURS}", "lookback=8",
            "seasonality=1", "preprocessing.activity=false", "preprocessing.calendar=false",
        ),
        hours,
        no_score_finds_more_labels_than_dice,
    ),
    "translate": Chance(
        TINY_TRANSLATE
        + fixed(
            "data.kind=text", "metric=exact_match", "training.batch_size=32", "training.steps=40",
            "training.steps_per_epoch=20", "training.learning_rate=0.01",
            "tokens.target=word",
            "baselines.methods=[commonest,translation_memory]",
        ),
        guesses,
        no_answer_is_right_more_often_than_a_die,
    ),
    "tag": Chance(
        TINY_TAG
        + fixed(
            "training.batch_size=32", "training.steps=40", "training.steps_per_epoch=20",
            "training.learning_rate=0.01",
            "baselines.methods=[commonest_tag,logistic_regression,crf_features]",
        ),
        coins,
        no_tag_is_right_more_often_than_a_coin,
    ),
    "generate": Chance(
        TINY_GENERATE
        + fixed("test.share=0.1", "network.attention=0", "baselines.methods=[unigram,kneser_ney]"),
        letters,
        no_text_is_shorter_than_its_entropy,
        "letters.txt",
    ),
}  # fmt: skip
"""A task that is added later adds its own."""


CASES_OF: Mapping[str, Callable[[Any], Any]] = {
    "classify": lambda prepared: prepared.lines[prepared.rows["test"]],
    "tag": lambda prepared: prepared.lines[prepared.inputs.places(prepared.chosen("test"))],
    "translate": lambda prepared: prepared.lines[prepared.first_pairs[prepared.rows["test"]]],
}
"""The rows of the test part of tasks that draw it by lot."""


@dataclass(frozen=True)
class Pair:
    """Two runs on data that differ in the test part alone, and the data of the first."""

    chance: Chance
    one: Run
    other: Run
    prepared: Any


@pytest.fixture(scope="module", params=sorted({*tasks, *CHANCES}))
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    task = request.param
    assert task in CHANCES, f"say in CHANCES what cannot be learnt in the task {task}"
    chance, folder = CHANCES[task], tmp_path_factory.mktemp(task)
    one = fit(task, chance, folder / "one", chance.draw(0))
    prepared = load_task(task).load(one.folder)
    of_test = tuple(CASES_OF[task](prepared) for _ in range(task in CASES_OF))
    other = fit(task, chance, folder / "other", chance.draw(1, *of_test))
    return Pair(chance, one, other, prepared)


def fit(task: str, chance: Chance, folder: Path, rows: Any) -> Run:
    folder.mkdir()
    sample = Sample(chance.flags, rows, rows, chance.name)
    return Run(sample.fit(task, folder, "--trials", "2")[0])


def test_of_chance_nothing_is_known(pair: Pair) -> None:
    pair.chance.holds(pair.one, pair.prepared)


def before_the_test(run: Run) -> dict[str, Any]:
    """Return everything that a run found and chose without the test part."""
    trials = [json.loads(line) for line in (run.folder / "trials.jsonl").read_text().splitlines()]
    board = run.board.to_dict()
    return {
        "recipe": (run.folder / "recipe.yaml").read_text(),
        "trials": [(each["trial"], each["values"], each["score"], each["scores"])
                   for each in trials],
        "members": json.loads((run.folder / "members.json").read_text()),
        "order": [row["name"] for row in board["leaderboard"]],
        "chosen": [board[name] for name in ("winner", "best_network", "best_baseline", "margin")],
        "validation": {row["name"]: row["validation"] for row in board["leaderboard"]},
        "detail": {row["name"]: row["detail"] for row in board["leaderboard"]},
    }  # fmt: skip


def test_no_choice_knows_the_test_part(pair: Pair) -> None:
    one, other = before_the_test(pair.one), before_the_test(pair.other)
    for what, found in one.items():
        assert found == other[what], what
    assert len(one["trials"]) == 2 and len(one["order"]) >= 3
    tested = [{row.name: row.test for row in run.board.rows} for run in (pair.one, pair.other)]
    assert tested[0] != tested[1], "the test part was not drawn anew"


def twice(frame: pd.DataFrame) -> pd.DataFrame:
    """Return all rows, and all again behind them."""
    return pd.concat([frame, frame], ignore_index=True)


def two_shops(column: str) -> pd.DataFrame:
    """Return noise of three series, each of them twice under another name."""
    values = np.random.default_rng(6).normal(size=(3, ROWS))
    date = pd.date_range("2024-01-01", periods=ROWS, freq="h")
    shops = [f"{name}{number}" for name in "ab" for number in range(3)]
    return pd.DataFrame(
        {
            "shop": np.repeat(shops, ROWS),
            "date": np.tile(date, 6),
            column: np.tile(values.ravel(), 2),
        }
    )


def two_series(count: int) -> pd.DataFrame:
    """Return steps of noise with a tag drawn by lot each, each series twice under another name."""
    draw, steps = np.random.default_rng(8), np.tile(np.arange(TOKENS), 2 * count)
    values = draw.normal(size=count * TOKENS)
    series = np.repeat([f"s{number}" for number in range(2 * count)], TOKENS)
    tag = np.where(np.arange(len(values)) % 2, "up", "down")
    return pd.DataFrame(
        {"series": series, "time": steps, "x": np.tile(values, 2), "label": np.tile(tag, 2)}
    )


def rows_of_parts(prepared: Any) -> dict[str, list[Any]]:
    """Return the values of the rows of each part of a panel, which are all different."""
    return {
        part: [
            value
            for begin, end in zip(*prepared.split.bounds(part), strict=True)
            for value in prepared.panel.target[begin:end, 0].tolist()
        ]
        for part in ("train", "validation", "test")
    }


def cases_of_parts(prepared: Any) -> dict[str, list[Any]]:
    """Return the cases of each part, as bytes."""
    return {
        part: [
            each if isinstance(each, str) else np.ascontiguousarray(each).tobytes()
            for each in prepared.cases(rows)
        ]
        for part, rows in prepared.rows.items()
    }


def documents_of_parts(prepared: Any) -> dict[str, list[Any]]:
    """Return the documents of each part, without the token at their end."""
    found: dict[str, list[Any]] = {}
    for part in ("train", "validation", "test"):
        documents = prepared.documents("character", part)
        every = [each[each != END] for each in documents.select(np.arange(len(documents)))]
        found[part] = [each.tobytes() for each in every if len(each)]
    return found


def pairs_of_parts(prepared: Any) -> dict[str, list[Any]]:
    """Return the source of each pair of each part."""
    return {
        part: prepared.source_texts(prepared.case[np.isin(prepared.case, rows)])
        for part, rows in prepared.rows.items()
    }


def sequences_of_parts(prepared: Any) -> dict[str, list[Any]]:
    """Return the sentences of each part as texts, series as bytes."""
    found: dict[str, list[Any]] = {}
    for part in ("train", "validation", "test"):
        every = prepared.sequences(prepared.chosen(part))
        flat = every.tokens if every.values is None else every.values
        found[part] = [
            " ".join(flat[begin:end]) if every.values is None else flat[begin:end].tobytes()
            for begin, end in pairwise(every.offsets.tolist())
        ]
    return found


@dataclass(frozen=True)
class Twins:
    """Data in which every case is there twice.

    Args:
        rows: The table.
        settings: Of the recipe.
        parts: Returns what stands in each part.
        told: What is said of them.
    """

    rows: pd.DataFrame
    settings: tuple[str, ...]
    parts: Callable[[Any], dict[str, list[Any]]]
    told: str


STEPS = {f"t{step}": np.random.default_rng(step).normal(size=80) for step in range(5)}
COINS = coins(0, sentences=60)
EQUAL = " are equal to another one: "
TWINS: Mapping[str, Sequence[Twins]] = {
    "forecast": [
        Twins(
            two_shops("y"), ("horizon=3", "test.steps=9"), rows_of_parts, f"6 of 6 series{EQUAL}"
        ),
    ],
    "anomaly": [Twins(two_shops("load"), (), rows_of_parts, f"6 of 6 series{EQUAL}")],
    "classify": [
        Twins(
            twice(lots(0).head(80)), ("validation.folds=0",), cases_of_parts,
            f"160 of 160 cases{EQUAL}",
        ),
        Twins(
            twice(pd.DataFrame({**STEPS, "label": ["a", "b"] * 40})),
            ("validation.folds=0",), cases_of_parts, f"160 of 160 cases{EQUAL}",
        ),
    ],
    "translate": [
        Twins(
            twice(guesses(0).head(80)), ("data.kind=text", "baselines.methods=[copy]"),
            pairs_of_parts, "160 rows have 80 different sources",
        )
    ],
    "tag": [
        Twins(
            pd.concat([COINS, COINS.assign(sentence=COINS["sentence"] + 60)]), (),
            sequences_of_parts, f"120 of 120 sentences{EQUAL}",
        ),
        Twins(
            two_series(30), ("baselines.methods=[majority]",), sequences_of_parts,
            f"60 of 60 series{EQUAL}",
        ),
    ],
    "generate": [
        Twins(
            twice(lots(0)[["text"]].head(80)),
            ("training.sequence=8", "tokens.kind=character", "test.share=0.1", kept),
            documents_of_parts,
            f"160 of 160 documents{EQUAL}",
        )
        for kept in ("data.documents=mixed", "data.documents=kept")
    ],
}  # fmt: skip
"""A task that is added later adds its own."""


@pytest.mark.parametrize("task", sorted({*tasks, *TWINS}))
def test_no_twin_stands_in_another_part_and_twins_are_counted(task: str) -> None:
    assert task in TWINS, f"say in TWINS what stands twice in data of the task {task}"
    for twins in TWINS[task]:
        heard: list[Any] = []
        recipe = Recipe.load(None, task, twins.settings)
        prepared, _ = load_task(task).prepare(Source.from_frame(twins.rows), recipe, heard.append)
        parts = twins.parts(prepared)
        for part, found in parts.items():
            assert len(found) == 2 * len(set(found)) > 0, part
            others = {each for other in parts if other != part for each in parts[other]}
            assert not others.intersection(found), part
        told = [each.text for each in heard if isinstance(each, Note)]
        assert sum(text.startswith(twins.told) for text in told) == 1


def test_a_watched_column_that_is_the_label_is_told() -> None:
    table = hours(0).assign(state=lambda each: 3 * each["anomaly"] + 1)
    heard: list[Any] = []
    recipe = Recipe.load(None, "anomaly", ())
    load_task("anomaly").prepare(Source.from_frame(table), recipe, heard.append)
    (said,) = [each.text for each in heard if isinstance(each, Note) and "away" in each.text]
    assert said.startswith("column 'state' gives the label away: each value comes with one label.")
