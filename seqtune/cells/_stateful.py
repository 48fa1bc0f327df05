"""A recurrence over streams: the state goes on from batch to batch, and training is fused.

What Keras's own recurrent layers differentiate by themselves is written out here: the gradient of
the recurrent weights is one product over all steps, not a sum that a loop adds up step by step.
The input's part of the gates is one product, too. The numbers are the same.

Each cell says what happens in a step, and its derivative. With the gates that come from the input,
x (batch, gates), and those that come from the state, y = h U + d (batch, gates):

    forward(x, y, states)              the next states (the first is the output h), and what the
                                       derivative needs
    backward(kept, states, gradients)  the gradients of x, of y, and of the states by any other way
                                       than y, from the gradients of the next states
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from seqtune.cells._loop import scan_steps
from seqtune.initializers import GlorotUniform, Orthogonal
from seqtune.registry import stateful_cells

Tensors = tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """The mathematics of a cell.

    Args:
        gates: Gates of `units` values each.
        states: States of `units` values each; the first is the output.
        kept: Values of `units` each that the derivative needs.
        forward: One step; where it also takes `ops`, a module with what it uses of `keras.ops`,
            it can run without Keras, too.
        backward: Its derivative; without a bias of their own, both kinds of gates are added, and
            have the same.
        bias: Initial bias of each gate.
        has_state_bias: Whether the gates that come from the state have a bias of their own (d).
    """

    gates: int
    states: int
    kept: int
    forward: Callable[..., tuple[Tensors, Tensors]]
    backward: Callable[[Tensors, Tensors, Tensors], tuple[Any, Any, Tensors]]
    bias: tuple[float, ...]
    has_state_bias: bool = False


def run_steps(step: Step, gates: Any, kernel: Any, bias: Any, states: Tensors) -> Any:
    """Run a cell over a sequence.

    Args:
        step: The cell.
        gates: (steps, batch, gates) what comes from the input.
        kernel: (units, gates) recurrent weights.
        bias: (gates,) of what comes from the state.
        states: Each (batch, units), before the first step.

    Returns:
        The states after every step, each (steps, batch, units). Only the first, the output, hands
        a gradient back, and none goes back into `states`: back-propagation is truncated there.
    """
    blank = ops.zeros_like(states[0])

    @ops.custom_gradient  # type: ignore[untyped-decorator]
    def run(gates: Any, kernel: Any, bias: Any, *states: Any) -> tuple[Any, Any]:
        def forth(before: Tensors, arriving: Any) -> tuple[Tensors, Tensors]:
            following, kept = step.forward(arriving, ops.matmul(before[0], kernel) + bias, before)
            return following, (*following, *kept)

        found = scan_steps(forth, states, gates, (blank,) * (step.states + step.kept))
        after, kept = found[: step.states], found[step.states :]
        before = tuple(
            ops.concatenate([ops.expand_dims(first, 0), rest[:-1]], axis=0)
            for first, rest in zip(states, after, strict=True)
        )

        def gradient(*upstream: Any) -> Tensors:
            above = keras.tree.flatten(upstream)[0]
            turned = ops.transpose(kernel)

            def back(later: Tensors, arriving: Any) -> tuple[Tensors, Tensors]:
                above, kept, states = arriving
                following = (later[0] + above, *later[1:])
                to_gates, to_state, rest = step.backward(kept, states, following)
                through = ops.matmul(to_state, turned)
                both = (to_gates, to_state) if step.has_state_bias else (to_state,)
                return (rest[0] + through, *rest[1:]), both

            nothing = tuple(ops.zeros_like(state) for state in states)
            wide = ops.zeros_like(gates[0])
            blanks = (wide, wide) if step.has_state_bias else (wide,)
            found = scan_steps(back, nothing, (above, kept, before), blanks, reverse=True)
            to_gates, to_state = found[0], found[-1]  # the same, where they are only added
            units, width = kernel.shape
            flat = ops.reshape(to_state, (-1, width))
            to_kernel = ops.matmul(ops.transpose(ops.reshape(before[0], (-1, units))), flat)
            to_bias = ops.sum(flat, axis=0) if step.has_state_bias else ops.zeros_like(flat[0])
            return (to_gates, to_kernel, to_bias, *nothing)

        return after, gradient

    return run(gates, kernel, bias, *states)


class StatefulLayer(keras.layers.Layer):  # type: ignore[misc]
    """A layer with a state for each stream.

    While training, the layer keeps it: row `i` of a batch goes on where row `i` of the batch before
    ended. Otherwise the state is an argument and a result, or begins at zero.

    Args:
        streams: Rows of a training batch.
        options: What every layer takes.
    """

    def __init__(self, streams: int, **options: Any) -> None:
        super().__init__(**options)
        self.streams = streams
        self.kept: list[Any] = []

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shape of each state of one stream."""
        raise NotImplementedError

    def run(self, sequence: Any, states: Tensors, *, training: bool) -> tuple[Any, Tensors]:
        """Return (batch, steps, features), and the states behind the last step."""
        raise NotImplementedError

    def create_states(self) -> None:
        """Create the states that are kept while training."""
        self.kept = [
            self.add_weight(
                shape=(self.streams, *shape),
                initializer="zeros",
                trainable=False,
                name=f"state_{number}",
            )
            for number, shape in enumerate(self.shapes)
        ]

    def call(self, sequence: Any, states: Any = None, training: bool | None = None) -> Any:
        """Return (batch, steps, features); behind it the states, where they were given.

        Args:
            sequence: (batch, steps, features).
            states: Before the first step; None for zeros, and while training for those kept.
            training: Whether states are kept.
        """
        is_kept = bool(training) and states is None
        if is_kept:
            begin = tuple(state + 0.0 for state in self.kept)
        else:
            rows = ops.shape(sequence)[0]
            begin = tuple(ops.zeros((rows, *shape)) for shape in self.shapes)
            begin = begin if states is None else tuple(states)
        output, after = self.run(sequence, begin, training=bool(training))
        if is_kept:
            for kept, state in zip(self.kept, after, strict=True):
                kept.assign(ops.stop_gradient(state))
        return output if states is None else (output, *after)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "streams": self.streams}

    @property
    def weights(self) -> list[Any]:
        """The weights, without the states: they are no part of the network."""
        kept = {id(state) for state in getattr(self, "kept", ())}
        return [weight for weight in super().weights if id(weight) not in kept]

    def save_own_variables(self, store: Any) -> None:
        """Write the weights alone."""
        for number, weight in enumerate(self.weights):
            store[str(number)] = weight

    def load_own_variables(self, store: Any) -> None:
        """Read what `save_own_variables` wrote."""
        for number, weight in enumerate(self.weights):
            weight.assign(store[str(number)])


@keras.saving.register_keras_serializable("seqtune")
class StatefulRNN(StatefulLayer):
    """A recurrent layer over streams that returns every step.

    Args:
        cell: Name of the cell, a module with `step`.
        units: Size of each state.
        streams: Rows of a training batch.
        weight_dropout: Share of the recurrent weights that is left out of a training batch
            (DropConnect: Merity et al., arXiv 1708.02182, section 2).
        options: What every layer takes.
    """

    def __init__(
        self, cell: str, units: int, streams: int, weight_dropout: float = 0.0, **options: Any
    ) -> None:
        super().__init__(streams, **options)
        self.cell, self.units, self.weight_dropout = cell, units, weight_dropout
        self.step: Step = stateful_cells[cell].step()
        self.seeds = keras.random.SeedGenerator() if weight_dropout else None

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Each state has `units` values."""
        return [(self.units,)] * self.step.states

    def build(self, shape: Sequence[int | None], *_: Any) -> None:
        """Create weights and states.

        Args:
            shape: Of the input, (batch, steps, features).
        """
        width = self.step.gates * self.units
        self.kernel = self.add_weight(
            shape=(shape[-1], width), initializer=GlorotUniform(), name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width), initializer=Orthogonal(), name="recurrent_kernel"
        )
        begin = [value for value in self.step.bias for _ in range(self.units)]
        self.bias = self.add_weight(
            shape=(width,),
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(begin, dtype),
            name="bias",
        )
        self.state_bias = None
        if self.step.has_state_bias:
            self.state_bias = self.add_weight(
                shape=(width,), initializer="zeros", name="state_bias"
            )
        self.create_states()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"cell": self.cell, "units": self.units, "weight_dropout": self.weight_dropout}
        return {**super().get_config(), **own}

    def run(self, sequence: Any, states: Tensors, *, training: bool) -> tuple[Any, Tensors]:
        """Return (batch, steps, units), and the states behind the last step."""
        rows, steps, features = ops.shape(sequence)
        # one table: XLA computes the gradient of a product with two batch axes a fifth slower
        flat = ops.reshape(ops.transpose(sequence, (1, 0, 2)), (-1, features))
        gates = ops.reshape(ops.matmul(flat, self.kernel) + self.bias, (steps, rows, -1))
        kernel = self.recurrent_kernel + 0.0  # a value: TensorFlow asks more of variables
        if training and self.seeds is not None:
            kernel = keras.random.dropout(kernel, self.weight_dropout, seed=self.seeds)
        own = self.state_bias
        bias = ops.zeros(self.bias.shape) if own is None else own + 0.0
        after = run_steps(self.step, gates, kernel, bias, states)
        return ops.transpose(after[0], (1, 0, 2)), tuple(state[-1] for state in after)
