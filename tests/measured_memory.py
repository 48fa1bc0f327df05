"""Measure, in a process of its own, how much memory a unit of data costs: a row, a series, a class.

Each measure prepares, encodes or predicts n units, then ten times as many, and prints the bytes at
the peak that each further unit took: `{"forecast prepare rows": 180.3, ...}` as JSON.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqtune.data.reading.source import Source
from seqtune.progress import silent
from seqtune.recipe.load import Recipe
from seqtune.runtime.backend import activate

activate("auto")  # before anything imports Keras, which would load TensorFlow too

from seqtune.runtime.network import KerasNetwork  # noqa: E402
from seqtune.search.memory import released  # noqa: E402
from seqtune.search.space import complete  # noqa: E402
from seqtune.tasks import load_task  # noqa: E402
from seqtune.tasks._values import Context  # noqa: E402

MORE = 10
CLEAR = Path("/proc/self/clear_refs")
STATUS = Path("/proc/self/status")


def peak_bytes(act: Callable[[], object]) -> float:
    """Return by how much memory grew at most while something was done."""
    before = released()
    CLEAR.write_text("5")  # the peak begins anew
    kept = act()
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    del kept
    return int(line.split()[1]) * 1024 - before


def per_unit(make: Callable[[int], Callable[[], object]], units: int) -> float:
    """Return the bytes that each further unit takes at the peak.

    Args:
        make: Returns, for a number of units, what is measured; what it makes before does not count.
        units: How many; then ten times as many.
    """
    few, many = (peak_bytes(make(count)) for count in (units, MORE * units))
    return (many - few) / ((MORE - 1) * units)


def noise(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=shape)


def dates(rows: int, freq: str = "min") -> Any:
    return pd.date_range("2000-01-01", periods=rows, freq=freq)


def preparing(task: str, rows: Callable[[int], Any], *settings: str) -> Any:
    def make(units: int) -> Callable[[], object]:
        source, recipe = Source.from_frame(rows(units)), Recipe.load(None, task, settings)
        return lambda: load_task(task).prepare(source, recipe, silent)

    return make


def predicting(task: str, known: Any, rows: Callable[[int], Any], *settings: str) -> Any:
    """Measure reading new rows, what an untrained network says of them, and the table of it."""
    recipe = Recipe.load(None, task, (*settings, *SMALL))
    fitted, recipe = load_task(task).prepare(Source.from_frame(known), recipe, silent)
    values = complete(recipe.dimensions(), {})
    built = load_task(task).build(fitted, values)
    network = KerasNetwork(built, load_task(task).network_facts)

    def make(units: int) -> Callable[[], object]:
        source, context = Source.from_frame(rows(units)), Context(recipe, "run")

        def act() -> object:
            if task == "generate":
                encoded = load_task(task).encode_labelled(fitted, source, context)
                return load_task(task).forward(network, fitted, encoded, values)
            encoded = load_task(task).encode(fitted, source, context)
            made = load_task(task).forward(network, fitted, encoded, values)
            return made, load_task(task).decode(fitted, encoded, made, context)

        return act

    return make


def answering(steps: int) -> Any:
    """Measure what an untrained network forecasts of all test windows, by numbers of a window."""

    def make(levels: int) -> Callable[[], object]:
        asked = [round((number + 1) / (levels + 1), 6) for number in range(levels)]
        recipe = Recipe.load(
            None, "forecast",
            (f"horizon={steps}", f"quantiles={sorted({*asked, 0.5})}", "seasonality=1", *SMALL),
        )  # fmt: skip
        rows = pd.DataFrame({"date": dates(12 * steps), "y": noise(12 * steps)})
        task = load_task("forecast")
        fitted, recipe = task.prepare(Source.from_frame(rows), recipe, silent)
        values = complete(recipe.dimensions(), {})
        network = KerasNetwork(task.build(fitted, values), task.network_facts)
        return lambda: task.forward(network, fitted, fitted.encoded("test"), values)

    return make


def reading(documents: int) -> Any:
    """Measure what an untrained network says of a test part, by words of the vocabulary."""

    def make(words: int) -> Callable[[], object]:
        asked = ("tokens.kind=word", "tokens.least_count=1", "tokens.vocabulary=100000")
        recipe = Recipe.load(None, "generate", ("training.sequence=8", *asked, *SMALL))
        task, rows = load_task("generate"), texts(documents, words)[["text"]]
        fitted, recipe = task.prepare(Source.from_frame(rows), recipe, silent)
        values = complete(recipe.dimensions(), {})
        network = KerasNetwork(task.build(fitted, values), task.network_facts)
        return lambda: task.forward(network, fitted, fitted.encoded("test"), values)

    return make


SMALL = (
    *("network.cell=gru", "network.units=4", "network.layers=1", "portfolio=[]", "backend=auto"),
    "training.batch_size=8",
)


def series_of(series: int, rows: int, column: str, gap: int = 0) -> pd.DataFrame:
    """Return series that begin one after the other, so many steps later each."""
    steps = np.arange(rows) + gap * np.arange(series)[:, None]
    return pd.DataFrame(
        {
            "shop": np.repeat([f"s{number}" for number in range(series)], rows),
            "date": pd.Timestamp("2000-01-01") + pd.to_timedelta(steps.ravel(), unit="min"),
            column: noise(series * rows),
        }
    )


def texts(cases: int, words: int, classes: int = 2) -> pd.DataFrame:
    """Return texts of ten words each."""
    numbers = np.random.default_rng(0).integers(0, words, (cases, 10))
    text = [" ".join(f"w{number}" for number in row) for row in numbers.tolist()]
    return pd.DataFrame({"text": text, "label": [f"l{case % classes}" for case in range(cases)]})


def waves(cases: int, steps: int) -> pd.DataFrame:
    table = pd.DataFrame(noise(cases, steps), columns=[f"t{step}" for step in range(steps)])
    return table.assign(label=[f"l{case % 2}" for case in range(cases)])


def sentences(count: int, words: int, length: int = 10) -> pd.DataFrame:
    """Return sentences with a row for each token, a tag for each by lot."""
    draw, rows = np.random.default_rng(0), count * length
    token = [f"w{number}" for number in draw.integers(0, words, rows).tolist()]
    tag = [f"t{number}" for number in draw.integers(0, 3, rows).tolist()]
    sentence = np.repeat(np.arange(count), length)
    return pd.DataFrame({"sentence": sentence, "token": token, "tag": tag})


def states(series: int, steps: int) -> pd.DataFrame:
    """Return series of two channels with a state for each step."""
    values, rows = noise(series * steps, 2), series * steps
    table = pd.DataFrame(values, columns=["x", "y"])
    names = np.repeat([f"s{number}" for number in range(series)], steps)
    state = np.where(np.arange(rows) % 5 < 3, "up", "down")
    return table.assign(series=names, time=np.tile(np.arange(steps), series), state=state)


WORDS = "text.tokens=word"
HORIZON = ("data.series=shop", "horizon=6", "seasonality=1", "lookback=12")


def measures() -> Iterator[tuple[str, Any, int]]:
    """Yield what is measured: its name, what is done with a number of units, and how many."""
    yield (
        "forecast prepare row",
        preparing(
            "forecast",
            lambda n: pd.DataFrame({"date": dates(n), "y": noise(n)}),
            "horizon=6",
            "seasonality=1",
        ),
        20_000,
    )
    yield (
        "forecast prepare series",
        preparing("forecast", lambda n: series_of(n, 20, "y"), *HORIZON),
        500,
    )
    yield (
        "forecast prepare span",
        preparing("forecast", lambda n: series_of(100, 20, "y", gap=n), *HORIZON),
        5_000,
    )
    yield (
        "anomaly prepare row",
        preparing(
            "anomaly", lambda n: pd.DataFrame({"date": dates(n), "load": noise(n)}), "seasonality=1"
        ),
        10_000,
    )
    yield (
        "anomaly prepare series",
        preparing("anomaly", lambda n: series_of(n, 40, "load"), "seasonality=1", "lookback=4"),
        100,
    )
    yield (
        "classify prepare text",
        preparing("classify", lambda n: texts(n, 500), WORDS),
        500,
    )
    yield (
        "classify prepare class",
        preparing("classify", lambda n: texts(2_000, 50, n), "data.least_cases=1", WORDS),
        40,
    )
    yield (
        "classify prepare word",
        preparing("classify", lambda n: texts(4_000, n), WORDS, "text.least_count=1"),
        2_000,
    )
    yield "classify prepare series", preparing("classify", lambda n: waves(n, 50)), 500
    yield "classify prepare step", preparing("classify", lambda n: waves(200, n)), 100
    yield "tag prepare token", preparing("tag", lambda n: sentences(n // 10, 500)), 8_000
    yield "tag prepare word", preparing("tag", lambda n: sentences(n // 10, n)), 4_000
    yield "tag prepare step", preparing("tag", lambda n: states(40, n // 40)), 8_000
    yield (
        "generate prepare document",
        preparing("generate", lambda n: texts(n, 500)[["text"]], "training.sequence=8"),
        600,
    )
    yield "generate prepare word", preparing(
        "generate", lambda n: texts(5_000, n)[["text"]], "training.sequence=8",
        "tokens.kind=word", "tokens.least_count=1", "tokens.vocabulary=100000",
    ), 4_000  # fmt: skip
    yield "forecast predict series", predicting(
        "forecast", series_of(20, 40, "y"), lambda n: series_of(n, 40, "y"), *HORIZON,
        "network.architecture=segment", "network.segment.length=3",
    ), 300  # fmt: skip
    yield "forecast answer quantile", answering(200), 9
    yield "anomaly predict row", predicting(
        "anomaly", pd.DataFrame({"date": dates(600), "load": noise(600)}),
        lambda n: pd.DataFrame({"date": dates(n), "load": noise(n)}), "seasonality=1", "lookback=8",
    ), 3_000  # fmt: skip
    yield "classify predict text", predicting(
        "classify", texts(100, 50), lambda n: texts(n, 50)[["text"]], "text.tokens=word",
        "network.architecture=segment",
    ), 3_000  # fmt: skip
    yield "tag predict step", predicting(
        "tag", states(20, 40), lambda n: states(n // 100, 100), "network.head=softmax",
    ), 10_000  # fmt: skip
    yield "generate predict word", reading(2_000), 400
    yield "generate predict document", predicting(
        "generate", texts(100, 50)[["text"]], lambda n: texts(n, 50)[["text"]],
        "training.sequence=8", "tokens.kind=character",
    ), 300  # fmt: skip


def main() -> None:
    """Measure everything, or what is named."""
    found = {}
    for name, make, units in measures():
        if not sys.argv[1:] or name in sys.argv[1:]:
            make(max(9, units // 4))()  # what is loaded and compiled once is no memory of a unit
            gc.collect()
            gc.freeze()  # nor is it looked through each time that memory is given back
            found[name] = per_unit(make, units)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
