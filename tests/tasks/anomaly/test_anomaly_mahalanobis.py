"""How far a network's state is from its usual ones."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest

from seqtune.tasks.anomaly.mahalanobis import MIN_UNIT, Mahalanobis, averaged

Floats32 = npt.NDArray[np.float32]


def usual_states(rows: int = 3000) -> Floats32:
    """Two numbers that go together, one that goes its own way, one that never moves."""
    draw = np.random.default_rng(0)
    one, other = draw.normal(0, 0.2, (2, rows))
    states = np.column_stack([one, one + 0.1 * other, other, np.full(rows, 0.5)])
    return np.asarray(states, np.float32)


def test_the_distance_is_that_of_mahalanobis() -> None:
    known = Mahalanobis(
        center=np.array([1.0, 0.0]),
        unit=np.array([2.0, 1.0]),
        precision=np.array([[2.0, 0.0], [0.0, 0.5]]),
    )
    states = np.array([[1.0, 0.0], [5.0, 0.0], [1.0, 4.0], [5.0, 4.0]], np.float32)
    expected = np.log1p(np.sqrt([0.0, 8.0, 8.0, 16.0]))
    np.testing.assert_allclose(known.distance(states), expected, rtol=1e-6)


def test_states_that_go_together_are_unfamiliar_apart() -> None:
    known = Mahalanobis.fit(usual_states())
    together = np.array([[0.4, 0.4, 0.0, 0.5]], np.float32)
    apart = np.array([[0.4, -0.4, 0.0, 0.5]], np.float32)
    assert known.distance(apart)[0] > 2 * known.distance(together)[0]


def test_a_state_that_never_moved_is_unfamiliar_when_it_does() -> None:
    known = Mahalanobis.fit(usual_states())
    assert known.unit[3] == MIN_UNIT
    still = np.array([[0.0, 0.0, 0.0, 0.5]], np.float32)
    moved = np.array([[0.0, 0.0, 0.0, 0.9]], np.float32)
    assert known.distance(moved)[0] > known.distance(still)[0] + 2.0


def test_anomalies_among_the_rows_do_not_widen_what_is_usual() -> None:
    states = usual_states()
    strange = states.copy()
    strange[1000:1090, :2] = [1.0, -1.0]
    clean, mixed = Mahalanobis.fit(states), Mahalanobis.fit(strange)
    far = strange[1000:1090]
    assert mixed.distance(far).min() > mixed.distance(states).max()
    np.testing.assert_allclose(mixed.distance(far), clean.distance(far), rtol=0.1)


def test_the_states_at_a_row_and_before_it_are_averaged() -> None:
    states = np.array([[1.0, 0.0], [3.0, 8.0], [8.0, 1.0], [1.0, 0.0]], np.float32)
    np.testing.assert_allclose(
        averaged(states, 3), [[1.0, 0.0], [2.0, 4.0], [4.0, 3.0], [4.0, 3.0]]
    )
    np.testing.assert_array_equal(averaged(states, 1), states)
    assert averaged(states[:0], 3).shape == (0, 2)


def test_before_the_first_row_states_were_usual() -> None:
    states = np.array([[1.0, 0.0], [3.0, 8.0], [8.0, 1.0], [1.0, 0.0]], np.float32)
    usual = np.array([10.0, -1.0])
    whole = averaged(np.concatenate([np.tile(usual, (2, 1)), states]).astype(np.float32), 3)
    np.testing.assert_allclose(averaged(states, 3, usual), whole[2:])


def test_in_a_gap_states_were_usual() -> None:
    states = np.array([[1.0], [90.0], [3.0], [5.0]], np.float32)
    fresh = np.array([True, False, True, True])
    found = averaged(states, 2, np.array([7.0]), fresh)
    np.testing.assert_allclose(found.ravel(), [4.0, 4.0, 5.0, 4.0])
    found = averaged(states, 2, fresh=fresh)  # the mean of the others is 3
    np.testing.assert_allclose(found.ravel(), [1.0, 2.0, 3.0, 4.0])
    none = averaged(states, 2, np.array([7.0]), np.zeros(4, np.bool_))
    assert np.isfinite(none).all()


def test_no_average_has_a_state_in_it_that_is_no_number() -> None:
    states = np.arange(12, dtype=np.float32).reshape(6, 2)
    states[2, 1] = np.inf
    found = averaged(states, 2)
    assert np.isnan(found).all(axis=1).tolist() == [False, False, True, True, False, False]
    np.testing.assert_allclose(found[4], [7.0, 8.0])


def test_with_few_independent_states_each_number_is_measured_by_itself() -> None:
    states = usual_states()
    together, apart = Mahalanobis.fit(states, 8.0), Mahalanobis.fit(states, 7.9)
    np.testing.assert_array_equal(together.precision, Mahalanobis.fit(states).precision)
    assert np.abs(together.precision[0, 1]) > 1.0
    np.testing.assert_array_equal(apart.precision, np.diag(np.diag(apart.precision)))
    np.testing.assert_allclose(np.diag(apart.precision)[:3], 1.0, rtol=0.3)


def test_states_that_are_no_numbers_are_left_out_and_stay_unknown() -> None:
    states = usual_states()
    broken = states.copy()
    broken[5], broken[9, 1] = np.nan, np.inf
    known = Mahalanobis.fit(broken)
    finite = np.isfinite(broken).all(axis=1)
    np.testing.assert_array_equal(known.center, Mahalanobis.fit(states[finite]).center)
    found = known.distance(broken)
    assert np.isfinite(found[finite]).all() and np.isnan(found[5])


@pytest.mark.parametrize("rows", [0, 1, 19, 20])
def test_few_rows_are_enough_for_some_distance(rows: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        known = Mahalanobis.fit(usual_states()[:rows])
    found = known.distance(usual_states(10))
    assert found.shape == (10,) and np.isfinite(found).all()
