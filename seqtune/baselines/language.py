"""Run the simple language models within a time: the cheap first, and say what was left out.

The validation part is scored by a fit on the training part alone (on which the model may choose
its size by the validation part), the test part by the same model fitted on training and
validation together, as the networks are. Unigrams always run. Each other method first fits and
scores a part of the text; its total is extrapolated from that by the method's own law of growth
(`work`), and then they run in order of that total, each as long as it would end in
time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Literal

import numpy as np

from seqtune.baselines.generate._contract import Floats, LanguageModel
from seqtune.baselines.pace import Allowance, Turn, take_turns
from seqtune.data.ragged import Ragged
from seqtune.progress import Listener
from seqtune.registry import baselines

Part = Literal["train", "validation", "test"]

PREDICTED: tuple[Part, ...] = ("validation", "test")
ALWAYS = frozenset({"unigram"})
PROBE = 20_000  # training tokens of the sample that the total is extrapolated from
HELD_OUT = 10  # one of so many tokens of a sample chooses the size


@dataclass(frozen=True)
class LanguageProblem:
    """What every baseline predicts.

    Args:
        documents: Called with a part; returns its documents, token ids. What is in them is
            predicted token by token, the first of a document from nothing.
        vocabulary: How many tokens there are.
        kind: What a token is: "character", "byte", "subword" or "word".
    """

    documents: Callable[[Part], Ragged]
    vocabulary: int
    kind: str


@dataclass(frozen=True)
class BaselineLogProbabilities:
    """What one baseline predicted, or why it was left out.

    Args:
        name: The method's name, as in the registry.
        log_probabilities: By part ("validation", "test"): (tokens,), float64, natural logarithms,
            in the order of the documents. Empty where the method was left out.
        seconds: Time that it took, what was left unfinished included.
        detail: What was chosen on validation data, such as "order 6".
        left_out: Why it was left out; "" where it was not.
    """

    name: str
    log_probabilities: Mapping[str, Floats]
    seconds: float
    detail: str = ""
    left_out: str = ""


def fit_language(name: str, problem: LanguageProblem, part: Part = "test") -> LanguageModel:
    """Fit one baseline as it was fitted to predict a part.

    Args:
        name: A baseline's name.
        problem: What it learns.
        part: "validation" for a fit on the training part, "test" for one on all before the test
            part.

    Raises:
        RecipeError: There is no such baseline.
    """
    method = baselines("generate")[name]
    train, validation = problem.documents("train"), problem.documents("validation")
    model: LanguageModel = method.fit(
        train, problem.vocabulary, kind=problem.kind, held_out=validation
    )
    return model if part == "validation" else model.refitted(joined(train, validation))


def run_language_models(
    methods: Sequence[str], problem: LanguageProblem, allowance: Allowance, listener: Listener
) -> list[BaselineLogProbabilities]:
    """Predict both parts by each method, as far as the time goes.

    Args:
        methods: Names of language baselines.
        problem: What they predict.
        allowance: The time that they may take. The methods of `ALWAYS` run even where none is
            left.
        listener: Hears a BaselineEnded with the reason for each method left out. Scores are the
            caller's to tell.

    Returns:
        One result per method, in the order of `methods`.

    Raises:
        RecipeError: There is no such baseline.
    """
    jobs = [_Job(name, baselines("generate")[name], problem) for name in methods]
    take_turns(jobs, ALWAYS, allowance, listener)
    return [job.result() for job in jobs]


def joined(first: Ragged, second: Ragged) -> Ragged:
    """Return the documents of both, one after the other."""
    values = np.concatenate([first.values, second.values])
    return Ragged(values, np.concatenate([first.offsets, second.offsets[1:] + first.offsets[-1]]))


@dataclass
class _Job(Turn):
    """One method on its way through both parts."""

    method: ModuleType
    problem: LanguageProblem
    done: dict[str, Floats] = field(default_factory=dict)
    detail: str = ""

    @property
    def seconds_to_go(self) -> float:
        """Seconds that both parts would take at the pace so far."""
        sizes = {part: len(self.problem.documents(part).values) for part in ("train", *PREDICTED)}
        once = sizes["train"] + sizes["validation"]
        return self.pace * (self._work(once) + self._work(once + sizes["test"]))

    def probe(self, allowance: Allowance) -> None:
        """Fit and score the beginning of the training part, to know the pace."""
        if not self.may_begin(allowance):
            return
        values = self.problem.documents("train").values[:PROBE]
        cut = len(values) - len(values) // HELD_OUT
        known, held_out = (
            Ragged(part, np.array([0, len(part)])) for part in (values[:cut], values[cut:])
        )
        self.attempt(
            lambda: self._fit(known, held_out).log_probabilities(held_out), self._work(len(values))
        )

    def finish(self, allowance: Allowance) -> None:
        """Predict both parts, or leave the method out if the time would not do."""
        if self.may_go_on(allowance):
            self.attempt(self._predict)

    def result(self) -> BaselineLogProbabilities:
        done = {} if self.left_out else self.done
        return BaselineLogProbabilities(
            self.name, done, self.seconds, self.detail, left_out=self.left_out
        )

    def _predict(self) -> None:
        train, validation, test = map(self.problem.documents, ("train", *PREDICTED))
        model = self._fit(train, validation)
        self.detail = model.detail
        self.done["validation"] = _checked(model, validation)
        self.done["test"] = _checked(model.refitted(joined(train, validation)), test)

    def _fit(self, known: Ragged, held_out: Ragged) -> LanguageModel:
        problem = self.problem
        model: LanguageModel = self.method.fit(
            known, problem.vocabulary, kind=problem.kind, held_out=held_out
        )
        return model

    def _work(self, tokens: int) -> float:
        work: Callable[[int], float] = getattr(self.method, "work", float)
        return work(tokens)


def _checked(model: LanguageModel, documents: Ragged) -> Floats:
    """Return the log-probabilities of documents.

    Raises:
        ValueError: There are not as many as tokens, or one is no log-probability.
    """
    found = model.log_probabilities(documents)
    if found.shape != documents.values.shape:
        raise ValueError(f"answered with shape {found.shape}, expected {documents.values.shape}")
    if not ((found <= 1e-9) & np.isfinite(found)).all():
        raise ValueError("answered with what is no log-probability")
    return found
