"""Probabilities that mean what they say: scores calibrated on clips that the models never saw."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression

from anurans.scores.comparison import MODEL
from anurans.scores.curves import Scored, measure_reliability
from anurans.scores.intervals import draw_groups, measure_difference, sums_by_group

PLATT, ISOTONIC = "platt", "isotonic"
# Isotonic regression follows the noise of fewer positives (Niculescu-Mizil & Caruana 2005,
# Predicting good probabilities with supervised learning, ICML, section 5).
ENOUGH = 50
# Of groups, each calibrated by the others where no clip may see itself.
PARTS = 10
CALIBRATORS = (*MODEL, "species", "method", "score", "probability")
CALIBRATION = (
    *(*MODEL, "species", "method", "positives_held_out", "n_clips", "positives", "n_groups"),
    *("ece", "ece_calibrated", "brier", "brier_calibrated", "change", "lower", "upper"),
)
# Scores between which a sigmoid is taken for straight: off by less than 0.001.
_SIGMOID = np.concatenate([[0.0], expit(np.linspace(-14, 14, 225)), [1.0]])


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A probability for every score: straight lines between points.

    Attributes
    ----------
    method
        `platt` or `isotonic`.
    scores, probabilities : np.ndarray [shape=(points,)]
        Scores rise.
    """

    method: str
    scores: np.ndarray
    probabilities: np.ndarray

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """Calibrate scores of any shape."""
        return np.interp(scores, self.scores, self.probabilities)


class _AsScored(ClassifierMixin, BaseEstimator):
    """Stands for the trained models where scikit-learn wants one: gives scores as log-odds."""

    classes_ = np.array([False, True])

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, scores: np.ndarray, labels: np.ndarray) -> "_AsScored":
        return self

    def decision_function(self, scores: np.ndarray) -> np.ndarray:
        return logit(np.clip(scores[:, 0], 1e-6, 1 - 1e-6))

    def predict(self, scores: np.ndarray) -> np.ndarray:
        return self.decision_function(scores) > 0


def fit_calibrator(labels: np.ndarray, scores: np.ndarray) -> Calibrator | None:
    """Fit the probability of a call to scores.

    Platt's sigmoid of the log-odds (Platt 1999, Probabilistic outputs for support vector machines)
    below 50 positives, else isotonic regression, both by scikit-learn.

    Parameters
    ----------
    labels : np.ndarray [shape=(n,), dtype=bool]
    scores : np.ndarray [shape=(n,)]
        Of models that did not see these clips, from 0 to 1.

    Returns
    -------
    Calibrator or None
        None where all labels are the same.
    """
    if labels.all() or not labels.any():
        return None
    if labels.sum() >= ENOUGH:
        fit = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        fit.fit(scores.astype(float), labels)
        return Calibrator(ISOTONIC, fit.X_thresholds_, fit.y_thresholds_)
    everything = np.arange(len(labels))
    fit = CalibratedClassifierCV(
        FrozenEstimator(_AsScored()),
        method="sigmoid",
        ensemble=False,
        cv=[(everything, everything)],
    )
    fit.fit(scores[:, None].astype(float), labels)
    return Calibrator(PLATT, _SIGMOID, fit.predict_proba(_SIGMOID[:, None])[:, 1])


def calibrate_unseen(labels: np.ndarray, scores: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Calibrate each clip by the clips of other groups.

    The groups are dealt into ten parts, or as many as there are; each is calibrated by all others.

    Parameters
    ----------
    labels, scores : np.ndarray [shape=(n,)]
        As for `fit_calibrator`.
    groups : np.ndarray [shape=(n,), dtype=int]
        From 0.

    Returns
    -------
    np.ndarray [shape=(n,)]
        NaN where the others all have the same label.
    """
    found = np.full(len(labels), np.nan)
    part = groups % PARTS
    for number in np.unique(part):
        mine = part == number
        calibrator = fit_calibrator(labels[~mine], scores[~mine])
        if calibrator is not None:
            found[mine] = calibrator(scores[mine])
    return found


def calibrated(part: Scored, calibrators: Sequence[Calibrator | None]) -> Scored:
    """A part with its scores calibrated; those of a species without a calibrator stay."""
    columns = [
        scores if calibrator is None else calibrator(scores)
        for scores, calibrator in zip(part.scores.T, calibrators, strict=True)
    ]
    return replace(part, scores=np.stack(columns, axis=1))


def judge_calibration(
    test: Scored, after: Scored, column: int, resamples: int, seed: int
) -> dict[str, float | int | None]:
    """Judge calibrated probabilities of one species (a column) on the test part.

    Parameters
    ----------
    test, after
        The test part of all folds' models pooled, before and after `calibrated`.
    column
        Of the species.
    resamples, seed
        Of the draws of groups.

    Returns
    -------
    dict
        n_clips (each counted once per fold), positives, n_groups; `ece`, expected calibration
        error, and `brier`, mean squared error (Brier 1950), before and after; `change` of the
        latter with its 95 % interval `lower`, `upper`, negative where calibration helps.
    """
    test, after = test.about(column), after.about(column)
    truth = test.labels[:, 0]
    errors = [(part.scores[:, 0] - truth) ** 2 for part in (test, after)]
    names = sorted(set(test.groups.tolist()))
    table = np.stack([errors[1] - errors[0], np.ones(len(truth))], axis=1)
    changes, clips = (
        draw_groups(len(names), resamples, seed) @ sums_by_group(test.groups, names, table)
    ).T
    calling = len(set(test.groups[truth].tolist()))
    change = measure_difference(float(table[:, 0].mean()), changes / clips, len(names), calling)
    ece = [measure_reliability(part, 0, 0, seed).ece for part in (test, after)]
    return {
        "n_clips": len(truth),
        "positives": int(truth.sum()),
        "n_groups": len(names),
        "ece": ece[0],
        "ece_calibrated": ece[1],
        "brier": float(errors[0].mean()),
        "brier_calibrated": float(errors[1].mean()),
        "change": change.value,
        "lower": change.lower,
        "upper": change.upper,
    }


def points(calibrator: Calibrator | None) -> Iterator[dict[str, str | float]]:
    """Rows of `results/calibrators.tsv`: method, score, probability."""
    if calibrator is not None:
        for score, probability in zip(
            calibrator.scores.tolist(), calibrator.probabilities.tolist(), strict=True
        ):
            yield {"method": calibrator.method, "score": score, "probability": probability}


def read_calibrators(
    rows: Iterable[Mapping[str, str]], model: Sequence[str], species: Sequence[str]
) -> list[Calibrator | None]:
    """Read the calibrator of each species of a model (its values of `MODEL`)."""
    mine = [
        row for row in rows if all(row[key] == of for key, of in zip(MODEL, model, strict=True))
    ]
    found: list[Calibrator | None] = []
    for name in species:
        of = [row for row in mine if row["species"] == name]
        table = np.array([[float(row["score"]), float(row["probability"])] for row in of])
        found.append(Calibrator(of[0]["method"], *table.T) if of else None)
    return found
