"""Sentences that a network of the task `translate` writes per second, and what a step costs.

python benchmarks/decoding.py

256 units, 7,000 tokens on both sides, 13 of them in a sentence. The weights are drawn, and the end
is made so unlikely that every answer has 13 tokens. Where other work runs on the machine, the
seconds of the processor say more than those of the wall, and the ratios more than either.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

SIZE, UNITS, STEPS, BATCH = 7_000, 256, 13, 64
VALUES = {
    "network.architecture": "stacked",
    "network.stacked.bidirectional": True,
    "network.cell": "gru",
    "network.units": UNITS,
    "network.layers": 1,
    "network.dropout": 0.2,
    "network.embedding": UNITS,
    "network.decoder": "attention",
    "network.attention": "dot",
    "network.input_feeding": False,
    "network.copying": False,
    "network.tied": False,
    "tokens.source": "word",
    "tokens.target": "word",
    "training.batch_size": BATCH,
    "training.label_smoothing": 0.0,
    "training.weight_decay": 1e-4,
    "training.clip_norm": 1.0,
}


def main() -> None:
    """Print a line for each way to write, and one for each way to train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=512)
    parser.add_argument("--steps", type=int, default=10, help="training steps of each way")
    parser.add_argument("--backend", default="jax")
    chosen = parser.parse_args()
    from seqtune.runtime.backend import activate

    activate(chosen.backend)
    _write(chosen.sentences)
    if chosen.backend == "jax":
        _train(chosen.steps)


def _problem() -> Any:
    """Return what a network is built from: two vocabularies, and counts of the target's tokens."""
    import numpy as np

    tokens = SimpleNamespace(size=SIZE, vocabulary=tuple(map(str, range(SIZE))))
    counts = np.full(SIZE, STEPS / (SIZE - 1))
    counts[0] = 1.0
    codec = SimpleNamespace(
        source_kind="text",
        source_name=lambda values: "word",
        tokenizer=lambda side, values: tokens,
        counts={"word": counts},
    )
    return SimpleNamespace(codec=codec)


def _sentences(count: int) -> Any:
    import numpy as np

    draw = np.random.default_rng(0)
    lengths = np.clip(draw.normal(STEPS, 4, count).round(), 3, 30).astype(int)
    return [draw.integers(2, SIZE, length) for length in lengths]


def _write(count: int) -> None:
    """Measure greedy answers and those of a beam, compiled before."""
    import numpy as np

    from seqtune.data.ragged import Ragged
    from seqtune.runtime.network import KerasNetwork
    from seqtune.tasks.translate.decoding import Member, decode
    from seqtune.tasks.translate.network import DECODER, build_network

    problem = _problem()
    model = build_network(problem, VALUES)
    bias = model.get_layer(DECODER).vocabulary.bias
    sources = {"word": Ragged.from_list(_sentences(count))}
    member = Member(KerasNetwork(model), VALUES, problem.codec)
    bias.assign(np.where(np.arange(SIZE) == 0, -30.0, 0.0))
    for beam in (1, 5):

        def write(beam: int = beam) -> Any:
            return decode([member], sources, longest=STEPS, beam=beam)

        began = time.perf_counter()
        answers = write()
        first = time.perf_counter() - began
        wall, processor = _measure(write)
        length = (answers.tokens[:, 0] != 0).sum(axis=1).mean()
        print(
            f"beam {beam}: {count / wall:6.0f} sentences/s; {count / processor * 2:6.0f} where two "
            f"cores do nothing else; {length:.1f} tokens; compiling {first - wall:.1f} s",
            flush=True,
        )


def _train(steps: int) -> None:
    """Measure our own network and step against Keras's `fit` of a plain network."""
    import keras
    import numpy as np

    from seqtune.search.trainer.compiled_steps import CompiledSteps
    from seqtune.tasks.translate.loss import loss_of
    from seqtune.tasks.translate.network import build_network

    draw = np.random.default_rng(1)
    targets = draw.integers(2, SIZE, (BATCH, STEPS + 1)).astype(np.int32)
    source = draw.integers(2, SIZE, (BATCH, STEPS)).astype(np.int32)
    inputs = {"source": source, "previous": np.roll(targets, 1, axis=1)}
    weights = np.ones(targets.shape, np.float32)

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return steps

        def __getitem__(self, index: int) -> Any:
            return inputs, targets, weights

    def fitted(model: Any, loss: Any) -> Callable[[], Any]:
        model.compile(keras.optimizers.AdamW(1e-3, global_clipnorm=1.0), loss, jit_compile="auto")
        return lambda: model.fit(Batches(), verbose=0)

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    ways = {"plain, fit": fitted(_plain(), loss)}
    ways["ours, fit"] = fitted(build_network(_problem(), VALUES), loss_of(VALUES))
    model = build_network(_problem(), VALUES)
    from seqtune.runtime.programs import programs_of

    problem = SimpleNamespace(
        task=SimpleNamespace(loss=lambda prepared, values: loss_of(values)),
        prepared=None,
        adopt=lambda model, values: programs_of(model),
    )
    trainer = CompiledSteps(problem, model, VALUES, 10_000)
    schedule = SimpleNamespace(
        compiled=lambda: None, epochs=1, begin_epoch=lambda *_: None, rate=lambda index: 1e-3,
        after_batch=lambda: None, is_over=False, end_epoch=lambda epoch, loss: None,
    )  # fmt: skip
    ways["ours, compiled step"] = lambda: trainer.run(Batches(), schedule)
    for way in ways.values():
        way()
    found = {name: [] for name in ways}
    for _ in range(3):  # in turn: other work slows all of them down
        for name, way in ways.items():
            found[name].append(_measure(way, 1))
    usual = [min(each[place] for each in found["plain, fit"]) for place in (0, 1)]
    for name, rounds in found.items():
        wall, processor = (min(each[place] for each in rounds) for place in (0, 1))
        print(
            f"{name:20s} {1000 * wall / steps:6.0f} ms a step; {wall / usual[0]:.2f} of plain; "
            f"{processor / usual[1]:.2f} by the processor",
            flush=True,
        )


def _plain() -> Any:
    """Return the same network as one writes it with Keras's layers."""
    import keras
    from keras import layers

    source = keras.Input((None,), dtype="int32", name="source")
    previous = keras.Input((None,), dtype="int32", name="previous")
    read = layers.Dropout(0.2)(layers.Embedding(SIZE, UNITS, mask_zero=True)(source))
    memory = layers.Bidirectional(layers.GRU(UNITS, return_sequences=True))(read)
    memory = layers.Dropout(0.2)(memory)
    first = layers.Dense(UNITS, "tanh")(layers.GlobalAveragePooling1D()(memory))
    vectors = layers.Dropout(0.2)(layers.Embedding(SIZE, UNITS)(previous))
    states = layers.GRU(UNITS, return_sequences=True)(vectors, initial_state=first)
    seen = layers.Attention()([states, memory, layers.Dense(UNITS)(memory)])
    joined = layers.Dense(UNITS, "tanh")(layers.Concatenate()([states, seen]))
    logits = layers.Dense(SIZE)(layers.Dropout(0.2)(joined))
    return keras.Model({"source": source, "previous": previous}, logits)


def _measure(work: Callable[[], Any], rounds: int = 2) -> tuple[float, float]:
    """Return the least seconds by the wall, and by the processor."""
    found = []
    for _ in range(rounds):
        began, spent = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - began, time.process_time() - spent))
    return min(each[0] for each in found), min(each[1] for each in found)


if __name__ == "__main__":
    main()
