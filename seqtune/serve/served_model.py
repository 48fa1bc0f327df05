"""A model behind the server: requests in, answers out, many of them by one pass of the networks.

It runs in one thread. What is wrong with a request is its answer, so that no request fails because
of another one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from seqtune.data.reading.recipe_options import options_of
from seqtune.errors import SeqtuneError
from seqtune.serve.answers import NOT_FINITE, to_bytes
from seqtune.serve.bodies import read_rows
from seqtune.serve.exchange import FAILED, Answer, Ask
from seqtune.serve.log import log_fault
from seqtune.serve.media import JSON, PARQUET
from seqtune.serve.problem import Problem
from seqtune.serve.request_drift import RequestDrift
from seqtune.serve.request_source import source_of
from seqtune.tasks._abilities import Writes
from seqtune.tasks._requests import RequestForm, RequestTable, Separated, StreamOption
from seqtune.tasks._serving import JoinsRequests, StreamsText, TakesRequests
from seqtune.tasks._values import Context

if TYPE_CHECKING:
    import pandas as pd

    from seqtune.run.fitted import Fitted

NUMERIC = ("number", "integer")


class ServedModel:
    """A run or a bundle that answers requests.

    Args:
        name: How clients call it.
        run: The run, opened.
        use: The leaderboard row that predicts; None for the winner.
    """

    def __init__(self, name: str, run: Fitted, use: str | None = None) -> None:
        self.name, self.run = name, run
        self.task: Any = run.task
        self.recipe, self.predictor = run.recipe, run.predictor
        self.prepared = self.predictor.prepared
        self.row = run.choose(use).name
        self._joiner = (
            self.task.request_joiner(self.prepared, self.recipe)
            if isinstance(self.task, JoinsRequests)
            else None
        )
        self._continued: dict[str, Answer] = {}
        self.drift = RequestDrift(run)

    @property
    def verb(self) -> str:
        """What clients ask for: "predict", or what the task's models do instead."""
        return str(self.task.info.verb)

    @property
    def writes(self) -> bool:
        """Whether it writes text piece by piece."""
        return isinstance(self.task, StreamsText)

    @cached_property
    def form(self) -> RequestForm:
        """What it is asked."""
        if isinstance(self.task, TakesRequests):
            return self.task.request_form(self.prepared)
        return RequestForm()

    @cached_property
    def options(self) -> Sequence[StreamOption]:
        """What a client may ask, where it writes."""
        return self.task.stream_options(self.prepared) if isinstance(self.task, StreamsText) else ()

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(each.name for each in self.form.columns if each.kind in NUMERIC)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Answer requests.

        Args:
            asks: The requests.

        Returns:
            An answer to each, in their order.
        """
        answers: list[Answer | None] = [None] * len(asks)
        tables: dict[int, RequestTable] = {}
        plain: dict[int, Any] = {}
        for place, ask in enumerate(asks):
            answers[place] = self._guarded(self._read, ask, place, tables)
            if place in tables:
                found = self._plain(tables[place])
                if found is not None:
                    plain[place] = found
        for places, separated in self._together(plain):
            try:
                given = _given(separated, [asks[place] for place in places])
            except Exception:  # those that can be written are, each by itself
                log_fault(self.name)
                continue
            for place, answer in zip(places, given, strict=True):
                answers[place] = answer
        return [
            answer or self._guarded(self._alone, tables[place], asks[place]) or FAILED
            for place, answer in enumerate(answers)
        ]

    def warm(self, most: int) -> None:
        """Answer the example as often as a batch may hold, so that every program is compiled.

        Args:
            most: Requests of a batch at most.
        """
        if not self.form.example:
            return
        example = json.dumps(self.form.example).encode()
        found = self._plain(read_rows(example, JSON, self._numbers))
        sizes = {1 << power for power in range(int(math.log2(max(1, most))) + 1)} | {most}
        for size in sorted(sizes) if found is not None else ():
            list(self._together(dict.fromkeys(range(size), found)))

    def stream(self, options: Mapping[str, Any], hear: Callable[[str], None]) -> dict[str, Any]:
        """Write a text; see `StreamsText.stream`.

        Raises:
            Problem: It cannot be written.
        """
        assert isinstance(self.task, StreamsText) and isinstance(self.task, Writes)
        notes = self._writer_context.notes
        try:
            return self.task.stream(self._writer, options, self.row, hear)
        except SeqtuneError as error:
            raise Problem.of(error) from error
        finally:
            notes.clear()

    @cached_property
    def _writer_context(self) -> Context:
        return self._context()

    @cached_property
    def _writer(self) -> Any:
        assert isinstance(self.task, Writes)
        return self.task.writer(self.prepared, self.predictor, self._writer_context)

    def _context(self) -> Context:
        """Return a context that names the model as clients do, and forgets what it hears."""
        return Context(self.recipe, self.name, model=self.row)

    def _guarded(self, act: Callable[..., Answer | None], *arguments: Any) -> Answer | None:
        """Return what comes of an act; faults of the request are its answer, too."""
        try:
            return act(*arguments)
        except Problem as problem:
            return Answer.of(problem)
        except SeqtuneError as error:
            return Answer.of(Problem.of(error))
        except Exception:  # a fault of ours must not end the thread that answers everybody
            log_fault(self.name)
            return FAILED

    def _read(self, ask: Ask, place: int, tables: dict[int, RequestTable]) -> Answer | None:
        """Read a request; return its answer where nothing of it must be predicted."""
        table = read_rows(ask.body, ask.media, self._numbers)
        if not table.rows:
            return self._continuation(ask)
        self._refuse_paths()
        if ask.media != PARQUET:  # a few bytes of it may unfold to many
            self.drift.add(table, len(ask.body))
        tables[place] = table
        return None

    def _refuse_paths(self) -> None:
        if self.form.paths:
            raise Problem(
                422,
                f"column '{self.form.paths[0]}' holds paths of files, which are not read over HTTP",
                column=self.form.paths[0],
            )

    def _plain(self, table: RequestTable) -> Any:
        """Return a request that can be joined with others; None for one that goes alone."""
        try:
            return None if self._joiner is None else self._joiner.plain(table)
        except Exception:
            log_fault(self.name)
            return None

    def _together(self, plain: Mapping[int, Any]) -> Iterator[tuple[list[int], Separated]]:
        """Predict requests at once; those that bring others down are left out.

        Yields:
            Keys of requests, and their prediction tables.
        """
        if not plain or self._joiner is None:
            return
        context = self._context()
        try:
            joined = self._joiner.join(list(plain.values()), context)
            made = joined.separate(self._predicted(joined.encoded, context))
        except SeqtuneError:
            pass  # said in its own words by the request that is at fault
        except Exception:
            log_fault(self.name)
        else:
            yield list(plain), made
            return
        if len(plain) > 1:
            half, every = len(plain) // 2, list(plain.items())
            yield from self._together(dict(every[:half]))
            yield from self._together(dict(every[half:]))

    def _alone(self, table: RequestTable, ask: Ask) -> Answer:
        """Answer one request, which is read as a file is."""
        source = source_of(table, options_of(self.recipe))
        context = self._context()
        encoded = self.task.encode(self.prepared, source, context)
        return _given_alone(self._predicted(encoded, context), ask)

    def _continuation(self, ask: Ask) -> Answer:
        """Answer what comes after the data of the run: the same for everybody, so only once."""
        if not self.form.continues:
            raise Problem(422, f"found no rows, expected some: {self._expected()}")
        if ask.wanted not in self._continued:
            context = self._context()
            encoded = self.task.encode(self.prepared, None, context)
            self._continued[ask.wanted] = _given_alone(self._predicted(encoded, context), ask)
        return self._continued[ask.wanted]

    def _expected(self) -> str:
        names = ", ".join(repr(each.name) for each in self.form.columns[:20])
        return f"columns {names}" if names else "columns as those of the data"

    def _predicted(self, encoded: Any, context: Context) -> pd.DataFrame:
        """Return the prediction table of what was read."""
        made = self.predictor.predictions(self.row, encoded)
        table: pd.DataFrame = self.task.decode(self.prepared, encoded, made, context)
        return table


def _given(tables: Separated, asks: Sequence[Ask]) -> list[Answer]:
    """Return prediction tables as answers."""
    bodies = to_bytes(tables, [ask.wanted for ask in asks])
    return [
        Answer.of(Problem(422, NOT_FINITE)) if body is None else Answer(200, body, ask.wanted)
        for ask, body in zip(asks, bodies, strict=True)
    ]


def _given_alone(table: pd.DataFrame, ask: Ask) -> Answer:
    (answer,) = _given(Separated(table, np.array([0, len(table)])), [ask])
    return answer
