"""A combination of methods, weighed by how each did from many origins in the history.

Each method forecasts from up to twelve origins, half a horizon apart, the horizon after each of
which is known. Its weight is the inverse fourth power of its mean absolute error there, each origin
counting nine tenths of the one after it. A fourth power lets go of what is clearly worse and
averages what is about as good. Half of the members work on logarithms, where all values are above
zero: growth and seasons then multiply.

On 51 real short series (docs/notes/forecasting.md, "Combinations") its error is 0.89 of that of the
method that the last horizon favours, and 0.91 of SCUM's; with ETS and ARIMA among its members it is
no better by two standard errors, and takes ten times as long.

It is left out where `baselines.methods` is auto and the data is intermittent, long or many windows.

Source:
    Bates and Granger 1969, "The combination of forecasts", Operational Research Quarterly 20(4);
    rolled origins: Tashman 2000, "Out-of-sample tests of forecasting accuracy", Int. J. of
    Forecasting 16(4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

import numpy as np

from seqtune.baselines.forecast import ces, mstl, seasonal_naive, theta
from seqtune.baselines.forecast._alone import Alone, by_ridge, of_logarithms
from seqtune.baselines.forecast._short import is_short
from seqtune.baselines.forecast._widths import widened, width_factors
from seqtune.baselines.method import Floats, Histories, Levels, Periods

MAX_HISTORY = 400
"""Steps of history that are looked at; up to a quarter more, so that windows share origins."""

SHARED = 100

ORIGINS = 12
FADING = 0.9
POWER = 4.0

LEAST_ERROR = 1e-6
"""Of the largest error: no method is so good that the others do not count at all."""


def _alone(module: ModuleType) -> Alone:
    def forecast(history: Floats, horizon: int, periods: Periods, levels: Levels) -> Floats:
        found: Floats = module.forecast([history], horizon, periods, levels)[0]
        return found

    return forecast


MEMBERS: Mapping[str, Alone] = {
    "seasonal_naive": _alone(seasonal_naive),
    "ces": _alone(ces),
    "theta": _alone(theta),
    "mstl": _alone(mstl),
    "ridge": by_ridge,
    "theta of logarithms": of_logarithms(_alone(theta)),
    "mstl of logarithms": of_logarithms(_alone(mstl)),
    "ridge of logarithms": of_logarithms(by_ridge),
}


suits = is_short


def horizons_seen(steps: int, horizon: int, periods: Periods) -> float:
    """Return by how many horizons of a history the members are weighed: two origins overlap.

    Args:
        steps: Length of the history.
        horizon: Steps ahead.
        periods: Seasonal periods in steps.

    Example:
        >>> horizons_seen(144, 12, (12,))
        6.0
    """
    return len(origins(steps, horizon, periods)) / 2.0


def forecast(histories: Histories, horizon: int, periods: Periods, levels: Levels) -> Floats:
    """Forecast each history by the weighed mean of what the members say of it.

    Quantiles are averaged level by level, and are then as far from the point forecast as would have
    done from the origins.
    """
    found = np.full((len(histories), horizon, 1 + len(levels)), np.nan)
    for window, history in enumerate(histories):
        begin = max(0, len(history) - MAX_HISTORY) // SHARED * SHARED
        recent = np.asarray(history[begin:], np.float64)
        made = Combination.of(recent, horizon, periods, levels)
        if made.voices:
            found[window] = made.forecast()
    return found


@dataclass(frozen=True)
class Combination:
    """What the members say of one history, and how they did from its origins.

    Args:
        voices: What each member that has an answer says of the steps after the history, (horizon, 1
            + levels).
        earlier: The same from each origin from which all of them have an answer, newest first.
        truth: (horizon,) of each of these origins: what came.
        units: The mean absolute step before each.
        levels: Quantile levels in ascending order.
    """

    voices: Mapping[str, Floats]
    earlier: Sequence[Mapping[str, Floats]]
    truth: Sequence[Floats]
    units: Sequence[float]
    levels: Levels

    @classmethod
    def of(cls, history: Floats, horizon: int, periods: Periods, levels: Levels) -> Combination:
        """Let the members forecast a history, and from its origins.

        Args:
            history: (steps,) values.
            horizon: Steps ahead.
            periods: Seasonal periods in steps.
            levels: Quantile levels.
        """
        voices = _voices(history.tobytes(), horizon, periods, levels)
        earlier, truth, units = [], [], []
        for end in origins(len(history), horizon, periods):
            said = _voices(history[:end].tobytes(), horizon, periods, levels)
            if voices.keys() <= said.keys():
                earlier.append(said)
                truth.append(history[end : end + horizon])
                units.append(float(np.abs(np.diff(history[:end])).mean()) or 1.0)
        return cls(voices, earlier, truth, units, levels)

    @property
    def weights(self) -> dict[str, float]:
        """How much each member counts; the weights sum to 1.

        They are equal where there is no origin, and none where no member has an answer.
        """
        errors = dict.fromkeys(self.voices, 1.0)
        if self.earlier:
            cases = list(zip(self.earlier, self.truth, self.units, strict=True))
            for name in self.voices:
                each = [
                    float(np.abs(said[name][:, 0] - came).mean()) / unit
                    for said, came, unit in cases
                ]
                errors[name] = faded(each)
        return inverse_powers(errors)

    def forecast(self) -> Floats:
        """Return (horizon, 1 + levels); at least one member must have an answer."""
        weights = self.weights
        together = _mean(self.voices, weights)
        if not self.earlier or not self.levels:
            return together
        said = np.concatenate([_mean(each, weights) for each in self.earlier])
        return widened(together, width_factors(said, np.concatenate(self.truth), self.levels))


def _mean(voices: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    parts = [share * voices[name] for name, share in weights.items()]
    return np.asarray(np.sum(parts, axis=0), np.float64)


def origins(steps: int, horizon: int, periods: Periods) -> list[int]:
    """Return where forecasts begin whose truth is known, the newest first.

    They lie at multiples of half a horizon, so that windows that end at different steps of a series
    share them, and each is worked out once.

    Args:
        steps: Length of the history.
        horizon: Steps ahead.
        periods: Seasonal periods in steps.

    Example:
        >>> origins(40, 8, (4,))
        [32, 28, 24, 20, 16]
    """
    shortest = min(periods, default=1)
    least = max(2 * shortest + 2, horizon + 8, 12)
    apart = max(1, horizon // 2)
    return list(range((steps - horizon) // apart * apart, least - 1, -apart))[:ORIGINS]


def faded(errors: Sequence[float]) -> float:
    """Return the mean of errors, the newest first, each of which counts less than the one before.

    Example:
        >>> faded([1.0, 2.0]) == (1.0 + 0.9 * 2.0) / 1.9
        True
    """
    return float(np.average(errors, weights=FADING ** np.arange(len(errors))))


def inverse_powers(errors: Mapping[str, float]) -> dict[str, float]:
    """Return weights that sum to 1, the inverse fourth powers of errors.

    Example:
        >>> inverse_powers({"a": 1.0, "b": 1.0})
        {'a': 0.5, 'b': 0.5}
    """
    largest = max(errors.values(), default=0.0) or 1.0
    powers = {name: max(error / largest, LEAST_ERROR) ** -POWER for name, error in errors.items()}
    whole = sum(powers.values())
    return {name: power / whole for name, power in powers.items()}


@lru_cache(maxsize=2048)
def _voices(known: bytes, horizon: int, periods: Periods, levels: Levels) -> Mapping[str, Floats]:
    """Return what members say, (horizon, 1 + levels) of each that has an answer.

    Args:
        known: The history, as the bytes of float64: windows of a series have many in common.
        horizon: Steps ahead.
        periods: Seasonal periods in steps.
        levels: Quantile levels.
    """
    history = np.frombuffer(known)
    said = {name: member(history, horizon, periods, levels) for name, member in MEMBERS.items()}
    return {name: each for name, each in said.items() if np.isfinite(each).all()}
