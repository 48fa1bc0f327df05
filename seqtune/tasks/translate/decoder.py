"""The decoder: it reads what it has written, looks at what was read, and says what comes next.

Training knows the whole target: all steps of a recurrent layer run at a time, and all looks at the
memory are one product. Decoding goes step by step (`read`, `step`), and gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from seqtune.architectures._dense import dense
from seqtune.architectures._dropout import Dropout
from seqtune.architectures._vocabulary import Vocabulary
from seqtune.cells._loop import scan_steps
from seqtune.registry import cells
from seqtune.tasks.translate.attention import MemoryAttention
from seqtune.tasks.translate.copying import Pointer

if TYPE_CHECKING:
    from typing_extensions import Self

Tensors = tuple[Any, ...]


@dataclass(frozen=True)
class DecoderForm:
    """What a decoder is made of.

    Args:
        size: Tokens of the target.
        embedding: Size of the vector of each.
        cell: Name of the recurrence in `seqtune.registry.cells`.
        units: Size of each state.
        layers: Recurrent layers, one above the other.
        attention: How a memory is compared: "dot" or "additive".
        is_fed: Whether each step is fed what the step before made of the memory (input feeding).
        is_tied: Whether tokens are written with the vectors that they are read with.
        dropout: Share of features that is left out of vectors, between layers, and of answers.
    """

    size: int
    embedding: int
    cell: str
    units: int
    layers: int = 1
    attention: str = "dot"
    is_fed: bool = False
    is_tied: bool = False
    dropout: float = 0.0


@keras.saving.register_keras_serializable("seqtune")
class AttentionDecoder(keras.layers.Layer):  # type: ignore[misc]
    """Writes a sequence of tokens from a memory.

    Args:
        form: What it is made of.
        counts: (tokens,) how often each is in the training targets; None for zeros.
        copies: (tokens of the source,) the target's token of each, where the source can be copied.
        options: What every layer takes.

    Source:
        Luong et al., arXiv 1508.04025, section 3.3 (input feeding); the first state is made of the
        mean of the memory, as in Xu et al., Show, Attend and Tell, arXiv 1502.03044, section 3.1.2.
    """

    def __init__(
        self,
        form: DecoderForm,
        *,
        counts: Sequence[float] | None = None,
        copies: Sequence[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.supports_masking = True
        self.form = form
        self.copies = None if copies is None else [int(each) for each in copies]
        self.vocabulary = Vocabulary(
            form.size, embedding=form.embedding, units=form.units, is_tied=form.is_tied,
            counts=counts, name="vocabulary",
        )  # fmt: skip
        self.recurrences = [
            cells[form.cell].layer(
                form.units, return_sequences=True, return_state=True, name=f"recurrence_{depth}"
            )
            for depth in range(form.layers)
        ]
        self.bridges = [
            dense(form.units, f"first_state_{depth}_{number}", "tanh")
            for depth, layer in enumerate(self.recurrences)
            for number in range(_made_states(layer))
        ]
        self.look = MemoryAttention(form.units, form.attention, name="look")
        self.pointer = None if copies is None else Pointer(form.size, name="pointer")
        self.drops: list[Any] = []
        if form.dropout:
            self.drops = [
                Dropout(form.dropout, same_steps=depth <= form.layers - 1, name=f"dropout_{depth}")
                for depth in range(form.layers + 1)
            ]

    def build(self, previous_shape: Any, memory_shape: Any, *_: Any) -> None:
        """Create the weights for tokens (batch, steps) and a memory (batch, steps, features)."""
        self.vocabulary.build()
        self.vocabulary.built = True
        features = self.form.embedding + (self.form.units if self.form.is_fed else 0)
        for layer in self.recurrences:
            layer.build((None, None, features))
            features = self.form.units
        for bridge in self.bridges:
            bridge.build((None, memory_shape[-1]))
        self.look.build(memory_shape)
        if self.pointer is not None:
            self.pointer.build((None, None, self.form.units))
        self.built = True

    def call(
        self, previous: Any, memory: Any, present: Any, source: Any = None, training: bool = False
    ) -> Any:
        """Say what comes after each token of a target that is known.

        Args:
            previous: (batch, steps) int32, the token before each.
            memory: (batch, source steps, features).
            present: (batch, source steps), true where a step is there.
            source: (batch, source steps) int32 tokens; only for copying.
            training: Whether features are left out.

        Returns:
            (batch, steps, tokens) logits; log-probabilities where the source can be copied.
        """
        read, states = self.read(memory, present, source)
        vectors = self._drop(self.vocabulary(previous), 0, training)
        if self.form.is_fed:
            answers, weights = self._write_fed(vectors, states, read, training)
        else:
            features, waiting = vectors, list(states)
            for depth, layer in enumerate(self.recurrences):
                own = [waiting.pop(0) for _ in range(_count_states(layer))]
                features = layer(features, initial_state=own, training=training)[0]
                if depth + 1 < len(self.recurrences):
                    features = self._drop(features, depth + 1, training)
            answers, weights = self._look(features, read)
        answers = self._drop(answers, len(self.recurrences), training)
        return self._said(answers, weights, read)

    def read(self, memory: Any, present: Any, source: Any = None) -> tuple[Tensors, Tensors]:
        """Return what each step looks at, and the states before the first step.

        Args:
            memory: (batch, source steps, features).
            present: (batch, source steps), true where a step is there.
            source: (batch, source steps) int32 tokens; only for copying.
        """
        there = ops.expand_dims(ops.cast(present, memory.dtype), -1)  # (batch, source steps, 1)
        memory = memory * there
        mean = ops.sum(memory, axis=1) / ops.maximum(ops.sum(there, axis=1), 1.0)
        rows, bridges, states = ops.shape(memory)[0], list(self.bridges), list[Any]()
        for layer in self.recurrences:
            own = layer.get_initial_state(rows)
            own = list(own) if isinstance(own, (list, tuple)) else [own]
            for number in range(_made_states(layer)):
                own[number] = bridges.pop(0)(mean)
            states += own
        if self.form.is_fed:
            states.append(ops.zeros_like(mean[:, :1]) + ops.zeros((1, self.form.units), mean.dtype))
        read = [memory, self.look.keys(memory), present]
        if self.pointer is not None:
            copied = ops.convert_to_tensor(self.copies, "int32")
            read.append(ops.take(copied, source, axis=0))
        return tuple(read), tuple(states)

    def step(self, tokens: Any, states: Tensors, read: Tensors) -> tuple[Any, Tensors, Any]:
        """Read one more token of several answers to each source.

        Args:
            tokens: (rows, answers) int32, the last token of each.
            states: Each (rows * answers, …).
            read: Of `read`, for the rows.

        Returns:
            (rows, answers, tokens) log-probabilities of the next token; the states; and the
            attention (rows, answers, source steps).
        """
        rows, answers = ops.shape(tokens)
        vectors = ops.reshape(self.vocabulary(tokens), (-1, self.form.embedding))
        features, states = self._recur(vectors, states)
        seen, weights = self._look(ops.reshape(features, (rows, answers, self.form.units)), read)
        if self.form.is_fed:
            states = (*states, ops.reshape(seen, (-1, self.form.units)))
        said = self._said(seen, weights, read)
        is_done = self.pointer is not None
        return (said if is_done else ops.log_softmax(said, axis=-1)), states, weights

    def _recur(
        self, vectors: Any, states: Tensors, masks: Sequence[Any] = ()
    ) -> tuple[Any, Tensors]:
        """Return features (batch, units) of one step, and the states of the cells behind it."""
        features = ops.concatenate([vectors, states[-1]], axis=-1) if self.form.is_fed else vectors
        waiting, after = list(states), list[Any]()
        for depth, layer in enumerate(self.recurrences):
            if masks and depth:
                features = features * masks[depth - 1]
            own = [waiting.pop(0) for _ in range(_count_states(layer))]
            features, left = layer.cell(features, own)
            after += left if isinstance(left, (list, tuple)) else [left]
        return features, tuple(after)

    def _look(self, features: Any, read: Tensors) -> tuple[Any, Any]:
        seen, weights = self.look(features, *read[:3])
        return seen, weights

    def _write_fed(
        self, vectors: Any, states: Tensors, read: Tensors, training: bool
    ) -> tuple[Any, Any]:
        """Return answers (batch, steps, units) and weights, each step fed the answer before."""
        masks = []
        if self.drops and training:  # the same features at every step, drawn before the loop
            ones = ops.ones_like(states[0])[:, None]
            masks = [drop(ones, training=True)[:, 0] for drop in self.drops[1:-1]]

        def forth(before: Tensors, arriving: Any) -> tuple[Tensors, Tensors]:
            features, after = self._recur(arriving, before, masks)
            seen, _ = self._look(features[:, None], read)
            return (*after, seen[:, 0]), (features, seen[:, 0])

        blank = ops.zeros_like(states[-1])
        arriving = ops.transpose(vectors, (1, 0, 2))
        features, answers = scan_steps(forth, states, arriving, (blank, blank))
        answers = ops.transpose(answers, (1, 0, 2))
        if self.pointer is None:
            return answers, None
        return answers, self._look(ops.transpose(features, (1, 0, 2)), read)[1]

    def _said(self, answers: Any, weights: Any, read: Tensors) -> Any:
        """Return logits, or log-probabilities where the source can be copied."""
        logits = self.vocabulary(answers, is_read=False)
        return logits if self.pointer is None else self.pointer(answers, logits, weights, read[3])

    def _drop(self, features: Any, depth: int, training: bool) -> Any:
        return self.drops[depth](features, training=training) if self.drops else features

    def compute_mask(self, *_: Any) -> None:
        """Hand no mask on."""

    def compute_output_shape(
        self, previous_shape: tuple[int | None, ...], *_: Any
    ) -> tuple[int | None, ...]:
        """Return (batch, steps, tokens)."""
        return (*previous_shape, self.form.size)

    def compute_output_spec(self, previous: Any, *_: Any, **__: Any) -> Any:
        """Return the output without computing it."""
        return keras.KerasTensor(self.compute_output_shape(previous.shape), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "form": asdict(self.form), "copies": self.copies}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a decoder of the arguments."""
        return cls(**{**config, "form": DecoderForm(**config["form"])})


def _count_states(layer: Any) -> int:
    """Return how many states a recurrent layer has."""
    size = layer.cell.state_size
    return len(size) if isinstance(size, (list, tuple)) else 1


def _made_states(layer: Any) -> int:
    """Return how many of a layer's first states are made of the memory: the output, as a rule.

    The other states of a cell may be anything, such as an exponent; those of an LSTM are not.
    """
    return 2 if isinstance(layer, keras.layers.LSTM) else 1
