"""How many folds call a clip, by how far they agree."""

import numpy as np
import pytest
from scipy.special import comb, ndtri
from scipy.stats import multivariate_normal

from anurans.scores.fold_votes import AGREEMENTS, carries, count_votes, vote_shares

CALLED = np.array([0.004, 0.05, 0.5, 0.9])


@pytest.mark.parametrize("folds", [1, 2, 3, 5])
def test_each_fold_calls_what_it_is_said_to_call(folds):
    shares = vote_shares(CALLED, folds)
    assert shares.shape == (4, len(AGREEMENTS), folds + 1)
    assert shares.sum(axis=-1) == pytest.approx(1)
    each = shares @ np.arange(folds + 1) / folds
    assert each == pytest.approx(np.tile(CALLED[:, None], len(AGREEMENTS)), rel=0.01)


def test_two_folds_agree_as_normal_scores_do():
    shares = vote_shares(CALLED, 2)
    for at, called in enumerate(CALLED):
        for number, alike in enumerate(AGREEMENTS):
            normal = multivariate_normal(cov=[[1, alike], [alike, 1]])
            both = normal.cdf(np.full(2, ndtri(called)))
            assert shares[at, number, 2] == pytest.approx(both, abs=1e-3)


def test_folds_that_are_hardly_alike_are_like_throws_of_a_coin():
    n = np.arange(6)
    coin = comb(5, n) * 0.5**5
    assert vote_shares(np.array([0.5]), 5)[0, 0] == pytest.approx(coin, abs=0.02)
    alike = vote_shares(np.array([0.5]), 5)[0, -1]
    assert alike[[0, 5]].sum() > 0.8


def test_shares_of_none_and_all_are_those():
    none, every = vote_shares(np.array([0.0, 1.0]), 3)
    assert none[:, 0].min() > 0.999 and every[:, 3].min() > 0.999


def test_half_of_the_folds_is_enough():
    assert carries(np.arange(4), 3).tolist() == [False, False, True, True]
    assert carries(np.arange(3), 2).tolist() == [False, True, True]


def test_votes_are_counted_by_night():
    places = [("N1", "20"), ("N1", "21"), ("N2", "20")]
    rows = list(count_votes(places, "A", np.array([2, 2, 0]), 3))
    assert [(r["night"], r["votes"], r["clips"]) for r in rows] == [("N1", 2, 2), ("N2", 0, 1)]
    assert {(r["species"], r["folds"]) for r in rows} == {("A", 3)}
