"""How far one of two models is believed: a logistic function of figures of the context.

    p(w) = s(x) p_one(w) + (1 - s(x)) p_other(w),  s(x) = 1 / (1 + exp(-a q(x)))

where q(x) are a constant, the figures, their squares and their products.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RIDGE = 1e-3
"""Half the penalty on the squares of the coefficients, per token."""

TURNS, CLOSE = 60, 0.01
"""Steps at most, and how small one is that ends them."""

FARTHEST = 4.0
"""Standard deviations from the middle that a figure counts as at most: squares grow fast."""

MOST = 1e6
"""No coefficient is larger."""


@dataclass(frozen=True)
class Share:
    """The share of one of two models in each context.

    Args:
        center: (figures,) the middle of each figure where the share was learnt.
        scale: (figures,) the standard deviation of each.
        coefficients: (terms,) of a constant, the figures, and their products.
    """

    center: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[float, ...]

    def of(self, figures: Floats) -> Floats:
        """Return how far the model is believed, (contexts,).

        Args:
            figures: (contexts, figures) what is known of each context.
        """
        terms = _terms(_scaled(figures, np.array(self.center), np.array(self.scale)))
        return _logistic(terms @ np.array(self.coefficients))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "center": list(self.center),
            "scale": list(self.scale),
            "coefficients": list(self.coefficients),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], figures: int) -> Share:
        """Read what `to_dict` returned, from a file that may come from a stranger.

        Args:
            values: What it returned.
            figures: How many there must be.

        Raises:
            ValueError: It is something else.
        """
        terms = 1 + figures + figures * (figures + 1) // 2
        sizes = {"center": figures, "scale": figures, "coefficients": terms}
        if not isinstance(values, dict) or {*values} != {*sizes}:
            raise ValueError("expected the figures of a gate")
        for name, size in sizes.items():
            numbers = values[name]
            if not isinstance(numbers, list) or len(numbers) != size:
                raise ValueError(f"{name}: expected {size} numbers")
            least = 0.0 if name == "scale" else -MOST
            if not all(type(each) in (int, float) and least < each < MOST for each in numbers):
                raise ValueError(f"{name}: found a number out of range")
        return cls(*(tuple(map(float, values[name])) for name in sizes))


def learn_share(figures: Floats, one: Floats, other: Floats) -> Share:
    """Return the share under which a text is likeliest, by expectation and maximisation.

    Each turn asks, of every token, how likely the one model said it, and takes one Newton step of a
    logistic regression on that, with a Hessian that is never too small.

    Args:
        figures: (tokens, figures) what is known of the context of each token.
        one: (tokens,) the probability of each by the model whose share it is.
        other: (tokens,) by the other one, above 0.
    """
    center, scale = figures.mean(axis=0), figures.std(axis=0) + 1e-6
    terms = _terms(_scaled(figures, center, scale))
    found = np.zeros(terms.shape[1])
    for _ in range(TURNS):
        shares = _logistic(terms @ found)
        said = shares * one / (shares * one + (1.0 - shares) * other)
        slope = terms.T @ (said - shares) / len(terms) - RIDGE * found
        bend = (terms * (shares * (1.0 - shares))[:, None]).T @ terms / len(terms)
        step = np.linalg.solve(bend + RIDGE * np.eye(len(found)), slope)
        found = found + step
        if np.abs(step).max() < CLOSE:
            break
    return Share(tuple(center.tolist()), tuple(scale.tolist()), tuple(found.tolist()))


def _scaled(figures: Floats, center: Floats, scale: Floats) -> Floats:
    scaled: Floats = np.clip((figures - center) / scale, -FARTHEST, FARTHEST)
    return scaled


def _terms(figures: Floats) -> Floats:
    """Return a constant, the figures, and their products, (contexts, terms)."""
    first, second = np.triu_indices(figures.shape[1])
    products = figures[:, first] * figures[:, second]
    return np.column_stack([np.ones(len(figures)), figures, products])


def _logistic(values: Floats) -> Floats:
    shares: Floats = 1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0)))
    return shares
