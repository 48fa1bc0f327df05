"""Stacks of convolutions that find patterns in a sequence: FCN, ResNet and InceptionTime.

Each takes (batch, steps, features) and returns (batch, steps, filters), whatever the number of
steps. Every convolution is followed by batch normalisation. What a convolution makes of padding is
set to zero, so that it is nothing to the next one. With `settings.causal` no step sees a later one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from seqtune.architectures._settings import Settings
from seqtune.initializers import HeUniform

KERNELS = (8, 5, 3)
"""Steps that the three convolutions of a block look at: FCN, and each block of ResNet."""

INCEPTION_KERNELS = (40, 20, 10)
"""Steps that the parallel convolutions of an Inception module look at."""

MOMENTUM = 0.9
"""Share of the running mean and deviation that a training batch leaves as it was. With 0.99, the
default of Keras, a network of 150 steps of training answers with a fifth of those that it began
with (docs/notes/classification.md)."""

BLOCKS = 3
"""Blocks of ResNet, and modules of Inception between two short cuts."""


@dataclass(frozen=True)
class Stack:
    """What all convolutions of a stack share.

    Args:
        mask: (batch, steps), true where a step is there; None for all.
        filters: Width of the stack.
        dilation: How many times further apart the steps of each block are than those of the block
            before.
        causal: Whether no step may see a later one.
    """

    mask: Any | None
    filters: int
    dilation: int
    causal: bool

    @property
    def padding(self) -> str:
        """How a convolution keeps the number of steps."""
        return "causal" if self.causal else "same"

    def convolve(
        self, sequence: Any, filters: int, kernel: int, name: str, dilation: int = 1
    ) -> Any:
        """Return (batch, steps, filters): a convolution, not yet normalised."""
        return keras.layers.Conv1D(
            filters,
            kernel,
            padding=self.padding,
            dilation_rate=dilation,
            use_bias=False,
            kernel_initializer=HeUniform(),
            name=name,
        )(sequence)

    def normalise(self, sequence: Any, name: str) -> Any:
        """Return the sequence behind batch normalisation."""
        layer = keras.layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_normalised")
        return layer(sequence, mask=self.mask)

    def finish(self, sequence: Any) -> Any:
        """Return what is above zero, of the steps that are there."""
        sequence = ops.relu(sequence)  # the layer would hand a mask on to the convolution
        if self.mask is None:
            return sequence
        return sequence * ops.expand_dims(ops.cast(self.mask, sequence.dtype), -1)


def convolve(sequence: Any, mask: Any | None, settings: Settings) -> Any:
    """Find patterns by the stack of the option `blocks`.

    Args:
        sequence: (batch, steps, features); zero where a step is not there.
        mask: (batch, steps), true where a step is there; None for all.
        settings: `causal`, and the options `blocks`, `filters` and `dilation`.

    Returns:
        (batch, steps, features): `filters` of them; twice as many with ResNet; with Inception a
        whole number of times four.
    """
    options = settings.options
    dilation = int(options.get("dilation", 1))
    stack = Stack(mask, int(options["filters"]), dilation, settings.causal)
    return STACKS[str(options.get("blocks", "fcn"))](sequence, stack)


def fcn(sequence: Any, stack: Stack) -> Any:
    """Run three convolutions, the middle one twice as wide.

    Source:
        Wang et al., Time Series Classification from Scratch with Deep Neural Networks, arXiv
        1611.06455, section 2.2.
    """
    for number, (kernel, factor) in enumerate(zip(KERNELS, (1, 2, 1), strict=True)):
        name = f"convolution_{number}"
        width, dilation = factor * stack.filters, stack.dilation**number
        sequence = stack.convolve(sequence, width, kernel, name, dilation)
        sequence = stack.finish(stack.normalise(sequence, name))
    return sequence


def resnet(sequence: Any, stack: Stack) -> Any:
    """Run three blocks of three convolutions, each block with a short cut around it.

    Source:
        Wang et al., as `fcn`, section 2.3: the second and third block are twice as wide.
    """
    for number, factor in enumerate((1, 2, 2)):
        before, width, dilation = sequence, factor * stack.filters, stack.dilation**number
        for place, kernel in enumerate(KERNELS):
            name = f"convolution_{number}_{place}"
            sequence = stack.convolve(sequence, width, kernel, name, dilation)
            sequence = stack.normalise(sequence, name)
            if place < len(KERNELS) - 1:
                sequence = stack.finish(sequence)
        sequence = stack.finish(sequence + _short_cut(before, width, stack, f"block_{number}"))
    return sequence


def inception(sequence: Any, stack: Stack) -> Any:
    """Run three modules of parallel convolutions, with a short cut around them.

    A module narrows the sequence (the bottleneck), convolves it with 40, 20 and 10 steps, and puts
    beside that the largest of three neighbouring steps, narrowed too.

    Source:
        Ismail Fawaz et al., InceptionTime: Finding AlexNet for Time Series Classification, arXiv
        1909.04939, section 3. They stack six modules, with a short cut around every three.
    """
    width = max(stack.filters // 4, 1)
    before = sequence
    for number in range(BLOCKS):
        name, dilation = f"inception_{number}", stack.dilation**number
        narrow = sequence
        if sequence.shape[-1] > width:
            narrow = stack.convolve(sequence, width, 1, f"{name}_bottleneck")
        branches = [
            stack.convolve(narrow, width, kernel, f"{name}_{kernel}", dilation)
            for kernel in INCEPTION_KERNELS
        ]
        largest = _largest_of_three(sequence, causal=stack.causal)
        branches.append(stack.convolve(largest, width, 1, f"{name}_largest"))
        joined = keras.layers.Concatenate(name=f"{name}_joined")(branches)
        sequence = stack.normalise(joined, name)
        if number < BLOCKS - 1:
            sequence = stack.finish(sequence)
    return stack.finish(sequence + _short_cut(before, 4 * width, stack, "inception"))


STACKS: Mapping[str, Callable[[Any, Stack], Any]] = {
    "fcn": fcn,
    "resnet": resnet,
    "inception": inception,
}
"""The stacks by the word in a recipe."""


def _short_cut(sequence: Any, width: int, stack: Stack, name: str) -> Any:
    """Return (batch, steps, width): a sequence as it is, made wider where it has to be."""
    name = f"{name}_short_cut"
    if sequence.shape[-1] != width:
        sequence = stack.convolve(sequence, width, 1, name)
    return stack.normalise(sequence, name)


def _largest_of_three(sequence: Any, *, causal: bool) -> Any:
    """Return the largest of each step and its two neighbours, or the two steps before it.

    What lies outside the sequence counts as zero, as padding does.
    """
    ends = (2, 0) if causal else (1, 1)
    padded = ops.pad(sequence, ((0, 0), ends, (0, 0)))
    return ops.maximum(ops.maximum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
