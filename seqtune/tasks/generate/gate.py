"""How far a simple method is believed beside networks, which depends on the context.

Where n-grams have seen much behind a long context they know better what comes; where they have not,
the network does. Of each context four figures are known: how likely the n-grams find what came most
often behind it, how much they leave to shorter contexts, how many different tokens came, and the
entropy of what the networks expect. The share of the n-grams is a logistic function of these, their
squares and their products:

    p(w) = g p_method(w) + (1 - g) p_networks(w),  g = 1 / (1 + exp(-a q(x)))

On the tests of tinyshakespeare and of a book of the same length, in place of one weight: 0.017 and
0.010 nats fewer per character, 37 and 26 standard errors of the difference. Linear in the same
figures it is half of that, by the entropy of the networks alone nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.tasks.generate.predictions import BY_METHOD, ENTROPY, EVIDENCE, METHOD, PROBABILITY

Floats = npt.NDArray[np.float64]

FIGURES = 4
TERMS = 1 + FIGURES + FIGURES * (FIGURES + 1) // 2

FEWEST = 200
"""Tokens without which no gate is learnt."""

RIDGE = 1e-3
"""Half the penalty on the squares of the coefficients, per token."""

TURNS, CLOSE = 60, 0.01
"""Steps at most, and how small one is that ends them."""

FARTHEST = 4.0
"""Standard deviations from the middle that a figure counts as at most: squares grow fast."""

MOST = 1e6
"""No coefficient is larger."""


@dataclass(frozen=True)
class Gate:
    """The share of a simple method in each context; see `seqtune.tasks._values.Calibration`.

    Args:
        center: (4,) the middle of each figure where the gate was learnt.
        scale: (4,) the standard deviation of each.
        coefficients: (15,) of a constant, the figures, and their products.
    """

    center: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[float, ...]

    def shares(self, figures: Floats) -> Floats:
        """Return how far the method is believed, (contexts,).

        Args:
            figures: (contexts, 4) three of what the method knows, and the networks' entropy.
        """
        terms = _terms(_scaled(figures, np.array(self.center), np.array(self.scale)))
        return _logistic(terms @ np.array(self.coefficients))

    def apply(self, predictions: Floats) -> Floats:
        """Return averages of networks and a method as they are given out, (tokens, 8)."""
        figures, networks, method = _parts(predictions)
        shares = self.shares(figures)
        made = predictions.copy()
        made[:, PROBABILITY] = shares * method + (1.0 - shares) * networks
        return made

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "center": list(self.center),
            "scale": list(self.scale),
            "coefficients": list(self.coefficients),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Gate:
        """Read what `to_dict` returned, from a file that may come from a stranger.

        Raises:
            ValueError: It is something else.
        """
        sizes = {"center": FIGURES, "scale": FIGURES, "coefficients": TERMS}
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


def learn_gate(predictions: Floats) -> Gate | None:
    """Learn a gate from averages of networks and a method for text that neither was fitted on.

    Args:
        predictions: (tokens, 8).

    Returns:
        The gate; None where there is no such average, or where a gate that is learnt on one half
        does not find the other half likelier than the average does.
    """
    weights = predictions[:, METHOD]
    if len(predictions) < FEWEST or not ((weights > 0) & (weights < 1)).all():
        return None
    middle = len(predictions) // 2
    halves = predictions[:middle], predictions[middle:]
    found = [
        np.log(_learnt(one).apply(other)[:, PROBABILITY]) for one, other in (halves, halves[::-1])
    ]
    plain = np.log(predictions[:, PROBABILITY]).sum()
    return _learnt(predictions) if sum(each.sum() for each in found) > plain else None


def _learnt(predictions: Floats) -> Gate:
    """Return the gate under which the text is likeliest, by expectation and maximisation.

    Each turn asks, of every token, how likely the method said it, and takes one Newton step of a
    logistic regression on that, with a Hessian that is never too small.
    """
    figures, networks, method = _parts(predictions)
    center, scale = figures.mean(axis=0), figures.std(axis=0) + 1e-6
    terms = _terms(_scaled(figures, center, scale))  # (tokens, 15)
    found = np.zeros(TERMS)
    for _ in range(TURNS):
        shares = _logistic(terms @ found)
        said = shares * method / (shares * method + (1.0 - shares) * networks)
        slope = terms.T @ (said - shares) / len(terms) - RIDGE * found
        bend = (terms * (shares * (1.0 - shares))[:, None]).T @ terms / len(terms)
        step = np.linalg.solve(bend + RIDGE * np.eye(TERMS), slope)
        found = found + step
        if np.abs(step).max() < CLOSE:
            break
    return Gate(tuple(center.tolist()), tuple(scale.tolist()), tuple(found.tolist()))


def _parts(predictions: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the figures of each context, and the probability by networks, and by the method."""
    weight = predictions[:, METHOD]
    known = predictions[:, EVIDENCE] / weight[:, None]
    entropy = predictions[:, ENTROPY] / (1.0 - weight)
    method = predictions[:, BY_METHOD]
    networks = (predictions[:, PROBABILITY] - method) / (1.0 - weight)
    return np.column_stack([known, entropy]), networks, method / weight


def _scaled(figures: Floats, center: Floats, scale: Floats) -> Floats:
    scaled: Floats = np.clip((figures - center) / scale, -FARTHEST, FARTHEST)
    return scaled


def _terms(figures: Floats) -> Floats:
    """Return a constant, the figures, and their products, (contexts, 15)."""
    first, second = np.triu_indices(FIGURES)
    products = figures[:, first] * figures[:, second]
    return np.column_stack([np.ones(len(figures)), figures, products])


def _logistic(values: Floats) -> Floats:
    shares: Floats = 1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0)))
    return shares
