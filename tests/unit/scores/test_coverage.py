"""Worlds of known truth: how often intervals hold it, and how often nothing is called a difference.

Nights differ in how much a species calls and in how well it is heard, so that clips of a night
are alike; the models' errors on a clip are alike too.
"""

import gc

import numpy as np
import pytest
import simulated
from scipy.special import expit, ndtr
from simulated import draw_counts

from anurans.scores.comparison import Decisions, score_model
from anurans.scores.contrasts import compare_models
from anurans.scores.intervals import (
    FEW_GROUPS,
    draw_groups,
    effective_groups,
    macro,
    measure_difference,
    percentile_interval,
)
from anurans.scores.paired_differences import JudgedRun

SPECIES = ("A", "B")
CLIPS, FOLDS = 24, 3
WORLDS, RESAMPLES = 1200, 500
# Of each species: log-odds of a call, of finding it, of a false alarm; and what nights vary by.
ODDS = np.array([[-1.0, -2.0], [1.0, 0.5], [-2.5, -3.0]])
BETWEEN = np.array([1.5, 0.8, 0.8])


def true_f1():
    """F1 of each species over all nights that could be: integrals over the normal distribution."""
    x, weights = np.polynomial.hermite_e.hermegauss(100)
    weights = weights / weights.sum()
    calls, found, alarms = (
        weights @ expit(ODDS[kind][None] + BETWEEN[kind] * x[:, None]) for kind in range(3)
    )
    # A night's rates are drawn apart, so that the mean of a product is the product of means.
    return 2 * calls * found / (calls + calls * found + (1 - calls) * alarms)


def draw_world(rng, nights, models=1):
    """Labels of every clip, and what each model's folds decide, all of the same true F1."""
    varied = ODDS[:, None] + BETWEEN[:, None, None] * rng.normal(size=(3, nights, len(SPECIES)))
    calls, found, alarms = (np.repeat(rates, CLIPS, axis=0) for rates in expit(varied))
    labels = rng.random(calls.shape) < calls
    says_yes = np.where(labels, found, alarms)
    clip = rng.normal(size=calls.shape)
    decided = []
    for _ in range(models):
        # A model's own taste by night, then its folds'.
        own = np.repeat(rng.normal(size=(nights, len(SPECIES))), CLIPS, axis=0)
        folds = rng.normal(size=(FOLDS, *calls.shape))
        decided.append(ndtr(np.sqrt(0.5) * clip + np.sqrt(0.2) * own + np.sqrt(0.3) * folds))
    return labels, np.array(decided) < says_yes


def named(nights):
    """Night of every clip, and a name of its own."""
    night = np.repeat([f"N{number:02d}" for number in range(nights)], CLIPS).astype(object)
    return {"night": night, "clip": np.array([f"C{n:04d}" for n in range(len(night))], object)}


def folds_of(labels, predicted, groups):
    return [Decisions(groups, groups, labels, each) for each in predicted]


def covered(nights, kind, worlds):
    """How often the interval of a model's score holds the truth, resampling nights or clips."""
    rng = np.random.default_rng(1)
    truth, groups, hits = true_f1().mean(), named(nights)[kind], 0
    for world in range(worlds):
        labels, predicted = draw_world(rng, nights)
        folds = folds_of(labels, predicted[0], groups)
        score = score_model(folds, "test", SPECIES, RESAMPLES, seed=world)
        hits += score["f1_macro_lower"] <= truth <= score["f1_macro_upper"]
    return hits / worlds


@pytest.mark.parametrize("nights", [FEW_GROUPS, pytest.param(40, marks=pytest.mark.slow)])
def test_intervals_over_nights_hold_the_truth_as_often_as_they_say(nights):
    assert 0.93 <= covered(nights, "night", WORLDS) <= 0.97


def test_intervals_over_clips_would_be_too_narrow():
    assert covered(40, "clip", 100) < 0.8


@pytest.fixture
def frozen():
    """Statsmodels collects garbage at every call, which takes long where much is loaded."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.slow
@pytest.mark.usefixtures("frozen")
def test_equal_models_are_told_apart_in_at_most_5_of_100_worlds():
    """Three backbones, none better: three comparisons, corrected together."""
    rng = np.random.default_rng(2)
    nights, worlds, wrong, uncorrected = 30, 400, 0, 0
    groups = named(nights)["night"]
    for world in range(worlds):
        labels, predicted = draw_world(rng, nights, models=3)
        runs = [
            JudgedRun((), "s", "no", f"net{model}", "original", "one", 1, 1, {"test": fold})
            for model, folds in enumerate(predicted)
            for fold in folds_of(labels, folds, groups)
        ]
        rows = compare_models(runs, RESAMPLES, seed=world)
        assert len(rows) == 3
        wrong += any(row["p_holm"] < 0.05 for row in rows)
        uncorrected += any(row["p"] < 0.05 for row in rows)
    assert wrong / worlds <= 0.05
    assert uncorrected / worlds > 0.05


@pytest.mark.parametrize("nights", [15, 40])
def test_intervals_of_a_rare_species_hold_the_truth(nights):
    """It calls in one night of five; as if all nights told of it, intervals are too narrow."""
    drawn = draw_counts(np.random.default_rng(nights), 400, nights, (True,))
    truth = simulated.true_f1((True,))
    held, narrow = [], []
    f1 = drawn.f1(draw_groups(nights, 300, 1))[0]
    for found, calling in zip(f1, drawn.calling(), strict=True):
        groups = effective_groups(found, calling)
        lower, upper = percentile_interval(macro(found), groups)
        if lower is not None:
            held.append(lower <= truth <= upper)
            low, high = percentile_interval(macro(found), nights)
            narrow.append(low <= truth <= high)
    assert 0.91 <= np.mean(held) <= 0.99
    # Of 15 nights, few of which call, those worlds are left in which three or more do.
    assert nights == 15 or np.mean(narrow) < 0.9


def test_equal_models_of_a_rare_species_are_seldom_told_apart():
    nights = 15
    drawn = draw_counts(np.random.default_rng(1), 600, nights, (True,), models=2)
    draws = np.concatenate([np.ones((1, nights)), draw_groups(nights, 300, 1)])
    apart = drawn.f1(draws)[0] - drawn.f1(draws)[1]
    told, before = [], []
    for difference, calling in zip(apart, drawn.calling(), strict=True):
        for found, groups in ((told, calling.min()), (before, nights)):
            known = measure_difference(difference[0, 0], difference[1:, 0], nights, groups)
            found.append(known.p is not None and known.p < 0.05)
    assert np.mean(told) <= 0.055
    assert np.mean(before) > np.mean(told)
