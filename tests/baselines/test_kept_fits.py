"""A simple method is fitted once for many predictions of one run, and anew for another run."""

from __future__ import annotations

from seqtune.baselines.kept_fits import kept_fit


class Data:
    """The data of a run."""


def test_a_method_is_fitted_once_for_its_data_and_its_seed() -> None:
    fits: list[str] = []

    def fit(name: str) -> str:
        fits.append(name)
        return name

    one, other = Data(), Data()
    for _ in range(3):
        assert kept_fit(one, ("ridge", 0), lambda: fit("a")) == "a"
        assert kept_fit(one, ("ridge", 1), lambda: fit("b")) == "b"
        assert kept_fit(other, ("ridge", 0), lambda: fit("c")) == "c"
    assert fits == ["a", "b", "c"]
