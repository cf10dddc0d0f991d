"""Functions whose lowest points are known, minimised side by side."""

import numpy as np
import pytest

from anurans.heads import lbfgs
from anurans.heads.lbfgs import minimise

# Curvatures from 1 to so much.
STEEPEST = [1.0, 30.0, 1000.0]


def bowls(steepest=STEEPEST, r=12, noise=0.0):
    """Parabolas turned at random, their lowest points, and which of them each evaluation is of."""
    rng = np.random.default_rng(4)
    turns = [np.linalg.qr(rng.normal(size=(r, r)))[0] for _ in steepest]
    curved = np.array(
        [(q * np.geomspace(1, most, r)) @ q.T for q, most in zip(turns, steepest, strict=True)]
    )
    lowest, asked = rng.normal(size=(len(steepest), r)), []

    def losses(at, which):
        asked.append(which.tolist())
        far = at - lowest[which]
        slope = np.einsum("kij,kj->ki", curved[which], far)
        value = 1 + np.vecdot(far, slope) / 2
        return value * (1 + noise * rng.uniform(-1, 1, len(value))), slope

    return losses, lowest, asked


def test_the_lowest_points_are_found_and_what_is_solved_is_left_alone():
    losses, lowest, asked = bowls()
    found, steepest = minimise(losses, np.zeros(lowest.shape), 1e-9, 100, np.float64)
    assert np.allclose(found, lowest, atol=1e-7)
    assert (steepest <= 1e-9).all()
    of = [sum(number in each for each in asked) for number in range(3)]
    # A parabola whose curvature is 1 is solved by the first step.
    assert of[0] == 2
    assert of[0] < of[1] < of[2] == len(asked)
    assert asked[0] == [0, 1, 2] and asked[-1] == [2]


def test_each_goes_its_own_way_whatever_stands_beside_it():
    losses, lowest, _ = bowls()
    start = np.zeros(lowest.shape)
    together, _ = minimise(losses, start, 1e-6, 100, np.float64)
    for number in range(3):

        def alone(at, which, number=number):
            return losses(at, np.full(len(which), number))

        found, _ = minimise(alone, start[:1], 1e-6, 100, np.float64)
        assert np.array_equal(found[0], together[number])


def test_a_start_at_the_lowest_point_stays_there():
    losses, lowest, asked = bowls()
    found, steepest = minimise(losses, lowest, 1e-6, 100, np.float64)
    assert np.array_equal(found, lowest)
    assert np.array_equal(steepest, np.zeros(3))
    assert asked == [[0, 1, 2]]


def test_evaluations_are_as_many_as_allowed():
    losses, lowest, asked = bowls()
    start = np.zeros(lowest.shape)
    found, steepest = minimise(losses, start, 1e-9, 5, np.float64)
    assert len(asked) == 5
    value, slope = losses(found, np.arange(3))
    assert np.allclose(steepest, np.abs(slope).max(axis=1) / np.sqrt(value))
    assert steepest[2] > 1e-9
    assert (value < losses(start, np.arange(3))[0]).all()


def test_a_slope_is_small_beside_the_value_where_it_is():
    """The lowest value is less than a millionth of the first one."""
    curved = np.geomspace(1, 1000, 12)

    def losses(at, which):
        return 1e-6 + np.vecdot(at, curved * at) / 2, curved * at

    found, _ = minimise(losses, np.full((1, 12), 0.25), 0.01, 100, np.float64)
    assert losses(found, which=None)[0] == pytest.approx(1e-6, rel=1e-3)


def test_steps_into_the_void_are_shortened():
    """Values end at 1.5, where no number is; the lowest is at 1.4."""

    def losses(at, which):
        far = np.where(at < 1.5, at - 1.4, np.nan)
        return 1 + 50 * (far**2).sum(axis=1), 100 * far

    found, steepest = minimise(losses, np.zeros((1, 3)), 1e-6, 100, np.float64)
    assert np.allclose(found, 1.4)
    assert steepest[0] <= 1e-6


def test_where_values_tell_no_more_slopes_decide():
    """Values are single precision's, and what is left of the way is less than their rounding."""
    losses, lowest, _ = bowls(noise=1e-7)
    found, steepest = minimise(losses, np.zeros(lowest.shape), 1e-6, 200, np.float32)
    assert (steepest <= 1e-6).all()
    assert np.allclose(found, lowest, atol=1e-5)


def test_steps_too_small_to_tell_a_curvature_are_forgotten():
    """In single precision 1 / step'turn is beyond all numbers."""

    def losses(at, which):
        slope = at * [1, 30]
        return 1 + np.vecdot(at, slope) / 2, slope

    start = np.array([[1e-20, 2e-20]])
    found, steepest = minimise(losses, start, 1e-21, 100, np.float32)
    assert steepest[0] <= 1e-21
    assert (np.abs(found) <= 1e-21).all()


def test_a_search_that_goes_nowhere_ends():
    """No step falls, as where slopes are wrong: after some tries it is given up."""
    asked = []

    def losses(at, which):
        asked.append(at)
        return 1 + at[:, 0], -np.ones(at.shape)

    found, steepest = minimise(losses, np.zeros((1, 1)), 1e-6, 100, np.float64)
    assert found[0, 0] == 0
    assert steepest[0] == 1
    assert len(asked) == 1 + lbfgs.TRIES


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_a_soft_corner(precision):
    """log(2 cosh x), whose curvature is next to nothing where it starts."""

    def losses(at, which):
        far = at - np.array([0.5, -3.0])
        return np.logaddexp(far, -far).sum(axis=1), np.tanh(far)

    found, _ = minimise(losses, np.array([[9.0, 20.0]]), 1e-5, 100, precision)
    assert np.allclose(found, [[0.5, -3.0]], atol=1e-3)
