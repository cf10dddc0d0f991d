"""Thresholds from verdicts: curves of known truth, and what cannot be known."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from anurans.common.errors import UserError
from anurans.review.checked_thresholds import (
    THRESHOLDS,
    fit_curve,
    last_thresholds,
    precision_above,
    tabulate_thresholds,
)

from .answers import verdict


def draw(rng, n=300, intercept=-1.0, slope=1.5, groups=40):
    """Scores over the whole range, drawn with probabilities of their own, and whether right."""
    scores = rng.uniform(0.05, 0.99, n)
    right = rng.random(n) < expit(intercept + slope * logit(scores))
    return right, scores, np.where(scores > 0.5, 0.5, 0.1), rng.integers(groups, size=n)


def test_a_curve_is_near_that_of_weighted_maximum_likelihood():
    right, scores, drawn, groups = draw(np.random.default_rng(0), 2000)
    curve = fit_curve(right, scores, drawn, groups)
    peer = LogisticRegression(C=np.inf, tol=1e-8).fit(logit(scores)[:, None], right, 1 / drawn)
    # Firth's correction is of the order of 1 / n.
    found = [peer.intercept_[0], peer.coef_[0, 0]]
    assert curve.coefficients == pytest.approx(found, abs=0.01)


def test_the_interval_of_a_threshold_holds_and_is_as_wide_as_it_must_be():
    truth = logit(0.9)
    fits = [fit_curve(*draw(np.random.default_rng(seed))) for seed in range(150)]
    crossings = [logit(fit.crossing(0.9)) for fit in fits]
    at = (truth + 1) / 1.5
    assert np.mean([low <= at <= high for _, low, high in crossings]) >= 0.9
    said = np.mean([np.sqrt(np.diag(fit.covariance)) for fit in fits], axis=0)
    spread = np.std([fit.coefficients for fit in fits], axis=0)
    assert said == pytest.approx(spread, rel=0.2)


def test_scores_that_part_the_answers_without_error_have_an_end():
    scores = np.linspace(0.05, 0.95, 40)
    curve = fit_curve(scores > 0.5, scores, np.full(40, 0.5), np.arange(40) % 8)
    middle, low, high = curve.crossing(0.9)
    assert 0.5 < middle < 0.7 and low < middle < high


def test_precision_above_weighs_by_what_was_drawn():
    right = np.array([True, False, True, False])
    scores = np.array([0.9, 0.8, 0.7, 0.1])
    drawn = np.array([1.0, 0.5, 0.5, 0.1])
    share, low, high = precision_above(right, scores, drawn, np.arange(4), 0.7)
    assert share == pytest.approx((1 + 2) / (1 + 2 + 2))
    assert 0 < low < share < high < 1
    assert precision_above(right, scores, drawn, np.arange(4), 0.95) == (None, None, None)


def answers(right, scores, nights=10):
    rows = []
    for at, (yes, score) in enumerate(zip(right, scores, strict=True)):
        cells = {"queue": "check-1", "kind": "check", "score": f"{score:.9g}"}
        cells |= {"recording": f"R{at % nights}", "probability": "0.5"}
        rows.append(verdict(f"q{at}", "A", "present" if yes else "absent", **cells))
    return rows, {f"R{night}": f"night {night}" for night in range(nights)}


def threshold(right, scores, wanted=0.9, nights=10):
    (row,) = tabulate_thresholds(*answers(right, scores, nights), wanted)
    return row


def test_a_threshold_stands_with_what_follows_from_it():
    right, scores, _, _ = draw(np.random.default_rng(3))
    row = threshold(right, scores)
    assert row["lower"] < row["threshold"] < row["upper"]
    assert row["threshold"] == pytest.approx(expit((logit(0.9) + 1) / 1.5), abs=0.08)
    # What lies above the threshold is right more often than what lies at it.
    assert row["precision_above"] > 0.9 and row["note"] == ""
    higher = threshold(right, scores, 0.95)
    assert higher["threshold"] > row["threshold"]


@pytest.mark.parametrize(
    ("right", "scores", "nights", "note"),
    [
        (np.ones(31, bool), np.linspace(0.1, 0.9, 31), 10, "all 31 answers were yes, too few"),
        (np.zeros(40, bool), np.linspace(0.1, 0.9, 40), 10, "no answer was yes"),
        (np.arange(20) > 9, np.linspace(0.1, 0.9, 20), 10, "20 answers, of 30"),
        (np.arange(40) > 36, np.linspace(0.1, 0.9, 40), 10, "3 yes and 37 no, of 5"),
        (np.arange(40) > 20, np.linspace(0.1, 0.9, 40), 2, "answers of 2 nights"),
        (np.arange(40) < 20, np.linspace(0.1, 0.9, 40), 10, "higher scores are not more often"),
        # 3 of 10 are right of the low scores, 6 of 10 of the high ones.
        (
            np.arange(40) % 10 < np.repeat([3, 6], 20),
            np.linspace(0.1, 0.9, 40),
            10,
            "not reached",
        ),
        (
            np.arange(200) % 7 > np.arange(200) / 200,
            np.linspace(0.3, 0.9, 200),
            9,
            "the lowest score checked, 0.300",
        ),
    ],
)
def test_it_is_said_why_a_threshold_cannot_be_known(right, scores, nights, note):
    row = threshold(right, scores, 0.9 if len(right) < 200 else 0.3, nights)
    assert note in row["note"]
    assert ("threshold" in row) == (len(right) == 200)


def test_where_nearly_all_is_right_the_lowest_score_will_do():
    row = threshold(np.arange(90) > 1, np.linspace(0.1, 0.9, 90))
    assert row["threshold"] == pytest.approx(0.1) and row["note"].startswith("nearly all")
    assert 0.9 <= row["precision_lower"] < row["precision_above"]


def test_what_was_not_drawn_has_no_part():
    rows, groups = answers(np.arange(40) > 20, np.linspace(0.1, 0.9, 40))
    for one in rows:
        one.row["probability"] = ""
    assert tabulate_thresholds(rows, groups, 0.9) == []


def test_the_latest_known_threshold_counts():
    rows = [
        {"queue": "check-2", "species": "A", "threshold": "0.5", "model": "m1"},
        {"queue": "check-10", "species": "A", "threshold": "0.7", "model": "m1"},
        {"queue": "check-11", "species": "A", "threshold": "", "model": "m1"},
        {"queue": "check-12", "species": "A", "threshold": "0.9", "model": "m2"},
        {"queue": "check-2", "species": "B", "threshold": "", "model": "m1"},
    ]
    found = last_thresholds(rows, "m1")
    assert list(found) == ["A"] and found["A"]["queue"] == "check-10"


@pytest.mark.fault(
    "Review",
    "detection.thresholds: checked, where another model listens than the one that was checked",
    sees="the thresholds of A were checked with the model m1 .queue check-2., and m2 listens now",
    kept="no threshold",
)
def test_thresholds_of_another_model_are_refused(sees):
    rows = [
        {"queue": "check-2", "species": "A", "threshold": "0.5", "model": "m1"},
        {"queue": "check-2", "species": "B", "threshold": "", "model": "m1"},
    ]
    with pytest.raises(UserError, match=sees) as error:
        last_thresholds(rows, "m2")
    assert "review.round: 3" in str(error.value)


def test_a_table_of_thresholds_says_the_model_of_its_scores():
    right, scores, _, _ = draw(np.random.default_rng(3))
    rows, groups = answers(right, scores)
    (row,) = tabulate_thresholds(rows, groups, 0.9)
    assert row["model"] == "abc" and set(row) <= set(THRESHOLDS)
    # Recordings that are in the season no more are groups of their own.
    (alone,) = tabulate_thresholds(rows, {}, 0.9)
    assert alone["threshold"] == row["threshold"]
