"""Networks of every task that say nothing in the right shape, and need no library to say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seqtune.errors import RunError
from seqtune.runtime.program import PREDICT, Program

SOURCE_FEATURES = UNITS = 3


@dataclass
class StubNetwork:
    """Says what its functions say, each by the name of a program."""

    functions: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)

    @property
    def model(self) -> Any:
        raise RunError("a stub has no model")

    @property
    def searched(self) -> StubNetwork:
        return self

    def fitting(self, axis: str, size: int) -> int:
        return size

    def __call__(self, inputs: Any) -> Any:
        return self.run(PREDICT, inputs)

    def run(self, program: Program, *arguments: Any) -> Any:
        self.heard.add(program.name)
        return self.functions[program.name](*arguments)


def stub_network(task: str, codec: Any, values: Any) -> StubNetwork:
    """Return a stub of a configuration."""
    return STUBS[task](codec, values)


def _forecast(codec: Any, values: Any) -> StubNetwork:
    def predict(inputs: Any) -> Any:
        return np.zeros((len(inputs["history"]), codec.horizon, len(codec.levels)), np.float32)

    return StubNetwork({"predict": predict})


def _classify(codec: Any, values: Any) -> StubNetwork:
    def predict(inputs: Any) -> Any:
        return np.zeros((len(inputs["tokens"]), len(codec.labels.names)), np.float32)

    return StubNetwork({"predict": predict})


def _anomaly(codec: Any, values: Any) -> StubNetwork:
    from seqtune.tasks.anomaly.points import channels_of, offsets_of

    outputs = len(offsets_of(codec, values)) * channels_of(codec, values) + UNITS

    def predict(inputs: Any) -> Any:
        # states that vary, as those of a network do
        said = np.zeros((*inputs["sequence"].shape[:2], outputs), np.float32)
        said[..., -UNITS:] = np.random.default_rng(0).normal(size=(*said.shape[:2], UNITS))
        return said

    return StubNetwork({"predict": predict}, {"outputs": outputs})


def _tag(codec: Any, values: Any) -> StubNetwork:
    def predict(inputs: Any) -> Any:
        return np.zeros((*inputs["words"].shape, len(codec.tags)), np.float32)

    def chain_parts(inputs: Any) -> Any:
        tags = len(codec.tags)
        return [predict(inputs), np.zeros((tags, tags)), np.zeros((2, tags))]

    return StubNetwork({"predict": predict, "chain_parts": chain_parts})


def _generate(codec: Any, values: Any) -> StubNetwork:
    size = codec.tokens[values["tokens.kind"]].size

    def read_one(tokens: Any, states: Any) -> Any:
        return [np.zeros((len(tokens), size), np.float32), states]

    def score_targets(tokens: Any, targets: Any, states: Any) -> Any:
        return [np.full(tokens.shape, -np.log(size), np.float32), states]

    functions = {"read_one": read_one, "score_targets": score_targets}
    return StubNetwork(functions, {"states": [[UNITS], [UNITS]]})


def _translate(codec: Any, values: Any) -> StubNetwork:
    size = codec.tokenizer("target", values).size

    def read(inputs: Any) -> Any:
        rows, steps = inputs["source"].shape
        return [[np.zeros((rows, steps, SOURCE_FEATURES))], [np.zeros((rows, UNITS))]]

    def step(tokens: Any, places: Any, looked_at: Any, states: Any) -> Any:
        said = np.full((*tokens.shape, size), -np.log(size), np.float32)
        return [said, states, np.zeros((*tokens.shape, looked_at[0].shape[1]))]

    def choose(said: Any, scores: Any) -> Any:
        whole = (said + scores[..., None]).reshape(len(said), -1)
        places = np.argsort(-whole, axis=1, kind="stable")[:, : 2 * said.shape[1]]
        return [np.take_along_axis(whole, places, axis=1), places, said[:, :, 0]]

    def choose_greedily(said: Any, scores: Any) -> Any:
        return [scores + said[:, :, 2], np.full((len(said), 1), 2), said[:, :, 0]]

    def likely(inputs: Any, previous: Any, targets: Any) -> Any:
        return np.full(targets.shape, -np.log(size), np.float32)

    functions = (read, step, choose, choose_greedily, likely)
    return StubNetwork({function.__name__: function for function in functions})


STUBS = {
    "forecast": _forecast,
    "classify": _classify,
    "anomaly": _anomaly,
    "tag": _tag,
    "generate": _generate,
    "translate": _translate,
}
