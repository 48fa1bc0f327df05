"""How hard XLA tries: operations counted by hand, and what is asked of it for how many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest

from seqtune.runtime import effort

if keras.backend.backend() != "jax":
    pytest.skip("counts operations of programs of JAX", allow_module_level=True)

import jax
import jax.numpy as jnp

ONE, LEFT, RIGHT = np.ones((1, 1)), np.ones((2, 3)), np.ones((3, 4))


def count(function: Any, *arguments: Any) -> float:
    return effort.count_operations(jax.make_jaxpr(function)(*arguments))


@pytest.fixture
def products(monkeypatch: pytest.MonkeyPatch) -> Callable[..., float]:
    """Count the operations of matrix products alone."""
    monkeypatch.setattr(effort, "OVERHEAD", 0.0)
    return count


def test_an_empty_program_does_nothing() -> None:
    assert count(lambda one: one, LEFT) == 0.0


def test_an_operation_counts_however_small_it_is() -> None:
    assert count(jnp.negative, LEFT) == effort.OVERHEAD
    assert count(lambda one: jnp.tanh(-one) * one, LEFT) == 3 * effort.OVERHEAD
    assert count(lambda a, b: -jnp.dot(a, b), LEFT, RIGHT) == 2 * effort.OVERHEAD + 48.0


def test_a_small_operation_inside_a_loop_counts_for_each_of_its_steps() -> None:
    def loop(steps: int) -> float:
        def negate(start: Any) -> Any:
            return jax.lax.scan(lambda state, _: (-state, None), start, length=steps)[0]

        return count(negate, LEFT)

    assert loop(5) - loop(4) == effort.OVERHEAD
    assert loop(5) - loop(0) == 5 * effort.OVERHEAD


def test_a_product_is_a_multiplication_and_an_addition_for_each_pair(products: Any) -> None:
    assert products(jnp.matmul, ONE, ONE) == 2.0
    assert products(jnp.matmul, LEFT, RIGHT) == 48.0  # 2 * 2 * 3 * 4
    assert products(jnp.matmul, np.ones((5, 2, 3)), RIGHT) == 5 * 48.0
    assert products(jnp.matmul, np.ones((5, 2, 3)), np.ones((5, 3, 4))) == 5 * 48.0  # side by side
    assert products(lambda a, b: a @ b @ np.ones((4, 1)), LEFT, RIGHT) == 48.0 + 16.0


def test_a_product_over_two_axes_is_as_deep_as_both_together(products: Any) -> None:
    left, right = np.ones((2, 3, 5)), np.ones((3, 5, 4))
    assert products(lambda a, b: jnp.tensordot(a, b, 2), left, right) == 2.0 * 15 * 8


def in_a_loop(steps: int) -> Any:
    def loop(start: Any, kernel: Any) -> Any:
        return jax.lax.scan(lambda state, _: (state @ kernel, None), start, length=steps)[0]

    return loop


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_what_is_inside_a_loop_counts_for_each_of_its_steps(steps: int, products: Any) -> None:
    square = np.ones((3, 3))
    assert products(in_a_loop(steps), LEFT, square) == steps * 36.0  # 2 * 2 * 3 * 3


def test_a_loop_inside_a_loop_counts_for_the_steps_of_both(products: Any) -> None:
    def outer(start: Any, kernel: Any) -> Any:
        return jax.lax.scan(lambda one, _: (in_a_loop(5)(one, kernel), None), start, length=4)[0]

    assert products(outer, LEFT, np.ones((3, 3))) == 4 * 5 * 36.0


def test_the_gradient_counts_once_more_for_each_factor_that_it_is_taken_of(products: Any) -> None:
    def total(left: Any, right: Any) -> Any:
        return jnp.matmul(left, right).sum()

    assert products(jax.value_and_grad(total), LEFT, RIGHT) == 2 * 48.0
    assert products(jax.value_and_grad(total, (0, 1)), LEFT, RIGHT) == 3 * 48.0


def test_what_is_compiled_inside_counts_as_if_it_stood_there(products: Any) -> None:
    assert products(jax.jit(jax.jit(jnp.matmul)), LEFT, RIGHT) == 48.0
    closed = jax.make_jaxpr(jnp.matmul)(LEFT, RIGHT)
    assert effort.count_operations(closed.jaxpr) == effort.count_operations(closed) == 48.0


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The options that are asked for; what is known of them is found out anew."""
    options: dict[str, Any] = {"xla_backend_optimization_level": 1}
    monkeypatch.setattr(effort, "QUICKLY", options)
    effort._known.cache_clear()
    yield options
    effort._known.cache_clear()


def test_few_operations_are_compiled_quickly_and_many_fully(asked: dict[str, Any]) -> None:
    below = np.nextafter(effort.PAYS_FROM, 0)
    assert effort.options_for(0.0) == effort.options_for(below) == asked
    assert effort.options_for(effort.PAYS_FROM) == effort.options_for(float("inf")) == {}


def test_an_option_that_xla_does_not_know_is_dropped(asked: dict[str, Any]) -> None:
    asked["xla_no_such_option"] = True
    assert effort.options_for(0.0) == {"xla_backend_optimization_level": 1}
    program = jax.jit(lambda one: one + 1).lower(1.0).compile(effort.options_for(0.0))
    assert float(program(1.0)) == 2.0


def test_where_none_is_known_none_is_given(asked: dict[str, Any]) -> None:
    asked.clear()
    asked["xla_no_such_option"] = True
    assert effort.known_options() == {}


def test_the_options_of_one_program_are_not_those_of_the_next(asked: dict[str, Any]) -> None:
    effort.options_for(0.0).clear()
    assert effort.options_for(0.0) == asked


def test_the_options_are_for_cpus(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert effort.options_for(0.0) == {}


def test_all_options_are_known_to_the_jax_that_is_installed() -> None:
    assert effort.known_options() == effort.QUICKLY
