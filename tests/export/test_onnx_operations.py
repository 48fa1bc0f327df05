"""Operations of JAX as ONNX, for sizes that no trace had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from jax import lax

from seqtune.errors import ExportError
from seqtune.export.onnx.program import OnnxProgram, to_onnx
from seqtune.runtime import program as runtime_program
from seqtune.runtime.program import Program
from seqtune.runtime.trees import flatten, read_description
from seqtune.tasks._exported import Exported

SIZES = {"rows": (3, 44), "steps": (17, 28)}


class NoModel:
    variables: tuple[Any, ...] = ()


def exported(
    monkeypatch: pytest.MonkeyPatch,
    function: Callable[..., Any],
    arguments: Callable[[Any], Any],
    sizes: Any = SIZES,
) -> Exported:
    """Return a function as a program."""
    chosen = Exported(Program("tried", "nowhere"), arguments, sizes)
    target = "seqtune.export.onnx.program.function_of"
    monkeypatch.setattr(target, lambda program: lambda model, *given: function(*given))
    assert runtime_program.function_of is not None
    return chosen


def answer(program: OnnxProgram, *arrays: Any) -> list[Any]:
    session = onnxruntime.InferenceSession(program.content, providers=["CPUExecutionProvider"])
    leaves = flatten(read_description(program.inputs))
    given = {leaf.name: arrays[int(leaf.name[1:])] for leaf in leaves}
    outputs: list[Any] = session.run(None, given)
    return outputs


def whole(sizes: Any) -> Any:
    return (np.zeros((sizes["rows"], sizes["steps"], 4), np.float32),)


def grouped(x: Any) -> Any:
    return jnp.reshape(x, (x.shape[0] * x.shape[1], 4)) @ jnp.ones((4, 2))


def counted_up(x: Any) -> Any:
    return lax.fori_loop(0, 3, lambda number, total: total * 2 + number, x)


def halved(x: Any) -> Any:
    return lax.while_loop(lambda each: jnp.max(jnp.abs(each)) > 0.1, lambda each: each / 2, x)


def running(x: Any) -> Any:
    def step(total: Any, each: Any) -> Any:
        return total * 0.5 + each, (total, each.sum(axis=-1))

    return lax.scan(step, jnp.zeros_like(x[:, 0]), jnp.swapaxes(x, 0, 1), reverse=True)


def chosen(x: Any) -> Any:
    return lax.cond(x.sum() > 0, lambda each: each + 1, lambda each: -each, x)


def put(x: Any) -> Any:
    return lax.dynamic_update_slice_in_dim(x, x[:, :2] * 10, jnp.argmax(x[0, :, 0]), axis=1)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "arithmetic": lambda x: (x - 1) * x / (2 + x * x) % 3,
    "powers": lambda x: jnp.exp2(x) + x**3 + jnp.square(x) + lax.rsqrt(x * x + 1),
    "exponentials": lambda x: jnp.log1p(jnp.exp(x)) + jnp.expm1(x) + jax.nn.silu(x),
    "error function": lambda x: jax.nn.gelu(x, approximate=False) + lax.erf(x),
    "logic": lambda x: (x > 0) & ~(x != x) | (x <= -1) ^ (x >= 2),
    "finite": lambda x: jnp.where(jnp.isfinite(jnp.log(x)), x, jnp.sign(x)),
    "signs of zeros": lambda x: jnp.signbit(x * 0) | jnp.signbit(x),
    "rounding": lambda x: jnp.round(x * 2) + jnp.floor(x) + jnp.ceil(x) + lax.clamp(-1.0, x, 1.0),
    "integers": lambda x: (x * 9).astype(jnp.int32) // 2 + (x * 9).astype(jnp.int32) % 5,
    "no axes": lambda x: jnp.sum(x, axis=()) + jnp.max(x, axis=()),
    "sums of truths": lambda x: jnp.max(x > 0, axis=1) & jnp.min(x > -9, axis=1),
    "sorted truths": lambda x: lax.sort((x[:, :, 0], x[:, :, 1] > 0), dimension=1, num_keys=1),
    "every sixth": lambda x: x[:, ::6] * jnp.arange(-(-x.shape[1] // 6))[:, None],
    "sums": lambda x: x.sum(axis=(0, 2)) + x.mean(axis=1).sum() + x.prod(axis=2).min(axis=0),
    "truths": lambda x: (x > 0).any(axis=1) & (x > 5).all(axis=1),
    "places": lambda x: (jnp.argmax(x, axis=1), jnp.argmin(x, axis=2)),
    "running sums": lambda x: jnp.cumsum(x, axis=1) + lax.cumsum(x, axis=2, reverse=True),
    "matrices": lambda x: jnp.einsum("bti,bsi->bts", x, x) + jnp.einsum("bti,bti->b", x, x).sum(),
    "joined axes": grouped,
    "outer": lambda x: jnp.einsum("bti,bsj->btisj", x[:, :2], x[:, :3]),
    "slices": lambda x: (x[:, -1], x[:, 1:-2], x[:, ::3], x[:, ::-1, 1:3]),
    "shifts": lambda x: jnp.roll(x, 2, axis=1) + jnp.pad(x[:, 2:], ((0, 0), (1, 1), (0, 0))),
    "cropped": lambda x: lax.pad(x, 0.0, ((0, 0, 0), (-2, -1, 0), (0, 1, 0))),
    "stacks": lambda x: jnp.stack([x, x + 1], axis=1).reshape(x.shape[0], 2, -1),
    "counting": lambda x: x + jnp.arange(x.shape[1])[:, None] + lax.iota(np.float32, 4),
    "spread": lambda x: jnp.broadcast_to(x[:, :1], x.shape),
    "tables": lambda x: jnp.take(jnp.arange(12.0).reshape(6, 2), jnp.argmax(x, axis=2), axis=0),
    "clipped": lambda x: jnp.take(x, jnp.array([0, 9, 99]), axis=1, mode="clip"),
    "along": lambda x: jnp.take_along_axis(x, jnp.argmax(x, axis=1, keepdims=True), axis=1),
    "columns": lambda x: jnp.take(x, jnp.array([3, 0]), axis=2),
    "from there": lambda x: lax.dynamic_slice_in_dim(x, jnp.argmax(x[0, :, 0]), 5, axis=1),
    "put there": put,
    "largest": lambda x: lax.top_k(x[:, :, 0], 3),
    "all but one": lambda x: lax.top_k(x[:, :, 0], x.shape[1] - 1)[0],
    "sorted": lambda x: lax.sort((x[:, :, 0], x[:, :, 1]), dimension=1, num_keys=1),
    "convolution": lambda x: lax.conv_general_dilated(
        x, jnp.ones((3, 4, 2)), (1,), "SAME", None, (2,), ("NWC", "WIO", "NWC")
    ),
    "steps": running,
    "turns": counted_up,
    "until": halved,
    "branches": chosen,
}  # fmt: skip


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_an_operation_says_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function = FUNCTIONS[name]
    program = to_onnx(NoModel(), exported(monkeypatch, function, whole))
    assert program.axes == {"rows": 1, "steps": 1}
    draw = np.random.default_rng(0)
    for rows, steps in ((1, 12), (4, 31)):
        x = draw.normal(size=(rows, steps, 4)).astype(np.float32)
        for expected, found in zip(jax.tree.leaves(function(x)), answer(program, x), strict=True):
            exact = np.asarray(expected)
            assert found.shape == exact.shape and found.dtype == exact.dtype
            assert np.allclose(found, exact, rtol=1e-5, atol=1e-6, equal_nan=True)


def halves(x: Any) -> Any:
    return jnp.pad(x, ((0, 0), (0, x.shape[1] % 2), (0, 0)))[:, ::2]


def test_a_length_that_must_be_even_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    program = to_onnx(NoModel(), exported(monkeypatch, halves, whole))
    assert program.axes == {"rows": 1, "steps": 16}
    x = np.random.default_rng(0).normal(size=(2, 48, 4)).astype(np.float32)
    assert np.array_equal(answer(program, x)[0], x[:, ::2])


def test_a_length_that_decides_what_is_done_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unrolled(x: Any) -> Any:
        return sum(x[:, step] * step for step in range(x.shape[1]))

    with pytest.raises(ExportError, match=r"'tried'.*each size"):
        to_onnx(NoModel(), exported(monkeypatch, unrolled, whole))


def test_a_size_is_that_of_its_own_axis(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_more(x: Any, y: Any) -> Any:
        return y[:, :1, :1] * 0 + jnp.arange(y.shape[1] + 1)[:, None] + x.sum() * 0

    def both(sizes: Any) -> Any:
        return (*whole(sizes), np.zeros((sizes["rows"], sizes["others"], 2), np.float32))

    sizes = {"rows": (3, 44), "steps": (17, 28), "others": (7, 20)}
    program = to_onnx(NoModel(), exported(monkeypatch, one_more, both, sizes))
    x, y = np.ones((2, 9, 4), np.float32), np.ones((2, 6, 2), np.float32)
    assert np.array_equal(answer(program, x, y)[0], np.asarray(one_more(x, y)))
    with pytest.raises(ValueError, match="no two axes to grow by as much"):
        Exported(Program("tried", "nowhere"), both, {"steps": (17, 28), "others": (7, 18)})
    with pytest.raises(ValueError, match="the first axis to grow by most"):
        Exported(Program("tried", "nowhere"), both, {"rows": (3, 5), "others": (7, 18)})


def test_what_is_not_read_is_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def second(x: Any, y: Any) -> Any:
        return y * 2

    both = exported(monkeypatch, second, lambda sizes: whole(sizes) * 2)
    program = to_onnx(NoModel(), both)
    assert program.inputs["list"][0] is None
    assert [each.name for each in onnx.load_from_string(program.content).graph.input] == ["a1"]


def test_an_operation_without_a_form_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExportError, match="fft"):
        to_onnx(NoModel(), exported(monkeypatch, lambda x: jnp.fft.fft(x).real, whole))


LAYERS = {
    "LSTM": keras.layers.LSTM,
    "GRU": keras.layers.GRU,
    "RNN": keras.layers.SimpleRNN,
}


@pytest.mark.parametrize("hides", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", list(LAYERS))
def test_a_layer_is_one_node(
    kind: str, masked: bool, hides: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequence, mask = keras.Input((None, 4)), keras.Input((None,), dtype="bool")
    options = {"return_sequences": True, "return_state": True, "zero_output_for_mask": hides}
    given = mask if masked else None
    forth = LAYERS[kind](3, **options)(sequence, mask=given)
    back = LAYERS[kind](2, **options, go_backwards=True)(sequence, mask=given)
    model = keras.Model([sequence, mask], [*forth, *back])
    draw = np.random.default_rng(2)
    for weight in model.weights:
        weight.assign(draw.normal(0, 0.5, weight.shape))

    def arguments(sizes: Any) -> Any:
        return (*whole(sizes), np.zeros((sizes["rows"], sizes["steps"]), bool))

    tried = Exported(Program("tried", "nowhere"), arguments, SIZES)
    target = "seqtune.export.onnx.program.function_of"
    monkeypatch.setattr(target, lambda program: lambda model, *each: model(list(each)))
    program = to_onnx(model, tried)
    kinds = [node.op_type for node in onnx.load_from_string(program.content).graph.node]
    assert kinds.count(kind) == 2 and "Scan" not in kinds
    x = draw.normal(size=(5, 9, 4)).astype(np.float32)
    there = np.arange(9) < np.array([[9], [4], [1], [0], [8]])
    for expected, found in zip(model([x, there]), answer(program, x, there), strict=True):
        assert np.allclose(found, np.asarray(expected), rtol=1e-5, atol=1e-6)
