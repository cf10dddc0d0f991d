"""Scores of known truth are brought to it; the methods are scikit-learn's."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from anurans.scores.calibration import (
    calibrated,
    fit_calibrator,
    judge_calibration,
    points,
    read_calibrators,
)
from anurans.scores.comparison import MODEL
from anurans.scores.curves import Scored


def overconfident(n, seed, prevalence=0.0):
    """Scores whose log-odds are twice too large."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(prevalence, 1.5, n)
    return rng.random(n) < expit(odds), expit(2 * odds)


def part(labels, scores, groups=20):
    of = np.array([f"N{n % groups:02d}" for n in range(len(labels))], dtype=object)
    known = np.ones((len(labels), 1), dtype=bool)
    return Scored(of, of, labels[:, None], scores[:, None] > 0.5, scores[:, None], known)


def test_overconfident_scores_are_brought_to_the_truth():
    calibrator = fit_calibrator(*overconfident(20_000, 1))
    assert calibrator.method == "isotonic"
    scores = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    assert calibrator(scores) == pytest.approx(expit(logit(scores) / 2), abs=0.05)


def test_few_positives_get_a_sigmoid():
    labels, scores = overconfident(400, 2, prevalence=-4.0)
    assert 5 < labels.sum() < 50
    calibrator = fit_calibrator(labels, scores)
    assert calibrator.method == "platt"
    # Between its points the sigmoid is taken for straight.
    exact = np.polyfit(logit(calibrator.scores[80:150]), logit(calibrator.probabilities[80:150]), 1)
    dense = np.linspace(0.001, 0.999, 999)
    assert calibrator(dense) == pytest.approx(expit(np.polyval(exact, logit(dense))), abs=1e-3)
    assert (np.diff(calibrator.probabilities) >= 0).all()


def test_isotonic_is_scikit_learns():
    labels, scores = overconfident(500, 3)
    known = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, labels)
    new = np.random.default_rng(4).random(200)
    assert fit_calibrator(labels, scores)(new) == pytest.approx(known.predict(new))


@pytest.mark.parametrize("label", [True, False])
def test_labels_all_alike_teach_nothing(label):
    assert fit_calibrator(np.full(9, label), np.linspace(0, 1, 9)) is None


def test_separable_scores_stay_short_of_certain():
    labels = np.arange(40) >= 20
    calibrator = fit_calibrator(labels, np.where(labels, 0.9, 0.1))
    assert 0 < calibrator(np.array([0.1]))[0] < 0.1 < 0.9 < calibrator(np.array([0.9]))[0] < 1


def test_it_is_judged_on_other_clips():
    calibrator = fit_calibrator(*overconfident(4000, 5))
    test = part(*overconfident(4000, 6))
    found = judge_calibration(test, calibrated(test, [calibrator]), 0, 200, 1)
    assert (found["n_clips"], found["n_groups"]) == (4000, 20)
    assert found["ece_calibrated"] < 0.04 < 0.08 < found["ece"]
    assert found["brier_calibrated"] < found["brier"]
    assert found["change"] == pytest.approx(found["brier_calibrated"] - found["brier"])
    assert found["lower"] < found["change"] < found["upper"] < 0


def test_a_species_without_calibrator_stays_as_it_is():
    test = part(*overconfident(50, 7))
    assert (calibrated(test, [None]).scores == test.scores).all()


def test_calibrators_come_back_from_their_table():
    calibrator = fit_calibrator(*overconfident(300, 8))
    model = ["a"] * len(MODEL)
    rows = [
        dict(zip(MODEL, model, strict=True))
        | {"species": "B"}
        | {k: str(v) for k, v in row.items()}
        for row in points(calibrator)
    ]
    none, found = read_calibrators(rows, model, ["A", "B"])
    assert none is None
    assert found.method == "isotonic"
    assert (found.scores == calibrator.scores).all()
    assert read_calibrators(rows, ["b", *model[1:]], ["B"]) == [None]
