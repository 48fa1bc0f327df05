"""How hard XLA tries when it compiles for a CPU: as hard as the steps that follow pay for.

`benchmarks/compilation.py` measures both efforts on the networks of the default portfolios, on one
core: to compile a training step fully takes about a second more than quickly, and a fully compiled
step is up to a fifth faster, where matrix products are wide. Small networks gain nothing.

The choice hangs on counted operations, not on a clock: the two efforts round differently, and the
same command with the same seed has to train the same networks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any

QUICKLY: dict[str, Any] = {
    "xla_backend_optimization_level": 1,
    "xla_cpu_use_fusion_emitters": False,
}
"""Half the time to compile. Which of them an installed JAX knows is asked by `known_options`."""

ALONE: dict[str, Any] = {"xla_cpu_multi_thread_eigen": False}
"""One thread computes all of a program: others run beside it."""

PAYS_FROM = 3.5e11
"""Floating-point operations of a training from which on full effort pays: some 5 s on one core, of
which a fifth is won."""


def known_options(wanted: Mapping[str, Any] = QUICKLY) -> dict[str, Any]:
    """Return those of some options that the installed XLA takes for CPUs; none on an accelerator.

    JAX raises for an option that it does not know, and they come and go with its versions.
    """
    import jax

    return dict(_known(tuple(wanted.items()))) if jax.default_backend() == "cpu" else {}


@functools.cache
def _known(wanted: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    import jax

    probe = jax.jit(lambda one: one + 1).lower(0.0)
    found = []
    for name, value in wanted:
        try:
            probe.compile(compiler_options={name: value})
        except Exception:  # XLA's own kinds of errors; whichever it is, the option is of no use
            continue
        found.append((name, value))
    return tuple(found)


def options_for(operations: float) -> dict[str, Any]:
    """Return the compiler options for a program, by the operations that it will do in all.

    Args:
        operations: Floating-point operations of all its calls together.
    """
    return {} if operations >= PAYS_FROM else known_options()


OVERHEAD = 5e4
"""An operation on arrays, however small, takes as long as so many on numbers: 0.7 microseconds."""


def count_operations(jaxpr: Any) -> float:
    """Return the floating-point operations of a program: of its matrix products, and `OVERHEAD`.

    Those inside a loop count once for each of its steps. On one core 7e10 of them take a second:
    14.5e9 took 0.20 s with wide products (an LSTM of 2 x 256 units).

    Args:
        jaxpr: A JAX program, closed or not.

    Example:
        >>> product = jax.make_jaxpr(jnp.matmul)(np.ones((2, 3)), np.ones((3, 4)))
        >>> count_operations(product) - OVERHEAD
        48.0
    """
    total = 0.0
    for equation in getattr(jaxpr, "jaxpr", jaxpr).eqns:
        total += OVERHEAD + (
            _product(equation) if equation.primitive.name == "dot_general" else 0.0
        )
        rounds = equation.params.get("length", 1) if equation.primitive.name == "scan" else 1
        for value in equation.params.values():
            for inner in value if isinstance(value, (list, tuple)) else (value,):
                if hasattr(getattr(inner, "jaxpr", inner), "eqns"):
                    total += rounds * count_operations(inner)
    return total


def _product(equation: Any) -> float:
    (contracted, _), _ = equation.params["dimension_numbers"]
    left = equation.invars[0].aval.shape
    depth = math.prod(left[axis] for axis in contracted)
    return float(2 * depth * math.prod(equation.outvars[0].aval.shape))
