"""Train a small recurrence on synthetic series alone, in runs that go on from each other.

    python benchmarks/pretrain.py FOLDER --minutes 120
    python benchmarks/pretrain.py FOLDER --minutes 120 --history 1024 --horizon 512
    python benchmarks/pretrain.py FOLDER --minutes 20 --cool-down 3000

The state stands in FOLDER/state.npz, written every few minutes; the same command goes on from it.
The rate of learning is constant after a warm-up; --cool-down lets it fall to zero over so many
steps, which ends a training. FOLDER/weights.npz holds the moving average of the weights: what is
to be used. Printed are steps, seconds of the processor, and on a fixed set of synthetic examples
the loss, the error relative to seasonal naive (geometric mean) and what 80 % intervals hold.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np
from pretraining import network
from pretraining.series import draw
from pretraining.windows import Span, examples

from seqtune.pretrained.reading import PATCH

BATCH, CHUNK = 256, 2048
CROPS = 4
"""Examples of each synthetic series."""

BUCKETS = (64, 128, 256, 512, 1024)
RATE, WARM_UP, DECAY = 2e-3, 400, 1e-4
AVERAGING = 0.998
FURTHEST = 300.0
"""A truth that is so many units away is not learnt from."""

VALIDATION_SEED = 10**6
SAVED_EVERY = 150.0


def main() -> None:
    """Go on with a training until its minutes are over."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=110.0)
    parser.add_argument("--history", type=int, default=256)
    parser.add_argument("--horizon", type=int, default=64)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--cool-down", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    Training(chosen).run()


class Training:
    """A network, its optimiser, and how far they are."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self.span = Span(chosen.history, chosen.horizon)
        keras.utils.set_random_seed(chosen.seed)
        self.model = network.build()
        weights = [np.asarray(each.value) for each in self.model.trainable_variables]
        self.fixed = [each.value for each in self.model.non_trainable_variables]
        zeros = [np.zeros_like(each) for each in weights]
        self.state: dict[str, Any] = {
            "weights": weights, "average": weights, "first": zeros, "second": zeros,
        }  # fmt: skip
        self.step, self.chunk, self.seconds = 0, 0, 0.0
        if (path := chosen.folder / "state.npz").exists():
            self._load(path)
        self.begun = self.step
        self.train = jax.jit(self._train, donate_argnums=0)
        self.loss = jax.jit(self._loss)

    def run(self) -> None:
        """Train; save and print now and then."""
        held = list(self._batches(VALIDATION_SEED, 1))
        until, saved = time.monotonic() + 60 * self.chosen.minutes, time.monotonic()
        before, losses = time.process_time(), []
        while time.monotonic() < until and not self._is_cold():
            self.chunk += 1
            for batch in self._batches(self.chunk, CROPS):
                self.state, loss = self.train(self.state, batch, self.step + 1, self._rate())
                losses.append(loss)
                self.step += 1
            if time.monotonic() - saved > SAVED_EVERY:
                now = time.process_time()
                self.seconds, before = self.seconds + now - before, now
                self._save()
                print(
                    f"{time.strftime('%H:%M')} step {self.step} chunk {self.chunk} "
                    f"cpu {self.seconds:.0f} s rate {self._rate():.1e} "
                    f"loss {np.mean(np.array(losses)):.4f} {self._validate(held)}",
                    flush=True,
                )
                losses, saved = [], time.monotonic()
        self.seconds += time.process_time() - before
        self._save()
        print(f"ends at step {self.step}, {self.seconds:.0f} s: {self._validate(held)}", flush=True)

    def _rate(self) -> float:
        rate = self.chosen.rate * min(1.0, (self.step + 1) / WARM_UP)
        if self.chosen.cool_down:
            rate *= max(1.0 - (self.step - self.begun) / self.chosen.cool_down, 0.0)
        return rate

    def _is_cold(self) -> bool:
        return bool(self.chosen.cool_down) and self._rate() == 0.0

    def _batches(self, seed: int, crops: int) -> Iterator[dict[str, Any]]:
        """Yield examples of similar lengths, in any order."""
        generator = np.random.default_rng([self.chosen.seed, seed])
        longest = self.span.history + self.span.horizon
        series = draw(generator, CHUNK, longest + longest // 4)
        parts = [examples(generator, series, self.span) for _ in range(crops)]
        arrays = {
            name: np.concatenate([part[0].inputs()[name] for part in parts])
            for name in parts[0][0].inputs()
        }
        arrays["truth"] = np.concatenate([part[1] for part in parts])
        arrays["naive"] = np.concatenate([part[2] for part in parts])
        usable = np.isfinite(arrays["truth"]).all(1) & (np.abs(arrays["truth"]).max(1) < FURTHEST)
        filled = (arrays["patches"] != 0.0).any(axis=2)
        patches = np.where(filled.any(axis=1), filled.shape[1] - filled.argmax(axis=1), 0)
        order = np.argsort(patches + generator.random(len(patches)))
        groups = order[: len(order) // BATCH * BATCH].reshape(-1, BATCH)
        for rows in groups[generator.permutation(len(groups))]:
            steps = bucket(int(patches[rows].max()) * PATCH)
            batch = {name: each[rows] for name, each in arrays.items()}
            batch["patches"] = batch["patches"][:, -(steps // PATCH) :]
            batch["usable"] = usable[rows].astype(np.float32)
            batch["truth"] = np.where(usable[rows, None], batch["truth"], 0.0)
            yield batch

    def _loss(self, weights: Any, batch: Any) -> tuple[Any, Any]:
        """Return the mean pinball loss in units of what is foreseen, and the quantiles.

        An error counts relative to the width of the interval, which no gradient passes: the mean
        of relative errors is what series are compared by, and quantiles stay proper.
        """
        truth, usable = batch["truth"], batch["usable"]
        inputs = {name: batch[name] for name in batch if name not in ("truth", "naive", "usable")}
        said, _ = self.model.stateless_call(weights, self.fixed, inputs)
        levels = jnp.array(network.QUANTILES)
        error = truth[..., None] - said
        pinball = jnp.maximum(levels * error, (levels - 1.0) * error).mean(-1)
        width = jax.lax.stop_gradient(said[..., -1] - said[..., 0])
        relative = (2.0 * pinball / (0.15 + 0.4 * width)).mean(-1)
        return (relative * usable).sum() / usable.sum(), said

    def _train(self, state: Any, batch: Any, step: Any, rate: Any) -> tuple[Any, Any]:
        """Take a step of AdamW with clipped gradients; return the state and the loss."""
        (loss, _), slopes = jax.value_and_grad(self._loss, has_aux=True)(state["weights"], batch)
        size = jnp.sqrt(sum((each**2).sum() for each in slopes))
        slopes = [each * jnp.minimum(1.0, 1.0 / (size + 1e-9)) for each in slopes]
        keep = jnp.minimum(AVERAGING, step / (step + 10.0))
        moved: dict[str, list[Any]] = {name: [] for name in state}
        for weight, average, first, second, slope in zip(
            state["weights"], state["average"], state["first"], state["second"], slopes, strict=True
        ):
            first = 0.9 * first + 0.1 * slope
            second = 0.99 * second + 0.01 * slope**2
            change = (first / (1 - 0.9**step)) / (jnp.sqrt(second / (1 - 0.99**step)) + 1e-8)
            weight = weight - rate * (change + DECAY * weight)
            moved["weights"].append(weight)
            moved["average"].append(keep * average + (1.0 - keep) * weight)
            moved["first"].append(first)
            moved["second"].append(second)
        return moved, loss

    def _validate(self, held: list[dict[str, Any]]) -> str:
        losses, ratios, inside = [], [], []
        for batch in held:
            loss, said = self.loss(self.state["average"], batch)
            losses.append(float(loss))
            rows = batch["usable"] > 0
            said, truth = np.asarray(said)[rows], batch["truth"][rows]
            error = np.abs(said[..., 4] - truth).mean(1)
            naive = np.abs(batch["naive"][rows] - truth).mean(1)
            ratios.append(np.log(np.clip((error + 1e-3) / (naive + 1e-3), 0.02, 50)))
            inside.append(((truth >= said[..., 0]) & (truth <= said[..., -1])).mean())
        relative = np.exp(np.concatenate(ratios).mean())
        return (
            f"validation {np.mean(losses):.4f}, {relative:.4f} of seasonal naive, "
            f"holds {np.mean(inside):.1%}"
        )

    def _save(self) -> None:
        arrays = {
            f"{name}_{place}": np.asarray(each)
            for name, group in self.state.items()
            for place, each in enumerate(group)
        }
        arrays["progress"] = np.array([self.step, self.chunk, self.seconds])
        path = self.chosen.folder / "state.npz"
        np.savez(path.with_suffix(".new.npz"), **arrays)
        path.with_suffix(".new.npz").replace(path)
        for variable, average in zip(
            self.model.trainable_variables, self.state["average"], strict=True
        ):
            variable.assign(average)
        network.publish(self.model, self.chosen.folder / "weights.npz")

    def _load(self, path: Path) -> None:
        with np.load(path) as kept:
            for name, group in self.state.items():
                self.state[name] = [kept[f"{name}_{place}"] for place in range(len(group))]
            step, chunk, self.seconds = kept["progress"]
        self.step, self.chunk = int(step), int(chunk)
        print(f"goes on from step {self.step}", flush=True)


def bucket(steps: int) -> int:
    """Return for how many steps a program is compiled that reads so many.

    Example:
        >>> bucket(100)
        128
    """
    return next(each for each in BUCKETS if each >= steps)


if __name__ == "__main__":
    main()
