"""The preconditioner is a root of the inverse of what it takes for the curvature."""

import numpy as np
import pytest

from anurans.heads import curvature
from anurans.heads.curvature import curvatures


def rows_of(n, r, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, r)) @ rng.normal(size=(r, r)), rng.random((n, 2)) ** 4 / n


def hessian(values, bend, penalty):
    x = np.concatenate([values, np.ones((len(values), 1))], axis=1)
    return (x.T * bend) @ x + np.diag(np.append(np.full(values.shape[1], penalty), 0))


@pytest.mark.parametrize("n, r", [(30, 8), (9, 20)])
def test_with_all_rows_taken_whole_it_is_the_hessian(n, r, monkeypatch):
    monkeypatch.setattr(curvature, "ROWS", 1000)
    monkeypatch.setattr(curvature, "LEAST", 1e-9)
    values, bend = rows_of(n, r)
    penalty = np.array([0.3, 0.02])
    for number, found in enumerate(curvatures(values, bend, penalty, [slice(0, n)])):
        root = found.weights(np.eye(r + 1)).T
        exact = hessian(values, bend[:, number], penalty[number])
        assert np.allclose(root.T @ exact @ root, np.eye(r + 1), atol=1e-4)


def test_slopes_and_what_is_sought_belong_to_the_weights():
    values, bend = rows_of(200, 12)
    (found, _) = curvatures(values, bend, np.array([0.1, 0.1]), [slice(0, 150), slice(150, 200)])
    assert len(found.rows) == 29
    rng = np.random.default_rng(1)
    sought, downhill = rng.normal(size=(2, 3, 13))
    weights = found.weights(sought)
    assert np.allclose(found.sought(weights), sought)
    assert (weights * downhill).sum() == pytest.approx((sought * found.slopes(downhill)).sum())


def test_few_rows_and_the_diagonal_of_the_others_bring_a_steep_valley_near_a_bowl():
    """The condition number says how many steps a search takes."""
    values, bend = rows_of(2000, 30)
    # On principal axes, as `anurans.heads.axes.turn` gives them.
    values = np.linalg.svd(values, full_matrices=False)[0] * np.geomspace(1, 3000, 30)
    exact = hessian(values, bend[:, 0], 0.001)
    root = next(curvatures(values, bend, np.array([0.001] * 2), [slice(0, 2000)])).weights
    turned = root(np.eye(31)).T
    whole, rough = (np.linalg.cond(each) for each in (exact, turned.T @ exact @ turned))
    assert rough < 300 < 1e5 < whole
