"""The precision of a threshold where calls are rarer than where it was found."""

from collections import Counter

import numpy as np
import pytest
from simulated import Pond, learn

from anurans.scores.expected_precision import (
    PRECISION,
    expect_precision,
    expected_row,
    histogram,
    precision_at,
)
from anurans.scores.fold_votes import carries, vote_shares
from anurans.scores.prior_shift import prevalence_by_em
from anurans.scores.probabilities import Separation
from anurans.scores.wanted_precision import threshold_for_precision

# Clips without calls get 0.1, those with 0.9; 8 of 10 are found, 4 of 100 are false alarms.
MOMENTS = [0.1, 0.9, 0, 0, 0, 0, 0, 10_000]
RATES = [0.3, 0.8, 0.04, 0, 10_000]
KNOWN = Separation(np.array([MOMENTS] * 20), np.array([RATES] * 20))


def known(**changes):
    names = ("prevalence", "found", "false", "false_between", "false_groups")
    rates = [changes.get(name, value) for name, value in zip(names, RATES, strict=True)]
    return Separation(KNOWN.moments, np.array([rates] * 20))


def test_the_same_threshold_is_less_precise_where_calls_are_rarer():
    # 100 of 1000 clips: 80 hits, 36 false alarms.
    total = 100 * 0.9 + 900 * 0.1
    assert expect_precision(KNOWN, total, 1000, 0) == pytest.approx([80 / 116] * 3)
    assert precision_at(0.3, 0.8, 0.04) == pytest.approx(24 / 26.8)
    assert precision_at(0.0, 0.8, 0.04) == 0


def test_false_alarms_that_nights_share_make_the_interval_wider():
    total = 100 * 0.9 + 900 * 0.1
    of = known(false_between=0.01**2)
    _, one, other = expect_precision(of, total, 1000, 1000**2)
    low, high = precision_at(0.1, 0.8, 0.04 + 0.01 * np.array([1.96, -1.96]))
    assert (one, other) == pytest.approx((low, high), abs=0.01)
    # Of many nights they cancel out.
    _, near, far = expect_precision(of, total, 1000, 1000**2 / 100)
    assert far - near < (other - one) / 5


def voted(folds, calling, silent):
    """Votes of 10,000 clips, one in ten with calls, and the precision, by number of agreement."""
    with_calls = 0.1 * vote_shares(np.array([0.8]), folds)[0, calling]
    without = 0.9 * vote_shares(np.array([0.04]), folds)[0, silent]
    called = carries(np.arange(folds + 1), folds)
    precision = with_calls[called].sum() / (with_calls + without)[called].sum()
    return np.rint(10_000 * (with_calls + without)).astype(int), precision


def test_of_one_fold_the_votes_tell_nothing_more():
    of = known(false_between=0.01**2), 180.0, 1000, 1000**2
    assert expect_precision(*of, np.array([884, 116])) == expect_precision(*of)


@pytest.mark.parametrize("folds", [3, 5])
@pytest.mark.parametrize(("calling", "silent"), [(3, 3), (8, 8), (14, 14), (14, 4), (4, 14)])
def test_the_precision_of_a_vote_follows_from_how_far_folds_agree(folds, calling, silent):
    votes, true = voted(folds, calling, silent)
    precision, lower, upper = expect_precision(KNOWN, 1800.0, 10_000, 0, votes)
    assert precision == pytest.approx(true, abs=0.07)
    assert lower < true < upper


@pytest.mark.parametrize(("calling", "silent"), [(3, 3), (14, 14), (14, 4), (4, 14)])
def test_two_folds_leave_open_on_which_clips_they_agree(calling, silent):
    votes, true = voted(2, calling, silent)
    precision, lower, upper = expect_precision(KNOWN, 1800.0, 10_000, 0, votes)
    assert lower <= true <= upper and lower < precision < upper


def test_folds_that_err_apart_are_surer_together():
    """Three votes rule out what one fold errs in; of two, where one is enough, they add up."""
    alone = expect_precision(KNOWN, 1800.0, 10_000, 0)[0]
    of = [expect_precision(KNOWN, 1800.0, 10_000, 0, voted(n, 2, 2)[0])[0] for n in (2, 3, 5)]
    assert of[0] < alone < of[1] < of[2]


def row(of, total=180.0, clips=1000, called=116, bins=None, votes=(884, 116)):
    bins = bins or {0.1: 900, 0.9: 100}
    return expected_row("A", of, clips, called, total, 0, bins, np.array(votes))


def test_a_row_has_what_was_said_and_what_is_so_here():
    found = row(KNOWN)
    assert set(found) == set(PRECISION)
    assert found["precision_held_out"] == pytest.approx(24 / 26.8)
    assert (found["prevalence"], found["precision"]) == pytest.approx((0.1, 80 / 116))
    assert found["note"] == ""
    assert found["prevalence_em"] < 0.2 and found["precision_em"] > 0.4


@pytest.mark.parametrize(
    ("found", "note"),
    [
        (row(None), "not known: nothing was held out to calibrate on"),
        (row(KNOWN, total=None), "not known: nothing was held out to calibrate on"),
        (row(KNOWN, clips=0), "not known: no night sounds like the training recordings"),
        (
            row(Separation(KNOWN.moments[:, [1, 0, *range(2, 8)]], KNOWN.rates)),
            "not known: held-out clips do not tell how common calls are",
        ),
        (row(known(false_groups=2)), "no interval: calls, or false alarms, in fewer than 3"),
        (row(KNOWN, called=0), "no clip is called positive"),
    ],
)
def test_what_cannot_be_known_is_said(found, note):
    assert found["note"].startswith(note)
    assert "precision_lower" not in found or found["precision_lower"] is None or not found["called"]


def test_bins_hold_the_clips_of_each_night():
    places = [("N1", "20"), ("N1", "21"), ("N2", "20")]
    rows = list(histogram(places, "A", np.array([[0.501, 0.2], [0.5, 0.2], [1.0, 0.2]])))
    assert [(r["night"], r["probability"], r["judgements"]) for r in rows] == [
        ("N1", 0.2, 2),
        ("N1", 0.5, 2),
        ("N2", 0.2, 1),
        ("N2", 1.0, 1),
    ]


def test_the_expected_precision_holds_where_the_wanted_one_does_not():
    """Thresholds for 0.9 where 3 in 10 clips hold calls, in seasons in which 1 in 20 does."""
    held, true, pond = [], [], Pond(0.95, 0.2)
    for world in range(60):
        rng = np.random.default_rng(world)
        of = learn(pond.draw(rng, 40, 24, 0.3), world, draws=100)
        threshold = threshold_for_precision(of.labels, of.scores, 0.9)
        new = pond.draw(rng, 25, 100, 0.05)
        called = new.scores >= threshold
        true.append((called & new.labels).sum() / called.sum())
        total = of.calibrator(new.scores).sum()
        separation = of.separation(threshold)
        _, lower, upper = expect_precision(separation, total, 2500, 25 * 100**2)
        held.append(lower <= true[-1] <= upper)
    assert np.mean(held) >= 0.88
    assert np.mean(true) < 0.75


def test_the_expected_precision_is_that_of_the_vote():
    """Of five folds that err half apart; that of single folds is another."""
    held, alone, pond = [], [], Pond(0.95, 0.2)
    for world in range(25):
        rng = np.random.default_rng(world)
        of = learn(pond.draw(rng, 40, 24, 0.3), world, draws=40)
        threshold = threshold_for_precision(of.labels, of.scores, 0.9)
        new = pond.draw(rng, 25, 100, 0.05, folds=5, alike=0.5)
        agreed = (new.scores >= threshold).sum(axis=2)
        called = carries(agreed, 5)
        true = (called & new.labels).sum() / called.sum()
        known = of.separation(threshold), of.calibrator(new.scores.ravel()).sum() / 5, 2500, 250_000
        for kept, votes in ((held, np.bincount(agreed.ravel(), minlength=6)), (alone, None)):
            _, lower, upper = expect_precision(*known, votes)
            kept.append(lower <= true <= upper)
    assert np.mean(held) >= 0.88
    assert np.mean(alone) < 0.8


def test_em_takes_the_probabilities_of_folds_not_their_means():
    pond, rng = Pond(0.95, 0.2), np.random.default_rng(0)
    of = learn(pond.draw(rng, 100, 24, 0.3), 0)
    new = pond.draw(rng, 100, 100, 0.05, folds=5, alike=0.5)
    found = of.calibrator(new.scores.ravel()).reshape(-1, 5)
    bins = Counter()
    for one in histogram([("N", "20")] * len(found), "A", found):
        bins[one["probability"]] += one["judgements"]
    by_em = row(of.separation(), found.sum() / 5, len(found), bins=bins)["prevalence_em"]
    true = new.labels.mean()
    assert by_em == pytest.approx(true, abs=0.02)
    assert prevalence_by_em(found.mean(axis=1), of.labels.mean()) < true - 0.02
