"""One contract for every simple method of every task: whatever it is fitted on, it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from seqtune.baselines.anomaly import isolation_forest
from seqtune.baselines.anomaly._fitting import AnomalyFitting
from seqtune.baselines.classify import _minirocket
from seqtune.baselines.classify._fitting import ClassifyFitting
from seqtune.baselines.forecast import boosted_trees, combination, ets, scum, theta
from seqtune.baselines.forecast._fitting import ForecastFitting
from seqtune.baselines.forecast._global_fitting import GlobalFitting
from seqtune.baselines.generate._fitting import GenerateFitting
from seqtune.baselines.problem import Fitting
from seqtune.baselines.runner import quietly
from seqtune.baselines.tag import window_trees
from seqtune.baselines.tag._fitting import TagFitting
from seqtune.baselines.translate._fitting import TranslateFitting
from seqtune.baselines.translate._pairs import Pairs
from seqtune.baselines.window_batch import WindowBatch
from seqtune.data.ragged import Ragged
from seqtune.registry import baselines
from seqtune.tasks.tag.sequences import Sequences

NAN = float("nan")
PERIOD = 12
LOCAL = ForecastFitting(5, (4, PERIOD), (0.05, 0.25, 0.5, 0.9))
FITTINGS: dict[str, Fitting] = {
    "forecast": LOCAL,
    "forecast of all": GlobalFitting(LOCAL),
    "text": ClassifyFitting("text", is_multi=False, seed=0),
    "texts": ClassifyFitting("text", is_multi=True, seed=0),
    "series": ClassifyFitting("series", is_multi=False, seed=0),
    "several": ClassifyFitting("series", is_multi=True, seed=0),
    "anomaly": AnomalyFitting(PERIOD),
    "anomaly, both sides": AnomalyFitting(PERIOD, causal=False),
    "generate": GenerateFitting(4, "word"),
    "pairs": TranslateFitting("text"),
    "pairs of symbols": TranslateFitting("symbols"),
    "captions": TranslateFitting("features"),
    "transcripts": TranslateFitting("series"),
    "tokens": TagFitting("tokens", 4),
    "tokens so far": TagFitting("tokens", 4, causal=True),
    "steps": TagFitting("steps", 4),
    "steps so far": TagFitting("steps", 4, causal=True),
}
ROWS_SCORED = ("anomaly", "anomaly, both sides")
LONGEST_WINDOW = 4 * PERIOD
TAGGED = ("tokens", "tokens so far", "steps", "steps so far")
EVERY = [
    (form, name)
    for form, fitting in FITTINGS.items()
    for name, method in baselines(fitting.task).items()
    if not fitting.refusal(method)
]
Edges = dict[str, tuple[Any, Any]]
"""By name, what a method is fitted on and what it is asked."""


def season(rows: int, channels: int = 2, seed: int = 0) -> np.ndarray:
    """A noisy season of 12 rows, (rows, channels)."""
    noise = np.random.default_rng(seed).normal(0.0, 0.1, (rows, channels))
    return np.sin(2 * np.pi * np.arange(rows) / PERIOD)[:, None] + noise


def histories() -> Edges:
    peaks = np.array([1.0, 3.0, 2.0, 5.0, 4.0] * 8)
    known: dict[str, Any] = {
        "usual": 10 + season(60)[:, 0],
        "one row": [5.0],
        "two rows": [1.0, 2.0],
        "three rows": [1.0, 5.0, 2.0],
        "shorter than a season": [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0],
        "one season": np.arange(12.0),
        "two seasons": [*range(12), *range(1, 13)],
        "constant": [7.0] * 40,
        "zero": [0.0] * 40,
        "mostly zero": [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0] * 4,
        "negative": -np.arange(40.0),
        "a line": np.arange(40.0),
        "huge": 1e200 * peaks,
        "tiny": 1e-200 * peaks,
    }
    together = [np.array(values, np.float64) for values in known.values()]
    return {
        "usual": (None, together[:1]),
        "all together": (None, together),
        "nothing": (None, []),
    }


def windows(values: np.ndarray, count: int, series: int = 3) -> tuple[WindowBatch, np.ndarray]:
    """Windows of a series with a covariate of each kind, and what came; series take turns."""
    reach = 24
    cuts = np.linspace(reach, len(values) - 5, count).astype(np.int64)
    rows = cuts[:, None] + np.arange(-reach, 5)
    promotion = (np.arange(len(values)) % 7 == 3).astype(np.float32)
    number = np.arange(count) % series
    batch = WindowBatch(
        values=values[rows[:, :reach]],
        valid=np.ones((count, reach), bool),
        known=promotion[rows][..., None],
        past=np.cos(rows[:, :reach, None]).astype(np.float32),
        static=number[:, None].astype(np.float32),
        series=number,
        unit=np.full(count, max(np.ptp(values), 1e-300)),
    )
    return batch, values[rows[:, reach:]]


def scaled(batch: WindowBatch, factor: float) -> WindowBatch:
    return replace(batch, values=factor * batch.values, unit=factor * batch.unit)


def batches() -> Edges:
    usual, truth = windows(10 + season(120)[:, 0], 60)
    asked, _ = windows(10 + season(80, seed=1)[:, 0], 9)
    fresh = replace(asked, series=np.full(9, -1))
    young = replace(asked, valid=np.arange(24) >= np.arange(9)[:, None] + 15)
    unseen = np.where(np.arange(60)[:, None] < 30, truth, NAN)
    never = WindowBatch.of_values(np.full((4, 24), 7.0), 5)
    alone = WindowBatch.of_values(season(24)[None, :, 0], 5)
    known: dict[str, Any] = {
        "usual": ((usual, truth), asked),
        "series never seen": ((usual, truth), fresh),
        "young series": ((usual, truth), young),
        "partly known": ((usual, unseen), asked),
        "nothing known": ((usual, np.full_like(truth, NAN)), asked),
        "no windows": ((usual[:0], truth[:0]), asked),
        "one window": ((usual[:1], truth[:1]), asked),
        "eight windows": ((usual[:8], truth[:8]), asked),
        "no covariates": ((alone, np.ones((1, 5))), alone),
        "constant": ((never, np.full((4, 5), 7.0)), never),
        "huge": (
            windows(1e200 * (2 + season(120)[:, 0]), 60),
            scaled(asked, 1e200),
        ),
        "tiny": (
            windows(1e-200 * season(120)[:, 0], 60),
            scaled(asked, 1e-200),
        ),
        "nothing": ((usual, truth), asked[:0]),
    }
    return {name: (each, [batch]) for name, (each, batch) in known.items()}


TEXTS = ["good film", "bad film", "", "良い映画です", "😀😀", "?!…", "плохо и скучно", "a b\n\tc"]
NEW_TEXTS = ["", "never seen", "良い", "good bad film"]
SERIES = [season(steps, seed=steps) for steps in (1, 2, 9, 30, 8, 30, 12, 300)]
NEW_SERIES = [np.zeros((1, 2)), np.full((400, 2), 1e300), -SERIES[3], SERIES[2]]


def cases(all_cases: Sequence[Any], new: Sequence[Any], is_multi: bool) -> Edges:
    targets = np.eye(4)[[0, 1, 0, 2, 1, 0, 2, 1]]  # nobody has the last class
    if is_multi:
        targets[1] = 0.0
        targets[:, 2] = 1.0
    edges: Edges = {
        "usual": ((all_cases, targets), new),
        "one class": ((all_cases, np.ones((8, 1))), new),
        "equal cases": (([all_cases[0]] * 6, targets[:6]), all_cases),
        "nothing": ((all_cases, targets), []),
    }
    for number, case in enumerate(all_cases):
        edges[f"one row: {number}"] = (([case], targets[number : number + 1]), new)
    return edges


def segments() -> Edges:
    whole, asked = season(300), season(100, seed=1)
    missing, held = whole.copy(), asked.copy()
    missing[::7], held[40:50], held[60:70, 0] = NAN, NAN, NAN
    constant = whole.copy()
    constant[:, 1] = 4.0
    edges: Edges = {
        "usual": ([whole], [asked]),
        "several segments": ([whole, season(0), season(5)], [asked, season(0), season(1)]),
        "missing values": ([missing], [held]),
        "nothing observed": ([np.full((300, 2), NAN)], [np.full((9, 2), NAN), asked]),
        "a constant channel": ([constant], [constant[:100]]),
        "constant": ([np.full((300, 1), 7.0)], [np.full((100, 1), 7.0)]),
        "huge": ([1e150 * whole], [1e150 * asked]),
        "no rows": ([season(0)], [asked]),
        "no segments": ([], []),
        "nothing": ([whole], []),
    }
    for rows in (1, 2, 3, 7):
        edges[f"{rows} rows"] = ([season(rows)], [asked, season(rows)])
    return edges


def documents(*texts: Sequence[int]) -> Ragged:
    return Ragged.from_list([list(text) for text in texts])


def texts() -> Edges:
    known = {
        "usual": [[0, 1, 2, 0, 1, 2, 0, 1], [1, 1]],
        "one row": [[0]],
        "one class": [[2] * 9],
        "no tokens": [[]],
        "no documents": [],
    }
    asked = documents([3, 3, 3, 3, 3, 3, 3], [], [0, 1, 2], [2] * 30)
    held_out = documents([0, 1, 2])
    edges: Edges = {name: ((documents(*each), held_out), asked) for name, each in known.items()}
    nothing = documents()
    return {
        **edges,
        "nothing held out": ((documents([0, 1, 2]), nothing), asked),
        "nothing": ((documents([0, 1]), held_out), nothing),
    }


ROWS = [season(1, seed=seed)[:1] for seed in range(8)]
NEW_ROWS = [np.zeros((1, 2)), np.full((1, 2), 1e300), ROWS[3]]


def pairs(sources: Sequence[Any], new: Sequence[Any], kind: str, target_kind: str) -> Edges:
    targets = ["gut", "schlecht", "", "ein guter Film", "gut", "t s", "\u0301", "😀"]
    edges: Edges = {
        "usual": (Pairs(sources, targets, kind, target_kind), new),
        "one target": (Pairs(sources, ["gut"] * 8, kind, target_kind), new),
        "equal sources": (Pairs([sources[0]] * 8, targets, kind, target_kind), sources),
        "nothing": (Pairs(sources, targets, kind, target_kind), []),
    }
    for number, source in enumerate(sources):
        for target in ("", "gut"):
            known = Pairs([source], [target], kind, target_kind)
            edges[f"one pair: {number}, {target!r}"] = (known, new)
    return edges


def sentences(*texts: Sequence[str]) -> Sequences:
    """Sentences of tokens, flat."""
    tokens = [token for text in texts for token in text]
    offsets = np.cumsum([0, *map(len, texts)])
    return Sequences(offsets, np.arange(len(tokens)), tokens)


def paths(*series: np.ndarray, names: Sequence[str] = ()) -> Sequences:
    """Series of steps, flat."""
    offsets = np.cumsum([0, *map(len, series)])
    values = np.concatenate([np.empty((0, 2)), *series])
    return Sequences(offsets, np.arange(len(values)), values=values, names=names)


WORDS = [["the", "dog", "runs"], ["The"], [], ["dogs", "run", ",", "3.5", "良い", "\x00"]]
NEW_WORDS = [["", "the", "x" * 10_000], ["cats"], [], ["Dogs", "run"]]


def tagged(known: Sequences, asked: Sequences) -> Edges:
    targets = np.arange(known.positions) % 3  # nobody has the last tag
    gaps = np.where(np.arange(known.positions) % 4 == 1, -1, targets)
    only = np.where(np.arange(known.positions) == 2, 1, -1)
    return {
        "usual": ((known, targets), asked),
        "gaps": ((known, gaps), asked),
        "one class": ((known, np.zeros_like(targets)), asked),
        "one position": ((known, only), asked),
        "one row": ((known.take([1]), targets[:1]), asked),
        "itself": ((known, targets), known),
        "nothing": ((known, targets), asked.take([])),
    }


KNOWN_PATHS = paths(season(30), season(1), season(0), season(200, seed=2), names=list("abcd"))
NEW_PATHS = paths(np.full((9, 2), 1e300), season(1), np.zeros((40, 2)), names=["a", "x", "d"])

EDGES: dict[str, Edges] = {
    "tokens": tagged(sentences(*WORDS), sentences(*NEW_WORDS)),
    "tokens so far": tagged(sentences(*WORDS), sentences(*NEW_WORDS)),
    "steps": tagged(KNOWN_PATHS, NEW_PATHS),
    "steps so far": tagged(KNOWN_PATHS, NEW_PATHS),
    "forecast": histories(),
    "forecast of all": batches(),
    "text": cases(TEXTS, NEW_TEXTS, is_multi=False),
    "texts": cases(TEXTS, NEW_TEXTS, is_multi=True),
    "series": cases(SERIES, NEW_SERIES, is_multi=False),
    "several": cases(SERIES, NEW_SERIES, is_multi=True),
    "anomaly": segments(),
    "anomaly, both sides": segments(),
    "generate": texts(),
    "pairs": pairs(TEXTS, NEW_TEXTS, "text", "text"),
    "pairs of symbols": pairs(TEXTS, NEW_TEXTS, "symbols", "symbols"),
    "captions": pairs(ROWS, NEW_ROWS, "features", "text"),
    "transcripts": pairs(SERIES, NEW_SERIES, "series", "symbols"),
}


def fitted(form: str, name: str, known: Any) -> Callable[[Any], Any]:
    """A fitted method, which answers without a warning; `predict` refuses wrong shapes and NaN."""
    fitting = FITTINGS[form]
    method = baselines(fitting.task)[name]
    model = quietly(lambda: fitting.fit(method, known, None))
    return lambda asked: quietly(lambda: fitting.predict(model, asked))


def arrays(found: Any) -> list[np.ndarray]:
    """The numbers of an answer, whatever its task."""
    rows = found[0] if isinstance(found, tuple) else found
    if isinstance(rows, list) and rows and isinstance(rows[0], tuple):  # texts and their scores
        return [np.array([score, *map(ord, text)], np.float64) for text, score in rows]
    return list(rows) if isinstance(rows, list) else [rows]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Costly methods are made small: what holds for few features and trees holds for many.

    Members of a combination are held to the contract by themselves.
    """
    monkeypatch.setattr(_minirocket, "FEATURES", 500)
    monkeypatch.setattr(isolation_forest, "TREES", 20)
    monkeypatch.setattr(boosted_trees, "ITERATIONS", 5)
    monkeypatch.setattr(window_trees, "TREES", 5)
    monkeypatch.setattr(scum, "MEMBERS", (ets, theta))
    quick = {name: each for name, each in combination.MEMBERS.items() if name != "ces"}
    monkeypatch.setattr(combination, "MEMBERS", quick)
    combination._voices.cache_clear()
    yield
    combination._voices.cache_clear()


@pytest.mark.parametrize(("form", "name"), EVERY)
def test_it_answers_whatever_the_data_and_the_same_again(form: str, name: str) -> None:
    for edge, (known, asked) in EDGES[form].items():
        if (form, edge) == ("forecast", "all together"):
            continue  # below, each of them alone as well
        print(edge)  # noqa: T201 (a fault is of the last one)
        before = deepcopy((known, asked))
        found, again = (arrays(fitted(form, name, known)(asked)) for _ in range(2))
        for one, other in zip(found, again, strict=True):
            np.testing.assert_array_equal(one, other)
        for one, other in zip(flat(before), flat((known, asked)), strict=True):
            np.testing.assert_array_equal(one, other)
        check_answer(form, edge, found, asked)


def check_answer(form: str, edge: str, found: list[np.ndarray], asked: Any) -> None:
    """What every answer must be, by the form of the data."""
    for one in found:
        assert one.dtype == np.float64 and not np.isinf(one).any()
    if form.startswith("forecast"):
        assert np.isfinite(found[0]).all() and (np.diff(found[0][..., 1:], axis=-1) >= 0).all()
    elif form in ("text", "series", *TAGGED):
        np.testing.assert_allclose(found[0].sum(axis=1), 1.0)
    elif form in ROWS_SCORED:
        for scores, rows in zip(found, asked, strict=True):
            is_known = np.isfinite(rows).any(axis=1)
            assert np.isnan(scores[~is_known]).all()
            if edge in ("usual", "missing values", "a constant channel", "constant"):
                assert np.isfinite(scores[is_known][LONGEST_WINDOW + 8 :]).all()


def flat(values: Any) -> list[Any]:
    """All arrays and texts in nested containers, in order."""
    if isinstance(values, Ragged):
        return [values.values, values.offsets]
    if isinstance(values, list | tuple):
        return [each for one in values for each in flat(one)]
    if isinstance(values, Pairs):
        return flat([values.sources, values.targets])
    if isinstance(values, WindowBatch | Sequences):
        return list(vars(values).values())
    return [] if values is None else [values]


@pytest.mark.parametrize(("form", "name"), [each for each in EVERY if each[0] in TAGGED])
def test_a_method_that_must_not_looks_at_nothing_that_comes_later(form: str, name: str) -> None:
    (known, targets), asked = EDGES[form]["itself"]
    whole, first = fitted(form, name, (known, targets)), asked.take([0])
    cut = replace(
        first,
        offsets=np.array([0, 2]),
        rows=first.rows[:2],
        tokens=first.tokens[:2],
        values=None if first.values is None else first.values[:2],
    )
    is_equal = np.allclose(whole(cut), whole(first)[:2], atol=1e-12)
    looks_around = name in ("crf_features", "logistic_regression", "window_trees")
    assert is_equal == (form.endswith("so far") or not looks_around)


@pytest.mark.parametrize(("form", "name"), [each for each in EVERY if each[0] in ROWS_SCORED])
def test_a_row_is_scored_by_later_ones_where_it_may_be_alone(form: str, name: str) -> None:
    known, (asked,) = EDGES[form]["usual"]
    predict, cut = fitted(form, name, known), LONGEST_WINDOW + 20
    (whole,), (first,) = predict([asked]), predict([asked[:cut]])
    is_equal = np.allclose(whole[:cut], first, atol=1e-9, equal_nan=True)
    looks_around = name not in ("moving_z_score", "seasonal_residual")
    assert is_equal == (form == "anomaly" or not looks_around)


@pytest.mark.parametrize(
    ("form", "name"), [(form, name) for form, name in EVERY if form in ("text", "series")]
)
def test_one_case_and_one_class_are_all_that_it_knows(form: str, name: str) -> None:
    known, asked = EDGES[form]["one class"]
    assert fitted(form, name, known)(asked).tolist() == [[1.0]] * 4
    for case in known[0]:
        only = fitted(form, name, ([case], np.array([[0.0, 1.0, 0.0]])))(asked)
        assert (only.argmax(axis=1) == 1).all()


@pytest.mark.parametrize(("form", "name"), EVERY)
def test_an_example_has_the_same_answer_alone_and_among_others(form: str, name: str) -> None:
    known, asked = EDGES[form]["all together" if form == "forecast" else "usual"]
    if form == "generate":
        parts = [documents(text) for text in ([3] * 7, [], [0, 1, 2], [2] * 30)]
    elif form == "forecast of all":
        parts = [[asked[0][row : row + 1]] for row in range(len(asked[0]))]
    elif form in TAGGED:
        parts = [asked.take([number]) for number in range(len(asked))]
    else:
        parts = [[one] for one in asked]
    predict, before = fitted(form, name, known), deepcopy(asked)
    together = arrays(predict(asked))
    check_answer(form, "usual", together, asked)
    alone = [one for part in parts for one in arrays(predict(part))]
    np.testing.assert_allclose(np.concatenate(together), np.concatenate(alone), atol=1e-5)
    for one, other in zip(flat(before), flat(asked), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_says_what_it_is_and_how_its_work_grows() -> None:
    for form, name in EVERY:
        methods = baselines(FITTINGS[form].task)
        assert methods.summary(name).endswith("."), name
        by_steps = getattr(methods[name], "work_by_steps", None)
        work = getattr(methods[name], "work", lambda known, asked: known + asked)
        if by_steps is not None:
            work = partial(by_steps, steps=30.0)
        sizes = [work(known, asked) for known, asked in ((0, 0), (10, 5), (20, 5), (20, 50))]
        assert sizes == sorted(sizes) and sizes[0] >= 0 and np.isfinite(sizes).all(), name
