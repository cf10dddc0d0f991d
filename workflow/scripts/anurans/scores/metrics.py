"""Precision, recall, average precision and area under the ROC curve, as scikit-learn defines them.

A job that scores a run takes half a second; loading scikit-learn would take twice that. Tests hold
these functions to its results, ties included.
"""

import numpy as np


def precision_recall_curve(
    truth: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision and recall where each score is the threshold.

    Parameters
    ----------
    truth : np.ndarray [shape=(n,), dtype=bool]
        With at least one positive.
    scores : np.ndarray [shape=(n,)]

    Returns
    -------
    precision, recall : np.ndarray [shape=(m + 1,)]
        The last are 1 and 0.
    thresholds : np.ndarray [shape=(m,)]
        Distinct scores, rising.
    """
    hits, called, thresholds = _counts(truth, scores)
    precision, recall = hits / called, hits / hits[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), thresholds[::-1]


def average_precision_score(truth: np.ndarray, scores: np.ndarray) -> float:
    """Mean of the precision over the recall that each threshold gains."""
    precision, recall, _ = precision_recall_curve(truth, scores)
    return float(max(0.0, -np.sum(np.diff(recall) * precision[:-1])))


def roc_auc_score(truth: np.ndarray, scores: np.ndarray) -> float:
    """Area under the ROC curve; `truth` holds both classes."""
    hits, called, _ = _counts(truth, scores)
    alarms = called - hits
    hits, alarms = np.append(0, hits) / hits[-1], np.append(0, alarms) / alarms[-1]
    return float(np.trapezoid(hits, alarms))


def f1_score(truth: np.ndarray, predicted: np.ndarray) -> float:
    """F1 of decisions; 0 where nothing is positive and nothing predicted."""
    called = int(truth.sum()) + int(predicted.sum())
    return 2 * int((truth & predicted).sum()) / called if called else 0.0


def _counts(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positives, and clips, at or above each distinct score, which fall."""
    order = np.argsort(-scores, kind="stable")
    scores, truth = scores[order], truth[order]
    last = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    return np.cumsum(truth)[last], last + 1, scores[last]
