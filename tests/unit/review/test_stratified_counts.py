"""Counts from samples, by hand, by a peer and in simulated seasons of known truth."""

import json
from pathlib import Path

import numpy as np
import pytest
from simulated_seasons import HEARING, draw_season

from anurans.review.sampling import draw_sample
from anurans.review.stratified_counts import Listened, count_clips, share_limits

DATA = Path(__file__).parents[2] / "data"


def listened(*strata):
    """Answers of strata given as (clips, with calls, without)."""
    stratum = np.concatenate([np.full(yes + no, at) for at, (_, yes, no) in enumerate(strata)])
    present = np.concatenate([[1.0] * yes + [0.0] * no for _, yes, no in strata])
    sizes = np.array([n for n, _, _ in strata])
    return Listened(stratum, present, np.full(len(present), 0.5), sizes)


def test_a_count_is_sizes_times_shares():
    of = listened((100, 8, 2), (900, 1, 29))
    found = count_clips(of, np.ones(40, bool), 1000, 500.0)
    assert found.count == pytest.approx(100 * 0.8 + 900 / 30)
    assert found.weight == 0
    low, high = share_limits(np.array([8, 1]), np.array([10.0, 30.0]), np.array([100, 900]))
    down = np.hypot(100 * (0.8 - low[0]), 900 * (1 / 30 - low[1]))
    up = np.hypot(100 * (high[0] - 0.8), 900 * (high[1] - 1 / 30))
    assert (found.lower, found.upper) == (pytest.approx(110 - down), pytest.approx(110 + up))


def test_what_was_heard_is_certain():
    found = count_clips(listened((20, 12, 8)), np.ones(20, bool), 20, 10.0)
    assert (found.count, found.lower, found.upper) == (12, 12, 12)
    found = count_clips(listened((400, 0, 40)), np.ones(40, bool), 400, 10.0)
    assert (found.count, found.lower) == (0, 0)
    # 3 / n: the rule of three, less what a finite number of clips takes off.
    assert 400 * 2 / 40 < found.upper < 400 * 3.7 / 40


def test_limits_of_a_share_lie_between_those_of_two_known_ways():
    found, n = np.array([0.0, 1, 5, 20]), np.full(4, 40.0)
    low, high = share_limits(found, n, np.full(4, 1e12))
    # Clopper and Pearson, and Jeffreys, from binom.confint of R's package binom.
    exact = np.array([[0, 0.00063, 0.04186, 0.33802], [0.08810, 0.13159, 0.26804, 0.66198]])
    jeffreys = np.array([[0, 0.00271, 0.04959, 0.34962], [0.06054, 0.11279, 0.25166, 0.65038]])
    assert (low >= exact[0] - 1e-4).all() and (low[1:] <= jeffreys[0, 1:] + 1e-4).all()
    assert (high <= exact[1] + 1e-4).all() and (high >= jeffreys[1] - 1e-4).all()


def test_a_stratum_that_nobody_heard_gives_no_number():
    of = listened((100, 8, 2), (900, 1, 29))
    only = of.stratum == 0
    of = Listened(of.stratum[only], of.present[only], of.score[only], of.sizes)
    with pytest.raises(ValueError, match="no answer"):
        count_clips(of, np.ones(10, bool), 1000, 500.0)


@pytest.mark.parametrize("case", json.loads((DATA / "counts_by_ppi.json").read_text()))
def test_with_one_stratum_it_is_prediction_powered_inference(case):
    y, x = np.array(case["present"]), np.array(case["scores"])
    n, clips = len(y), case["clips"]
    of = Listened(np.zeros(n, int), y, x, np.array([clips]))
    found = count_clips(of, np.ones(n, bool), clips, case["sum"])
    # Its weight is 1 / (1 + n / N) of the best, and its interval the normal one.
    assert found.count / clips == pytest.approx(case["mean"], abs=5e-4)
    width = (found.upper - found.lower) / (case["upper"] - case["lower"]) / clips
    assert width == pytest.approx(1, abs=0.06)


def coverage(shares, auroc, hearing, n, worlds=150, clips=2000):
    """Shares of seasons whose interval holds the truth, and widths: with scores that help."""
    holds, widths = [], []
    for world in range(worlds):
        rng = np.random.default_rng([world, n])
        season = draw_season(rng, clips, shares, auroc, hearing)
        sample = draw_sample(season.scores, "ABC"[: len(shares)], n, world)
        at = sample.chosen
        for column in range(len(shares)):
            truth, scores = season.calls[:, column], season.scores[:, column]
            of = Listened(sample.stratum[at], truth[at].astype(float), scores[at], sample.sizes)
            found = count_clips(of, np.ones(n, bool), clips, float(scores.sum()))
            holds.append(found.lower - 1e-6 <= truth.sum() <= found.upper + 1e-6)
            widths.append((found.upper - found.lower) / clips)
    return np.mean(holds), np.mean(widths)


@pytest.mark.parametrize("hearing", HEARING)
def test_intervals_hold_for_rare_and_common_calls(hearing):
    # The benchmark has all cells; of 450 intervals, 0.93 is two deviations below 0.95.
    holds, _ = coverage((0.3, 0.05, 0.01), 0.85, hearing, 100)
    assert holds >= 0.93


def test_scores_that_tell_make_intervals_narrower():
    _, good = coverage((0.1,), 0.97, "as trained", 200, worlds=30)
    _, poor = coverage((0.1,), 0.97, "meaningless", 200, worlds=30)
    assert good < 0.75 * poor


def test_places_add_up_where_scores_do_not_help():
    rng = np.random.default_rng(0)
    season = draw_season(rng, 2000, (0.01,), 0.85)
    sample = draw_sample(season.scores, "A", 150, 1)
    at = sample.chosen
    truth, scores = season.calls[at, 0].astype(float), season.scores[:, 0]
    of = Listened(sample.stratum[at], truth, scores[at], sample.sizes)
    whole = count_clips(of, np.ones(150, bool), 2000, float(scores.sum()))
    parts = [
        count_clips(
            of, season.site[at] == s, int((season.site == s).sum()), scores[season.site == s].sum()
        )
        for s in range(4)
    ]
    assert whole.weight == 0
    assert sum(part.count for part in parts) == pytest.approx(whole.count)
